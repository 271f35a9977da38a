/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <ctype.h>
#include <string.h>
#include <uk/argparse.h>

int uk_argnparse(char *text, size_t len, char *argv[], int maxcount)
{
	const char *p = text, *end = text + strnlen(text, len);
	char *to = text, quote = 0;
	int n = 0, inside = 0;

	/* Writing never overtakes reading: quotes and backslashes only make a word shorter. The
	 * end of a word needs one byte, which the blank behind it or the end of the text has.
	 */
	for (; p < end; p++) {
		if (!quote && isspace((unsigned char)*p)) {
			if (inside)
				*to++ = '\0';
			inside = 0;
			continue;
		}
		if (!inside) {
			if (n == maxcount)
				return n;
			argv[n++] = to;
			inside = 1;
		}
		if (*p == quote)
			quote = 0;
		else if (!quote && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == '\\' && quote != '\'' && p + 1 < end)
			*to++ = *++p;
		else
			*to++ = *p;
	}
	if (inside)
		*to = '\0';
	return n;
}

int uk_argparse(char *text, char *argv[], int maxcount)
{
	return uk_argnparse(text, strlen(text), argv, maxcount);
}
