/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* What iperf3 asks of an operating system and a unikernel answers in its own way */
/* The Makefile leads everybody's call here, but this file's own. */
#undef getsockopt

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* lwIP keeps no size of a send buffer and no TCP_INFO. iperf3 gives up without them, although it only shows them. */
int iperf3_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	int result = getsockopt(fd, level, name, value, size);
	int is_missing = (level == SOL_SOCKET && name == SO_SNDBUF) ||
			 (level == IPPROTO_TCP && name == TCP_INFO);

	if (result < 0 && errno == ENOPROTOOPT && is_missing) {
		memset(value, 0, *size);
		return 0;
	}
	return result;
}

/* A stream's buffer is mapped from a file that has no name any more: memory does as well, without a file system. */
int iperf3_mkstemp(char *name)
{
	(void)name;
	return dup(STDOUT_FILENO);
}

int iperf3_unlink(const char *name)
{
	(void)name;
	return 0;
}

int iperf3_ftruncate(int fd, off_t size)
{
	(void)fd;
	(void)size;
	return 0;
}

void *iperf3_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	void *memory = malloc(size);

	(void)at;
	(void)protection;
	(void)flags;
	(void)fd;
	(void)offset;
	return memory ? memory : MAP_FAILED;
}

int iperf3_munmap(void *memory, size_t size)
{
	(void)size;
	free(memory);
	return 0;
}
