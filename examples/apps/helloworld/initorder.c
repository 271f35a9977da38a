/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* A function for each class and priority, registered backwards: the tables put them in order. */
#include <stdio.h>
#include <uk/ctors.h>
#include <uk/init.h>

/* With two arguments, as cores up to 0.15 had it, and with three */
#define CTOR(p)								\
	static void ctor_##p(void) { printf("order: ctor %d\n", p); }	\
	UK_CTOR_PRIO(ctor_##p, p);
#define INIT_OLD(class, p)						\
	static int class##_##p(void)					\
	{								\
		printf("order: " #class " %d\n", p);			\
		return 0;						\
	}								\
	uk_##class##_initcall_prio(class##_##p, p);
#define INIT_NEW(class, p)						\
	static int class##_##p(struct uk_init_ctx *ctx)			\
	{								\
		printf("order: " #class " %d argc %d\n", p, ctx->cmdline.argc);	\
		return 0;						\
	}								\
	static void class##_term_##p(const struct uk_term_ctx *ctx)	\
	{								\
		printf("order: end of " #class " %d target %d\n", p, ctx->target);	\
	}								\
	uk_##class##_initcall_prio(class##_##p, class##_term_##p, p);

#define TEN(macro)							\
	macro(9) macro(8) macro(7)	\
	macro(6) macro(5) macro(4)	\
	macro(3) macro(2) macro(1)	\
	macro(0)

#define LATE(p)   INIT_NEW(late, p)
#define SYS(p)    INIT_OLD(sys, p)
#define ROOTFS(p) INIT_NEW(rootfs, p)
#define LIB(p)    INIT_OLD(lib, p)
#define PLAT(p)   INIT_NEW(plat, p)
#define EARLY(p)  INIT_OLD(early, p)

TEN(LATE)
TEN(SYS)
TEN(ROOTFS)
TEN(LIB)
TEN(PLAT)
TEN(EARLY)
TEN(CTOR)

/* And one of the language's own, which comes after all of them, right before main */
static void __constructor language(void)
{
	printf("order: language\n");
}
