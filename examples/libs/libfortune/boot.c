/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* A saying in the boot sequence, for cores of both generations: since 0.16 an initializer is
 * told about the boot and may have a counterpart for the shutdown.
 */
#include <stdio.h>
#include <uk/init.h>

#include <fortune.h>

static void show(void)
{
	const struct fortune *f = fortune();

	printf("\"%s\"\n\t-- %s\n", f->quote, f->author);
}

#ifdef uk_inittab_foreach_reverse
static int fortune_boot(struct uk_init_ctx *ctx __unused)
{
	show();
	return 0;
}
uk_late_initcall(fortune_boot, 0x0);
#else
static int fortune_boot(void)
{
	show();
	return 0;
}
uk_late_initcall(fortune_boot);
#endif
