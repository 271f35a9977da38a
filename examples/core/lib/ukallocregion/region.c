/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <uk/allocregion.h>

struct region {
	struct uk_alloc a;
	uintptr_t at, end;
};

/* In front of every piece, for realloc */
struct header {
	size_t size;
} __align(16);

static int region_memalign(struct uk_alloc *a, void **p, size_t align, size_t size)
{
	struct region *r = __containerof(a, struct region, a);
	uintptr_t at = ALIGN_UP(r->at + sizeof(struct header), (uintptr_t)MAX(align, (size_t)16));

	if (at > r->end || size > r->end - at)
		return ENOMEM;
	((struct header *)at - 1)->size = size;
	r->at = at + size;
	*p = (void *)at;
	return 0;
}

static void *region_malloc(struct uk_alloc *a, size_t size)
{
	void *p = NULL;

	return region_memalign(a, &p, 16, size) ? NULL : p;
}

static void *region_realloc(struct uk_alloc *a, void *p, size_t size)
{
	size_t old = ((struct header *)p - 1)->size;
	void *q;

	if (size <= old)
		return p;
	q = region_malloc(a, size);
	return q ? memcpy(q, p, old) : NULL;
}

static void region_free(struct uk_alloc *a __unused, void *p __unused)
{
}

static size_t region_avail(struct uk_alloc *a)
{
	struct region *r = __containerof(a, struct region, a);

	return r->end - r->at;
}

struct uk_alloc *uk_allocregion_init(void *base, size_t len)
{
	uintptr_t at = ALIGN_UP((uintptr_t)base, (uintptr_t)16);
	struct region *r = (struct region *)at;

	if ((uintptr_t)base + len < at + sizeof(*r))
		return NULL;
	memset(r, 0, sizeof(*r));
	r->at = at + sizeof(*r);
	r->end = (uintptr_t)base + len;
	r->a.malloc = region_malloc;
	r->a.realloc = region_realloc;
	r->a.posix_memalign = region_memalign;
	r->a.free = region_free;
	r->a.availmem = region_avail;
	r->a.maxalloc = region_avail;
	uk_alloc_register(&r->a);
	return &r->a;
}
