/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_ARCH_TIME_H__
#define __UK_ARCH_TIME_H__

#include <uk/arch/types.h>

#define UKARCH_NSEC_PER_SEC  1000000000UL
#define UKARCH_NSEC_PER_MSEC 1000000UL
#define UKARCH_NSEC_PER_USEC 1000UL

#define ukarch_time_nsec_to_sec(ns)  ((ns) / UKARCH_NSEC_PER_SEC)
#define ukarch_time_nsec_to_msec(ns) ((ns) / UKARCH_NSEC_PER_MSEC)
#define ukarch_time_nsec_to_usec(ns) ((ns) / UKARCH_NSEC_PER_USEC)
#define ukarch_time_subsec(ns)       ((ns) % UKARCH_NSEC_PER_SEC)
#define ukarch_time_sec_to_nsec(s)   ((s) * UKARCH_NSEC_PER_SEC)
#define ukarch_time_msec_to_nsec(ms) ((ms) * UKARCH_NSEC_PER_MSEC)
#define ukarch_time_usec_to_nsec(us) ((us) * UKARCH_NSEC_PER_USEC)

#endif /* __UK_ARCH_TIME_H__ */
