/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The image's own segments, written into it by support/scripts/mkbootinfo.sh */
#ifndef __UKPLAT_COMMON_BOOTINFO_H__
#define __UKPLAT_COMMON_BOOTINFO_H__

#include <uk/arch/types.h>

#define UK_BOOTINFO_MAGIC "UKBOOTI1"
#define UK_BOOTINFO_MAX   7

#define UK_BOOTINFO_X 1
#define UK_BOOTINFO_W 2
#define UK_BOOTINFO_R 4

struct uk_bootinfo_segment {
	__u64 start, len, flags, unused;
};

struct uk_bootinfo {
	char magic[8];
	__u32 count, unused;
	struct uk_bootinfo_segment segments[UK_BOOTINFO_MAX];
};

/** The table, or 0 when the build did not fill it in */
const struct uk_bootinfo *ukplat_bootinfo_get(void);

#endif /* __UKPLAT_COMMON_BOOTINFO_H__ */
