#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With systemd's udev and our rules: who may open what, and which links lead to it.
# where: uml debug qemu
# processors: one
# extended: debug
. "$(dirname "$0")/../fmc-tdc/common.sh"
. "$(dirname "$0")/../throttle/common.sh"
. "$(dirname "$0")/../udevd.sh"
need setpriv mkfs.ext4 losetup
work=$(mktemp -d)
defer rm -rf "$work"
chmod 755 "$work"
cp "$tools/tdc-read" "$tools/tdclib.py" "$work" # where everybody may read

start_udevd "$tools"/packaging/60-*.rules

# unprivileged GROUPS COMMAND...: as a user who is in these groups alone
unprivileged() { setpriv --reuid=65534 --regid=65534 --groups "$1" "${@:2}"; }

leads_to() { equal "$(readlink -f "$1")" "$2" "$1"; }
# is_linked LINK NODE: likewise, to be waited for. udev hears of what was written to a device when it is closed, not from
# the kernel's queue that "settled" looks at.
is_linked() { [ "$(readlink -f "$1")" = "$2" ]; }

load tpci200
load ipoctal
load vhw-tpci200
defer unload ipoctal tpci200 vhw-tpci200
serial_board=/sys/kernel/config/vhw/tpci200/udev
mkdir $serial_board
defer rmdir $serial_board
put ipoctal232 $serial_board/slot2/module
put 1 $serial_board/live

has_port() { port=$(compgen -G '/dev/ipoctal.*.2.7'); }

ports_are_for_dialout() {
	wait_for 10 has_port
	settled
	equal "$(stat -c '%G %a' "$port")" "dialout 660" "who may open $port"
	unprivileged dialout stty -F "$port" 38400
	refuses "Permission denied" unprivileged plugdev stty -F "$port" 9600
}

ports_have_paths() {
	local address
	has_port
	address=$(cat $serial_board/pci_address)
	leads_to "/dev/serial/by-path/pci-$address-slot2-port7" "$port"
	equal "$(find /dev/serial/by-path -name "*-slot2-port*" | wc -l)" 8 "number of links"
}

pyserial_finds_them() {
	has_port
	python3 -c 'import serial' 2>/dev/null || skip "python3-serial is not installed"
	python3 -m serial.tools.list_ports -q >"$work/ports"
	equal "$(grep -c '^/dev/ttyS-ipoctal\.' "$work/ports")" 8 "number of ports listed"
	leads_to "/dev/ttyS-${port#/dev/}" "$port"
	python3 -c "import serial; serial.Serial('/dev/ttyS-${port#/dev/}', 38400).close()"
}

# what was made by a member of the group has come out of the hardware
tdc_is_for_plugdev() {
	new_card udev
	plug_active "$card"
	settled
	unprivileged plugdev "$work/tdc-read" -c 1 -n 100 -f csv -o 0.005 >"$work/times" &
	wait_for 20 holds 1 "$(channel 1)/buffer/enable"
	train 0 100 10000000 200000
	wait $!
	equal "$(wc -l <"$work/times")" 101 "lines read"
	refuses "Permission denied" unprivileged dialout "$work/tdc-read" -c 1 -n 1
	refuses "Permission denied" unprivileged plugdev sh -c "echo 1 >$board/time_seconds"
}

file_system() { # NAME: a loop device with an ext4 of that label on it; sets $loop and $uuid
	truncate -s 16M "$work/$1"
	loop=$(losetup --show -f "$work/$1")
	settled # it watches what it knows
	mkfs.ext4 -q -L "$1" "$loop"
	uuid=$(blkid -p -s UUID -o value "$loop")
	wait_for 10 is_linked "/dev/disk/by-uuid/$uuid" "$loop"
}

disk_before_backing() {
	file_system first
	disk hd1 "$loop"
	settled
	leads_to "/dev/disk/by-uuid/$uuid" "$node"
	leads_to /dev/disk/by-label/first "$node"
	leads_to /dev/disk/by-id/thr-hd1 "$node"
	# the backing device is looked at again, and the links stay
	udevadm trigger --settle "$loop"
	leads_to "/dev/disk/by-uuid/$uuid" "$node"
	mkdir "$work/mnt"
	mount "UUID=$uuid" "$work/mnt"
	equal "$(findmnt -n -o SOURCE "$work/mnt")" "$node" "what is mounted"
	umount "$work/mnt"
	mount LABEL=first "$work/mnt"
	equal "$(findmnt -n -o SOURCE "$work/mnt")" "$node" "what is mounted"
	umount "$work/mnt"
}

backing_after_disk() {
	undisk hd1
	settled
	leads_to "/dev/disk/by-uuid/$uuid" "$loop"
	test ! -e /dev/disk/by-id/thr-hd1
	losetup -d "$loop"
}

formatted_later() {
	truncate -s 16M "$work/second"
	loop=$(losetup --show -f "$work/second")
	disk hd2 "$loop"
	settled
	mkfs.ext4 -q -L second "$node"
	wait_for 10 is_linked /dev/disk/by-label/second "$node"
	undisk hd2
	losetup -d "$loop"
}

in_turn() {
	disk_before_backing
	backing_after_disk
}

load_spec
defer unload_spec
defer remove_card $vhw/udev
load loop
load thr
defer unload thr loop
defer clear

plan 6
testcase "serial ports are for the group dialout" ports_are_for_dialout
testcase "serial ports have a link by their place" ports_have_paths
testcase "pyserial lists the ports, and opens what it lists" pyserial_finds_them
testcase "who is in the group plugdev captures time stamps, and sets nothing else" tdc_is_for_plugdev
testcase "a throttled disk's links come before its backing device's, as long as it lives" in_turn
testcase "a file system made on a throttled disk is found there" formatted_later
