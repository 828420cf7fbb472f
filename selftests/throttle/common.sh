# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the throttle tests: virtual devices, groups, disks, and loads on them. Source after lib.sh.
groups=/sys/kernel/config/thr/groups
# shellcheck disable=SC2034 # for those who source this
disks=/sys/kernel/config/thr/disks
class=/sys/class/thr
nullb=/sys/kernel/config/nullb
_here=$(dirname "${BASH_SOURCE[0]}")

# The load generator is compiled where it runs.
build_load() {
	need cc
	load=$(mktemp -d)/load
	cc -O2 -o "$load" "$_here/load.c"
}

# Load null_blk and thr, and remove every disk and group at the end.
start() {
	load null_blk nr_devices=0
	load thr
	defer unload thr null_blk
	defer clear
}

clear_disks() {
	local dir
	for dir in "$class"/*/parent; do
		[ ! -e "$dir" ] || put "" "$dir"
	done
	for dir in "$disks"/* "$groups"/*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
}

clear() {
	local dir
	clear_disks
	for dir in "$nullb"/*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
}

# null NAME [ATTRIBUTE=VALUE...]: a null_blk device of 1 GiB that takes 50 us; sets $node
null() {
	local dir=$nullb/$1 word
	mkdir "$dir"
	shift
	for word in size=1024 blocksize=512 irqmode=2 completion_nsec=50000 memory_backed=0 "$@"; do
		put "${word#*=}" "$dir/${word%%=*}"
	done
	put 1 "$dir/power"
	# Called by its directory's name, or, on 6.1, by its number
	wait_for 5 test -e "/sys/block/${dir##*/}" -o -e "/sys/block/nullb$(cat "$dir/index")"
	node=/dev/${dir##*/}
	[ -b "$node" ] || node=/dev/nullb$(cat "$dir/index")
}

# In virtual time nothing takes time but what is to. Where the clock counts instructions, in QEMU, what processors do takes
# some: a request more or less may be on its way at the end, and one may be so many ns late.
slack=0 late=1000
[ -z "${EXACT_CLOCK:-}" ] || slack=1 late=300000

# disk NAME BACKING [GROUP]: a live disk; sets $node and $tuning. Where the clock counts instructions it is limited in
# place, for which User-Mode Linux lacks the function tracer
disk() {
	if [ "${WHERE:-}" = icount ]; then
		inplace "$@"
		node=$2 tuning=/sys/block/${2#/dev/}/thr
	else
		stacked "$@"
	fi
}

# stacked NAME BACKING [GROUP]: a live disk that is one of its own
stacked() {
	local dir=$disks/$1
	# A case that failed may have left it
	[ ! -d "$dir" ] || rmdir "$dir"
	mkdir "$dir"
	put "$2" "$dir/backing"
	[ $# -lt 3 ] || put "$3" "$dir/group"
	put 1 "$dir/live"
	node=/dev/$(cat "$dir/device")
	tuning=/sys/block/${node#/dev/}/thr
	wait_for 5 test -b "$node"
}

# inplace NAME DEVICE [GROUP]: a disk that is limited where it is
inplace() {
	local dir=$disks/$1
	[ ! -d "$dir" ] || rmdir "$dir"
	mkdir "$dir"
	put "$2" "$dir/backing"
	put 1 "$dir/in_place"
	[ $# -lt 3 ] || put "$3" "$dir/group"
	put 1 "$dir/live" || fail "$(cat "$dir/error")"
}

# Are bios caught?
hooked() { grep -q '^submit_bio_noacct ' /sys/kernel/tracing/enabled_functions; }
unhooked() { ! hooked; }

# dm_node NAME: the node of a device-mapper device, by the name that sysfs has
dm_node() { echo "/dev/dm-$(dmsetup info -c --noheadings -o minor "$1")"; }

# undisk NAME, unnull NAME
undisk() { rmdir "$disks/$1"; }
unnull() { rmdir "$nullb/$1"; }

# le32 NUMBER: as four bytes, in the notation of printf
le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)); }

# partition DEVICE START SECTORS [START SECTORS]: write a table of one or two partitions, and read it in
partition() {
	local device=$1 i
	shift
	{
		head -c 446 /dev/zero
		for i in 1 2 3 4; do
			if [ $# -gt 0 ]; then
				# shellcheck disable=SC2059
				printf "\\0\\0\\0\\0\\203\\0\\0\\0$(le32 "$1")$(le32 "$2")"
				shift 2
			else
				head -c 16 /dev/zero
			fi
		done
		printf '\125\252'
	} | dd of="$device" bs=512 conv=fsync 2>/dev/null
	blockdev --rereadpt "$device"
}

# field NAME JOB FILE: a number from the line of a job
field() { awk -v f="$1" -v j="$2" '$1 == "job" && $2 == j { for (i = 3; i < NF; i += 2) if ($i == f) print $(i + 1) }' "$3"; }

# jain ops|bytes FILE
jain() { awk -v f="jain_$1" '$1 == "jain_ops" { for (i = 1; i < NF; i += 2) if ($i == f) print $(i + 1) }' "$2"; }

# within LOW VALUE HIGH: a number in a range
within() {
	if [ "$2" -lt "$1" ] || [ "$2" -gt "$3" ]; then
		fail "$2 is not in $1 to $3"
	fi
}

# near VALUE EXPECTED WHAT: equal, but for a request
near() {
	if [ "$1" -lt $(($2 - slack)) ] || [ "$1" -gt $(($2 + slack)) ]; then
		fail "$3 is $1, not $2"
	fi
}

# windows COUNT FILE [FIRST [LAST]]: each window of a load's has so many requests
windows() {
	awk -v count="$1" -v slack=$slack -v first="${3:-0}" -v last="${4:-1000000000}" '
		$1 == "window" && $3 >= first && $3 < last { n++; if ($4 < count - slack || $4 > count + slack) bad = bad " " $0 ";" }
		END { if (bad) print "not " count ":" bad; exit bad || !n }' "$2"
}

# equal VALUE EXPECTED WHAT
equal() { [ "$1" = "$2" ] || fail "$3 is $1, not $2"; }
