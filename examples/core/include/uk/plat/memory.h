/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* What lies where in memory */
#ifndef __UKPLAT_MEMORY_H__
#define __UKPLAT_MEMORY_H__

#include <uk/arch/types.h>
#include <uk/essentials.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_alloc;

enum ukplat_memrt {
	UKPLAT_MEMRT_FREE,
	UKPLAT_MEMRT_KERNEL,
	UKPLAT_MEMRT_INITRD,
	UKPLAT_MEMRT_RESERVED
};

struct ukplat_memregion_desc {
	__u64 base;
	__u64 len;
	enum ukplat_memrt type;
	unsigned int flags;	/* UK_BOOTINFO_* for parts of the kernel */
};

/** Number of regions; region i, 0 <= i < count, ordered by address within its type */
int ukplat_memregion_count(void);
const struct ukplat_memregion_desc *ukplat_memregion_get(int i);
/** Adds a region; returns 0, or -12 when the table is full */
int ukplat_memregion_add(__u64 base, __u64 len, enum ukplat_memrt type, unsigned int flags);
/** Takes [base, base + len) out of the free regions */
void ukplat_memregion_reserve(__u64 base, __u64 len);

/** The allocator that platform code may use */
int ukplat_memallocator_set(struct uk_alloc *a);
struct uk_alloc *ukplat_memallocator_get(void);

#ifdef __cplusplus
}
#endif
#endif /* __UKPLAT_MEMORY_H__ */
