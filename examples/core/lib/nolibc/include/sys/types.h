/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __NOLIBC_SYS_TYPES_H__
#define __NOLIBC_SYS_TYPES_H__

#include <stddef.h>

typedef __PTRDIFF_TYPE__ ssize_t;
typedef __INT64_TYPE__   off_t;
typedef __INT64_TYPE__   time_t;
typedef __INT64_TYPE__   suseconds_t;
typedef __UINT32_TYPE__  useconds_t;
typedef __INT32_TYPE__   clockid_t;
typedef __INT32_TYPE__   pid_t;

#endif /* __NOLIBC_SYS_TYPES_H__ */
