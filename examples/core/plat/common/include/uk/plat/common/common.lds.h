/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Pieces of linker scripts that platforms share */
#ifndef __UK_COMMON_LDS_H__
#define __UK_COMMON_LDS_H__

#include <uk/arch/limits.h>

/* Program header flags */
#define PF_X 1
#define PF_W 2
#define PF_R 4

/* The tables of include/uk/ctors.h and init.h: names sort by class, then by priority. Start and
 * end are inside the sections, because scripts of libraries insert others behind them.
 */
#define CTORTAB_SECTION						\
	. = ALIGN(8);						\
	.uk_ctortab : {						\
		uk_ctortab_start = .;				\
		KEEP(*(SORT_BY_NAME(.uk_ctortab[0-9])))		\
		uk_ctortab_end = .;				\
	}

#define INITTAB_SECTION						\
	. = ALIGN(8);						\
	.uk_inittab : {						\
		uk_inittab_start = .;				\
		KEEP(*(SORT_BY_NAME(.uk_inittab[1-6][0-9])))	\
		uk_inittab_end = .;				\
	}

/* Constructors of the C and C++ languages */
#define INITARRAY_SECTIONS					\
	. = ALIGN(8);						\
	.preinit_array : {					\
		__preinit_array_start = .;			\
		KEEP(*(.preinit_array))				\
		__preinit_array_end = .;			\
	}							\
	. = ALIGN(8);						\
	.init_array : {						\
		__init_array_start = .;				\
		KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))	\
		KEEP(*(.init_array))				\
		__init_array_end = .;				\
	}

/* .tbss takes no room in the image, so its end is computed. */
#define TLS_SECTIONS						\
	. = ALIGN(64);						\
	_tls_start = .;						\
	.tdata : { *(.tdata .tdata.* .gnu.linkonce.td.*) } :data :tls \
	_etdata = .;						\
	.tbss : { *(.tbss .tbss.* .gnu.linkonce.tb.* .tcommon) } :data :tls \
	_tls_end = ADDR(.tbss) + SIZEOF(.tbss);

/* Debug sections keep their names; the linker puts those that are not listed behind all
 * others. They are not loaded, so their addresses start from 0.
 */
#define DEBUG_SECTIONS						\
	.comment 0 : { *(.comment) }				\
	.debug_aranges 0 : { *(.debug_aranges) }		\
	.debug_info 0 : { *(.debug_info) }			\
	.debug_abbrev 0 : { *(.debug_abbrev) }			\
	.debug_line 0 : { *(.debug_line) }			\
	.debug_line_str 0 : { *(.debug_line_str) }		\
	.debug_frame 0 : { *(.debug_frame) }			\
	.debug_str 0 : { *(.debug_str) }			\
	.debug_loclists 0 : { *(.debug_loclists) }		\
	.debug_rnglists 0 : { *(.debug_rnglists) }		\
	.debug_macro 0 : { *(.debug_macro) }

#define DISCARDED_SECTIONS					\
	/DISCARD/ : { *(.note.gnu.build-id) *(.note.gnu.property) *(.note.GNU-stack) *(.eh_frame) }

#endif /* __UK_COMMON_LDS_H__ */
