/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <ctype.h>
#include <uk/hexdump.h>

void uk_hexdumpf(FILE *f, const void *data, size_t len, unsigned long addr)
{
	const unsigned char *p = data;
	size_t at, i;

	for (at = 0; at < len; at += 16) {
		fprintf(f, "%08lx ", addr + at);
		for (i = at; i < at + 16; i++)
			if (i < len)
				fprintf(f, " %02x", p[i]);
			else
				fputs("   ", f);
		fputs("  |", f);
		for (i = at; i < len && i < at + 16; i++)
			fputc(isprint(p[i]) ? p[i] : '.', f);
		fputs("|\n", f);
	}
}
