/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Inside the library: the sayings themselves */
#ifndef QUOTES_H
#define QUOTES_H

#include <fortune.h>

extern const struct fortune fortune_quotes[];
extern const unsigned int fortune_quotes_count;

#endif /* QUOTES_H */
