#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A throttled disk is a good disk: what its backing device can do, it can do, and the tools see it.
# where: uml debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
need python3
start
direct() { python3 "$_here/direct.py" "$@"; }
tracing=/sys/kernel/tracing
null nullb1 memory_backed=1 size=64 discard=1 cache_size=16
b1=$node
null nullb2 size=64
b2=$node

waiting() { awk '{ exit !($1 > 0) }' "$1"; }

nowait() {
	disk a "$b2" g
	equal "$(direct nowait "$node" 4096)" ok "a request that must not block"
	# One that has to wait its turn waits in the group, not in its submitter
	put "iops-read=2" "$class/g/limits"
	equal "$(direct nowait "$node" 4096 4)" ok "four of them"
	test "$(cut -d' ' -f1 "$tuning/throttled_read")" -gt 0
	undisk a
}

# While writes wait, a flush passes: what waits is not complete, so not the flush's business
flushes() {
	disk a "$b1" g
	is "write back" "/sys/block/${node#/dev/}/queue/write_cache"
	put "bps-write=1" "$class/g/limits"
	direct write "$node" 4096 2 >"$OUT/waits" &
	wait_for 40 waiting "$class/g/queue_write"
	local before
	before=$(cut -d' ' -f1 "$tuning/stat_flush")
	equal "$(direct flush "$node" 0)" ok "a flush"
	test "$(cut -d' ' -f1 "$tuning/stat_flush")" -gt "$before"
	waiting "$class/g/queue_write"
	put "bps-write=0" "$class/g/limits"
	wait
	is ok "$OUT/waits"
	undisk a
}

# trace COMMAND...: the kernel's block events while it runs, into $OUT/trace
trace() {
	[ -d $tracing/events/block ] || skip "no block events"
	echo >$tracing/trace
	echo 1 >$tracing/events/block/enable
	"$@"
	echo 0 >$tracing/events/block/enable
	cat $tracing/trace >"$OUT/trace"
}

# device_of NODE: as block events have it
device_of() { tr : , <"/sys/class/block/${1#/dev/}/dev"; }

fua() {
	disk a "$b1" g
	trace direct dsync "$node" 4096 >/dev/null
	grep -qE "block_bio_queue: $(device_of "$node") WF?S " "$OUT/trace" || fail "$(grep bio_queue "$OUT/trace")"
	# Where the device has no FUA a flush follows the data; either way it is below what it was above.
	grep -qE "block_bio_queue: $(device_of "$b1") .*F" "$OUT/trace" || fail "$(grep bio_queue "$OUT/trace")"
	undisk a
}

write_zeroes() {
	need losetup
	local file loop before
	load loop max_loop=4
	file=$(mktemp)
	yes mezzanine | head -c 8M >"$file"
	loop=$(losetup -f --show "$file")
	disk a "$loop" g
	put "bps-write=1000000000" "$class/g/limits"
	before=$(cut -d' ' -f2 "$tuning/stat_write")
	blkdiscard -z -o 1M -l 2M "$node"
	equal $(($(cut -d' ' -f2 "$tuning/stat_write") - before)) $((2 << 20)) "bytes written"
	cmp -n $((2 << 20)) -i $((1 << 20)):0 "$node" /dev/zero
	undisk a
	losetup -d "$loop"
	rm "$file"
}

# No virtual device of the kernel's erases securely; ours for tests tells what arrives, at most 1 MiB at once
secure_erase() {
	local before
	load thr_eraser
	disk a /dev/thr_eraser g
	put "bps-write=4000000" "$class/g/limits"
	put full "$tuning/discard_cost"
	before=$(cut -d' ' -f1,2 "$tuning/stat_discard")
	blkdiscard -s -o 1M -l 5M "$node"
	is "5 requests, sectors 2048 to 12288" /sys/module/thr_eraser/parameters/erased
	equal "$before $(cut -d' ' -f1,2 "$tuning/stat_discard")" "0 0 5 $((5 << 20))" "erases and bytes, before and after"
	# The first goes, each other waits until it is paid for
	is 4 <(cut -d' ' -f1 "$tuning/throttled_write")
	put none "$tuning/discard_cost"
	blkdiscard -s -o 0 -l 20M "$node"
	is 4 <(cut -d' ' -f1 "$tuning/throttled_write")
	undisk a
	unload thr_eraser
}

