/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <time.h>
#include <uk/timeconv.h>

struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
	struct uk_date d;

	uk_timeconv_date(*t, &d);
	tm->tm_sec = d.second;
	tm->tm_min = d.minute;
	tm->tm_hour = d.hour;
	tm->tm_mday = d.day;
	tm->tm_mon = d.month - 1;
	tm->tm_year = d.year - 1900;
	tm->tm_wday = d.weekday;
	tm->tm_yday = d.yearday;
	tm->tm_isdst = 0;
	tm->tm_gmtoff = 0;
	tm->tm_zone = "UTC";
	return tm;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;

	return gmtime_r(t, &tm);
}

/* There is no time zone but UTC. */
struct tm *localtime_r(const time_t *t, struct tm *tm)
{
	return gmtime_r(t, tm);
}

struct tm *localtime(const time_t *t)
{
	return gmtime(t);
}

time_t timegm(struct tm *tm)
{
	/* Months may be out of range, so may everything else. */
	int year = tm->tm_year + 1900 + tm->tm_mon / 12, month = tm->tm_mon % 12;
	time_t t;

	if (month < 0) {
		month += 12;
		year--;
	}
	t = uk_timeconv_seconds(year, month + 1, 1, 0, 0, 0) + (tm->tm_mday - 1) * 86400L +
	    tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
	gmtime_r(&t, tm);
	return t;
}

time_t mktime(struct tm *tm)
{
	return timegm(tm);
}
