/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Initializers: functions that run in six classes once the heap exists, before main.
 *
 *   uk_early_initcall_prio   uk_plat_...   uk_lib_...   uk_rootfs_...   uk_sys_...   uk_late_...
 *
 * Inside a class the priority decides, 0 first and 9 last. Two forms are taken:
 *
 *   uk_lib_initcall_prio(init, prio)         what cores up to 0.15 had: int init(void)
 *   uk_lib_initcall_prio(init, term, prio)   since 0.16: int init(struct uk_init_ctx *),
 *                                            void term(const struct uk_term_ctx *) or 0
 *
 * A negative result stops the boot. `term` runs at shutdown, last initialized first.
 */
#ifndef __UK_INIT_H__
#define __UK_INIT_H__

#include <uk/config.h>
#include <uk/essentials.h>
#include <uk/plat/bootstrap.h>
#include <uk/prio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_init_ctx {
	struct {
		int argc;
		char **argv;
	} cmdline;
};

struct uk_term_ctx {
	enum ukplat_gstate target;
};

typedef int (*uk_init_func_t)(struct uk_init_ctx *);
typedef void (*uk_term_func_t)(const struct uk_term_ctx *);

struct uk_inittab_entry {
	uk_init_func_t init;
	uk_term_func_t term;
};

extern const struct uk_inittab_entry uk_inittab_start[], uk_inittab_end[];

/* A function without parameters may be called with one: the calling convention passes it in
 * a register that the function does not look at.
 */
#define __UK_INIT_ENTRY(fn, term_fn, class, prio)				\
	static const struct uk_inittab_entry					\
	__used __section(".uk_inittab" #class #prio) __align(8)			\
	__uk_inittab_##class##prio##_##fn = {					\
		(uk_init_func_t)(void (*)(void))(fn),				\
		(uk_term_func_t)(void (*)(void))(term_fn)			\
	}
#define _UK_INIT_ENTRY(fn, term_fn, class, prio) __UK_INIT_ENTRY(fn, term_fn, class, prio)

#define __UK_INITCALL2(class, fn, prio)          _UK_INIT_ENTRY(fn, 0, class, prio)
#define __UK_INITCALL3(class, fn, term_fn, prio) _UK_INIT_ENTRY(fn, term_fn, class, prio)
#define __UK_INITCALL1(class, fn)                _UK_INIT_ENTRY(fn, 0, class, UK_PRIO_LATEST)
#define __UK_INITCALL2T(class, fn, term_fn)      _UK_INIT_ENTRY(fn, term_fn, class, UK_PRIO_LATEST)
#define __UK_PICK(a, b, c, name, ...) name
#define __UK_INITCALL_PRIO(class, ...) \
	__UK_PICK(__VA_ARGS__, __UK_INITCALL3, __UK_INITCALL2, too_few)(class, __VA_ARGS__)
#define __UK_INITCALL(class, ...) \
	__UK_PICK(__VA_ARGS__, too_many, __UK_INITCALL2T, __UK_INITCALL1)(class, __VA_ARGS__)

#define UK_INIT_CLASS_EARLY  1
#define UK_INIT_CLASS_PLAT   2
#define UK_INIT_CLASS_LIB    3
#define UK_INIT_CLASS_ROOTFS 4
#define UK_INIT_CLASS_SYS    5
#define UK_INIT_CLASS_LATE   6

#define uk_early_initcall_prio(...)  __UK_INITCALL_PRIO(1, __VA_ARGS__)
#define uk_plat_initcall_prio(...)   __UK_INITCALL_PRIO(2, __VA_ARGS__)
#define uk_lib_initcall_prio(...)    __UK_INITCALL_PRIO(3, __VA_ARGS__)
#define uk_rootfs_initcall_prio(...) __UK_INITCALL_PRIO(4, __VA_ARGS__)
#define uk_sys_initcall_prio(...)    __UK_INITCALL_PRIO(5, __VA_ARGS__)
#define uk_late_initcall_prio(...)   __UK_INITCALL_PRIO(6, __VA_ARGS__)

#define uk_early_initcall(...)  __UK_INITCALL(1, __VA_ARGS__)
#define uk_plat_initcall(...)   __UK_INITCALL(2, __VA_ARGS__)
#define uk_lib_initcall(...)    __UK_INITCALL(3, __VA_ARGS__)
#define uk_rootfs_initcall(...) __UK_INITCALL(4, __VA_ARGS__)
#define uk_sys_initcall(...)    __UK_INITCALL(5, __VA_ARGS__)
#define uk_late_initcall(...)   __UK_INITCALL(6, __VA_ARGS__)

#define uk_inittab_foreach(it, start, end) \
	for ((it) = (start); (it) < (end); (it)++)
#define uk_inittab_foreach_reverse(it, start, end) \
	for ((it) = (end) - 1; (it) >= (start); (it)--)

#ifdef __cplusplus
}
#endif
#endif /* __UK_INIT_H__ */
