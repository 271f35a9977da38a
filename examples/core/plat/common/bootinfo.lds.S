/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Room for the table that mkbootinfo.sh writes after linking */
SECTIONS
{
	.uk_bootinfo : { KEEP(*(.uk_bootinfo)) }
}
INSERT AFTER .rodata;
