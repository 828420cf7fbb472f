# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the runners of UML and QEMU have in common: stage the modules, write the job, watch the run. Sourced.
top=$(readlink -f "$here/../..")

# stage_modules TREE KERNEL_MODULES: a /lib/modules for the guest in TREE/root: the kernel's own and ours in updates/
stage_modules() {
	local tree=$1 kernel=$2 version dir
	version=$(basename "$kernel")
	dir=$tree/root/lib/modules/$version
	mkdir -p "$dir"
	ln -sfn "$kernel/kernel" "$dir/kernel"
	ln -sf "$kernel"/modules.order "$kernel"/modules.builtin* "$dir/"
	rm -rf "$dir/updates.new"
	mkdir "$dir/updates.new"
	find "$tree" -path "$tree/root" -prune -o -name '*.ko' -exec ln -s -t "$dir/updates.new" {} +
	if [ -e "$dir/modules.dep" ] && [ -d "$dir/updates" ] &&
		[ "$(ls "$dir/updates")" = "$(ls "$dir/updates.new")" ] &&
		[ -z "$(find -L "$dir/updates" -newer "$dir/modules.dep" -name '*.ko')" ]; then
		rm -rf "$dir/updates.new"
		return
	fi
	rm -rf "$dir/updates"
	mv "$dir/updates.new" "$dir/updates"
	depmod -b "$tree/root" "$version" || die "depmod failed for $version"
}

# select_tests WHERE [PATTERN]: the scripts below selftests/ that name WHERE in their "where:" line, sorted
select_tests() {
	local where=$1 pattern=${2:-} script
	find "$top/selftests" -mindepth 2 -name '*.sh' | LC_ALL=C sort | while read -r script; do
		case $script in *"$pattern"*) ;; *) continue ;; esac
		if grep -qE "^# where:.* $where( |\$)" "$script"; then
			printf '%s\n' "${script#"$top/selftests/"}"
		fi
	done
}

# write_job FILE TTY MODULES OUT COMMAND...: variables whose names are in $pass go along
write_job() {
	local file=$1 tty=$2 modules=$3 out=$4 name
	shift 4
	{
		printf 'JOB_TTY=%q JOB_MODULES=%q JOB_OUT=%q JOB_DIR=%q JOB_SHELL=%q\n' "$tty" "$modules" "$out" "$top" \
			"${shell:-}"
		printf 'JOB_KEEP=(%q %q)\n' "$top" "$MEZZANINE_CACHE"
		printf 'JOB_COMMAND=('
		printf '%q ' "$@"
		printf ')\n'
		for name in $pass; do
			[ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"
		done
	} >"$file"
}

# guest_status DIR: the exit status that the guest's command left there; 125 if the guest never got so far
guest_status() {
	local status
	status=$(cat "$1/status" 2>/dev/null) || true
	grep -q 'reboot: Power down' "$log" || status=125
	echo "${status:-125}"
}

# The kernel's log of a run is kept in $log; say where, when the run did not end well.
report_log() {
	local status=$1
	[ "$status" -ne 0 ] || return 0
	say "# the run failed (status $status); the kernel's log is $log, its last lines:"
	tail -n 15 "$log" | sed 's/^/#   /' >&2
}
