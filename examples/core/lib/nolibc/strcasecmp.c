/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <ctype.h>
#include <strings.h>

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && tolower(*a) == tolower(*b); n--, a++, b++)
		;
	return n ? tolower((unsigned char)*a) - tolower((unsigned char)*b) : 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, (size_t)-1);
}

int ffs(int v)
{
	int i;

	for (i = 1; i <= 32; i++)
		if (v & (1u << (i - 1)))
			return i;
	return 0;
}
