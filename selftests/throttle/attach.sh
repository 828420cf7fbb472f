#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# thrctl limits a mounted disk where it is, shows it, saves it, and brings it back.
# where: qemu
# processors: one
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
thrctl=$(readlink -f "$(dirname "$0")/../../tools")/thrctl
need python3 mkfs.ext4 mount dd
start

null a memory_backed=1 size=64
a=$node
stand=/sys/block/${a#/dev/}/thr
point=$(mktemp -d)
mkfs.ext4 -q "$a"
mount "$a" "$point"

# write_seconds: how long 20 synchronous writes to the mounted file system take
write_seconds() {
	local before=$SECONDS
	dd if=/dev/zero of="$point/file" bs=4096 count=20 oflag=direct,dsync status=none
	echo $((SECONDS - before))
}

attaches() {
	equal "$("$thrctl" attach "$a" name=here iops-write=10)" here "what thrctl attach prints"
	is "iops-write=10" "$class/here/limits"
	is here "$stand/name"
	hooked
	[ "$(write_seconds)" -ge 1 ] || fail "20 writes at 10 a second took no second"
	awk '{ exit !($1 >= 20) }' "$stand/stat_write"
}

shows() {
	"$thrctl" list | grep here >"$OUT/attach-list"
	"$thrctl" show here >"$OUT/attach-show"
	grep -F "${a#/dev/}" "$OUT/attach-show" >/dev/null
	"$thrctl" metrics | grep 'disk="here"' >/dev/null
}

# what is saved brings the same back
saves() {
	"$thrctl" save "$OUT/attach.conf"
	grep -F attach "$OUT/attach.conf" >/dev/null
	"$thrctl" detach "$a"
	[ ! -e "$stand" ] || fail "$stand is still there"
	"$thrctl" load "$OUT/attach.conf"
	is "iops-write=10" "$class/here/limits"
	equal "$("$thrctl" save -)" "$(cat "$OUT/attach.conf")" "what is saved after load"
}

refusals() {
	refuses "limited in place already" "$thrctl" attach "$a"
	refuses "there is no such file" "$thrctl" attach /dev/none
	refuses "is not limited in place" "$thrctl" detach "$point"
}

detaches() {
	"$thrctl" detach "$a"
	[ ! -e "$stand" ] || fail "$stand is still there"
	[ "$(write_seconds)" -le 1 ] || fail "it is still limited"
	unhooked
	umount "$point"
}

plan 5
testcase "a mounted disk is limited by thrctl attach" attaches
testcase "list, show and metrics have it" shows
testcase "what was saved is loaded" saves
testcase "what cannot be is refused with a sentence" refusals
testcase "thrctl detach ends it, and nothing stays" detaches
