/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/plat/bootstrap.h>
#include <uk/plat/console.h>

static void callers(void)
{
#ifndef __OMIT_FRAMEPOINTER__
	uk_crash_printf("Called from [%016lx]\n", (__u64)__return_addr(0));
#endif
}

void _uk_assert_fail(const char *what, const char *file, int line)
{
	uk_crash_printf("%s:%d: assertion failed: %s\n", file, line, what);
	callers();
	ukplat_terminate(UKPLAT_CRASH);
}

void _uk_crash(const char *fmt, ...)
{
	char buf[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	uk_crash_printf("%s", buf);
	callers();
	ukplat_terminate(UKPLAT_CRASH);
}
