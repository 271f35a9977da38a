/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Pointers that can carry a negative error code instead of an address */
#ifndef __UK_ERRPTR_H__
#define __UK_ERRPTR_H__

#include <uk/arch/types.h>

#define ERR2PTR(err) ((void *)(__sptr)(err))
#define PTR2ERR(ptr) ((int)(__sptr)(ptr))
/* The last page of the address space holds no object. */
#define PTRISERR(ptr) ((__uptr)(ptr) >= (__uptr)-4095)

#endif /* __UK_ERRPTR_H__ */
