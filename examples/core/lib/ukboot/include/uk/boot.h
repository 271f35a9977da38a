/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_BOOT_H__
#define __UK_BOOT_H__

#include <uk/essentials.h>
#include <uk/plat/bootstrap.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What main's return does: runs the terminators of initializers and ends the system */
void uk_boot_exit(int status) __noreturn;

#ifdef __cplusplus
}
#endif
#endif /* __UK_BOOT_H__ */
