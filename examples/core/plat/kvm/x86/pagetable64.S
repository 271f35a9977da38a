/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Addresses are the same before and after translation, from 4 KiB up to the end of what
 * CONFIG_KVM_LOW_MEMORY_MAP names. The first page is missing, so that a null pointer faults.
 */
#include <uk/config.h>
#include <uk/arch/limits.h>

#define PTE_RW   0x03	/* present, writable */
#define PTE_LARGE 0x80

.section .data
.balign __PAGE_SIZE
.globl x86_bpt_pml4
x86_bpt_pml4:
	.quad	pdpt + PTE_RW
	.fill	511, 8, 0

.balign __PAGE_SIZE
pdpt:
.set i, 0
.rept CONFIG_KVM_LOW_MEMORY_MAP
	.quad	directory + i * __PAGE_SIZE + PTE_RW
	.set i, i + 1
.endr
	.fill	512 - CONFIG_KVM_LOW_MEMORY_MAP, 8, 0

/* 2 MiB each; the first is split into pages */
.balign __PAGE_SIZE
directory:
	.quad	x86_bpt_pages + PTE_RW
.set i, 1
.rept 512 * CONFIG_KVM_LOW_MEMORY_MAP - 1
	.quad	i * 0x200000 + PTE_LARGE + PTE_RW
	.set i, i + 1
.endr

.balign __PAGE_SIZE
.globl x86_bpt_pages
x86_bpt_pages:
	.quad	0
.set i, 1
.rept 511
	.quad	i * __PAGE_SIZE + PTE_RW
	.set i, i + 1
.endr

.section .note.GNU-stack, "", @progbits
