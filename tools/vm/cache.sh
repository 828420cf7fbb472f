# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
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

# fetch_deb PACKAGE DIRECTORY: download a Debian package and unpack it there; neither root nor an installation
fetch_deb() {
	local scratch
	scratch=$(mktemp -d)
	chmod 755 "$scratch" # apt downloads as its own user
	(cd "$scratch" && apt-get -qq download "$1" 2>apt.log) || {
		say "$(cat "$scratch/apt.log")"
		die "apt could not download $1"
	}
	dpkg-deb -x "$scratch"/*.deb "$2"
	rm -rf "$scratch"
}
