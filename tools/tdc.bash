# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of tdc-read, tdc-stat and tdc-calib for bash: source it, or install it under the names of all three.

# the help says which options there are
_tdc() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=''
	case $1/$before in
	*/-c | */--channel) words='1 2 3 4 5' ;;
	*/-f | */--format) words='text csv binary' ;;
	*/-b | */--board) words=$(tdc-read --list 2>/dev/null | cut -d ' ' -f 1) ;;
	*)
		if [[ $word == -* ]]; then
			words=$("$1" --help | grep -E '^ +-' | grep -oE -- '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,')
		elif [ "${1##*/}" = tdc-calib ]; then
			words='show dump check write'
		else
			compopt -o default
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _tdc tdc-read tdc-stat tdc-calib
