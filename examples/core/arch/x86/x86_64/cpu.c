/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Which processor is this? */
#include <uk/arch/lcpu.h>

#define LEAF_VENDOR	0u
#define LEAF_FEATURES	1u
#define LEAF_EXT_MAX	0x80000000u
#define LEAF_BRAND	0x80000002u
#define ECX_RDRAND	(1u << 30)

static struct ukarch_cpuid ask(__u32 leaf, __u32 subleaf)
{
	struct ukarch_cpuid r;

	__asm__ __volatile__("cpuid"
			     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			     : "a"(leaf), "c"(subleaf));
	return r;
}

struct ukarch_cpuid ukarch_cpuid(__u32 leaf, __u32 subleaf)
{
	/* Basic, hypervisor and extended leaves count from a base of their own. */
	struct ukarch_cpuid none = { 0, 0, 0, 0 };

	if (ask(leaf & 0xf0000000u, 0).eax < leaf)
		return none;
	return ask(leaf, subleaf);
}

static char *put(char *to, __u32 word)
{
	int i;

	for (i = 0; i < 4; i++, word >>= 8)
		*to++ = (char)(word & 0xff);
	return to;
}

const char *ukarch_cpu_name(void)
{
	static char name[64];
	struct ukarch_cpuid r;
	char *to = name;
	__u32 leaf;

	if (name[0])
		return name;
	if (ask(LEAF_EXT_MAX, 0).eax >= LEAF_BRAND + 2) {
		for (leaf = LEAF_BRAND; leaf <= LEAF_BRAND + 2; leaf++) {
			r = ask(leaf, 0);
			to = put(put(put(put(to, r.eax), r.ebx), r.ecx), r.edx);
		}
	} else {
		r = ask(LEAF_VENDOR, 0);
		to = put(put(put(to, r.ebx), r.edx), r.ecx);
	}
	*to = '\0';
	return name;
}

int ukarch_has_rdrand(void)
{
	return !!(ukarch_cpuid(LEAF_FEATURES, 0).ecx & ECX_RDRAND);
}
