/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Prints sayings: fortune [-n COUNT] [-s SEED] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <fortune.h>

static int usage(const char *name)
{
	fprintf(stderr, "usage: %s [-n COUNT] [-s SEED]\n", name);
	return 2;
}

/* A number and nothing else; returns 0 if it is none. */
static int number(const char *s, unsigned long *v)
{
	char *end;

	*v = strtoul(s, &end, 10);
	return *s >= '0' && *s <= '9' && *end == '\0';
}

int main(int argc, char *argv[])
{
	unsigned long count = 1, seed;
	int c;

	while ((c = getopt(argc, argv, "n:s:")) != -1) {
		if (c == 'n' && number(optarg, &count))
			continue;
		if (c == 's' && number(optarg, &seed)) {
			fortune_seed(seed);
			continue;
		}
		return usage(argc > 0 ? argv[0] : "fortune");
	}
	if (optind < argc)
		return usage(argv[0]);

	while (count--) {
		const struct fortune *f = fortune();

		printf("\"%s\"\n\t-- %s\n", f->quote, f->author);
	}
	return 0;
}
