#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Load every *_kunit module of the build and hand on what its suites reported.
# where: uml debug
# time: long
. "$(dirname "$0")/../lib.sh"
results=/sys/kernel/debug/kunit

# by their sources, so that a module that is no longer built is missed
mapfile -t modules < <(find "$(dirname "$0")/../.." -path '*/build/*' -prune -o -name "*${KUNIT:-}*_kunit.c" -printf '%f\n' |
	sed 's/\.c$//' | LC_ALL=C sort)

# suites of one module, as subtests; a module that brings no suite, or a suite without an "ok" line, has failed
suites_of() {
	local module=$1 suite before after count=0 failed=0
	before=$(ls $results 2>/dev/null)
	if ! modprobe "$module" 2>&1 | sed 's/^/    # /' || [ ! -d "/sys/module/${module//-/_}" ]; then
		printf '    KTAP version 1\n    1..1\n    not ok 1 - %s loads\n' "$module"
		return 1
	fi
	after=$(comm -13 <(echo "$before") <(ls $results) | grep .)
	printf '    KTAP version 1\n    1..%d\n' "$(echo "$after" | grep -c .)"
	for suite in $after; do
		count=$((count + 1))
		sed -n '3,$p' "$results/$suite/results" | sed "s/^ok 1 /ok $count - /; s/^not ok 1 /not ok $count - /; s/^/    /"
		grep -q "^ok 1 " "$results/$suite/results" || failed=1
		grep -qE "^ +ok " "$results/$suite/results" || failed=1
	done
	[ -n "$after" ] && [ $failed -eq 0 ]
}

[ ${#modules[@]} -gt 0 ] || skip "the build has no such module"
plan ${#modules[@]}
for module in "${modules[@]}"; do
	_count=$((_count + 1))
	_mark_log
	verdict=ok
	suites_of "$module" || verdict="not ok"
	! _bad_log || verdict="not ok"
	[ "$verdict" = ok ] || _failed=$((_failed + 1))
	printf '%s %d - %s\n' "$verdict" "$_count" "$module"
done

# they hold on to what they test, which later scripts want to unload
for module in "${modules[@]}"; do
	rmmod "$module"
done
