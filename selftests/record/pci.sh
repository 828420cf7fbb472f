# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# PCI functions that are recorded. Sourced by this directory's scripts, after ../lib.sh.

tools=$(readlink -f "$(dirname "$0")/../../tools")
# shellcheck disable=SC2034
here=$(readlink -f "$(dirname "$0")")
PATH=$tools:$PATH

# address_of VENDOR:DEVICE: of the true one
address_of() { lspci -D -n -d "$1" | awk '!/^1/ { print $1; exit }'; }
attribute() { echo "/sys/bus/pci/devices/$1/$2"; }

with_bar_access() {
	put vhw-bar-access "$(attribute "$1" driver_override)"
	put "$1" /sys/bus/pci/drivers/vhw-bar-access/bind
}

without_driver() { put "$1" "$(attribute "$1" driver/unbind)"; }
