#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Data come back as they went in: file systems and fio, over each kind of backing device, while limits and groups change.
# where: uml qemu
# hardware: nvme
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need mkfs.ext4 fsck.ext4 mkfs.xfs xfs_repair fio dmsetup losetup
start
mnt=$(mktemp -d)
size=10 # MB; EXTENDED=1: four times as much
[ -z "${EXTENDED:-}" ] || size=40
scsi='/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*'

back() { # KIND: sets $node to a device of 320 MiB
	case $1 in
	null_blk) null nullb1 memory_backed=1 size=320 discard=1 cache_size=4 irqmode=1 ;;
	brd)
		load brd rd_nr=1 rd_size=327680
		node=/dev/ram0
		;;
	loop)
		load loop max_loop=4
		truncate -s 320M /tmp/backing
		node=$(losetup -f --show /tmp/backing)
		;;
	zram)
		load zram num_devices=1
		echo 320M >/sys/block/zram0/disksize
		node=/dev/zram0
		;;
	dm-linear)
		null nullb1 memory_backed=1 size=320 irqmode=1 discard=1
		load dm-mod
		dmsetup create linear --table "0 655360 linear $node 0"
		dmsetup mknodes
		node=/dev/mapper/linear
		;;
	md-raid0 | md-raid1)
		need mdadm
		load md-mod
		null nullb1 memory_backed=1 size=330 irqmode=1
		local first=$node
		null nullb2 memory_backed=1 size=330 irqmode=1
		mdadm --create /dev/md0 --level="${1#md-raid}" --raid-devices=2 --assume-clean --metadata=1.2 --run "$first" \
			"$node" >"$OUT/mdadm" 2>&1 || fail "$(cat "$OUT/mdadm")"
		node=/dev/md0
		wait_for 5 test -b "$node"
		;;
	partition)
		null nullb1 memory_backed=1 size=330 irqmode=1
		partition "$node" 2048 655360
		node+=p1
		wait_for 5 test -b "$node"
		;;
	scsi_debug)
		load sd_mod
		load scsi_debug dev_size_mb=320 ndelay=10000 lbpu=1
		wait_for 10 compgen -G "$scsi" >/dev/null
		node=/dev/$(basename "$(compgen -G "$scsi")")
		wait_for 5 test -b "$node"
		;;
	nvme)
		load nvme
		node=/dev/nvme0n1
		wait_for 10 test -b "$node"
		;;
	esac
}

unback() {
	case $1 in
	null_blk) unnull nullb1 ;;
	brd) unload brd ;;
	loop)
		losetup -D
		rm /tmp/backing
		;;
	zram)
		echo 1 >/sys/block/zram0/reset
		unload zram
		;;
	dm-linear)
		dmsetup remove linear
		unnull nullb1
		;;
	md-*)
		mdadm --stop /dev/md0 2>/dev/null
		unnull nullb1
		unnull nullb2
		;;
	partition) unnull nullb1 ;;
	scsi_debug) wait_for 10 unload scsi_debug ;;
	nvme) unload nvme ;;
	esac
}

# Every 50 ms: another limit, another group
disturb() {
	set +e
	while [ -e "$1" ]; do
		put "iops-total=5000" "$tuning/limits"
		sleep 0.05
		put "other" "$disks/a/group"
		put "bps-total=50000000" "$tuning/limits"
		sleep 0.05
		put "" "$disks/a/group"
		sleep 0.05
	done
}

file_system() {
	local kind=$1 fs=$2 flag sum
	flag=$(mktemp)
	disk a "$backing"
	case $fs in
	ext4) mkfs.ext4 -qF "$node" ;;
	xfs) mkfs.xfs -qf "$node" ;;
	esac
	mount -t "$fs" "$node" "$mnt"
	disturb "$flag" &
	dd if=/dev/urandom of="$mnt/file" bs=1M count=$size conv=fsync 2>/dev/null
	cp "$mnt/file" "$mnt/copy"
	sync
	sum=$(sha256sum <"$mnt/file")
	umount "$mnt"
	mount -t "$fs" "$node" "$mnt"
	equal "$(sha256sum <"$mnt/copy")" "$sum" "the sum of the copy"
	umount "$mnt"
	rm "$flag"
	wait
	case $fs in
	ext4) fsck.ext4 -fn "$node" >/dev/null 2>&1 || fail "fsck finds errors" ;;
	xfs) xfs_repair -n "$node" >/dev/null 2>&1 || fail "xfs_repair finds errors" ;;
	esac
	undisk a
}

# Random sizes and flushes; beside that, where it can be done, every block discarded before it is written
verify() {
	local flag status=0 discards=()
	flag=$(mktemp)
	disk a "$backing"
	if [ "$(cat "/sys/block/${node#/dev/}/queue/discard_max_bytes")" -gt 0 ]; then
		discards=(--name=d --rw=trimwrite --offset=64M --size=$((size / 3))M --bsrange=4k-128k)
	fi
	disturb "$flag" &
	fio --filename="$node" --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --randseed=7 \
		--name=v --rw=randrw --bsrange="$(blockdev --getss "$node")-128k" --size=${size}M --fsync=64 \
		${discards[@]+"${discards[@]}"} >"$OUT/fio" 2>&1 || status=$?
	rm "$flag"
	wait
	[ "$status" -eq 0 ] || fail "$(tail -n 20 "$OUT/fio")"
	[ ${#discards[@]} -eq 0 ] || test "$(cut -d' ' -f1 "$tuning/stat_discard")" -gt 20
	undisk a
}

over() {
	back "$1"
	backing=$node
	file_system "$1" ext4
	file_system "$1" xfs
	verify
	unback "$1"
}

load ext4
load xfs
kinds=(null_blk brd loop zram dm-linear md-raid0 md-raid1 partition scsi_debug)
[ "$WHERE" != qemu ] || kinds+=(nvme)
plan ${#kinds[@]}
for kind in "${kinds[@]}"; do
	testcase "data survive on $kind" over "$kind"
done
