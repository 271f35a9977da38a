/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Compiled once for each library of the image, as a part of it */
#include <uk/libid.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static const struct uk_libinfo libinfo __used __section(".uk_libinfo") __align(8) = {
	STRINGIFY(__LIBNAME__), COMPILER
};
