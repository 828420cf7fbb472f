#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Random writes to every attribute, with I/O going on: no crash, no hang, and all that can be read fits together.
# EXTENDED=1: 100 000 of them.
# where: uml debug qemu
# extended: uml debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need python3
start
nodes=()
for i in 1 2 3 4; do
	null "nullb$i" size=16
	nodes+=("$node")
done

# Reads from every disk there is, whatever becomes of it
keep_reading() {
	set +eE
	trap - ERR
	while [ -e "$1" ]; do
		for node in /dev/thr* "${nodes[@]}"; do
			timeout -s KILL 5 dd if="$node" of=/dev/null bs=4096 count=20 iflag=direct 2>/dev/null
		done
		sleep 0.3 # a process costs more than a write
	done
}

attributes() {
	local flag status=0
	flag=$(mktemp)
	keep_reading "$flag" &
	python3 "$_here/attributes.py" "$1" "$2" "${nodes[@]}" || status=$?
	rm "$flag"
	clear_limits
	wait
	[ "$status" -eq 0 ] || fail "seed $2"
}

clear_limits() {
	local dir
	for dir in "$disks"/*/group; do [ ! -e "$dir" ] || put "" "$dir"; done
}

all_goes() {
	clear
	unload thr
}

plan 3
if [ -n "${EXTENDED:-}" ]; then
	testcase "100 000 random writes" attributes 100000 1
else
	testcase "3000 random writes" attributes 3000 1
fi
testcase "1000 random writes of another seed" attributes 1000 "$(date +%s)"
testcase "afterwards everything can be removed" all_goes
