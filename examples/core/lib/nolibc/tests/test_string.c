/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uk/config.h>
#include <uk/test.h>

UK_TESTCASE(string, memory)
{
	char a[32] = "0123456789abcdef", b[32];

	UK_TEST_EXPECT(memcpy(b, a, 17) == b);
	UK_TEST_EXPECT_STR_EQ(b, a);
	memmove(a + 2, a, 14);
	UK_TEST_EXPECT_STR_EQ(a, "010123456789abcd");
	memmove(b, b + 3, 14);
	UK_TEST_EXPECT_STR_EQ(b, "3456789abcdef");
	memset(b, 'x', 13);
	UK_TEST_EXPECT(b[0] == 'x' && b[12] == 'x' && b[13] == '\0');
	UK_TEST_EXPECT(memcmp("abc", "abd", 3) < 0 && memcmp("abc", "abd", 2) == 0);
	UK_TEST_EXPECT(memchr(a, '9', 16) == a + 11 && memchr(a, 'z', 16) == NULL);
}

UK_TESTCASE(string, copies_and_lengths)
{
	char b[8];

	UK_TEST_EXPECT(strlen("") == 0 && strlen("abc") == 3 && strnlen("abc", 2) == 2);
	UK_TEST_EXPECT(strlcpy(b, "too long for it", sizeof(b)) == 15);
	UK_TEST_EXPECT_STR_EQ(b, "too lon");
	strncpy(b, "ab", 5);
	UK_TEST_EXPECT(memcmp(b, "ab\0\0\0on", 8) == 0);
	strcpy(b, "ab");
	strcat(b, "cd");
	strncat(b, "efgh", 2);
	UK_TEST_EXPECT_STR_EQ(b, "abcdef");
	UK_TEST_EXPECT(strcmp("a", "b") < 0 && strcmp("ab", "a") > 0 && strcmp("", "") == 0);
	UK_TEST_EXPECT(strcmp("\xff", "a") > 0 && strncmp("abX", "abY", 2) == 0);
	UK_TEST_EXPECT(strcasecmp("Hello", "hELLO") == 0 && strncasecmp("ab1", "AB2", 2) == 0);
}

UK_TESTCASE(string, searching)
{
	const char *s = "path/to/file";

	UK_TEST_EXPECT(strchr(s, '/') == s + 4 && strrchr(s, '/') == s + 7 && strchr(s, '\0') == s + 12);
	UK_TEST_EXPECT(strchr(s, 'z') == NULL && *strchrnul(s, 'z') == '\0');
	UK_TEST_EXPECT(strstr(s, "to") == s + 5 && strstr(s, "") == s && strstr(s, "toto") == NULL);
	UK_TEST_EXPECT(strspn("aabc", "ab") == 3 && strcspn("abc", "c") == 2 && strpbrk(s, "/e") == s + 4);
}

UK_TESTCASE(string, splitting)
{
	char text[] = " one,two ,, three", *state, *rest;

	UK_TEST_EXPECT_STR_EQ(strtok_r(text, " ,", &state), "one");
	UK_TEST_EXPECT_STR_EQ(strtok_r(NULL, " ,", &state), "two");
	UK_TEST_EXPECT_STR_EQ(strtok_r(NULL, " ,", &state), "three");
	UK_TEST_EXPECT_NULL(strtok_r(NULL, " ,", &state));
	strcpy(text, "a,,b");
	rest = text;
	UK_TEST_EXPECT_STR_EQ(strsep(&rest, ","), "a");
	UK_TEST_EXPECT_STR_EQ(strsep(&rest, ","), "");
	UK_TEST_EXPECT_STR_EQ(strsep(&rest, ","), "b");
	UK_TEST_EXPECT_NULL(strsep(&rest, ","));
}

UK_TESTCASE(string, errors_and_classes)
{
#ifndef CONFIG_LIBUKBOOT_NOALLOC
	char *copy = strdup("copy");

	UK_TEST_EXPECT_STR_EQ(copy, "copy");
	free(copy);
#endif
	UK_TEST_EXPECT_STR_EQ(strerror(ENOENT), "No such file or directory");
	UK_TEST_EXPECT_STR_EQ(strerror(12345), "Unknown error 12345");
	UK_TEST_EXPECT(isalpha('a') && !isalpha('1') && isspace('\t') && isxdigit('F') && !isxdigit('g'));
	UK_TEST_EXPECT(toupper('z') == 'Z' && tolower('Z') == 'z' && tolower('1') == '1' && ispunct('!'));
}

uk_testsuite_register(string, 0);
