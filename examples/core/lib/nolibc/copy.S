/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The string instructions are as fast as anything on processors of this century. memmove may
 * call memcpy for a destination below the source: the direction flag is clear.
 */
#define FUNC(name) .globl name; .type name, @function; .balign 16; name:
#define END(name)  .size name, . - name

.text

/* void *memcpy(void *to, const void *from, size_t n) */
FUNC(memcpy)
	movq	%rdi, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	ret
END(memcpy)

/* void *memset(void *to, int c, size_t n) */
FUNC(memset)
	movq	%rdi, %r8
	movzbl	%sil, %eax
	movq	$0x0101010101010101, %rcx
	imulq	%rcx, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	movq	%r8, %rax
	ret
END(memset)

.section .note.GNU-stack, "", @progbits
