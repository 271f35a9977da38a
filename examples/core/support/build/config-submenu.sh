#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# Writes a Kconfig file that sources the Config.uk of many folders, and prints its name.
#
#   -t TEXT   wrap everything in a menu of that title
#   -r DIR    every folder directly below DIR
#   -l DIR    that folder
#   -c A:B    these folders
#   -e A:B    leave these folders out
#   -o FILE   write there and print the name (default: write to standard output)
#   -q        no warning about a folder without Config.uk
#
# The order is the options' order; below -r it is the shell's glob order.

title= out= quiet= excludes= list=
nl='
'
add() {
	dir=${1%/}
	if [ ! -f "$dir/Config.uk" ]; then
		[ -n "$quiet" ] || echo "$dir has no Config.uk: left out" >&2
		return
	fi
	case ":$excludes:" in *":$dir:"*) return ;; esac
	list="$list$(readlink -f "$dir/Config.uk")$nl"
}

# Options may follow those that depend on them, so they are read twice.
while getopts t:r:l:c:e:o:q opt; do
	case $opt in
	e) excludes=$OPTARG ;;
	q) quiet=y ;;
	\?) exit 1 ;;
	esac
done
OPTIND=1
while getopts t:r:l:c:e:o:q opt; do
	case $opt in
	t) title=$OPTARG ;;
	o) out=$OPTARG ;;
	l) [ -z "$OPTARG" ] || add "$OPTARG" ;;
	r) for dir in "${OPTARG%/}"/*/; do [ ! -f "$dir/Config.uk" ] || add "$dir"; done ;;
	c)
		IFS=:
		for dir in $OPTARG; do [ -z "$dir" ] || add "$dir"; done
		unset IFS
		;;
	esac
done

emit() {
	echo '# Generated from the folders given to config-submenu.sh'
	[ -z "$title" ] || printf 'menu "%s"\n' "$title"
	printf '%s' "$list" | sed 's/.*/source "&"/'
	[ -z "$title" ] || echo endmenu
}

if [ -n "$out" ]; then
	emit >"$out" || exit 1
	readlink -f "$out"
else
	emit
fi
