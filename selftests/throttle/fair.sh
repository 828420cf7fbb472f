#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In real time, on several CPUs: members share alike, whatever their depths. At 100 IOPS, where it does not matter that a
# busy machine's timers are late by some ms: all that is due then goes at once, and who has one request waiting can be
# given no more than one; two members have at least four each for the same reason. EXTENDED=1: at 1000 IOPS too, and with
# one request against 16, for a machine that has nothing else to do.
# where: uml qemu
# extended: uml qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
waits=()
for i in 1 2 3 4 5 6 7 8; do
	null "nullb$i" size=16
	disk "hd$i" "$node" shared
	declare "n$i=$node"
	waits+=("$tuning/throttled_read")
done

# A line a member: operations in 5 s, depth, requests that waited and ns they waited before, and after
report() {
	awk '
		{
			wait = $5 > $3 ? ($6 - $4) / ($5 - $3) / 1e6 : 0
			printf "depth %d: %d; a request waits %.1f ms, then is away for %.1f ms\n", $2, $1, wait,
				$1 ? $2 * 5000 / $1 - wait : 5000
		}'
}

fair() {
	local rate=$1 depth i=0 jobs=() n
	shift
	put "iops-total=$rate" "$class/shared/limits"
	for depth; do
		i=$((i + 1)) n=n$i
		jobs+=("${!n}:$depth:4096:read:m$i")
	done
	cat "${waits[@]}" >"$OUT/before"
	"$load" -s 6 -k 1 "${jobs[@]}" >"$OUT/fair"
	cat "${waits[@]}" >"$OUT/after"
	paste -d ' ' <(awk '$1 == "job" { print $4 }' "$OUT/fair") <(printf '%d\n' "$@") <(cut -d' ' -f1,2 "$OUT/before") \
		<(cut -d' ' -f1,2 "$OUT/after") | head -n $# | report
	tail -n 1 "$OUT/fair"
	awk '$1 == "jain_ops" { exit !($2 >= 0.99) }' "$OUT/fair" || fail "Jain's index is below 0.99"
	# No more than promised, ever: 5 s and the tenth of a second that a bucket holds
	within "$rate" "$(awk '$1 == "job" { n += $4 } END { print n }' "$OUT/fair")" $((51 * rate / 10 + 1))
}

rates=(100) least=4
[ -z "${EXTENDED:-}" ] || rates+=(1000) least=1
plan $((3 * ${#rates[@]}))
for rate in "${rates[@]}"; do
	testcase "two members at $rate IOPS" fair "$rate" $least 16
	testcase "four members at $rate IOPS" fair "$rate" 1 4 8 16
	testcase "eight members at $rate IOPS" fair "$rate" 1 1 2 2 4 8 16 16
done
