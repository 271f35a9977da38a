#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# A stand-in for Kconfig's conf, for machines without one: it turns a complete .config into
# config.h, auto.conf and tristate.config, byte for byte as conf does. It does not know
# Kconfig's language, so it solves nothing: options that are missing stay missing, except the
# few at the top of Config.uk whose value is an environment variable.
#
#   conf --syncconfig Config.uk          writes config.h, auto.conf, tristate.config
#   conf --olddefconfig Config.uk        writes .config anew, with those few options
#   conf --defconfig=FILE Config.uk      the same from FILE, which must be complete
#
# Environment, as for conf: KCONFIG_CONFIG, KCONFIG_AUTOHEADER, KCONFIG_AUTOCONFIG,
# KCONFIG_TRISTATE, and what Config.uk refers to.
mode=$1 top=$2 config=${KCONFIG_CONFIG:-.config} from=${KCONFIG_CONFIG:-.config}

# What the output is made of: .config in the order it has, behind the top options
read_config() {
	awk -v top="$top" -v order="$1" '
	# Options without a prompt whose default is "$(VARIABLE)"
	function environment(	line, name, value, prompt) {
		while ((getline line < top) > 0) {
			if (line ~ /^mainmenu/) {
				title = line
				sub(/^mainmenu *"/, "", title)
				sub(/" *$/, "", title)
				title = expand(title)
			} else if (line ~ /^config /) {
				name = substr(line, 8)
				prompt = 0
			} else if (line ~ /^\t(string|int|bool|hex) *"/ || line ~ /^(menu|choice|source|endmenu)/) {
				prompt = 1
			} else if (line ~ /^\tdefault "\$\([A-Za-z_]+\)"$/ && !prompt && name != "") {
				value = line
				sub(/^\tdefault "\$\(/, "", value)
				sub(/\)"$/, "", value)
				if (value in ENVIRON && !(name in fixed)) {
					fixed[name] = "\"" ENVIRON[value] "\""
					tops[++ntops] = name
				}
			}
		}
	}
	function expand(text,	name, start) {
		while ((start = match(text, /\$\([A-Za-z_]+\)/)) > 0) {
			name = substr(text, start + 2, RLENGTH - 3)
			text = substr(text, 1, start - 1) ENVIRON[name] substr(text, start + RLENGTH)
		}
		return text
	}
	# FNV-1a over the name, modulo 9973, in numbers that a double holds exactly
	function hash(name,	h, i, c, low, bit, x) {
		h = 2166136261
		for (i = 1; i <= length(name); i++) {
			c = code[substr(name, i, 1)]
			low = h % 256
			h -= low
			x = 0
			for (bit = 1; bit < 256; bit *= 2)
				if (int(low / bit) % 2 != int(c / bit) % 2)
					x += bit
			h += x
			h = ((h % 256) * 16777216 + h * 403) % 4294967296
		}
		return h % 9973
	}
	function add(name, value) {
		if (!(name in values))
			names[++n] = name
		values[name] = value
	}
	BEGIN {
		for (i = 32; i < 127; i++)
			code[sprintf("%c", i)] = i
		environment()
	}
	/^CONFIG_[A-Za-z0-9_]+=/ {
		name = substr($0, 8, index($0, "=") - 8)
		lines[++nlines] = "CONFIG_" name
		if (!(name in fixed))
			add(name, substr($0, index($0, "=") + 1))
		next
	}
	{ lines[++nlines] = $0 }
	END {
		if (order == "file") {
			printf "#\n# Automatically generated file; DO NOT EDIT.\n# %s\n#\n", title
			for (i = 1; i <= ntops; i++)
				printf "CONFIG_%s=%s\n", tops[i], fixed[tops[i]]
			# The old heading and the old values of those options go
			for (i = 1; i <= nlines; i++) {
				name = substr(lines[i], 8)
				if (i <= 4 && lines[i] ~ /^#( Automatically| Unikraft|$)/)
					continue
				if (lines[i] !~ /^CONFIG_/)
					print lines[i]
				else if (!(name in fixed))
					printf "CONFIG_%s=%s\n", name, values[name]
			}
			exit
		}
		for (i = 1; i <= ntops; i++)
			add(tops[i], fixed[tops[i]])
		print title
		# A symbol that Config.uk mentions later comes first in its bucket.
		for (i = n; i > 0; i--) {
			h = hash(names[i])
			bucket[h] = bucket[h] names[i] " "
		}
		for (h = 0; h < 9973; h++) {
			count = split(bucket[h], in_bucket, " ")
			for (i = 1; i <= count; i++)
				printf "%s=%s\n", in_bucket[i], values[in_bucket[i]]
		}
	}' "$from"
}

# The three generated files share a heading.
heading() { printf '%s\n%s\n%s\n%s\n' "$1" "$2 Automatically generated file; DO NOT EDIT." "$2 $title" "$3"; }

sync() {
	all=$(read_config hash) || exit 1
	title=$(printf '%s\n' "$all" | sed 1q)
	mkdir -p "$(dirname "$KCONFIG_AUTOHEADER")" "$(dirname "$KCONFIG_AUTOCONFIG")"
	{
		printf '/*\n *\n * Automatically generated file; DO NOT EDIT.\n * %s\n *\n */\n' "$title"
		printf '%s\n' "$all" | sed -e 1d \
			-e 's/^\([A-Za-z0-9_]*\)=y$/\1 1/;t' \
			-e 's/^\([A-Za-z0-9_]*\)=m$/\1_MODULE 1/;t' \
			-e 's/=/ /' | sed 's/^/#define CONFIG_/'
	} >"$KCONFIG_AUTOHEADER.tmp" && mv -f "$KCONFIG_AUTOHEADER.tmp" "$KCONFIG_AUTOHEADER"
	heading '#' '#' '#' >"$KCONFIG_TRISTATE"
	{
		heading '#' '#' '#'
		printf '%s\n' "$all" | sed -e 1d -e 's/^/CONFIG_/'
	} >"$KCONFIG_AUTOCONFIG.tmp" && mv -f "$KCONFIG_AUTOCONFIG.tmp" "$KCONFIG_AUTOCONFIG"
}

rewrite() {
	read_config file >"$config.tmp" || exit 1
	if cmp -s "$config.tmp" "$config"; then
		rm -f "$config.tmp"
	else
		[ ! -f "$config" ] || mv -f "$config" "$config.old"
		mv -f "$config.tmp" "$config"
	fi
}

case $mode in
--defconfig=*) from=${mode#--defconfig=} ;;
esac
if [ ! -f "$from" ]; then
	echo "$from: there is no such configuration" >&2
	exit 1
fi
case $mode in
--syncconfig) sync ;;
--olddefconfig | --defconfig=*) rewrite ;;
*)
	echo "${mode:-conf}: this needs a program that solves Kconfig, such as CONF='unigraph conf'" >&2
	exit 1
	;;
esac
