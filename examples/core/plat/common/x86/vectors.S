/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Entries of the first 32 interrupt vectors. Some push an error code, the others push 0 in
 * its place; the vector goes into the upper half of the same 8 bytes. Then all registers
 * follow, in the order of struct __regs.
 */
#include <uk/arch/lcpu.h>

.text

/* Vectors with an error code: 8, 10 to 14, 17, 21, 29, 30 */
.macro VECTOR n
	.balign 16
vector_\n:
.if (\n == 8) || ((\n >= 10) && (\n <= 14)) || (\n == 17) || (\n == 21) || (\n == 29) || (\n == 30)
.else
	pushq	$0
.endif
	movl	$\n, 4(%rsp)
	jmp	trap_common
.endm

.altmacro
.set i, 0
.rept 32
	VECTOR %i
	.set i, i + 1
.endr

trap_common:
	cld
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rbx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rdi
	xorl	%ebp, %ebp
	andq	$-16, %rsp
	call	ukplat_trap
1:	cli
	hlt
	jmp	1b

.section .rodata
.balign 8
.globl ukplat_vectors
ukplat_vectors:
.macro ADDRESS n
	.quad	vector_\n
.endm
.set i, 0
.rept 32
	ADDRESS %i
	.set i, i + 1
.endr

.section .note.GNU-stack, "", @progbits
