/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_ARCH_LIMITS_H__
#define __UK_ARCH_LIMITS_H__

#include <uk/config.h>

#define __PAGE_SHIFT	12
#ifdef __ASSEMBLY__
#define __PAGE_SIZE	0x1000
#else
#define __PAGE_SIZE	0x1000UL
#endif
#define __STACK_SIZE	(__PAGE_SIZE << CONFIG_STACK_SIZE_PAGE_ORDER)

#endif /* __UK_ARCH_LIMITS_H__ */
