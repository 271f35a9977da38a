/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <uk/essentials.h>
#include <uk/version.h>

const char *uk_version(void)
{
	return "Unikraft example core " STRINGIFY(UK_CODENAME) " " STRINGIFY(UK_FULLVERSION);
}
