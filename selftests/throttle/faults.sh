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
# There are always 16 in flight; more a second would only take the time of the rest
put "iops-total=50" "$class/busy/limits"
f=$disks/f

# What an operation that failed may not have changed, for a shell that starts no process: it is asked hundreds of times
cat >"$OUT/state" <<END
state() {
	for file in $class/*/limits $class/*/parent $class/*/members $disks/*/group $disks/*/live $disks/*/device \\
		$disks/*/backing; do
		[ ! -e "\$file" ] || while read -r line; do echo "\$file \$line"; done <"\$file"
	done
}
END

# as fail-nth does it, but undisturbed
once() {
	[ "$1" != --allow ] || shift 2
	case $1 in
	write) put "$3" "$2" ;;
	mkdir | rmdir) "$1" "$2" ;;
	esac
}

# unchanged [--allow ERRNO] ACTION... [-- UNDO...]: with each allocation failing, while another disk of the module is busy.
# At the end the action is done, for the next case
unchanged() {
	local status=0
	touch "$OUT/busy"
	while [ -e "$OUT/busy" ]; do "$load" -s 3 "$busy:16:4096:mix:x"; done >"$OUT/load" &
	cp "$OUT/state" "$OUT/check"
	# shellcheck source=/dev/null
	. "$OUT/state"
	printf "now=\$(state)\n[ \"\$now\" = '%s' ] || { echo \"now: \$now\"; false; }\n" "$(state)" >>"$OUT/check"
	fail_each --check ". $OUT/check" "$@" || status=$?
	rm "$OUT/busy"
	wait
	equal "$(field errors x "$OUT/load" | sort -u)" 0 "errors of the load beside"
	[ "$status" -eq 0 ] || return "$status"
	once "$@"
}

plan 16
testcase "making a group" unchanged mkdir "$groups/made" -- rmdir "$groups/made"
testcase "making a disk" unchanged mkdir "$f" -- rmdir "$f"
testcase "naming its backing device" unchanged write "$f/backing" "$b1" -- write "$f/backing" ""
# a device whose name could not be allocated is an invalid argument to the driver core
testcase "making it live" unchanged --allow EINVAL write "$f/live" 1 -- write "$f/live" 0
testcase "limits that make a group" unchanged write "$f/limits" iops-total=100 -- write "$f/group" ""
testcase "moving to a group that stays" unchanged write "$f/group" made -- write "$f/group" f
testcase "limits of a group" unchanged write "$class/made/limits" iops-total=2000 -- write "$class/made/limits" iops-total=0
testcase "a parent" unchanged write "$class/made/parent" busy -- write "$class/made/parent" ""
testcase "no parent" unchanged write "$class/made/parent" "" -- write "$class/made/parent" busy
testcase "intervals" unchanged write "/sys/block/thr1/thr/intervals" "1 10" -- write "/sys/block/thr1/thr/intervals" ""
testcase "histograms" unchanged write "/sys/block/thr1/thr/boundaries" all=1,2 -- write "/sys/block/thr1/thr/boundaries" ""
testcase "leaving" unchanged write "$f/group" "" -- write "$f/group" made
testcase "ending a disk" unchanged write "$f/live" 0 -- write "$f/live" 1
put "" "$f/backing" # as mkdir leaves it
testcase "removing a disk" unchanged rmdir "$f" -- mkdir "$f"
put iops-total=0 "$class/made/limits"
testcase "removing a group" unchanged rmdir "$groups/made" -- mkdir "$groups/made"
testcase "everything can be removed" clear
