/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Inside the library */
#ifndef __BOOT_H__
#define __BOOT_H__

#include <uk/init.h>

/** Runs all initializers in order; returns 0, or the first negative result */
int boot_inittab_run(struct uk_init_ctx *ctx);
/** Runs the terminators of those that succeeded, last first */
void boot_inittab_terminate(enum ukplat_gstate target);

/** The allocator for the free memory regions, or 0 */
struct uk_alloc *boot_heap_init(void);

void boot_banner_print(void);

#endif /* __BOOT_H__ */
