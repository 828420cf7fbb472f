# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every selftest starts with:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	# One line that says what is tested.
#	# where: uml debug qemu
#	# time: long
#	. "$(dirname "$0")/../lib.sh"
#
#	appears() {
#		echo 1 >"$board/live"
#		wait_for 2 test -e "$node"
#	}
#
#	plan 1
#	testcase "a live board has a node" appears
#
# "where" names the runs that take the script: uml (fast), time-travel (uml with time-travel=inf-cpu), debug (uml with
# KASAN, lockdep and kmemleak), qemu (stock kernels, 2 CPUs), qemu-board (QEMU's own TPCI200; its run only),
# qemu-devices (others of QEMU's; its run only), qemu-long (2 CPUs, slub_debug; its run only), icount (one processor and
# a clock that counts instructions, in QEMU). A script without the line is run by hand only. "time: long" raises the
# limit of the script from 200 s to 600 s. "extended" names runs that take the script only with EXTENDED=1, as in make
# check-qemu-6.1 EXTENDED=1: those in which it is too slow for make check, or has not yet been seen to pass. "smoke"
# names runs in which the script stands for its subsystem on kernels of which make check tries no more than that, the
# newest one and the real-time ones; "smoke cases" is a regular expression for those of its cases that do then.
# "processors: one" tells that what is tested does not need two: make check runs the script on a stock kernel with one,
# beside something else.
# "hardware: nvme virtio-blk" asks for a machine with a disk of each of these kinds, in qemu.
#
# A case is a function, run in a subshell under "set -e": the first command that fails fails the case, and is named.
# CASES=REGEX in the environment runs only the cases whose sentence it matches; the rest of the script runs.
# After each case the kernel's log is searched for what may never be there. Exit status: 0 passed, 1 failed, 4 skipped.
set -u
SKIP=4

_selftests=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
_planned=0 _count=0 _failed=0 _skipped=0
_deferred=()
_patience=$((4 * ${TEST_BUSY:-1}))
[ "${WHERE:-}" != time-travel ] || _patience=1

# What no test may leave in the log. A case that provokes such a line on purpose says so with expect_log.
_BAD_LOG='BUG:|WARNING:|KASAN|KCSAN|UBSAN|Oops|possible circular|possible recursive|inconsistent lock state'
_BAD_LOG+='|suspicious RCU|INFO: task .* blocked|INFO: trying to register|rcu.*detected.*stall|general protection fault'
_BAD_LOG+='|DMA-API:.*(error|leak|not)|nobody cared|scheduling while atomic|sleeping function called|corruption'
_BAD_LOG+='|Invalid wait context|refcount_t:|Call Trace:|Unable to handle|new suspected memory leaks|stack-protector'

# plan N: so many cases follow
plan() {
	_planned=$1
	printf 'KTAP version 1\n1..%d\n' "$1"
}

# note TEXT...: a line for whoever reads the output
note() { printf '# %s\n' "$*"; }

# fail TEXT...: end this case as failed
fail() {
	trap - ERR
	note "$*"
	exit 1
}

# skip TEXT...: end this case (or, before plan, the script) as skipped
skip() {
	trap - ERR
	if [ "$_planned" -eq 0 ]; then
		printf 'KTAP version 1\n1..0 # SKIP %s\n' "$*"
		exit $SKIP
	fi
	printf '%s\n' "$*" >"$_scratch/skip"
	exit $SKIP
}

# need TOOL...: skip unless the programs are there
need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# defer COMMAND...: run it when the script ends, last deferred first. Not from inside a case: that is a subshell.
defer() { _deferred+=("$(printf '%q ' "$@")"); }

