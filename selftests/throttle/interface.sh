#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Disks and groups come, change and go as documented; what is refused is refused with the rule that forbids it.
# where: uml debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need dd
start
null nullb1 memory_backed=1 size=64 discard=1 cache_size=16
b1=$node
null nullb2 size=64
b2=$node

# says TEXT FILE: the last refusal
says() { grep -q -- "$1" "$2" || fail "$2 says '$(cat "$2")'"; }

life_cycle() {
	mkdir "$disks/a"
	is 0 "$disks/a/live"
	is "" "$disks/a/device"
	refuses "Invalid argument" put 1 "$disks/a/live"
	says "no backing device" "$disks/a/error"
	put /dev/nonesuch "$disks/a/backing"
	refuses "No such file" put 1 "$disks/a/live"
	says "cannot open /dev/nonesuch" "$disks/a/error"
	put "$b1" "$disks/a/backing"
	put 1 "$disks/a/live"
	is 1 "$disks/a/live"
	test -b "/dev/$(cat "$disks/a/device")"
	refuses "Device or resource busy" put 1 "$disks/a/live"
	refuses "Device or resource busy" put "$b2" "$disks/a/backing"
	refuses "Device or resource busy" put 1 "$disks/a/read_only"
	is "$b1" "$disks/a/backing"
	# Exclusively: nobody writes behind its back
	mkdir "$disks/b"
	put "$b1" "$disks/b/backing"
	refuses "Device or resource busy" put 1 "$disks/b/live"
	rmdir "$disks/b"
	put 0 "$disks/a/live"
	refuses "No such device" put 0 "$disks/a/live"
	is "" "$disks/a/device"
	rmdir "$disks/a"
	refuses "Invalid argument" mkdir "$disks/a b"
	grep -qw backing "$disks/../features"
}

# Another disk has used up what the group may for an hour; reading a partition table would have to wait for that
smallest_limit() {
	mkdir "$groups/slow"
	disk b "$b2" slow
	put "bps-total=1" "$class/slow/limits"
	dd if="$node" of=/dev/null bs=4096 count=1 iflag=direct status=none
	mkdir "$disks/a"
	put "$b1" "$disks/a/backing"
	put slow "$disks/a/group"
	# shellcheck disable=SC2016 # a process of its own, which can be ended
	timeout 10 bash -c 'echo 1 >"$1"' sh "$disks/a/live"
	put 0 "$disks/a/live"
	rmdir "$disks/a" "$disks/b" "$groups/slow"
}

in_use() {
	disk a "$b1"
	exec 7<"$node"
	refuses "Device or resource busy" put 0 "$disks/a/live"
	says "in use" "$disks/a/error"
	exec 7<&-
	put 0 "$disks/a/live"
	rmdir "$disks/a"
}

t_names() {
	local i
	disk hd1 "$b1"
	disk hd2 "$b2"
	is "" "$disks/hd1/group"
	put iops-total=100 "$disks/hd1/limits"
	is hd1 "$disks/hd1/group"
	put iops-total=0 "$disks/hd1/limits"
	is "" "$disks/hd1/group"
	test ! -e "$class/hd1"
	put iops-total=10 "$disks/hd1/limits"
	is hd1 "$disks/hd1/group"
	for i in 0 1 2; do mkdir "$groups/group$i"; done
	put group0 "$disks/hd1/group"
	put group2 "$disks/hd2/group"
	test ! -e "$class/hd1"
	put group1 "$disks/hd1/group"
	put group2 "$disks/hd1/group"
	is group2 "$disks/hd2/group"
	put iops-read=7 "$class/group2/limits"
	# G2, G3: set through one, read through the other
	is iops-read=7 "$disks/hd1/limits"
	put iops-read=8 "$disks/hd2/limits"
	is iops-read=8 "/sys/block/thr0/thr/limits"
	# Zero through a member: it leaves; group and others stay
	put iops-read=0 "$disks/hd1/limits"
	is "" "$disks/hd1/group"
	is group2 "$disks/hd2/group"
	is iops-read=8 "$class/group2/limits"
	rmdir "$groups/group0" "$groups/group1"
	put "" "$disks/hd2/group"
	rmdir "$groups/group2"
	test ! -e "$class/group2"
	undisk hd1
	undisk hd2
}

