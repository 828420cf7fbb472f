#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In virtual time limits hold exactly, in every window, at any size of request, and are shared equally.
# EXTENDED=1: what takes many requests goes on for ten times as long.
# where: time-travel icount
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"
start
build_load
out=$(mktemp)
span=1 # s that are counted
[ -z "${EXTENDED:-}" ] || span=10

for i in 1 2 3 4 5 6 7 8; do
	null "nullb$i"
	backing=$node
	disk "hd$i" "$node"
	declare "n$i=$node" "t$i=$tuning" "b$i=$backing"
done

limit() { put "$2" "$disks/$1/limits"; }
no_groups() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		put "" "$disks/hd$i/group"
		tuning=t$i
		put 100 "${!tuning}/weight"
	done
}

# N1: after a second every window of 100 ms holds a tenth of the rate, and all wait equally long
n1() {
	limit hd1 "iops-total=$1"
	"$load" -s $((span + 1)) -k 1 -w 100 "$n1:16:4096:read:x" >"$out"
	near "$(field ops x "$out")" $((span * $1)) operations
	windows $(($1 / 10)) "$out"
	within $((16000000000 / $1 - late)) "$(field p50_ns x "$out")" $((16000000000 / $1 + late))
	within $((16000000000 / $1 - late)) "$(field p99_ns x "$out")" $((16000000000 / $1 + late))
	no_groups
	limit hd1 "iops-total=$1"
	# From the beginning: a tenth of a second's worth more
	"$load" -s $span "$n1:16:4096:read:x" >"$out"
	within $((span * $1 + $1 / 10 - slack)) "$(field ops x "$out")" $((span * $1 + $1 / 10 + 1 + slack))
	no_groups
}

# N2: the same for bytes, within the request that crosses the edge
n2() {
	limit hd1 "bps-total=$1"
	"$load" -s 10 -k 1 "$n1:16:65536:read:x" >"$out"
	within $((9 * $1 - 65536)) "$(field bytes x "$out")" $((9 * $1 + 65536))
	within $((16 * 65536 * 10000 / ($1 / 100000) - late)) "$(field p50_ns x "$out")" \
		$((16 * 65536 * 10000 / ($1 / 100000) + late))
	within 0 $(($(field p99_ns x "$out") - $(field p50_ns x "$out"))) "$late"
	no_groups
}

# N3: members of any depth get equal shares
n3() {
	local rate=$1 depth i=0 jobs=()
	shift
	for depth; do
		i=$((i + 1))
		put shared "$disks/hd$i/group"
		local n=n$i
		jobs+=("${!n}:$depth:4096:read:m$i")
	done
	put "iops-total=$rate" "$class/shared/limits"
	"$load" -s $((span + 1)) -k 1 "${jobs[@]}" >"$out"
	equal "$(jain ops "$out")" 1.0000 "Jain's index"
	for ((; i > 0; i--)); do
		within $((span * rate / $# - 1)) "$(field ops "m$i" "$out")" $((span * rate / $# + 1))
	done
	no_groups
}

n4() {
	limit hd1 "iops-read=1000 iops-write=200"
	"$load" -s 11 -k 1 "$n1:16:4096:read:r" "$n1:16:4096:write:w" >"$out"
	near "$(field ops r "$out")" 10000 reads
	near "$(field ops w "$out")" 2000 writes
	# One closed loop: its 16 slots fill with writes
	"$load" -s 11 -k 1 "$n1:16:4096:mix:m" >"$out"
	within 1990 "$(field writes m "$out")" 2010
	within 1850 "$(field reads m "$out")" 2150
	no_groups
}

n5() {
	limit hd1 "iops-total=100"
	"$load" -s 11 -k 1 "$n1:8:1048576:read:x" >"$out"
	near "$(field ops x "$out")" 1000 operations
	no_groups
}

n6() {
	limit hd1 "bps-write=10485760 iops-write=1000000"
	"$load" -s 11 -k 1 -w 100 "$n1:8:1048576:write:x" >"$out"
	windows 1 "$out"
	no_groups
}

burst() {
	limit hd1 "iops-total=100 iops-total-max=1000 iops-total-max-length=5"
	"$load" -s 10 -w 100 "$n1:16:4096:read:x" >"$out"
	within $((6000 - slack)) "$(field ops x "$out")" $((6001 + slack))
	windows 10 "$out" 56
	windows 100 "$out" 1 54
	no_groups
}

# T-ALL: every limit on its own, shared by 1, 2, 3 drives: each gets its part
t_all() {
	local drives limit i per jobs mode size
	for drives in 1 2 3; do
		for limit in bps-total bps-read bps-write iops-total iops-read iops-write; do
			jobs=()
			for ((i = 1; i <= drives; i++)); do
				put all "$disks/hd$i/group"
				local n=n$i
				mode="write"
				case $limit in *read | *total) mode="read" ;; esac
				jobs+=("${!n}:60:512:$mode:m$i")
			done
			case $limit in bps*) per=4096 size=512 ;; *) per=10 size=1 ;; esac
			put "$limit=$((per * drives))" "$class/all/limits"
			"$load" -s 5 "${jobs[@]}" >"$out"
			# 5 s of the limit, and the first 0.1 s of it, which may be shared unequally
			for ((i = 1; i <= drives; i++)); do
				within $((5 * per)) "$(($(field ops "m$i" "$out") * size + size))" \
					$((5 * per + per * drives / 10 + 2 * size))
			done
			no_groups
		done
	done
}

