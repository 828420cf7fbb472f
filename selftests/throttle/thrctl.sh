#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# thrctl does what its manual says; what it refuses it refuses with a sentence, and leaves nothing half-made.
# where: uml qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
tools=$(readlink -f "$(dirname "$0")/../../tools")
thrctl=$tools/thrctl
need python3 awk setpriv
start
for i in 1 2 3 4 5 6 7; do
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

# a value with a fraction, and the names of QEMU and libvirt
speaks_their_languages() {
	"$thrctl" create other "$b7" iops=1.5k bps_rd=10MiB bps_rd_max=20MB
	is "bps-read=10485760 bps-read-max=20000000 iops-total=1500" "$class/other/limits"
	"$thrctl" set other total_iops_sec=2k read_bytes_sec=0 read_bytes_sec_max=0 size_iops_sec=4KiB
	is "iops-total=2000 iops-size=4096" "$class/other/limits"
	"$thrctl" remove other
}

refusals() {
	refuses "exclude each other" "$thrctl" set foo iops-read=5
	refuses '"12x" is not a number' "$thrctl" set foo iops-total=12x
	refuses '"-5" is not a number that is not negative' "$thrctl" set foo iops-total=-5
	refuses '"" is not a number' "$thrctl" set foo iops-total=
	refuses "1.0005k is not a whole number" "$thrctl" set foo iops-total=1.0005k
	refuses "too large" "$thrctl" set foo iops-total=99999999999T
	refuses "iopz: there is no such limit or setting" "$thrctl" set foo iopz=5
	refuses '"iops-total" is not KEY=VALUE' "$thrctl" set foo iops-total
	refuses "only a group has it" "$thrctl" set hd1 parent=foo
	refuses "only a disk has it" "$thrctl" set foo group=x
	refuses "there is no group called" "$thrctl" set foo parent=nonesuch
	refuses "not a whole number from 1 to 10000" "$thrctl" set hd1 weight=0
	refuses "none of requests, bytes" "$thrctl" set foo fairness=abc
	refuses "none of full, one, none" "$thrctl" set hd1 discard-cost=free
	refuses "do not rise" "$thrctl" set hd1 boundaries=read=5,4
	refuses "not a whole number from 1" "$thrctl" set hd1 intervals=0
	refuses "is no name" "$thrctl" set hd1 group=.bad
	refuses "there is no disk or group called nobody" "$thrctl" set nobody iops-total=5
	refuses "there is no disk or group called nobody" "$thrctl" show hd1 nobody
	refuses "there is a disk called hd1 already" "$thrctl" create hd1 "$b7"
	exec 7<"/dev/$(cat "$disks/hd1/device")"
	refuses "in use" "$thrctl" remove hd1
	refuses "foo goes with its last member; it has hd1 hd2 hd4" "$thrctl" remove foo
	exec 7<&-
}

# each of these failed at another step
leaves_nothing() {
	local settings group
	for settings in "$b7 iops-total=1.5x" "$b7 group=.bad" "$b7 iops-total=5 iops-read=5" "$b7 weight=0" "$b7 read-only=maybe" \
		"$b7 boundaries=read=5,4" "/dev/nonesuch iops-total=5" "/dev/null iops-total=5" "$b1 group=fresh iops-total=5"; do
		# shellcheck disable=SC2086
		if "$thrctl" create x $settings 2>"$OUT/said"; then
			fail "made with $settings"
		fi
		equal "$(wc -l <"$OUT/said")" 1 "number of lines said of $settings"
		! grep -qE 'error -?[0-9]+|Traceback|unbound' "$OUT/said" || fail "$(cat "$OUT/said")"
		test ! -e "$disks/x" || fail "a disk is left by $settings"
		for group in x fresh; do
			test ! -e "$class/$group" || fail "a group is left by $settings"
		done
	done
}

# of several settings the last is refused
sets_all_or_nothing() {
	local before
	before=$(everything)
	refuses "exclude each other" "$thrctl" set hd1 group=bar weight=7 read-only=0 iops-total=3000 iops-read=5
	equal "$(everything)" "$before" "configuration after a refusal of a limit"
	refuses "cannot change while the disk is live" "$thrctl" set hd6 group=foo read-only=1
	equal "$(everything)" "$before" "configuration after hd6 had left its group, and with it the last member"
}

# a user who may not even see the checkout
public=$(mktemp -d)
cp "$thrctl" "$tools/ctllib.py" "$public/"
chmod 755 "$public"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$public/$1" "${@:2}"; }

