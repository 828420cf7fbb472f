#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A driver uses a board that has one of everything: registers, INTA#, MSI, MSI-X, DMA, reset.
# where: uml time-travel debug qemu
# processors: one
# smoke: qemu
. "$(dirname "$0")/../lib.sh"

root=/sys/kernel/config/vhw/exerciser
load vhw-exerciser
if [ "${WHERE:-}" = time-travel ]; then
	load vhw-exerciser-driver time_travel=1
else
	load vhw-exerciser-driver
fi
defer unload vhw-exerciser-driver vhw-exerciser vhw
mkdir "$root/exerciser0"
defer rmdir "$root/exerciser0"

is_live() {
	echo 1 >"$root/exerciser0/live"
	is 1 "$root/exerciser0/live"
}

# the driver's own cases, judged here one by one
passes() {
	case $1 in
	"ok "*) ;;
	*) fail "$1" ;;
	esac
}

is_live || {
	plan 1
	testcase "the exerciser comes up" is_live
	exit
}
device=/sys/bus/pci/devices/$(cat "$root/exerciser0/pci_address")
mapfile -t results <"$device/selftest"
plan "${#results[@]}"
for result in "${results[@]}"; do
	name=${result#not }
	name=${name#ok }
	testcase "${name%% -- *}" passes "$result"
done
