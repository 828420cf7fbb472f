# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A few lines of KTAP for checks that run on the host. Sourced.
number=0 failed=0

# report SENTENCE COMMAND...: one result; what the command says is shown when it fails
report() {
	local sentence=$1 said
	shift
	number=$((number + 1))
	if said=$("$@" 2>&1); then
		printf 'ok %d - %s\n' "$number" "$sentence"
	else
		failed=1
		printf '%s\n' "$said" | tail -n 60 | sed 's/^/# /'
		printf 'not ok %d - %s\n' "$number" "$sentence"
	fi
}
