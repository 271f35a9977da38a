/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The three standard streams. They are all the console, and nothing is kept back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uk/plat/console.h>
#include "format.h"

struct _nolibc_file {
	int fd, error, eof;
};

static struct _nolibc_file streams[3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 2, 0, 0 } };
#undef stdin
#undef stdout
#undef stderr
FILE *const stdin = &streams[0], *const stdout = &streams[1], *const stderr = &streams[2];

ssize_t write(int fd, const void *buf, size_t n)
{
	if (fd != 1 && fd != 2) {
		errno = EBADF;
		return -1;
	}
	return ukplat_coutk(buf, (unsigned int)n);
}

size_t fwrite(const void *data, size_t size, size_t n, FILE *f)
{
	if (write(f->fd, data, size * n) < 0) {
		f->error = 1;
		return 0;
	}
	return n;
}

/* Gathers small pieces, so that a line is one call of the console */
struct stream {
	struct sink sink;
	FILE *file;
	size_t used;
	char buf[128];
};

static void flush(struct stream *s)
{
	if (s->used)
		fwrite(s->buf, 1, s->used, s->file);
	s->used = 0;
}

static void put(struct sink *to, const char *text, size_t n)
{
	struct stream *s = (struct stream *)to;

	if (s->used + n > sizeof(s->buf))
		flush(s);
	if (n > sizeof(s->buf)) {
		fwrite(text, 1, n, s->file);
	} else {
		memcpy(s->buf + s->used, text, n);
		s->used += n;
	}
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	struct stream s;
	int n;

	s.sink.put = put;
	s.sink.count = 0;
	s.file = f;
	s.used = 0;
	n = format(&s.sink, fmt, ap);
	flush(&s);
	return f->error ? -1 : n;
}

int vprintf(const char *fmt, va_list ap)
{
	return vfprintf(stdout, fmt, ap);
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}

int fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (fd != 1 && fd != 2) {
		errno = EBADF;
		return -1;
	}
	va_start(ap, fmt);
	n = vfprintf(&streams[fd], fmt, ap);
	va_end(ap);
	return n;
}

int fputc(int c, FILE *f)
{
	unsigned char byte = (unsigned char)c;

	return fwrite(&byte, 1, 1, f) == 1 ? byte : EOF;
}

int putc(int c, FILE *f)
{
	return fputc(c, f);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	return fputs(s, stdout) < 0 ? EOF : putchar('\n');
}

int fflush(FILE *f __attribute__((unused)))
{
	return 0;
}

int fgetc(FILE *f)
{
	char c;

	if (f->fd != 0) {
		f->error = 1;
		return EOF;
	}
	while (ukplat_cink(&c, 1) == 0)
		;
	return c == '\r' ? '\n' : (unsigned char)c;
}

int getc(FILE *f)
{
	return fgetc(f);
}

int getchar(void)
{
	return fgetc(stdin);
}

char *fgets(char *buf, int size, FILE *f)
{
	int n = 0, c = 0;

	while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		buf[n++] = (char)c;
	if (n == 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

int ferror(FILE *f)
{
	return f->error;
}

int feof(FILE *f)
{
	return f->eof;
}

void clearerr(FILE *f)
{
	f->error = f->eof = 0;
}

int fileno(FILE *f)
{
	return f->fd;
}

void perror(const char *s)
{
	int err = errno;

	if (s && *s)
		fprintf(stderr, "%s: ", s);
	fprintf(stderr, "%s\n", strerror(err));
}
