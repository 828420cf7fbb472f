#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vhwctl: each command, and what it says when something is refused.
# where: uml qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

need python3
tools=$(readlink -f "$(dirname "$0")/../../tools")
PATH=$tools:$PATH
root=/sys/kernel/config/vhw/tpci200
defer unload tpci200 ipack vhw-tpci200 vhw
defer rmdir_all

rmdir_all() {
	[ ! -d $root ] || find $root -mindepth 1 -maxdepth 1 -type d -exec rmdir {} +
}

# says TEXT COMMAND...
says() {
	local text=$1 said
	shift
	said=$("$@") || return
	case $said in
	*"$text"*) ;;
	*) fail "$* said '$said', not '$text'" ;;
	esac
}

creates() {
	vhwctl create board0 slot0=ipoctal232 slot0/line0=loopback slot0/line1=tty --live
	is ipoctal232 $root/board0/slot0/module
	is loopback $root/board0/slot0/line0/peer
	is 1 $root/board0/live
}

lists() {
	says board0 vhwctl list
	vhwctl list | grep -E '^board0 +tpci200 +yes +[0-9a-f:.]+ +'
	vhwctl list --json | python3 -c 'import json, sys; assert json.load(sys.stdin)[0]["name"] == "board0"'
	says tpci200 vhwctl kinds
}

lists_addresses() {
	vhwctl create other address=1f.1
	vhwctl list | grep -E '^other +tpci200 +no +\([0-9a-f:]+:1f\.1\) +- '
	vhwctl create card address=1f.0 --live
	vhwctl list | grep -E '^other +tpci200 +yes +[0-9a-f:]+:1f\.1 '
	vhwctl list --json | python3 -c 'import json, sys; assert [row["address"][-4:] for row in json.load(sys.stdin)] == ["auto", "1f.0", "1f.1"]'
	vhwctl show other | sed -n 2p | grep -E '^address +[0-9a-f:]+:1f\.1$'
	refuses "another board has been given" vhwctl create third address=1f.1
	vhwctl destroy other card
}

shows() {
	vhwctl show board0 | grep -E '^slot0/line1/tty +ttyVHW'
	if vhwctl show board0 | grep slot3; then
		fail "an empty slot is shown"
	fi
	vhwctl show --all board0 | grep -E '^slot3/module +empty'
}

plugs() {
	vhwctl unplug board0
	is 0 $root/board0/live
	vhwctl set board0 slot1=ipoctal485 slot1/line0="bus field"
	is ipoctal485 $root/board0/slot1/module
	vhwctl plug board0
	is 1 $root/board0/live
	vhwctl reset board0
	vhwctl yank tpci200/board0
	is 0 $root/board0/live
	vhwctl plug board0
}

# settings of what is plugged in are found in its own directory
finds_settings() {
	vhwctl create board1 slot2=ipoctal422 slot2/handshake=1 slot2/crystal_ppm=5
	is 1 $root/board1/slot2/ipoctal/handshake
	is 5 $root/board1/slot2/ipoctal/crystal_ppm
	vhwctl destroy board1
	vhwctl create spec/card --live
	is fmc-tdc $root/../spec/card/fmc
	vhwctl fault card outlier --times 1
	is 1 $root/../spec/card/tdc/faults/outlier/times
	vhwctl destroy card
	rmmod vhw-fmc-tdc vhw-spec
}

faults() {
	local fault=$root/board0/slot0/ipoctal/faults/rx-framing
	says 'a received character has a framing error' vhwctl fault board0
	vhwctl fault board0 rx-framing --after 100 --times 3
	is 100 $fault/after
	is 3 $fault/times
	is 1 $fault/interval
	is 100 $fault/probability
	vhwctl list | grep -E '^board0 .*rx-framing$'
	vhwctl fault board0 rx-framing --clear
	is 0 $fault/probability
	vhwctl fault board0 rx-parity --probability 10 --interval 5
	is 10 $root/board0/slot0/ipoctal/faults/rx-parity/probability
	vhwctl fault board0 --clear
	is 0 $root/board0/slot0/ipoctal/faults/rx-parity/probability
	vhwctl fault board0 --target 0/3
	is 0/3 $root/board0/fault_target
	vhwctl fault board0 --clear
	is all $root/board0/fault_target
}

