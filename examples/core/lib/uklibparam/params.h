/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Inside the library: the table of parameters */
#ifndef __PARAMS_H__
#define __PARAMS_H__

#include <uk/libparam.h>

const struct uk_libparam *libparam_find(const char *lib, __sz liblen, const char *name, __sz namelen);
/** Prints all parameters with their descriptions */
void libparam_list(void);

#endif /* __PARAMS_H__ */
