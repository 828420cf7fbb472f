/* SPDX-License-Identifier: GPL-2.0 */
/* x86_harness.h says what this is; no instruction between load and store uses the stack */
	.bss
	.globl	x86_state, x86_target
	.balign	8
x86_state:
	.skip	16 * 8
x86_target:
	.skip	8
host_rsp:
	.skip	8

	.text
	.globl	x86_go, x86_back, x86_leave
x86_go:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, host_rsp(%rip)
	mov	x86_state + 0 * 8(%rip), %rax
	mov	x86_state + 1 * 8(%rip), %rcx
	mov	x86_state + 2 * 8(%rip), %rdx
	mov	x86_state + 3 * 8(%rip), %rbx
	mov	x86_state + 4 * 8(%rip), %rsp
	mov	x86_state + 5 * 8(%rip), %rbp
	mov	x86_state + 6 * 8(%rip), %rsi
	mov	x86_state + 7 * 8(%rip), %rdi
	mov	x86_state + 8 * 8(%rip), %r8
	mov	x86_state + 9 * 8(%rip), %r9
	mov	x86_state + 10 * 8(%rip), %r10
	mov	x86_state + 11 * 8(%rip), %r11
	mov	x86_state + 12 * 8(%rip), %r12
	mov	x86_state + 13 * 8(%rip), %r13
	mov	x86_state + 14 * 8(%rip), %r14
	mov	x86_state + 15 * 8(%rip), %r15
	jmp	*x86_target(%rip)

x86_back:
	mov	%rax, x86_state + 0 * 8(%rip)
	mov	%rcx, x86_state + 1 * 8(%rip)
	mov	%rdx, x86_state + 2 * 8(%rip)
	mov	%rbx, x86_state + 3 * 8(%rip)
	mov	%rsp, x86_state + 4 * 8(%rip)
	mov	%rbp, x86_state + 5 * 8(%rip)
	mov	%rsi, x86_state + 6 * 8(%rip)
	mov	%rdi, x86_state + 7 * 8(%rip)
	mov	%r8, x86_state + 8 * 8(%rip)
	mov	%r9, x86_state + 9 * 8(%rip)
	mov	%r10, x86_state + 10 * 8(%rip)
	mov	%r11, x86_state + 11 * 8(%rip)
	mov	%r12, x86_state + 12 * 8(%rip)
	mov	%r13, x86_state + 13 * 8(%rip)
	mov	%r14, x86_state + 14 * 8(%rip)
	mov	%r15, x86_state + 15 * 8(%rip)
x86_leave:
	mov	host_rsp(%rip), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
