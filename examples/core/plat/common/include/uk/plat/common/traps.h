/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UKPLAT_COMMON_TRAPS_H__
#define __UKPLAT_COMMON_TRAPS_H__

#include <uk/essentials.h>
#include <uk/arch/lcpu.h>

/** Loads segment, task and interrupt tables; from here on a fault is reported */
void ukplat_tables_init(void);
/** Reports a trap and ends the system; called by vectors.S */
void ukplat_trap(struct __regs *regs) __noreturn;

extern struct __regs ukplat_trap_regs;

/** Addresses of the 32 entries of vectors.S */
extern const __uptr ukplat_vectors[32];

#endif /* __UKPLAT_COMMON_TRAPS_H__ */
