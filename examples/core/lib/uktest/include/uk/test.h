/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Tests that run in the booting system, before main:
 *
 *   UK_TESTCASE(strings, length_of_empty)
 *   {
 *           UK_TEST_EXPECT(strlen("") == 0);
 *   }
 *   uk_testsuite_register(strings, 0);
 */
#ifndef __UK_TEST_H__
#define __UK_TEST_H__

#include <string.h>
#include <uk/essentials.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_testcase {
	const char *suite, *name;
	void (*run)(void);
};

#define UK_TESTCASE(suite, name)					\
	static void suite##_##name(void);				\
	static const struct uk_testcase __used __section(".uk_testtab") __align(8)	\
	__uk_test_##suite##_##name = { #suite, #name, suite##_##name };	\
	static void suite##_##name(void)

/* All cases of all suites run; the registration is there for sources that have one. */
#define uk_testsuite_register(suite, ctx) struct __uk_testsuite_##suite

/** Counts a result; prints it when the condition does not hold */
void _uk_test_result(int ok, const char *what, const char *file, int line);

#define UK_TEST_EXPECT(x) _uk_test_result(!!(x), #x, __FILE__, __LINE__)
#define UK_TEST_EXPECT_NOT_NULL(x) UK_TEST_EXPECT((x) != NULL)
#define UK_TEST_EXPECT_NULL(x) UK_TEST_EXPECT((x) == NULL)
#define UK_TEST_EXPECT_ZERO(x) UK_TEST_EXPECT((x) == 0)
#define UK_TEST_EXPECT_SNUM_EQ(a, b) UK_TEST_EXPECT((long)(a) == (long)(b))
/** Compares strings and prints both when they differ */
void _uk_test_strings(const char *a, const char *b, const char *what, const char *file, int line);
#define UK_TEST_EXPECT_STR_EQ(a, b) _uk_test_strings((a), (b), #a " == " #b, __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif
#endif /* __UK_TEST_H__ */
