/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const days[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
};
static const char *const months[] = {
	"January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December"
};

static const char *name(const char *const *list, int n, int i)
{
	return i >= 0 && i < n ? list[i] : "?";
}

/* What one conversion becomes; a conversion that stands for others returns their format. */
static const char *convert(char c, const struct tm *tm, char *buf, size_t size)
{
	int hour12 = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;
	struct tm copy = *tm;

	switch (c) {
	case 'a': snprintf(buf, size, "%.3s", name(days, 7, tm->tm_wday)); break;
	case 'A': snprintf(buf, size, "%s", name(days, 7, tm->tm_wday)); break;
	case 'b':
	case 'h': snprintf(buf, size, "%.3s", name(months, 12, tm->tm_mon)); break;
	case 'B': snprintf(buf, size, "%s", name(months, 12, tm->tm_mon)); break;
	case 'C': snprintf(buf, size, "%02d", (tm->tm_year + 1900) / 100); break;
	case 'd': snprintf(buf, size, "%02d", tm->tm_mday); break;
	case 'e': snprintf(buf, size, "%2d", tm->tm_mday); break;
	case 'H': snprintf(buf, size, "%02d", tm->tm_hour); break;
	case 'I': snprintf(buf, size, "%02d", hour12); break;
	case 'j': snprintf(buf, size, "%03d", tm->tm_yday + 1); break;
	case 'm': snprintf(buf, size, "%02d", tm->tm_mon + 1); break;
	case 'M': snprintf(buf, size, "%02d", tm->tm_min); break;
	case 'n': strcpy(buf, "\n"); break;
	case 'p': strcpy(buf, tm->tm_hour < 12 ? "AM" : "PM"); break;
	case 's': snprintf(buf, size, "%ld", (long)timegm(&copy)); break;
	case 'S': snprintf(buf, size, "%02d", tm->tm_sec); break;
	case 't': strcpy(buf, "\t"); break;
	case 'u': snprintf(buf, size, "%d", tm->tm_wday ? tm->tm_wday : 7); break;
	case 'w': snprintf(buf, size, "%d", tm->tm_wday); break;
	case 'y': snprintf(buf, size, "%02d", (tm->tm_year + 1900) % 100); break;
	case 'Y': snprintf(buf, size, "%d", tm->tm_year + 1900); break;
	case 'z': strcpy(buf, "+0000"); break;
	case 'Z': strcpy(buf, "UTC"); break;
	case '%': strcpy(buf, "%"); break;
	case 'c': return "%a %b %e %H:%M:%S %Y";
	case 'D':
	case 'x': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'r': return "%I:%M:%S %p";
	case 'R': return "%H:%M";
	case 'T':
	case 'X': return "%H:%M:%S";
	default:  snprintf(buf, size, "%%%c", c);
	}
	return NULL;
}

size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm)
{
	char piece[64];
	size_t used = 0, len;

	for (; *fmt; fmt++) {
		const char *inner;

		if (*fmt != '%' || !fmt[1]) {
			piece[0] = *fmt;
			piece[1] = '\0';
		} else {
			inner = convert(*++fmt, tm, piece, sizeof(piece));
			if (inner && !strftime(piece, sizeof(piece), inner, tm))
				return 0;
		}
		len = strlen(piece);
		if (used + len >= size)
			return 0;
		memcpy(buf + used, piece, len);
		used += len;
	}
	if (used >= size)
		return 0;
	buf[used] = '\0';
	return used;
}

char *asctime(const struct tm *tm)
{
	static char buf[32];

	strftime(buf, sizeof(buf), "%a %b %e %H:%M:%S %Y\n", tm);
	return buf;
}

char *ctime(const time_t *t)
{
	return asctime(localtime(t));
}