needs_root() {
	refuses "only root may do that" as_nobody thrctl create x "$b7"
	refuses "only root may do that" as_nobody thrctl group x
	refuses "only root may do that" as_nobody thrctl set foo iops-total=5
	refuses "only root may do that" as_nobody thrctl remove hd6
	refuses "cannot write /x" as_nobody thrctl save /x
	as_nobody thrctl show | grep -q '^disk hd6'
	as_nobody thrctl top -n 1 -d 0.1 | grep -q '^hd6'
}

without_module() {
	unload thr
	# one that cannot be loaded: what a user sees who has no rights
	refuses "load the module thr as root" as_nobody thrctl show
	refuses "load the module thr as root" as_nobody thrctl create x "$b1"
	as_nobody thrctl top -n 1 -d 0.1 | grep -q 'module thr is not loaded'
	load thr
	"$thrctl" top -n 1 -d 0.1 | grep -q 'no disk is live'
	test -z "$("$thrctl" show)"
}

shows() {
	"$thrctl" show >"$OUT/show"
	grep -q "^group foo weight=100 fairness=bytes: iops-total=10000" "$OUT/show"
	grep -q "^disk hd6 /dev/thr[0-9]* on $b6 group=hd6" "$OUT/show"
	"$thrctl" list | grep -qE "^hd6 +/dev/thr[0-9]+ +$b6 +hd6 +bps-total=10485760 iops-total=5000"
	"$thrctl" show --json hd6 foo | python3 -c '
import json, sys
state = json.load(sys.stdin)
groups, (disk,) = {group["name"]: group for group in state["groups"]}, state["disks"]
foo = groups["foo"]
assert sorted(foo["members"]) == ["hd1", "hd2", "hd4", "hd5"] and foo["limits"]["iops-total-max-length"] == 3, foo
assert disk["live"] and disk["limits"]["iops-total"] == 5000 and disk["statistics"]["read"]["failed"] == 0, disk'
	"$thrctl" top -n 1 -d 0.2 >"$OUT/top"
	grep -q "^hd6  *hd6 " "$OUT/top"
	grep -q "^(all)  *foo " "$OUT/top"
	refuses "number above 0" "$thrctl" top -n 1 -d 0
	refuses "number above 0" "$thrctl" top -n x
	refuses "number above 0" "$thrctl" top -d nan
	"$thrctl" show | head -n 1 >/dev/null
	equal "${PIPESTATUS[*]}" "0 0" "status of one who is not read to the end"
}

