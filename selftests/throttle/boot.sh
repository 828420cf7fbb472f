#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What thr.service runs limits in place again what was, mounted or not; what appears later udev limits, by whatever name of
# it was saved, and nothing else.
# where: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../udevd.sh"
need python3 mkfs.ext4
tools=$(readlink -f "$_here/../../tools")
thrctl=$tools/thrctl
start

# An /etc to write to
etc=$(mktemp -d)
ln -s /mnt/host/etc/* "$etc/"
rm -f "$etc/thr.conf"
mount --bind "$etc" /etc
defer umount /etc

rules=$(mktemp -d)/60-thr.rules
sed "s|/usr/sbin/thrctl|$thrctl|" "$tools/packaging/60-thr.rules" >"$rules"
start_udevd "$rules"
defer unload scsi_debug

# scsi: a SCSI disk, which has a name by what it says of itself; sets $id
scsi() {
	load scsi_debug dev_size_mb=64 delay=0
	wait_for 20 compgen -G '/dev/disk/by-id/scsi-*' >/dev/null
	settled
	id=$(compgen -G '/dev/disk/by-id/scsi-*' | head -n 1)
}

stand() { echo "/sys/block/$(basename "$(readlink -f "$1")")/thr"; }
limited() { [ -e "$(stand "$1")/name" ]; }

null a memory_backed=1 size=64
a=$node
mkfs.ext4 -q "$a"
point=$(mktemp -d)
mount "$a" "$point"
defer umount "$point"

# The disk of the root file system is there, and mounted, when the service starts
at_boot() {
	local command
	"$thrctl" attach "$a" name=root group=all iops-total=500
	"$thrctl" save /etc/thr.conf
	forget
	unload thr
	load thr
	command=$(sed -n 's/^ExecStart=//p' "$tools/packaging/thr.service")
	${command/#*\/thrctl/$thrctl}
	is root "$(stand "$a")/name"
	is "iops-total=500" "$class/all/limits"
	echo 1 >"$point/file"
	sync "$point/file"
}

forget() {
	local dir
	for dir in "$disks"/* "$groups"/*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
}

later() {
	scsi
	"$thrctl" attach "$id" name=usb group=all
	"$thrctl" save /etc/thr.conf
	grep -q "attach $id" /etc/thr.conf
	unload scsi_debug
	wait_for 10 holds 0 "$disks/usb/live"
	settled
	scsi
	wait_for 10 limited "$id"
	is usb "$(stand "$id")/name"
	is all "$(stand "$id")/group"
	is "iops-total=500" "$class/all/limits"
	null b
	settled
	! limited "$node" || fail "$node is limited, which nobody asked for"
	unnull b
	"$thrctl" detach "$id"
	unload scsi_debug
}

plan 2
testcase "what was limited in place is again, by the command of thr.service" at_boot
testcase "a disk that appears later is limited by udev, by its stable name" later
