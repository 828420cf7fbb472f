#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two processors: ttys are opened, set up, written to and closed by many at once, while their board is yanked, unbound,
# reset in every way, put to sleep and failing. STRESS_SECONDS (20; 300 with EXTENDED=1): how long.
# where: debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 loopback "null-modem board0/0/2" loopback
duration=${STRESS_SECONDS:-${EXTENDED:+300}}
duration=${duration:-20}
address=${carrier##*/}
stress=$(dirname "$0")/stress.py

# What may find the board or the module away: a round of the chaos is whatever of it there is to do
attempt() { "$@" 2>/dev/null || refused=$((refused + 1)); }

chaos() {
	local end=$((SECONDS + duration)) round=0 refused=0
	while [ $SECONDS -lt $end ]; do
		round=$((round + 1))
		sleep "0.$((RANDOM % 5 + 1))"
		case $((RANDOM % 10)) in
		0) attempt put 1 "$carrier/slot0/reset" ;;
		1)
			attempt put "ipack-dev.0.0" /sys/bus/ipack/drivers/ipoctal/unbind
			attempt put "ipack-dev.0.0" /sys/bus/ipack/drivers/ipoctal/bind
			;;
		2)
			attempt put "$address" /sys/bus/pci/drivers/tpci200/unbind
			attempt put "$address" /sys/bus/pci/drivers/tpci200/bind
			;;
		3)
			put 0 "$vhw/board0/live"
			put 1 "$vhw/board0/live"
			;;
		4)
			put 1 "$vhw/board0/yank"
			put 1 "$vhw/board0/live"
			;;
		5) attempt put 1 "$carrier/reset" ;;
		6) attempt put 1 "$vhw/board0/suspend" ;;
		7)
			put 1 "$vhw/board0/slot0/error"
			put 0 "$vhw/board0/slot0/error"
			;;
		8)
			attempt put 1 "$carrier/reset" &
			attempt put 1 "$carrier/slot0/reset"
			wait $!
			;;
		9)
			attempt put 1 "$vhw/board0/suspend" &
			attempt put 1 "$carrier/reset"
			wait $!
			;;
		esac
	done
	note "$round rounds of chaos, $refused of its steps refused"
	[ "$round" -gt 0 ]
}

# users SECONDS SEED: on four channels, two of which share a block and two a cable
users() { "$stress" "$1" "$2" "$tty"{0,1,2,5}; }

undisturbed() { users $((duration / 4)) 1; }

# Nobody plugs it in again: it is there, or comes back by itself
is_there() {
	[ -e "/sys/bus/pci/drivers/tpci200/$address" ] || put "$address" /sys/bus/pci/drivers/tpci200/bind
	wait_for 15 test -c "${tty}0"
	[ -e /sys/bus/ipack/drivers/ipoctal/ipack-dev.0.0 ] || put "ipack-dev.0.0" /sys/bus/ipack/drivers/ipoctal/bind
	"$serial" loop 1200 50 "${tty}0"
}

disturbed() {
	expect_log "does not answer|does not keep|did not acknowledge|does not acknowledge"
	users "$duration" 2 &
	chaos
	wait $!
	is_there
}

sound() {
	[ "$(cat "$vhw/board0/live")" = 1 ] || put 1 "$vhw/board0/live"
	put 0 "$vhw/board0/live"
	power_on board0
	"$serial" loop 1200 50 "${tty}0"
	is 0 "$vhw/board0/violations"
}

plan 3
testcase "many users at once" undisturbed
testcase "many users of a board that comes and goes" disturbed
testcase "it works after that, and the manuals were kept" sound
