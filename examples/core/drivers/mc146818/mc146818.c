/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/essentials.h>
#include <uk/arch/lcpu.h>
#include <uk/mc146818.h>
#include <uk/timeconv.h>

#define PORT_INDEX 0x70
#define PORT_DATA  0x71

enum { SECONDS = 0, MINUTES = 2, HOURS = 4, DAY = 7, MONTH = 8, YEAR = 9, STATUS_A = 10, STATUS_B = 11 };

#define A_UPDATING 0x80
#define B_24_HOURS 0x02
#define B_BINARY   0x04
#define HOUR_PM    0x80

static __u8 reg(int i)
{
	ukarch_outb(PORT_INDEX, (__u8)i);
	return ukarch_inb(PORT_DATA);
}

static int number(__u8 v, int binary)
{
	return binary ? v : (v >> 4) * 10 + (v & 15);
}

static void snapshot(__u8 to[6])
{
	static const int which[6] = { SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR };
	__u32 limit = 1000000;
	int i;

	while ((reg(STATUS_A) & A_UPDATING) && --limit)
		;
	for (i = 0; i < 6; i++)
		to[i] = reg(which[i]);
}

__u64 mc146818_read(void)
{
	__u8 a[6], b[6], status = reg(STATUS_B);
	int binary = status & B_BINARY, hour, i, same, tries = 0;

	/* A reading during which the clock stepped differs from the next one. */
	do {
		snapshot(a);
		snapshot(b);
		for (same = 1, i = 0; i < 6; i++)
			same &= a[i] == b[i];
	} while (!same && ++tries < 10);

	hour = number(a[2] & ~HOUR_PM, binary);
	if (!(status & B_24_HOURS)) {
		hour %= 12;
		if (a[2] & HOUR_PM)
			hour += 12;
	} else {
		hour = number(a[2], binary);
	}
	return (__u64)uk_timeconv_seconds(2000 + number(a[5], binary), number(a[4], binary),
					  number(a[3], binary), hour,
					  number(a[1], binary), number(a[0], binary));
}
