/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __NOLIBC_ERRNO_H__
#define __NOLIBC_ERRNO_H__

#include <nolibc/errnos.h>

#ifdef __cplusplus
extern "C"
#else
extern
#endif
__thread int errno;
#define errno errno

#endif /* __NOLIBC_ERRNO_H__ */
