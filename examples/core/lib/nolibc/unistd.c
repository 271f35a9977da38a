/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include <time.h>
#include <unistd.h>
#include <uk/arch/lcpu.h>
#include <uk/plat/time.h>

/* There is nothing else to run, so waiting is looking at the clock. */
static void wait_until(__nsec until)
{
	while (ukplat_monotonic_clock() < until)
		ukarch_spinwait();
}

int nanosleep(const struct timespec *want, struct timespec *left)
{
	if (want->tv_sec < 0 || want->tv_nsec < 0 || want->tv_nsec >= 1000000000L) {
		errno = EINVAL;
		return -1;
	}
	wait_until(ukplat_monotonic_clock() + (__nsec)want->tv_sec * UKARCH_NSEC_PER_SEC +
		   (__nsec)want->tv_nsec);
	if (left)
		left->tv_sec = left->tv_nsec = 0;
	return 0;
}

unsigned int sleep(unsigned int seconds)
{
	wait_until(ukplat_monotonic_clock() + seconds * UKARCH_NSEC_PER_SEC);
	return 0;
}

int usleep(useconds_t microseconds)
{
	wait_until(ukplat_monotonic_clock() + microseconds * UKARCH_NSEC_PER_USEC);
	return 0;
}

pid_t getpid(void)
{
	return 1;
}

int isatty(int fd)
{
	return fd >= 0 && fd <= 2;
}
