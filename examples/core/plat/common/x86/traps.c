/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The last words of a program that did something impossible. This code is compiled without
 * vector registers, so that they can still be looked at with a debugger.
 */
#include <uk/essentials.h>
#include <uk/assert.h>
#include <uk/arch/limits.h>
#include <uk/isr/string.h>
#include <uk/print.h>
#include <uk/plat/bootstrap.h>
#include <uk/plat/common/traps.h>

#define VECTOR_PAGE_FAULT 14
#define STACK_WORDS       16
#define TRACE_DEPTH       16

static const char *const names[32] = {
	"divide error", "debug", "non-maskable interrupt", "breakpoint",
	"overflow", "bound range exceeded", "invalid opcode", "device not available",
	"double fault", "coprocessor segment overrun", "invalid TSS", "segment not present",
	"stack segment fault", "general protection", "page fault", "reserved",
	"x87 floating-point", "alignment check", "machine check", "SIMD floating-point",
	"virtualization", "control protection", "reserved", "reserved",
	"reserved", "reserved", "reserved", "reserved",
	"hypervisor injection", "VMM communication", "security", "reserved"
};

/* The registers at the trap, for a debugger that comes later */
struct __regs ukplat_trap_regs;

/* link64.lds.S, and the page below the stack, which is not mapped */
extern char _text[], _etext[], _end[], boot_stack_guard[];

/* Whether 8 bytes at an address can be read without another fault */
static int readable(__uptr addr)
{
	if (addr >= (__uptr)boot_stack_guard && addr < (__uptr)boot_stack_guard + __PAGE_SIZE)
		return 0;
	return addr % 8 == 0 && addr >= (__uptr)_text && addr < (__uptr)_end;
}

static void print_registers(const struct __regs *r)
{
	uk_crash_printf("RIP: %016lx CS: %04lx\n", r->rip, r->cs & 0xffff);
	uk_crash_printf("RSP: %016lx SS: %04lx EFLAGS: %08lx\n", r->rsp, r->ss & 0xffff, r->eflags);
	uk_crash_printf("RAX: %016lx RBX: %016lx RCX: %016lx\n", r->rax, r->rbx, r->rcx);
	uk_crash_printf("RDX: %016lx RSI: %016lx RDI: %016lx\n", r->rdx, r->rsi, r->rdi);
	uk_crash_printf("RBP: %016lx R08: %016lx R09: %016lx\n", r->rbp, r->r8, r->r9);
	uk_crash_printf("R10: %016lx R11: %016lx R12: %016lx\n", r->r10, r->r11, r->r12);
	uk_crash_printf("R13: %016lx R14: %016lx R15: %016lx\n", r->r13, r->r14, r->r15);
}

static void print_stack(__uptr sp)
{
	int i;

	uk_crash_printf("Stack:\n");
	for (i = 0; i < STACK_WORDS && readable(sp); i++, sp += 8)
		uk_crash_printf("%s%016lx%s", i % 4 ? "" : "  ", *(__u64 *)sp, i % 4 == 3 ? "\n" : " ");
	if (i % 4)
		uk_crash_printf("\n");
}

#ifndef __OMIT_FRAMEPOINTER__
/* Each frame begins with the caller's frame and the address that it returns to. */
static void print_callers(__uptr rip, __uptr frame)
{
	int depth;

	uk_crash_printf("Call trace:\n  [%016lx]\n", rip);
	for (depth = 0; depth < TRACE_DEPTH && readable(frame) && readable(frame + 8); depth++) {
		__u64 *words = (__u64 *)frame;

		if (words[1] < (__uptr)_text || words[1] >= (__uptr)_etext)
			break;
		uk_crash_printf("  [%016lx]\n", words[1]);
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
}
#endif

void ukplat_trap(struct __regs *regs)
{
	static int inside;
	unsigned int vector = (unsigned int)(regs->orig_rax >> 32);
	unsigned int error = (unsigned int)regs->orig_rax;

	/* A fault in the report itself must not start another one. */
	if (inside++)
		ukplat_terminate(UKPLAT_CRASH);

	memcpy_isr(&ukplat_trap_regs, regs, sizeof(*regs));
	uk_crash_printf("Unhandled trap %u (%s), error code=0x%x\n",
			vector, vector < 32 ? names[vector] : "unknown", error);
	print_registers(regs);
	if (vector == VECTOR_PAGE_FAULT)
		uk_crash_printf("CR2: %016lx (%s of a page that is %s)\n", ukarch_read_cr2(),
				error & 16 ? "execution" : error & 2 ? "write" : "read",
				error & 1 ? "protected" : "not mapped");
	print_stack(regs->rsp);
#ifndef __OMIT_FRAMEPOINTER__
	print_callers(regs->rip, regs->rbp);
#endif
	ukplat_terminate(UKPLAT_CRASH);
}
