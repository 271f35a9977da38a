/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Thread-local storage. There is one thread, so there is one area; it lies right below the
 * thread control block that the FS base points at (variant II of the ELF TLS ABI).
 */
#ifndef __UK_ARCH_TLS_H__
#define __UK_ARCH_TLS_H__

#include <uk/arch/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes and alignment of memory for one area */
__sz ukarch_tls_area_size(void);
__sz ukarch_tls_area_align(void);
/** Fills an area with the initial values of the thread-local variables */
void ukarch_tls_area_init(void *area);
/** The thread pointer for an area */
__uptr ukarch_tls_tlsp(void *area);
/** Makes the current processor use an area */
void ukplat_tlsp_set(__uptr tlsp);

#ifdef __cplusplus
}
#endif
#endif /* __UK_ARCH_TLS_H__ */
