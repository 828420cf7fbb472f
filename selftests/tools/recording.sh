#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Recordings as files: what is taken, what is refused and how, what is inferred, and what the kernel says to a program.
# where: uml debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

need python3
tools=$(readlink -f "$(dirname "$0")/../../tools")
PATH=$tools:$PATH
root=/sys/kernel/config/vhw/replay
scratch=$(mktemp -d)
load vhw-replay
defer rm -rf "$scratch"
defer unload vhw-replay vhw
cat >"$scratch/good.rec" <<'END'
vhw-recording 1
# a board that was never built
source nobody
function 1af4:6d1d subsystem 0000:0000 class 0xff0000 revision 0x01 pin 1
bar 0 0x100
bar 2 0x1000 64-bit
config 000: f4 1a 1d 6d 00 00 10 00 01 00 00 ff 00 00 00 00
config 010: 00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00
config 020: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
config 030: 00 00 00 00 50 00 00 00 00 00 00 00 00 01 00 00
config 040: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
config 050: 05 00 84 00 00 00 00 00 00 00 00 00 00 00 00 00
config 060: 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
rule BAR0+0x20/4 constant 0x7
events
0.000000000 0 config-write config+0x60/2 0x0012
0.000001000 0 config-read config+0x60/2 0x0012
0.000002000 0 read BAR0+0x0/4 0x12345678
0.000003000 0 write BAR0+0x4/4 0x00000001
0.000004000 1 read BAR0+0x4/4 0x00000001
0.000005000 0 read BAR0+0x8/2 0x0001
0.000006000 0 read BAR0+0x8/2 0x0003
0.000007000 0 read BAR0+0x8/2 0x0005
0.000008000 0 read BAR0+0x8/2 0x0007
0.000009000 0 read BAR0+0xc/1 0x41
0.000010000 0 read BAR0+0xc/1 0x42
0.000010500 0 read BAR0+0xc/1 0x41
0.000011000 0 irq 0
0.000012000 0 write BAR0+0x10/4 0x00000001
0.000013000 0 irq-end handled
0.000014000 0 write BAR2+0x8/8 0x0000000200000001
0.000015000 0 msi 3
0.000016000 0 note the end is near
end
END

rule_of() { vhwctl show-recording --rules "$scratch/good.rec" | sed -n "s|^rule $1 ||p"; }
rule_is() { [ "$(rule_of "$1")" = "$2" ] || fail "$1 is '$(rule_of "$1")'"; }

infers() {
	rule_is BAR0+0x0/4 "constant 0x12345678"
	rule_is BAR0+0x4/4 "storage 0x0"
	rule_is BAR0+0x8/2 "counter 0x1 0x2"
	rule_is BAR0+0xc/1 sequence
	rule_is BAR0+0x20/4 "constant 0x7"
	rule_is BAR2+0xc/4 sequence
	vhwctl show-recording "$scratch/good.rec" | grep -q '^function 1af4:6d1d, 18 events; nobody$'
	vhwctl show-recording "$scratch/good.rec" | grep -q '^message 3: 1 times$'
}

compiles() {
	vhwctl compile-recording "$scratch/good.rec" -o "$scratch/good"
	# config space; an access of 8 bytes as two of 4, low first; INTA# falls with the write; lines are those of the file
	grep -qx 'msi 50 4' "$scratch/good"
	grep -qx 'cfg 60 11 3' "$scratch/good"
	grep -A 6 '^up' "$scratch/good" | diff - <(printf '%s\n' 'up 1c ffff 1f4 0' 'w 1d 4 1' 'down 1d' 'w 1f 6 1' 'w 1f 7 2' 'up 20 3 3e8 0' 'end e')
	mkdir $root/b
	put "$scratch/good" $root/b/recording
	is "$scratch/good" $root/b/recording
	is 0x6d1d $root/b/device
	is 14 $root/b/accesses
	put 1 $root/b/live
	[ "$(cat "/sys/bus/pci/devices/$(cat $root/b/pci_address)/revision")" = 0x01 ]
	refuses "Device or resource busy" put "$scratch/good" $root/b/recording
	put 0 $root/b/live
	rmdir $root/b
}

# changed SED TEXT: the recording so changed is refused with that text
changed() {
	sed "$1" "$scratch/good.rec" >"$scratch/bad.rec"
	refuses "$2" vhwctl compile-recording "$scratch/bad.rec" -o "$scratch/bad"
}

refuses_with_the_line() {
	changed '1s/1/2/' 'bad.rec:1: this is no recording of this version'
	changed "\$d" 'the file is truncated'
	changed "/events/,\$d" 'the file is truncated'
	changed 's/^bar 0 0x100/bar 0 0x101/' 'bad.rec:5: the size of a BAR is not a power of two'
	changed 's/^bar 0 0x100/bar 7 0x100/' 'bad.rec:5: the BAR is not a number from 0 to 0x5'
	changed 's/^config 010/config 020/' 'bad.rec:8: config space is not told from the beginning'
	changed 's/constant 0x7/frozen/' 'the rule is not one of'
	changed 's/0x12345678/0x123456789/' 'bad.rec:18: the value is not a number from 0 to 0xffffffff'
	changed 's/ read BAR0+0x0/ peek BAR0+0x0/' 'bad.rec:18: the kind of event is unknown'
	changed 's|BAR0+0x0/4|BAR0+0x0/3|' 'a register is not of the form'
	changed 's/irq-end handled/irq-end perhaps/' 'neither with handled nor with none or thread'
	changed 's/^0.000016000/0.16/' 'this is not an event'
	printf '%s\n' 'another end' >>"$scratch/good.rec"
	changed '' 'something follows the end'
	sed -i '$d' "$scratch/good.rec"
	refuses "No such file" vhwctl show-recording "$scratch/none.rec"
}

