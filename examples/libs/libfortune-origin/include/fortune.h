/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Short sayings, each with its author */
#ifndef FORTUNE_H
#define FORTUNE_H

#ifdef __cplusplus
extern "C" {
#endif

struct fortune {
	const char *quote;
	const char *author;
};

/** A saying, chosen by chance. The first call sets the chance from the clock, unless
 * fortune_seed was called. No saying comes twice in a row.
 */
const struct fortune *fortune(void);

/** Makes the following choices repeatable */
void fortune_seed(unsigned long seed);

/** The number of sayings, and one of them: 0 <= i < fortune_count(), else a null pointer */
unsigned int fortune_count(void);
const struct fortune *fortune_get(unsigned int i);

#ifdef __cplusplus
}
#endif
#endif /* FORTUNE_H */
