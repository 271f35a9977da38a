/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* All output goes to the first serial port. */
#include <uk/essentials.h>
#include <uk/ns16550.h>
#include <uk/plat/console.h>

int ukplat_coutk(const char *buf, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++) {
		if (buf[i] == '\n')
			ns16550_putc('\r');
		ns16550_putc(buf[i]);
	}
	return (int)len;
}

int ukplat_coutd(const char *buf, unsigned int len)
{
	return ukplat_coutk(buf, len);
}

int ukplat_cink(char *buf, unsigned int maxlen)
{
	unsigned int n;
	int c;

	for (n = 0; n < maxlen; n++) {
		c = ns16550_getc();
		if (c < 0)
			break;
		buf[n] = (char)c;
	}
	return (int)n;
}
