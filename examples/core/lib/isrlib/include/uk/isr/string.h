/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Functions of <string.h> for code that runs in traps: compiled without vector registers */
#ifndef __UK_ISR_STRING_H__
#define __UK_ISR_STRING_H__

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy_isr(void *to, const void *from, size_t n);
void *memset_isr(void *to, int c, size_t n);
int memcmp_isr(const void *a, const void *b, size_t n);
size_t strlen_isr(const char *s);

#ifdef __cplusplus
}
#endif
#endif /* __UK_ISR_STRING_H__ */
