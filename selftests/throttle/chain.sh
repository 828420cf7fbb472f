#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A device that takes long for the first of many chained requests ends them all at once, and no stack overflows.
# where: uml debug qemu
# extended: debug
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need dmsetup blkdiscard
start
load dm-mod
load dm-delay
defer unload dm-delay
defer dmsetup remove slow

null nullb1 size=512
dmsetup create slow <<END
0 2048 delay $node 0 500
2048 1046528 linear $node 2048
END
dmsetup mknodes
slow=$(dm_node slow)

# zeroes NODE: 256 MiB, which is 256 requests or more, each chained to the next
zeroes() {
	blkdiscard --zeroout --offset 0 --length 268435456 "$1"
	awk '{ exit !($1 >= 200 && $3 == 0) }' "$tuning/stat_write"
}

on_stacked() {
	disk hd1 "$slow"
	zeroes "$node"
	undisk hd1
}

on_in_place() {
	[ -e /sys/kernel/tracing/enabled_functions ] || skip "this kernel has no function tracer"
	inplace hd1 "$slow"
	tuning=/sys/block/${slow#/dev/}/thr
	zeroes "$slow"
	undisk hd1
}

plan 2
testcase "a chain through a stacked disk ends" on_stacked
testcase "a chain through a disk limited in place ends" on_in_place
