/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include "boot.h"

void boot_banner_print(void)
{
}
