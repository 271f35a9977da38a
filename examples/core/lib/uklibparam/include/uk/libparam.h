/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Variables of libraries that the command line can set:
 *
 *   image net.address=10.0.0.2 sched.verbose=1 -- arguments of the program
 *
 * Without a word `--`, all words belong to the program.
 */
#ifndef __UK_LIBPARAM_H__
#define __UK_LIBPARAM_H__

#include <uk/essentials.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uk_libparam_type {
	UK_LIBPARAM_bool,	/* int: 0 or 1; y, n, yes, no, on, off */
	UK_LIBPARAM_int,
	UK_LIBPARAM_uint,
	UK_LIBPARAM_charp	/* const char *: the text in the command line */
};

struct uk_libparam {
	const char *lib, *name, *description;
	void *var;
	enum uk_libparam_type type;
};

#define __UK_LIBPARAM(alias, ptr, ptype, desc)					\
	static const struct uk_libparam __used __section(".uk_libparam") __align(8)	\
	__uk_libparam_##alias = {						\
		STRINGIFY(__LIBNAME__), #alias, (desc), (ptr), UK_LIBPARAM_##ptype	\
	}

/** Makes a variable settable as LIB.ALIAS, where LIB is the library's name without `lib` */
#define UK_LIBPARAM_PARAM_ALIAS(alias, ptr, ptype, desc) __UK_LIBPARAM(alias, ptr, ptype, desc)
#define UK_LIBPARAM_PARAM(var, ptype, desc) __UK_LIBPARAM(var, &(var), ptype, desc)

/** Applies the words in front of `--` and removes them, keeping argv[0]. Returns their number, or
 * -22 after an explanation when one is wrong.
 */
int uk_libparam_parse(int *argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif /* __UK_LIBPARAM_H__ */
