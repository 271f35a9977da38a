# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# errlist.in -> strerror.c: the text of each error number
BEGIN {
	print "/* Generated from errlist.in */"
	print "#include <stdio.h>"
	print "#include <string.h>"
	print "#include <errno.h>"
	print ""
	print "static const char *text(int err)"
	print "{"
	print "\tswitch (err) {"
	print "\tcase 0: return \"Success\";"
}
/^#/ || NF < 3 { next }
{
	message = $0
	sub(/^[^ ]+ [0-9]+ /, "", message)
	printf "\tcase %s: return \"%s\";\n", $1, message
}
END {
	print "\t}"
	print "\treturn 0;"
	print "}"
	print ""
	print "int strerror_r(int err, char *buf, size_t size)"
	print "{"
	print "\tconst char *s = text(err);"
	print ""
	print "\tif (s)"
	print "\t\tsnprintf(buf, size, \"%s\", s);"
	print "\telse"
	print "\t\tsnprintf(buf, size, \"Unknown error %d\", err);"
	print "\treturn s ? 0 : EINVAL;"
	print "}"
	print ""
	print "char *strerror(int err)"
	print "{"
	print "\tstatic char buf[64];"
	print ""
	print "\tstrerror_r(err, buf, sizeof(buf));"
	print "\treturn buf;"
	print "}"
}
