# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packages of another Debian release than the machine's: apt with lists of its own in the cache, from the mirrors that the
# machine's apt uses, signed by the keys in Debian's keyring. Sourced, after cache.sh.

# suite_of KERNEL: where Debian keeps a kernel
suite_of() {
	case $1 in
	*+deb12* | 6.1 | 6.1[-.]*) echo bookworm ;;
	*+deb13* | 6.12 | 6.12[-.]*) echo trixie ;;
	*) echo trixie-backports ;;
	esac
}

# mirror LABEL DEFAULT: where the machine's apt gets Debian or Debian-Security from
mirror() {
	local found
	# shellcheck disable=SC2016
	found=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$1|//p" | head -n 1)
	echo "${found:-$2}"
}

# sources SUITE: what would be in sources.list
sources() {
	local release=${1%-backports} keys=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$keys] $(mirror Debian http://deb.debian.org/debian) $1 main"
	[ "$1" != "$release" ] ||
		echo "deb [signed-by=$keys] $(mirror Debian-Security http://deb.debian.org/debian-security) $1-security main"
}

make_suite() { # SUITE DIRECTORY
	local dir=$2
	mkdir -p "$dir"/{lists,archives}/partial "$dir/parts"
	touch "$dir/status"
	cat >"$dir/apt.conf" <<-END
		APT::Sandbox::User "root";
		Debug::NoLocking "true";
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "$dir/parts";
		Dir::State::Lists "$dir/lists";
		Dir::State::Status "$dir/status";
		Dir::Cache "$dir";
		Dir::Cache::Archives "$dir/archives";
	END
	sources "$1" >"$dir/sources.new"
	cmp -s "$dir/sources.new" "$dir/sources.list" || rm -f "$dir/updated"
	mv "$dir/sources.new" "$dir/sources.list"
	[ -z "$(find "$dir/updated" -mmin -1440 2>/dev/null)" ] || return 0
	if APT_CONFIG=$dir/apt.conf apt-get -qq --error-on=any update 2>"$dir/update.log"; then
		touch "$dir/updated"
	else
		say "apt could not fetch the package lists of Debian's $1: $(sed -n 's/^E: //p' "$dir/update.log" | head -n 1)"
	fi
}

# use_suite SUITE: from here on apt knows the packages of that suite and no others; their lists are at most a day old if
# they could be fetched
use_suite() {
	suite=$1
	with_lock "apt-$suite" make_suite "$suite" "$MEZZANINE_CACHE/apt-$suite"
	export APT_CONFIG=$MEZZANINE_CACHE/apt-$suite/apt.conf
}