# T-ONE: one of three members alone may use the whole of any limit
t_one() {
	local i n limit mode
	for limit in bps-total bps-read bps-write iops-total iops-read iops-write; do
		mode="write"
		case $limit in *read | *total) mode="read" ;; esac
		for i in 1 2 3; do put all "$disks/hd$i/group"; done
		case $limit in
		bps*) put "$limit=$((30 * 512))" "$class/all/limits" ;;
		*) put "$limit=30" "$class/all/limits" ;;
		esac
		for i in 1 2 3; do
			n=n$i
			"$load" -s 6 -k 1 "${!n}:4:512:$mode:x" >"$out"
			near "$(field ops x "$out")" 150 "operations of drive $i under $limit"
		done
		no_groups
	done
}

# T-BURST: rate r, max 7 r, length 4, idle for 28 s: 4 s at 7 r, then r
t_burst() {
	local limit mode depth
	for limit in bps-total bps-read bps-write iops-total iops-read iops-write; do
		mode="write"
		case $limit in *read | *total) mode="read" ;; esac
		case $limit in bps*) rate=4096 size=512 ;; *) rate=10 size=1 ;; esac
		depth=16
		limit hd1 "$limit=$rate $limit-max=$((7 * rate)) $limit-max-length=4"
		sleep 28
		"$load" -s 10 -w 1000 "$n1:$depth:512:$mode:x" >"$out"
		per_window=$((7 * rate / size))
		awk -v n=$per_window '$1 == "window" && $3 < 4 { sum += $4 } END { exit !(sum >= 3.6 * n && sum <= 4.4 * n) }' \
			"$out" || fail "$limit: the burst is not 7 times the rate: $(cat "$out")"
		awk -v n=$((rate / size)) '$1 == "window" && $3 >= 5 { sum += $4 } END { exit !(sum >= 4.5 * n && sum <= 5.5 * n) }' \
			"$out" || fail "$limit: the rate after the burst is wrong: $(cat "$out")"
		no_groups
	done
}

alternation() {
	put both "$disks/hd1/group"
	put both "$disks/hd2/group"
	put "iops-total=5000" "$class/both/limits"
	"$load" -s 2 -k 1 "$n1:16:4096:read:r" "$n2:1:4096:write:w" >"$out"
	near "$(field ops r "$out")" 2500 reads
	near "$(field ops w "$out")" 2500 writes
	no_groups
}

bytes() {
	put g "$disks/hd1/group"
	put g "$disks/hd2/group"
	put "bps-total=10000000" "$class/g/limits"
	put bytes "$class/g/fairness"
	"$load" -s 11 -k 1 "$n1:16:262144:read:big" "$n2:4:4096:read:small" >"$out"
	awk '$1 == "jain_ops" { exit !($4 > 0.999) }' "$out" || fail "$(cat "$out")"
	no_groups
}

weights() {
	put g "$disks/hd1/group"
	put g "$disks/hd2/group"
	put "iops-total=1000" "$class/g/limits"
	put 300 "$t2/weight"
	"$load" -s 11 -k 1 "$n1:16:4096:read:one" "$n2:16:4096:read:three" >"$out"
	within 2499 "$(field ops one "$out")" 2501
	within 7499 "$(field ops three "$out")" 7501
	no_groups
}

