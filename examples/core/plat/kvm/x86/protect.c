/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Takes away what no program needs: writing to code and constants, and touching the page below
 * the stack. Only the first 2 MiB are mapped page by page (pagetable64.S), so what a larger
 * image has beyond them stays writable.
 */
#include <uk/essentials.h>
#include <uk/arch/limits.h>
#include <uk/plat/common/bootinfo.h>
#include <kvm/protect.h>

#define PTE_PRESENT 1UL
#define PTE_RW      2UL
#define SPLIT_LIMIT 0x200000UL

/* pagetable64.S and multiboot.S */
extern __u64 x86_bpt_pages[512];
extern char boot_stack_guard[];

static void clear_bits(__u64 start, __u64 end, __u64 bits)
{
	for (; start < end && start < SPLIT_LIMIT; start += __PAGE_SIZE) {
		x86_bpt_pages[start >> __PAGE_SHIFT] &= ~bits;
		__asm__ __volatile__("invlpg (%0)" : : "r"(start) : "memory");
	}
}

void kvmplat_protect(void)
{
	const struct uk_bootinfo *bi = ukplat_bootinfo_get();
	__u32 i;

	for (i = 0; bi && i < bi->count; i++)
		if (!(bi->segments[i].flags & UK_BOOTINFO_W))
			clear_bits(bi->segments[i].start, bi->segments[i].start + bi->segments[i].len, PTE_RW);
	clear_bits((__u64)boot_stack_guard, (__u64)boot_stack_guard + __PAGE_SIZE, PTE_PRESENT);
}
