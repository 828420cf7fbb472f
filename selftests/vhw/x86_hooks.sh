#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On x86 the bus stands on ftrace: what happens without it, and that nothing it needs is pulled from under it.
# where: qemu
. "$(dirname "$0")/../lib.sh"

switch=/proc/sys/kernel/ftrace_enabled
board=/sys/kernel/config/vhw/exerciser/hooks

# Newer kernels refuse to switch ftrace off, whether it is in use or not
without_ftrace() {
	put 0 $switch 2>/dev/null || skip "this kernel does not switch ftrace off"
	refuses "Device or resource busy" modprobe vhw
	put 1 $switch
	logged "vhw: cannot redirect ioremap.*ftrace_enabled is 0"
	load vhw
	unload vhw
}

switch_is_held() {
	load vhw
	refuses "$refusal" put 0 $switch
	is 1 $switch
	unload vhw
	[ "$refusal" != "$in_use" ] || put 0 $switch
	put 1 $switch
}

mapping_pins() {
	load vhw-exerciser
	mkdir $board
	put 1 $board/live
	load vhw-x86-accessors
	rmdir $board
	unload vhw-exerciser
	logged "mappings of its registers were not unmapped, the first made by .*vhw_x86_accessors"
	refuses "in use" rmmod vhw
	unload vhw-x86-accessors vhw
}

clean_up() {
	put 1 $switch
	unload vhw-x86-accessors
	[ ! -d $board ] || rmdir $board
	unload vhw-exerciser vhw
}

unload vhw-exerciser-driver vhw-exerciser vhw
defer clean_up
in_use="Device or resource busy" refusal="Operation not supported"
! put 0 $switch 2>/dev/null || refusal=$in_use
put 1 $switch
plan 3
testcase "with ftrace switched off vhw does not load, and says why" without_ftrace
testcase "while vhw is loaded ftrace cannot be switched off" switch_is_held
testcase "a mapping that outlives its board keeps vhw loaded" mapping_pins
