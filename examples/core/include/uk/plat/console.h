/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Bytes out and in. There is one device behind both outputs. */
#ifndef __UKPLAT_CONSOLE_H__
#define __UKPLAT_CONSOLE_H__

#ifdef __cplusplus
extern "C" {
#endif

/** Kernel output and debug output; return the number of bytes written */
int ukplat_coutk(const char *buf, unsigned int len);
int ukplat_coutd(const char *buf, unsigned int len);
/** Reads what is there, without waiting; returns the number of bytes */
int ukplat_cink(char *buf, unsigned int maxlen);

#ifdef __cplusplus
}
#endif
#endif /* __UKPLAT_CONSOLE_H__ */
