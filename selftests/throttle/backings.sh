# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the throttle tests: devices of many kinds to limit. Source after common.sh.
# shellcheck disable=SC2034 # for those who source this
scsi='/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*'

# back KIND: sets $node to a device of 320 MiB
back() {
	case $1 in
	null_blk) null nullb1 memory_backed=1 size=320 discard=1 cache_size=4 irqmode=1 ;;
	brd)
		load brd rd_nr=1 rd_size=327680
		node=/dev/ram0
		;;
	loop)
		load loop max_loop=4
		truncate -s 320M /tmp/backing
		node=$(losetup -f --show /tmp/backing)
		;;
	zram)
		load zram num_devices=1
		echo 320M >/sys/block/zram0/disksize
		node=/dev/zram0
		;;
	dm-linear)
		null nullb1 memory_backed=1 size=320 irqmode=1 discard=1
		load dm-mod
		dmsetup create linear --table "0 655360 linear $node 0"
		dmsetup mknodes
		node=/dev/mapper/linear
		;;
	dm-crypt)
		need cryptsetup
		null nullb1 memory_backed=1 size=320 irqmode=1
		load dm-crypt
		echo key | cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 256 --hash sha256 "$node" secret
		dmsetup mknodes
		node=$(dm_node secret)
		;;
	lvm)
		need lvm
		export LVM_SUPPRESS_FD_WARNINGS=1 LVM_SYSTEM_DIR=/tmp/lvm
		mkdir -p /tmp/lvm
		# There is no udev to make nodes, and no daemon that polls
		echo "activation { udev_sync = 0 udev_rules = 0 } global { use_lvmpolld = 0 }" >/tmp/lvm/lvm.conf
		load dm-mod
		load loop
		# of a kind that LVM knows
		truncate -s 512M /tmp/backing
		node=$(losetup -f --show /tmp/backing)
		lvm pvcreate -qq -y "$node"
		lvm vgcreate -qq vg "$node"
		lvm lvcreate -qq -y -n data -L 320M vg
		dmsetup mknodes
		node=$(dm_node vg-data)
		;;
	md-raid0 | md-raid1)
		need mdadm
		load md-mod
		null nullb1 memory_backed=1 size=330 irqmode=1
		local first=$node
		null nullb2 memory_backed=1 size=330 irqmode=1
		mdadm --create /dev/md0 --level="${1#md-raid}" --raid-devices=2 --assume-clean --metadata=1.2 --run "$first" \
			"$node" >"$OUT/mdadm" 2>&1 || fail "$(cat "$OUT/mdadm")"
		node=/dev/md0
		wait_for 5 test -b "$node"
		;;
	partition)
		null nullb1 memory_backed=1 size=330 irqmode=1
		partition "$node" 2048 655360
		node+=p1
		wait_for 5 test -b "$node"
		;;
	scsi_debug)
		load sd_mod
		load scsi_debug dev_size_mb=320 ndelay=10000 lbpu=1
		wait_for 10 compgen -G "$scsi" >/dev/null
		node=/dev/$(basename "$(compgen -G "$scsi")")
		wait_for 5 test -b "$node"
		;;
	nvme)
		load nvme
		node=/dev/nvme0n1
		wait_for 10 test -b "$node"
		;;
	virtio-blk)
		load virtio_blk
		node=/dev/vda
		wait_for 10 test -b "$node"
		;;
	esac
}

# unback KIND: and away with it
unback() {
	case $1 in
	null_blk) unnull nullb1 ;;
	brd) unload brd ;;
	loop)
		losetup -D
		rm /tmp/backing
		;;
	zram)
		echo 1 >/sys/block/zram0/reset
		unload zram
		;;
	dm-linear)
		dmsetup remove linear
		unnull nullb1
		;;
	dm-crypt)
		cryptsetup close secret
		unnull nullb1
		;;
	lvm)
		lvm vgchange -qq -an vg
		losetup -D
		rm /tmp/backing
		;;
	md-*)
		mdadm --stop /dev/md0 2>/dev/null
		unnull nullb1
		unnull nullb2
		;;
	partition) unnull nullb1 ;;
	scsi_debug) wait_for 10 unload scsi_debug ;;
	nvme) unload nvme ;;
	virtio-blk) unload virtio_blk ;;
	esac
}
