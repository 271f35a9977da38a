#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the unigraph authors
#
# fixdep.sh DEPFILE TARGET COMMAND: turns the dependencies that gcc wrote into rules for make,
# on standard output. config.h is left out: the target's own rule names it already, and then
# a header that vanished must not stop make, so every header is a target of its own.
exec awk -v target="$2" -v command="$3" '
	{ sub(/\\$/, ""); text = text " " $0 }
	END {
		sub(/^[^:]*:/, "", text)
		n = split(text, file, " ")
		printf "cmd_%s := %s\n\nsource_%s := %s\n\ndeps_%s := \\\n", target, command, target, file[1], target
		for (i = 2; i <= n; i++)
			if (file[i] !~ /\/uk\/bits\/config\.h$/ && !seen[file[i]]++)
				printf "  %s \\\n", file[i]
		printf "\n%s: $(deps_%s)\n\n$(deps_%s):\n", target, target, target
	}' "$1"
