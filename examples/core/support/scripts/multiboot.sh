#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# multiboot.sh IMAGE: fails unless a loader will find the Multiboot header, which must be in the
# first 8 KiB of the file (Multiboot Specification, section 3.1).
if ! head -c 8192 "$1" | od -An -v -tx4 | grep -q 1badb002; then
	echo "$1: there is no Multiboot header in the first 8192 bytes" >&2
	exit 1
fi
