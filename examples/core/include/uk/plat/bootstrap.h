/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* How the platform enters the system and how the system leaves it */
#ifndef __UKPLAT_BOOTSTRAP_H__
#define __UKPLAT_BOOTSTRAP_H__

#include <uk/arch/types.h>
#include <uk/essentials.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ukplat_gstate {
	UKPLAT_HALT,
	UKPLAT_RESTART,
	UKPLAT_CRASH
};

/** The system's entry, called by the platform when processor and memory are set up */
void ukplat_entry(int argc, char *argv[]) __noreturn;
/** The same with arguments as one text, which is changed: arg0 is argv[0] unless it is 0 */
void ukplat_entry_argp(char *arg0, char *argb, __sz argb_len) __noreturn;

/** Ends the system. A halt reports the status set last, a crash CONFIG_UKPLAT_CRASH_STATUS. */
void ukplat_terminate(enum ukplat_gstate request) __noreturn;
/** The exit status that a halt reports: 0 to 127, larger values count as 127 */
void ukplat_status_set(int status);

#define ukplat_halt()    ukplat_terminate(UKPLAT_HALT)
#define ukplat_restart() ukplat_terminate(UKPLAT_RESTART)
#define ukplat_crash()   ukplat_terminate(UKPLAT_CRASH)

#ifdef __cplusplus
}
#endif
#endif /* __UKPLAT_BOOTSTRAP_H__ */
