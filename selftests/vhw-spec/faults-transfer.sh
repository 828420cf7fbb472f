#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The DMA engine, the pairs of buffers and the interrupts fail: what is lost is counted, and the rest goes on.
# where: uml time-travel
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

ready_board

# 300 pulses in 30 ms: three interrupts. All are received; at most LOST of them are lost or rejected
round() {
	remember 0
	play 0 300 period=100000000
	adds_up 0
	[ $(($(count 0 received) - _before[0])) -eq 300 ] ||
		fail "$(($(count 0 received) - _before[0])) received"
	[ $((300 - $(count 0 delivered) + _before[1])) -le "$1" ] ||
		fail "$(($(count 0 delivered) - _before[1])) delivered"
}

# survives LOST FAULT TIMES [AFTER]: with the fault, and afterwards without loss
survives() {
	local lost=$1
	shift
	fault "$@"
	round "$lost"
	struck "$1" "$2"
	fault "$1" 0
	round 0
}

dma_error() {
	expect_log 'DMA'
	survives 150 dma-error 1
}

dma_aborted() {
	expect_log 'DMA'
	survives 150 dma-aborted 1
}

dma_stuck() {
	expect_log 'DMA'
	survives 300 dma-stuck 1
}

dma_wedged() {
	expect_log 'DMA'
	fault dma-wedged 1
	fault dma-stuck 1
	play 0 300
	fault dma-wedged 0
	fault dma-stuck 0
	wait_for 10 recovers
	adds_up 0
}

recovers() {
	remember 0
	play 0 300
	[ $(($(count 0 delivered) - _before[1])) -eq 300 ]
}

dma_short() {
	survives 150 dma-short 1
}

dma_irq_early() { survives 0 dma-irq-early 1; }
dma_irq_lost() { survives 0 dma-irq-lost 1; }

# overrun COUNT: so many pulses at 1 MHz before the first interrupt, into buffers of 2^19 records
overrun() {
	put 1 "$(channel 0)/buffer/hwfifo_timeout"
	remember 0
	play 0 "$1" period=1000000 width=500000
	put 0.01 "$(channel 0)/buffer/hwfifo_timeout"
}

auto_switch() {
	overrun 600000
	grew 0 600000 65536 534464 0
}

# the third buffer is not there in time: records without one are seen as a gap once there is one again
second_auto_switch() {
	put 1 "$(channel 0)/buffer/hwfifo_timeout"
	remember 0
	start 0
	train 0 period=800000 width=400000 count=1200000
	sleep 1.6
	train 0 period=1000000000 width=500000 count=100
	sleep 0.2
	stop 0
	put 0.01 "$(channel 0)/buffer/hwfifo_timeout"
	grew 0 1200100
}

next_invalid() { survives 300 next-invalid 1 1; }

# the channel begins anew, so that nobody knows how many there were
never_done() {
	expect_log 'switch of buffers does not complete'
	fault switch-never-done 1 1
	play 0 300 period=100000000
	struck switch-never-done 1
	adds_up 0
	round 0
}

count_too_large() {
	expect_log 'timestamps in a buffer for'
	survives 150 count-too-large 1
}

count_garbage() {
	expect_log 'timestamps in a buffer for'
	survives 300 count-garbage 1
}

irq_lost() { survives 0 timestamp-irq-lost 1; }
irq_spurious() { survives 0 irq-spurious 1; }
vic_spurious() { survives 0 vic-spurious 1; }
bad_vector() { survives 0 vic-bad-vector 1; }

stuck_level() {
	expect_log 'interrupt'
	survives 300 irq-stuck 1
}

# the mapping of the interrupt line still works when a level never ends
stuck_for_good() {
	expect_log 'interrupt'
	put -1 "$board/tdc/faults/irq-stuck/times"
	put 100 "$board/tdc/faults/irq-stuck/probability"
	remember 0
	play 0 300
	put 0 "$board/tdc/faults/irq-stuck/probability"
	adds_up 0
	recovers
}

plan 19
testcase "row 1: DMA ends in an error" dma_error
testcase "row 2: DMA is aborted" dma_aborted
testcase "row 3: DMA never ends" dma_stuck
testcase "row 3: nor does the next one, before a reset" dma_wedged
testcase "row 4: the end of DMA is not signalled" dma_irq_lost
testcase "row 5: DMA is said to end while it is busy" dma_irq_early
testcase "row 7: a switch finds no next buffer" next_invalid
testcase "row 6: the hardware switches buffers by itself" auto_switch
testcase "row 6: twice, so that some find no buffer" second_auto_switch
testcase "row 8: a switch is never done" never_done
testcase "row 9: there are more records than the buffer holds" count_too_large
testcase "row 9: the number of records is garbage" count_garbage
testcase "row 11: a timestamp interrupt is lost" irq_lost
testcase "row 12: an interrupt is nobody's" irq_spurious
testcase "row 12: an interrupt is no line's" vic_spurious
testcase "row 13: an interrupt stays for a round" stuck_level
testcase "row 13: an interrupt stays for good" stuck_for_good
testcase "row 54: DMA moves half of the bytes" dma_short
testcase "row 14: an interrupt is of an unknown line" bad_vector
