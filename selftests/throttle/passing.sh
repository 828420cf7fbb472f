#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SG_IO, NVMe commands, geometry and persistent reservations on devices that have them: a throttled disk answers as
# dm-linear does, and that is what the device itself says.
# where: qemu
# processors: one
# hardware: nvme
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need python3 dmsetup
load dm-mod
start
ask() { "$_here/ioctls.py" "$@"; }

# same DEVICE QUESTION [NUMBER]: whichever way it is asked; sets $answer. One after the other: each wants it for itself
same() {
	local linear
	answer=$(ask "$@")
	dmsetup create linear --table "0 $(blockdev --getsz "$1") linear $1 0"
	dmsetup mknodes
	linear=$(ask /dev/mapper/linear "${@:2}")
	dmsetup remove linear
	# Device mapper has a geometry of its own, and none unless it is told
	[ "$2" = geometry ] || equal "$linear" "$answer" "the answer of dm-linear to $2"
	disk a "$1"
	equal "$(ask "$node" "${@:2}")" "$answer" "the answer of the throttled disk to $2"
	undisk a
}

# A SCSI disk of the kernel's own target, with reservations: a loop-back to a disk in memory. Sets $scsi
target=/sys/kernel/config/target
naa=naa.5001405deadbeef0
has_scsi() {
	local dir
	for dir in /sys/class/scsi_disk/*/device/block/*; do scsi=/dev/${dir##*/}; done
	[ -b "$scsi" ]
}
make_target() {
	load target_core_mod
	load tcm_loop
	load sd_mod
	mkdir -p $target/core/rd_mcp_0/memory
	put rd_pages=4096 $target/core/rd_mcp_0/memory/control
	put 1 $target/core/rd_mcp_0/memory/enable
	mkdir -p "$target/loopback/$naa/tpgt_1/lun/lun_0"
	put naa.5001405deadbeef1 "$target/loopback/$naa/tpgt_1/nexus"
	ln -s $target/core/rd_mcp_0/memory "$target/loopback/$naa/tpgt_1/lun/lun_0/disk"
}
drop_target() {
	rm -f "$target/loopback/$naa/tpgt_1/lun/lun_0/disk"
	rmdir "$target/loopback/$naa/tpgt_1/lun/lun_0" "$target/loopback/$naa/tpgt_1" "$target/loopback/$naa"
	rmdir $target/core/rd_mcp_0/memory $target/core/rd_mcp_0
}

scsi_commands() {
	has_scsi
	same "$scsi" inquiry
	# "LIO-ORG", the vendor's name, is what it brings
	case $answer in *4c494f2d4f5247*) ;; *) fail "the disk said $answer" ;; esac
	same "$scsi" geometry
	case $answer in heads=*) ;; *) fail "the geometry is $answer" ;; esac
}

# A key is registered and a reservation made through the throttled disk; the device itself says so
scsi_reservations() {
	has_scsi
	disk a "$scsi"
	equal "$(ask "$node" register 77)" 0 "registering a key"
	equal "$(ask "$node" reserve 77)" 0 "reserving"
	undisk a
	same "$scsi" keys
	case $answer in ????????00000008000000000000004d*) ;; *) fail "the keys are $answer" ;; esac
	same "$scsi" reservation
	case $answer in ????????00000010000000000000004d*) ;; *) fail "the reservation is $answer" ;; esac
	disk a "$scsi"
	equal "$(ask "$node" release 77)" 0 "releasing"
	equal "$(ask "$node" clear 77)" 0 "clearing"
	undisk a
	same "$scsi" keys
	case $answer in ????????00000000*) ;; *) fail "the keys are $answer" ;; esac
}

nvme_commands() {
	[ -b /dev/nvme0n1 ] || skip "this machine has no NVMe disk"
	same /dev/nvme0n1 nvme-id
	equal "$answer" 1 "the number of the namespace"
	same /dev/nvme0n1 nvme-controller
	# The serial number, "mezzanine"
	case $answer in *6d657a7a616e696e65*) ;; *) fail "the controller said $answer" ;; esac
	same /dev/nvme0n1 nvme-namespace
	echo mezzanine | dd of=/dev/nvme0n1 bs=512 conv=sync oflag=direct 2>/dev/null
	same /dev/nvme0n1 nvme-read
	case $answer in 6d657a7a616e696e65*) ;; *) fail "a read brought $answer" ;; esac
	same /dev/nvme0n1 geometry
	case $answer in heads=*) ;; *) fail "the geometry is $answer" ;; esac
}

# What a device does not have it refuses in the same way
nvme_refusals() {
	[ -b /dev/nvme0n1 ] || skip "this machine has no NVMe disk"
	same /dev/nvme0n1 register 77
	same /dev/nvme0n1 inquiry
	same /dev/nvme0n1 unknown 41
	equal "$answer" ENOTTY "the answer to an ioctl that nobody knows"
}

load nvme
make_target
defer drop_target
wait_for 20 has_scsi || skip "there is no SCSI disk"

plan 4
testcase "SCSI commands and geometry" scsi_commands
testcase "SCSI persistent reservations" scsi_reservations
testcase "NVMe commands and geometry" nvme_commands
testcase "what NVMe refuses" nvme_refusals
