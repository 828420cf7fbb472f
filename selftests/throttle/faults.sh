#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every allocation of making, joining, moving, leaving and removing fails once, with I/O in flight: nothing changes,
# nothing leaks.
# where: debug
# extended: debug
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
null nullb1 size=16
b1=$node
null nullb2 size=16
disk busy "$node" busy
busy=$node
put "iops-total=500" "$class/busy/limits"
f=$disks/f

# What an operation that failed may not have changed
state="cd $class && grep -H '' */limits */parent */members; cd $disks && grep -H '' */group */live */device */backing"

# unchanged ACTION... [-- UNDO...]: with each allocation failing, while another disk of the module is busy
unchanged() {
	"$load" -s 3 "$busy:16:4096:mix:x" >"$OUT/faults.load" &
	sh -c "$state" >"$OUT/faults.state"
	fail_each --check "($state) | cmp -s - $OUT/faults.state" "$@"
	wait
	equal "$(field errors x "$OUT/faults.load")" 0 "errors of the load beside"
}

plan 16
testcase "making a group" unchanged mkdir "$groups/made" -- rmdir "$groups/made"
testcase "making a disk" unchanged mkdir "$f" -- rmdir "$f"
testcase "naming its backing device" unchanged write "$f/backing" "$b1" -- write "$f/backing" ""
testcase "making it live" unchanged write "$f/live" 1 -- write "$f/live" 0
testcase "limits that make a group" unchanged write "$f/limits" iops-total=100 -- write "$f/group" ""
testcase "moving to a group that stays" unchanged write "$f/group" made -- write "$f/group" f
testcase "limits of a group" unchanged write "$class/made/limits" iops-total=2000 -- write "$class/made/limits" iops-total=0
testcase "a parent" unchanged write "$class/made/parent" busy -- write "$class/made/parent" ""
testcase "no parent" unchanged write "$class/made/parent" "" -- write "$class/made/parent" busy
testcase "intervals" unchanged write "/sys/block/thr1/thr/intervals" "1 10" -- write "/sys/block/thr1/thr/intervals" ""
testcase "histograms" unchanged write "/sys/block/thr1/thr/boundaries" all=1,2 -- write "/sys/block/thr1/thr/boundaries" ""
testcase "leaving" unchanged write "$f/group" "" -- write "$f/group" made
testcase "ending a disk" unchanged write "$f/live" 0 -- write "$f/live" 1
testcase "removing a disk" unchanged rmdir "$f" -- mkdir "$f"
testcase "removing a group" unchanged rmdir "$groups/made" -- mkdir "$groups/made"
testcase "everything can be removed" clear
