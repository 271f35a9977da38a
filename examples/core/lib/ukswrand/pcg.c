/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* PCG: a linear congruential step whose output is permuted by a rotation that depends on it */
#include "algorithm.h"

#define MULTIPLIER 6364136223846793005ULL
#define INCREMENT  1442695040888963407ULL

static __u64 state;

__u32 _swrand_next(void)
{
	__u64 old = state;
	__u32 x = (__u32)(((old >> 18) ^ old) >> 27);
	int r = (int)(old >> 59);

	state = old * MULTIPLIER + INCREMENT;
	return x >> r | x << (-r & 31);
}

void _swrand_start(__u64 seed)
{
	state = 0;
	_swrand_next();
	state += seed;
	_swrand_next();
}
