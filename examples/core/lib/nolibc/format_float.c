/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Exact decimal output. A double is an integer times a power of two, so its decimal digits are
 * finite; they are computed in an array of base 10^9 digits and rounded half to even.
 */
#include <stdint.h>
#include <string.h>
#include "format.h"

#define BASE        1000000000u
#define BASE_DIGITS 9
#define FRACTION    120		/* base digits behind the point: 1074 decimal digits */
#define INTEGER     36		/* in front of it: 309 decimal digits, and a carry */
#define POINT       INTEGER	/* words[0..POINT) are the integer part, first is largest */
#define WORDS       (INTEGER + FRACTION)

#define MANTISSA_BITS 52
#define EXPONENT_MASK 0x7ff
#define EXPONENT_BIAS 1075	/* of the mantissa as an integer */

struct parts {
	int negative, special;	/* special: infinity or not a number */
	uint64_t mantissa;
	int exponent;		/* the value is mantissa * 2^exponent */
};

static struct parts take_apart(double v)
{
	struct parts p;
	uint64_t bits;
	int e;

	memcpy(&bits, &v, sizeof(bits));
	e = (int)(bits >> MANTISSA_BITS) & EXPONENT_MASK;
	p.negative = (int)(bits >> 63);
	p.special = e == EXPONENT_MASK;
	p.mantissa = bits & (((uint64_t)1 << MANTISSA_BITS) - 1);
	if (e && !p.special)
		p.mantissa |= (uint64_t)1 << MANTISSA_BITS;
	p.exponent = (e ? e : 1) - EXPONENT_BIAS;
	return p;
}

/* All decimal digits of the value: digits[0] has the weight 10^top */
struct decimal {
	char digits[WORDS * BASE_DIGITS + 1];
	int n;
	int top;
};

