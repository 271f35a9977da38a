/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* How to leave QEMU: through the isa-debug-exit device with a status if there is one, else
 * by powering the machine off. A port without a device ignores what is written to it.
 */
#include <uk/essentials.h>
#include <uk/arch/lcpu.h>
#include <uk/plat/bootstrap.h>
#include <uk/print.h>

#define PORT_DEBUG_EXIT 0xf4	/* QEMU's status becomes (value << 1) | 1 */
#define PORT_ACPI_PM1A  0x604	/* both machine types, after the firmware ran */
#define ACPI_POWER_OFF  0x2000	/* sleep type 0, sleep enable */
#define PORT_KEYBOARD   0x64
#define KEYBOARD_RESET  0xfe

static int exit_status;

void ukplat_status_set(int status)
{
	/* The device shifts the status left, so the process has 7 bits of it. */
	exit_status = status < 0 || status > 127 ? 127 : status;
}

void ukplat_terminate(enum ukplat_gstate request)
{
	static int inside;

	if (!inside++)
		uk_pr_info("%s\n", request == UKPLAT_RESTART ? "Restart" :
			   request == UKPLAT_CRASH ? "Crash" : "Halt");

	if (request == UKPLAT_RESTART) {
		ukarch_outb(PORT_KEYBOARD, KEYBOARD_RESET);
	} else {
		ukarch_outl(PORT_DEBUG_EXIT, request == UKPLAT_CRASH ?
			    CONFIG_UKPLAT_CRASH_STATUS : (__u32)exit_status);
#ifndef CONFIG_KVM_CRASH_POWEROFF
		if (request != UKPLAT_CRASH)
#endif
			ukarch_outw(PORT_ACPI_PM1A, ACPI_POWER_OFF);
	}
	for (;;)
		ukarch_halt();
}