# wait_for SECONDS COMMAND...: until the command succeeds, at most so long; longer where time is real, for a machine may
# be busy, or emulated
wait_for() {
	local end=$((${EPOCHREALTIME//[.,]/} + $1 * _patience * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME//[.,]/}" -lt "$end" ] || return 1
		read -r -t 0.02 -u "$_silence" || true # a sleep without a process
	done
}

# refuses TEXT COMMAND...: the command fails and says TEXT, as in: refuses "Device or resource busy" rmdir "$board"
refuses() {
	local text=$1 said
	shift
	if said=$(LC_ALL=C "$@" 2>&1); then
		fail "not refused: $*"
	fi
	case $said in
	*"$text"*) ;;
	*) fail "$* said '$said', not '$text'" ;;
	esac
}

# put VALUE FILE: write an attribute; as a command, so that wait_for and refuses can use it
put() { printf '%s\n' "$1" >"$2"; }

# is VALUE FILE: the attribute reads so. Without a process of its own: thousands of times that counts
is() {
	local value
	[ -r "$2" ] || return 1
	IFS= read -r -d '' value <"$2" || true # the end of the file is no error
	value=${value%$'\n'}
	[ "$value" = "$1" ] || {
		note "$2 is '$value', not '$1'"
		return 1
	}
}

# holds VALUE FILE: likewise, without a word, for wait_for
holds() {
	local value=
	{ IFS= read -r value <"$2" || [ -n "$value" ]; } 2>/dev/null && [ "$value" = "$1" ]
}

# counted FILE BEFORE: a counter has gone up since it was that; as a command, so that wait_for can use it
counted() { [ "$(<"$1")" -gt "$2" ]; }

# interrupts NAME: how many a handler of that name has had, on all processors
interrupts() {
	awk -v name="$1" '$0 ~ name { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts
}

# expect_log REGEX: this case provokes lines that would otherwise fail it
expect_log() { printf '%s\n' "$1" >>"$_scratch/expect"; }

# log_since: what the kernel has logged since the case began
log_since() { dmesg | sed "1,/ selftest $_mark\$/d"; }

# logged REGEX: the kernel has said so since the case began
logged() { log_since | grep -qE -- "$1"; }

# load MODULE [PARAMETER=VALUE...], unload MODULE...: unload tolerates a module that is not there. What virtual boards have
# loaded on demand, because it was plugged into them, goes with them
load() { modprobe "$@"; }
unload() {
	local module plugged
	for module; do
		module=${module//-/_}
		[ -e "/sys/module/$module" ] || continue
		for plugged in "/sys/module/$module/holders"/vhw_{ipoctal,fmc_tdc}; do
			[ "$module" = vhw ] || [ ! -e "$plugged" ] || rmmod "${plugged##*/}" || return
		done
		rmmod "$module" || return
	done
}

# find_fault BOARD FAULT: $fault_dir is its directory, of the board's own faults or of those of what is plugged into it; of
# several the first. Without a process: it is polled
find_fault() {
	for fault_dir in "$1/faults/$2" "$1"/*/faults/"$2" "$1"/*/*/faults/"$2"; do
		[ ! -d "$fault_dir" ] || return 0
	done
	return 1
}

# fault_struck BOARD FAULT: it has
fault_struck() { find_fault "$1" "$2" && [ "$(<"$fault_dir/count")" -gt 0 ]; }

# no_faults BOARD: none is on
no_faults() {
	local probability
	for probability in "$1"/faults/*/probability "$1"/*/faults/*/probability "$1"/*/*/faults/*/probability; do
		[ ! -e "$probability" ] || put 0 "$probability"
	done
}

# fail_each [OPTION...] ACTION...: do it with its first allocation failing, then its second, and so on, until none is left;
# as in: fail_each --check "test ! -e $node" write $board/live 1 -- write $board/live 0. See selftests/fail-nth. Expected
# is what the kernel's own code says to a failed allocation: stack traces, and a few warnings.
fail_each() {
	[ -e /proc/self/fail-nth ] || skip "this kernel injects no failures"
	expect_log 'Call Trace:'
	expect_log 'WARNING: .* (kernel/trace/trace_events\.c|lib/logic_iomem\.c|lockdep_unregister_key|pci_device_add)'
	"$_selftests/fail-nth" "$@"
}

# has_kmemleak: is this a kernel that finds leaks?
has_kmemleak() { [ -w /sys/kernel/debug/kmemleak ]; }

_mark_log() {
	_mark="$$.$_count"
	[ ! -w /dev/kmsg ] || printf 'selftest %s\n' "$_mark" >/dev/kmsg
}

# The kernel's complaints, and the marks of cases, as they come: from a process that serves the whole script. One for each
# case would take a tenth of a second.
_watch_log() {
	exec {_complaints}< <(exec grep -aE --line-buffered ";selftest [0-9.]+( end)?\$|$_BAD_LOG" /dev/kmsg)
	_watcher=$!
}

# _bad_log: has there been a complaint since the case began?
_bad_log() {
	local line lines=
	printf 'selftest %s end\n' "$_mark" >/dev/kmsg
	until [[ ${line:-} = *";selftest $_mark end" ]]; do
		IFS= read -r -t 60 -u "$_complaints" line || {
			note "the kernel's log could not be read"
			return
		}
		case $line in
		*";selftest $$.0") lines= ;;
		*";selftest $_mark") [ "$_mark" = "$_first" ] || lines= ;; # what came before the first case is its
		*";selftest "*) ;;
		*) lines+=${line#*;}$'\n' ;;
		esac
	done
	if [ -s "$_scratch/expect" ]; then
		lines=$(printf '%s' "$lines" | grep -v -E -f "$_scratch/expect")
	fi
	[ -n "$lines" ] || return 1
	note "in the kernel's log: ${lines%%$'\n'*}"
	log_since | head -n 60 | sed 's/^/#   /'
}

# testcase SENTENCE FUNCTION [ARGUMENT...]
testcase() {
	local sentence=$1 status
	shift
	_count=$((_count + 1))
	if [ -n "${CASES:-}" ] && [[ ! $sentence =~ $CASES ]]; then
		_skipped=$((_skipped + 1))
		printf 'ok %d - %s # SKIP not asked for\n' "$_count" "$sentence"
		return
	fi
	! compgen -G "$_scratch/*" >/dev/null || rm -f "$_scratch"/*
	_mark_log
	: "${_first:=$_mark}"
	(
		set -eE
		trap 'note "line ${BASH_LINENO[0]}: status $?: ${BASH_COMMAND%%$'\\n'*}"' ERR
		# What goes on until it is told to stop would keep a case that fails from ending
		trap '[ $? -eq 0 ] || kill $(jobs -p) 2>/dev/null || true' EXIT
		"$@"
	) 2>&1 | sed -u 's/^# //; s/^/# /'
	status=${PIPESTATUS[0]}
	# a command that fails with the same status is no reason to skip
	[ "$status" -ne "$SKIP" ] || [ -e "$_scratch/skip" ] || status=1
	if _bad_log; then
		status=1
	fi
	case $status in
	0) printf 'ok %d - %s\n' "$_count" "$sentence" ;;
	"$SKIP")
		_skipped=$((_skipped + 1))
		printf 'ok %d - %s # SKIP %s\n' "$_count" "$sentence" "$(cat "$_scratch/skip" 2>/dev/null)"
		;;
	*)
		_failed=$((_failed + 1))
		printf 'not ok %d - %s\n' "$_count" "$sentence"
		;;
	esac
}

_finish() {
	local status=$? i
	trap - EXIT
	kill "$_watcher"
	for ((i = ${#_deferred[@]} - 1; i >= 0; i--)); do
		eval "${_deferred[i]}" 2>&1 | sed 's/^/# /'
	done
	rm -rf "$_scratch"
	[ "$status" -eq 0 ] || exit "$status"
	[ "$_failed" -eq 0 ] && [ "$_count" -eq "$_planned" ] && [ "$_count" -gt 0 ] || exit 1
	[ "$_skipped" -lt "$_count" ] || exit $SKIP
}

_scratch=$(mktemp -d) || exit 1
exec {_silence}<> <(:) # a pipe in which nothing ever comes
_mark_log
_watch_log
trap _finish EXIT
trap 'exit 1' INT TERM HUP
