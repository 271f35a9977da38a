/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Attributes, arithmetic and pointer helpers that everything uses */
#ifndef __UK_ESSENTIALS_H__
#define __UK_ESSENTIALS_H__

#include <uk/config.h>
#include <uk/arch/types.h>

#ifndef __ASSEMBLY__

#ifndef __used
#define __used		__attribute__((used))
#endif
#ifndef __unused
#define __unused	__attribute__((unused))
#endif
#ifndef __maybe_unused
#define __maybe_unused	__attribute__((unused))
#endif
#ifndef __packed
#define __packed	__attribute__((packed))
#endif
#ifndef __align
#define __align(n)	__attribute__((aligned(n)))
#endif
#ifndef __noreturn
#define __noreturn	__attribute__((noreturn))
#endif
#ifndef __noinline
#define __noinline	__attribute__((noinline))
#endif
#ifndef __weak
#define __weak		__attribute__((weak))
#endif
#ifndef __section
#define __section(s)	__attribute__((section(s)))
#endif
#ifndef __nonnull
#define __nonnull	__attribute__((nonnull))
#endif
#ifndef __printf
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#endif
#ifndef __scanf
#define __scanf(fmt, args) __attribute__((format(scanf, fmt, args)))
#endif
#ifndef __constructor
#define __constructor	__attribute__((constructor))
#endif
#ifndef __fallthrough
#define __fallthrough	__attribute__((fallthrough))
#endif

#ifndef likely
#define likely(x)	__builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x)	__builtin_expect(!!(x), 0)
#endif

#define __return_addr(level) __builtin_extract_return_addr(__builtin_return_address(level))
#define __frame_addr(level)  __builtin_frame_address(level)

#ifndef MIN
#define MIN(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a < _b ? _a : _b; })
#endif
#ifndef MAX
#define MAX(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif
#ifndef ALIGN_UP
#define ALIGN_UP(v, a)   (((v) + (a) - 1) & ~((__typeof__(v))(a) - 1))
#endif
#ifndef ALIGN_DOWN
#define ALIGN_DOWN(v, a) ((v) & ~((__typeof__(v))(a) - 1))
#endif
#ifndef POWER_OF_2
#define POWER_OF_2(v) ((v) && !((v) & ((v) - 1)))
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#endif

#ifndef __offsetof
#define __offsetof(type, field) __builtin_offsetof(type, field)
#endif
#ifndef __containerof
#define __containerof(ptr, type, field) ((type *)((__uptr)(ptr) - __offsetof(type, field)))
#endif
#ifndef DECONST
#define DECONST(type, var) ((type)(__uptr)(const void *)(var))
#endif

#endif /* !__ASSEMBLY__ */

#ifndef STRINGIFY
#define __STRINGIFY(x) #x
#define STRINGIFY(x)   __STRINGIFY(x)
#endif

#endif /* __UK_ESSENTIALS_H__ */
