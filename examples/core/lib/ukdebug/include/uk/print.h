/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Messages of the system, with a level each. Levels below the configured one cost nothing. */
#ifndef __UK_PRINT_H__
#define __UK_PRINT_H__

#include <stdarg.h>
#include <uk/config.h>
#include <uk/essentials.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KLVL_DEBUG (-1)
#define KLVL_CRIT  0
#define KLVL_ERR   1
#define KLVL_WARN  2
#define KLVL_INFO  3

#if !defined(CONFIG_LIBUKDEBUG_PRINTK)
#define KLVL_MAX (-2)
#elif defined(CONFIG_LIBUKDEBUG_PRINTK_INFO)
#define KLVL_MAX KLVL_INFO
#elif defined(CONFIG_LIBUKDEBUG_PRINTK_WARN)
#define KLVL_MAX KLVL_WARN
#elif defined(CONFIG_LIBUKDEBUG_PRINTK_ERR)
#define KLVL_MAX KLVL_ERR
#else
#define KLVL_MAX KLVL_CRIT
#endif

#ifdef __LIBNAME__
#define __UK_LIBNAME STRINGIFY(__LIBNAME__)
#else
#define __UK_LIBNAME ((const char *)0)
#endif
#ifdef __BASENAME__
#define __UK_SRCNAME STRINGIFY(__BASENAME__)
#else
#define __UK_SRCNAME ((const char *)0)
#endif

void _uk_printk(int lvl, const char *libname, const char *srcname, unsigned int line,
		const char *fmt, ...) __printf(5, 6);
void _uk_vprintk(int lvl, const char *libname, const char *srcname, unsigned int line,
		 const char *fmt, va_list ap);

#define uk_printk(lvl, fmt, ...)							\
	do {										\
		if ((lvl) <= KLVL_MAX)							\
			_uk_printk((lvl), __UK_LIBNAME, __UK_SRCNAME, __LINE__, (fmt),	\
				   ##__VA_ARGS__);					\
	} while (0)

#if defined(CONFIG_LIBUKDEBUG_PRINTD) || defined(UK_DEBUG)
#define uk_printd(fmt, ...) \
	_uk_printk(KLVL_DEBUG, __UK_LIBNAME, __UK_SRCNAME, __LINE__, (fmt), ##__VA_ARGS__)
#else
#define uk_printd(fmt, ...)						\
	do {								\
		if (0)							\
			_uk_printk(KLVL_DEBUG, 0, 0, 0, (fmt), ##__VA_ARGS__); \
	} while (0)
#endif

#define uk_pr_crit(fmt, ...)  uk_printk(KLVL_CRIT, fmt, ##__VA_ARGS__)
#define uk_pr_err(fmt, ...)   uk_printk(KLVL_ERR, fmt, ##__VA_ARGS__)
#define uk_pr_warn(fmt, ...)  uk_printk(KLVL_WARN, fmt, ##__VA_ARGS__)
#define uk_pr_info(fmt, ...)  uk_printk(KLVL_INFO, fmt, ##__VA_ARGS__)
#define uk_pr_debug(fmt, ...) uk_printd(fmt, ##__VA_ARGS__)

/** Output that no option switches off, for the report of a crash */
void uk_crash_printf(const char *fmt, ...) __printf(1, 2);

#ifdef __cplusplus
}
#endif
#endif /* __UK_PRINT_H__ */
