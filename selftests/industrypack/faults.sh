#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hardware that fails, on a board with two modules: what it takes along, and what it does not. More: ../ipoctal/faults.sh.
# where: uml debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board one slot0/module=ipoctal232 slot0/line0/peer=tty slot0/line4/peer=loopback \
	slot1/module=ipoctal232 slot1/line0/peer=loopback
go_live one

# strike FAULT [LIMIT=VALUE...]: switch a fault on; heal FAULT...: off
strike() {
	local fault=$1 limit dir
	shift
	for dir in "$boards/one"/{,*/*/}"faults/$fault"; do
		[ -d "$dir" ] || continue
		put 0 "$dir/after"
		put -1 "$dir/times"
		for limit; do
			put "${limit#*=}" "$dir/${limit%%=*}"
		done
		put 100 "$dir/probability"
	done
}

heal() {
	local fault dir
	for fault; do
		for dir in "$boards/one"/{,*/*/}"faults/$fault"; do
			[ ! -d "$dir" ] || put 0 "$dir/probability"
		done
	done
}

struck() { fault_struck "$boards/one" "$1"; }

# fresh [ATTRIBUTE=VALUE...]: unplug, set, plug in again, with no fault
fresh() {
	local setting
	go_dark one
	no_faults "$boards/one"
	put all "$boards/one/fault_target"
	for setting; do
		put "${setting#*=}" "$boards/one/${setting%%=*}"
	done
	go_live one
}

# hears EXPECTATION: what channel 0 makes of "abcde" from the far end
hears() {
	local said
	said=$("$serial" hear "$(far_tty one 0 0)" "$(tty_of one 0 0)" abcde --format "${2:-8N1}")
	[ "$said" = "$1" ] || fail "heard $said, expected $1"
}

talks() { "$serial" exchange "$(tty_of one "$1" "$2")" "$(tty_of one "$1" "$2")" --bytes 50; }

slot_device() {
	local device=/sys/bus/pci/devices/
	device+=$(cat "$boards/one/pci_address")
	echo "$device"/ipack-dev.*."$1"
}

# carrier SLOT NAME: a counter of the carrier driver's; module NAME: of slot 0's
carrier() { echo "/sys/bus/pci/devices/$(cat "$boards/one/pci_address")/slot$1/$2"; }
module() { echo "$(slot_device 0)/$1"; }

# sends NODE COUNT: into an open tty, whatever becomes of it; what the hardware does to it is looked at elsewhere
sends() { head -c "$2" /dev/zero | tr '\0' U >"$1"; }

hung_up() { ! echo x 2>/dev/null >&7; }

