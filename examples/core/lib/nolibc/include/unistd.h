/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#ifndef __NOLIBC_UNISTD_H__
#define __NOLIBC_UNISTD_H__

#include <sys/types.h>
#include <getopt.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned int sleep(unsigned int seconds);
int usleep(useconds_t microseconds);
void _exit(int status) __attribute__((noreturn));
ssize_t write(int fd, const void *buf, size_t n);
pid_t getpid(void);
int isatty(int fd);

#ifdef __cplusplus
}
#endif

#endif /* __NOLIBC_UNISTD_H__ */
