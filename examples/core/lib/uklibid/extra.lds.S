/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The records of all libraries, one behind the other */
SECTIONS
{
	.uk_libinfo : {
		uk_libinfo_start = .;
		KEEP(*(.uk_libinfo))
		uk_libinfo_end = .;
	}
}
INSERT AFTER .uk_inittab;
