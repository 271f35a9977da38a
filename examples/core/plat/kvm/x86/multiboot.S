/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* From the loader's 32-bit mode to C in 64-bit mode */
#include <uk/config.h>
#include <uk/arch/limits.h>

#define MULTIBOOT_MAGIC  0x1badb002
#define MULTIBOOT_FLAGS  0x00000003	/* page-aligned modules, memory map wanted */
#define MULTIBOOT_LOADED 0x2badb002	/* in %eax from a Multiboot loader */

#define CR0_PE		(1 << 0)
#define CR0_MP		(1 << 1)
#define CR0_EM		(1 << 2)
#define CR0_TS		(1 << 3)
#define CR0_NE		(1 << 5)
#define CR0_WP		(1 << 16)
#define CR0_PG		(1 << 31)
#define CR4_PAE		(1 << 5)
#define CR4_OSFXSR	(1 << 9)
#define CR4_OSXMMEXCPT	(1 << 10)
#define MSR_EFER	0xc0000080
#define EFER_LME	(1 << 8)

#define SEL_CODE	0x08
#define SEL_DATA	0x10

.section .multiboot, "a", @progbits
.balign 4
	.long	MULTIBOOT_MAGIC
	.long	MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

.section .text.boot, "ax", @progbits
.code32
.globl _multiboot_entry
_multiboot_entry:
	cli
	cld
	movl	$boot_stack_end, %esp
	movl	%eax, %edi
	movl	%ebx, %esi
	cmpl	$MULTIBOOT_LOADED, %eax
	jne	stop

	movl	%cr4, %eax
	orl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl	%eax, %cr4
	movl	$x86_bpt_pml4, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~(CR0_EM | CR0_TS), %eax
	orl	$(CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0
	lgdt	boot_gdt_pointer
	ljmp	$SEL_CODE, $entry64

stop:	hlt
	jmp	stop

.code64
entry64:
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$boot_stack_end, %esp
	xorl	%ebp, %ebp
	/* Rounding to nearest, all floating-point exceptions masked */
	fninit
	pushq	$0x1f80
	ldmxcsr	(%rsp)
	popq	%rax
	/* kvmplat_setup(struct multiboot_info *), which does not return */
	movl	%esi, %edi
	call	kvmplat_setup
1:	cli
	hlt
	jmp	1b

.section .rodata
.balign 8
boot_gdt:
	.quad	0
	.quad	0x00af9b000000ffff	/* code, 64 bits */
	.quad	0x00cf93000000ffff	/* data */
boot_gdt_pointer:
	.word	. - boot_gdt - 1
	.long	boot_gdt

.section .bss
.balign __PAGE_SIZE
.globl boot_stack_guard
boot_stack_guard:	/* protect.c takes it away, so that an overflow faults */
	.skip	__PAGE_SIZE
	.skip	__PAGE_SIZE << CONFIG_STACK_SIZE_PAGE_ORDER
boot_stack_end:

.section .note.GNU-stack, "", @progbits
