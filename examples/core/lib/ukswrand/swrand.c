/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <string.h>
#include <uk/config.h>
#include <uk/arch/lcpu.h>
#include <uk/init.h>
#include <uk/plat/time.h>
#include <uk/print.h>
#include <uk/swrand.h>
#include "algorithm.h"

void uk_swrand_seed(__u64 seed)
{
	_swrand_start(seed);
}

__u32 uk_swrand_randr(void)
{
	return _swrand_next();
}

void uk_swrand_fill(void *buf, __sz len)
{
	char *to = buf;

	while (len) {
		__u32 v = _swrand_next();
		__sz n = len < sizeof(v) ? len : sizeof(v);

		memcpy(to, &v, n);
		to += n;
		len -= n;
	}
}

static int swrand_init(struct uk_init_ctx *ctx __unused)
{
	__u64 seed = ukplat_wall_clock() ^ ukarch_read_tsc();

#ifdef CONFIG_HAVE_RANDOM
	if (!ukarch_has_rdrand() || !ukarch_rdrand(&seed))
		uk_pr_warn("The processor has no random numbers: the clock is the seed\n");
#endif
#if CONFIG_LIBUKSWRAND_SEED != 0
	seed = CONFIG_LIBUKSWRAND_SEED;
#endif
	uk_swrand_seed(seed);
	return 0;
}
uk_early_initcall_prio(swrand_init, 0, UK_PRIO_EARLIEST);
