/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <uk/config.h>
#include <uk/init.h>
#include <uk/test.h>

/* extra.lds.S */
extern const struct uk_testcase uk_testtab_start[], uk_testtab_end[];

static int good, bad;

void _uk_test_result(int ok, const char *what, const char *file, int line)
{
	if (ok) {
		good++;
		return;
	}
	bad++;
	printf("test: %s:%d: not so: %s\n", file, line, what);
}

void _uk_test_strings(const char *a, const char *b, const char *what, const char *file, int line)
{
	int same = a && b && strcmp(a, b) == 0;

	_uk_test_result(same, what, file, line);
	if (!same)
		printf("test:   \"%s\" and \"%s\"\n", a, b);
}

static int run(struct uk_init_ctx *ctx __unused)
{
	const struct uk_testcase *t;

	for (t = uk_testtab_start; t < uk_testtab_end; t++) {
		int before = bad;

		t->run();
		if (bad != before)
			printf("test: %s.%s failed\n", t->suite, t->name);
	}
	printf("test: %d cases, %d expectations hold, %d do not\n", (int)(uk_testtab_end - uk_testtab_start),
	       good, bad);
#ifdef CONFIG_LIBUKTEST_FAILURE_CRASH
	return bad ? -1 : 0;
#else
	return 0;
#endif
}
uk_late_initcall_prio(run, 0, UK_PRIO_EARLIEST);
