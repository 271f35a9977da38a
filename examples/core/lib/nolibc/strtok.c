/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <string.h>

char *strsep(char **s, const char *separators)
{
	char *word = *s, *end;

	if (!word)
		return NULL;
	end = word + strcspn(word, separators);
	*s = *end ? end + 1 : NULL;
	*end = '\0';
	return word;
}

char *strtok_r(char *s, const char *separators, char **state)
{
	if (!s)
		s = *state;
	if (s)
		s += strspn(s, separators);
	if (!s || !*s) {
		*state = NULL;
		return NULL;
	}
	*state = s;
	return strsep(state, separators);
}

char *strtok(char *s, const char *separators)
{
	static char *state;

	return strtok_r(s, separators, &state);
}
