#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A disk is limited in place, alone or in a group with others, whole or a partition of it.
# Exact figures are asked for only where the clock counts instructions; elsewhere, that far fewer go than could.
# where: qemu icount
# smoke: qemu
# smoke cases: a partition is limited
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
out=$(mktemp)
exact=${EXACT_CLOCK:-}

null a memory_backed=1 size=256
a=$node
null b
b=$node
stand=/sys/block/${a#/dev/}/thr

exists() {
	inplace hd1 "$a" g
	is "${a#/dev/}" "$disks/hd1/device"
	is hd1 "$stand/name"
	is g "$stand/group"
	hooked
	refuses "Module thr is in use" rmmod thr
	put 0 "$disks/hd1/live"
	[ ! -e "$stand" ] || fail "$stand is still there"
	unhooked
	put 1 "$disks/hd1/live"
	undisk hd1
	unhooked
}

# rate JOB OPERATIONS, about OPERATIONS EXPECTED
rate() { about "$(field ops "$1" "$out")" "$2"; }
about() {
	if [ -n "$exact" ]; then
		within $(($2 - 1)) "$1" $(($2 + 1))
	else
		within $(($2 / 4)) "$1" $(($2 * 2))
	fi
}

holds_rate() {
	inplace hd1 "$b" g
	put "iops-total=200" "$class/g/limits"
	"$load" -s 4 -k 1 "$b:16:4096:read:x" >"$out"
	rate x 600
	awk '{ exit !($1 > 600 && $3 == 0) }' "/sys/block/${b#/dev/}/thr/stat_read"
	put "" "$disks/hd1/group"
	"$load" -s 3 "$b:16:4096:read:x" >"$out"
	[ "$(field ops x "$out")" -gt 1200 ] || fail "it is still limited: $(cat "$out")"
	undisk hd1
}

# A bio larger than what the queue takes is split; what is left over comes again, and has been counted.
split() {
	inplace hd1 "$b" g
	put "iops-total=20" "$class/g/limits"
	put 64 "/sys/block/${b#/dev/}/queue/max_sectors_kb"
	"$load" -s 4 -k 1 "$b:4:1048576:read:x" >"$out"
	rate x 60
	undisk hd1
}

shared() {
	inplace hd1 "$a" g
	inplace hd2 "$b" g
	put "iops-total=200" "$class/g/limits"
	"$load" -s 4 -k 1 "$a:16:4096:read:x" "$b:1:4096:read:y" >"$out"
	rate x 300
	rate y 300
	undisk hd1
	undisk hd2
}

with_stacked() {
	inplace hd1 "$a" g
	stacked hd2 "$b" g
	put "iops-total=200" "$class/g/limits"
	"$load" -s 4 -k 1 "$a:16:4096:read:x" "$node:16:4096:read:y" >"$out"
	rate x 300
	rate y 300
	undisk hd1
	undisk hd2
}

partitions() {
	null n0 memory_backed=1 size=64
	partition "$node" 2048 32768 65536 32768
	wait_for 5 test -b "${node}p2"
	inplace p1 "${node}p1" g
	put "iops-total=100" "$class/g/limits"
	is "${node#/dev/}p1" "$disks/p1/device"
	# The whole disk cannot be, and the partition not twice
	mkdir "$disks/whole"
	put "$node" "$disks/whole/backing"
	put 1 "$disks/whole/in_place"
	refuses "File exists" put 1 "$disks/whole/live"
	grep -q "in place already" "$disks/whole/error"
	put "${node}p1" "$disks/whole/backing"
	refuses "File exists" put 1 "$disks/whole/live"
	rmdir "$disks/whole"
	"$load" -s 3 -k 1 "${node}p1:4:4096:read:x" "${node}p2:4:4096:read:y" >"$out"
	rate x 200
	[ "$(field ops y "$out")" -gt 400 ] || fail "the other partition is limited"
	undisk p1
	inplace whole "$node" g
	put "iops-total=100" "$class/g/limits"
	"$load" -s 3 -k 1 "${node}p1:4:4096:read:x" "${node}p2:4:4096:read:y" >"$out"
	about $(($(field ops x "$out") + $(field ops y "$out"))) 200
	undisk whole
	unnull n0
}

refusals() {
	mkdir "$disks/bad"
	put 1 "$disks/bad/in_place"
	refuses "Invalid argument" put 1 "$disks/bad/live"
	put /dev/nothing "$disks/bad/backing"
	refuses "No such file" put 1 "$disks/bad/live"
	stacked hd2 "$b"
	put "$node" "$disks/bad/backing"
	refuses "Invalid argument" put 1 "$disks/bad/live"
	grep -q "limits of its own" "$disks/bad/error"
	undisk hd2
	put "$b" "$disks/bad/backing"
	# 7.3 cannot be told to trace nothing
	local cannot="Operation not supported"
	if put 0 /proc/sys/kernel/ftrace_enabled 2>/dev/null; then
		refuses "Device or resource busy" put 1 "$disks/bad/live"
		grep -q "ftrace_enabled is 0" "$disks/bad/error"
		put 1 /proc/sys/kernel/ftrace_enabled
		cannot="Device or resource busy"
	fi
	put 1 "$disks/bad/live"
	# And who would switch it off now cannot
	refuses "$cannot" put 0 /proc/sys/kernel/ftrace_enabled
	refuses "Device or resource busy" put 0 "$disks/bad/in_place"
	undisk bad
	unhooked
}

plan 7
testcase "a disk is attached and detached, with the hook" exists
testcase "a rate holds, and ends" holds_rate
testcase "a request that the kernel splits is one request" split
testcase "two disks share their group" shared
testcase "a disk in place and a stacked one share their group" with_stacked
testcase "a partition is limited, or the whole disk" partitions
testcase "what cannot be is refused with the reason" refusals
