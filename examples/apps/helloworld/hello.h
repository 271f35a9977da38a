/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef HELLO_H
#define HELLO_H

#ifdef __cplusplus
extern "C" {
#endif

/** Says it; from greet.cc */
void greet(const char *text);

/** Makes a fault; comes back only if it does not know the kind */
void fault(const char *kind);

#ifdef __cplusplus
}
#endif
#endif /* HELLO_H */
