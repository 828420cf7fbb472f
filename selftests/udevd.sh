# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# systemd's udev in the guest, for as long as a script takes. Sourced after lib.sh.
udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || skip "systemd's udev is not installed"
[ ! -e /run/udev/control ] || skip "a udev is running already"
need udevadm pgrep

# start_udevd RULES...: with these rules beside the host's
start_udevd() {
	mkdir -p /run/udev/rules.d
	cp "$@" /run/udev/rules.d/
	defer rm -rf /run/udev
	defer stop_udevd
	$udevd --daemon
}

# Its socket stays behind, and makes others, dmsetup among them, wait for it for ever.
stop_udevd() {
	udevadm control --exit
	wait_for 20 udevd_gone
}
udevd_gone() { ! pgrep -f "^$udevd" >/dev/null; }

# settled: nothing that the kernel has told is still to be dealt with
settled() { udevadm settle --timeout=100; }
