/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Segments, the task state with the stack for traps, and the interrupt table */
#include <uk/essentials.h>
#include <uk/arch/lcpu.h>
#include <uk/plat/common/traps.h>

#define SEL_CODE 0x08
#define SEL_TSS  0x18

#define GDT_CODE64 0x00af9b000000ffffULL
#define GDT_DATA   0x00cf93000000ffffULL

#define GATE_INTERRUPT 0x8e00	/* present, ring 0, interrupts off */

static struct {
	__u32 reserved0;
	__u64 rsp[3];
	__u64 reserved1;
	__u64 ist[7];
	__u64 reserved2;
	__u16 reserved3, iomap;
} __packed tss;

static __u64 gdt[5] __align(16);

static struct {
	__u16 offset_low, selector, attributes_low, offset_mid;
	__u32 offset_high, reserved;
} idt[32] __align(16);

static __u8 trap_stack[CONFIG_TRAP_STACK_SIZE] __align(16);

struct table_pointer {
	__u16 limit;
	__u64 base;
} __packed;

void ukplat_tables_init(void)
{
	struct table_pointer gdtr = { sizeof(gdt) - 1, (__u64)gdt };
	struct table_pointer idtr = { sizeof(idt) - 1, (__u64)idt };
	__u64 base = (__u64)&tss, limit = sizeof(tss) - 1;
	int i;

	tss.ist[0] = (__u64)trap_stack + sizeof(trap_stack);
	tss.iomap = sizeof(tss);

	gdt[1] = GDT_CODE64;
	gdt[2] = GDT_DATA;
	/* Descriptor of the task state: 16 bytes, base and limit in pieces */
	gdt[3] = (limit & 0xffff) | (base & 0xffffff) << 16 | 0x89ULL << 40 |
		 (limit & 0xf0000) << 32 | (base & 0xff000000) << 32;
	gdt[4] = base >> 32;

	for (i = 0; i < 32; i++) {
		idt[i].offset_low = ukplat_vectors[i] & 0xffff;
		idt[i].offset_mid = (ukplat_vectors[i] >> 16) & 0xffff;
		idt[i].offset_high = (__u32)(ukplat_vectors[i] >> 32);
		idt[i].selector = SEL_CODE;
		idt[i].attributes_low = GATE_INTERRUPT | 1;	/* on stack ist[0] */
	}

	/* The boot code's table had the same code and data segments: no reload is needed. */
	__asm__ __volatile__("lgdt %0; lidt %1; ltr %w2"
			     : : "m"(gdtr), "m"(idtr), "r"(SEL_TSS) : "memory");
}
