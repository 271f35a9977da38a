/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The image: code, constants, then what is written. The loader puts every part where it was
 * linked, from 1 MiB up, and clears what the file does not hold.
 */
#include <uk/plat/common/common.lds.h>

ENTRY(_multiboot_entry)

PHDRS
{
	text PT_LOAD FLAGS(PF_R | PF_X);
	rodata PT_LOAD FLAGS(PF_R);
	data PT_LOAD FLAGS(PF_R | PF_W);
	tls PT_TLS FLAGS(PF_R);
	stack PT_GNU_STACK FLAGS(PF_R | PF_W);
}

SECTIONS
{
	. = 0x100000;
	_base_addr = .;

	_text = .;
	.text : {
		KEEP(*(.multiboot))	/* within the first 8 KiB of the file */
		*(.text.boot)
		*(.text .text.*)
	} :text
	_etext = .;

	. = ALIGN(__PAGE_SIZE);
	_rodata = .;
	.rodata : { *(.rodata .rodata.*) } :rodata
	_erodata = .;

	CTORTAB_SECTION
	INITTAB_SECTION
	INITARRAY_SECTIONS

	. = ALIGN(__PAGE_SIZE);
	_data = .;
	TLS_SECTIONS
	.data : { *(.data .data.*) } :data
	_edata = .;

	. = ALIGN(__PAGE_SIZE);
	__bss_start = .;
	.bss : {
		*(.bss .bss.* COMMON)
		. = ALIGN(__PAGE_SIZE);
	} :data
	_end = .;

	DEBUG_SECTIONS
	DISCARDED_SECTIONS
}
