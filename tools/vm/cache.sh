# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Where built kernels and unpacked packages are kept: outside the checkout, shared by all of them. Sourced.
MEZZANINE_CACHE=${MEZZANINE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mezzanine}
MEZZANINE_CACHE=$(realpath -m -s -- "$MEZZANINE_CACHE")

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# the kernel's own build can do nothing with such a path
case $MEZZANINE_CACHE in *[[:space:]:]*)
	die "kernels cannot be built in $MEZZANINE_CACHE: set MEZZANINE_CACHE to a path without spaces and colons"
	;;
esac

# make_cache: see that the cache is there and can be written
make_cache() {
	{ mkdir -p "$MEZZANINE_CACHE" && [ -w "$MEZZANINE_CACHE" ]; } 2>/dev/null ||
		die "$MEZZANINE_CACHE cannot be written: set MEZZANINE_CACHE to a directory that can"
}

# with_lock NAME COMMAND...: one process at a time makes an entry of the cache
with_lock() {
	local name=$1
	shift
	make_cache
	(
		flock 9
		"$@"
	) 9>"$MEZZANINE_CACHE/$name.lock"
}

# cached NAME FILES MEGABYTES MADE_OF FUNCTION: see that the cache has an entry that FUNCTION has made, and set $entry to its
# directory. FUNCTION fills $entry; it may die. MADE_OF is a text that names all that the entry depends on but FUNCTION
# itself. FILES are the entry's most important ones, MEGABYTES is what it needs while it is made.
#
# The entry is called NAME and a hash of what it was made of, so that two checkouts can use one cache. It is complete when
# $entry/.complete says what it was made of and what FILES were then; if not, it is made again: from the start, or where
# FUNCTION can go on with what it had done when it was interrupted (but not with what it failed of), and $goes_on is set,
# from there.
cached() {
	local name=$1 files=$2 megabytes=$3 made_of
	made_of=$(printf '%s\n' "$4" "in $MEZZANINE_CACHE" && declare -f "$5" fetch_deb)
	entry=$MEZZANINE_CACHE/$name-$(sha256sum <<<"$made_of" | cut -c 1-12)
	entry_is_complete || with_lock "$(basename "$entry")" make_entry "$5"
}

# latest_entry NAME: the directory of the newest entry of that name that was once complete; nothing if there is none
latest_entry() {
	find "$MEZZANINE_CACHE" -mindepth 2 -maxdepth 2 -path "$MEZZANINE_CACHE/$1-????????????/.complete" -printf '%T@ %h\n' \
		2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

entry_is_complete() {
	local expected
	expected=$(description) && [ "$(cat "$entry/.complete" 2>/dev/null)" = "$expected" ]
}

# description: what .complete must say; nothing if a file is missing
description() {
	# shellcheck disable=SC2086
	(cd "$entry" && stat -L -c '%n: %s bytes of %Y' $files && printf '%s\n' "$made_of") 2>/dev/null
}

make_entry() {
	entry_is_complete && return # while we waited
	if [ -n "${goes_on:-}" ] && [ "$(cat "$entry/.begun" 2>/dev/null)" = "$made_of" ]; then
		say "going on with ${entry##*/}, which was interrupted"
	else
		rm -rf "$entry"
		[ "$(megabytes_free)" -ge "$megabytes" ] ||
			die "the cache $MEZZANINE_CACHE needs $megabytes MB, and $(megabytes_free) MB are free on its disk"
		mkdir "$entry"
		printf '%s\n' "$made_of" >"$entry/.begun"
	fi
	trap give_up EXIT
	trap 'interrupted=yes; exit 1' INT TERM HUP
	"$1"
	rm "$entry/.begun"
	description >"$entry/.complete" || die "$entry was made without $files"
	trap - EXIT
}

give_up() {
	[ "$(megabytes_free)" -ge 10 ] || say "error: the disk of the cache $MEZZANINE_CACHE is full"
	if [ -z "${goes_on:-}" ] || [ -z "${interrupted:-}" ]; then rm -rf "$entry"; fi
}

megabytes_free() { echo $(($(df --output=avail -B 1M "$MEZZANINE_CACHE" | tail -n 1))); }

suite= # set by use_suite of suite.sh: whose packages apt knows, if not the machine's

# ask_apt ARGUMENT...: what apt-cache answers, which takes it a second; kept until apt's lists or sources change
ask_apt() {
	local file=$MEZZANINE_CACHE/apt-cache${suite:+-}$suite/${*//[^a-zA-Z0-9.+-]/_} lists=/var/lib/apt/lists new
	[ -z "$suite" ] || lists=$MEZZANINE_CACHE/apt-$suite/lists
	if [ ! -s "$file" ] || [ -n "$(find "$lists" /etc/apt -newer "$file" -print -quit 2>/dev/null)" ]; then
		new=$file.$BASHPID # named here, for a command that is redirected has a number of its own
		{ mkdir -p "${file%/*}" && apt-cache "$@" >"$new" && mv "$new" "$file"; } 2>/dev/null || {
			rm -f "$new"
			apt-cache "$@" 2>/dev/null || true
			return
		}
	fi
	cat "$file"
}

# own_series: which kernels the machine's Debian has, 6.1 or 6.12
own_series() {
	local found
	found=$(ask_apt depends --important linux-image-amd64 | sed -nE 's/^ *Depends: linux-image-([0-9]+\.[0-9]+).*/\1/p' | tail -n 1)
	echo "${found:-6.12}"
}

# fetch_deb PACKAGE DIRECTORY: download a Debian package and unpack it there; neither root nor an installation
fetch_deb() {
	local scratch=$2/download
	mkdir "$scratch"
	(cd "$scratch" && apt-get -qq download "$1" >apt.log 2>&1) ||
		die "apt could not download $1: $(sed -n 's/^E: //p' "$scratch/apt.log" | head -n 1); if its lists are old, run 'apt-get update'"
	dpkg-deb -x "$scratch"/*.deb "$2"
	rm -rf "$scratch"
}
