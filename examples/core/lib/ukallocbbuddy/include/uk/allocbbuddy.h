/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Binary buddy allocator: pieces are powers of two, and two free halves of a piece join again. */
#ifndef __UK_ALLOCBBUDDY_H__
#define __UK_ALLOCBBUDDY_H__

#include <uk/alloc.h>

/** An allocator that lives at the start of the memory that it hands out; 0 if that is too small */
struct uk_alloc *uk_allocbbuddy_init(void *base, size_t len);

#endif /* __UK_ALLOCBBUDDY_H__ */
