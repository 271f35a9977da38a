/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uk/boot.h>
#include <uk/plat/bootstrap.h>

static void (*functions[CONFIG_LIBNOLIBC_ATEXIT_MAX])(void);
static int count;

int atexit(void (*fn)(void))
{
	if (count == CONFIG_LIBNOLIBC_ATEXIT_MAX)
		return -1;
	functions[count++] = fn;
	return 0;
}

void exit(int status)
{
	while (count > 0)
		functions[--count]();
	_Exit(status);
}

void _Exit(int status)
{
	uk_boot_exit(status);
}

void _exit(int status)
{
	_Exit(status);
}

void abort(void)
{
	fputs("Aborted\n", stderr);
	ukplat_terminate(UKPLAT_CRASH);
}
