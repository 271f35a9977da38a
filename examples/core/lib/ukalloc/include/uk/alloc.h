/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Allocators behind one interface. The first one that registers is the default. */
#ifndef __UK_ALLOC_H__
#define __UK_ALLOC_H__

#include <stddef.h>
#include <uk/config.h>
#include <uk/essentials.h>
#include <uk/assert.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_alloc {
	void *(*malloc)(struct uk_alloc *a, size_t size);
	void *(*realloc)(struct uk_alloc *a, void *p, size_t size);
	/** align is a power of two and at least sizeof(void *); returns 0 or an error number */
	int (*posix_memalign)(struct uk_alloc *a, void **p, size_t align, size_t size);
	void (*free)(struct uk_alloc *a, void *p);
	/** Hands over more memory; returns 0 or an error number */
	int (*addmem)(struct uk_alloc *a, void *base, size_t len);
	/** Bytes that are free, and the largest piece of them */
	size_t (*availmem)(struct uk_alloc *a);
	size_t (*maxalloc)(struct uk_alloc *a);
#ifdef CONFIG_LIBUKALLOC_STATS
	struct {
		size_t mallocs, frees, failed;
	} stats;
#endif
	struct uk_alloc *next;
};

int uk_alloc_register(struct uk_alloc *a);
struct uk_alloc *uk_alloc_get_default(void);

/* All take a null allocator and fail then, as they do without memory. */
void *uk_malloc(struct uk_alloc *a, size_t size);
void *uk_calloc(struct uk_alloc *a, size_t n, size_t size);
void *uk_zalloc(struct uk_alloc *a, size_t size);
void *uk_realloc(struct uk_alloc *a, void *p, size_t size);
void *uk_memalign(struct uk_alloc *a, size_t align, size_t size);
int uk_posix_memalign(struct uk_alloc *a, void **p, size_t align, size_t size);
void uk_free(struct uk_alloc *a, void *p);
int uk_alloc_addmem(struct uk_alloc *a, void *base, size_t len);
size_t uk_alloc_availmem(struct uk_alloc *a);
size_t uk_alloc_maxalloc(struct uk_alloc *a);
/** Prints what the allocators did (LIBUKALLOC_STATS), else what is free */
void uk_alloc_stats_print(void);

#ifdef __cplusplus
}
#endif
#endif /* __UK_ALLOC_H__ */
