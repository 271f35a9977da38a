/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
SECTIONS
{
	.uk_libparam : {
		uk_libparam_start = .;
		KEEP(*(.uk_libparam))
		uk_libparam_end = .;
	}
}
INSERT AFTER .uk_inittab;
