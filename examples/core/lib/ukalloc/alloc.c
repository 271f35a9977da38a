/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <uk/alloc.h>

static struct uk_alloc *first;

#ifdef CONFIG_LIBUKALLOC_STATS
#define COUNT(a, what) ((a)->stats.what++)
#else
#define COUNT(a, what) ((void)(a))
#endif

int uk_alloc_register(struct uk_alloc *a)
{
	struct uk_alloc **end = &first;

	while (*end)
		end = &(*end)->next;
	a->next = NULL;
	*end = a;
	return 0;
}

struct uk_alloc *uk_alloc_get_default(void)
{
	return first;
}

static void *counted(struct uk_alloc *a, void *p)
{
	if (p)
		COUNT(a, mallocs);
	else
		COUNT(a, failed);
	return p;
}

void *uk_malloc(struct uk_alloc *a, size_t size)
{
	void *p;

	if (unlikely(!a))
		return NULL;
	p = counted(a, a->malloc(a, size ? size : 1));
#ifdef CONFIG_LIBUKALLOC_POISON
	if (p)
		memset(p, CONFIG_LIBUKALLOC_POISON_BYTE, size);
#endif
	return p;
}

void *uk_calloc(struct uk_alloc *a, size_t n, size_t size)
{
	void *p;

	if (size && n > SIZE_MAX / size)
		return NULL;
	p = uk_malloc(a, n * size);
	return p ? memset(p, 0, n * size) : NULL;
}

void *uk_zalloc(struct uk_alloc *a, size_t size)
{
	return uk_calloc(a, 1, size);
}

void *uk_realloc(struct uk_alloc *a, void *p, size_t size)
{
	if (!p)
		return uk_malloc(a, size);
	if (!size) {
		uk_free(a, p);
		return NULL;
	}
	return a ? a->realloc(a, p, size) : NULL;
}

int uk_posix_memalign(struct uk_alloc *a, void **p, size_t align, size_t size)
{
	int err;

	if (unlikely(!a))
		return ENOMEM;
	if (!POWER_OF_2(align) || align < sizeof(void *))
		return EINVAL;
	err = a->posix_memalign(a, p, align, size ? size : 1);
	counted(a, err ? NULL : *p);
	return err;
}

void *uk_memalign(struct uk_alloc *a, size_t align, size_t size)
{
	void *p = NULL;

	return uk_posix_memalign(a, &p, MAX(align, sizeof(void *)), size) ? NULL : p;
}

void uk_free(struct uk_alloc *a, void *p)
{
	if (!a || !p)
		return;
	COUNT(a, frees);
	a->free(a, p);
}

int uk_alloc_addmem(struct uk_alloc *a, void *base, size_t len)
{
	return a && a->addmem ? a->addmem(a, base, len) : ENOTSUP;
}

size_t uk_alloc_availmem(struct uk_alloc *a)
{
	return a && a->availmem ? a->availmem(a) : 0;
}

size_t uk_alloc_maxalloc(struct uk_alloc *a)
{
	return a && a->maxalloc ? a->maxalloc(a) : 0;
}
