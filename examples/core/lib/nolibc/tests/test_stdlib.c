/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uk/argparse.h>
#include <uk/config.h>
#include <uk/test.h>

UK_TESTCASE(stdlib, numbers)
{
	char *end;

	UK_TEST_EXPECT(atoi("  -42x") == -42);
	UK_TEST_EXPECT(strtol("0x7fz", &end, 0) == 127 && *end == 'z');
	UK_TEST_EXPECT(strtol("010", NULL, 0) == 8 && strtol("zz", NULL, 36) == 1295);
	UK_TEST_EXPECT(strtol("0xg", &end, 0) == 0 && *end == 'x');
	errno = 0;
	UK_TEST_EXPECT(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
	UK_TEST_EXPECT(strtol("-9223372036854775808", NULL, 10) == LONG_MIN);
	UK_TEST_EXPECT(strtoul("18446744073709551615", NULL, 10) == ULONG_MAX);
	UK_TEST_EXPECT(strtol("nothing", &end, 10) == 0 && *end == 'n');
#ifdef CONFIG_LIBNOLIBC_FLOAT
	UK_TEST_EXPECT(strtod("3.25e2z", &end) == 325.0 && *end == 'z');
	UK_TEST_EXPECT(strtod("-.5", NULL) == -0.5 && strtod("0x1.8p1", NULL) == 3.0);
	UK_TEST_EXPECT(strtod("1e400", NULL) == __builtin_inf() && strtod("0.1", NULL) == 0.1);
#endif
	UK_TEST_EXPECT(abs(-3) == 3 && labs(LONG_MIN + 1) == LONG_MAX && div(7, 2).rem == 1);
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

UK_TESTCASE(stdlib, sorting)
{
	int v[100], i, key = 37;

	srand(3);
	for (i = 0; i < 100; i++)
		v[i] = i;
	for (i = 99; i > 0; i--) {
		int j = rand() % (i + 1), t = v[i];

		v[i] = v[j];
		v[j] = t;
	}
	qsort(v, 100, sizeof(v[0]), by_value);
	for (i = 0; i < 100 && v[i] == i; i++)
		;
	UK_TEST_EXPECT(i == 100);
	UK_TEST_EXPECT(bsearch(&key, v, 100, sizeof(v[0]), by_value) == &v[37]);
	key = 100;
	UK_TEST_EXPECT_NULL(bsearch(&key, v, 100, sizeof(v[0]), by_value));
}

UK_TESTCASE(stdlib, chance)
{
	int a, b, c;

	srand(7);
	a = rand();
	b = rand();
	srand(7);
	UK_TEST_EXPECT(rand() == a && rand() == b && a != b);
	srand(8);
	c = rand();
	UK_TEST_EXPECT(c != a && c >= 0 && c <= RAND_MAX);
}

#ifndef CONFIG_LIBUKBOOT_NOALLOC
UK_TESTCASE(stdlib, memory)
{
	char *p[64];
	void *q;
	int i, ok = 1;

	for (i = 0; i < 64; i++) {
		p[i] = malloc((size_t)i * 37 + 1);
		ok &= p[i] && (uintptr_t)p[i] % 16 == 0;
		memset(p[i], i, (size_t)i * 37 + 1);
	}
	for (i = 0; i < 64; i++)
		ok &= p[i][0] == i && p[i][i * 37] == i;
	UK_TEST_EXPECT(ok);
	for (i = 0; i < 64; i += 2)
		free(p[i]);
	for (i = 0; i < 64; i += 2)
		p[i] = calloc(10, 100);
	for (ok = 1, i = 0; i < 64; i += 2)
		ok &= p[i][0] == 0 && p[i][999] == 0;
	UK_TEST_EXPECT(ok);
	p[1] = realloc(p[1], 5000);
	UK_TEST_EXPECT(p[1] && p[1][0] == 1 && p[1][37] == 1);
	for (i = 0; i < 64; i++)
		free(p[i]);
	UK_TEST_EXPECT(posix_memalign(&q, 4096, 100) == 0 && (uintptr_t)q % 4096 == 0);
	free(q);
	UK_TEST_EXPECT(posix_memalign(&q, 3, 100) == EINVAL);
	UK_TEST_EXPECT_NULL(malloc(SIZE_MAX / 2));
	UK_TEST_EXPECT_NULL(calloc(SIZE_MAX / 2, 3));
}

UK_TESTCASE(stdlib, environment)
{
	UK_TEST_EXPECT_NULL(getenv("NAME"));
	UK_TEST_EXPECT_ZERO(setenv("NAME", "value", 0));
	UK_TEST_EXPECT_ZERO(setenv("NAME", "other", 0));
	UK_TEST_EXPECT_STR_EQ(getenv("NAME"), "value");
	UK_TEST_EXPECT_ZERO(setenv("NAME", "other", 1));
	UK_TEST_EXPECT_STR_EQ(getenv("NAME"), "other");
	UK_TEST_EXPECT_ZERO(unsetenv("NAME"));
	UK_TEST_EXPECT_NULL(getenv("NAME"));
}
#endif

UK_TESTCASE(stdlib, arguments)
{
	char text[] = "  prog a\\ b \"c  d\" 'e\\f' g\"h\"'i' \"\" \"j\\\"k\" ";
	char *argv[16];
	int n = uk_argparse(text, argv, 16);

	UK_TEST_EXPECT(n == 7);
	UK_TEST_EXPECT_STR_EQ(argv[0], "prog");
	UK_TEST_EXPECT_STR_EQ(argv[1], "a b");
	UK_TEST_EXPECT_STR_EQ(argv[2], "c  d");
	UK_TEST_EXPECT_STR_EQ(argv[3], "e\\f");
	UK_TEST_EXPECT_STR_EQ(argv[4], "ghi");
	UK_TEST_EXPECT_STR_EQ(argv[5], "");
	UK_TEST_EXPECT_STR_EQ(argv[6], "j\"k");
	UK_TEST_EXPECT(uk_argparse(strcpy(text, "a b c"), argv, 2) == 2);
}

uk_testsuite_register(stdlib, 0);
