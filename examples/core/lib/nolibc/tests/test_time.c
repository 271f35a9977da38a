/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <time.h>
#include <unistd.h>
#include <uk/test.h>

UK_TESTCASE(time, calendar)
{
	static const struct {
		time_t t;
		int year, month, day, weekday;
	} dates[] = {
		{ 0, 1970, 1, 1, 4 }, { -1, 1969, 12, 31, 3 }, { 951782400, 2000, 2, 29, 2 },
		{ 1709164800, 2024, 2, 29, 4 }, { 4107542400, 2100, 3, 1, 1 }, { 253402300799, 9999, 12, 31, 5 }
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dates); i++) {
		struct tm *tm = gmtime(&dates[i].t);

		UK_TEST_EXPECT(tm->tm_year + 1900 == dates[i].year && tm->tm_mon + 1 == dates[i].month &&
			       tm->tm_mday == dates[i].day && tm->tm_wday == dates[i].weekday);
		UK_TEST_EXPECT(timegm(tm) == dates[i].t);
	}
}

UK_TESTCASE(time, text)
{
	time_t t = 1000000000;
	char buf[64];

	UK_TEST_EXPECT_STR_EQ(ctime(&t), "Sun Sep  9 01:46:40 2001\n");
	UK_TEST_EXPECT(strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ %j %A %I%p %%", gmtime(&t)) == 38);
	UK_TEST_EXPECT_STR_EQ(buf, "2001-09-09T01:46:40Z 252 Sunday 01AM %");
	UK_TEST_EXPECT(strftime(buf, 5, "%Y-%m", gmtime(&t)) == 0);
}

UK_TESTCASE(time, clocks)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	usleep(2000);
	clock_gettime(CLOCK_MONOTONIC, &b);
	UK_TEST_EXPECT((b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec >= 2000000L);
	/* The clock of the machine that this was written on was right. */
	UK_TEST_EXPECT(time(NULL) > 1700000000);
	UK_TEST_EXPECT(clock_gettime(99, &a) == -1);
}

uk_testsuite_register(time, 0);
