/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_HEXDUMP_H__
#define __UK_HEXDUMP_H__

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Writes bytes as hexadecimal numbers and characters, 16 in a line, after their address */
void uk_hexdumpf(FILE *f, const void *data, size_t len, unsigned long addr);
#define uk_hexdump(data, len) uk_hexdumpf(stdout, (data), (len), (unsigned long)(data))

#ifdef __cplusplus
}
#endif
#endif /* __UK_HEXDUMP_H__ */
