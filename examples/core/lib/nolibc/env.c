/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Environment variables. There are none at boot; the program may set some for itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uk/config.h>

static char *variables[CONFIG_LIBNOLIBC_ENV_MAX + 1];
char **environ = variables;

static int find(const char *name, size_t len)
{
	int i;

	for (i = 0; variables[i]; i++)
		if (strncmp(variables[i], name, len) == 0 && variables[i][len] == '=')
			break;
	return i;
}

char *getenv(const char *name)
{
	size_t len = strlen(name);
	char *v = variables[find(name, len)];

	return v ? v + len + 1 : NULL;
}

int setenv(const char *name, const char *value, int overwrite)
{
	size_t len = strlen(name);
	int i = find(name, len);
	char *v;

	if (!len || strchr(name, '=')) {
		errno = EINVAL;
		return -1;
	}
	if (variables[i] && !overwrite)
		return 0;
	v = i < CONFIG_LIBNOLIBC_ENV_MAX ? malloc(len + strlen(value) + 2) : NULL;
	if (!v) {
		errno = ENOMEM;
		return -1;
	}
	strcpy(v, name);
	v[len] = '=';
	strcpy(v + len + 1, value);
	free(variables[i]);
	variables[i] = v;
	return 0;
}

int unsetenv(const char *name)
{
	int i = find(name, strlen(name)), last;

	if (!variables[i])
		return 0;
	for (last = i; variables[last + 1]; last++)
		;
	free(variables[i]);
	variables[i] = variables[last];
	variables[last] = NULL;
	return 0;
}
