/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Time from the processor's time-stamp counter. Its frequency comes from the hypervisor if it
 * tells, else it is measured against the interval timer, which runs at a known rate.
 */
#include <uk/essentials.h>
#include <uk/arch/lcpu.h>
#include <uk/arch/time.h>
#include <uk/mc146818.h>
#include <uk/plat/time.h>
#include <uk/print.h>

#define CPUID_HYPERVISOR_TIMING 0x40000010u	/* eax: TSC frequency in kHz */

#define PIT_HZ          1193182ULL
#define PIT_CHANNEL2    0x42
#define PIT_COMMAND     0x43
#define PIT_MODE        0xb0	/* channel 2, both bytes, count down once */
#define PORT_SPEAKER    0x61
#define SPEAKER_GATE    0x01
#define SPEAKER_OUT     0x20
#define MEASURE_TICKS   11932	/* 10 ms */

static __u64 tsc_boot;
static __u64 tsc_mult;		/* nanoseconds for one tick, times 2^32 */
static __nsec wall_boot;

static __u64 measure_hz(void)
{
	__u8 speaker = ukarch_inb(PORT_SPEAKER);
	__u64 from, to;
	__u32 limit = 100000000;

	/* Gate on, sound off; the output rises when the count reaches 0. */
	ukarch_outb(PORT_SPEAKER, (speaker & ~2) | SPEAKER_GATE);
	ukarch_outb(PIT_COMMAND, PIT_MODE);
	ukarch_outb(PIT_CHANNEL2, MEASURE_TICKS & 0xff);
	ukarch_outb(PIT_CHANNEL2, MEASURE_TICKS >> 8);
	from = ukarch_read_tsc();
	while (!(ukarch_inb(PORT_SPEAKER) & SPEAKER_OUT) && --limit)
		;
	to = ukarch_read_tsc();
	ukarch_outb(PORT_SPEAKER, speaker);
	return (to - from) * PIT_HZ / MEASURE_TICKS;
}

void ukplat_time_init(void)
{
	__u64 hz = (__u64)ukarch_cpuid(CPUID_HYPERVISOR_TIMING, 0).eax * 1000;

	if (hz == 0)
		hz = measure_hz();
	if (hz == 0)
		hz = 1000000000ULL;
	tsc_boot = ukarch_read_tsc();
	tsc_mult = (UKARCH_NSEC_PER_SEC << 32) / hz;
	wall_boot = mc146818_read() * UKARCH_NSEC_PER_SEC;
	uk_pr_info("Time-stamp counter at %lu kHz on %s\n", hz / 1000, ukarch_cpu_name());
}

__nsec ukplat_monotonic_clock(void)
{
	if (tsc_mult == 0)
		return 0;
	return (__nsec)(((unsigned __int128)(ukarch_read_tsc() - tsc_boot) * tsc_mult) >> 32);
}

__nsec ukplat_wall_clock(void)
{
	return wall_boot + ukplat_monotonic_clock();
}
