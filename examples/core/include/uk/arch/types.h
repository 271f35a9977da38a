/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Integer types of known width that need no C library */
#ifndef __UK_ARCH_TYPES_H__
#define __UK_ARCH_TYPES_H__

#ifndef __ASSEMBLY__

typedef __INT8_TYPE__    __s8;
typedef __UINT8_TYPE__   __u8;
typedef __INT16_TYPE__   __s16;
typedef __UINT16_TYPE__  __u16;
typedef __INT32_TYPE__   __s32;
typedef __UINT32_TYPE__  __u32;
typedef __INT64_TYPE__   __s64;
typedef __UINT64_TYPE__  __u64;

typedef __UINTPTR_TYPE__ __uptr;
typedef __INTPTR_TYPE__  __sptr;
typedef __SIZE_TYPE__    __sz;
typedef __PTRDIFF_TYPE__ __ssz;
typedef __sptr           __off;

typedef __u64            __paddr_t;
typedef __uptr           __vaddr_t;

typedef __s64            __snsec;
typedef __u64            __nsec;

#define __NULL ((void *)0)

#endif /* !__ASSEMBLY__ */
#endif /* __UK_ARCH_TYPES_H__ */
