#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write, as assembler text, every form of instruction that x86_decode.c claims to know.

Beside each instruction stands what it means, in terms of the source text and not of its encoding;
its length is left to the assembler. x86_decode_test.c is linked with the result.
"""

import itertools

QUADS = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()
LONGS = ["e" + r[1:] if not r[1:].isdigit() else r + "d" for r in QUADS]
WORDS = [r[1:] if not r[1:].isdigit() else r + "w" for r in QUADS]
BYTES = "al cl dl bl spl bpl sil dil".split() + [r + "b" for r in QUADS[8:]]
HIGHS = "ah ch dh bh".split()
NAMES = {1: BYTES, 2: WORDS, 4: LONGS, 8: QUADS}
SUFFIX = {1: "b", 2: "w", 4: "l", 8: "q"}

NO_REG = 16
LOAD, STORE, STORE_IMM, MOVS, STOS = range(5)
DISPLACEMENTS = (0, 1, -128, 127, 128, -129, 0x12345678, -0x12345678)

count = 0


def emit(text, kind, size, reg=0, reg_size=0, high=0, sign=0, rep=0,
         base=NO_REG, index=NO_REG, scale=0, disp=0, imm=0):
    """One instruction, a jump back to the harness, and the record that describes it."""
    global count
    fields = (kind, size, reg, reg_size, high, sign, rep, base, index, scale)
    print(f"\t.text\n1:\t{text}\n2:\tjmp x86_back")
    print("\t.section .rodata\n\t.quad 1b\n\t.long 2b - 1b")
    print("\t.byte " + ", ".join(map(str, fields)) + ", 0, 0")
    print(f"\t.long {disp}, {imm}")
    text = text.replace("\t", " ")
    print(f"\t.string \"{text}\"\n\t.balign 128")
    count += 1


def operand(base, index=NO_REG, scale=0, disp=0):
    """The operand of an address in AT&T syntax, and the fields that describe it."""
    text = f"({'%' + QUADS[base] if base != NO_REG else ''}"
    if index != NO_REG:
        text += f",%{QUADS[index]},{1 << scale}"
    text += ")"
    if disp or base == NO_REG:
        text = str(disp) + text
    return text, {"base": base, "index": index, "scale": scale, "disp": disp}


def registers(size, rex_base):
    """(name, number, high) of the registers of a size; ah to bh only where no REX is needed."""
    for number, name in enumerate(NAMES[size]):
        yield name, number, 0
    if size == 1 and not rex_base:
        for number, name in enumerate(HIGHS):
            yield name, number, 1


def moves(address, fields, rex):
    """Every load and store with this address."""
    for size in 1, 2, 4, 8:
        for name, reg, high in registers(size, rex):
            emit(f"mov{SUFFIX[size]} {address}, %{name}", LOAD, size, reg, size, high, **fields)
            emit(f"mov{SUFFIX[size]} %{name}, {address}", STORE, size, reg, size, high, **fields)
        for imm in (0, 0x5a, -1) + ((0x1234,) if size > 1 else ()) + \
                ((-0x12345678,) if size > 2 else ()):
            emit(f"mov{SUFFIX[size]} ${imm}, {address}", STORE_IMM, size, reg_size=size, imm=imm,
                 **fields)
    for letter, sign in ("z", 0), ("s", 1):
        for size, reg_size in (1, 2), (1, 4), (1, 8), (2, 4), (2, 8):
            for reg, name in enumerate(NAMES[reg_size]):
                emit(f"mov{letter}{SUFFIX[size]}{SUFFIX[reg_size]} {address}, %{name}", LOAD, size,
                     reg, reg_size, sign=sign, **fields)
    for reg, name in enumerate(QUADS):
        emit(f"movslq {address}, %{name}", LOAD, 4, reg, 8, sign=1, **fields)


def addresses():
    """Every base with every kind of displacement."""
    for base in range(16):
        for disp in 0, -8, 0x1234:
            address, fields = operand(base, disp=disp)
            moves(address, fields, base >= 8)


def indexed():
    """Every base, index, scale and displacement, with a few instructions."""
    bases = [*range(16), NO_REG]
    indices = [i for i in range(16) if QUADS[i] != "rsp"]
    for base, index, scale in itertools.product(bases, indices, range(4)):
        for disp in 0, 0x7f, -0x200:
            address, fields = operand(base, index, scale, disp)
            emit(f"movl {address}, %r9d", LOAD, 4, 9, 4, **fields)
            emit(f"movb %dl, {address}", STORE, 1, 2, 1, **fields)
            emit(f"movw $0x1234, {address}", STORE_IMM, 2, reg_size=2, imm=0x1234, **fields)
            emit(f"movswl {address}, %ebx", LOAD, 2, 3, 4, sign=1, **fields)


def displaced():
    for base, disp in itertools.product(range(16), DISPLACEMENTS):
        address, fields = operand(base, disp=disp)
        emit(f"movq {address}, %rax", LOAD, 8, 0, 8, **fields)


def strings():
    for prefix, rep in ("", 0), ("rep ", 1), ("repne ", 1):
        for size in 1, 2, 4, 8:
            for name, kind in ("movs", MOVS), ("stos", STOS):
                if prefix == "repne ":      # the assembler wants no repne here, the processor does
                    code = {1: ".byte 0xf2, ", 2: ".byte 0x66, 0xf2, ",
                            4: ".byte 0xf2, ", 8: ".byte 0xf2, 0x48, "}[size]
                    code += hex((0xa4 if kind == MOVS else 0xaa) + (size > 1))
                    emit(code, kind, size, reg_size=size, rep=1)
                else:
                    emit(prefix + name + SUFFIX[size], kind, size, reg_size=size, rep=rep)


print("# SPDX-License-Identifier: GPL-2.0")
print("\t.section .rodata\n\t.balign 128\n\t.globl x86_corpus\nx86_corpus:")
addresses()
indexed()
displaced()
strings()
print(f"\t.globl x86_corpus_count\nx86_corpus_count:\n\t.quad {count}")
print("\t.section .note.GNU-stack,\"\",@progbits")
