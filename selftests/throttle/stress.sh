#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Disks are read and written on all CPUs while they join, move, leave, change limits, and come and go.
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
for i in 1 2 3 4; do
	null "nullb$i" size=16 completion_nsec=10000
	declare "b$i=$node"
	mkdir "$disks/hd$i"
	put "$node" "$disks/hd$i/backing"
done
mkdir "$groups/stay" "$groups/top"

# I/O on whatever disk there is; how it ends does not matter: disks are pulled out
use() {
	set +eE
	trap - ERR
	while [ ! -e "$OUT/stop" ]; do
		for node in /dev/thr*; do
			[ ! -b "$node" ] || timeout 20 "$load" -s 0.3 "$node:32:4096:mix:x" "$node:4:65536:read:y" >>"$OUT/loads" 2>/dev/null
		done
		sleep 0.01
	done
}

pick() { eval "picked=\${$((RANDOM % $# + 1))}"; }

# One change a round; refusals are fine: others change the same things
change() {
	local picked i=$1 b=b$1
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
		cat "$class"/*/queue_* "$class"/*/members /sys/block/thr*/thr/throttled_* /sys/block/thr*/thr/intervals
		put "1 10" "/sys/block/thr$((i - 1))/thr/intervals"
		put "all=1000,100000" "/sys/block/thr$((i - 1))/thr/boundaries"
		if [ $((RANDOM % 5)) -eq 0 ]; then
			rmdir "$disks/hd$i"
			mkdir "$disks/hd$i"

			put "${!b}" "$disks/hd$i/backing"
		fi
		put 1 "$disks/hd$i/live"
	done >/dev/null 2>&1
}

stress() {
	local i pids=()
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
	for f in /sys/block/thr*/thr/throttled_*; do
		[ ! -e "$f" ] || equal "$(cut -d' ' -f3 "$f")" 0 "the number of requests waiting in $f"
	done
}

all_goes() {
	clear
	unload thr
	test ! -e "$class"
}

plan 3
testcase "disks live through all changes under load" stress
testcase "no request waits when nothing limits" nothing_waits
testcase "everything can be removed" all_goes
