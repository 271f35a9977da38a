/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* First C code: saves what the loader told, because it lies in memory that becomes free. */
#include <uk/essentials.h>
#include <uk/arch/limits.h>
#include <uk/arch/lcpu.h>
#include <uk/ns16550.h>
#include <uk/plat/bootstrap.h>
#include <uk/plat/memory.h>
#include <uk/plat/common/bootinfo.h>
#include <uk/plat/common/traps.h>
#include <uk/print.h>
#include <kvm/multiboot.h>
#include <kvm/protect.h>

#define LOW_MEMORY   0x100000ULL	/* BIOS data and devices lie below */
#define MAPPED_LIMIT ((__u64)CONFIG_KVM_LOW_MEMORY_MAP << 30)
#define CMDLINE_MAX  4096

/* link64.lds.S */
extern char _base_addr[], _end[];

static char cmdline[CMDLINE_MAX];

static __sz copy_cmdline(const struct multiboot_info *mi)
{
	const char *from = (const char *)(__uptr)mi->cmdline;
	__sz len = 0;

	if (mi->flags & MULTIBOOT_INFO_CMDLINE)
		while (from[len] && len < CMDLINE_MAX - 1) {
			cmdline[len] = from[len];
			len++;
		}
	cmdline[len] = '\0';
	return len;
}

/* Whole pages of usable memory between the first MiB and the end of what is mapped */
static void add_free(__u64 base, __u64 len)
{
	__u64 end = base + len;

	base = MAX(ALIGN_UP(base, __PAGE_SIZE), LOW_MEMORY);
	end = MIN(ALIGN_DOWN(end, __PAGE_SIZE), MAPPED_LIMIT);
	if (base < end)
		ukplat_memregion_add(base, end - base, UKPLAT_MEMRT_FREE, 0);
}

static void find_memory(const struct multiboot_info *mi)
{
	__uptr at = mi->mmap_addr, end = at + mi->mmap_length;

	if (!(mi->flags & MULTIBOOT_INFO_MMAP)) {
		if (mi->flags & MULTIBOOT_INFO_MEMORY)
			add_free(LOW_MEMORY, (__u64)mi->mem_upper << 10);
		return;
	}
	while (at < end) {
		const struct multiboot_mmap_entry *e = (const void *)at;

		if (e->type == MULTIBOOT_MEMORY_AVAILABLE)
			add_free(e->addr, e->len);
		at += e->size + sizeof(e->size);
	}
}

static void keep_kernel(void)
{
	const struct uk_bootinfo *bi = ukplat_bootinfo_get();
	__u32 i;

	ukplat_memregion_reserve((__uptr)_base_addr, (__u64)(_end - _base_addr));
	if (!bi) {
		ukplat_memregion_add((__uptr)_base_addr, (__u64)(_end - _base_addr),
				     UKPLAT_MEMRT_KERNEL, 0);
		return;
	}
	for (i = 0; i < bi->count; i++)
		ukplat_memregion_add(bi->segments[i].start, bi->segments[i].len,
				     UKPLAT_MEMRT_KERNEL, (unsigned int)bi->segments[i].flags);
}

/* An initial RAM disk, if QEMU was given one */
static void keep_modules(const struct multiboot_info *mi)
{
	const struct multiboot_module *m = (const void *)(__uptr)mi->mods_addr;
	__u32 i;

	if (!(mi->flags & MULTIBOOT_INFO_MODS))
		return;
	for (i = 0; i < mi->mods_count; i++) {
		__u64 base = ALIGN_DOWN((__u64)m[i].start, __PAGE_SIZE);
		__u64 end = ALIGN_UP((__u64)m[i].end, __PAGE_SIZE);

		ukplat_memregion_reserve(base, end - base);
		ukplat_memregion_add(m[i].start, m[i].end - m[i].start, UKPLAT_MEMRT_INITRD, 0);
	}
}

void kvmplat_setup(const struct multiboot_info *mi) __noreturn;

void kvmplat_setup(const struct multiboot_info *mi)
{
	__sz len;

	ns16550_init();
	ukplat_tables_init();
	kvmplat_protect();

	len = copy_cmdline(mi);
	find_memory(mi);
	keep_kernel();
	keep_modules(mi);

	uk_pr_info("Entered from Multiboot, command line: %s\n", cmdline);
	ukplat_entry_argp(__NULL, cmdline, len);
}