# Another medium: what stays is the group, and its limits
t_media() {
	disk a "$b1"
	put "iops-total=100 bps-total=50" "$disks/a/limits"
	put 0 "$disks/a/live"
	is "bps-total=50 iops-total=100" "$disks/a/limits"
	put "$b2" "$disks/a/backing"
	put 1 "$disks/a/live"
	is "bps-total=50 iops-total=100" "$tuning/limits"
	is a "$disks/a/group"
	undisk a
}

# A group's directory stays while there are members, disks or groups
members_keep() {
	mkdir "$groups/kept" "$groups/child"
	disk a "$b1" kept
	disk b "$b2" kept
	refuses "Device or resource busy" rmdir "$groups/kept"
	put "" "$disks/a/group"
	refuses "Device or resource busy" rmdir "$groups/kept"
	put child "$disks/b/group"
	put kept "$class/child/parent"
	refuses "Device or resource busy" rmdir "$groups/kept"
	refuses "Device or resource busy" rmdir "$groups/child"
	undisk b
	rmdir "$groups/child"
	rmdir "$groups/kept"
	test ! -e "$class/kept"
	# One that came with its first member is no directory's, and goes with its last
	put own "$disks/a/group"
	refuses "File exists" mkdir "$groups/own"
	undisk a
	test ! -e "$class/own"
	mkdir "$groups/own"
	rmdir "$groups/own"
}

