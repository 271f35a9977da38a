/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Decimal and hexadecimal floating-point numbers. Up to 19 significant digits count; the result
 * is computed in the 64 mantissa bits of long double, so its last bit may differ from the
 * correctly rounded one for long inputs.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static long double power(long double base, unsigned int n)
{
	long double r = 1;

	for (; n; n >>= 1, base *= base)
		if (n & 1)
			r *= base;
	return r;
}

static int hex_value(int c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

/* Digits with an optional point; *exp counts the digits that were left out or follow the
 * point. Returns 0 when there is no digit.
 */
static int digits(const char **s, int base, unsigned long long *v, int *exp)
{
	const char *p = *s;
	int point = 0, any = 0;
	unsigned long long limit = (~0ULL - 15) / (unsigned int)base;

	*v = 0;
	*exp = 0;
	for (;; p++) {
		if (*p == '.' && !point) {
			point = 1;
			continue;
		}
		if (!(base == 16 ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p)))
			break;
		any = 1;
		if (*v <= limit) {
			*v = *v * (unsigned int)base + (unsigned int)hex_value(*p);
			*exp -= point;
		} else {
			*exp += !point;
		}
	}
	if (any)
		*s = p;
	return any;
}

/* e+12 or p-3 behind a number */
static int exponent(const char **s, char letter)
{
	char *end;
	long v;

	if ((**s | 32) != letter)
		return 0;
	if (!isdigit((unsigned char)(*s)[1]) &&
	    !(((*s)[1] == '-' || (*s)[1] == '+') && isdigit((unsigned char)(*s)[2])))
		return 0;
	v = strtol(*s + 1, &end, 10);
	*s = end;
	return v > 20000 ? 20000 : v < -20000 ? -20000 : (int)v;
}

double strtod(const char *s, char **end)
{
	const char *p = s;
	unsigned long long v;
	int negative = 0, exp;
	long double r;
	double d;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if (strncasecmp(p, "inf", 3) == 0) {
		p += strncasecmp(p, "infinity", 8) == 0 ? 8 : 3;
		d = __builtin_inf();
	} else if (strncasecmp(p, "nan", 3) == 0) {
		p += 3;
		d = __builtin_nan("");
	} else {
		int hex = p[0] == '0' && (p[1] | 32) == 'x' &&
			  (isxdigit((unsigned char)p[2]) || (p[2] == '.' && isxdigit((unsigned char)p[3])));

		if (hex)
			p += 2;
		if (!digits(&p, hex ? 16 : 10, &v, &exp)) {
			if (end)
				*end = (char *)s;
			return 0;
		}
		if (hex)
			exp = exp * 4 + exponent(&p, 'p');
		else
			exp += exponent(&p, 'e');
		r = v;
		if (v && exp < 0)
			r = exp < -4900 ? r / power(hex ? 2 : 10, 4900) / power(hex ? 2 : 10, (unsigned int)(-exp - 4900))
					: r / power(hex ? 2 : 10, (unsigned int)-exp);
		else if (v)
			r *= power(hex ? 2 : 10, (unsigned int)exp);
		d = (double)r;
		if (v && (d == 0 || d == __builtin_inf()))
			errno = ERANGE;
	}
	if (end)
		*end = (char *)p;
	return negative ? -d : d;
}

float strtof(const char *s, char **end)
{
	return (float)strtod(s, end);
}

double atof(const char *s)
{
	return strtod(s, NULL);
}
