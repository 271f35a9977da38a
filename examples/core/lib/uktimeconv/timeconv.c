/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Days are counted from the first of March of year 0, so that a leap day is the last of its year
 * and the lengths of months follow one rule: the days before month m are (153 * m + 2) / 5.
 */
#include <uk/timeconv.h>

#define DAYS_4     1461
#define DAYS_100   36524
#define DAYS_400   146097
#define EPOCH_DAYS 719468	/* from 0000-03-01 to 1970-01-01 */
#define DAY        86400

static __s64 floor_div(__s64 a, __s64 b)
{
	return a / b - (a % b < 0);
}

static __s64 days(__s64 year, int month, int day)
{
	__s64 era, m = (month + 9) % 12;

	if (month <= 2)
		year--;
	era = floor_div(year, 400);
	year -= era * 400;
	return era * DAYS_400 + year * 365 + year / 4 - year / 100 + (153 * m + 2) / 5 + day - 1 - EPOCH_DAYS;
}

__s64 uk_timeconv_seconds(int year, int month, int day, int hour, int minute, int second)
{
	return days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}

void uk_timeconv_date(__s64 seconds, struct uk_date *date)
{
	__s64 day = floor_div(seconds, DAY), since = day + EPOCH_DAYS, era = floor_div(since, DAYS_400);
	int rest = (int)(seconds - day * DAY);
	int of_era = (int)(since - era * DAYS_400);
	int year = (of_era - of_era / (DAYS_4 - 1) + of_era / DAYS_100 - of_era / (DAYS_400 - 1)) / 365;
	int of_year = of_era - (year * 365 + year / 4 - year / 100);
	int m = (5 * of_year + 2) / 153;

	date->day = of_year - (153 * m + 2) / 5 + 1;
	date->month = m < 10 ? m + 3 : m - 9;
	date->year = (int)(era * 400) + year + (date->month <= 2);
	date->hour = rest / 3600;
	date->minute = rest / 60 % 60;
	date->second = rest % 60;
	date->weekday = (int)(day - floor_div(day + 4, 7) * 7) + 4;
	date->yearday = (int)(day - days(date->year, 1, 1));
}
