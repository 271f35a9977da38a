/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/assert.h>
#include <uk/print.h>
#include "boot.h"

static const struct uk_inittab_entry *done = uk_inittab_start;

int boot_inittab_run(struct uk_init_ctx *ctx)
{
	const struct uk_inittab_entry *e;
	int rc;

	uk_inittab_foreach(e, uk_inittab_start, uk_inittab_end) {
		uk_pr_debug("Initializer %p\n", (void *)(__uptr)e->init);
		rc = e->init ? e->init(ctx) : 0;
		if (rc < 0) {
			uk_pr_err("The initializer at %p failed with %d\n", (void *)(__uptr)e->init, rc);
			return rc;
		}
		done = e + 1;
	}
	return 0;
}

void boot_inittab_terminate(enum ukplat_gstate target)
{
	struct uk_term_ctx ctx = { target };

	while (done > uk_inittab_start) {
		/* Stepping first: a terminator that ends the system is not called again. */
		done--;
		if (done->term)
			done->term(&ctx);
	}
}
