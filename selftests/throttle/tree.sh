#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In virtual time, trees of groups: at every level whatever waits is served by weight, whatever its direction, size, cost
# or depth; and what live changes do to that.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
out=$(mktemp)
for i in 1 2 3 4; do
	null "nullb$i" discard=1 memory_backed=1
	disk "hd$i" "$node"
	declare "n$i=$node" "t$i=$tuning"
done

ops() { field ops "$1" "$out"; }
# near NAME EXPECTED [WHAT]: a job's operations, within one request; or its bytes, within the one given
near() { within $(($2 - 1)) "$(ops "$1")" $(($2 + 1)); }
members() { # GROUP NUMBER...
	local group=$1 i
	shift
	for i; do put "$group" "$disks/hd$i/group"; done
}
weigh() { # NUMBER WEIGHT
	local t=t$1
	put "$2" "${!t}/weight"
}
no_groups() {
	local i group
	for group in "$class"/*/parent; do
		[ ! -e "$group" ] || put "" "$group"
	done
	for i in 1 2 3 4; do
		put "" "$disks/hd$i/group"
		weigh $i 100
	done
	for group in "$groups"/*; do
		[ ! -d "$group" ] || rmdir "$group"
	done
}

# A1: a parent's limit, members of a child group of depths 1 and 16, then weights
child() { # RATE [LIMIT of the child]
	mkdir "$groups/top" "$groups/c"
	put "iops-total=$1" "$groups/top/limits"
	[ $# -lt 2 ] || put "iops-total=$2" "$groups/c/limits"
	members c 1 2
	put top "$class/c/parent"
	"$load" -s 3 -k 1 "$n1:1:4096:read:one" "$n2:16:4096:read:many" >"$out"
	equal "$(jain ops "$out")" 1.0000 "Jain's index"
	near one "$1" && near many "$1"
	weigh 1 900
	"$load" -s 3 -k 1 "$n1:16:4096:read:heavy" "$n2:16:4096:read:light" >"$out"
	near heavy $((2 * $1 * 9 / 10)) && near light $((2 * $1 / 10))
	no_groups
}

# Three groups over one another: top has a (weight 300) and hd4, a has b and hd3, b has hd1 and hd2 (weight 300)
three_levels() { # RATE
	mkdir "$groups/top" "$groups/a" "$groups/b"
	put "iops-total=$1" "$groups/top/limits"
	put top "$class/a/parent"
	put a "$class/b/parent"
	members b 1 2
	members a 3
	members top 4
	put 300 "$class/a/weight"
	weigh 2 300
	"$load" -s 17 -k 1 "$n1:16:4096:read:one" "$n2:16:4096:write:two" "$n3:2:65536:read:three" \
		"$n4:16:4096:write:four" >"$out"
	# Of 16 s: a quarter to hd4; half of the rest to hd3; of what b gets a quarter to hd1
	near four $((4 * $1)) && near three $((6 * $1)) && near two $((9 * $1 / 2)) && near one $((3 * $1 / 2))
	# By bytes in b, with 4 KiB against 64 KiB. A turn of b is one request of either.
	put bytes "$class/b/fairness"
	weigh 2 100
	"$load" -s 18 -k 1 "$n1:16:4096:read:small" "$n2:16:65536:write:large" >"$out"
	near small $((16 * $1)) && near large "$1"
	no_groups
}

# A3: under a total, members are equal, not directions
directions() {
	members g 1 2 3
	put iops-total=3000 "$class/g/limits"
	"$load" -s 3 -k 1 "$n1:16:4096:read:r1" "$n2:1:4096:read:r2" "$n3:16:4096:write:w3" >"$out"
	near r1 2000 && near r2 2000 && near w3 2000
	# What reads and writes has one part like the others
	"$load" -s 5 -k 1 "$n1:16:4096:read:both" "$n1:16:4096:write:both2" "$n2:16:4096:read:r2" "$n3:16:4096:write:w3" >"$out"
	near both 2000 && near both2 2000 && near r2 4000 && near w3 4000
	weigh 1 300
	put "" "$disks/hd2/group"
	"$load" -s 3 -k 1 "$n1:16:4096:read:w300" "$n3:16:4096:write:w100" >"$out"
	near w300 4500 && near w100 1500
	no_groups
}

directions_by_bytes() {
	members g 1 2
	put "bps-total=16777216" "$class/g/limits"
	put bytes "$class/g/fairness"
	"$load" -s 9 -k 1 "$n1:16:262144:read:big" "$n2:16:4096:write:small" >"$out"
	equal "$(jain bytes "$out")" 1.0000 "Jain's index"
	within $((8 * 8388608 - 262144)) "$(field bytes small "$out")" $((8 * 8388608 + 262144))
	no_groups
}

# A limit of one direction in a child holds up nothing else
child_blocked_in_one_direction() {
	mkdir "$groups/top" "$groups/c"
	put iops-total=1000 "$groups/top/limits"
	put iops-read=100 "$groups/c/limits"
	members c 1 2
	members top 3
	put top "$class/c/parent"
	"$load" -s 3 -k 1 "$n1:16:4096:read:reads" "$n2:16:4096:write:writes" "$n3:16:4096:read:other" >"$out"
	near reads 200 && near writes 800 && near other 1000
	no_groups
}

# Both members of a child wait for its total, and reads are short above it, too
short_above() {
	mkdir "$groups/top" "$groups/c"
	put iops-read=1000 "$groups/top/limits"
	put iops-total=470 "$groups/c/limits"
	members c 1 2
	members top 3
	put top "$class/c/parent"
	"$load" -s 3 -k 1 "$n1:16:4096:read:reads" "$n2:16:4096:write:writes" "$n3:16:4096:read:beside" >"$out"
	within 455 "$(ops reads)" 471 && within $((1999 - $(ops reads))) "$(ops beside)" $((2001 - $(ops reads)))
	weigh 2 300
	"$load" -s 5 -k 1 "$n1:16:4096:read:reads" "$n2:16:4096:write:writes" "$n3:16:4096:read:beside" >"$out"
	within 455 "$(ops reads)" 480 && within 1400 "$(ops writes)" 1426
	no_groups
}

discarding() { # NODE
	while [ ! -e "$out.stop" ]; do
		blkdiscard -f -o 0 -l 4096 "$1" || break
	done
}

# A2: what costs no bytes takes turns all the same: at 512 bytes each, 8 of them against one write of 4 KiB
no_bytes() { # FAIRNESS LEAST
	local i
	members g 1 2
	put iops-total=180 "$class/g/limits"
	put "$1" "$class/g/fairness"
	put one "$t1/discard_cost"
	rm -f "$out.stop"
	for i in 1 2 3 4; do discarding "$n1" & done
	"$load" -s 4 -k 1 "$n2:8:4096:write:writes" >"$out"
	touch "$out.stop"
	wait
	within "$2" "$(ops writes)" $(($2 + 2))
	no_groups
}

# A member that has waited under a weight of 1 does not wait for what that meant when it weighs more
live_weight() {
	members g 1 2
	put iops-total=1000 "$class/g/limits"
	weigh 1 1
	weigh 2 10000
	"$load" -s 8 -w 1000 "$n1:4:4096:read:a" "$n2:4:4096:read:b" >"$out" &
	sleep 4
	weigh 1 10000
	wait
	awk '$1 == "window" && $2 == "a" && $3 > 4 && $4 < 499 { exit 1 }' "$out" || fail "$(cat "$out")"
	no_groups
}

live_fairness() {
	members g 1 2
	put iops-total=100 "$class/g/limits"
	put bytes "$class/g/fairness"
	weigh 1 1
	weigh 2 10000
	"$load" -s 8 -w 1000 "$n1:4:1048576:read:a" "$n2:4:4096:read:b" >"$out" &
	sleep 4
	weigh 2 1
	put requests "$class/g/fairness"
	wait
	awk '$1 == "window" && $2 == "a" && $3 > 4 && $4 < 49 { exit 1 }' "$out" || fail "$(cat "$out")"
	no_groups
}

# What waits goes on waiting when its group gets a parent, under both, and is not lost when it leaves it
live_parent() {
	mkdir "$groups/top" "$groups/c"
	put iops-total=1000 "$groups/top/limits"
	put iops-total=500 "$groups/c/limits"
	members c 1 2
	members top 3
	"$load" -s 9 -w 1000 "$n1:4:4096:read:a" "$n2:16:4096:write:b" "$n3:16:4096:read:c" >"$out" &
	sleep 3
	put top "$class/c/parent"
	put iops-total=400 "$groups/top/limits"
	sleep 3
	put "" "$class/c/parent"
	wait
	awk '$1 == "window" && ($2 == "a" || $2 == "b") && $3 > 3 && $3 < 6 && ($4 < 99 || $4 > 101) { exit 1 }
		$1 == "window" && ($2 == "a" || $2 == "b") && $3 > 6 && ($4 < 249 || $4 > 251) { exit 1 }
		$1 == "window" && $2 == "c" && $3 > 3 && $3 < 6 && ($4 < 199 || $4 > 201) { exit 1 }' "$out" ||
		fail "$(cat "$out")"
	no_groups
}

# D1: who discards a whole disk, as mkfs does, holds up nobody
default_discard() {
	local before
	equal "$(cat "$t1/discard_cost")" one "the default"
	members g 1 2
	put bps-write=10000000 "$class/g/limits"
	before=$(date +%s%N)
	blkdiscard "$n1"
	"$load" -s 1 "$n2:1:4096:write:neighbour" >"$out"
	within 0 $(($(date +%s%N) - before)) 1100000000
	within 2400 "$(ops neighbour)" 2800
	no_groups
}

# D1: 4 GiB get a file system under 100 MB/s, as fast as what is written takes; a neighbour of equal weight waits for two
# requests of 1 MiB at most, in every 100 ms, and for its own device, which takes 1 ms
neighbour_of_mkfs() {
	local whole took writer
	need mkfs.ext4
	null big size=4096 discard=1 memory_backed=1
	disk big "$node" g
	whole=$node
	null slow completion_nsec=1000000
	disk slow "$node" g
	put bps-write=100000000 "$class/g/limits"
	"$load" -s 1.5 -w 100 "$node:1:4096:write:neighbour" >"$out" &
	writer=$!
	sleep 0.5
	took=$(date +%s%N)
	mkfs.ext4 -q -F "$whole"
	took=$(($(date +%s%N) - took))
	wait $writer
	note "mkfs: $took ns; $(grep '^job' "$out")"
	undisk big
	undisk slow
	unnull big
	unnull slow
	within 500000000 "$took" 900000000
	within 0 "$(field max_ns neighbour "$out")" $((2 * 10485760 + 1100000))
	[ "$(awk '$1 == "window" && $4 >= 4' "$out" | wc -l)" -eq 15 ] || fail "$(cat "$out")"
}

# A5: a direct read of up to 1 MiB is one request, whatever its pages; a larger one is one for each bio
large_direct() { # SIZE LEAST MOST
	local before
	before=$(cut -d' ' -f1 "$t1/stat_read")
	dd if="$n1" of=/dev/null bs="$1" count=1 iflag=direct 2>/dev/null
	within "$2" $(($(cut -d' ' -f1 "$t1/stat_read") - before)) "$3"
}

# D2: buffered reads come as read-ahead makes them; iops-size counts them by size
read_ahead() {
	local before
	before=$(date +%s%N)
	put iops-read=1000 "$disks/hd1/limits"
	dd if="$n1" of=/dev/null bs=4096 count=2100 2>/dev/null
	within 0 $(($(date +%s%N) - before)) 1000000000
	echo 3 >/proc/sys/vm/drop_caches
	put "iops-read=1000 iops-size=4096" "$disks/hd1/limits"
	before=$(date +%s%N)
	dd if="$n1" of=/dev/null bs=4096 count=2100 2>/dev/null
	within 1900000000 $(($(date +%s%N) - before)) 2200000000
	no_groups
}

plan 20
for rate in 1000 5000; do
	testcase "A1: a child group's members under its parent's limit of $rate" child $rate
	testcase "A1: the same below a limit of their own" child $rate $((4 * rate))
	testcase "three levels at $rate IOPS" three_levels $rate
done
testcase "A3: two readers and one writer share a total" directions
testcase "A3: readers and writers share bytes" directions_by_bytes
testcase "a child that cannot read writes its part" child_blocked_in_one_direction
testcase "a total below a limit of one direction" short_above
testcase "A2: discards without bytes, by requests" no_bytes requests 270
testcase "A2: discards without bytes, by bytes" no_bytes bytes 60
testcase "a weight that grows counts at once" live_weight
testcase "another fairness counts at once" live_fairness
testcase "a group that gets and loses a parent" live_parent
testcase "D1: a discard holds up nobody by default" default_discard
testcase "D1: who shares with one who formats waits at most its turn" neighbour_of_mkfs
testcase "A5: a direct read of 1 MiB is one request" large_direct 1M 1 1
testcase "A5: a direct read of 4 MiB is up to 4" large_direct 4M 1 4
testcase "D2: read-ahead, counted by size" read_ahead
