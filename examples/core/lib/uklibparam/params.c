/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <string.h>
#include <uk/print.h>
#include "params.h"

/* extra.lds.S */
extern const struct uk_libparam uk_libparam_start[], uk_libparam_end[];

/* A library's name as users know it */
static const char *short_name(const char *lib)
{
	if (strncmp(lib, "lib", 3) == 0)
		return lib + 3;
	if (strncmp(lib, "app", 3) == 0)
		return lib + 3;
	return lib;
}

static int same(const char *s, const char *text, size_t len)
{
	return strncmp(s, text, len) == 0 && s[len] == '\0';
}

const struct uk_libparam *libparam_find(const char *lib, size_t liblen, const char *name, size_t namelen)
{
	const struct uk_libparam *p;

	for (p = uk_libparam_start; p < uk_libparam_end; p++)
		if (same(short_name(p->lib), lib, liblen) && same(p->name, name, namelen))
			return p;
	return NULL;
}

void libparam_list(void)
{
	const struct uk_libparam *p;

	for (p = uk_libparam_start; p < uk_libparam_end; p++)
		uk_crash_printf("  %s.%s  %s\n", short_name(p->lib), p->name, p->description);
}