# sent_since ICOUNT COUNT: so many characters have left channel 4 since its counters were those
sent_since() {
	local before now
	before=${1##* tx=}
	now=$("$serial" icount "$(tty_of one 0 4)")
	now=${now##* tx=}
	[ $((${now%% *} - ${before%% *})) -ge "$2" ]
}

bad_lengths() {
	local length
	for length in 00 0b 21 ff; do
		fresh slot0/id=49504143f022a1000000${length}cc
		[ -e "$(tty_of one 0 0)" ] || fail "no port with length $length"
		is 0 "$boards/one/violations"
	done
	fresh slot0/id=format1
}

bad_letters() {
	fresh slot0/id=58504143f022a10000000ccc
	[ ! -d "$(slot_device 0)" ]
	talks 1 0
	fresh slot0/id=format1
}

fast_module() {
	fresh slot0/id=format1-32mhz
	talks 0 4
	is 0 "$boards/one/violations"
	fresh slot0/id=format1
}

deaf_until_reopened() {
	put 0/0 "$boards/one/fault_target"
	strike rx-deaf after=1 times=1
	hears 'a rx=1'
	struck rx-deaf
	hears 'abcde rx=5'
}

cts_drops() {
	strike cts-drop after=5 times=3
	"$serial" exchange "$(tty_of one 0 0)" "$(far_tty one 0 0)" --rtscts --bytes 100 --baud "$fast_baud"
	struck cts-drop
	heal cts-drop
}

tx_stuck() {
	local before
	put 0/4 "$boards/one/fault_target"
	exec 7<>"$(tty_of one 0 4)"
	before=$("$serial" icount "$(tty_of one 0 4)")
	strike tx-stuck after=3 times=1
	sends "$(tty_of one 0 4)" 50
	wait_for 5 struck tx-stuck
	wait_for 5 logged "transmitter stuck"
	heal tx-stuck
	wait_for 5 sent_since "$before" 50
	talks 0 4
	exec 7>&-
}

stuck_interrupt() {
	local before
	before=$(cat "$(carrier 0 storms)")
	put 0 "$boards/one/fault_target"
	exec 7<>"$(tty_of one 0 4)"
	strike irq-stuck after=5 times=1
	sends "$(tty_of one 0 4)" 50
	wait_for 5 struck irq-stuck
	wait_for 10 counted "$(carrier 0 storms)" "$before"
	logged "slot 0: nobody handled .* masked"
	before=$(interrupts tpci200)
	sleep 0.5
	[ $(($(interrupts tpci200) - before)) -lt 10 ]
	talks 1 0
	heal irq-stuck
	put 1 "$(carrier 0 reset)"
	wait_for 5 test -c "$(tty_of one 0 4)"
	exec 7>&-
	talks 0 4
}

spurious_interrupts() {
	local irq before
	irq=$(awk '/tpci200/ { sub(":", "", $1); print $1; exit }' /proc/interrupts)
	before=$(grep last_unhandled "/proc/irq/$irq/spurious")
	strike irq-spurious interval=20 times=20
	talks 0 4
	struck irq-spurious
	heal irq-spurious
	[ "$(grep last_unhandled "/proc/irq/$irq/spurious")" != "$before" ]
}

error_line() {
	local before errors
	exec 7<>"$(tty_of one 0 4)"
	before=$(interrupts tpci200)
	errors=$(cat "$(carrier 0 errors)")
	put 1 "$boards/one/slot0/error"
	wait_for 5 counted "$(carrier 0 errors)" "$errors"
	logged "slot 0: the module reports a failure"
	sleep 0.5
	[ $(($(interrupts tpci200) - before)) -lt 10 ]
	is $((errors + 1)) "$(carrier 0 errors)"
	talks 0 4
	put 0 "$boards/one/slot0/error"
	# it listens again once the line is released
	sleep 2.5
	put 1 "$boards/one/slot0/error"
	wait_for 5 counted "$(carrier 0 errors)" $((errors + 1))
	put 0 "$boards/one/slot0/error"
	exec 7>&-
}

silence() {
	local before timeouts
	expect_log "does not answer|did not acknowledge"
	before=$(interrupts tpci200)
	timeouts=$(cat "$(carrier 0 timeouts)")
	put 0 "$boards/one/fault_target"
	exec 7<>"$(tty_of one 0 4)"
	strike no-ack after=200
	sends "$(tty_of one 0 4)" 200
	wait_for 5 counted "$(carrier 0 timeouts)" "$timeouts"
	wait_for 5 logged "channel 4 does not answer any more"
	# whoever has it open is told, and so is who opens it
	wait_for 5 hung_up
	exec 7>&-
	"$here/../ipoctal/edges.py" eio "$(tty_of one 0 4)"
	[ $(($(interrupts tpci200) - before)) -lt 1000 ]
	talks 1 0
	fresh
	talks 0 4
}

module_loses_its_registers() {
	local before
	before=$(cat "$(module registers_restored)")
	put 0 "$boards/one/fault_target"
	exec 7<>"$(tty_of one 0 4)"
	strike module-reset after=100 times=1
	sends "$(tty_of one 0 4)" 200
	wait_for 5 struck module-reset
	wait_for 5 counted "$(module registers_restored)" "$before"
	logged "lost its registers, restored"
	heal module-reset
	# without its being opened anew
	talks 0 4
	exec 7>&-
	talks 1 0
}

wrong_rate() {
	local said
	fresh slot0/ipoctal/crystal_ppm=-90000
	said=$("$serial" hear "$(far_tty one 0 0)" "$(tty_of one 0 0)" AAAAAAAAAA)
	case $said in
	*frame=*) ;;
	*) fail "no framing error: $said" ;;
	esac
	fresh slot0/ipoctal/crystal_ppm=20000
	hears 'abcde rx=5'
	fresh slot0/ipoctal/crystal_ppm=0
}

yank_under_traffic() {
	local node
	node=$(tty_of one 0 4)
	timeout 30 "$serial" exchange "$node" "$node" --bytes 5000 >/dev/null 2>&1 &
	sleep 0.5
	put 1 "$boards/one/yank"
	wait_for 10 test ! -e "$node"
	if wait $!; then
		fail "5000 characters went through a yank"
	fi
	go_live one
	talks 0 4
}

manuals_are_kept() { is 0 "$boards/one/violations"; }

plan 14
testcase "a PROM's bad length is survived" bad_lengths
testcase "bad letters give no device, and the next slot works" bad_letters
testcase "an IPAH module is clocked fast and works" fast_module
testcase "a deaf receiver hears again when it is set up anew" deaf_until_reopened
testcase "CTS that drops loses nothing" cts_drops
testcase "a stuck transmitter hangs nobody" tx_stuck
testcase "a stuck interrupt leaves the other slot working" stuck_interrupt
testcase "interrupts without a cause are nobody's" spurious_interrupts
testcase "ERROR# is no storm" error_line
testcase "a module that no longer answers hangs nobody" silence
testcase "a module that loses its registers is set up again" module_loses_its_registers
testcase "rates that are nine percent off give framing errors, two percent none" wrong_rate
testcase "a board that is yanked under traffic leaves nothing behind" yank_under_traffic
testcase "through all of it the manuals were kept" manuals_are_kept