t_iface() {
	local f
	mkdir "$groups/foo"
	for f in "$class"/foo/limit/*; do
		case $f in *-length) is 1 "$f" ;; *) is 0 "$f" ;; esac
	done
	put iops-total=1000 "$class/foo/limits"
	is 1000 "$class/foo/limit/iops-total"
	put iops-total=0 "$class/foo/limits"
	is 0 "$class/foo/limit/iops-total"
	refuses "Invalid argument" put "iops-total=10 iops-read=10" "$class/foo/limits"
	says "a total limit and a read or write limit exclude each other" "$class/foo/error"
	is "" "$class/foo/limits"
	put "bps_total=5 iops_read=6 iops_read_max=12 iops_read_max_length=3 iops_size=4096" "$class/foo/limits"
	is "bps-total=5 iops-read=6 iops-read-max=12 iops-read-max-length=3 iops-size=4096" "$class/foo/limits"
	put 7 "$class/foo/limit/iops-read"
	is 7 "$class/foo/limit/iops-read"
	refuses "Invalid argument" put 13 "$class/foo/limit/iops-read"
	says "is below the sustained rate" "$class/foo/error"
	refuses "Invalid argument" put "8 iops-size=1" "$class/foo/limit/iops-read"
	refuses "Invalid argument" put -1 "$class/foo/limit/iops-read"
	says "not negative" "$class/foo/error"
	refuses "Invalid argument" put "iops=1" "$class/foo/limits"
	says 'no limit called "iops"' "$class/foo/error"
	refuses "range" put 4294967296 "$class/foo/limit/iops-read-max-length"
	refuses "Invalid argument" put 1000000000000001 "$class/foo/limit/bps-total"
	says "at most 1000000000000000" "$class/foo/error"
	rmdir "$groups/foo"
}

parents() {
	mkdir "$groups/top" "$groups/mid" "$groups/low" "$groups/least"
	put top "$class/mid/parent"
	is top "$class/mid/parent"
	is mid "$class/top/members"
	put mid "$class/low/parent"
	# Three levels, whether the fourth comes from below or above
	refuses "Invalid argument" put low "$class/least/parent"
	says "at most 3 groups stand over one another" "$class/least/error"
	refuses "Invalid argument" put least "$class/top/parent"
	# No circles
	refuses "Too many levels of symbolic links" put low "$class/top/parent"
	says 'group "low" is below this one' "$class/top/error"
	refuses "Too many levels of symbolic links" put low "$class/low/parent"
	refuses "No such file" put nonesuch "$class/low/parent"
	is mid "$class/low/parent"
	put "" "$class/low/parent"
	put "" "$class/mid/parent"
	is "" "$class/mid/parent"
	rmdir "$groups/top" "$groups/mid" "$groups/low" "$groups/least"
}

# A disk that moves up takes its old group away, but not the one it joins
moves_up() {
	disk b "$b2" up
	disk a "$b1" down
	put up "$class/down/parent"
	put "" "$disks/b/group"
	is down "$class/up/members"
	put up "$disks/a/group"
	test ! -e "$class/down"
	is a "$class/up/members"
	undisk a
	undisk b
	test ! -e "$class/up"
}

tuning() {
	disk a "$b1" g
	is a "$tuning/name"
	is g "$tuning/group"
	is 100 "$tuning/weight"
	put 7 "$tuning/weight"
	is 7 "$tuning/weight"
	refuses "range" put 0 "$tuning/weight"
	refuses "range" put 10001 "$class/g/weight"
	put one "$tuning/discard_cost"
	is one "$tuning/discard_cost"
	refuses "Invalid argument" put none "$tuning/zeroes_cost"
	is requests "$class/g/fairness"
	put bytes "$class/g/fairness"
	is bytes "$class/g/fairness"
	refuses "Invalid argument" put words "$class/g/fairness"
	is a "$class/g/members"
	is "0 0" "$class/g/queue_read"
	is "0 0" "$class/g/queue_write"
	is 1 "$tuning/account_failed"
	put 0 "$tuning/account_invalid"
	is 0 "$tuning/account_invalid"
	undisk a
}

statistics() {
	disk a "$b1"
	put "10 60" "$tuning/intervals"
	equal "$(wc -l <"$tuning/intervals")" 8 "lines of averages"
	refuses "Invalid argument" put "0" "$tuning/intervals"
	refuses "Invalid argument" put "1 2 3 4 5 6 7 8 9" "$tuning/intervals"
	put "all=1000,1000000000 write=1000000000,2000000000,3000000000" "$tuning/boundaries"
	is "read=1000,1000000000 write=1000000000,2000000000,3000000000 flush=1000,1000000000 discard=1000,1000000000" \
		"$tuning/boundaries"
	refuses "Invalid argument" put "read=5,5" "$tuning/boundaries"
	refuses "Invalid argument" put "read=0" "$tuning/boundaries"
	refuses "Invalid argument" put "reed=1" "$tuning/boundaries"
	dd if=/dev/urandom of="$node" bs=4096 count=10 oflag=direct conv=fsync 2>/dev/null
	dd if="$node" of=/dev/null bs=8192 count=5 iflag=direct 2>/dev/null
	equal "$(cut -d' ' -f1-4 "$tuning/stat_write")" "10 40960 0 0" writes
	is 40960 "$tuning/highest_written"
	test "$(cut -d' ' -f1 "$tuning/stat_read")" -ge 5
	test "$(cut -d' ' -f1 "$tuning/stat_flush")" -ge 1
	is "10 0 0 0" "$tuning/histogram_write"
	test "$(cat "$tuning/idle_ns")" -gt 0
	grep -q "^10 write [1-9]" "$tuning/intervals"
	# Setting, even the same, clears
	put "write=1000000000,2000000000,3000000000" "$tuning/boundaries"
	is "0 0 0 0" "$tuning/histogram_write"
	put "" "$tuning/boundaries"
	is "" "$tuning/boundaries"
	equal "$(cat "$tuning/histogram_write")" "" "no histogram"
	put "" "$tuning/intervals"
	# Discards and flushes are counted apart
	blkdiscard -o 0 -l 1M "$node"
	equal "$(cut -d' ' -f2 "$tuning/stat_discard")" 1048576 "bytes discarded"
	awk '{ exit !($1 >= 10) }' "/sys/block/${node#/dev/}/stat"
	undisk a
}

limits_inherited() {
	local attr
	disk a "$b1"
	for attr in logical_block_size physical_block_size discard_max_bytes write_zeroes_max_bytes write_cache fua \
		rotational; do
		is "$(cat "/sys/block/${b1#/dev/}/queue/$attr")" "/sys/block/${node#/dev/}/queue/$attr"
	done
	test -e "/sys/block/${node#/dev/}/slaves/${b1#/dev/}"
	equal "$(blockdev --getsize64 "$node")" $((64 << 20)) size
	lsblk "$b1" | grep -q "${node#/dev/}" || fail "$(lsblk)"
	undisk a
}

read_only() {
	mkdir "$disks/a"
	put "$b1" "$disks/a/backing"
	put 1 "$disks/a/read_only"
	put 1 "$disks/a/live"
	node=/dev/$(cat "$disks/a/device")
	equal "$(blockdev --getro "$node")" 1 "read-only"
	refuses "ermitted" dd if=/dev/zero of="$node" bs=4096 count=1 oflag=direct
	undisk a
	blockdev --setro "$b1"
	disk a "$b1"
	equal "$(blockdev --getro "$node")" 1 "read-only"
	undisk a
	blockdev --setrw "$b1"
}

partitions() {
	disk a "$b1"
	partition "$node" 2048 8192 10240 8192
	wait_for 5 test -b "${node}p2"
	dd if=/dev/urandom of="${node}p1" bs=4096 count=4 oflag=direct 2>/dev/null
	cmp -n 16384 "${node}p1" <(dd if="$node" bs=512 skip=2048 count=64 2>/dev/null)
	grep -q "${node#/dev/}p1" /proc/partitions
	undisk a
	# And a disk over a partition
	blockdev --rereadpt "$b1"
	wait_for 5 test -b "${b1}p1"
	disk a "${b1}p1"
	equal "$(blockdev --getsz "$node")" 8192 sectors
	dd if=/dev/urandom of="$node" bs=4096 count=4 oflag=direct 2>/dev/null
	cmp -n 16384 "$node" <(dd if="$b1" bs=512 skip=2048 count=64 iflag=direct 2>/dev/null)
	undisk a
	dd if=/dev/zero of="$b1" bs=512 count=1 conv=fsync 2>/dev/null
	blockdev --rereadpt "$b1"
}

rescan() {
	need losetup
	local file loop
	load loop max_loop=4
	file=$(mktemp)
	truncate -s 8M "$file"
	loop=$(losetup -f --show "$file")
	disk a "$loop"
	truncate -s 16M "$file"
	losetup -c "$loop"
	equal "$(blockdev --getsize64 "$node")" $((8 << 20)) "size before"
	put 1 "$tuning/rescan"
	equal "$(blockdev --getsize64 "$node")" $((16 << 20)) "size after"
	refuses "Invalid argument" put 0 "$tuning/rescan"
	undisk a
	losetup -d "$loop"
	rm "$file"
}

zoned() {
	null nullz zoned=1 zone_size=4 size=64 || skip "no zoned null_blk"
	mkdir "$disks/z"
	put "$node" "$disks/z/backing"
	refuses "not supported" put 1 "$disks/z/live"
	says "is zoned" "$disks/z/error"
	rmdir "$disks/z"
	unnull nullz
}

# T-STOP, T-DETACH: with requests waiting for hours, everything ends at once
ends_promptly() {
	local pid begun=$SECONDS how=$1
	disk a "$b1" slow
	put "bps-total=1024" "$class/slow/limits"
	dd if="$node" of=/dev/null bs=64k count=4 iflag=direct 2>/dev/null &
	pid=$!
	wait_for 5 waiting "$class/slow/queue_read"
	case $how in
	leave) put "" "$disks/a/group" ;;
	unlimited) put "bps-total=0" "$class/slow/limits" ;;
	move) put fast "$disks/a/group" ;;
	raise) put "bps-total=1000000000" "$class/slow/limits" ;;
	remove) rmdir "$disks/a" ;;
	esac
	wait "$pid" || [ "$how" = remove ]
	[ $((SECONDS - begun)) -lt 20 ] || fail "it took $((SECONDS - begun)) s"
	[ ! -d "$disks/a" ] || undisk a
}
waiting() { awk '{ exit !($1 > 0) }' "$1"; }

# Writes that wait do not stop reads, however many there are
reads_pass() {
	build_load
	disk a "$b2" g
	put "iops-write=1" "$class/g/limits"
	"$load" -s 3 "$node:1024:4096:write:w" "$node:1:4096:read:r" >"$OUT/reads_pass" &
	wait_for 20 grep -q jain "$OUT/reads_pass"
	test "$(cut -d' ' -f1 "$class/g/queue_write")" -gt 900
	# Its end waits for the writes
	put "iops-write=0" "$class/g/limits"
	wait
	test "$(field reads r "$OUT/reads_pass")" -gt 100
	test "$(field writes w "$OUT/reads_pass")" -le 10
	undisk a
}

yank() {
	local pid begun=$SECONDS
	build_load
	null nullb3 size=64
	disk a "$node" g
	put "iops-read=1" "$class/g/limits"
	"$load" -s 3 "/dev/$(cat "$disks/a/device"):200:4096:read:x" >"$OUT/yank" 2>&1 &
	pid=$!
	wait_for 5 waiting "$class/g/queue_read"
	put 0 "$nullb/nullb3/power"
	wait "$pid"
	test "$(field errors x "$OUT/yank")" -gt 0
	refuses "nput/output error" dd if="/dev/$(cat "$disks/a/device")" of=/dev/null bs=4096 count=1 iflag=direct
	undisk a
	unnull nullb3
	[ $((SECONDS - begun)) -lt 60 ] || fail "it took $((SECONDS - begun)) s"
}

costs() {
	disk a "$b1" g
	put "bps-write=1000000000 iops-write=1000000" "$class/g/limits"
	put none "$tuning/discard_cost"
	blkdiscard -o 0 -l 32M "$node"
	equal "$(cut -d' ' -f2 "$class/g/queue_write")" 0 "the debt after a free discard"
	put one "$tuning/discard_cost"
	blkdiscard -o 0 -l 32M "$node"
	# One that has to wait is counted in full all the same
	put "bps-write=0 iops-write=1" "$class/g/limits"
	blkdiscard -o 0 -l 32M "$node"
	blkdiscard -o 0 -l 32M "$node"
	equal "$(cut -d' ' -f2 "$tuning/stat_discard")" $((128 << 20)) "bytes discarded"
	put "bps-write=1048576 iops-write=0" "$class/g/limits"
	put full "$tuning/discard_cost"
	blkdiscard -o 0 -l 32M "$node"
	test "$(cut -d' ' -f2 "$class/g/queue_write")" -gt 10000000000 || fail "a discard was not charged in full"
	undisk a
}

alone() {
	# configfs is a module on some kernels
	! modinfo -F depends thr | grep -E 'vhw|ipack|spec'
}

clear_all() {
	clear
	unload thr null_blk
	test ! -e "$class"
	load null_blk nr_devices=0
	load thr
	test -d "$disks"
}

# Where ftrace cannot divert a function
no_ftrace() {
	local functions=/sys/kernel/tracing/enabled_functions
	[ ! -e "$functions" ] || skip "this kernel has a function tracer"
	mkdir "$disks/hd9"
	refuses "Operation not supported" put 1 "$disks/hd9/in_place"
	grep -q "no function tracer.* a stacked disk needs none" "$disks/hd9/error"
	is 0 "$disks/hd9/in_place"
	put 0 "$disks/hd9/in_place"
	rmdir "$disks/hd9"
}

plan 27
testcase "a disk is made, made live, and removed" life_cycle
testcase "a disk comes at once, however small its limit" smallest_limit
testcase "a disk in use stays" in_use
testcase "T-NAMES: groups have the names they should" t_names
testcase "T-MEDIA: limits stay when the backing device is exchanged" t_media
testcase "a group with members cannot be removed" members_keep
testcase "T-IFACE: limits are checked as a whole and refused with the rule" t_iface
testcase "groups have parents, but no grandparents" parents
testcase "a disk moves from a group to its parent" moves_up
testcase "disks and groups are tuned while live" tuning
testcase "statistics count, average and sort" statistics
testcase "limits of the backing device are inherited" limits_inherited
testcase "a read-only disk refuses writes" read_only
testcase "partitions on a disk and under it" partitions
testcase "a disk follows the size of its backing device" rescan
testcase "a zoned device is refused" zoned
for how in leave unlimited move raise remove; do
	testcase "T-STOP: requests waiting for hours end at once: $how" ends_promptly "$how"
done
testcase "waiting writes do not stop reads" reads_pass
testcase "T-DETACH: a yanked backing device ends in errors, not in hanging" yank
testcase "discards cost what they are told to" costs
testcase "limiting in place is refused in words where there is no ftrace" no_ftrace
testcase "the module stands alone" alone
testcase "everything can be removed and the module unloaded" clear_all
