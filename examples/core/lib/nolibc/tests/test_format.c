/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/config.h>
#include <uk/test.h>

static char buf[512];

/* What printf makes of its arguments, compared with a text */
#define SHOWS(text, ...)						\
	do {								\
		int n = snprintf(buf, sizeof(buf), __VA_ARGS__);	\
									\
		UK_TEST_EXPECT_STR_EQ(buf, text);			\
		UK_TEST_EXPECT(n == (int)sizeof(text) - 1);		\
	} while (0)

UK_TESTCASE(format, integers)
{
	SHOWS("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT_MAX, INT_MIN);
	SHOWS("4294967295 18446744073709551615", "%u %lu", UINT_MAX, ULONG_MAX);
	SHOWS("-128 -1 255 65535", "%hhd %hd %hhu %hu", 128, 0xffff, 0xfff, 0x1ffff);
	SHOWS("9223372036854775807 -9223372036854775808", "%lld %jd", LLONG_MAX, INTMAX_MIN);
	SHOWS("7 8 9", "%zu %td %zd", (size_t)7, (ptrdiff_t)8, (ptrdiff_t)9);
	SHOWS("ff FF 0xff 0XFF 0", "%x %X %#x %#X %#x", 255, 255, 255, 255, 0);
	SHOWS("777 0777 0", "%o %#o %#o", 511, 511, 0);
}

UK_TESTCASE(format, flags_and_width)
{
	SHOWS("|   42|42   |00042|  +42| 42|+0042|", "|%5d|%-5d|%05d|%+5d|% d|%+05d|", 42, 42, 42, 42, 42, 42);
	SHOWS("|  007|007  |  007|", "|%5.3d|%-5.3d|%05.3d|", 7, 7, 7);
	SHOWS("||+|0|", "|%.0d|%+.0d|%#.0o|", 0, 0, 0);
	SHOWS("|   -3|-3   |", "|%*d|%*d|", 5, -3, -5, -3);
	SHOWS("|0x00ff|  0xff|", "|%#06x|%#6x|", 255, 255);
	SHOWS("100%", "%d%%", 100);
	SHOWS("%y 1", "%y %d", 1);
}

UK_TESTCASE(format, text)
{
	SHOWS("|abc|  abc|abc  |ab|", "|%s|%5s|%-5s|%.2s|", "abc", "abc", "abc", "abc");
	SHOWS("(null)", "%s", (char *)NULL);
	SHOWS("x", "%c", 'x');
	SHOWS("0x1000 0x0", "%p %p", (void *)0x1000, NULL);
	UK_TEST_EXPECT(snprintf(buf, 4, "%s", "abcdef") == 6);
	UK_TEST_EXPECT_STR_EQ(buf, "abc");
	UK_TEST_EXPECT(snprintf(NULL, 0, "%d", 12345) == 5);
	{
		int n = 0;

		snprintf(buf, sizeof(buf), "abc%n", &n);
		UK_TEST_EXPECT(n == 3);
	}
}

#ifdef CONFIG_LIBNOLIBC_FLOAT
UK_TESTCASE(format, fixed)
{
	SHOWS("0.000000 1.500000 -2.250000", "%f %f %f", 0.0, 1.5, -2.25);
	SHOWS("0 2 2 4", "%.0f %.0f %.0f %.0f", 0.5, 1.5, 2.5, 3.5);
	SHOWS("3.14 3.1 3. 003.1", "%.2f %.1f %#.0f %05.1f", 3.14159, 3.14159, 3.14159, 3.14159);
	SHOWS("0.1000000000000000055511151231257827", "%.34f", 0.1);
	SHOWS("123456789012345680.0", "%.1f", 123456789012345678.0);
	SHOWS("1000000000000000019884624838656.00", "%.2f", 1e30);
	SHOWS("9.99 10.00 -0.0", "%.2f %.2f %.1f", 9.994, 9.996, -0.0);
	SHOWS("inf -inf nan INF", "%f %f %f %F", __builtin_inf(), -__builtin_inf(), __builtin_nan(""),
	      __builtin_inf());
}

UK_TESTCASE(format, scientific)
{
	SHOWS("1.000000e+00 1.234500e-05 -6.02e+23", "%e %e %.2e", 1.0, 1.2345e-5, -6.022e23);
	SHOWS("1E+100 0.000000e+00 1e+01", "%.0E %e %.0e", 1e100, 0.0, 9.5);
	SHOWS("1.7976931348623157e+308", "%.16e", DBL_MAX);
	SHOWS("4.9406564584124654e-324", "%.16e", 4.9406564584124654e-324);
	SHOWS("0 1 100000 1e+06 0.0001 1e-05", "%g %g %g %g %g %g", 0.0, 1.0, 1e5, 1e6, 1e-4, 1e-5);
	SHOWS("3.14159 3.1 1.00000 0.1 1e+02", "%g %.2g %#g %g %.1g", 3.14159265, 3.14159265, 1.0, 0.1, 99.9);
	SHOWS("0x1p+0 0x1.8p+1 -0x1.999999999999ap-4 0x0p+0", "%a %a %a %a", 1.0, 3.0, -0.1, 0.0);
	SHOWS("0x1.0p+0 0X1P+4", "%.1a %A", 1.0, 16.0);
	SHOWS("2.500000 7", "%Lf %d", 2.5L, 7);
}
#endif

UK_TESTCASE(format, scanning)
{
	int a = 0, b = 0, n = 0;
	unsigned int x = 0;
	long l = 0;
	char word[16], c = 0;

	UK_TEST_EXPECT(sscanf("12 -34", "%d%d", &a, &b) == 2 && a == 12 && b == -34);
	UK_TEST_EXPECT(sscanf("0x1f 077 ff", "%i %i %x", &a, &b, &x) == 3 && a == 31 && b == 63 && x == 255);
	UK_TEST_EXPECT(sscanf("key=value;", "key=%15[^;]%c%n", word, &c, &n) == 2 && c == ';' && n == 10);
	UK_TEST_EXPECT_STR_EQ(word, "value");
	UK_TEST_EXPECT(sscanf("123456", "%3d%*2d%ld", &a, &l) == 2 && a == 123 && l == 6);
	UK_TEST_EXPECT(sscanf("  word next", "%15s", word) == 1);
	UK_TEST_EXPECT_STR_EQ(word, "word");
	UK_TEST_EXPECT(sscanf("x", "%d", &a) == 0);
	UK_TEST_EXPECT(sscanf("", "%d", &a) == EOF);
#ifdef CONFIG_LIBNOLIBC_FLOAT
	{
		double d = 0;
		float f = 0;

		UK_TEST_EXPECT(sscanf("2.5 -1e3", "%lf %f", &d, &f) == 2 && d == 2.5 && f == -1000.0f);
	}
#endif
}

uk_testsuite_register(format, 0);
