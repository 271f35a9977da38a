/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* What a Multiboot loader tells (Multiboot Specification 0.6.96, section 3.3) */
#ifndef __KVM_MULTIBOOT_H__
#define __KVM_MULTIBOOT_H__

#include <uk/essentials.h>

#define MULTIBOOT_INFO_MEMORY  (1 << 0)
#define MULTIBOOT_INFO_CMDLINE (1 << 2)
#define MULTIBOOT_INFO_MODS    (1 << 3)
#define MULTIBOOT_INFO_MMAP    (1 << 6)

#define MULTIBOOT_MEMORY_AVAILABLE 1

struct multiboot_info {
	__u32 flags;
	__u32 mem_lower, mem_upper;	/* KiB below 1 MiB, and from there up */
	__u32 boot_device;
	__u32 cmdline;
	__u32 mods_count, mods_addr;
	__u32 syms[4];
	__u32 mmap_length, mmap_addr;
} __packed;

/* `size` does not count itself. */
struct multiboot_mmap_entry {
	__u32 size;
	__u64 addr, len;
	__u32 type;
} __packed;

struct multiboot_module {
	__u32 start, end, cmdline, unused;
} __packed;

#endif /* __KVM_MULTIBOOT_H__ */
