#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# Prints the compiler's family and version, "GCC 12.2.0" or "Clang 14.0.6"; nothing if the
# command does not preprocess C. The command may be several words, such as "ccache gcc".
printf '%s\n' \
	'#if defined(__clang__)' 'Clang __clang_major__ . __clang_minor__ . __clang_patchlevel__' \
	'#elif defined(__GNUC__)' 'GCC __GNUC__ . __GNUC_MINOR__ . __GNUC_PATCHLEVEL__' \
	'#endif' |
	"$@" -E -P -x c - 2>/dev/null | sed -n 's/^\([A-Za-z]*\) /\1:/;s/ //g;s/:/ /p'
