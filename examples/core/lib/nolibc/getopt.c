/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Options of a program: -a, -b VALUE, -bVALUE, --long, --long=VALUE, up to the first word that
 * is none or to --.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static const char *rest;	/* of a word with several letters */

static int complain(char *const argv[], const char *options, const char *what, const char *name, int len)
{
	if (opterr && *options != ':')
		fprintf(stderr, "%s: %s -- '%.*s'\n", argv[0], what, len, name);
	return *options == ':' && what[0] == 'o' ? ':' : '?';
}

static int letter(int argc, char *const argv[], const char *options)
{
	const char *found;
	char c = *rest++;

	optopt = c;
	found = c == ':' ? NULL : strchr(options, c);
	if (!*rest) {
		rest = NULL;
		optind++;
	}
	if (!found)
		return complain(argv, options, "unknown option", &c, 1);
	if (found[1] == ':') {
		if (rest) {
			optarg = (char *)rest;
			optind++;
		} else if (found[2] == ':') {
			optarg = NULL;
		} else if (optind < argc) {
			optarg = argv[optind++];
		} else {
			return complain(argv, options, "option needs a value", &c, 1);
		}
		rest = NULL;
	}
	return c;
}

static int word(int argc, char *const argv[], const char *options, const struct option *longs, int *index)
{
	const char *name = argv[optind++] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	int i;

	for (i = 0; longs[i].name; i++)
		if (strncmp(longs[i].name, name, len) == 0 && longs[i].name[len] == '\0')
			break;
	if (!longs[i].name || (value && longs[i].has_arg == no_argument))
		return complain(argv, options, "unknown option", name, (int)len);
	if (index)
		*index = i;
	optarg = value ? (char *)value + 1 : NULL;
	if (!value && longs[i].has_arg == required_argument) {
		if (optind >= argc)
			return complain(argv, options, "option needs a value", name, (int)len);
		optarg = argv[optind++];
	}
	if (longs[i].flag) {
		*longs[i].flag = longs[i].val;
		return 0;
	}
	return longs[i].val;
}

int getopt_long(int argc, char *const argv[], const char *options, const struct option *longs, int *index)
{
	if (rest)
		return letter(argc, argv, options);
	if (optind >= argc || argv[optind][0] != '-' || argv[optind][1] == '\0')
		return -1;
	if (strcmp(argv[optind], "--") == 0) {
		optind++;
		return -1;
	}
	if (argv[optind][1] == '-' && longs)
		return word(argc, argv, options, longs, index);
	rest = argv[optind] + 1;
	return letter(argc, argv, options);
}

int getopt(int argc, char *const argv[], const char *options)
{
	return getopt_long(argc, argv, options, NULL, NULL);
}
