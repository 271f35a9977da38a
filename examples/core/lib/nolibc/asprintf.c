/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **buf, const char *fmt, va_list ap)
{
	int n = vsnprintf(NULL, 0, fmt, ap);

	*buf = n < 0 ? NULL : malloc((size_t)n + 1);
	if (!*buf)
		return -1;
	return vsnprintf(*buf, (size_t)n + 1, fmt, ap);
}

int asprintf(char **buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(buf, fmt, ap);
	va_end(ap);
	return n;
}
