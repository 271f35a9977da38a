/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <string.h>
#include <uk/config.h>
#include <uk/version.h>
#include "boot.h"

void boot_banner_print(void)
{
#ifdef CONFIG_LIBUKBOOT_BANNER_CLASSIC
	static const char bird[] =
		"      __\n"
		"   __( o)>\n"
		"   \\ <_. )\n"
		"    `---'\n";

	fputs(bird, stdout);
#endif
	printf("%s%s\n", CONFIG_LIBUKBOOT_BANNER_PREFIX, uk_version());
}
