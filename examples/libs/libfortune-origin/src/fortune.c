/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <time.h>

#include <fortune.h>
#include "quotes.h"

static unsigned long long state;	/* 0: not set yet */
static unsigned int last = ~0u;

/* One step of a generator with 64 bits of state, then its better half */
static unsigned int chance(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(state >> 33);
}

void fortune_seed(unsigned long seed)
{
	/* Seeds that differ in one bit must not begin alike. */
	state = (seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
	last = ~0u;
	chance();
	chance();
}

static void seed_from_clock(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	fortune_seed((unsigned long)now.tv_sec * 1000003UL + (unsigned long)now.tv_nsec);
}

unsigned int fortune_count(void)
{
	return fortune_quotes_count;
}

const struct fortune *fortune_get(unsigned int i)
{
	return i < fortune_quotes_count ? &fortune_quotes[i] : 0;
}

const struct fortune *fortune(void)
{
	unsigned int i;

	if (!state)
		seed_from_clock();
	do
		i = chance() % fortune_quotes_count;
	while (i == last && fortune_quotes_count > 1);
	last = i;
	return &fortune_quotes[i];
}
