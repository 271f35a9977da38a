/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Inside the library: what the chosen algorithm provides */
#ifndef __ALGORITHM_H__
#define __ALGORITHM_H__

#include <uk/arch/types.h>

void _swrand_start(__u64 seed);
__u32 _swrand_next(void);

#endif /* __ALGORITHM_H__ */
