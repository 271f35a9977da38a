/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/essentials.h>
#include <uk/plat/common/bootinfo.h>

/* Volatile: the contents change after the compiler has seen them. */
static const volatile struct uk_bootinfo bootinfo __used __section(".uk_bootinfo") = { "", 0, 0, { { 0, 0, 0, 0 } } };

const struct uk_bootinfo *ukplat_bootinfo_get(void)
{
	static const char magic[] = UK_BOOTINFO_MAGIC;
	int i;

	for (i = 0; i < 8; i++)
		if (bootinfo.magic[i] != magic[i])
			return 0;
	return (const struct uk_bootinfo *)(__uptr)&bootinfo;
}
