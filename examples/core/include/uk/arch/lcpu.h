/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The processor: registers at a trap, what it is told, what it is asked */
#ifndef __UK_ARCH_LCPU_H__
#define __UK_ARCH_LCPU_H__

#include <uk/arch/types.h>
#include <uk/asm/lcpu.h>

#endif /* __UK_ARCH_LCPU_H__ */
