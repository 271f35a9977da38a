#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# pack.sh [FILE]: makes the release archive, by default dist/libfortune-VERSION.tar.gz here, and
# prints its SHA-256. Owner, order, modes and times are fixed, so that the same sources give
# the same bytes on every machine.
set -e
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^VERSION = //p' "$here/Makefile")
name=libfortune-$version
out=${1:-$here/dist/$name.tar.gz}
mkdir -p "$(dirname "$out")"

# The list is explicit: what a build or an editor left here does not belong into a release.
tar -C "$here" --format=ustar --sort=name --owner=root:0 --group=root:0 --numeric-owner --mode=u=rwX,go=rX \
	--mtime='2026-01-01 00:00:00 UTC' --transform="s,^,$name/," \
	-cf - Makefile README.md include/fortune.h src/fortune.c src/quotes.c src/quotes.h tests/all.c |
	gzip -n -9 >"$out.tmp"
mv -f "$out.tmp" "$out"
sha256sum "$out" | sed 's/ .*//'
