#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A thousand disks in one group: made, shared exactly (in virtual time, and where the clock counts instructions, in place),
# removed, and all of it in bounded time.
# where: uml time-travel icount
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
load brd rd_nr=1000 rd_size=64
defer unload brd
defer clear
all=()
for ((i = 0; i < 1000; i++)); do all+=("$disks/d$i"); done
exact=
case $WHERE in time-travel | icount) exact=yes ;; esac

makes() {
	local i begun=$SECONDS
	mkdir "$groups/many"
	put "iops-total=10000" "$groups/many/limits"
	mkdir "${all[@]}"
	for ((i = 0; i < 1000; i++)); do
		put "/dev/ram$i" "$disks/d$i/backing"
		[ "$WHERE" != icount ] || put 1 "$disks/d$i/in_place"
		put many "$disks/d$i/group"
		put 1 "$disks/d$i/live"
	done
	bounded $((SECONDS - begun))
	equal "$(sort -u "$class/many/members" | wc -l)" 1000 "number of members"
	refuses "Device or resource busy" rmdir "$groups/many"
}

# In real time it depends on who else is at the machine
bounded() {
	note "$1 s"
	[ -n "$exact" ] || within 0 "$1" 200
}

shares() {
	local jobs=() i device
	for ((i = 0; i < 1000; i++)); do
		read -r device <"$disks/d$i/device"
		jobs+=("/dev/$device:1:4096:read:d$i")
	done
	"$load" -s 11 -k 1 "${jobs[@]}" >"$OUT/many"
	tail -n 1 "$OUT/many"
	equal "$(awk '$1 == "job" { n++; errors += $8 } END { print n, errors + 0 }' "$OUT/many")" "1000 0" "disks and errors"
	if [ -n "$exact" ]; then
		equal "$(jain ops "$OUT/many")" 1.0000 "Jain's index"
		within $((99999 - slack)) "$(awk '$1 == "job" { n += $4 } END { print n }' "$OUT/many")" $((100001 + slack))
		equal "$(awk '$1 == "job" && ($4 < 99 || $4 > 101)' "$OUT/many" | wc -l)" 0 "disks with another share"
	else
		awk '$1 == "jain_ops" { exit !($2 >= 0.99) }' "$OUT/many" || fail "$(tail -n 1 "$OUT/many")"
	fi
}

removes() {
	local begun=$SECONDS
	rmdir "${all[@]}" "$groups/many"
	bounded $((SECONDS - begun))
	unload thr brd
}

plan 3
testcase "a thousand disks are made in one group" makes
testcase "each gets a thousandth" shares
testcase "a thousand disks are removed" removes
