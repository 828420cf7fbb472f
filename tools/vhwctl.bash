# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of vhwctl for bash: source it, or install it as /usr/share/bash-completion/completions/vhwctl.

_vhwctl() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} board=${COMP_WORDS[2]:-} words=''
	if [ "$COMP_CWORD" -eq 1 ]; then
		words='list kinds create show set plug unplug yank reset suspend fault trace destroy '
		words+='record show-recording replay compile-recording import-mmiotrace'
	elif [[ $word == -* ]]; then
		case $command in
		list) words=--json ;;
		create) words='--kind --live' ;;
		show) words=--all ;;
		fault) words='--after --times --interval --probability --target --clear' ;;
		trace) words=--events ;;
		record | compile-recording) words=--output ;;
		show-recording) words=--rules ;;
		replay) words='--strict --exact --window --name --set' ;;
		import-mmiotrace) words='--output --device --config' ;;
		esac
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = --kind ]; then
		words=$(vhwctl complete kinds)
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = --target ]; then
		words="all $(echo {0..3} {0..3}/{0..7})"
	elif [[ $command = *-recording || $command = *-mmiotrace || $command = replay ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	elif [ "$command" = record ]; then
		words="$(vhwctl complete boards) $(cd /sys/bus/pci/devices && echo *)"
	elif [ "$COMP_CWORD" -eq 2 ] || [ "$command" = destroy ]; then
		[ "$command" = create ] || words=$(vhwctl complete boards)
	else
		case $command in
		fault) words=$(vhwctl complete faults "$board") ;;
		set)
			words=$(vhwctl complete attributes "$board")
			compopt -o nospace
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _vhwctl vhwctl
