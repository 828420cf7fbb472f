#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the bus offers, at its limits: vectors, BARs, power states, resets, identity, affinity. User
# space plays the driver.
# where: uml debug qemu
. "$(dirname "$0")/../lib.sh"

root=/sys/kernel/config/vhw
large=$root/exerciser-large/a

load vhw-exerciser
load vhw-bar-access
defer unload vhw-bar-access vhw-exerciser vhw
defer remove_board

remove_board() {
	[ ! -d $large ] || rmdir $large
	[ ! -d $root/exerciser/b ] || rmdir $root/exerciser/b
}

device() { echo "/sys/bus/pci/devices/$(<"$large/pci_address")"; }

plug() {
	put 1 "$large/live"
	put vhw-bar-access "$(device)/driver_override"
	basename "$(device)" >/sys/bus/pci/drivers/vhw-bar-access/bind
}

# read_register BAR OFFSET; write_register BAR OFFSET VALUE
read_register() {
	echo "$1 $2 4" >"$(device)/access"
	cat "$(device)/access"
}
write_register() { echo "$1 $2 4 $3" >"$(device)/access"; }

reads() { [ $(($(read_register "$1" "$2"))) = $(($3)) ] || fail "BAR $1+$2 reads $(read_register "$1" "$2"), not $3"; }

# in the pending bits
pends() {
	local dword=$(($1 / 32))
	[ $(($(read_register 4 $((0x8000 + 4 * dword))) >> $1 % 32 & 1)) = 1 ] || fail "vector $1 is not pending"
}

config() { setpci -s "$(basename "$(device)")" "$@"; }

takes_an_identity() {
	mkdir $large
	is 0x1172 $large/vendor
	put 0x10ec $large/vendor
	put 0x8139 $large/device
	put 0x1234 $large/subsystem_vendor
	put 0x5678 $large/subsystem_device
	put 0x020000 $large/class
	put 16 $large/revision
	refuses "Invalid argument" put 0xffff $large/vendor
	logged 'a: vendor: "0xffff" is not a number from 0 to 0xfffe'
	refuses "Invalid argument" put 0x1000000 $large/class
	plug
	is 0x10ec "$(device)/vendor"
	is 0x8139 "$(device)/device"
	is 0x1234 "$(device)/subsystem_vendor"
	is 0x5678 "$(device)/subsystem_device"
	is 0x020000 "$(device)/class"
	is 0x10 "$(device)/revision"
	refuses "Device or resource busy" put 1 $large/device
	logged "a: device cannot change while the board is live"
	put 1 $large/reset
	[ "$(config VENDOR_ID)" = 10ec ]
	rmdir $large
	mkdir $large
	plug
	is 0x1172 "$(device)/vendor"
}

# the message waits, for its vector is masked; bit 31 of the last dword of pending bits
holds_2048_vectors() {
	local vector
	config COMMAND.w=6
	config 62.w=8000
	[ "$(config 62.w)" = 87ff ]
	for vector in 0 127 128 129 1023 2047; do
		write_register 4 $((16 * vector + 8)) $((0x10000 + vector))
		reads 4 $((16 * vector + 8)) $((0x10000 + vector))
		reads 4 $((16 * vector + 12)) 1
		write_register 0 0x14 $vector
		pends $vector
		[ $vector -ge 127 ] || continue
		reads 4 8 0x10000
	done
	write_register 0 0x14 2048
	reads 4 0x8100 0
	put 1 $large/reset
}

answers_where_a_large_bar_is() {
	rmdir $large
	mkdir $large
	plug
	reads 2 0 0
	reads 2 0x3fffffc 0x3fffffc
	reads 0 0 0x76687721
}

# the way out of a window that is not aligned to the BAR
is_right_in_an_odd_window() {
	local start
	start=$(head -n 1 "$(device)/resource")
	start=$((${start%% *} & ~0xffffff))
	rmdir $large
	unload vhw-exerciser vhw
	load vhw window_mib=256 "window_at=$(printf '0x%x' $((start + 0x1000000)))"
	load vhw-exerciser
	mkdir $large
	answers_where_a_large_bar_is
}

sleeps_in_d3hot() {
	local before
	write_register 0 4 0x55
	reads 0 4 0x55
	before=$(<$large/violations)
	config 44.b=3
	reads 0 4 0xffffffff
	is $((before + 1)) $large/violations
	wait_for 2 logged "a: the driver violates the manual: access to BAR0.0x4 in D3hot"
	write_register 0 4 0x66
	is $((before + 2)) $large/violations
	config 44.b=0
	reads 0 4 0x55
}

resets_by_function_level_reset() {
	write_register 0 4 0x55
	grep -qw flr "$(device)/reset_method"
	put 1 "$(device)/reset"
	reads 0 4 0
	reads 0 0 0x76687721
}

