/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* What compiled C++ code expects of its system (Itanium C++ ABI, chapter 3) */
#include <stdlib.h>
#include <uk/assert.h>
#include <uk/essentials.h>

extern "C" {

/* Tells one program from its shared objects; there is only one. */
void *__dso_handle;

void __cxa_pure_virtual(void);
int __cxa_atexit(void (*fn)(void *), void *arg, void *dso);
}

void __cxa_pure_virtual(void)
{
	UK_CRASH("A pure virtual function was called\n");
}

/* Destructors of global objects, last constructed first */
struct destructor {
	void (*fn)(void *);
	void *arg;
	destructor *next;
};

static destructor *destructors;

static void run_destructors()
{
	while (destructors) {
		destructor *d = destructors;

		destructors = d->next;
		d->fn(d->arg);
		free(d);
	}
}

int __cxa_atexit(void (*fn)(void *), void *arg, void *)
{
	auto *d = static_cast<destructor *>(malloc(sizeof(destructor)));

	if (!d)
		return -1;
	if (!destructors)
		atexit(run_destructors);
	*d = { fn, arg, destructors };
	destructors = d;
	return 0;
}
