#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the midst of a conversation that is recorded, or replayed, its board is pulled out or its driver taken away: whoever
# was talking is told, nothing hangs, and the next conversation is as good as ever.
# where: uml time-travel debug qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dice.sh"
replayed=$root/replay/replay0
defer no_replay

no_replay() { [ ! -d $replayed ] || rmdir $replayed; }

# throws BOARD COUNT: throws so often with one process, until that fails
throws() {
	echo "for ((n = 0; n < $2; n++)); do cat /sys/bus/pci/devices/\$(cat $1/pci_address)/throw || break; done"
}

# happens HOW BOARD
happens() {
	case $1 in
	yank) echo "echo 1 >$2/yank" ;;
	unplug) echo "echo 0 >$2/live" ;;
	reset) echo "echo 1 >$2/reset" ;;
	unbind) echo "cat $2/pci_address >/sys/bus/pci/drivers/dice/unbind" ;;
	rmmod) echo "rmmod vhw-dice-driver" ;;
	esac
}

# torn HOW BOARD: a command during which that happens to a board with which somebody is talking
torn() {
	echo "rm -f $scratch/thrown
		{ $(throws "$2" 40); } >$scratch/thrown 2>$scratch/why &
		for ((i = 0; i < 400; i++)); do [ ! -s $scratch/thrown ] || break; sleep 0.02; done
		$(happens "$1" "$2")
		wait"
}

# told HOW BOARD: who was talking has heard why it cannot go on. A replayed board that is reset goes on with its recording
told() {
	[ -s "$scratch/thrown" ]
	[ "$*" = "reset $replayed" ] || grep -E 'Connection timed out|No such (device|file)' "$scratch/why"
}

# again HOW BOARD: as it was
again() {
	case $1 in
	yank | unplug) put 1 "$2/live" ;;
	rmmod) modprobe vhw-dice-driver ;;
	# the board has forgotten where its BARs are
	reset)
		put 0 "$2/live"
		put 1 "$2/live"
		;;
	esac
	bash -c "$(throws "$2" 1)" >"$scratch/thrown"
	grep -x '[1-6]' "$scratch/thrown"
}

# plugged_in: the dice, whatever a case before has left
plugged_in() {
	modprobe vhw-dice-driver
	put 0 $dice/live
	put 1 $dice/live
}

records() {
	plugged_in
	vhwctl record -o "$scratch/d.rec" d -- bash -c "$(throws $dice 40)" >"$scratch/thrown"
	[ "$(wc -l <"$scratch/thrown")" -eq 40 ]
	put 0 $dice/live
}

while_recorded() {
	plugged_in
	vhwctl record -o "$scratch/torn.rec" d -- bash -c "$(torn "$1" $dice)"
	told "$1" $dice
	vhwctl show-recording "$scratch/torn.rec" | grep '^BAR0+0x0/4 '
	again "$1" $dice
	put 0 $dice/live
}

while_replayed() {
	no_replay
	modprobe vhw-dice-driver
	vhwctl replay "$scratch/d.rec"
	bash -c "$(torn "$1" $replayed)"
	told "$1" $replayed
	case $1 in
	unbind) put "$(cat $replayed/pci_address)" /sys/bus/pci/drivers/dice/bind ;;
	rmmod) modprobe vhw-dice-driver ;;
	esac
	# a recording begins anew when its board is plugged in
	put 0 $replayed/live
	put 1 $replayed/live
	again nothing $replayed
	is 0 $replayed/divergences
	rmdir $replayed
}

# The recorder is killed: the driver is back, and it is not recorded any more
while_killed() {
	local recorder sleeper
	plugged_in
	bash -c "echo \$\$ >$scratch/recorder; exec vhwctl record -o $scratch/torn.rec d -- sleep 60" &
	recorder=$!
	wait_for 20 grep -qs . "/sys/bus/pci/devices/$(cat $dice/pci_address)/throw"
	wait_for 20 pgrep -P $recorder sleep
	sleeper=$(pgrep -P $recorder sleep)
	refuses "in use" rmmod vhw-record
	refuses "a recording already" vhwctl record -o "$scratch/second.rec" d -- true
	kill -KILL $recorder
	wait $recorder || true
	kill "$sleeper"
	again nothing $dice
	rmmod vhw-record
	modprobe vhw-record
	again nothing $dice
	put 0 $dice/live
}

while_in_use() {
	no_replay
	vhwctl replay "$scratch/d.rec"
	refuses "in use" rmmod vhw-replay
	vhwctl compile-recording "$scratch/d.rec" -o "$scratch/d.program"
	refuses "Device or resource busy" put "$scratch/d.program" $replayed/recording
	refuses "File exists" vhwctl replay "$scratch/d.rec"
	rmdir $replayed
	rmmod vhw-replay
	modprobe vhw-replay
}

ways=(yank unplug reset unbind rmmod)
plan $((3 + 2 * ${#ways[@]}))
testcase "a conversation is recorded" records
for way in "${ways[@]}"; do
	testcase "$way in the midst of a recording" while_recorded "$way"
	testcase "$way in the midst of a replay" while_replayed "$way"
done
testcase "a recorder that is killed leaves the board to its driver" while_killed
testcase "what is in use stays, and says so" while_in_use
