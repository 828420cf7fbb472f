#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In real time, on several CPUs: members share alike, whatever their depths. Counts are compared with each other, so it
# does not matter how busy the machine is. No member has fewer than 4 requests: a loop of one, on a slow machine, has none
# waiting while it makes its next, and no claim to that turn.
# where: uml qemu
# extended: uml qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
for i in 1 2 3 4 5 6 7 8; do
	null "nullb$i" size=16
	disk "hd$i" "$node" shared
	declare "n$i=$node"
done
put "iops-total=1000" "$class/shared/limits"

fair() {
	local depth i=0 jobs=() n
	for depth; do
		i=$((i + 1)) n=n$i
		jobs+=("${!n}:$depth:4096:read:m$i")
	done
	"$load" -s 6 -k 1 "${jobs[@]}" >"$OUT/fair"
	awk '$1 == "job" { printf "%s: %d\n", $2, $4 } $1 == "jain_ops" { print }' "$OUT/fair"
	awk '$1 == "jain_ops" { exit !($2 >= 0.99) }' "$OUT/fair" || fail "Jain's index is below 0.99"
	# No more than promised, ever: 5 s and the tenth of a second that a bucket holds
	within 100 "$(awk '$1 == "job" { n += $4 } END { print n }' "$OUT/fair")" 5101
}

plan 3
testcase "two members at 1000 IOPS" fair 4 16
testcase "four members at 1000 IOPS" fair 4 4 8 16
testcase "eight members at 1000 IOPS" fair 4 4 4 4 8 8 16 16
