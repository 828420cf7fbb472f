#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Instructions a request takes; runs in a guest whose clock counts instructions. $1 holds submit.ko and decide.ko.
# A line for each device and plug depth: device, depth, instructions, ratio to the raw device. What is called "other" is a
# disk that nothing limits, before another one is limited in place, meanwhile, and after that. Then a line for each number of
# groups over one another: the instructions of a decision.
set -euo pipefail
run=/sys/module/submit/parameters/run
disks=/sys/kernel/config/thr/disks
insmod "$1/submit.ko"
insmod "$1/decide.ko"
modprobe null_blk nr_devices=2 gb=1 irqmode=1 queue_mode=2
modprobe thr
modprobe dm-mod

measure() { # NAME DEVICE
	local depth value
	for depth in 1 32; do
		printf '%s %s\n' "$2" "$depth" >$run
		value=$(cat $run)
		[ "$1" != raw ] || raw[depth]=$value
		awk -v n="$1" -v d="$depth" -v v="$value" -v r="${raw[depth]}" \
			'BEGIN { printf "%-18s %3d %6d %5.2f\n", n, d, v, v / r }'
	done
}

declare -a raw
# The first pass after boot is slower.
printf '/dev/nullb0 1\n' >$run
printf '/dev/nullb1 1\n' >$run
measure raw /dev/nullb0
measure other /dev/nullb1
mkdir $disks/b
echo /dev/nullb0 >$disks/b/backing
echo 1 >$disks/b/in_place
echo 1 >$disks/b/live
measure "in place" /dev/nullb0
echo iops-total=1000000000 >$disks/b/limits
measure "in place iops" /dev/nullb0
echo "iops-total=1000000000 bps-total=1000000000000" >$disks/b/limits
measure "in place iops+bps" /dev/nullb0
measure "other, hooked" /dev/nullb1
rmdir $disks/b
measure "raw, after" /dev/nullb0
measure "other, after" /dev/nullb1
dmsetup create linear --table "0 $(blockdev --getsz /dev/nullb0) linear /dev/nullb0 0"
dmsetup mknodes
measure dm-linear /dev/mapper/linear
dmsetup remove linear
mkdir $disks/a
echo /dev/nullb0 >$disks/a/backing
echo 1 >$disks/a/live
node=/dev/$(cat $disks/a/device)
measure thr "$node"
echo iops-total=1000000000 >$disks/a/limits
measure "thr iops" "$node"
echo "iops-total=1000000000 bps-total=1000000000000" >$disks/a/limits
measure "thr iops+bps" "$node"
for group in middle top; do
	mkdir "/sys/kernel/config/thr/groups/$group"
	echo iops-total=1000000000 >"/sys/class/thr/$group/limits"
done
echo "bps-total=0" >$disks/a/limits
echo middle >/sys/class/thr/a/parent
measure "thr 2 levels" "$node"
echo top >/sys/class/thr/middle/parent
measure "thr 3 levels" "$node"
echo "levels, and instructions of a decision: at once, to wait, to release"
cat /sys/module/decide/parameters/run
