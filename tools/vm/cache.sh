# SPDX-License-Identifier: GPL-2.0
# Where built kernels and unpacked packages are kept: outside the checkout, shared by all of them. Sourced.
MEZZANINE_CACHE=${MEZZANINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mezzanine}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# with_lock NAME COMMAND...: one process at a time makes an entry of the cache
with_lock() {
	local name=$1
	shift
	mkdir -p "$MEZZANINE_CACHE"
	(
		flock 9
		"$@"
	) 9>"$MEZZANINE_CACHE/$name.lock"
}
