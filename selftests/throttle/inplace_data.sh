#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# File systems stay whole, and data come back as they went in, on devices of all kinds that are limited in place and freed
# again while they are used.
# where: qemu-long
# hardware: nvme virtio-blk
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/backings.sh"
need mkfs.ext4 fsck.ext4 mkfs.xfs xfs_repair mkfs.btrfs btrfs fio dmsetup losetup
start
mnt=$(mktemp -d)

# Limits come, change and go until the file goes
disturb() {
	set +e
	mkdir "$disks/a"
	put "$node" "$disks/a/backing"
	put 1 "$disks/a/in_place"
	put g "$disks/a/group"
	while [ -e "$1" ]; do
		put 1 "$disks/a/live" || break
		# Less than what an emulated machine does
		put "iops-total=100" "$class/g/limits"
		sleep 0.1
		put "bps-total=1000000 iops-total=0" "$class/g/limits"
		sleep 0.1
		read -r waited _ <"/sys/class/block/${node#/dev/}/thr/throttled_write"
		put 0 "$disks/a/live"
		rounds=$((rounds + 1))
	done
	echo "$rounds $waited" >"$OUT/rounds"
	rmdir "$disks/a"
}
rounds=0 waited=0

whole() {
	case $1 in
	ext4) fsck.ext4 -fn "$node" ;;
	xfs) xfs_repair -n "$node" ;;
	btrfs) btrfs check "$node" ;;
	esac >"$OUT/fsck" 2>&1 || fail "$(tail -n 20 "$OUT/fsck")"
}

# change KIND: what else may happen to a device while it is limited and mounted
change() {
	case $1 in
	lvm)
		lvm lvcreate -qq -y -s -n before -L 64M vg/data
		lvm lvremove -qq -y vg/before
		lvm lvresize -qq -L +16M vg/data
		resize2fs "$node" >"$OUT/resize" 2>&1
		# To another device, below a file system that is being written
		truncate -s 512M /tmp/backing2
		losetup -f --show /tmp/backing2 >"$OUT/second"
		lvm pvcreate -qq -y "$(cat "$OUT/second")"
		lvm vgextend -qq vg "$(cat "$OUT/second")"
		load dm-mirror
		dd if=/dev/urandom of="$mnt/meanwhile" bs=64k count=100 oflag=direct 2>/dev/null &
		lvm pvmove -qq -i 1 "$(lvm pvs --noheadings -o pv_name | awk -v not="$(cat "$OUT/second")" '$1 != not { print $1 }')"
		wait $!
		equal "$(lvm lvs --noheadings -o devices vg/data | tr -d ' ')" "$(cat "$OUT/second")(0)" "where the volume is"
		;;
	null_blk | nvme | virtio-blk | scsi_debug)
		local queue=/sys/block/${node#/dev/}/queue scheduler
		# NVMe with many paths, as QEMU's has since 8, is bio-based
		grep -qs mq-deadline "$queue/scheduler" || return 0
		for scheduler in none mq-deadline none; do
			put "$scheduler" "$queue/scheduler"
			put 32 "$queue/nr_requests" 2>/dev/null || true
		done
		;;
	esac
}

# What a case that failed may have left
clean_up() {
	local dir
	! mountpoint -q "$mnt" || umount "$mnt"
	for dir in "$disks"/*; do [ ! -d "$dir" ] || rmdir "$dir"; done
	[ ! -d /sys/module/dm_mod ] || dmsetup remove_all
	losetup -D
	rm -f /tmp/backing /tmp/backing2
	for dir in "$nullb"/*; do [ ! -d "$dir" ] || rmdir "$dir"; done
}

on() {
	local kind=$1 fs=$2 flag sum status=0
	clean_up
	flag=$(mktemp)
	back "$kind"
	case $fs in
	ext4) mkfs.ext4 -qF "$node" ;;
	xfs) mkfs.xfs -qf "$node" ;;
	btrfs) mkfs.btrfs -qf "$node" >/dev/null ;;
	esac
	mount -t "$fs" "$node" "$mnt"
	disturb "$flag" &
	dd if=/dev/urandom of="$mnt/file" bs=1M count=8 conv=fsync 2>/dev/null
	sum=$(sha256sum <"$mnt/file")
	fio --directory="$mnt" --direct=1 --ioengine=libaio --iodepth=32 --verify=crc32c --verify_fatal=1 --randseed=7 --name=v \
		--rw=randrw --bsrange=4k-64k --size=16M --fsync=64 >"$OUT/fio" 2>&1 || status=$?
	[ "$status" -eq 0 ] || fail "$(tail -n 20 "$OUT/fio")"
	change "$kind"
	cp "$mnt/file" "$mnt/copy"
	umount "$mnt"
	mount -t "$fs" "$node" "$mnt"
	equal "$(sha256sum <"$mnt/copy")" "$sum" "the sum of the copy"
	umount "$mnt"
	rm "$flag"
	wait
	whole "$fs"
	read -r rounds waited <"$OUT/rounds"
	[ "$rounds" -gt 1 ] || fail "limits came and went $rounds times only"
	[ "$waited" -gt "$rounds" ] || fail "only $waited writes had to wait in $rounds rounds"
	note "limits came and went $rounds times, and $waited writes had to wait"
	unback "$kind"
}

# A process needs more memory than it may have; what it wrote comes back from a swap disk whose limits come and go
swap() {
	local flag cgroup=/tmp/cgroup/swapping
	need python3 mkswap swapon
	flag=$(mktemp)
	back zram
	mkswap "$node" >/dev/null
	swapon "$node"
	mkdir -p /tmp/cgroup
	mount -t cgroup2 none /tmp/cgroup
	echo +memory >/tmp/cgroup/cgroup.subtree_control
	mkdir $cgroup
	echo 24M >$cgroup/memory.max
	disturb "$flag" &
	(
		echo $BASHPID >$cgroup/cgroup.procs
		exec python3 -c '
pages = bytearray(48 << 20)
for n in range(0, len(pages), 4096):
    pages[n:n + 8] = n.to_bytes(8, "little")
for n in range(0, len(pages), 4096):
    assert pages[n:n + 8] == n.to_bytes(8, "little"), n
'
	)
	rm "$flag"
	wait
	grep -q '[1-9]' "/sys/block/${node#/dev/}/stat"
	rmdir $cgroup
	umount /tmp/cgroup
	swapoff "$node"
	unback zram
}

load ext4
load xfs
load btrfs
plan 12
for fs in ext4 xfs btrfs; do testcase "$fs on null_blk" on null_blk $fs; done
for kind in loop md-raid1 lvm dm-crypt partition scsi_debug nvme virtio-blk; do
	testcase "ext4 on $kind" on "$kind" ext4
done
testcase "swap on zram" swap
