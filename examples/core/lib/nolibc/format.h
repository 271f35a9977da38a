/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The engine behind printf: conversions write to a sink. */
#ifndef __NOLIBC_FORMAT_H__
#define __NOLIBC_FORMAT_H__

#include <stdarg.h>
#include <stddef.h>

struct sink {
	/** Takes n bytes */
	void (*put)(struct sink *to, const char *s, size_t n);
	/** Bytes so far, also those that the receiver had no room for */
	size_t count;
};

/** One conversion: %[flags][width][.precision] */
struct spec {
	unsigned char left, plus, blank, alternate, zero, upper;
	int width;
	int precision;	/* -1: none given */
};

/** Returns the number of bytes, or -1 if there are more than an int can count */
int format(struct sink *to, const char *fmt, va_list ap);

/** Writes prefix (sign, 0x), body, and what fills the width, in the order that the flags ask
 * for. `zeros` come between prefix and body, in any case.
 */
void format_field(struct sink *to, const struct spec *spec, const char *prefix,
		  size_t zeros, const char *body, size_t n);

/** conv is one of f e g a */
void format_float(struct sink *to, struct spec *spec, double v, char conv);

#endif /* __NOLIBC_FORMAT_H__ */
