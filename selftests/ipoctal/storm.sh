#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Eight busy channels, and glitches at random: 1000, as each takes long; GLITCHES=10000 by hand.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 loopback
echo 0 >"$vhw/board0/fault_target"

storm() {
	"$(dirname "$0")/glitches.py" storm-of-glitches "${GLITCHES:-1000}" "$vhw/board0/faults" "${nodes[@]}"
	if logged "does not answer"; then fail "somebody was hung up"; fi
}

plan 1
testcase "random glitches hang nobody up, and cost a line each at most" storm
