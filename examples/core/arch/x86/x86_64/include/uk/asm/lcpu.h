/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_ARCH_LCPU_H__
#error Include <uk/arch/lcpu.h>
#endif

/* Offsets into struct __regs for the assembler */
#define __REGS_OFFSETOF_RIP	128
#define __REGS_SIZEOF		168

#ifndef __ASSEMBLY__

/** What vectors.S leaves on the stack at a trap, lowest address first */
struct __regs {
	__u64 r15, r14, r13, r12, r11, r10, r9, r8;
	__u64 rax, rbx, rcx, rdx, rsi, rdi, rbp;
	__u64 orig_rax;	/* vector in the low half, error code in the high half */
	__u64 rip, cs, eflags, rsp, ss;
};

static inline void ukarch_halt(void)
{
	__asm__ __volatile__("cli; hlt" ::: "memory");
}

static inline void ukarch_spinwait(void)
{
	__asm__ __volatile__("pause" ::: "memory");
}

static inline __u64 ukarch_read_tsc(void)
{
	__u32 lo, hi;

	__asm__ __volatile__("rdtsc" : "=a"(lo), "=d"(hi));
	return ((__u64)hi << 32) | lo;
}

static inline __uptr ukarch_read_cr2(void)
{
	__uptr v;

	__asm__ __volatile__("mov %%cr2, %0" : "=r"(v));
	return v;
}

static inline __uptr ukarch_read_cr3(void)
{
	__uptr v;

	__asm__ __volatile__("mov %%cr3, %0" : "=r"(v));
	return v;
}

static inline void ukarch_outb(__u16 port, __u8 v)
{
	__asm__ __volatile__("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void ukarch_outw(__u16 port, __u16 v)
{
	__asm__ __volatile__("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void ukarch_outl(__u16 port, __u32 v)
{
	__asm__ __volatile__("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline __u8 ukarch_inb(__u16 port)
{
	__u8 v;

	__asm__ __volatile__("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

struct ukarch_cpuid {
	__u32 eax, ebx, ecx, edx;
};

#ifdef __cplusplus
extern "C" {
#endif

/** The processor's answer; zeros when it does not know the leaf */
struct ukarch_cpuid ukarch_cpuid(__u32 leaf, __u32 subleaf);
/** Vendor and, if it tells, brand of the processor, in a static buffer */
const char *ukarch_cpu_name(void);
/** Whether the processor has the RDRAND instruction, and one number from it (0: none was ready) */
int ukarch_has_rdrand(void);
int ukarch_rdrand(__u64 *v);

__u64 ukarch_rdmsr(__u32 msr);
void ukarch_wrmsr(__u32 msr, __u64 v);

#ifdef __cplusplus
}
#endif
#endif /* !__ASSEMBLY__ */
