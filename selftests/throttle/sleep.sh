#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine goes to sleep while requests wait for their limit, and limits them again afterwards. In QEMU, whose root would
# not come back, only its tasks are frozen, for as long as the kernel's own test of that takes.
# where: uml debug qemu
# processors: one
# extended: debug
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
grep -qs freeze /sys/power/state || skip "this kernel does not sleep"
if [ -w /sys/power/pm_test ]; then
	put freezer /sys/power/pm_test
	defer put none /sys/power/pm_test
else
	defer unload wake_test
	load wake_test || skip "nobody would wake it"
fi
start

read_one() { dd if="$node" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null; }
# done_reads N, waiting N: at least so many
done_reads() { [ "$(cut -d ' ' -f 1 "$tuning/stat_read")" -ge "$1" ]; }
waiting() { [ "$(cut -d ' ' -f 3 "$tuning/throttled_read")" -ge "$1" ]; }

# sleeps stacked|in-place
sleeps() {
	local i before readers=()
	null nullb1
	if [ "$1" = stacked ]; then
		disk hd1 "$node" g
	else
		[ -e /sys/kernel/tracing/enabled_functions ] || skip "this kernel has no function tracer"
		inplace hd1 "$node" g
		tuning=/sys/block/${node#/dev/}/thr
	fi
	# One request in 1000 s
	put "bps-total=4" "$class/g/limits"
	for i in 1 2 3 4; do
		read_one &
		readers+=($!)
	done
	wait_for 5 waiting 3
	[ ! -e /sys/module/wake_test ] || put 500 /sys/module/wake_test/parameters/after_ms
	# A task that waits for a request cannot be frozen: without help this fails after 20 s
	put freeze /sys/power/state
	for i in "${readers[@]}"; do wait "$i"; done
	# Nobody pays for what went meanwhile, and the limit holds again
	before=$(cut -d ' ' -f 1 "$tuning/stat_read")
	read_one &
	wait_for 5 done_reads $((before + 1))
	read_one &
	wait_for 5 waiting 1
	put "bps-total=0" "$class/g/limits"
	wait $!
	undisk hd1
	unnull nullb1
}

plan 2
testcase "what waits for a stacked disk does not keep the machine awake, and is limited again" sleeps stacked
testcase "nor what waits for a disk limited in place" sleeps in-place
