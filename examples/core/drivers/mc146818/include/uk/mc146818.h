/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The real-time clock of a PC */
#ifndef __UK_MC146818_H__
#define __UK_MC146818_H__

#include <uk/arch/types.h>

/** Seconds since 1970-01-01 00:00 UTC, taking the clock to run in UTC */
__u64 mc146818_read(void);

#endif /* __UK_MC146818_H__ */