# Thousands of recordings that somebody's hands, or a disk, have damaged
survives_anything() {
	PYTHONPATH=$tools python3 - "$scratch/good.rec" "$scratch/fuzz.rec" <<-'END'
		import random, sys
		import ctllib, recording
		good, path = open(sys.argv[1]).read(), sys.argv[2]
		random.seed(16)
		taken = refused = 0
		for _ in range(1500):
		    text = list(good)
		    for _ in range(random.randint(1, 6)):
		        at = random.randrange(16, len(text))
		        how = random.randrange(5)
		        if how == 0:
		            text[at] = random.choice("\n 0123456789abcdefx/+-\0é")
		        elif how == 1:
		            del text[at:at + random.randint(1, 30)]
		        elif how == 2:
		            text[at:at] = random.choice(["f" * 20, "-1", "\n", "end\n", "lost 9", "BAR5+0x0/4", "0x"])
		        elif how == 3:
		            to = random.randrange(len(text))
		            text[at:at] = text[to:to + 40]
		        if len(text) < 40:
		            break
		    open(path, "w").write("".join(text))
		    try:
		        result = recording.parse(path)
		        recording.program(result)
		        recording.registers(result)
		        taken += 1
		    except ctllib.Refused as refusal:
		        refused += 1
		        assert str(refusal).startswith(path)
		print(f"{taken} taken, {refused} refused")
		assert taken > 50 and refused > 500
	END
}

# hostile LINE...: such a program is refused by the kernel
hostile() {
	printf '%s\n' "$@" >"$scratch/hostile"
	refuses "Invalid argument" put "$scratch/hostile" $root/b/recording
	logged 'vhw(-replay)?: b: '
}

kernel_refuses() {
	mkdir $root/b
	refuses "No data available" put 1 $root/b/live
	refuses "No such file" put "$scratch/none" $root/b/recording
	refuses "Invalid argument" put "$scratch/good.rec" $root/b/recording
	logged 'b: /.*/good.rec: line 1: the first line is not'
	head -c 200 "$scratch/good" >"$scratch/half"
	refuses "Invalid argument" put "$scratch/half" $root/b/recording
	hostile "vhw-replay 1" "id 1af4 1 0 0 0 0 0" "bar 0 11 0" "end 0"
	hostile "vhw-replay 1" "id 1af4 1 0 0 0 0 0" "cap 9 0 40 10" "cap 9 0 48 10" "end 0"
	hostile "vhw-replay 1" "id 1af4 1 0 0 0 0 0" "msi 10 4" "end 0"
	hostile "vhw-replay 1" "id 1af4 1 0 0 0 0 0" "msix 50 4 0 0 0" "end 0"
	hostile "vhw-replay 1" "id 1af4 1 0 0 0 0 0" "bar 0 10 4" "bar 1 10 0" "end 0"
	refuses "Invalid argument" put 0 $root/b/window
	refuses "Invalid argument" put 5000 $root/b/window
	refuses "Invalid argument" put maybe $root/b/strict
	# what was refused left nothing behind
	put "$scratch/good" $root/b/recording
	put 1 $root/b/live
	rmdir $root/b
}

imports() {
	cat >"$scratch/trace" <<-'END'
		VERSION 20070824
		PCIDEV 0018 1af46d1d b feb00000 0 0 0 0 0 0 100 0 0 0 0 0 0 nobody
		PCIDEV 0020 80861234 b fec00000 0 0 0 0 0 0 1000 0 0 0 0 0 0
		MAP 10.000001 1 0xfeb00000 0xffffc90000000000 0x100 0x0 0
		W 4 10.000010 1 0xfeb00004 0x1 0x0 0
		R 4 10.000020 1 0xfeb00004 0x1 0x0 0
		R 1 10.000030 1 0xfec00008 0xff 0x0 0
		R 2 10.000040 1 0xfeb00008 0x1234 0x0 0
		UNMAP 10.000050 1 0x0 0
	END
	vhwctl import-mmiotrace "$scratch/trace" -o "$scratch/imported.rec"
	grep -q '^function 1af4:6d1d' "$scratch/imported.rec"
	sed -n '/^events/,$p' "$scratch/imported.rec" | diff - <(printf '%s\n' events \
		'0.000000000 0 write BAR0+0x4/4 0x00000001' '0.000010000 0 read BAR0+0x4/4 0x00000001' \
		'0.000030000 0 read BAR0+0x8/2 0x1234' end)
	vhwctl import-mmiotrace --device 00:04.0 "$scratch/trace" -o "$scratch/other.rec"
	grep -q ' read BAR0+0x8/1 0xff$' "$scratch/other.rec"
	refuses "there is no device 00:05.0" vhwctl import-mmiotrace --device 00:05.0 "$scratch/trace" -o "$scratch/none.rec"
	vhwctl replay --exact "$scratch/imported.rec" -- true | grep -q '^0 of 3 accesses, 0 divergences'
}

plan 6
testcase "rules are inferred, and those in the file stand above them" infers
testcase "a recording is compiled, and the board becomes what it says" compiles
testcase "a recording that is wrong is refused with its line" refuses_with_the_line
testcase "a recording that is damaged is taken or refused, and nothing else" survives_anything
testcase "the kernel refuses what is no program, in words" kernel_refuses
testcase "mmiotrace is imported" imports
