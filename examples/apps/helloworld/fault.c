/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Ways to stop a program that were not meant to be taken */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>

#include "hello.h"

/* Not every core's C library has it. */
#pragma weak abort

static volatile int zero;

static void divide(void)
{
	printf("%d\n", 100 / zero);
}

static void opcode(void)
{
	__asm__ __volatile__("ud2");
}

static void read_null(void)
{
	printf("%d\n", *(volatile int *)(unsigned long)zero);
}

static void write_null(void)
{
	*(volatile int *)(unsigned long)zero = 1;
}

static void write_code(void)
{
	*(volatile int *)write_code = 1;
}

static void not_canonical(void)
{
	*(volatile int *)(0x8000000000000000UL + (unsigned long)zero) = 1;
}

static int recurse(int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return recurse(depth + 1) + room[0];
}

static void overflow(void)
{
	printf("%d\n", recurse(zero));
}

static void assertion(void)
{
	UK_ASSERT(zero == 1);
}

static void crash(void)
{
	UK_CRASH("Crash on demand\n");
}

static const struct {
	const char *kind;
	void (*run)(void);
} kinds[] = {
	{ "divide", divide },
	{ "opcode", opcode },
	{ "read", read_null },
	{ "write", write_null },
	{ "code", write_code },
	{ "address", not_canonical },
	{ "stack", overflow },
	{ "assert", assertion },
	{ "crash", crash },
	{ "abort", abort },
};

void fault(const char *kind)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0 && kinds[i].run)
			kinds[i].run();
	printf("There is no fault '%s'; there are", kind);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		printf(" %s", kinds[i].kind);
	printf("\n");
}
