# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Dice with their driver, to be recorded and replayed. Sourced after lib.sh.
need python3
tools=$(readlink -f "$(dirname "$0")/../../tools")
PATH=$tools:$PATH
root=/sys/kernel/config/vhw
dice=$root/dice/d
scratch=$(mktemp -d)
load vhw-dice
load vhw-replay
load vhw-record
load vhw-dice-driver
defer rm -rf "$scratch"
defer unload vhw-dice-driver vhw-record vhw-replay vhw-dice vhw
mkdir $dice
defer rmdir $dice
