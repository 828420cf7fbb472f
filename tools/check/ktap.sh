# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A few lines of KTAP for checks that run on the host. Sourced.
number=0 failed=0

# plan: the head of the document; there are as many results as lines of the script that begin with "report". All scripts are in
# tools/check and run at the top of the tree.
plan() { printf 'KTAP version 1\n1..%d\n' "$(grep -c '^report ' "tools/check/$(basename "$0")")"; }

# report SENTENCE COMMAND...: one result; what the command says is shown when it fails. With status 4 it is skipped, and the
# last line says why. A function runs under "set -e": the first command in it that fails fails it.
report() {
	local sentence=$1 said status
	shift
	number=$((number + 1))
	set +e # an "if" would switch it off inside as well
	said=$(
		set -e
		"$@" 2>&1
	)
	status=$?
	set -e
	if [ "$status" -eq 0 ]; then
		printf 'ok %d - %s\n' "$number" "$sentence"
	elif [ "$status" -eq 4 ]; then
		printf 'ok %d - %s # SKIP %s\n' "$number" "$sentence" "$(tail -n 1 <<<"$said")"
	else
		failed=1
		printf '%s\n' "$said" | tail -n 60 | sed 's/^/# /'
		printf 'not ok %d - %s\n' "$number" "$sentence"
	fi
}
