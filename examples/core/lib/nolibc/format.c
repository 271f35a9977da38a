/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/config.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include "format.h"

static void emit(struct sink *to, const char *s, size_t n)
{
	to->count += n;
	to->put(to, s, n);
}

static void fill(struct sink *to, char c, size_t n)
{
	char block[32];

	memset(block, c, sizeof(block));
	for (; n > sizeof(block); n -= sizeof(block))
		emit(to, block, sizeof(block));
	emit(to, block, n);
}

void format_field(struct sink *to, const struct spec *spec, const char *prefix,
		  size_t zeros, const char *body, size_t n)
{
	size_t plen = strlen(prefix), used = plen + zeros + n;
	size_t pad = spec->width > 0 && (size_t)spec->width > used ? (size_t)spec->width - used : 0;

	if (pad && !spec->left && !spec->zero)
		fill(to, ' ', pad);
	emit(to, prefix, plen);
	if (pad && !spec->left && spec->zero)
		zeros += pad;
	fill(to, '0', zeros);
	emit(to, body, n);
	if (pad && spec->left)
		fill(to, ' ', pad);
}

static void format_integer(struct sink *to, struct spec *spec, uintmax_t v, int negative,
			   unsigned int base, int is_signed)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	const char *digits = spec->upper ? upper : lower;
	const char *prefix = "";
	char buf[sizeof(v) * CHAR_BIT], *p = buf + sizeof(buf);
	size_t n, zeros = 0;
	uintmax_t rest;

	for (rest = v; rest; rest /= base)
		*--p = digits[rest % base];
	n = (size_t)(buf + sizeof(buf) - p);

	if (spec->precision >= 0) {
		spec->zero = 0;
		if ((size_t)spec->precision > n)
			zeros = (size_t)spec->precision - n;
	} else if (n == 0) {
		zeros = 1;
	}
	if (is_signed)
		prefix = negative ? "-" : spec->plus ? "+" : spec->blank ? " " : "";
	else if (spec->alternate && base == 16 && v)
		prefix = spec->upper ? "0X" : "0x";
	else if (spec->alternate && base == 8 && zeros == 0)
		zeros = 1;
	format_field(to, spec, prefix, zeros, p, n);
}

enum size { CHAR, SHORT, INT, LONG, LLONG, MAX, SIZE, PTRDIFF, LDOUBLE };

static intmax_t signed_arg(va_list *ap, enum size size)
{
	switch (size) {
	case CHAR:    return (signed char)va_arg(*ap, int);
	case SHORT:   return (short)va_arg(*ap, int);
	case LONG:    return va_arg(*ap, long);
	case LLONG:   return va_arg(*ap, long long);
	case MAX:     return va_arg(*ap, intmax_t);
	case SIZE:
	case PTRDIFF: return va_arg(*ap, ptrdiff_t);
	default:      return va_arg(*ap, int);
	}
}

static uintmax_t unsigned_arg(va_list *ap, enum size size)
{
	switch (size) {
	case CHAR:    return (unsigned char)va_arg(*ap, unsigned int);
	case SHORT:   return (unsigned short)va_arg(*ap, unsigned int);
	case LONG:    return va_arg(*ap, unsigned long);
	case LLONG:   return va_arg(*ap, unsigned long long);
	case MAX:     return va_arg(*ap, uintmax_t);
	case SIZE:
	case PTRDIFF: return va_arg(*ap, size_t);
	default:      return va_arg(*ap, unsigned int);
	}
}

static void store_count(va_list *ap, enum size size, size_t count)
{
	switch (size) {
	case CHAR:    *va_arg(*ap, signed char *) = (signed char)count; break;
	case SHORT:   *va_arg(*ap, short *) = (short)count; break;
	case LONG:    *va_arg(*ap, long *) = (long)count; break;
	case LLONG:   *va_arg(*ap, long long *) = (long long)count; break;
	case MAX:     *va_arg(*ap, intmax_t *) = (intmax_t)count; break;
	case SIZE:
	case PTRDIFF: *va_arg(*ap, ptrdiff_t *) = (ptrdiff_t)count; break;
	default:      *va_arg(*ap, int *) = (int)count;
	}
}

static const char *read_number(const char *f, int *to)
{
	int v = 0;

	for (; *f >= '0' && *f <= '9'; f++)
		v = v > (INT_MAX - 9) / 10 ? INT_MAX : v * 10 + (*f - '0');
	*to = v;
	return f;
}

