#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# LVM, mdraid, dm-crypt, swap, btrfs, systemd and the initramfs on throttled disks: the commands of
# Documentation/throttle-recipes.md, with systemd's udev; and that without them the backing devices would be taken.
# where: uml qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../udevd.sh"
need python3
top=$(readlink -f "$_here/../..")
PATH=$top/tools:$PATH
export LVM_SUPPRESS_FD_WARNINGS=1

# An /etc and a /srv to write to
etc=$(mktemp -d)
ln -s /mnt/host/etc/* "$etc/"
for entry in lvm mdadm fstab crypttab initramfs-tools thr.conf; do
	rm -f "$etc/$entry"
	[ ! -d "/etc/$entry" ] || cp -a "/etc/$entry" "$etc/$entry"
done
mount --bind "$etc" /etc
defer umount /etc
mount -t tmpfs tmpfs /srv
defer umount /srv
mkdir -p /etc/lvm /etc/mdadm /etc/initramfs-tools/scripts/local-top
cp -a /etc/lvm "$etc.lvm"
touch /etc/lvm/lvm.conf

start_udevd "$top/tools/packaging/60-thr.rules"

# recipe NAME: its commands
recipe() {
	sed -n "/^\`\`\`sh recipe $1\$/,/^\`\`\`\$/{ /^\`\`\`/d; p }" "$top/Documentation/throttle-recipes.md" >"$etc.recipe"
	test -s "$etc.recipe"
	bash -ex "$etc.recipe"
	settled
}

no_disks() {
	local dir
	for dir in "$disks"/*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
	settled
}

# What a case that failed may have left
clean_up() {
	! mountpoint -q /srv/pool || umount /srv/pool
	! mountpoint -q /srv/data || umount /srv/data
	[ ! -e /proc/swaps ] || swapoff -a
	[ ! -e /dev/mapper/data ] || cryptsetup close data
	[ ! -d /sys/module/dm_mod ] || dmsetup remove_all
	[ ! -d /sys/module/md_mod ] || mdadm --stop --scan
	no_disks
}

# Two empty SCSI disks, /dev/sdb and /dev/sdc, and no configuration
fresh() {
	rm -rf /etc/lvm /etc/mdadm /etc/fstab /etc/crypttab /etc/thr.conf
	cp -a "$etc.lvm" /etc/lvm
	mkdir /etc/mdadm
	clean_up
	wait_for 5 unload scsi_debug
	load scsi_debug dev_size_mb=128 per_host_store=1 add_host=3 delay=0
	wait_for 20 test -b /dev/sdc
	settled
}

disks_made() {
	fresh
	recipe disks
	wait_for 20 test -b /dev/disk/by-id/thr-hd2
	hd1=$(readlink -f /dev/disk/by-id/thr-hd1)
	hd2=$(readlink -f /dev/disk/by-id/thr-hd2)
}

# What happens at boot: the devices are there, thr is not yet
before_thr() {
	no_disks
	udevadm trigger --settle --action=add /dev/sdb /dev/sdc
}

at_boot() {
	thrctl load /etc/thr.conf
	settled
	wait_for 20 test -b /dev/disk/by-id/thr-hd2
	hd1=$(readlink -f /dev/disk/by-id/thr-hd1)
	hd2=$(readlink -f /dev/disk/by-id/thr-hd2)
}

# has_module NAME: skip the case where the kernel has it not
has_module() { modinfo "$1" >/dev/null 2>&1 || skip "this kernel has no $1"; }

lvm_trap() {
	need lvm
	disks_made
	pvcreate -q -y "$hd1"
	lvm pvs 2>&1 | grep "Not using device /dev/"
}

lvm_boot_trap() {
	need lvm
	disks_made
	recipe lvm
	vgchange -q -an vg
	echo "devices { }" >/etc/lvm/lvm.conf
	before_thr
	vgchange -q -ay vg
	refuses "in use" thrctl load /etc/thr.conf
	vgchange -q -an vg
}

counts() { cut -d' ' -f1 "/sys/block/${hd1#/dev/}/thr/stat_write"; }

lvm_recipe() {
	local before
	need lvm
	disks_made
	recipe lvm
	equal "$(lvm pvs --noheadings -o pv_name 2>&1 | tr -d ' ')" "$hd1" "the physical volumes that LVM sees"
	vgchange -q -an vg
	before_thr
	refuses "not found" vgchange -q -ay vg
	at_boot
	# udev's rules do it, as on a machine that boots
	wait_for 20 test -b /dev/vg/data
	before=$(counts)
	dd if=/dev/zero of=/dev/vg/data bs=4096 count=10 oflag=direct 2>/dev/null
	equal $(($(counts) - before)) 10 "requests that the throttled disk has counted"
	vgchange -q -an vg
}

# slaves NAME: what a block device stands on
slaves() { ls "/sys/block/$1/slaves"; }

mdraid_trap() {
	need mdadm
	disks_made
	recipe mdraid
	mdadm --stop /dev/md0
	rm /etc/mdadm/mdadm.conf
	before_thr
	wait_for 20 test -d /sys/block/md127/slaves/sdb -o -d /sys/block/md0/slaves/sdb
	refuses "in use" thrctl load /etc/thr.conf
	mdadm --stop --scan
}

mdraid_recipe() {
	need mdadm
	disks_made
	recipe mdraid
	equal "$(slaves md0 | paste -s -d ' ')" "${hd1#/dev/} ${hd2#/dev/}" "what the array stands on"
	mdadm --stop /dev/md0
	before_thr
	test ! -d /sys/block/md0/slaves/sdb
	at_boot
	wait_for 20 test -d "/sys/block/md0/slaves/${hd1#/dev/}"
	mdadm --stop /dev/md0
}

# Deriving a key is slow on purpose, and takes an emulated processor minutes.
quick_keys() {
	mkdir "$etc.bin"
	cat >"$etc.bin/cryptsetup" <<-END
		#!/bin/sh
		[ "\$1" != luksFormat ] || set -- "\$@" --pbkdf pbkdf2 --pbkdf-force-iterations 1000
		exec $(command -v cryptsetup) "\$@"
	END
	chmod +x "$etc.bin/cryptsetup"
	PATH=$etc.bin:$PATH
}

crypt_recipe() {
	need cryptsetup
	has_module dm-crypt
	disks_made
	head -c 32 /dev/urandom >/etc/data.key
	quick_keys
	recipe dm-crypt
	equal "$(slaves "$(basename "$(readlink -f /dev/mapper/data)")")" "${hd1#/dev/}" "what is under the plain text"
	cryptsetup close data
	before_thr
	refuses "does not exist" cryptsetup open --key-file /etc/data.key /dev/disk/by-id/thr-hd1 data
	at_boot
	cryptsetup open --key-file /etc/data.key "$(awk '$1 == "data" { print $2 }' /etc/crypttab)" data
	cryptsetup close data
}

swap_recipe() {
	need mkswap swapon
	[ -e /proc/swaps ] || skip "this kernel has no swap"
	disks_made
	recipe swap
	equal "$(awk 'NR == 2 { print $1 }' /proc/swaps)" "$hd1" "what is swapped to"
	swapoff -a
	before_thr
	refuses "cannot" swapon -a
	at_boot
	swapon -a
	swapoff -a
}

btrfs_recipe() {
	need mkfs.btrfs
	has_module btrfs
	load btrfs
	disks_made
	recipe btrfs
	equal "$(btrfs filesystem show --raw /srv/pool | awk '$1 == "devid" { print $NF }' | paste -s -d ' ')" "$hd1 $hd2" "its devices"
	umount /srv/pool
	before_thr
	at_boot
	# The backing devices are seen last
	udevadm trigger --settle --action=change /dev/sdb /dev/sdc
	grep '^/dev/disk/by-id/thr-hd1 /srv/pool' "$top/Documentation/throttle-recipes.md" >/etc/fstab
	mount /srv/pool
	equal "$(btrfs filesystem show --raw /srv/pool | awk '$1 == "devid" { print $NF }' | paste -s -d ' ')" "$hd1 $hd2" "its devices"
	umount /srv/pool
}

systemctl() { /lib/systemd/system-generators/systemd-fstab-generator /run/units /run/units /run/units; }
export -f systemctl

systemd_recipe() {
	[ -x /lib/systemd/system-generators/systemd-fstab-generator ] || skip "systemd is not installed"
	need mkfs.ext4
	disks_made
	mkdir -p /run/units
	recipe systemd
	equal "$(findmnt -n -o SOURCE /srv/data)" "$hd1" "what is mounted"
	umount /srv/data
	grep -q '^What=/dev/disk/by-id/thr-hd1$' /run/units/srv-data.mount
	# a mount waits for this target, unless it says otherwise
	equal "$(grep -c DefaultDependencies=no /run/units/srv-data.mount || true)" 0 "how often it says otherwise"
	grep -q '^Before=.*local-fs-pre.target' "$top/tools/packaging/thr.service"
	before_thr
	mount /srv/data # "nofail"
	equal "$(findmnt -n -o SOURCE /srv/data || true)" "" "what is mounted without the throttled disk"
	at_boot
	mount /srv/data
	umount /srv/data
}

initramfs_recipe() {
	fresh
	recipe initramfs
	grep -q '^thr$' /etc/initramfs-tools/modules
	equal "$(/etc/initramfs-tools/scripts/local-top/thr prereqs)" "" "what it waits for"
	/etc/initramfs-tools/scripts/local-top/thr
	settled
	hd1=$(readlink -f /dev/disk/by-id/thr-root)
	equal "$(slaves "${hd1#/dev/}")" sdb "what it stands on"
	grep -q iops-total=5000 "$disks/root/limits"
	thrctl save /etc/thr.conf
	thrctl load /etc/thr.conf
}

load thr
defer unload thr scsi_debug
defer clean_up

plan 10
testcase "LVM without a filter finds the backing device" lvm_trap
testcase "LVM without a filter takes the backing device at boot" lvm_boot_trap
testcase "LVM" lvm_recipe
testcase "mdadm without a DEVICE line takes the backing devices at boot" mdraid_trap
testcase "mdraid" mdraid_recipe
testcase "dm-crypt" crypt_recipe
testcase "swap" swap_recipe
testcase "btrfs" btrfs_recipe
testcase "mounts by systemd" systemd_recipe
testcase "initramfs" initramfs_recipe
