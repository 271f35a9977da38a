/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/essentials.h>
#include <uk/arch/lcpu.h>
#include <uk/ns16550.h>

#define BASE ((__u16)CONFIG_LIBNS16550_BASE)

#define REG_DATA    (BASE + 0)
#define REG_DIVISOR (BASE + 0)	/* two bytes, with LCR_DLAB set */
#define REG_IER     (BASE + 1)
#define REG_FCR     (BASE + 2)
#define REG_LCR     (BASE + 3)
#define REG_MCR     (BASE + 4)
#define REG_LSR     (BASE + 5)

#define FCR_ENABLE_CLEAR 0x07
#define LCR_8N1          0x03
#define LCR_DLAB         0x80
#define MCR_DTR_RTS      0x03
#define LSR_DATA_READY   0x01
#define LSR_THR_EMPTY    0x20

#if defined(CONFIG_LIBNS16550_BAUD_19200)
#define BAUD 19200
#elif defined(CONFIG_LIBNS16550_BAUD_57600)
#define BAUD 57600
#else
#define BAUD 115200
#endif
#define DIVISOR (115200 / BAUD)

void ns16550_init(void)
{
	ukarch_outb(REG_IER, 0);
	ukarch_outb(REG_LCR, LCR_DLAB | LCR_8N1);
	ukarch_outb(REG_DIVISOR, DIVISOR & 0xff);
	ukarch_outb(REG_DIVISOR + 1, DIVISOR >> 8);
	ukarch_outb(REG_LCR, LCR_8N1);
	ukarch_outb(REG_FCR, FCR_ENABLE_CLEAR);
	ukarch_outb(REG_MCR, MCR_DTR_RTS);
}

void ns16550_putc(char c)
{
	while (!(ukarch_inb(REG_LSR) & LSR_THR_EMPTY))
		ukarch_spinwait();
	ukarch_outb(REG_DATA, (__u8)c);
}

int ns16550_getc(void)
{
	return ukarch_inb(REG_LSR) & LSR_DATA_READY ? ukarch_inb(REG_DATA) : -1;
}
