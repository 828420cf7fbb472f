#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whatever happens to the backing device under load: errors reach the caller, nothing hangs, the module unloads.
# where: uml debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need dmsetup
start
build_load
load dm-mod

waiting() { awk '{ exit !($1 > 0) }' "$1"; }
errors_in() { field errors x "$1"; }

# load_on_disk: 64 readers of disk a, most of whom wait in group g; sets $pid
load_on_disk() {
	put "iops-read=200" "$class/g/limits"
	"$load" -s 3 "$node:64:4096:read:x" >"$OUT/yank" 2>&1 &
	pid=$!
	wait_for 20 waiting "$class/g/queue_read"
}

# dies_with COMMAND...: what takes the backing device of disk a away
dies_with() {
	local thr=$node begun=$SECONDS
	load_on_disk
	"$@"
	wait "$pid"
	test "$(errors_in "$OUT/yank")" -gt 0
	refuses "nput/output error" dd if="$thr" of=/dev/null bs=4096 count=1 iflag=direct
	test "$(cut -d' ' -f3 "$tuning/stat_read")" -gt 0
	undisk a
	within 0 $((SECONDS - begun)) 60
}

null_blk_power() {
	null nullb1 size=64
	disk a "$node" g
	dies_with put 0 "$nullb/nullb1/power"
	unnull nullb1
}

null_blk_rmdir() {
	null nullb1 size=64
	disk a "$node" g
	dies_with unnull nullb1
}

scsi_delete() {
	local name
	load sd_mod
	load scsi_debug dev_size_mb=64 ndelay=50000 || skip "no scsi_debug"
	wait_for 10 compgen -G '/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*'
	name=$(basename "$(compgen -G '/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*')")
	wait_for 5 test -b "/dev/$name"
	disk a "/dev/$name" g
	dies_with put 1 "/sys/block/$name/device/delete"
	wait_for 10 unload scsi_debug
}

# The table of a device-mapper device becomes "error" and good again: the disk follows
dm_error() {
	local table
	null nullb1 size=64
	table="0 131072 linear $node 0"
	dmsetup create fails --table "$table"
	dmsetup mknodes
	disk a /dev/mapper/fails g
	load_on_disk
	dmsetup suspend --nolockfs fails
	dmsetup load fails --table "0 131072 error"
	dmsetup resume fails
	wait_for 10 fails_now
	dmsetup suspend --nolockfs fails
	dmsetup load fails --table "$table"
	dmsetup resume fails
	wait "$pid"
	test "$(errors_in "$OUT/yank")" -gt 0
	test "$(field ops x "$OUT/yank")" -gt 0
	dd if="$node" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null
	undisk a
	dmsetup remove fails
	unnull nullb1
}
fails_now() { [ "$(cut -d' ' -f3 "$tuning/stat_read")" -gt 0 ]; }

# The disk itself goes while it is written to through the page cache and read directly
disk_rmdir() {
	local thr
	null nullb1 size=64
	disk a "$node" g
	thr=$node
	load_on_disk
	dd if=/dev/zero of="$thr" bs=64k count=200 2>/dev/null &
	sleep 0.2
	undisk a
	wait "$pid"
	test "$(errors_in "$OUT/yank")" -gt 0
	wait || note "dd saw its device go"
	test ! -e "/sys/block/${thr#/dev/}"
	unnull nullb1
}

unloads() {
	clear
	unload thr
	test ! -e "$class"
	load thr
}

plan 6
testcase "a null_blk device loses power" null_blk_power
testcase "a null_blk device is removed" null_blk_rmdir
testcase "a SCSI device is deleted" scsi_delete
testcase "the table of a device-mapper device becomes error, and good again" dm_error
testcase "the disk itself is removed" disk_rmdir
testcase "the module unloads after all that" unloads
