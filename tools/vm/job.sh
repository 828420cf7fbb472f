# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the runners of UML and QEMU have in common: stage the modules, write the job, watch the run. Sourced.
top=$(readlink -f "$here/../..")

# stage_modules TREE KERNEL_MODULES: a /lib/modules for the guest in TREE/root: the kernel's own and ours in updates/. One
# run at a time: make check has two.
stage_modules() {
	(
		flock 9
		stage "$@"
	) 9>"$1/root.lock"
}

stage() {
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

# select_tests WHERE [PATTERN]: the scripts below selftests/ that name WHERE in their "where:" line, sorted; those that
# name it in their "extended:" line too only if EXTENDED is set; if SMOKE is, those alone that name it in their "smoke:" line;
# not those whose path EXCEPT, a regular expression, matches. PROCESSORS=one takes those alone that say so, two the others
select_tests() {
	local where=$1 pattern=${2:-} script
	find "$top/selftests" -mindepth 2 -name '*.sh' | LC_ALL=C sort | while read -r script; do
		case $script in *"$pattern"*) ;; *) continue ;; esac
		[[ -z ${EXCEPT:-} || ! $script =~ $EXCEPT ]] || continue
		grep -qE "^# where:.* $where( |\$)" "$script" || continue
		case ${PROCESSORS:-} in
		one) grep -q '^# processors: one$' "$script" || continue ;;
		two) ! grep -q '^# processors: one$' "$script" || continue ;;
		esac
		if [ -n "${SMOKE:-}" ]; then
			grep -qE "^# smoke:.* $where( |\$)" "$script" || continue
		elif [ -z "${EXTENDED:-}" ]; then
			! grep -qE "^# extended:.* $where( |\$)" "$script" || continue
		fi
		printf '%s\n' "${script#"$top/selftests/"}"
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

# choose_command KERNEL ARGUMENT...: what the guest is to run, by $mode: selftests by name or by "where:" line, or a command
choose_command() {
	local tests
	case $mode in
	select)
		mapfile -t tests < <(select_tests "$where" "$pattern")
		if [ "${#tests[@]}" -eq 0 ]; then
			printf 'KTAP version 1\n1..0 # SKIP no script for %s\n' "$where"
			exit 0
		fi
		command=("$top/selftests/run" "${tests[@]}")
		[ -n "${SMOKE:-}" ] || KERNELS_DRIVERS=$("$here/reference-drivers" "$1")
		;;
	tests) command=("$top/selftests/run" "${@:2}") ;;
	given) command=("${@:2}") ;;
	esac
}

# give_time: where more want to run than the machine has processors, everything may take so many times as long
give_time() {
	TEST_BUSY=$(awk -v processors="$(nproc)" '{ print 1 + int($1 / processors) }' /proc/loadavg)
	TEST_SLOW=$((TEST_SLOW * TEST_BUSY))
	limit=$((limit * TEST_BUSY))
}

# open_run OUT TTY: make the run's directory, its job and the link that leads to the newest one
open_run() {
	run=$tree/log/$where-$$
	log=$run/kernel.log
	mkdir -p "$run"
	WHERE=$where
	give_time
	pass="CASES EXTENDED SMOKE EXACT_CLOCK STRESS_SECONDS TRANSFER_BYTES TEST_SLOW TEST_BUSY WHERE BOARD KERNELS_DRIVERS REFERENCE_DRIVERS KUNIT ${PASS:-}"
	write_job "$run/job" "$2" "$tree/root/lib/modules" "${1:-hostfs:$run}" "${command[@]}"
	ln -sfn "$(basename "$run")" "$tree/log/$where"
	touch "$log"
}

# guest_status: the exit status that the guest's command left behind; 125 if the guest did not end in order.
# How the process of the virtual machine ends says nothing.
guest_status() {
	local status
	status=$(cat "$run/status" 2>/dev/null) || true
	grep -q 'reboot: Power down' "$log" || status=125
	echo "${status:-125}"
}

# run_guest: call boot, judge what came out of it, and exit
run_guest() {
	local status=0
	if [ -n "$shell" ]; then
		boot
		exit 0
	fi
	if [ "$mode" = given ]; then
		boot </dev/null
	else
		boot </dev/null | "$here/ktap" --watch || status=1
	fi
	[ "$status" -ne 0 ] || status=$(guest_status)
	if [ "$status" -ne 0 ]; then
		say "# the run failed (status $status); the kernel's log is $log, its last lines:"
		tail -n 15 "$log" | sed 's/^/#   /' >&2
	fi
	exit "$status"
}
