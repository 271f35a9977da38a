/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
SECTIONS
{
	.uk_testtab : {
		uk_testtab_start = .;
		KEEP(*(.uk_testtab))
		uk_testtab_end = .;
	}
}
INSERT AFTER .uk_inittab;
