#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Load every *_kunit module of the build and hand on what its suites reported. With few processes: this is the inner loop.
# where: uml debug
# time: long
. "$(dirname "$0")/../lib.sh"
results=/sys/kernel/debug/kunit

# by their sources, so that a module that is no longer built is missed
mapfile -t modules < <(find "$(dirname "$0")/../.." -path '*/build/*' -prune -o -name "*${KUNIT:-}*_kunit.c" -printf '%f\n' |
	sed 's/\.c$//' | LC_ALL=C sort)
[ ${#modules[@]} -gt 0 ] || skip "the build has no such module"

# they hold on to what they test, which later scripts want to unload
put_away() {
	local module loaded=()
	for module in "${modules[@]}"; do
		[ ! -e "/sys/module/$module" ] || loaded+=("$module")
	done
	[ ${#loaded[@]} -eq 0 ] || rmmod "${loaded[@]}"
}
defer put_away

# results_of MODULES FILE...: the suites of each, from a file a suite, as subtests. A module without a suite has failed, and
# so has a suite without an "ok" line of its own and of a case. Exit status: how many failed
results_of() {
	awk -v modules="$1" '
	FNR == 1 { module = passed = text = "" }
	FNR < 3 { next }
	/# module: / { module = $NF }
	/^ +ok / { passed = 1 }
	/^(not )?ok 1 / {
		failed[module] += !passed || /^not/
		sub(/ok 1 /, "ok " ++count[module] " - ")
		all[module] = all[module] text "    " $0 "\n"
	}
	{ text = text "    " $0 "\n" }
	END {
		n = split(modules, names)
		for (i = 1; i <= n; i++) {
			name = names[i]
			bad = failed[name] || !count[name]
			printf "    KTAP version 1\n    1..%d\n%s%sok %d - %s\n", count[name], all[name], bad ? "not " : "", i, name
			sum += bad
		}
		exit sum
	}' "${@:2}"
}

plan $((${#modules[@]} + 1))
_mark_log
modprobe -a "${modules[@]}" 2>&1 | sed 's/^/# /'
results_of "${modules[*]}" $results/*/results || _failed=$?
_count=$((${#modules[@]} + 1))
if _bad_log; then
	_failed=$((_failed + 1))
	printf 'not '
fi
printf 'ok %d - the log holds no complaint\n' $_count
