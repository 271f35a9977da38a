/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* May be included several times, each time for the NDEBUG that is set then. */
#undef assert
#ifdef NDEBUG
#define assert(x) ((void)0)
#else
#ifdef __cplusplus
extern "C"
#endif
void _nolibc_assert_fail(const char *what, const char *file, int line, const char *func)
	__attribute__((noreturn));
#define assert(x) ((x) ? (void)0 : _nolibc_assert_fail(#x, __FILE__, __LINE__, __func__))
#endif
#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif
