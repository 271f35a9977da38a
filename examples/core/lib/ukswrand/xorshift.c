/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Three shifts, then a multiplication for the upper half */
#include "algorithm.h"

static __u64 state = 1;

__u32 _swrand_next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (__u32)((state * 0x2545f4914f6cdd1dULL) >> 32);
}

void _swrand_start(__u64 seed)
{
	state = (seed ^ 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL | 1;
	_swrand_next();
}
