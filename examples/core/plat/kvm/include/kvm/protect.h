/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __KVM_PROTECT_H__
#define __KVM_PROTECT_H__

/** Makes the image's constant parts read-only and unmaps the page below the stack */
void kvmplat_protect(void);

#endif /* __KVM_PROTECT_H__ */
