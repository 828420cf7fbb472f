#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# thrctl does what its manual says, and what it refuses it refuses with the kernel's reason.
# where: uml qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
tools=$(readlink -f "$(dirname "$0")/../../tools")
thrctl=$tools/thrctl
need awk
start
for i in 1 2 3 4 5 6; do
	null "nullb$i" size=16
	declare "b$i=$node"
done

# Six disks, two groups, six commands
six_commands() {
	"$thrctl" create hd1 "$b1" group=foo iops-total=6k
	"$thrctl" create hd2 "$b2" group=foo
	"$thrctl" create hd3 "$b3" group=bar iops-total=3000
	"$thrctl" create hd4 "$b4" group=foo
	"$thrctl" create hd5 "$b5" group=bar
	"$thrctl" create hd6 "$b6" iops-total=5k
	is "iops-total=6000" "$class/foo/limits"
	is "iops-total=3000" "$class/bar/limits"
	is "iops-total=5000" "$class/hd6/limits"
	equal "$(tr '\n' ' ' <"$class/foo/members")" "hd1 hd2 hd4 " "members of foo"
	equal "$(tr '\n' ' ' <"$class/bar/members")" "hd3 hd5 " "members of bar"
}

sets() {
	"$thrctl" set foo iops-total=10k iops-total-max=2M iops-total-max-length=3 fairness=bytes
	is "iops-total=10000 iops-total-max=2000000 iops-total-max-length=3" "$class/foo/limits"
	is bytes "$class/foo/fairness"
	"$thrctl" set hd2 weight=300
	is 300 "/sys/block/$(cat "$disks/hd2/device")/thr/weight"
	"$thrctl" set hd6 bps-total=10Mi
	is "bps-total=10485760 iops-total=5000" "$class/hd6/limits"
	"$thrctl" set hd5 group=foo
	is foo "$disks/hd5/group"
}

refusals() {
	refuses "exclude each other" "$thrctl" set foo iops-read=5
	refuses "12x is not a number" "$thrctl" set foo iops-total=12x
	refuses "too large" "$thrctl" set foo iops-total=9999999999T
	refuses "no limit called" "$thrctl" set foo iops=5
	refuses "there is no disk or group called nobody" "$thrctl" set nobody iops-total=5
	refuses "cannot open" "$thrctl" create x /dev/nonesuch
	test ! -e "$disks/x"
	exec 7<"/dev/$(cat "$disks/hd1/device")"
	refuses "in use" "$thrctl" remove hd1
	refuses "foo goes with its last member; it has hd1 hd2 hd4" "$thrctl" remove foo
	exec 7<&-
}

shows() {
	"$thrctl" show >"$OUT/show"
	grep -q "^group foo fairness=bytes: iops-total=10000" "$OUT/show"
	grep -q "^disk hd6 /dev/thr[0-9]* on $b6 group=hd6" "$OUT/show"
	dd if="/dev/$(cat "$disks/hd6/device")" of=/dev/null bs=4096 count=10 iflag=direct 2>/dev/null
	"$thrctl" top -n 1 -d 0.2 >"$OUT/top"
	grep -q "^hd6  *hd6 " "$OUT/top"
	grep -q "^(all)  *foo " "$OUT/top"
}

saves_and_loads() {
	local saved
	"$thrctl" group common iops-total=50k
	"$thrctl" group empty
	"$thrctl" set foo parent=common weight=7
	"$thrctl" set hd1 zeroes-cost=one discard-cost=none account-failed=0
	"$thrctl" set hd2 account-invalid=0 intervals=1,60 boundaries=all=1000,1000000 boundaries=write=5
	"$thrctl" set hd4 boundaries=flush=
	saved=$(mktemp)
	"$thrctl" save "$saved"
	everything >"$saved.before"
	grep -q "^hd2/account_invalid:0" "$saved.before"
	clear_thr
	"$thrctl" load -w 5 "$saved"
	everything >"$saved.after"
	diff "$saved.before" "$saved.after"
	"$thrctl" save - | diff "$saved" -
	is 300 "/sys/block/$(cat "$disks/hd2/device")/thr/weight"
	is "read=1000,1000000 write=5 flush=1000,1000000 discard=1000,1000000" "/sys/block/$(cat "$disks/hd2/device")/thr/boundaries"
	equal "$(cd "$groups" && echo *)" "common empty" "groups with a directory"
	"$thrctl" remove empty
}

# All that can be written and read back, by the names of disks and groups; of averages their intervals
everything() {
	local path name
	{
		find "$disks" "$groups" "$class"/*/ -type f -perm -200 ! -name uevent ! -path '*/power/*' -exec grep -H '' {} +
		for path in /sys/block/thr*/thr; do
			read -r name <"$path/name"
			find "$path" -type f -perm -200 ! -name rescan ! -name intervals -exec grep -H '' {} + |
				sed "s#^$path#$name#"
			awk -v name="$name" '{ print name, "interval", $1, $2 }' "$path/intervals"
		done
	} | sort
}

clear_thr() {
	local dir
	for dir in "$disks"/* "$groups"/*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
}

removes() {
	refuses "foo goes with its last member; it has hd1 hd2 hd4 hd5" "$thrctl" remove foo
	refuses "common has members: foo" "$thrctl" remove common
	"$thrctl" remove hd1 hd2 hd3 hd4 hd5 hd6
	"$thrctl" remove common
	equal "$(ls "$class")" "" "what is left"
}

# The unit as installed, but for the place of the program
unit() {
	need systemd-analyze
	local dir
	dir=$(mktemp -d)
	sed "s#/usr/sbin/thrctl#$thrctl#; /^Documentation=/d" "$tools/packaging/thr.service" >"$dir/thr.service"
	systemd-analyze verify "$dir/thr.service" 2>"$OUT/verify" || fail "$(cat "$OUT/verify")"
	test ! -s "$OUT/verify" || fail "$(cat "$OUT/verify")"
}

# complete WORD...: what the last word completes to
complete_words() {
	# shellcheck source=/dev/null
	. "$tools/thrctl.bash"
	compopt() { :; }
	COMP_WORDS=(thrctl "$@") COMP_CWORD=$#
	_thrctl
	printf '%s\n' "${COMPREPLY[*]}"
}

completes() {
	equal "$(complete_words sa)" save "what sa completes to"
	equal "$(complete_words create x /dev/null iops-r)" "iops-read= iops-read-max= iops-read-max-length=" "what iops-r completes to"
	disk named "$b1"
	equal "$(complete_words show nam)" named "what nam completes to"
	undisk named
}

# Every command is in the manual and in the help
documented() {
	local command
	for command in create group set remove show top save load; do
		grep -qE "^\.B (thrctl )?$command\$" "$tools/thrctl.8" || fail "the manual has no $command"
		"$thrctl" help | grep -q "^thrctl $command " || fail "the help has no $command"
	done
	need man
	man -l --warnings "$tools/thrctl.8" >/dev/null 2>"$OUT/man" || fail "$(cat "$OUT/man")"
	test ! -s "$OUT/man" || fail "$(cat "$OUT/man")"
}

plan 9
testcase "six commands make six disks in two groups and alone" six_commands
testcase "limits, weights, fairness and groups are set live" sets
testcase "what cannot be is refused with the reason" refusals
testcase "show and top show" shows
testcase "a saved configuration loads again" saves_and_loads
testcase "disks and groups are removed" removes
testcase "the systemd unit is valid" unit
testcase "commands, limits and names complete" completes
testcase "every command is documented" documented
