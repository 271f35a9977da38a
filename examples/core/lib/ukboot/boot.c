/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The system's way from the platform's entry to main and out again */
#include <stdio.h>
#include <stdlib.h>
#include <uk/alloc.h>
#include <uk/arch/tls.h>
#include <uk/argparse.h>
#include <uk/assert.h>
#include <uk/boot.h>
#include <uk/config.h>
#include <uk/ctors.h>
#include <uk/essentials.h>
#include <uk/init.h>
#include <uk/plat/memory.h>
#include <uk/plat/time.h>
#include <uk/print.h>
#ifdef CONFIG_LIBUKLIBPARAM
#include <uk/libparam.h>
#endif
#include "boot.h"

int main(int argc, char *argv[]);

/* Thread-local variables (errno is one) must work before there is a heap. */
static char tls_area[CONFIG_LIBUKBOOT_TLS_SIZE] __align(64);

static void tls_init(void)
{
	if (ukarch_tls_area_size() > sizeof(tls_area))
		UK_CRASH("Thread-local storage needs %zu bytes: set LIBUKBOOT_TLS_SIZE\n",
			 (size_t)ukarch_tls_area_size());
	ukarch_tls_area_init(tls_area);
	ukplat_tlsp_set(ukarch_tls_tlsp(tls_area));
}

static void stage(const char *name)
{
#ifdef CONFIG_LIBUKBOOT_SHOW_STAGES
	printf("boot: %s\n", name);
#else
	uk_pr_info("Boot stage: %s\n", name);
#endif
}

static void run_constructors(const uk_ctor_func_t *start, const uk_ctor_func_t *end)
{
	const uk_ctor_func_t *fn;

	uk_ctortab_foreach(fn, start, end) {
		/* The languages' tables may hold -1 or 0 as marks. */
		if (*fn && (__sptr)*fn != -1)
			(*fn)();
	}
}

void ukplat_entry_argp(char *arg0, char *argb, __sz argb_len)
{
	static char *argv[CONFIG_LIBUKBOOT_MAXNBARGS + 1];
	int argc = 0;

	if (arg0)
		argv[argc++] = arg0;
	if (argb && argb_len)
		argc += uk_argnparse(argb, argb_len, &argv[argc], CONFIG_LIBUKBOOT_MAXNBARGS - argc);
	argv[argc] = NULL;
	ukplat_entry(argc, argv);
}

void ukplat_entry(int argc, char *argv[])
{
	struct uk_init_ctx ctx = { { argc, argv } };

	tls_init();

	stage("constructors");
	run_constructors(uk_ctortab_start, uk_ctortab_end);

#ifdef CONFIG_LIBUKLIBPARAM
	if (uk_libparam_parse(&ctx.cmdline.argc, ctx.cmdline.argv) < 0)
		ukplat_crash();
#endif

#ifndef CONFIG_LIBUKBOOT_NOALLOC
	stage("memory");
	if (ukplat_memallocator_set(boot_heap_init()) < 0 || !ukplat_memallocator_get())
		UK_CRASH("There is no memory for a heap\n");
#endif
	stage("time");
	ukplat_time_init();

	stage("initializers");
	if (boot_inittab_run(&ctx) < 0) {
		boot_inittab_terminate(UKPLAT_CRASH);
		ukplat_crash();
	}

	boot_banner_print();

	/* Constructors of C and C++ programs expect a complete system. */
	stage("program constructors");
	run_constructors(__preinit_array_start, __preinit_array_end);
	run_constructors(__init_array_start, __init_array_end);

	stage("main");
	exit(main(ctx.cmdline.argc, ctx.cmdline.argv));
}

void uk_boot_exit(int status)
{
	uk_pr_info("Exit status %d\n", status);
	ukplat_status_set(status);
	boot_inittab_terminate(UKPLAT_HALT);
	ukplat_halt();
}
