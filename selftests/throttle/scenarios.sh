#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In virtual time: leaving with requests waiting, statistics to the nanosecond, a rate that is raised, a stack of groups.
# where: time-travel icount
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
null nullb1 completion_nsec=1000000
b1=$node
null nullb2
b2=$node

bytes_read() { cut -d' ' -f2 "/sys/block/$1/thr/stat_read"; }
read_one() { dd if="$1" of=/dev/null bs="$2" count=1 iflag=direct 2>/dev/null; }

# What a case that failed may have left
no_disks() {
	local dir
	for dir in "$disks"/*; do [ ! -d "$dir" ] || rmdir "$dir"; done
}

# T-REM: a member that leaves with its requests does not strand those of another. Where the clock counts instructions
# programs take a while to begin, so there all is slower.
t_rem() {
	local before0 before1 slower=$((1 + 15 * slack))
	disk drive0 "$b1" g
	local d0=${node#/dev/}
	disk drive1 "$b2" g
	local d1=${node#/dev/}
	before0=$(bytes_read "$d0") before1=$(bytes_read "$d1")
	put "bps-read=$((4096 / slower))" "$class/g/limits"
	read_one "/dev/$d0" 4096
	read_one "/dev/$d0" 2048 &
	read_one "/dev/$d0" 2048 &
	sleep 0.1
	read_one "/dev/$d1" 4096 &
	sleep 0.1
	equal $(($(bytes_read "$d0") - before0)) 4096 "drive0 before"
	equal $(($(bytes_read "$d1") - before1)) 0 "drive1 before"
	put "bps-read=0" "/sys/block/$d0/thr/limits"
	sleep 0.01
	equal $(($(bytes_read "$d0") - before0)) 8192 "drive0 after"
	equal $(($(bytes_read "$d1") - before1)) 0 "drive1 after"
	sleep $((5 * slower))
	equal $(($(bytes_read "$d1") - before1)) 4096 "drive1 at the end"
	wait
	undisk drive0
	undisk drive1
}

# T-STATS: a device of 1 ms with one tag and a bad sector: every number is exact, for all settings of the switches
t_stats() {
	need python3
	no_disks
	null nullb3 completion_nsec=1000000 memory_backed=1 discard=1 cache_size=16 size=16 hw_queue_depth=1 submit_queues=1 \
		badblocks=+64-64
	disk a "$node"
	python3 "$_here/stats.py" "$node"
	undisk a
	unnull nullb3
}

# Raising 1 byte a second to 1 GB/s takes effect now
raises() {
	local begun
	no_disks
	disk a "$b2" g
	put "bps-read=1" "$class/g/limits"
	read_one "$node" 4096
	read_one "$node" 4096 &
	sleep 1
	begun=$(date +%s)
	put "bps-read=1000000000" "$class/g/limits"
	wait
	within 0 $(($(date +%s) - begun)) $((1 + 9 * slack))
	undisk a
}

# T-STREAM: a limited disk over a disk of an unlimited group, drained under load
t_stream() {
	no_disks
	disk below "$b2" under
	stacked above "$node" over
	put "iops-total=10000 bps-total=100000000" "$class/over/limits"
	"$load" -s 1.1 "$node:4:4096:read:x" >"$OUT/stream" &
	sleep 1
	put "" "$disks/below/group"
	put "" "$disks/above/group"
	wait
	test "$(field ops x "$OUT/stream")" -gt 9000
	equal "$(field errors x "$OUT/stream")" 0 errors
	undisk above
	undisk below
}

plan 4
testcase "T-REM: who leaves strands nobody" t_rem
testcase "T-STATS: statistics are exact" t_stats
testcase "a raised limit takes effect at once" raises
testcase "T-STREAM: a stack of disks is drained under load" t_stream
