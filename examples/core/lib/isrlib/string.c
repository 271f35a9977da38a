/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Compiled as a source of variant isr, and only so */
#ifndef __INTERRUPTSAFE__
#error This file needs the flags of variant isr
#endif

#include <uk/isr/string.h>

void *memcpy_isr(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	while (n--)
		*t++ = *f++;
	return to;
}

void *memset_isr(void *to, int c, size_t n)
{
	unsigned char *t = to;

	while (n--)
		*t++ = (unsigned char)c;
	return to;
}

int memcmp_isr(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n--; p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen_isr(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}
