/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The C names of the default allocator */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uk/alloc.h>

void *malloc(size_t size)
{
	void *p = uk_malloc(uk_alloc_get_default(), size);

	if (!p)
		errno = ENOMEM;
	return p;
}

void *calloc(size_t n, size_t size)
{
	void *p = uk_calloc(uk_alloc_get_default(), n, size);

	if (!p)
		errno = ENOMEM;
	return p;
}

void *realloc(void *p, size_t size)
{
	void *q = uk_realloc(uk_alloc_get_default(), p, size);

	if (!q && size)
		errno = ENOMEM;
	return q;
}

void *reallocarray(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, n * size);
}

void free(void *p)
{
	uk_free(uk_alloc_get_default(), p);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	return uk_posix_memalign(uk_alloc_get_default(), p, align, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	void *p = NULL;
	int err = posix_memalign(&p, align < sizeof(void *) ? sizeof(void *) : align, size);

	if (err)
		errno = err;
	return p;
}

void *memalign(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}
