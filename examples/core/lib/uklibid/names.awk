# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# List of libraries -> names.c
BEGIN {
	print "/* Generated from the list of libraries */"
	print "#include <uk/libid.h>"
	print ""
	print "extern const char *const uk_libid_names[UK_LIBID_COUNT];"
	print "const char *const uk_libid_names[UK_LIBID_COUNT] = {"
}
{ printf "\t\"%s\",\n", $1 }
END { print "};" }
