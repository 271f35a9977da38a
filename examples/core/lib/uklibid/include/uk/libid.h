/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Which libraries an image is made of. Every library with objects gets a number and leaves a
 * record in the image.
 */
#ifndef __UK_LIBID_H__
#define __UK_LIBID_H__

#include <uk/essentials.h>
#include <uk/libid_numbers.h>	/* generated: UK_LIBID_COUNT and a constant for each library */

#ifdef __cplusplus
extern "C" {
#endif

struct uk_libinfo {
	const char *name;
	const char *compiler;
};

/* The records, in link order (extra.lds.S) */
extern const struct uk_libinfo uk_libinfo_start[], uk_libinfo_end[];

#define uk_libinfo_foreach(it) \
	for ((it) = uk_libinfo_start; (it) < uk_libinfo_end; (it)++)

/** The name for a number, or 0; the number for a name, or -1 */
const char *uk_libname(int id);
int uk_libid(const char *name);

#ifdef __cplusplus
}
#endif
#endif /* __UK_LIBID_H__ */
