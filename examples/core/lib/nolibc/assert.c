/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void _nolibc_assert_fail(const char *what, const char *file, int line, const char *func)
{
	fprintf(stderr, "%s:%d: %s: Assertion `%s' failed.\n", file, line, func, what);
	abort();
}
