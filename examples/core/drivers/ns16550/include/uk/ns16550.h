/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The serial port of a PC, without interrupts */
#ifndef __UK_NS16550_H__
#define __UK_NS16550_H__

void ns16550_init(void);
/** Waits until the port takes a byte */
void ns16550_putc(char c);
/** The next byte that came in, or -1 */
int ns16550_getc(void);

#endif /* __UK_NS16550_H__ */
