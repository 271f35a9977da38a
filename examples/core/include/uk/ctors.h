/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Constructors: functions that run before the heap exists. The linker collects them in the
 * order of their priorities (see link64.lds.S).
 */
#ifndef __UK_CTORS_H__
#define __UK_CTORS_H__

#include <uk/essentials.h>
#include <uk/prio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*uk_ctor_func_t)(void);

/* The core's own table, and the two of the C and C++ languages */
extern const uk_ctor_func_t uk_ctortab_start[], uk_ctortab_end[];
extern const uk_ctor_func_t __preinit_array_start[], __preinit_array_end[];
extern const uk_ctor_func_t __init_array_start[], __init_array_end[];

#define __UK_CTORTAB(fn, prio)					\
	static const uk_ctor_func_t				\
	__used __section(".uk_ctortab" #prio)			\
	__uk_ctortab_##prio##_##fn = (fn)
#define _UK_CTORTAB(fn, prio) __UK_CTORTAB(fn, prio)

/** Runs void fn(void) with a priority from 0 (first) to 9 */
#define UK_CTOR_PRIO(fn, prio) _UK_CTORTAB(fn, prio)
#define UK_CTOR(fn) UK_CTOR_PRIO(fn, UK_PRIO_LATEST)
#define UK_CTOR_FUNC(prio, fn) UK_CTOR_PRIO(fn, prio)

#define uk_ctortab_foreach(it, start, end) \
	for ((it) = (start); (it) < (end); (it)++)

#ifdef __cplusplus
}
#endif
#endif /* __UK_CTORS_H__ */
