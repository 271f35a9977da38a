/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Greets, shows its arguments, and does what they ask for:
 *
 *   --exit N       ends with status N
 *   --fault KIND   does something impossible (see fault.c)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uk/config.h>
#ifdef CONFIG_APPHELLOWORLD_PARAM
#include <uk/libparam.h>
#endif

#include "hello.h"

static const char *greeting = CONFIG_APPHELLOWORLD_GREETING;

#ifdef CONFIG_APPHELLOWORLD_PARAM
UK_LIBPARAM_PARAM(greeting, charp, "What to say first");
#endif

int main(int argc, char *argv[])
{
	int i;

#ifdef CONFIG_APPHELLOWORLD_CXX
	greet(greeting);
#else
	printf("%s\n", greeting);
#endif
	for (i = 0; i < argc; i++)
		printf("argv[%d] = %s\n", i, argv[i]);

	for (i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--exit") == 0)
			return atoi(argv[i + 1]);
		if (strcmp(argv[i], "--fault") == 0)
			fault(argv[i + 1]);
	}
	return 0;
}
