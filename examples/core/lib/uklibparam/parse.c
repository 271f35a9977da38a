/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uk/libparam.h>
#include <uk/print.h>
#include "params.h"

static int set_bool(int *var, const char *value)
{
	static const char *const words[] = { "n", "y", "no", "yes", "off", "on", "0", "1" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0) {
			*var = i & 1;
			return 0;
		}
	return -EINVAL;
}

static int set(const struct uk_libparam *p, char *value)
{
	char *end;
	long v;

	switch (p->type) {
	case UK_LIBPARAM_bool:
		return set_bool(p->var, value);
	case UK_LIBPARAM_charp:
		*(const char **)p->var = value;
		return 0;
	default:
		v = strtol(value, &end, 0);
		if (end == value || *end)
			return -EINVAL;
		if (p->type == UK_LIBPARAM_uint ? v < 0 || v > (long)UINT_MAX : v < INT_MIN || v > INT_MAX)
			return -EINVAL;
		*(int *)p->var = (int)v;
		return 0;
	}
}

/* LIB.NAME=VALUE */
static int apply(char *word)
{
	char *dot = strchr(word, '.'), *equals = dot ? strchr(dot, '=') : NULL;
	const struct uk_libparam *p;

	if (!equals) {
		uk_crash_printf("%s: expected LIBRARY.PARAMETER=VALUE in front of --\n", word);
		return -EINVAL;
	}
	p = libparam_find(word, (size_t)(dot - word), dot + 1, (size_t)(equals - dot - 1));
	if (!p) {
		uk_crash_printf("%.*s: there is no such parameter\n", (int)(equals - word), word);
		libparam_list();
		return -EINVAL;
	}
	if (set(p, equals + 1)) {
		uk_crash_printf("%s: the value does not fit the parameter\n", word);
		return -EINVAL;
	}
	return 0;
}

int uk_libparam_parse(int *argc, char **argv)
{
	int stop, i, rc;

	for (stop = 1; stop < *argc && strcmp(argv[stop], "--") != 0; stop++)
		;
	if (stop >= *argc)
		return 0;
	for (i = 1; i < stop; i++) {
		rc = apply(argv[i]);
		if (rc < 0)
			return rc;
	}
	for (i = stop + 1; i <= *argc; i++)
		argv[i - stop] = argv[i];
	*argc -= stop;
	return stop - 1;
}
