/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <string.h>
#include <uk/libid.h>

/* names.awk makes the table. */
extern const char *const uk_libid_names[UK_LIBID_COUNT];

const char *uk_libname(int id)
{
	return id >= 0 && id < UK_LIBID_COUNT ? uk_libid_names[id] : NULL;
}

int uk_libid(const char *name)
{
	int i;

	for (i = 0; i < UK_LIBID_COUNT; i++)
		if (strcmp(uk_libid_names[i], name) == 0)
			return i;
	return -1;
}
