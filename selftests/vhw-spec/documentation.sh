#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What Documentation says about the virtual SPEC names every file and every fault.
# where: uml time-travel
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

documents=$_here/../../Documentation
modules
mkdir "$specs/a"
defer rmdir "$specs/a"

# every file below the board's directory has its entry
attributes() {
	local file name count=0
	while read -r file; do
		count=$((count + 1))
		name=${file#"$specs/a/"}
		case $name in
		live | yank | suspend | reset | seed | pci_address | violations | mappings) continue ;;
		esac
		name=$(sed -E 's#^input[0-4]/#input<N>/#; s#/(train|noise)/#/<generator>/#' <<<"$name")
		grep -qF "/vhw/spec/<board>/$name" "$documents/ABI/testing/configfs-vhw-spec" ||
			fail "$name is not described"
	done < <(find "$specs/a" -type f -not -path '*/faults/*')
	[ "$count" -gt 50 ] || fail "only $count attributes"
}

faults() {
	local fault count=0
	for fault in "$specs"/a/faults/*/; do
		count=$((count + 1))
		fault=$(basename "$fault")
		grep -qF "| $fault |" "$documents/spec-board.md" || fail "$fault is not described"
	done
	[ "$count" -gt 30 ] || fail "only $count faults"
}

plan 2
testcase "every attribute is described" attributes
testcase "every fault is described" faults
