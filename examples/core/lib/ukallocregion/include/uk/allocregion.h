/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The simplest allocator: memory is handed out from the front of a region and never comes back. */
#ifndef __UK_ALLOCREGION_H__
#define __UK_ALLOCREGION_H__

#include <uk/alloc.h>

/** An allocator that lives at the start of the memory that it hands out; 0 if that is too small */
struct uk_alloc *uk_allocregion_init(void *base, size_t len);

#endif /* __UK_ALLOCREGION_H__ */
