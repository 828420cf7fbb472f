#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory runs out: at any allocation of bringing the board up or of enabling a buffer, and while timestamps come.
# where: debug
# extended: debug
# time: long
. "$(dirname "$0")/common.sh"

[ -w /sys/kernel/debug/failslab/probability ] || skip "this kernel does not inject faults"
ready_card memory
failslab=/sys/kernel/debug/failslab
every=17 # of the thousands of allocations of the mezzanine's probe, most of them the IIO core's
[ -z "${EXTENDED:-}" ] || every=1

# Without the mezzanine's driver, which has its turn alone, and without those of the I2C bus: when there is no memory for
# the link from a device to its software node, the driver core puts that node once too often.
spec_binds() {
	local name
	name=${pci##*/}
	at_rest
	unload fmc-tdc at24 i2c-ocores
	echo "$name" >/sys/bus/pci/drivers/spec/unbind
	# no memory for a mapping is an invalid argument to the PCI core, and none for a claim to one a claim that fails
	fail_each --allow EINVAL,EBUSY write /sys/bus/pci/drivers/spec/bind "$name" -- \
		write /sys/bus/pci/drivers/spec/unbind "$name"
	echo "$name" >/sys/bus/pci/drivers/spec/bind
	load i2c-ocores
	load at24
	load fmc-tdc
	echo "$name" >/sys/bus/pci/drivers/spec/unbind
	echo "$name" >/sys/bus/pci/drivers/spec/bind
	wait_for 10 has_board "$card"
	gives_timestamps
}

tdc_binds() {
	local name
	at_rest
	name=${board##*/}
	echo "$name" >"$driver/unbind"
	fail_each --every $every write "$driver/bind" "$name" -- write "$driver/unbind" "$name"
	echo "$name" >"$driver/bind"
	gives_timestamps
}

buffer_enables() {
	at_rest
	until_active "$board"
	enable "$(channel 2)" 1000
	disable "$(channel 2)"
	fail_each write "$(channel 2)/buffer/enable" 1 -- write "$(channel 2)/buffer/enable" 0
	gives_timestamps
}

# The interrupt's thread gets no memory at all: it needs none
captures_without() {
	local ch thread
	at_rest
	until_active "$board"
	ch=$(channel 2)
	enable "$ch" 4096
	thread=$(pgrep -f 'irq/[0-9]*-fmc-tdc')
	echo 1 >"/proc/$thread/make-it-fail"
	echo 0 >$failslab/verbose
	echo N >$failslab/ignore-gfp-wait
	echo Y >$failslab/task-filter
	echo -1 >$failslab/times
	echo 100 >$failslab/probability
	train 1 1000 1000000 200000
	finished 1
	sleep 0.2
	echo 0 >$failslab/probability
	echo N >$failslab/task-filter
	disable "$ch"
	[ "$(drain "$ch" | wc -l)" -eq 1000 ] || fail "timestamps are missing"
	balanced "$ch"
}

plan 4
testcase "the carrier's driver can run out of memory at each allocation of its probe" spec_binds
testcase "so can the mezzanine's" tdc_binds
testcase "so can enabling a buffer" buffer_enables
testcase "53 capturing needs no memory" captures_without
