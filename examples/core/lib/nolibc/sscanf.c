/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Reading by a format, from a string only */
#include <uk/config.h>
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
	const char *start, *p;
};

static void skip_space(struct input *in)
{
	while (isspace((unsigned char)*in->p))
		in->p++;
}

static void store(va_list *ap, int size, uintmax_t v)
{
	switch (size) {
	case -2: *va_arg(*ap, signed char *) = (signed char)v; break;
	case -1: *va_arg(*ap, short *) = (short)v; break;
	case 1:  *va_arg(*ap, long *) = (long)v; break;
	case 2:  *va_arg(*ap, long long *) = (long long)v; break;
	default: *va_arg(*ap, int *) = (int)v;
	}
}

/* A number of at most `width` characters; returns 0 when there is none. */
static int read_integer(struct input *in, int width, int base, int is_signed, uintmax_t *v)
{
	char word[72], *end;
	int n = width > 0 && width < 71 ? width : 71;

	skip_space(in);
	strlcpy(word, in->p, (size_t)n + 1);
	*v = is_signed ? (uintmax_t)strtoll(word, &end, base) : strtoull(word, &end, base);
	in->p += end - word;
	return end != word;
}

#ifdef CONFIG_LIBNOLIBC_FLOAT
static int read_float(struct input *in, int width, int size, va_list *ap, int discard)
{
	char word[400], *end;
	int n = width > 0 && width < 399 ? width : 399;
	double v;

	skip_space(in);
	strlcpy(word, in->p, (size_t)n + 1);
	v = strtod(word, &end);
	if (end == word)
		return 0;
	in->p += end - word;
	if (discard)
		return 1;
	if (size == 1)
		*va_arg(*ap, double *) = v;
	else if (size == 3)
		*va_arg(*ap, long double *) = v;
	else
		*va_arg(*ap, float *) = (float)v;
	return 1;
}
#endif

/* Whether c is in a set that begins at f, after [ and ^; *end gets what follows the ] */
static int in_set(const char *f, int c, const char **end)
{
	int found = 0;

	do {
		if (f[1] == '-' && f[2] != ']' && f[2]) {
			found |= c >= f[0] && c <= f[2];
			f += 3;
		} else {
			found |= c == *f++;
		}
	} while (*f && *f != ']');
	*end = *f ? f + 1 : f;
	return found;
}

/* Copies characters while they fit; conv is s, c or [ */
static int read_text(struct input *in, int width, char conv, const char *set, const char **end, char *to)
{
	int n = 0, invert = 0, limit = width > 0 ? width : conv == 'c' ? 1 : INT_MAX;

	if (conv == 's')
		skip_space(in);
	if (conv == '[' && *set == '^') {
		invert = 1;
		set++;
	}
	if (conv == '[')
		in_set(set, 0, end);
	for (; n < limit && *in->p; n++, in->p++) {
		if (conv == 's' && isspace((unsigned char)*in->p))
			break;
		if (conv == '[' && in_set(set, *in->p, end) == invert)
			break;
		if (to)
			to[n] = *in->p;
	}
	if (conv == 'c')
		return n == limit;
	if (to && n)
		to[n] = '\0';
	return n > 0;
}

int vsscanf(const char *s, const char *f, va_list args)
{
	struct input in = { s, s };
	int done = 0;
	va_list ap;

	va_copy(ap, args);
	while (*f) {
		int discard = 0, width = 0, size = 0, ok = 1;
		uintmax_t v = 0;
		char conv;

		if (isspace((unsigned char)*f)) {
			skip_space(&in);
			f++;
			continue;
		}
		if (*f != '%' || f[1] == '%') {
			f += *f == '%';
			if (*f == '%')
				skip_space(&in);
			if (*in.p != *f)
				break;
			in.p++;
			f++;
			continue;
		}
		f++;
		if (*f == '*') {
			discard = 1;
			f++;
		}
		while (isdigit((unsigned char)*f))
			width = width * 10 + (*f++ - '0');
		for (;; f++) {
			if (*f == 'h')
				size--;
			else if (*f == 'l')
				size++;
			else if (*f == 'L')
				size = 3;
			else if (*f == 'z' || *f == 't')
				size = 1;
			else if (*f == 'j')
				size = 2;
			else
				break;
		}
		conv = *f;
		if (conv)
			f++;
		switch (conv) {
		case 'd':
			ok = read_integer(&in, width, 10, 1, &v);
			break;
		case 'i':
			ok = read_integer(&in, width, 0, 1, &v);
			break;
		case 'u':
			ok = read_integer(&in, width, 10, 0, &v);
			break;
		case 'o':
			ok = read_integer(&in, width, 8, 0, &v);
			break;
		case 'x': case 'X': case 'p':
			ok = read_integer(&in, width, 16, 0, &v);
			if (conv == 'p')
				size = 1;
			break;
		case 'n':
			store(&ap, size, (uintmax_t)(in.p - in.start));
			continue;
		case 's': case 'c':
			ok = read_text(&in, width, conv, NULL, NULL, discard ? NULL : va_arg(ap, char *));
			break;
		case '[':
			ok = read_text(&in, width, conv, f, &f, discard ? NULL : va_arg(ap, char *));
			break;
#ifdef CONFIG_LIBNOLIBC_FLOAT
		case 'f': case 'e': case 'g': case 'a': case 'E': case 'G':
			ok = read_float(&in, width, size, &ap, discard);
			break;
#endif
		default:
			ok = 0;
		}
		if (!ok) {
			if (!*in.p && done == 0)
				done = EOF;
			break;
		}
		if (discard)
			continue;
		if (strchr("diuoxXp", conv))
			store(&ap, size, v);
		done++;
	}
	va_end(ap);
	return done;
}

int sscanf(const char *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsscanf(s, fmt, ap);
	va_end(ap);
	return n;
}
