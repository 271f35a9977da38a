/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The table of memory regions: free ones are found by the platform, then cut where something
 * already lies.
 */
#include <uk/essentials.h>
#include <uk/plat/memory.h>

static struct ukplat_memregion_desc regions[CONFIG_UKPLAT_MEMREGION_MAX_COUNT];
static int region_count;
static struct uk_alloc *plat_allocator;

int ukplat_memregion_count(void)
{
	return region_count;
}

const struct ukplat_memregion_desc *ukplat_memregion_get(int i)
{
	return i >= 0 && i < region_count ? &regions[i] : __NULL;
}

int ukplat_memregion_add(__u64 base, __u64 len, enum ukplat_memrt type, unsigned int flags)
{
	int i;

	if (len == 0)
		return 0;
	if (region_count == CONFIG_UKPLAT_MEMREGION_MAX_COUNT)
		return -12;
	for (i = region_count++; i > 0; i--) {
		if (regions[i - 1].type < type ||
		    (regions[i - 1].type == type && regions[i - 1].base <= base))
			break;
		regions[i] = regions[i - 1];
	}
	regions[i].base = base;
	regions[i].len = len;
	regions[i].type = type;
	regions[i].flags = flags;
	return 0;
}

void ukplat_memregion_reserve(__u64 base, __u64 len)
{
	__u64 end = base + len, rbase, rend;
	int i;

	for (i = 0; i < region_count; i++) {
		if (regions[i].type != UKPLAT_MEMRT_FREE)
			continue;
		rbase = regions[i].base;
		rend = rbase + regions[i].len;
		if (end <= rbase || base >= rend)
			continue;
		if (base > rbase) {
			/* Keep the part below; the part above becomes a region of its own. */
			regions[i].len = base - rbase;
			if (end < rend)
				ukplat_memregion_add(end, rend - end, UKPLAT_MEMRT_FREE, 0);
		} else if (end < rend) {
			regions[i].base = end;
			regions[i].len = rend - end;
		} else {
			regions[i].len = 0;
		}
	}
}

int ukplat_memallocator_set(struct uk_alloc *a)
{
	if (plat_allocator)
		return -16;
	plat_allocator = a;
	return 0;
}

struct uk_alloc *ukplat_memallocator_get(void)
{
	return plat_allocator;
}
