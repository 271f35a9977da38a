/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* A library of its own: its symbol stays weak, whatever is linked into ukboot. */
#include <stdio.h>
#include <uk/essentials.h>

int main(int argc, char *argv[]);

int __weak main(int argc __unused, char *argv[] __unused)
{
	printf("No application defines main: this is the core's own, which does nothing.\n");
	return 22;
}
