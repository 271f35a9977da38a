/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* One area of thread-local storage: initial data, zeros, then the thread control block. */
#include <uk/arch/tls.h>
#include <uk/arch/lcpu.h>

#ifndef TCB_SIZE
#define TCB_SIZE 8	/* the block's pointer to itself, which compilers read */
#endif

#define MSR_FS_BASE 0xc0000100u
#define ALIGN 64

/* link64.lds.S */
extern char _tls_start[], _etdata[], _tls_end[];

static __sz data_size(void)
{
	return ((__sz)(_tls_end - _tls_start) + ALIGN - 1) & ~(__sz)(ALIGN - 1);
}

__sz ukarch_tls_area_size(void)
{
	return data_size() + TCB_SIZE;
}

__sz ukarch_tls_area_align(void)
{
	return ALIGN;
}

__uptr ukarch_tls_tlsp(void *area)
{
	return (__uptr)area + data_size();
}

void ukarch_tls_area_init(void *area)
{
	/* The variables end at the thread pointer: what rounding adds is in front of them. */
	__sz used = (__sz)(_tls_end - _tls_start), init = (__sz)(_etdata - _tls_start), i;
	char *to = area;

	for (i = 0; i < data_size() - used; i++)
		*to++ = 0;
	for (i = 0; i < init; i++)
		*to++ = _tls_start[i];
	for (; i < used; i++)
		*to++ = 0;
	for (i = 0; i < TCB_SIZE; i++)
		to[i] = 0;
	*(__uptr *)(void *)to = (__uptr)to;
}

void ukplat_tlsp_set(__uptr tlsp)
{
	ukarch_wrmsr(MSR_FS_BASE, tlsp);
}
