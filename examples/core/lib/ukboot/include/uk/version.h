/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __UK_VERSION_H__
#define __UK_VERSION_H__

/** Name and version of the core, one line */
const char *uk_version(void);

#endif /* __UK_VERSION_H__ */
