#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A disk that is limited in place lives on: mounted, pulled out, its queue changed, whenever limits come or go.
# where: qemu
# hardware: nvme virtio-blk
# inplace_churn.sh attaches and detaches more often.
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need mkfs.ext4 e2fsck
start
build_load
out=$(mktemp)

null a memory_backed=1 size=256
a=$node
null b
b=$node

# Files are rewritten, each with contents that say which version it is, until told to stop.
write_files() {
	local i=0
	while [ ! -e /tmp/stop ]; do
		i=$((i + 1))
		yes "version $i" | head -c 300000 >/tmp/m/new || return 1
		sync /tmp/m/new || return 1
		mv /tmp/m/new "/tmp/m/f$((i % 10))" || return 1
	done
}

mounted() {
	local i writer file
	mkfs.ext4 -q "$a"
	mkdir -p /tmp/m
	mount "$a" /tmp/m
	rm -f /tmp/stop
	write_files &
	writer=$!
	for i in 1 2 3 4 5 6 7 8; do
		inplace hd1 "$a" g
		put "iops-total=100" "$class/g/limits"
		sleep 0.1
		undisk hd1
		kill -0 $writer || fail "a write failed"
	done
	inplace hd1 "$a" g
	put "iops-total=5000" "$class/g/limits"
	: >/tmp/stop
	wait $writer || fail "a write failed"
	md5sum /tmp/m/f* >/tmp/sums
	umount /tmp/m
	undisk hd1
	e2fsck -fn "$a" >"$out" 2>&1 || fail "$(cat "$out")"
	mount "$a" /tmp/m
	md5sum -c --quiet /tmp/sums
	for file in /tmp/m/f*; do
		[ "$(sort -u "$file" | grep -c version)" -le 2 ] || fail "$file is mixed"
	done
	note "$i times, during the rewriting of $(find /tmp/m -name 'f*' | wc -l) files"
	umount /tmp/m
}

# 1000 requests wait for a quarter of an hour; the disk goes, as $1 does it, and nothing waits for anything
goes_while_waiting() {
	local started
	inplace hd1 "$node" g
	put "iops-total=1" "$class/g/limits"
	"$load" -s 600 "$node:1000:4096:read:x" >"$out" 2>&1 &
	local loader=$!
	wait_for 20 waiting 900 "/sys/block/${node#/dev/}/thr/throttled_read"
	started=${EPOCHREALTIME//[.,]/}
	"$1"
	[ $((${EPOCHREALTIME//[.,]/} - started)) -lt 5000000 ] || fail "it took long"
	# Who has requests under way cannot end
	kill $loader 2>/dev/null || true
	wait $loader || true
	holds 0 "$disks/hd1/live"
	is "" "$disks/hd1/device"
	wait_for 5 unhooked
	refuses "No such device" put 0 "$disks/hd1/live"
	undisk hd1
}

null_goes() {
	null c
	goes_while_waiting pull_null
}
pull_null() { unnull c; }

scsi='/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*'
scsi_goes() {
	load sd_mod
	load scsi_debug dev_size_mb=64 delay=0
	wait_for 10 compgen -G "$scsi" >/dev/null
	node=/dev/$(basename "$(compgen -G "$scsi")")
	wait_for 5 test -b "$node"
	expect_log 'I/O error|Synchronize Cache'
	goes_while_waiting pull_scsi
	wait_for 10 unload scsi_debug
}
pull_scsi() { put 1 "/sys/block/${node#/dev/}/device/delete"; }

# One on the PCI bus; it comes back for whoever needs it next
pci_goes() { # MODULE NODE
	load "$1"
	node=$2
	wait_for 20 test -b "$node" || skip "no $node"
	expect_log 'I/O error|failed to set APST|no usable path'
	goes_while_waiting pull_pci
	[ ! -b "$node" ] || fail "$node is still there"
	put 1 /sys/bus/pci/rescan
	wait_for 20 test -b "$node"
	dd if="$node" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null
	unload "$1"
}
pull_pci() {
	local device
	device=$(readlink -f "/sys/block/${node#/dev/}/device")
	while [ ! -e "$device/vendor" ] || [ ! -e "$device/rescan" ]; do device=${device%/*}; done
	put 1 "$device/remove"
}

waiting() { [ "$(cut -d ' ' -f 3 "$2")" -ge "$1" ]; }

detach_while_waiting() {
	local started
	inplace hd1 "$b" g
	put "iops-total=1" "$class/g/limits"
	"$load" -s 600 "$b:100:4096:read:x" >"$out" &
	local loader=$!
	wait_for 10 waiting 90 "/sys/block/${b#/dev/}/thr/throttled_read"
	# What waits holds nothing of the queue
	started=${EPOCHREALTIME//[.,]/}
	put 32 "/sys/block/${b#/dev/}/queue/nr_requests"
	[ $((${EPOCHREALTIME//[.,]/} - started)) -lt 5000000 ] || fail "the queue's depth took long"
	undisk hd1
	wait_for 10 counted_reads $(($(reads) + 200))
	kill $loader
	wait $loader || true
}
reads() { awk '{ print $1 }' "/sys/block/${b#/dev/}/stat"; }
counted_reads() { [ "$(reads)" -ge "$1" ]; }

gone_without_trace() {
	clear
	rmmod thr
	unhooked
	modprobe thr
}

plan 7
testcase "a mounted file system stays whole while limits come and go" mounted
testcase "a null_blk disk goes while a thousand requests wait" null_goes
testcase "so does a SCSI disk" scsi_goes
testcase "so does an NVMe disk" pci_goes nvme /dev/nvme0n1
testcase "so does a virtio disk" pci_goes virtio_blk /dev/vda
testcase "what waits goes when the disk is detached" detach_while_waiting
testcase "the module goes, and leaves no hook" gone_without_trace
