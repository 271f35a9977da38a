/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_COMPILER_H__
#define __UK_COMPILER_H__

#include <uk/essentials.h>

#endif /* __UK_COMPILER_H__ */