# the other kind of board announces that one
resets_by_advanced_features() {
	local large=$root/exerciser/b # what plug, device and the rest look at
	mkdir $large
	plug
	write_register 0 4 0x55
	grep -qw af_flr "$(device)/reset_method"
	put 1 "$(device)/reset"
	reads 0 4 0
	reads 0 0 0x76687721
	[ "$(basename "$(readlink "$(device)/driver")")" = vhw-bar-access ]
	rmdir $large
}

resets_itself() {
	write_register 0 4 0x55
	write_register 0 0x3c 1
	[ "$(config COMMAND)" = 0000 ]
	put 0 $large/live
	plug
}

has_the_far_config_space() {
	[ "$(stat -c %s "$(device)/config")" = 4096 ]
	[ "$(od -An -tx4 -j256 -N12 "$(device)/config" | tr -d ' ')" = 000100030403020108070605 ]
}

suspends_without_a_driver() {
	put 1 $large/suspend
	basename "$(device)" >/sys/bus/pci/drivers/vhw-bar-access/unbind
	put 1 $large/suspend
	put 0 $large/live
	put 1 $large/live
	put 1 $large/suspend
	rmdir $large
}

# for 2 s, whatever each says
again_and_again() {
	local end=$((SECONDS + 2))
	while [ $SECONDS -lt $end ]; do "$@" 2>/dev/null || true; done
}

comes_and_goes() {
	put "$1" /sys/bus/pci/drivers/tpci200/unbind
	put "$1" /sys/bus/pci/drivers/tpci200/bind
}

# an interrupt that the driver has given back, or has got, meanwhile would be switched on once too often
suspends_while_bound() {
	local board=/sys/kernel/config/vhw/tpci200/sleeper address
	load vhw-tpci200
	load tpci200
	mkdir $board
	put 1 $board/live
	address=$(<$board/pci_address)
	again_and_again put 1 $board/suspend &
	again_and_again comes_and_goes "$address" &
	wait
	[ ! -e "/sys/bus/pci/devices/$address/driver" ] || put "$address" /sys/bus/pci/drivers/tpci200/unbind
	put 1 $board/suspend
	rmdir $board
	unload tpci200 ipack vhw-tpci200
}

# keeps_affinity CHIP: of the first interrupt of that name in /proc/interrupts
keeps_affinity() {
	local irq
	irq=$(awk -v chip="$1" '$0 ~ chip {sub(":", "", $1); print $1; exit}' /proc/interrupts)
	[ -n "$irq" ] || fail "no interrupt of $1"
	put 2 "/proc/irq/$irq/smp_affinity"
	is 2 "/proc/irq/$irq/smp_affinity"
}

# a TPCI200 has a line, a SPEC messages
accepts_affinity() {
	[ -e /sys/devices/system/cpu/cpu1/online ] || skip "one processor"
	load vhw-tpci200
	load tpci200
	load vhw-spec
	load spec msi=1
	mkdir $root/tpci200/b $root/spec/c
	put 1 $root/tpci200/b/live
	put 1 $root/spec/c/live
	keeps_affinity vhw-intx
	keeps_affinity vhw-msi
	put 0 /sys/devices/system/cpu/cpu1/online
	put 1 /sys/devices/system/cpu/cpu1/online
	! logged "set affinity failed" || fail "a processor's leaving was an error"
	rmdir $root/tpci200/b $root/spec/c
	unload spec vhw-spec tpci200 vhw-tpci200
}

refuses_mmap() {
	[ ! -e /sys/module/vhw_window ] || skip "User-Mode Linux maps no BARs"
	command -v python3 >/dev/null || skip "no program that maps"
	refuses "not supported" python3 -c 'import mmap, sys; f = open(sys.argv[1], "r+b", 0); mmap.mmap(f.fileno(), 256)' \
		"$(device)/resource2"
	logged "BAR 2 cannot be mapped into user space"
}

plan 13
testcase "identity is what was set before the board went live" takes_an_identity
testcase "each of 2048 vectors has its entry and its pending bit" holds_2048_vectors
testcase "a large BAR answers from end to end" answers_where_a_large_bar_is
testcase "so it does in a window that is not aligned to it" is_right_in_an_odd_window
testcase "a function in D3hot reads all-ones, and a touch is a violation" sleeps_in_d3hot
testcase "a function level reset through PCI Express resets" resets_by_function_level_reset
testcase "a function level reset through Advanced Features resets, its driver bound" resets_by_advanced_features
testcase "a board can reset itself" resets_itself
testcase "a PCI Express function has 4 KiB of config space" has_the_far_config_space
testcase "mmap() of a BAR is refused in words" refuses_mmap
testcase "a board sleeps and wakes without a driver" suspends_without_a_driver
testcase "a board sleeps while its driver comes and goes" suspends_while_bound
testcase "affinity is accepted, and no processor's leaving is an error" accepts_affinity
