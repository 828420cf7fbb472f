#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is asked of a disk besides bios reaches its backing device: ioctls, geometry, persistent reservations.
# where: uml debug qemu
# processors: one
# smoke: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need python3 setpriv
start
load thr_eraser
defer unload thr_eraser
null nullb1
b1=$node
ask() { "$_here/ioctls.py" "$@"; }
reserved=/sys/module/thr_eraser/parameters/reserved

ioctls() {
	disk a /dev/thr_eraser
	equal "$(ask "$node" unknown 41)" 42 "answer through the disk"
	equal "$(ask /dev/thr_eraser unknown 41)" 42 "answer without it"
	undisk a
	disk a "$b1"
	equal "$(ask "$node" unknown 41)" ENOTTY "answer of a backing device that knows none"
	undisk a
}

geometry() {
	disk a /dev/thr_eraser
	equal "$(ask "$node" geometry)" "heads=7 sectors=13 cylinders=1440 start=0" "geometry"
	undisk a
	disk a "$b1"
	equal "$(ask "$node" geometry)" ENOTTY "geometry of what has none"
	undisk a
}

reservations() {
	disk a /dev/thr_eraser
	equal "$(ask "$node" reserve 77)" 0 "reserving"
	is 77 $reserved
	equal "$(ask "$node" reserve 78)" EBUSY "reserving what is reserved"
	equal "$(ask "$node" release 78)" EINVAL "releasing with another key"
	equal "$(ask "$node" release 77)" 0 "releasing"
	is 0 $reserved
	equal "$(ask "$node" clear 77)" ENOTSUP "what the backing device has not"
	undisk a
	disk a "$b1"
	equal "$(ask "$node" reserve 77)" ENOTSUP "reserving what has no reservations"
	undisk a
}

# A command to a partition would reach all of the backing device
partitions() {
	need addpart
	disk a /dev/thr_eraser
	addpart "$node" 1 2048 2048
	wait_for 5 test -b "${node}p1"
	equal "$(ask "${node}p1" unknown 41)" 42 "answer to root"
	chmod 666 "${node}p1"
	equal "$(setpriv --reuid=65534 --regid=65534 --clear-groups python3 - "${node}p1" unknown 41 <"$_here/ioctls.py")" \
		ENOTTY "answer to who may not"
	undisk a
}

# Who still has the disk open when it is pulled is told that it is gone
gone() {
	local told first go
	disk a /dev/thr_eraser
	exec {go}<> <(:)
	told=$(ask "$node" unknown 41 again <&"$go" | {
		read -r first # it is open
		rmdir "$disks/a"
		echo >&"$go"
		echo "$first"
		cat
	})
	equal "$told" $'42\nENXIO' "answers before and after"
}

plan 5
testcase "an ioctl reaches the backing device, with its answer" ioctls
testcase "the geometry is the backing device's" geometry
testcase "persistent reservations are the backing device's" reservations
testcase "a partition passes on nothing of who has no rights" partitions
testcase "a disk that was pulled while open answers no more" gone