static void expand(const struct parts *p, struct decimal *d)
{
	uint32_t words[WORDS];
	uint64_t carry;
	int i, e = p->exponent, k;
	char *out = d->digits;

	memset(words, 0, sizeof(words));
	words[POINT - 1] = (uint32_t)(p->mantissa % BASE);
	words[POINT - 2] = (uint32_t)(p->mantissa / BASE);

	for (; e > 0; e -= k) {
		k = e < 29 ? e : 29;
		for (carry = 0, i = POINT - 1; i >= 0; i--) {
			carry += (uint64_t)words[i] << k;
			words[i] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
	}
	for (; e < 0; e += k) {
		/* 2^9 divides 10^9, so nothing is lost behind the last word. */
		k = -e < 9 ? -e : 9;
		for (carry = 0, i = 0; i < WORDS; i++) {
			carry = carry * BASE + words[i];
			words[i] = (uint32_t)(carry >> k);
			carry &= ((uint64_t)1 << k) - 1;
		}
	}

	for (i = 0; i < WORDS; i++) {
		uint32_t w = words[i];

		for (k = BASE_DIGITS - 1; k >= 0; k--, w /= 10)
			out[k] = (char)('0' + w % 10);
		out += BASE_DIGITS;
	}
	/* Drop leading zeros, one digit in front of the point at least */
	for (i = 0; i < POINT * BASE_DIGITS - 1 && d->digits[i] == '0'; i++)
		;
	d->n = WORDS * BASE_DIGITS - i;
	d->top = POINT * BASE_DIGITS - 1 - i;
	memmove(d->digits, d->digits + i, (size_t)d->n);
}

/* For %e: the first digit is not 0, unless the value is. */
static void normalize(struct decimal *d)
{
	int i;

	for (i = 0; i < d->n - 1 && d->digits[i] == '0'; i++)
		;
	if (d->digits[i] == '0') {
		d->top = 0;
		return;
	}
	d->n -= i;
	d->top -= i;
	memmove(d->digits, d->digits + i, (size_t)d->n);
}

/* Keeps `keep` digits. A carry out of the first one adds a digit in front. */
static void round_to(struct decimal *d, int keep)
{
	int i, up, rest;

	if (keep >= d->n)
		return;
	if (keep < 0) {
		d->n = 0;
		return;
	}
	for (rest = 0, i = keep + 1; i < d->n; i++)
		rest |= d->digits[i] != '0';
	up = d->digits[keep] > '5' ||
	     (d->digits[keep] == '5' && (rest || (keep > 0 && (d->digits[keep - 1] & 1))));
	d->n = keep;
	if (!up)
		return;
	for (i = keep - 1; i >= 0; i--) {
		if (d->digits[i] != '9') {
			d->digits[i]++;
			return;
		}
		d->digits[i] = '0';
	}
	memmove(d->digits + 1, d->digits, (size_t)keep);
	d->digits[0] = '1';
	d->n = keep + 1;
	d->top++;
}

/* Digits are read past their end as zeros. */
static char digit(const struct decimal *d, int i)
{
	return i >= 0 && i < d->n ? d->digits[i] : '0';
}

static char *put_exponent(char *out, int e, char letter, int least)
{
	char buf[8];
	int n = 0;

	*out++ = letter;
	*out++ = e < 0 ? '-' : '+';
	if (e < 0)
		e = -e;
	do
		buf[n++] = (char)('0' + e % 10);
	while ((e /= 10) || n < least);
	while (n)
		*out++ = buf[--n];
	return out;
}

static void strip_zeros(char *from, char **end)
{
	if (!memchr(from, '.', (size_t)(*end - from)))
		return;
	while ((*end)[-1] == '0')
		--*end;
	if ((*end)[-1] == '.')
		--*end;
}

/* Room for the longest %f: 310 digits, a point and the precision; more precision than that
 * can only be zeros, which the caller writes.
 */
#define PRECISION_MAX 1080

static char *put_fixed(char *out, const struct decimal *d, int precision, int point)
{
	int i;

	for (i = 0; i <= d->top; i++)
		*out++ = digit(d, i);
	if (precision || point)
		*out++ = '.';
	for (i = 0; i < precision; i++)
		*out++ = digit(d, d->top + 1 + i);
	return out;
}

static char *put_scientific(char *out, const struct decimal *d, int precision, int point)
{
	int i;

	*out++ = digit(d, 0);
	if (precision || point)
		*out++ = '.';
	for (i = 1; i <= precision; i++)
		*out++ = digit(d, i);
	return out;
}

static char *put_hex(char *out, const struct parts *p, struct spec *spec)
{
	const char *digits = spec->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	uint64_t m = p->mantissa;
	int e = p->exponent + MANTISSA_BITS, n = 13, i;

	if (m == 0)
		e = 0;
	else
		for (; !(m >> MANTISSA_BITS); e--)
			m <<= 1;
	if (spec->precision >= 0 && spec->precision < n) {
		int drop = (n - spec->precision) * 4;
		uint64_t half = (uint64_t)1 << (drop - 1), rest = m & (half * 2 - 1);

		m &= ~(half * 2 - 1);
		if (rest > half || (rest == half && (m & (half * 2))))
			m += half * 2;
		n = spec->precision;
	} else if (spec->precision < 0) {
		while (n && !(m & ((uint64_t)15 << ((13 - n) * 4))))
			n--;
	}
	*out++ = digits[m >> MANTISSA_BITS];
	if (n || spec->precision > 0 || spec->alternate)
		*out++ = '.';
	for (i = 0; i < n; i++)
		*out++ = digits[(m >> ((12 - i) * 4)) & 15];
	for (; i < spec->precision && i < PRECISION_MAX; i++)
		*out++ = '0';
	return put_exponent(out, e, spec->upper ? 'P' : 'p', 1);
}

void format_float(struct sink *to, struct spec *spec, double v, char conv)
{
	static struct decimal d;
	static char buf[320 + PRECISION_MAX + 16];
	struct parts p = take_apart(v);
	const char *sign = p.negative ? "-" : spec->plus ? "+" : spec->blank ? " " : "";
	char prefix[4], *out = buf;
	int precision = spec->precision < 0 ? 6 : spec->precision;

	if (p.special) {
		spec->zero = 0;
		format_field(to, spec, sign, 0, p.mantissa ? (spec->upper ? "NAN" : "nan")
				: (spec->upper ? "INF" : "inf"), 3);
		return;
	}
	if (precision > PRECISION_MAX)
		precision = PRECISION_MAX;

	if (conv == 'a') {
		strcpy(prefix, sign);
		strcat(prefix, spec->upper ? "0X" : "0x");
		out = put_hex(out, &p, spec);
		format_field(to, spec, prefix, 0, buf, (size_t)(out - buf));
		return;
	}

	expand(&p, &d);
	if (conv == 'f') {
		round_to(&d, d.top + 1 + precision);
		out = put_fixed(out, &d, precision, spec->alternate);
	} else {
		normalize(&d);
		if (conv == 'g' && precision == 0)
			precision = 1;
		round_to(&d, conv == 'g' ? precision : precision + 1);
		if (conv == 'g' && d.top >= -4 && d.top < precision) {
			/* As %f, with so many digits behind the point that `precision` are shown */
			precision -= d.top + 1;
			if (d.top < 0) {
				*out++ = '0';
				if (precision || spec->alternate)
					*out++ = '.';
				for (int i = 0; i < precision; i++)
					*out++ = digit(&d, d.top + 1 + i);
			} else {
				out = put_fixed(out, &d, precision, spec->alternate);
			}
			if (!spec->alternate)
				strip_zeros(buf, &out);
		} else {
			if (conv == 'g')
				precision--;
			out = put_scientific(out, &d, precision, spec->alternate);
			if (conv == 'g' && !spec->alternate)
				strip_zeros(buf, &out);
			out = put_exponent(out, d.top, spec->upper ? 'E' : 'e', 2);
		}
	}
	format_field(to, spec, sign, 0, buf, (size_t)(out - buf));
}
