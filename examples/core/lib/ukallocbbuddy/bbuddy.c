/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <string.h>
#include <uk/allocbbuddy.h>
#include "buddy.h"

#define HEADER sizeof(struct piece)

/* The smallest order that holds so many bytes; more than MAX_ORDER if none does */
static unsigned int order_for(size_t bytes)
{
	unsigned int order = MIN_ORDER;

	while (order <= MAX_ORDER && ((size_t)1 << order) < bytes)
		order++;
	return order;
}

static struct piece *piece_of(void *p)
{
	struct piece *h = (struct piece *)p - 1;

	return h->order ? h : (struct piece *)((uintptr_t)h - h->distance);
}

static void *bbuddy_malloc(struct uk_alloc *a, size_t size)
{
	struct buddy *b = __containerof(a, struct buddy, a);
	struct piece *p;

	if (size > ((size_t)1 << MAX_ORDER) - HEADER)
		return NULL;
	p = _bbuddy_take(b, order_for(size + HEADER));
	return p ? p + 1 : NULL;
}

static int bbuddy_memalign(struct uk_alloc *a, void **to, size_t align, size_t size)
{
	struct piece *p, *inner;
	uintptr_t at;
	void *raw;

	if (align <= HEADER) {
		*to = bbuddy_malloc(a, size);
		return *to ? 0 : ENOMEM;
	}
	/* Room for a second header directly in front of the aligned address */
	raw = size + align + HEADER < size ? NULL : bbuddy_malloc(a, size + align + HEADER);
	if (!raw)
		return ENOMEM;
	p = piece_of(raw);
	at = ALIGN_UP((uintptr_t)raw, (uintptr_t)align);
	inner = (struct piece *)at - 1;
	if (inner != p) {
		inner->order = 0;
		inner->distance = (uintptr_t)inner - (uintptr_t)p;
	}
	*to = (void *)at;
	return 0;
}

static void bbuddy_free(struct uk_alloc *a, void *ptr)
{
	struct piece *p = piece_of(ptr);

	UK_ASSERT(p->used);
	_bbuddy_give(__containerof(a, struct buddy, a), p, p->order);
}

static void *bbuddy_realloc(struct uk_alloc *a, void *ptr, size_t size)
{
	struct piece *p = piece_of(ptr);
	size_t room = ((size_t)1 << p->order) - ((uintptr_t)ptr - (uintptr_t)p);
	void *q;

	if (size <= room)
		return ptr;
	q = bbuddy_malloc(a, size);
	if (!q)
		return NULL;
	memcpy(q, ptr, room);
	bbuddy_free(a, ptr);
	return q;
}

static int bbuddy_addmem(struct uk_alloc *a, void *base, size_t len)
{
	return _bbuddy_add_arena(__containerof(a, struct buddy, a), (uintptr_t)base, (uintptr_t)base + len);
}

static size_t bbuddy_availmem(struct uk_alloc *a)
{
	return __containerof(a, struct buddy, a)->free_bytes;
}

static size_t bbuddy_maxalloc(struct uk_alloc *a)
{
	struct buddy *b = __containerof(a, struct buddy, a);
	int order = MAX_ORDER;

	while (order >= MIN_ORDER && uk_list_empty(&b->lists[order]))
		order--;
	return order < MIN_ORDER ? 0 : ((size_t)1 << order) - HEADER;
}

struct uk_alloc *uk_allocbbuddy_init(void *base, size_t len)
{
	uintptr_t at = ALIGN_UP((uintptr_t)base, (uintptr_t)16);
	struct buddy *b = (struct buddy *)at;
	int i;

	if ((uintptr_t)base + len < at + sizeof(*b))
		return NULL;
	memset(b, 0, sizeof(*b));
	for (i = 0; i <= MAX_ORDER; i++)
		UK_INIT_LIST_HEAD(&b->lists[i]);
	b->a.malloc = bbuddy_malloc;
	b->a.realloc = bbuddy_realloc;
	b->a.posix_memalign = bbuddy_memalign;
	b->a.free = bbuddy_free;
	b->a.addmem = bbuddy_addmem;
	b->a.availmem = bbuddy_availmem;
	b->a.maxalloc = bbuddy_maxalloc;
	if (_bbuddy_add_arena(b, at + sizeof(*b), (uintptr_t)base + len))
		return NULL;
	uk_alloc_register(&b->a);
	return &b->a;
}
