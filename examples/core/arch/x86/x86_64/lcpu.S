/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Model-specific registers take their number and value in fixed registers. */

#define FUNC(name) .globl name; .type name, @function; .balign 16; name:
#define END(name)  .size name, . - name

.text

/* __u64 ukarch_rdmsr(__u32 msr) */
FUNC(ukarch_rdmsr)
	movl	%edi, %ecx
	rdmsr
	shlq	$32, %rdx
	orq	%rdx, %rax
	ret
END(ukarch_rdmsr)

/* void ukarch_wrmsr(__u32 msr, __u64 v) */
FUNC(ukarch_wrmsr)
	movl	%edi, %ecx
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
	wrmsr
	ret
END(ukarch_wrmsr)

/* int ukarch_rdrand(__u64 *v) */
FUNC(ukarch_rdrand)
	movl	$10, %ecx
1:	rdrand	%rdx
	jc	2f
	decl	%ecx
	jnz	1b
	xorl	%eax, %eax
	ret
2:	movq	%rdx, (%rdi)
	movl	$1, %eax
	ret
END(ukarch_rdrand)

.section .note.GNU-stack, "", @progbits
