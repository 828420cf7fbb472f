#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the bus and its carrier answer to drivers and to who binds them, and what they touch meanwhile.
# where: uml debug qemu
# smoke: qemu
# smoke cases: decoding is off|32 MHz|taken back|works? after|manuals were kept
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../ipoctal/board.sh"

defer unload ipack_test_driver
our_board ipoctal232 loopback
address=${carrier##*/}
drivers=/sys/bus/ipack/drivers
tracing=/sys/kernel/tracing

# decode 0|2: switch the board's memory decoding off or on, in its command register
decode() { printf '%b' "\\x0$1" | dd of="$carrier/config" bs=1 seek=4 conv=notrunc status=none; }

module() { basename "$(device board0)"; }

# with_test_driver: give slot 0's module to a driver whose attributes are the carrier's operations
with_test_driver() {
	[ ! -e $drivers/ipoctal/"$(module)" ] || put "$(module)" $drivers/ipoctal/unbind
	[ -d /sys/module/ipack_test_driver ] || load ipack_test_driver
	[ -e $drivers/ipack_test_driver/"$(module)" ] || put "$(module)" $drivers/ipack_test_driver/bind
	operation=$(device board0)
}

# with_ipoctal: and back
with_ipoctal() {
	[ ! -e $drivers/ipack_test_driver/"$(module)" ] || put "$(module)" $drivers/ipack_test_driver/unbind
	unload ipack_test_driver
	[ -e $drivers/ipoctal/"$(module)" ] || put "$(module)" $drivers/ipoctal/bind
	wait_for 5 test -c "${tty}7"
}

# accesses FILE COMMAND...: "r" or "w", BAR, offset and value of each access to the board while the command runs
accesses() {
	local file=$1
	shift
	[ -d $tracing/events/vhw ] || skip "this kernel has no tracing"
	echo 0 >$tracing/tracing_on
	echo 8192 >$tracing/buffer_size_kb
	echo >$tracing/trace
	echo 1 >$tracing/events/vhw/vhw_read/enable
	echo 1 >$tracing/events/vhw/vhw_write/enable
	echo 1 >$tracing/tracing_on
	"$@"
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/vhw/vhw_read/enable
	echo 0 >$tracing/events/vhw/vhw_write/enable
	sed -nE 's/.*vhw_(r|w)[a-z]+: board0 BAR([0-9])\+(0x[0-9a-f]+) size=[0-9] value=(0x[0-9a-f]+).*/\1 \2 \3 \4/p' \
		$tracing/trace | while read -r how bar offset value; do
		echo "$how $bar $((offset)) $((value))"
	done >"$file"
	echo 1 >$tracing/tracing_on
	[ -s "$file" ]
}

decoding_off() {
	put "$address" /sys/bus/pci/drivers/tpci200/unbind
	decode 0
	put "$address" /sys/bus/pci/drivers/tpci200/bind
	wait_for 5 test -c "${tty}7"
	"$serial" loop 9600 50 "${tty}0"
}

says_why() {
	expect_log "does not|byte order"
	put "$address" /sys/bus/pci/drivers/tpci200/unbind
	fault board0 endian-stuck
	refuses "Input/output error" put "$address" /sys/bus/pci/drivers/tpci200/bind
	no_fault board0 endian-stuck
	put "$address" /sys/bus/pci/drivers/tpci200/bind
	put "$(module)" $drivers/ipoctal/unbind
	fault board0 no-ack
	refuses "Input/output error" put "$(module)" $drivers/ipoctal/bind
	no_fault board0 no-ack
	[ ! -e "${tty}0" ]
	put "$(module)" $drivers/ipoctal/bind
	wait_for 5 test -c "${tty}7"
}

answers() {
	with_test_driver
	is 8 "$operation/clock"
	refuses "Invalid argument" put 16 "$operation/clock"
	is 0 "$operation/error"
	put 1 "$vhw/board0/slot0/error"
	is 1 "$operation/error"
	put 0 "$vhw/board0/slot0/error"
	is 0 "$operation/timeout"
	is 0 "$operation/timeout_cleared"
	refuses "Invalid argument" put 0 "$operation/irq"
	put 1 "$operation/irq"
	refuses "Invalid argument" put 1 "$operation/irq"
	put 0 "$operation/irq"
	with_ipoctal
}

# Each is told by an interrupt, which clears it. Two dozen of them are no latch that does not clear
not_acknowledged() {
	local before n
	with_test_driver
	put 1 "$operation/irq"
	is 73 "$operation/id_byte" # I
	before=$(cat "$carrier/slot0/timeouts")
	for ((n = 1; n <= 24; n++)); do
		fault board0 no-ack times 1
		is 255 "$operation/id_byte"
		wait_for 5 holds $((before + n)) "$carrier/slot0/timeouts"
	done
	no_fault board0 no-ack
	is 73 "$operation/id_byte"
	logged "the module did not acknowledge"
	if logged "does not clear"; then fail "masked"; fi
	put 0 "$operation/irq"
	with_ipoctal
}

runs_at_32_mhz() {
	put 0 "$vhw/board0/live"
	put format1-32mhz "$vhw/board0/slot0/id"
	put 1 "$vhw/board0/live"
	with_test_driver
	is 32 "$operation/clock"
	with_ipoctal
	put 0 "$vhw/board0/live"
	put format1 "$vhw/board0/slot0/id"
	power_on board0
	is 0 "$vhw/board0/violations"
}

all_refused() {
	for name in clock error timeout timeout_cleared; do
		refuses "No such device" cat "$operation/$name"
	done
	refuses "No such device" put 32 "$operation/clock"
	refuses "No such device" put 1 "$operation/irq"
	refuses "No such device" put 1 "$carrier/slot0/reset"
}

# Its driver finds the board again after a second: on a busy machine, while this looks
gone() {
	local before tries=0
	expect_log "does not answer"
	while :; do
		with_test_driver
		before=$(cat "$carrier"/slot0/{errors,timeouts})
		decode 0
		if (all_refused); then break; fi
		tries=$((tries + 1))
		[ $tries -lt 5 ] || fail "it is not refused"
		wait_for 5 logged "the board answers again"
		wait_for 5 test -c "${tty}7"
	done
	[ "$(cat "$carrier"/slot0/{errors,timeouts})" = "$before" ]
	put 0 "$vhw/board0/live"
	unload ipack_test_driver
	power_on board0
	"$serial" loop 9600 50 "${tty}0"
}

id_taken_back() {
	put "1498 30c8" /sys/bus/pci/drivers/tpci200/new_id
	put "$address" /sys/bus/pci/drivers/tpci200/unbind
	put "$address" /sys/bus/pci/drivers/tpci200/bind
	put "1498 30c8" /sys/bus/pci/drivers/tpci200/remove_id
	put 1 "$carrier/slot0/reset"
	put "$address" /sys/bus/pci/drivers/tpci200/unbind
	put "$address" /sys/bus/pci/drivers/tpci200/bind
	wait_for 5 test -c "${tty}7"
}

no_interrupt() {
	expect_log "no interrupt"
	with_test_driver
	put 1 /sys/module/ipack_test_driver/parameters/keep_irq
	put 1 "$operation/irq"
	put "$(module)" $drivers/ipack_test_driver/unbind
	refuses "Invalid argument" put "$(module)" $drivers/ipoctal/bind
	[ ! -e "${tty}0" ]
	put 0 /sys/module/ipack_test_driver/parameters/keep_irq
	put "$(module)" $drivers/ipack_test_driver/bind
	with_ipoctal
	"$serial" loop 9600 50 "${tty}0"
}

# setserial's and stty's accesses are over when the tty is held open, set up as it will be
touches() {
	exec 7<>"${tty}0"
	"$serial" loop 9600 1 "${tty}0"
	accesses "$OUT/operations.accesses" "$serial" loop 9600 100 "${tty}0"
	exec 7>&-
}

no_acknowledge() {
	touches
	[ "$(awk '$2 == 3 && $3 % 256 >= 192' "$OUT/operations.accesses" | wc -l)" -eq 0 ]
}

one_block() {
	local count
	touches
	[ "$(awk '$2 == 3 && $3 >= 32' "$OUT/operations.accesses" | wc -l)" -eq 0 ] || fail "other channels are looked at"
	count=$(awk '$2 != 0' "$OUT/operations.accesses" | wc -l)
	note "$count register accesses for 100 characters sent and received"
	[ "$count" -le $((100 * 2 * 8)) ]
}

vectors() {
	put 0 "$vhw/board0/live"
	put ipoctal232 "$vhw/board0/slot1/module"
	put ipoctal232 "$vhw/board0/slot2/module"
	accesses "$OUT/vectors.accesses" power_on board0
	[ "$(awk '$1 == "w" && $2 == 5 { print $4 }' "$OUT/vectors.accesses" | sort -u | wc -l)" -eq 3 ]
	put 0 "$vhw/board0/live"
	put empty "$vhw/board0/slot1/module"
	put empty "$vhw/board0/slot2/module"
	power_on board0
}

unknown_model() {
	put 0 "$vhw/board0/live"
	put 49504143f099a10000000c00 "$vhw/board0/slot0/id"
	expect_log checksum
	accesses "$OUT/unknown.accesses" put 1 "$vhw/board0/live"
	is 0x99 "$(device board0)/id_device"
	[ ! -e "$(device board0)/driver" ]
	refuses "No such device" put "$(module)" $drivers/ipoctal/bind
	[ "$(awk '$2 == 3 && $3 < 128' "$OUT/unknown.accesses" | wc -l)" -eq 0 ] || fail "its registers were touched"
	put 0 "$vhw/board0/live"
	put format1 "$vhw/board0/slot0/id"
	power_on board0
}

kept_manuals() { is 0 "$vhw/board0/violations"; }

plan 14
testcase "t1 a board whose decoding is off is enabled before it is touched" decoding_off
testcase "t8 a bind that fails says why" says_why
testcase "a carrier answers for clock, ERROR#, timeout and interrupt" answers
testcase "a cycle that nobody acknowledges is counted, however often" not_acknowledged
testcase "b5 a module that stands 32 MHz gets them" runs_at_32_mhz
testcase "t9 a board that reads all ones is gone, with no clock, error or timeout" gone
testcase "t11 an id that is taken back is not used again" id_taken_back
testcase "o15 a module whose interrupt is taken is not bound" no_interrupt
testcase "o17 no interrupt is acknowledged in INT space" no_acknowledge
testcase "o18 an interrupt costs accesses to its own block alone, and few of them" one_block
testcase "o19 each slot has a vector of its own" vectors
testcase "o23 a module of an unknown model is left alone" unknown_model
testcase "boards work after all that" decoding_off
testcase "the manuals were kept" kept_manuals
