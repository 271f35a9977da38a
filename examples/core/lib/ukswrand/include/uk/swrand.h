/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Random numbers without a device. Not for secrets. */
#ifndef __UK_SWRAND_H__
#define __UK_SWRAND_H__

#include <uk/arch/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 32 random bits */
__u32 uk_swrand_randr(void);
/** Fills a buffer */
void uk_swrand_fill(void *buf, __sz len);
/** Starts again from a seed; at boot it is the processor's (X86_64_HAVE_RANDOM) or the clock's */
void uk_swrand_seed(__u64 seed);

#ifdef __cplusplus
}
#endif
#endif /* __UK_SWRAND_H__ */
