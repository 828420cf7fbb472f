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
put fmc-tdc "$specs/a/fmc"

# every file below the board's directory has its entry; without a process for each
attributes() {
	local name count=0 abi
	abi=$(<"$documents/ABI/testing/configfs-vhw-spec")
	while read -r name; do
		case $name in
		live | yank | suspend | reset | seed | address | pci_address | violations | mappings | \
			vendor | device | subsystem_vendor | subsystem_device | class | revision) continue ;;
		esac
		count=$((count + 1))
		[[ $abi == *"/vhw/spec/<board>/$name"* ]] || fail "$name is not described"
	done < <(find "$specs/a" -type f -not -path '*/faults/*' -printf '%P\n' |
		sed -E 's#^input[0-4]/#input<N>/#; s#/(train|noise)/#/<generator>/#')
	[ "$count" -gt 50 ] || fail "only $count attributes"
}

faults() {
	local fault count=0 text
	text=$(<"$documents/spec-board.md")
	for fault in "$specs"/a/faults/*/ "$specs"/a/tdc/faults/*/; do
		count=$((count + 1))
		fault=${fault%/}
		[[ $text == *"| ${fault##*/} |"* ]] || fail "${fault##*/} is not described"
	done
	[ "$count" -gt 30 ] || fail "only $count faults"
}

plan 2
testcase "every attribute is described" attributes
testcase "every fault is described" faults
