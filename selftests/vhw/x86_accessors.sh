#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every accessor of device memory that x86 has, with fixup_exception() redirected and with the die notifier alone.
# where: qemu
. "$(dirname "$0")/../lib.sh"

board=/sys/kernel/config/vhw/exerciser/accessors
results=/sys/kernel/debug/vhw-x86-accessors

up() {
	load vhw "hook_fixup=$1" && load vhw-exerciser && mkdir "$board" && put 1 "$board/live" &&
		load vhw-x86-accessors
}

down() {
	unload vhw-x86-accessors
	[ ! -d "$board" ] || rmdir "$board"
	unload vhw-exerciser vhw
}

passes() {
	case $1 in
	"ok "*) ;;
	*) fail "$1" ;;
	esac
}

unload vhw-exerciser-driver vhw-exerciser vhw
defer down
lines=()
for hook in Y N; do
	up $hook || exit 1
	grep -q $hook /sys/module/vhw/parameters/hook_fixup || exit 1
	mapfile -t -O "${#lines[@]}" lines < <(sed "s/\$/ (hook_fixup=$hook)/" "$results"/{accessors,misuse,smp})
	down
done

plan "${#lines[@]}"
for line in "${lines[@]}"; do
	name=${line#not }
	testcase "${name#ok }" passes "$line"
done
