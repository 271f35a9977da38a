/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Conditions that must hold, at run time and while compiling */
#ifndef __UK_ASSERT_H__
#define __UK_ASSERT_H__

#include <uk/config.h>
#include <uk/essentials.h>
#include <uk/print.h>

#ifdef __cplusplus
extern "C" {
#endif

void _uk_assert_fail(const char *what, const char *file, int line) __noreturn;
void _uk_crash(const char *fmt, ...) __noreturn __printf(1, 2);

#ifdef CONFIG_LIBUKDEBUG_ENABLE_ASSERT
#define UK_ASSERT(x) \
	do { if (unlikely(!(x))) _uk_assert_fail(#x, __FILE__, __LINE__); } while (0)
#else
#define UK_ASSERT(x) do { } while (0)
#endif

#define UK_CRASH(fmt, ...) _uk_crash((fmt), ##__VA_ARGS__)

#define UK_CTASSERT(x) typedef char __ctassert_##__LINE__[(x) ? 1 : -1] __unused
#define UK_BUGON(x) UK_ASSERT(!(x))

#ifdef __cplusplus
}
#endif
#endif /* __UK_ASSERT_H__ */
