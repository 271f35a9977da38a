/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Pseudo-random numbers for games and tests: 64 bits of state, stepped by xorshift and mixed by
 * a multiplication. The same seed gives the same numbers everywhere.
 */
#include <stdint.h>
#include <stdlib.h>

static uint64_t rand_state = 1;

/* Neighbouring seeds must not give neighbouring numbers, and the state must not be 0. */
static uint64_t spread(unsigned int seed)
{
	uint64_t v = seed + 0x9e3779b97f4a7c15ULL;

	v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9ULL;
	v = (v ^ (v >> 27)) * 0x94d049bb133111ebULL;
	v ^= v >> 31;
	return v ? v : 1;
}

static int step(uint64_t *state)
{
	uint64_t v = *state;

	v ^= v >> 12;
	v ^= v << 25;
	v ^= v >> 27;
	*state = v;
	return (int)((v * 0x2545f4914f6cdd1dULL) >> 33);
}

void srand(unsigned int seed)
{
	rand_state = spread(seed);
}

int rand(void)
{
	return step(&rand_state);
}

int rand_r(unsigned int *seed)
{
	uint64_t state = spread(*seed);
	int v = step(&state);

	*seed = (unsigned int)state;
	return v;
}

void srandom(unsigned int seed)
{
	srand(seed);
}

long random(void)
{
	return rand();
}
