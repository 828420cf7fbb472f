#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own, unmodified NVMe driver on the example of an NVMe disk: a file system, verified data, faults, yank.
# where: qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

board=/sys/kernel/config/vhw/nvme/n
need fio mkfs.ext4 e2fsck
load vhw-nvme
modprobe nvme 2>/dev/null || skip "this kernel brings no nvme driver"
defer unload vhw-nvme vhw
mkdir $board
defer rmdir $board

# A machine may have other such disks: ours is found below its device
node() {
	local disk
	for disk in "/sys/bus/pci/devices/$(cat $board/pci_address)"/nvme/nvme*/nvme*n*; do
		printf '/dev/%s\n' "${disk##*/}"
	done
}
has_node() { disk=$(node) && [ -b "$disk" ]; }
plug() {
	put 1 $board/live
	wait_for 5 has_node
}

binds() {
	plug
	[ "$(blockdev --getsize64 "$disk")" -eq $((16 << 20)) ]
	grep -q '^Virtual NVMe *$' "/sys/block/${disk##*/}/device/model"
	grep -q '^n *$' "/sys/block/${disk##*/}/device/serial"
	is 0 $board/violations
}

verify() {
	fio --name=verify --filename="$disk" --direct=1 --rw=randwrite --bsrange=512-256k --bs_unaligned=0 --size=8m \
		--ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --verify_state_save=0 --output=/dev/null 2>&1
}

keeps_a_file_system() {
	has_node
	mkfs.ext4 -q -F "$disk"
	mkdir -p /tmp/nvme
	mount "$disk" /tmp/nvme
	seq 100000 >/tmp/nvme/numbers
	umount /tmp/nvme
	put 0 $board/live
	plug
	e2fsck -fn "$disk" >/dev/null 2>&1
	mount -o ro "$disk" /tmp/nvme
	seq 100000 | cmp - /tmp/nvme/numbers
	umount /tmp/nvme
}

keeps_what_is_written() {
	has_node
	verify
	is 0 $board/violations
}

# Not of what is there already: a write of the same would not be missed
forgets() {
	local noticed=yes
	has_node
	dd if=/dev/zero of="$disk" bs=128k oflag=direct 2>/dev/null || true # until the disk is full
	put 5 $board/faults/write-lost/probability
	! verify >/dev/null || noticed=no
	put 0 $board/faults/write-lost/probability
	[ $noticed = yes ] || fail "nobody noticed"
	[ "$(<$board/faults/write-lost/count)" -gt 0 ]
}

fails_a_read() {
	has_node
	put 1 $board/faults/read-error/times
	put 100 $board/faults/read-error/probability
	if dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null; then
		fail "the read was answered"
	fi
	dd if="$disk" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
	put 0 $board/faults/read-error/probability
}

is_pulled() {
	local writer
	has_node
	(while dd if=/dev/zero of="$disk" bs=64k count=64 oflag=direct conv=nocreat; do :; done) 2>/dev/null &
	writer=$!
	sleep 0.5
	put 1 $board/yank
	wait_for 10 test ! -b "$disk"
	wait $writer || true # it ends with an error, as it must
	plug
	keeps_what_is_written
}

sleeps() {
	has_node
	echo mezzanine | dd of="$disk" bs=512 conv=sync oflag=direct 2>/dev/null
	put 1 $board/suspend
	[ "$(dd if="$disk" bs=512 count=1 iflag=direct 2>/dev/null | head -c 9)" = mezzanine ]
}

is_short_enough() { [ "$(wc -l <virt-hw/boards/examples/nvme.c)" -le 400 ]; }

plan 8
testcase "the kernel's driver binds and does nothing the manual forbids" binds
testcase "a file system is there again after the power was off" keeps_a_file_system
testcase "what was written in requests of any size is read again" keeps_what_is_written
testcase "writes that are lost are noticed" forgets
testcase "a read that fails is an error, once" fails_a_read
testcase "a disk pulled while it is written goes, and comes back" is_pulled
testcase "a disk goes on after a suspend" sleeps
testcase "the model has at most 400 lines" is_short_enough
