/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (isalpha((unsigned char)c))
		return tolower(c) - 'a' + 10;
	return INT_MAX;
}

/* Sign, prefix and digits; the magnitude stops at `limit` and sets *over then. */
static unsigned long long parse(const char *s, char **end, int base, unsigned long long limit,
				int *negative, int *over)
{
	const char *p = s;
	unsigned long long v = 0;
	int d, any = 0;

	*negative = *over = 0;
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		*negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' && (p[1] | 32) == 'x' && digit_value(p[2]) < 16) {
		p += 2;
		base = 16;
	} else if (base == 0) {
		base = *p == '0' ? 8 : 10;
	}
	if (base < 2 || base > 36) {
		errno = EINVAL;
		base = 0;
	}
	for (; (d = digit_value(*p)) < base; p++, any = 1) {
		if (v > (limit - (unsigned int)d) / (unsigned int)base)
			*over = 1;
		else
			v = v * (unsigned int)base + (unsigned int)d;
	}
	if (end)
		*end = (char *)(any ? p : s);
	return v;
}

long long strtoll(const char *s, char **end, int base)
{
	int negative, over;
	unsigned long long v = parse(s, end, base, ULLONG_MAX, &negative, &over);

	if (over || v > (unsigned long long)LLONG_MAX + (negative ? 1 : 0)) {
		errno = ERANGE;
		return negative ? LLONG_MIN : LLONG_MAX;
	}
	return (long long)(negative ? -v : v);
}

unsigned long long strtoull(const char *s, char **end, int base)
{
	int negative, over;
	unsigned long long v = parse(s, end, base, ULLONG_MAX, &negative, &over);

	if (over) {
		errno = ERANGE;
		return ULLONG_MAX;
	}
	return negative ? -v : v;
}

/* long has the size of long long here. */
_Static_assert(sizeof(long) == sizeof(long long), "strtol needs a limit of its own");

long strtol(const char *s, char **end, int base)
{
	return (long)strtoll(s, end, base);
}

unsigned long strtoul(const char *s, char **end, int base)
{
	return (unsigned long)strtoull(s, end, base);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

long long atoll(const char *s)
{
	return strtoll(s, NULL, 10);
}
