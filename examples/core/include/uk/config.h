/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The configuration, from anywhere: CONFIG_X is defined if option X is on. */
#ifndef __UK_CONFIG_H__
#define __UK_CONFIG_H__

#include <uk/bits/config.h>

#endif /* __UK_CONFIG_H__ */
