/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <string.h>
#include <uk/print.h>
#include <uk/plat/console.h>
#include <uk/plat/time.h>

#define LINE_MAX 256

#ifdef CONFIG_LIBUKDEBUG_ANSI_COLOR
#define COLOR(n) "\033[" n "m"
#else
#define COLOR(n) ""
#endif

static const char *label(int lvl)
{
	switch (lvl) {
	case KLVL_CRIT:  return COLOR("1;37;41") "CRIT:" COLOR("0") " ";
	case KLVL_ERR:   return COLOR("1;31") "ERR:" COLOR("0") "  ";
	case KLVL_WARN:  return COLOR("1;33") "Warn:" COLOR("0") " ";
	case KLVL_INFO:  return COLOR("1;32") "Info:" COLOR("0") " ";
	default:         return COLOR("1;35") "dbg:" COLOR("0") "  ";
	}
}

static int at_line_start = 1;
static int last_level;

static void put(const char *s, size_t len)
{
	ukplat_coutk(s, (unsigned int)len);
}

static void header(int lvl, const char *libname, const char *srcname, unsigned int line)
{
	char buf[LINE_MAX];
	size_t n = 0;

#ifdef CONFIG_LIBUKDEBUG_PRINT_TIME
	__nsec now = ukplat_monotonic_clock();

	n = (size_t)snprintf(buf, sizeof(buf), "[%5lu.%06lu] ", ukarch_time_nsec_to_sec(now),
			     ukarch_time_nsec_to_usec(ukarch_time_subsec(now)));
#endif
	n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s", label(lvl));
	if (libname)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "[%s] ", libname);
#ifdef CONFIG_LIBUKDEBUG_PRINT_SRCNAME
	if (srcname)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "<%s @ %4u> ", srcname, line);
#else
	(void)srcname;
	(void)line;
#endif
	put(buf, n < sizeof(buf) ? n : sizeof(buf) - 1);
}

void _uk_vprintk(int lvl, const char *libname, const char *srcname, unsigned int line,
		 const char *fmt, va_list ap)
{
	char buf[LINE_MAX];
	const char *p = buf, *end;

	vsnprintf(buf, sizeof(buf), fmt, ap);
	if (!at_line_start && lvl != last_level) {
		put("\n", 1);
		at_line_start = 1;
	}
	last_level = lvl;
	while (*p) {
		if (at_line_start)
			header(lvl, libname, srcname, line);
		end = strchr(p, '\n');
		at_line_start = end != NULL;
		end = end ? end + 1 : p + strlen(p);
		put(p, (size_t)(end - p));
		p = end;
	}
}

void _uk_printk(int lvl, const char *libname, const char *srcname, unsigned int line,
		const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	_uk_vprintk(lvl, libname, srcname, line, fmt, ap);
	va_end(ap);
}

void uk_crash_printf(const char *fmt, ...)
{
	char buf[LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	put(buf, strlen(buf));
}
