# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for thrctl(8)
_thrctl() {
	local word=${COMP_WORDS[COMP_CWORD]} limits l
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "create group set remove show top save load" -- "$word")
		return
	fi
	limits="group= parent= weight= fairness= zeroes-cost= discard-cost= account-failed= account-invalid= intervals="
	limits+=" boundaries= iops-size="
	for l in bps-total bps-read bps-write iops-total iops-read iops-write; do
		limits+=" $l= $l-max= $l-max-length="
	done
	case ${COMP_WORDS[1]}.$COMP_CWORD in
	create.3) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	set.2 | remove.* | show.*)
		mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/kernel/config/thr/disks /sys/class/thr 2>/dev/null)" -- "$word")
		;;
	create.* | group.* | set.*)
		mapfile -t COMPREPLY < <(compgen -W "$limits" -- "$word")
		compopt -o nospace
		;;
	save.* | load.*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	esac
}
complete -F _thrctl thrctl