# What the backing device cannot do is refused, not ignored
no_secure_erase() {
	disk a "$b1"
	refuses "not supported" blkdiscard -s -o 0 -l 4096 "$node"
	undisk a
}

by_id() {
	need udevadm
	disk a "$b1"
	mkdir -p /run/udev/rules.d
	cp "$_here/../../tools/packaging/60-thr.rules" /run/udev/rules.d/
	udevadm test "/sys/block/${node#/dev/}" >"$OUT/udev" 2>&1
	grep -q "disk/by-id/thr-a" "$OUT/udev" || fail "$(tail -n 20 "$OUT/udev")"
	undisk a
}

# What iostat shows comes from here
iostat() {
	local before after
	disk a "$b2" g
	before=$(cat "/sys/block/${node#/dev/}/stat")
	dd if="$node" of=/dev/null bs=8192 count=10 iflag=direct 2>/dev/null
	after=$(cat "/sys/block/${node#/dev/}/stat")
	# shellcheck disable=SC2086
	set -- $before
	equal "$(awk -v r="$1" -v s="$3" '{ print $1 - r, $3 - s }' <<<"$after")" "10 160" "reads and sectors"
	# What waits is in flight
	put "iops-read=1" "$class/g/limits"
	timeout 10 dd if="$node" of=/dev/null bs=4096 count=3 iflag=direct 2>/dev/null &
	wait_for 40 waiting "$class/g/queue_read"
	awk '{ exit !($9 >= 1) }' "/sys/block/${node#/dev/}/stat" || fail "nothing is in flight"
	put "iops-read=0" "$class/g/limits"
	wait
	undisk a
}

blktrace() {
	disk a "$b2"
	[ -e "/sys/block/${node#/dev/}/trace/enable" ] || skip "the kernel has no blktrace"
	echo blk >$tracing/current_tracer
	echo 1 >"/sys/block/${node#/dev/}/trace/enable"
	echo >$tracing/trace
	direct read "$node" 4096 >/dev/null
	cat $tracing/trace >"$OUT/blktrace"
	echo 0 >"/sys/block/${node#/dev/}/trace/enable"
	echo nop >$tracing/current_tracer
	grep -qE " Q +R.* \+ 8 " "$OUT/blktrace" || fail "no Q: $(tail -n 5 "$OUT/blktrace")"
	grep -qE " C +R.* \+ 8 " "$OUT/blktrace" || fail "no C: $(tail -n 5 "$OUT/blktrace")"
	undisk a
}

# Through the disk and through a partition of it the remap leads to the backing device
remaps() {
	disk a "$b2"
	trace direct read "$node" 4096 >/dev/null
	grep -q "block_bio_remap: $(device_of "$b2") .* <- ($(device_of "$node"))" "$OUT/trace" ||
		fail "$(grep remap "$OUT/trace")"
	grep -q "block_bio_complete: $(device_of "$node") R" "$OUT/trace" || fail "$(grep complete "$OUT/trace")"
	undisk a
}

plan 11
testcase "NOWAIT: passes on, and waits without blocking the submitter" nowait
testcase "flush: passes while writes wait" flushes
testcase "FUA: what must be on the medium is asked for below" fua
testcase "write zeroes: are passed on and counted as writes" write_zeroes
testcase "secure erase: is passed on, counted and charged" secure_erase
testcase "secure erase: refused where the backing device cannot" no_secure_erase
testcase "udev makes the by-id link" by_id
testcase "iostat: requests, sectors and what is in flight" iostat
testcase "blktrace: queue and completion" blktrace
testcase "trace events: the remap to the backing device and one completion" remaps
testcase "everything can be removed" clear
