/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <uk/plat/time.h>

int clock_gettime(clockid_t id, struct timespec *ts)
{
	__nsec now;

	if (id == CLOCK_REALTIME) {
		now = ukplat_wall_clock();
	} else if (id == CLOCK_MONOTONIC) {
		now = ukplat_monotonic_clock();
	} else {
		errno = EINVAL;
		return -1;
	}
	ts->tv_sec = (time_t)ukarch_time_nsec_to_sec(now);
	ts->tv_nsec = (long)ukarch_time_subsec(now);
	return 0;
}

int clock_getres(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC) {
		errno = EINVAL;
		return -1;
	}
	ts->tv_sec = 0;
	ts->tv_nsec = 1;
	return 0;
}

time_t time(time_t *t)
{
	time_t now = (time_t)ukarch_time_nsec_to_sec(ukplat_wall_clock());

	if (t)
		*t = now;
	return now;
}

clock_t clock(void)
{
	return (clock_t)ukarch_time_nsec_to_usec(ukplat_monotonic_clock());
}

double difftime(time_t a, time_t b)
{
	return (double)(a - b);
}

int gettimeofday(struct timeval *tv, struct timezone *tz)
{
	__nsec now = ukplat_wall_clock();

	tv->tv_sec = (time_t)ukarch_time_nsec_to_sec(now);
	tv->tv_usec = (suseconds_t)ukarch_time_nsec_to_usec(ukarch_time_subsec(now));
	if (tz)
		tz->tz_minuteswest = tz->tz_dsttime = 0;
	return 0;
}
