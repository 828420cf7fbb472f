#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Disks are read and written on all CPUs while they join, move, leave, change limits, and come and go; and, where the kernel
# has the function tracer, the same with limits in place.
# STRESS_SECONDS (15; 300 with EXTENDED=1): how long.
# where: uml debug qemu
# extended: uml debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
seconds=${STRESS_SECONDS:-${EXTENDED:+300}}
seconds=${seconds:-15}
in_place=0
for i in 1 2 3 4; do
	null "nullb$i" size=16 completion_nsec=10000
	declare "b$i=$node"
done

# files I: where disk hdI has its own
files() {
	local b=b$1
	files=/sys/block/thr$(($1 - 1))/thr
	[ "$in_place" -eq 0 ] || files=/sys/block/${!b#/dev/}/thr
}

make_disk() {
	local b=b$1
	mkdir "$disks/hd$1"
	put "${!b}" "$disks/hd$1/backing"
	put "$in_place" "$disks/hd$1/in_place"
}

# I/O on whatever disk there is; how it ends does not matter: disks are pulled out
use() {
	set +eE
	trap - ERR
	while [ ! -e "$OUT/stop" ]; do
		nodes=(/dev/thr*)
		[ "$in_place" -eq 0 ] || nodes=("$b1" "$b2" "$b3" "$b4")
		for node in "${nodes[@]}"; do
			[ ! -b "$node" ] || timeout 20 "$load" -s 0.3 "$node:32:4096:mix:x" "$node:4:65536:read:y" >>"$OUT/loads" 2>/dev/null
		done
		sleep 0.01
	done
}

pick() { eval "picked=\${$((RANDOM % $# + 1))}"; }

# One change a round; refusals are fine: others change the same things
change() {
	local picked i=$1 files
	files "$i"
	set +eE
	trap - ERR
	RANDOM=$i
	while [ ! -e "$OUT/stop" ]; do
		pick stay own1 own2 top ""
		put "$picked" "$disks/hd$i/group"
		pick iops-total=2000 iops-total=20000 bps-total=50000000 iops-total=0 "iops-total=100 iops-total-max=5000"
		put "bps-total=0 iops-total-max=0 $picked" "$disks/hd$i/limits"
		pick stay own1 own2
		put "$picked" "$class/own1/parent"
		put top "$class/stay/parent"
		put "$((RANDOM % 10000 + 1))" "$class/stay/weight"
		pick bytes requests
		put "$picked" "$class/stay/fairness"
		cat "$class"/*/queue_* "$class"/*/members /sys/block/*/thr/throttled_* /sys/block/*/thr/intervals
		put "1 10" "$files/intervals"
		put "all=1000,100000" "$files/boundaries"
		if [ $((RANDOM % 5)) -eq 0 ]; then
			rmdir "$disks/hd$i"
			make_disk "$i"
		fi
		put 1 "$disks/hd$i/live"
	done >/dev/null 2>&1
}

stress() {
	local i pids=()
	mkdir "$groups/stay" "$groups/top"
	for i in 1 2 3 4; do make_disk "$i"; done
	rm -f "$OUT/stop" "$OUT/loads"
	for i in 1 2 3 4; do
		change "$i" &
		pids+=($!)
	done
	for i in 1 2; do
		use &
		pids+=($!)
	done
	sleep "$seconds"
	touch "$OUT/stop"
	wait_for 200 all_ended "${pids[@]}" || fail "something hangs"
	awk '$1 == "job" { n += $4; e += $8 } END { print n " requests, " e + 0 " errors"; exit !n }' "$OUT/loads"
}

all_ended() {
	local pid
	for pid; do [ ! -d "/proc/$pid" ] || return 1; done
}

# No request is lost: what waited went
nothing_waits() {
	local f
	for i in 1 2 3 4; do
		put "" "$disks/hd$i/group"
	done
	for f in /sys/block/*/thr/throttled_*; do
		[ ! -e "$f" ] || equal "$(cut -d' ' -f3 "$f")" 0 "the number of requests waiting in $f"
	done
}

all_goes() {
	clear_disks
	unload thr
	test ! -e "$class"
	load thr
}

# If it can be
do_it() {
	[ "$in_place" -eq 0 ] || [ -e /sys/kernel/tracing/enabled_functions ] || skip "this kernel has no function tracer"
	"$@"
}

plan 6
for in_place in 0 1; do
	[ $in_place -eq 0 ] || how=", limited in place"
	testcase "disks live through all changes under load${how:-}" do_it stress
	testcase "no request waits when nothing limits${how:-}" do_it nothing_waits
	testcase "everything can be removed${how:-}" do_it all_goes
done