# Every line is a sample of a metric whose type was announced; the numbers are those of sysfs
metrics() {
	local file
	file=$(mktemp -d)/thr.prom
	"$thrctl" create fresh "$b7" iops-total=1M
	dd if="/dev/$(cat "$disks/fresh/device")" of=/dev/null bs=4096 count=10 iflag=direct 2>/dev/null
	"$thrctl" metrics -o "$file"
	"$thrctl" metrics | diff "$file" - | grep -E '^[<>]' | grep -v next_seconds && fail "metrics differ"
	awk '
		/^# TYPE [a-z_]+ (counter|gauge)$/ { type[$3] = $4; next }
		/^# HELP [a-z_]+ ./ { next }
		match($0, /^[a-z_]+/) && substr($0, 1, RLENGTH) in type && /^[a-z_]+\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\} [0-9.e+-]+$/ { n++; next }
		{ print "odd: " $0; bad = 1 }
		END { exit bad || n < 50 }' "$file" || fail "no valid text"
	grep -qx 'thr_group_limit{group="foo",limit="iops-total"} 10000' "$file"
	grep -qx 'thr_disk_operations_total{disk="fresh",group="fresh",type="read"} '"$(awk '{ print $1 }' "/sys/block/$(cat "$disks/fresh/device")/thr/stat_read")" "$file"
	test "$(awk '{ print $1 }' "/sys/block/$(cat "$disks/fresh/device")/thr/stat_read")" -ge 10
	equal "$(find "${file%/*}" -type f | wc -l)" 1 "files left"
	"$thrctl" remove fresh
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
	# again, onto what is there, after it was changed
	"$thrctl" set foo iops-total-max-length=9 fairness=requests weight=9
	"$thrctl" set hd2 weight=5 boundaries= intervals=7
	"$thrctl" load "$saved"
	everything | diff "$saved.before" -
	is 300 "/sys/block/$(cat "$disks/hd2/device")/thr/weight"
	is "read=1000,1000000 write=5 flush=1000,1000000 discard=1000,1000000" "/sys/block/$(cat "$disks/hd2/device")/thr/boundaries"
	equal "$(cd "$groups" && echo *)" "common empty" "groups with a directory"
	"$thrctl" remove empty
}

# A file of which some lines are wrong: the others are carried out, and each that is not is named
loads_what_it_can() {
	local conf status=0
	conf=$(mktemp)
	printf '%s\n' "# comment" "group late iops-total=1k" "create a /dev/nonesuch" "create b $b1 group=late # comment" "remove b" \
		"create c" "create d $b2 iops-total=5z" "set late iops-total=2k" "create 'e $b3" >"$conf"
	printf 'create last %s group=late' "$b4" >>"$conf" # no newline behind it
	"$thrctl" load -w 1 "$conf" 2>"$OUT/said" || status=$?
	equal "$status" 1 "exit status"
	for line in 3 5 6 7 9; do
		grep -q "^thrctl: $conf:$line: " "$OUT/said" || fail "nothing is said of line $line: $(cat "$OUT/said")"
	done
	grep -q "5 lines of $conf could not be carried out" "$OUT/said"
	equal "$(cd "$disks" && echo *)" "b last" "disks"
	is "iops-total=2000" "$class/late/limits"
	status=0
	"$thrctl" load -w 1 "$conf" 2>/dev/null || status=$?
	equal "$status" 1 "exit status of the second time"
	equal "$(cd "$disks" && echo *)" "b last" "disks after the second time"
	refuses "cannot read /nonesuch" "$thrctl" load /nonesuch
	printf 'create b %s' "$b2" >"$conf"
	refuses "there is a disk called b already, on $b1" "$thrctl" load "$conf"
	clear_thr
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

# complaints SED_SCRIPT: what systemd says of the unit as installed, but for the place of the program and what the script
# changes. What it says of other packages' units is not ours to judge.
complaints() {
	sed "s#/usr/sbin/thrctl#$thrctl#; /^Documentation=/d; $1" "$tools/packaging/thr.service" >"$dir/thr.service"
	systemd-analyze verify "$dir/thr.service" 2>&1 | tee "$OUT/verify" | sed -n "/thr\.service/p"
}

# beside another package's unit, which is started before ours and has a word that does not exist
unit() {
	need systemd-analyze
	local dir system=/run/systemd/system
	dir=$(mktemp -d)
	mkdir -p $system/local-fs-pre.target.wants
	printf '[Service]\nExecStrat=/bin/true\nExecStart=/bin/true\n' >$system/other.service
	ln -s ../other.service $system/local-fs-pre.target.wants/
	equal "$(complaints "")" "" "what is wrong with the unit"
	grep -q "other.service.*ExecStrat" "$OUT/verify"
	complaints "s/^Type=oneshot/Type=oneshto/" | grep -q oneshto
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
	PATH=$tools:$PATH
	equal "$(complete_words sa)" save "what sa completes to"
	equal "$(complete_words create x /dev/null iops-r)" "iops-read= iops-read-max= iops-read-max-length=" "what iops-r completes to"
	equal "$(complete_words set x fair)" "fairness=" "what fair completes to"
	disk named "$b1"
	equal "$(complete_words show nam)" named "what nam completes to"
	undisk named
}

# Every command is in the manual and in the help, and so is every option and setting
documented() {
	local command word
	for command in create attach detach group set remove show list top save load metrics; do
		grep -qE "^\.B (thrctl )?$command\$" "$tools/thrctl.8" || fail "the manual has no $command"
		"$thrctl" --help | grep -q "^ *$command  " || fail "the help has no $command"
		equal "$(complete_words "$command")" "$command" "what $command completes to"
	done
	for word in $(PATH=$tools:$PATH thrctl complete both); do
		case $word in *-max=* | *-max-length=*) continue ;; esac
		sed 's/[\]//g' "$tools/thrctl.8" | grep -q -- "${word%=}" || fail "the manual has no $word"
	done
	need man
	man -l --warnings "$tools/thrctl.8" >/dev/null 2>"$OUT/man" || fail "$(cat "$OUT/man")"
	test ! -s "$OUT/man" || fail "$(cat "$OUT/man")"
}

plan 16
testcase "six commands make six disks in two groups and alone" six_commands
testcase "limits, weights, fairness and groups are set live" sets
testcase "numbers have fractions and units, limits the names of QEMU and libvirt" speaks_their_languages
testcase "what cannot be is refused with the reason" refusals
testcase "a disk that cannot be made leaves one sentence and nothing else" leaves_nothing
testcase "of several settings all are made, or none" sets_all_or_nothing
testcase "who is not root is told so, and may look" needs_root
testcase "show, list and top show" shows
testcase "metrics are Prometheus text" metrics
testcase "a saved configuration loads again, onto nothing and onto another one" saves_and_loads
testcase "disks and groups are removed" removes
testcase "a file with wrong lines is loaded but for these, each of which is named" loads_what_it_can
testcase "without the module, without disks" without_module
testcase "the systemd unit is valid" unit
testcase "commands, limits and names complete" completes
testcase "every command is documented" documented
