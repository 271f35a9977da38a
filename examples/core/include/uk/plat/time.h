/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Clocks */
#ifndef __UKPLAT_TIME_H__
#define __UKPLAT_TIME_H__

#include <uk/arch/time.h>

#ifdef __cplusplus
extern "C" {
#endif

void ukplat_time_init(void);
/** Nanoseconds since boot; 0 before ukplat_time_init */
__nsec ukplat_monotonic_clock(void);
/** Nanoseconds since 1970-01-01 00:00 UTC, from the real-time clock at boot */
__nsec ukplat_wall_clock(void);

#ifdef __cplusplus
}
#endif
#endif /* __UKPLAT_TIME_H__ */
