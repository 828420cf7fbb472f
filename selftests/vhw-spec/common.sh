# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of the FMC TDC: a virtual SPEC, its driver, pulses in, samples out. Source after lib.sh.
specs=/sys/kernel/config/vhw/spec
board=$specs/tdc0
_here=$(dirname "${BASH_SOURCE[0]}")

# What the drivers say when a fault is switched on is their task, not a flaw
modules() {
	need python3
	load vhw-spec
	load spec
	load fmc-tdc
	load at24 io_limit=16 write_timeout=2000 # ms; a busy machine is slow to ask the EEPROM
	load i2c-ocores
	defer unload fmc-tdc spec vhw-spec
}

# new_board: a board that is not live yet
new_board() {
	mkdir "$board"
	defer rmdir "$board"
	put fmc-tdc "$board/fmc"
}

# plug: the board goes live; its mezzanine's driver is bound when this returns
plug() {
	put 1 "$board/live"
	wait_for 3 has_channels
}

unplug() { put 0 "$board/live"; }
has_channels() { channel 4 >/dev/null 2>&1; }

# channel N: the IIO directory of input N (0 to 4)
channel() {
	local dir name
	for dir in /sys/bus/iio/devices/iio:device*; do
		read -r name <"$dir/name" || return
		[ "$name" != "fmc-tdc-ch$(($1 + 1))" ] || {
			echo "$dir"
			return
		}
	done
	return 1
}

# ready: wait for the engine, 2 to 3 s after the driver bound; to look earlier would only cost the machine's time
ready() {
	sleep 3
	wait_for 8 holds active "$board/tdc/engine"
}

# ready_board: drivers, and a board that takes timestamps
ready_board() {
	modules
	new_board
	plug || fail "the driver does not bind"
	ready
}

# start N [LENGTH]: samples of input N are collected from now on
start() {
	local dir file
	dir=$(channel "$1")
	for file in "$dir"/scan_elements/*_en; do
		put 1 "$file"
	done
	put "${2:-65536}" "$dir/buffer/length"
	put 1 "$dir/buffer/enable"
}

stop() { put 0 "$(channel "$1")/buffer/enable"; }

# samples N COUNT: up to so many, "SEQUENCE SUBNS FLAGS NS" a line, until none comes for 0.3 s
samples() { python3 "$_here/samples.py" "/dev/$(basename "$(channel "$1")")" "$2"; }

# count N NAME: one of the channel's counters
count() {
	local dir value
	dir=$(channel "$1")
	read -r value <"$dir/$2" && echo "$value"
}

# counts N RECEIVED DELIVERED LOST REJECTED: what they have grown to
counts() {
	local now
	now="$(count "$1" received) $(count "$1" delivered) $(count "$1" lost) $(count "$1" rejected)"
	[ "$now" = "$2 $3 $4 $5" ] || {
		note "received, delivered, lost, rejected are $now, not $2 $3 $4 $5"
		return 1
	}
}

# adds_up N: received = delivered + lost + rejected
adds_up() {
	[ "$(count "$1" received)" -eq \
		"$(($(count "$1" delivered) + $(count "$1" lost) + $(count "$1" rejected)))" ]
}

# train N KEY=VALUE...: set up the generator of input N and start it in 1 ms, or at=TIME
train() {
	local dir=$board/input$1/train word at=+1000000000
	shift
	for word; do
		case $word in
		at=*) at=${word#at=} ;;
		*) put "${word#*=}" "$dir/${word%%=*}" ;;
		esac
	done
	put "$at" "$dir/run"
}

# done_with N: the generator of input N has given all its pulses
done_with() { holds 0 "$board/input$1/train/run"; }

# fault NAME TIMES [AFTER]: strike at the next so many opportunities; 0 switches it off
fault() {
	find_fault "$board" "$1" || return
	put "${3:-0}" "$fault_dir/after"
	put "$2" "$fault_dir/times"
	put 100 "$fault_dir/probability"
}

# struck NAME TIMES: the fault has
struck() { find_fault "$board" "$1" && is "$2" "$fault_dir/count"; }

# play N COUNT [KEY=VALUE...]: input N collects so many pulses, by default 1 us long every 10 us, and is stopped
play() {
	local n=$1 count=$2
	shift 2
	start "$n"
	train "$n" period=10000000 width=1000000 jitter=0 count="$count" "$@"
	wait_for 5 done_with "$n"
	sleep 0.03
	stop "$n"
}

_NAMES="received delivered lost rejected duplicates rollovers"

# remember N: the counters of input N, for grew
remember() {
	local name
	_before=()
	for name in $_NAMES; do
		_before+=("$(count "$1" "$name")")
	done
}

# grew N RECEIVED DELIVERED LOST REJECTED [DUPLICATES [ROLLOVERS]]: by so much since remember; and they add up
grew() {
	local n=$1 name i=0
	shift
	for name in $_NAMES; do
		[ $# -gt 0 ] || break
		[ $(($(count "$n" "$name") - _before[i])) -eq "$1" ] ||
			fail "$name grew by $(($(count "$n" "$name") - _before[i])), not $1"
		i=$((i + 1))
		shift
	done
	adds_up "$n"
}
