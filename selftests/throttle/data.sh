#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Data come back as they went in: file systems and fio, over each kind of backing device, while limits and groups change.
# where: uml qemu
# hardware: nvme
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/backings.sh"
need mkfs.ext4 fsck.ext4 mkfs.xfs xfs_repair fio dmsetup losetup
start
mnt=$(mktemp -d)
size=10 # MB; EXTENDED=1: four times as much
[ -z "${EXTENDED:-}" ] || size=40
# Every 50 ms: another limit, another group
disturb() {
	set +e
	while [ -e "$1" ]; do
		put "iops-total=5000" "$tuning/limits"
		sleep 0.05
		put "other" "$disks/a/group"
		put "bps-total=50000000" "$tuning/limits"
		sleep 0.05
		put "" "$disks/a/group"
		sleep 0.05
	done
}

file_system() {
	local kind=$1 fs=$2 flag sum
	flag=$(mktemp)
	disk a "$backing"
	case $fs in
	ext4) mkfs.ext4 -qF "$node" ;;
	xfs) mkfs.xfs -qf "$node" ;;
	esac
	mount -t "$fs" "$node" "$mnt"
	disturb "$flag" &
	dd if=/dev/urandom of="$mnt/file" bs=1M count=$size conv=fsync 2>/dev/null
	cp "$mnt/file" "$mnt/copy"
	sync
	sum=$(sha256sum <"$mnt/file")
	umount "$mnt"
	mount -t "$fs" "$node" "$mnt"
	equal "$(sha256sum <"$mnt/copy")" "$sum" "the sum of the copy"
	umount "$mnt"
	rm "$flag"
	wait
	case $fs in
	ext4) fsck.ext4 -fn "$node" >/dev/null 2>&1 || fail "fsck finds errors" ;;
	xfs) xfs_repair -n "$node" >/dev/null 2>&1 || fail "xfs_repair finds errors" ;;
	esac
	undisk a
}

# Random sizes and flushes; beside that, where it can be done, every block discarded before it is written
verify() {
	local flag status=0 discards=()
	flag=$(mktemp)
	disk a "$backing"
	if [ "$(cat "/sys/block/${node#/dev/}/queue/discard_max_bytes")" -gt 0 ]; then
		discards=(--name=d --rw=trimwrite --offset=64M --size=$((size / 3))M --bsrange=4k-128k)
	fi
	disturb "$flag" &
	fio --filename="$node" --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --randseed=7 \
		--name=v --rw=randrw --bsrange="$(blockdev --getss "$node")-128k" --size=${size}M --fsync=64 \
		${discards[@]+"${discards[@]}"} >"$OUT/fio" 2>&1 || status=$?
	rm "$flag"
	wait
	[ "$status" -eq 0 ] || fail "$(tail -n 20 "$OUT/fio")"
	[ ${#discards[@]} -eq 0 ] || test "$(cut -d' ' -f1 "$tuning/stat_discard")" -gt 20
	undisk a
}

over() {
	back "$1"
	backing=$node
	file_system "$1" ext4
	file_system "$1" xfs
	verify
	unback "$1"
}

load ext4
load xfs
kinds=(null_blk brd loop zram dm-linear md-raid0 md-raid1 partition scsi_debug)
[ "$WHERE" != qemu ] || kinds+=(nvme)
plan ${#kinds[@]}
for kind in "${kinds[@]}"; do
	testcase "data survive on $kind" over "$kind"
done
