# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for thrctl(8); the words come from thrctl itself
_thrctl() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-}
	_thrctl_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word"); }
	_thrctl_keys() {
		_thrctl_words "$(thrctl complete "$1" 2>/dev/null)"
		compopt -o nospace
	}
	if [ "$COMP_CWORD" -eq 1 ]; then
		_thrctl_words "create attach detach group set remove show list top save load metrics"
		return
	fi
	case $command.$COMP_CWORD in
	create.3 | attach.2 | save.* | load.* | metrics.*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	create.2 | group.2) ;;
	set.2 | remove.* | detach.* | show.*) _thrctl_words "$(thrctl complete names 2>/dev/null)" ;;
	create.* | attach.*) _thrctl_keys disk ;;
	group.*) _thrctl_keys group ;;
	set.*) _thrctl_keys both ;;
	esac
}
complete -F _thrctl thrctl