# 2000, 2500 and 3000 of their own under a common 4000
parent() {
	local i
	mkdir "$groups/common"
	put "iops-total=4000" "$groups/common/limits"
	for i in 1 2 3; do
		limit "hd$i" "iops-total=$((1500 + 500 * i))"
		put common "$class/hd$i/parent"
	done
	"$load" -s $((span + 1)) -k 1 "$n1:16:4096:read:x" "$n2:16:4096:read:y" "$n3:16:4096:read:z" >"$out"
	equal "$(jain ops "$out")" 1.0000 "Jain's index"
	within $((span * 4000 - 2)) $(($(field ops x "$out") + $(field ops y "$out") + $(field ops z "$out"))) \
		$((span * 4000 + 2))
	# Alone, each has its own limit
	"$load" -s $((span + 1)) -k 1 "$n2:16:4096:read:y" >"$out"
	near "$(field ops y "$out")" $((span * 2500)) operations
	no_groups
	rmdir "$groups/common"
}

# Six commands; the disks get the numbers they had
seed_example() {
	local i thrctl=$_here/../../tools/thrctl
	for i in 1 2 3 4 5 6; do undisk "hd$i"; done
	make() { "$thrctl" create "$@"; }
	[ "$n1" != "$b1" ] || make() { "$thrctl" attach "$2" "name=$1" "${@:3}" >/dev/null; }
	make hd1 "$b1" group=foo iops-total=6000
	make hd2 "$b2" group=foo
	make hd3 "$b3" group=bar iops-total=3000
	make hd4 "$b4" group=foo
	make hd5 "$b5" group=bar
	make hd6 "$b6" iops-total=5000
	"$load" -s $((span + 1)) -k 1 "$n1:16:4096:read:hd1" "$n2:4:4096:read:hd2" "$n3:16:4096:read:hd3" "$n4:8:4096:read:hd4" \
		"$n5:1:4096:read:hd5" "$n6:16:4096:read:hd6" >"$out"
	awk '$1 == "job" { printf "%s %d IOPS\n", $2, $4 / span }' span=$span "$out"
	for i in 1 2 4; do within $((span * 2000 - 1)) "$(field ops "hd$i" "$out")" $((span * 2000 + 1)); done
	for i in 3 5; do within $((span * 1500 - 1)) "$(field ops "hd$i" "$out")" $((span * 1500 + 1)); done
	near "$(field ops hd6 "$out")" $((span * 5000)) "hd6"
	no_groups
}

# Nothing was lost on the way: no request waits, none failed
accounts() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		tuning=t$i
		awk '{ exit $3 != 0 }' "${!tuning}/throttled_read" || fail "hd$i: reads wait"
		awk '{ exit $3 != 0 }' "${!tuning}/throttled_write" || fail "hd$i: writes wait"
		awk '{ exit $3 + $4 != 0 }' "${!tuning}/stat_read" || fail "hd$i: reads failed"
	done
}

plan 25
for rate in 100 1000 5000; do testcase "N1: $rate IOPS hold in every window" n1 "$rate"; done
for rate in 1000000 10000000 50000000; do testcase "N2: $rate bytes a second hold" n2 "$rate"; done
for rate in 1000 5000; do
	testcase "N3: two members at $rate IOPS" n3 "$rate" 1 16
	testcase "N3: four members at $rate IOPS" n3 "$rate" 1 4 8 16
	testcase "N3: eight members at $rate IOPS" n3 "$rate" 1 1 2 2 4 8 16 16
done
testcase "N4: reads and writes have limits of their own" n4
testcase "N5: a request of 1 MiB is one request" n5
testcase "N6: requests of 1 MiB leave one by one" n6
testcase "a burst is as long and high as configured" burst
testcase "T-ALL: each limit is shared by one, two and three drives" t_all
testcase "T-ONE: one drive alone may use the whole limit" t_one
testcase "T-BURST: after a pause there is a burst, then the rate" t_burst
testcase "reads and writes alternate under a total limit" alternation
testcase "fairness by bytes shares bytes" bytes
testcase "weights divide the rate" weights
testcase "disks have limits of their own under a common one" parent
testcase "six disks in two groups and alone get what they are promised" seed_example
testcase "no request was lost" accounts
