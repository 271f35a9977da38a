/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Every saying has a text and an author, chance reaches all of them, and a seed repeats it. */
#include <stdio.h>

#include <fortune.h>

#define DRAWS 10000

int main(void)
{
	const struct fortune *f, *before = 0, *first[5];
	unsigned int i, n, seen = 0;

	for (n = 0; n < fortune_count(); n++) {
		f = fortune_get(n);
		if (!f->quote[0] || !f->author[0])
			return printf("saying %u is not complete\n", n), 1;
	}
	if (fortune_get(fortune_count()))
		return printf("there is a saying behind the last one\n"), 1;

	fortune_seed(1);
	for (n = 0; n < fortune_count(); n++) {
		fortune_seed(1);
		for (i = 0; i < DRAWS && fortune() != fortune_get(n); i++)
			;
		seen += i < DRAWS;
	}
	if (seen != fortune_count())
		return printf("chance reaches %u of %u sayings\n", seen, fortune_count()), 1;

	fortune_seed(7);
	for (i = 0; i < 5; i++)
		first[i] = fortune();
	fortune_seed(7);
	for (i = 0; i < 5; i++)
		if (fortune() != first[i])
			return printf("a seed does not repeat\n"), 1;
	for (i = 0; i < DRAWS; i++, before = f) {
		f = fortune();
		if (f == before)
			return printf("a saying came twice in a row\n"), 1;
	}
	printf("%u sayings\n", fortune_count());
	return 0;
}
