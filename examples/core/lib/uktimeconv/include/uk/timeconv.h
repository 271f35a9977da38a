/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Dates of the Gregorian calendar and seconds since 1970, in UTC, without leap seconds */
#ifndef __UK_TIMECONV_H__
#define __UK_TIMECONV_H__

#include <uk/arch/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_date {
	int year, month, day;		/* month and day from 1 */
	int hour, minute, second;
	int weekday, yearday;		/* from Sunday, from the first of January: 0 */
};

__s64 uk_timeconv_seconds(int year, int month, int day, int hour, int minute, int second);
void uk_timeconv_date(__s64 seconds, struct uk_date *date);

#ifdef __cplusplus
}
#endif
#endif /* __UK_TIMECONV_H__ */
