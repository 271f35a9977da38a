#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# multiboot.sh OBJCOPY IMAGE: turns a 64-bit ELF image into a 32-bit ELF file with the same
# code and addresses, in place, and checks that a loader will find the Multiboot header in
# the first 8 KiB.
objcopy=$1 image=$2

"$objcopy" -I elf64-x86-64 -O elf32-i386 "$image" "$image.elf32" || exit 1
if ! head -c 8192 "$image.elf32" | od -An -v -tx4 | grep -q 1badb002; then
	rm -f "$image.elf32"
	echo "$image: there is no Multiboot header in the first 8192 bytes" >&2
	exit 1
fi
chmod 755 "$image.elf32" && mv -f "$image.elf32" "$image"
