#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Limits come and go 500 times, and for 5 minutes at least, on mounted ext4, xfs and btrfs under fio --verify and all kinds of
# operations on files. Each time the hook comes and goes with them.
# CHURN_ROUNDS and CHURN_SECONDS, which PASS="CHURN_ROUNDS CHURN_SECONDS" takes along: other figures, of which the one that
# takes longer counts.
# where: qemu-long
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need python3 fio mkfs.ext4 e2fsck mkfs.xfs xfs_repair mkfs.btrfs btrfs
start
rounds=${CHURN_ROUNDS:-500} seconds=${CHURN_SECONDS:-300}
systems=(ext4 xfs btrfs)
nodes=()
for fs in "${systems[@]}"; do
	load "$fs"
	null "$fs" memory_backed=1 size=320 irqmode=1
	nodes+=("$node")
	case $fs in
	ext4) mkfs.ext4 -qF "$node" ;;
	*) "mkfs.$fs" -qf "$node" ;;
	esac >/dev/null 2>&1
	mkdir -p "/tmp/$fs"
done
busy=$(mktemp)
note "kernel parameters: $(grep -o 'slub_debug=[^ ]*' /proc/cmdline)"

# File after file is written and verified, each with other contents
verify() {
	local seed=0
	while [ -e "$busy" ]; do
		seed=$((seed + 1))
		fio --directory="/tmp/$1" --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --name=v \
			--randseed=$seed --rw=randrw --bsrange=4k-64k --size=8M --fsync=64 >"$OUT/fio-$1" 2>&1 || return 1
	done
	echo $seed >"$OUT/files-$1"
}

# make_disks: 2 have a group together
make_disks() {
	local i
	for i in 0 1 2; do
		mkdir "$disks/d$i"
		put "${nodes[i]}" "$disks/d$i/backing"
		put 1 "$disks/d$i/in_place"
		put "g$((i / 2))" "$disks/d$i/group"
	done
}

# all LIVE ROUND: in another order each time; without a process of its own, as everything that is done 500 times
all() {
	local i
	for i in 0 1 2; do put "$1" "$disks/d$(((i + $2) % 3))/live"; done
}

unhooked_after() {
	unhooked || fail "the hook stays"
	note "$1 times, until now $((SECONDS - end + seconds)) s"
}

# in all, by disk
count_waits() {
	local i
	for i in 0 1 2; do read -r "waits[$i]" _ <"/sys/class/block/${nodes[i]#/dev/}/thr/throttled_write"; done
}

running() {
	local pid
	for pid in "${loads[@]}"; do kill -0 "$pid" 2>/dev/null || return 1; done
}

churns() {
	local i fs end=$((SECONDS + seconds)) loads=() waits=()
	for i in 0 1 2; do
		fs=${systems[i]}
		mount -t "$fs" "${nodes[i]}" "/tmp/$fs"
		verify "$fs" &
		loads+=($!)
		python3 "$_here/exercise.py" "/tmp/$fs/any" $i "$busy" >"$OUT/exercise-$fs" 2>&1 &
		loads+=($!)
	done
	make_disks
	for ((i = 0; i < rounds || SECONDS < end; i++)); do
		all 1 "$i"
		# Less than what an emulated machine does
		put "iops-total=100" "$class/g0/limits"
		put "bps-total=1000000" "$class/g1/limits"
		# As much for those who go on as for those who wait
		read -r -t 0.1 -u "$_silence" || true
		count_waits
		all 0 "$i"
		[ $((i % 50)) -ne 0 ] || unhooked_after "$i"
		running || fail "a load has ended: $(tail -n 3 "$OUT"/fio-* "$OUT"/exercise-*)"
	done
	rm "$busy"
	for pid in "${loads[@]}"; do wait "$pid" || fail "$(tail -n 20 "$OUT"/fio-* "$OUT"/exercise-*)"; done
	note "limits came and went $i times in $((SECONDS - end + seconds)) s, and ${waits[*]} writes had to wait"
	for i in 0 1 2; do [ "${waits[i]}" -ge "$rounds" ] || fail "few writes had to wait on ${systems[i]}"; done
	for fs in "${systems[@]}"; do
		note "$fs: fio verified $(cat "$OUT/files-$fs") files, $(cat "$OUT/exercise-$fs") operations on another"
	done
}

# whole INDEX: nothing is wrong on the disk, and what was written is read by who has it mounted anew
whole() {
	local fs=${systems[$1]} node=${nodes[$1]} sums
	sums=$(cd "/tmp/$fs" && md5sum any v*)
	umount "/tmp/$fs"
	case $fs in
	ext4) e2fsck -fn "$node" ;;
	xfs) xfs_repair -n "$node" ;;
	btrfs) btrfs check "$node" ;;
	esac >"$OUT/fsck-$fs" 2>&1 || fail "$(tail -n 20 "$OUT/fsck-$fs")"
	mount -t "$fs" "$node" "/tmp/$fs"
	equal "$(cd "/tmp/$fs" && md5sum any v*)" "$sums" "the sums"
	umount "/tmp/$fs"
}

gone_without_trace() {
	clear
	rmmod thr
	unhooked
	modprobe thr
}

plan 5
testcase "limits come and go under load" churns
for i in 0 1 2; do testcase "${systems[i]} is whole" whole $i; done
testcase "the module goes, and leaves no hook" gone_without_trace
