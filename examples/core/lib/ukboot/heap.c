/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/config.h>
#include <uk/alloc.h>
#include <uk/plat/memory.h>
#include <uk/print.h>
#if defined(CONFIG_LIBUKBOOT_INITREGION)
#include <uk/allocregion.h>
#define heap_init uk_allocregion_init
#elif defined(CONFIG_LIBUKBOOT_INITBBUDDY)
#include <uk/allocbbuddy.h>
#define heap_init uk_allocbbuddy_init
#endif
#include "boot.h"

#ifdef heap_init
struct uk_alloc *boot_heap_init(void)
{
	const struct ukplat_memregion_desc *r, *largest = NULL;
	struct uk_alloc *a;
	int i;

	/* The largest region first: an allocator that takes only one has the best. */
	for (i = 0; (r = ukplat_memregion_get(i)); i++)
		if (r->type == UKPLAT_MEMRT_FREE && r->len && (!largest || r->len > largest->len))
			largest = r;
	if (!largest)
		return NULL;
	a = heap_init((void *)largest->base, largest->len);
	for (i = 0; a && (r = ukplat_memregion_get(i)); i++) {
		uk_pr_info("Memory %012lx - %012lx %s\n", r->base, r->base + r->len,
			   r->type == UKPLAT_MEMRT_FREE ? "free" :
			   r->type == UKPLAT_MEMRT_KERNEL ? "kernel" :
			   r->type == UKPLAT_MEMRT_INITRD ? "initrd" : "reserved");
		if (r->type == UKPLAT_MEMRT_FREE && r->len && r != largest)
			uk_alloc_addmem(a, (void *)r->base, r->len);
	}
	return a;
}
#endif