# Python takes its time to start on an emulated processor: what happens before the events are on is not traced
traces() {
	local events=/sys/kernel/tracing/instances tracer
	[ -d /sys/kernel/tracing/events/vhw ] || skip "this kernel has no tracing"
	vhwctl trace board0 >"$OUT/vhwctl.trace" &
	tracer=$!
	wait_for 30 grep -qs 1 $events/vhwctl.$tracer/events/vhw_serial/enable
	lspci -d 1498: -xxx >/dev/null 2>&1 || cat /sys/bus/pci/devices/*/config >/dev/null
	wait_for 10 grep -q 'vhw_config_read: board0' "$OUT/vhwctl.trace"
	kill $tracer
	wait $tracer
	[ -z "$(ls $events)" ]
}

explains() {
	refuses 'there is no board "nobody"' vhwctl show nobody
	refuses 'File exists' vhwctl create board0
	refuses 'allowed are none, loopback, tty' vhwctl create board1 slot0=ipoctal232 slot0/line0=nonsense
	[ ! -d $root/board1 ]
	refuses 'has no attribute "slot9"' vhwctl create board1 slot9=empty
	refuses 'the board is live' vhwctl set board0 slot0=empty
	refuses 'knows no fault "bad-luck"' vhwctl fault board0 bad-luck
	refuses 'there is no kind "nonsense"' vhwctl create --kind nonsense board1
	refuses 'is not ATTRIBUTE=VALUE' vhwctl set board0 slot0
}

# what the kernel says of a refusal is said once
explains_once() {
	local said
	if said=$(vhwctl create board1 slot0=ipoctal232 slot0/line0=nonsense 2>&1); then
		fail "not refused"
	fi
	printf '%s\n' "$said"
	[ "$(grep -c 'allowed are none, loopback, tty' <<<"$said")" -eq 1 ]
}

completes() {
	# shellcheck source=/dev/null
	. "$tools/vhwctl.bash"
	compopt() { :; }
	COMP_WORDS=(vhwctl fault board0 rx-f) COMP_CWORD=3
	_vhwctl
	[ "${COMPREPLY[*]}" = 'rx-flip rx-framing' ]
	COMP_WORDS=(vhwctl fault board0 --target 2/6) COMP_CWORD=4
	_vhwctl
	[ "${COMPREPLY[*]}" = 2/6 ]
	COMP_WORDS=(vhwctl un) COMP_CWORD=1
	_vhwctl
	[ "${COMPREPLY[*]}" = unplug ]
	COMP_WORDS=(vhwctl set board0 slot0/mod) COMP_CWORD=3
	_vhwctl
	[ "${COMPREPLY[*]}" = slot0/module= ]
}

destroys() {
	vhwctl destroy board0
	[ ! -d $root/board0 ]
}

has_a_manual() {
	need man
	man --warnings=all -l "$tools/vhwctl.8" >"$OUT/vhwctl.txt" 2>"$OUT/vhwctl.man-warnings"
	[ ! -s "$OUT/vhwctl.man-warnings" ]
	grep -q rx-framing "$OUT/vhwctl.txt"
}

plan 13
testcase "create makes a board, sets it up and plugs it in" creates
testcase "list is a table, or JSON" lists
testcase "list and show tell where the functions of a card are, or are to be" lists_addresses
testcase "show leaves out what is empty" shows
testcase "plug, unplug, set, reset and yank" plugs
testcase "settings and faults of what is plugged in are found" finds_settings
testcase "fault switches faults on and off, and aims them" faults
testcase "trace follows a board" traces
testcase "a refusal says why" explains
testcase "the kernel's words on a refusal are passed on once" explains_once
testcase "the shell completes commands, boards, attributes and faults" completes
testcase "destroy removes it" destroys
testcase "the manual page formats without a warning" has_a_manual
