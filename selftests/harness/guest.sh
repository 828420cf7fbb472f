#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest is as the other tests expect it.
# where: uml time-travel debug qemu
. "$(dirname "$0")/../lib.sh"

mounted() {
	local dir
	for dir in /proc /sys /sys/kernel/config /sys/kernel/debug /sys/kernel/tracing /dev /dev/pts /tmp /run; do
		mountpoint -q "$dir" || fail "$dir is not mounted"
	done
}

root_is_safe() {
	refuses "Read-only file system" touch /etc/mezzanine-was-here
}

writable() {
	touch /tmp/a /run/a /var/tmp/a "$OUT/.writable"
	rm "$OUT/.writable"
}

modules_load() {
	load null_blk nr_devices=1
	wait_for 2 test -b /dev/nullb0
	unload null_blk
}

waits_end() {
	if wait_for 1 false; then
		fail "waiting for false succeeded"
	fi
}

faults_are_found() {
	echo "WARNING: made up by a selftest" >/dev/kmsg
	logged "made up"
	_bad_log >/dev/null || fail "a warning in the log went unseen"
	expect_log "WARNING: made up"
}

plan 6
testcase "every file system is mounted" mounted
testcase "the host's files cannot be written" root_is_safe
testcase "/tmp, /run, /var/tmp and \$OUT can be written" writable
testcase "modules load and unload" modules_load
testcase "wait_for gives up at its limit" waits_end
testcase "a warning in the log is found" faults_are_found
