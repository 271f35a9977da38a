/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "format.h"

struct buffer {
	struct sink sink;
	char *buf;
	size_t size, used;
};

static void put(struct sink *to, const char *s, size_t n)
{
	struct buffer *b = (struct buffer *)to;

	/* The last byte is kept for the terminator. */
	if (b->used + 1 < b->size) {
		size_t room = b->size - 1 - b->used;

		if (n > room)
			n = room;
		memcpy(b->buf + b->used, s, n);
		b->used += n;
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct buffer b = { { put, 0 }, buf, size, 0 };
	int n = format(&b.sink, fmt, ap);

	if (size)
		buf[b.used] = '\0';
	return n;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int vsprintf(char *buf, const char *fmt, va_list ap)
{
	return vsnprintf(buf, INT_MAX, fmt, ap);
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsprintf(buf, fmt, ap);
	va_end(ap);
	return n;
}
