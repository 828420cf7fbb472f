# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of the tutorials' examples; sourced after lib.sh. EXAMPLES names a directory in which they were built outside
# the tree; without it those of the tree are loaded.

# load_example NAME: a model or a driver, as in adder or adder_driver
load_example() {
	if [ -n "${EXAMPLES:-}" ]; then
		insmod "$EXAMPLES/$1.ko"
	else
		load "vhw-${1//_/-}"
	fi
}

# unload_example NAME...
unload_example() {
	local name
	for name; do
		if [ -n "${EXAMPLES:-}" ]; then unload "$name"; else unload "vhw-${name//_/-}"; fi
	done
}
