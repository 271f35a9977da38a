#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# mkbootinfo.sh READELF IMAGE OUT: writes the table of an image's loaded segments, as
# `struct uk_bootinfo` in plat/common/include/uk/plat/common/bootinfo.h lays it out. All numbers are
# little endian:
#
#   0   8 bytes  "UKBOOTI1"
#   8   u32      number of segments, at most 7
#   12  u32      0
#   16  each     u64 start, u64 length in memory, u64 flags (1 execute, 2 write, 4 read), u64 0
#
# Shell arithmetic has 64 signed bits, and addresses here have 32.
readelf=$1 image=$2 out=$3

# octal NUMBER BYTES: the number as escapes for printf
octal() {
	n=$1 i=0
	while [ $i -lt "$2" ]; do
		printf '\\%03o' $((n & 255))
		n=$((n >> 8)) i=$((i + 1))
	done
}

segments=$("$readelf" -lW "$image" | sed -n 's/^ *LOAD  *//p') || exit 1
count=0 body=
while read -r _ _ paddr _ memsz rest; do
	[ -n "$paddr" ] || continue
	flags=0
	case $rest in *E*) flags=$((flags | 1)) ;; esac
	case $rest in *W*) flags=$((flags | 2)) ;; esac
	case $rest in *R*) flags=$((flags | 4)) ;; esac
	[ $((memsz)) -gt 0 ] || continue
	body=$body$(octal $((paddr)) 8)$(octal $((memsz)) 8)$(octal $flags 8)$(octal 0 8)
	count=$((count + 1))
done <<EOF
$segments
EOF
if [ $count -eq 0 ] || [ $count -gt 7 ]; then
	echo "$image: $count loaded segments, 1 to 7 have room in the table" >&2
	exit 1
fi
while [ $((count + empty)) -lt 7 ]; do
	body=$body$(octal 0 32)
	empty=$((empty + 1))
done
printf "UKBOOTI1$(octal $count 4)$(octal 0 4)$body" >"$out"
