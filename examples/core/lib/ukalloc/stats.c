/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <uk/alloc.h>

void uk_alloc_stats_print(void)
{
	struct uk_alloc *a;

	for (a = uk_alloc_get_default(); a; a = a->next) {
		printf("Allocator: %zu KiB free, %zu KiB in one piece", uk_alloc_availmem(a) >> 10,
		       uk_alloc_maxalloc(a) >> 10);
#ifdef CONFIG_LIBUKALLOC_STATS
		printf(", %zu allocated, %zu freed, %zu failed", a->stats.mallocs, a->stats.frees,
		       a->stats.failed);
#endif
		putchar('\n');
	}
}