static const char *read_flags(const char *f, struct spec *spec)
{
	for (;; f++)
		switch (*f) {
		case '-': spec->left = 1; break;
		case '+': spec->plus = 1; break;
		case ' ': spec->blank = 1; break;
		case '#': spec->alternate = 1; break;
		case '0': spec->zero = 1; break;
		default:  return f;
		}
}

static const char *read_size(const char *f, enum size *size)
{
	*size = INT;
	switch (*f) {
	case 'h': *size = f[1] == 'h' ? CHAR : SHORT; return f + (f[1] == 'h' ? 2 : 1);
	case 'l': *size = f[1] == 'l' ? LLONG : LONG; return f + (f[1] == 'l' ? 2 : 1);
	case 'q': *size = LLONG; return f + 1;
	case 'j': *size = MAX; return f + 1;
	case 'z': *size = SIZE; return f + 1;
	case 't': *size = PTRDIFF; return f + 1;
	case 'L': *size = LDOUBLE; return f + 1;
	default:  return f;
	}
}

/* One conversion without its %; returns what follows it, or 0 when it is none. */
static const char *convert(struct sink *to, const char *f, va_list *ap)
{
	struct spec spec = { 0, 0, 0, 0, 0, 0, 0, -1 };
	enum size size;
	const char *s;
	intmax_t i;
	char c;

	f = read_flags(f, &spec);
	if (*f == '*') {
		spec.width = va_arg(*ap, int);
		if (spec.width < 0) {
			spec.left = 1;
			spec.width = -spec.width;
		}
		f++;
	} else {
		f = read_number(f, &spec.width);
	}
	if (*f == '.') {
		f++;
		if (*f == '*') {
			spec.precision = va_arg(*ap, int);
			if (spec.precision < 0)
				spec.precision = -1;
			f++;
		} else {
			f = read_number(f, &spec.precision);
		}
	}
	f = read_size(f, &size);

	switch (*f) {
	case 'd':
	case 'i':
		i = signed_arg(ap, size);
		format_integer(to, &spec, i < 0 ? -(uintmax_t)i : (uintmax_t)i, i < 0, 10, 1);
		break;
	case 'u':
		format_integer(to, &spec, unsigned_arg(ap, size), 0, 10, 0);
		break;
	case 'o':
		format_integer(to, &spec, unsigned_arg(ap, size), 0, 8, 0);
		break;
	case 'X':
		spec.upper = 1;
		__attribute__((fallthrough));
	case 'x':
		format_integer(to, &spec, unsigned_arg(ap, size), 0, 16, 0);
		break;
	case 'p':
		/* Always with 0x, a null pointer too */
		i = (intmax_t)(uintptr_t)va_arg(*ap, void *);
		if (i) {
			spec.alternate = 1;
			format_integer(to, &spec, (uintmax_t)i, 0, 16, 0);
		} else {
			spec.zero = 0;
			format_field(to, &spec, "", 0, "0x0", 3);
		}
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		spec.zero = 0;
		format_field(to, &spec, "", 0, &c, 1);
		break;
	case 's':
		s = va_arg(*ap, const char *);
		if (!s)
			s = "(null)";
		spec.zero = 0;
		format_field(to, &spec, "", 0, s,
			     spec.precision < 0 ? strlen(s) : strnlen(s, (size_t)spec.precision));
		break;
	case 'n':
		store_count(ap, size, to->count);
		break;
	case '%':
		emit(to, "%", 1);
		break;
	case 'F': case 'E': case 'G': case 'A':
		spec.upper = 1;
		__attribute__((fallthrough));
	case 'f': case 'e': case 'g': case 'a': {
#ifdef CONFIG_LIBNOLIBC_FLOAT
		double d = size == LDOUBLE ? (double)va_arg(*ap, long double) : va_arg(*ap, double);

		format_float(to, &spec, d, (char)(*f | 0x20));
#else
		if (size == LDOUBLE)
			(void)va_arg(*ap, long double);
		else
			(void)va_arg(*ap, double);
		format_field(to, &spec, "", 0, "?", 1);
#endif
		break;
	}
	default:
		return NULL;
	}
	return f + 1;
}

int format(struct sink *to, const char *fmt, va_list args)
{
	const char *start = fmt, *after;
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		if (*fmt != '%') {
			fmt++;
			continue;
		}
		emit(to, start, (size_t)(fmt - start));
		after = convert(to, fmt + 1, &ap);
		/* What is no conversion stands as it is written. */
		start = after ? after : fmt;
		fmt = after ? after : fmt + 1;
	}
	emit(to, start, (size_t)(fmt - start));
	va_end(ap);
	return to->count > INT_MAX ? -1 : (int)to->count;
}
