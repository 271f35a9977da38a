/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_ARGPARSE_H__
#define __UK_ARGPARSE_H__

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Splits a text into words, in place, and returns their number, at most maxcount. Blanks separate
 * words, except between double or single quotes; a backslash takes the next character as it is,
 * except between single quotes. Quotes may begin and end inside a word; "" is an empty word.
 */
int uk_argparse(char *text, char *argv[], int maxcount);
int uk_argnparse(char *text, size_t len, char *argv[], int maxcount);

#ifdef __cplusplus
}
#endif
#endif /* __UK_ARGPARSE_H__ */
