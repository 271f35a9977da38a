/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Memory for C++ objects. Without exceptions, having none left is the end. */
#include <stddef.h>
#include <stdlib.h>
#include <uk/assert.h>

static void *get(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		UK_CRASH("operator new: no memory for %zu bytes\n", size);
	return p;
}

void *operator new(size_t size) { return get(size); }
void *operator new[](size_t size) { return get(size); }
void operator delete(void *p) noexcept { free(p); }
void operator delete[](void *p) noexcept { free(p); }
void operator delete(void *p, size_t) noexcept { free(p); }
void operator delete[](void *p, size_t) noexcept { free(p); }
