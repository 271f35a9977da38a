# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# errlist.in -> bits/errnos.h: a constant for each error number
BEGIN { print "/* Generated from errlist.in */" }
/^#/ || NF < 3 { next }
{ printf "#define %-16s %d\n", $1, $2 }
END {
	print "#define EWOULDBLOCK     EAGAIN"
	print "#define EOPNOTSUPP      ENOTSUP"
}
