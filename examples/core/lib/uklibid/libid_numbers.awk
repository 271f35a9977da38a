# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# List of libraries -> uk/libid_numbers.h
BEGIN { print "/* Generated from the list of libraries */" }
{
	name = toupper($1)
	gsub(/[^A-Z0-9]/, "_", name)
	printf "#define UK_LIBID_%s %d\n", name, n++
}
END { printf "#define UK_LIBID_COUNT %d\n", n }
