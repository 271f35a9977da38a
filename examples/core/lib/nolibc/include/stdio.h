/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __NOLIBC_STDIO_H__
#define __NOLIBC_STDIO_H__

#include <stddef.h>
#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EOF    (-1)
#define BUFSIZ 512

typedef struct _nolibc_file FILE;
extern FILE *const stdin, *const stdout, *const stderr;
#define stdin  stdin
#define stdout stdout
#define stderr stderr

#define __NOLIBC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define __NOLIBC_SCANF(f, a)  __attribute__((format(scanf, f, a)))

int printf(const char *fmt, ...) __NOLIBC_PRINTF(1, 2);
int fprintf(FILE *f, const char *fmt, ...) __NOLIBC_PRINTF(2, 3);
int dprintf(int fd, const char *fmt, ...) __NOLIBC_PRINTF(2, 3);
int sprintf(char *buf, const char *fmt, ...) __NOLIBC_PRINTF(2, 3);
int snprintf(char *buf, size_t size, const char *fmt, ...) __NOLIBC_PRINTF(3, 4);
int asprintf(char **buf, const char *fmt, ...) __NOLIBC_PRINTF(2, 3);
int vprintf(const char *fmt, va_list ap) __NOLIBC_PRINTF(1, 0);
int vfprintf(FILE *f, const char *fmt, va_list ap) __NOLIBC_PRINTF(2, 0);
int vsprintf(char *buf, const char *fmt, va_list ap) __NOLIBC_PRINTF(2, 0);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __NOLIBC_PRINTF(3, 0);
int vasprintf(char **buf, const char *fmt, va_list ap) __NOLIBC_PRINTF(2, 0);

int sscanf(const char *s, const char *fmt, ...) __NOLIBC_SCANF(2, 3);
int vsscanf(const char *s, const char *fmt, va_list ap) __NOLIBC_SCANF(2, 0);

int putchar(int c);
int putc(int c, FILE *f);
int fputc(int c, FILE *f);
int puts(const char *s);
int fputs(const char *s, FILE *f);
size_t fwrite(const void *data, size_t size, size_t n, FILE *f);
int fflush(FILE *f);
int getchar(void);
int getc(FILE *f);
int fgetc(FILE *f);
char *fgets(char *buf, int size, FILE *f);
int ferror(FILE *f);
int feof(FILE *f);
void clearerr(FILE *f);
int fileno(FILE *f);
void perror(const char *s);

#ifdef __cplusplus
}
#endif

#endif /* __NOLIBC_STDIO_H__ */
