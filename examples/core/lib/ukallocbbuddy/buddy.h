/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Inside the library: arenas and their pieces. Sizes are given as orders: 2^order bytes. */
#ifndef __BUDDY_H__
#define __BUDDY_H__

#include <stdint.h>
#include <uk/alloc.h>
#include <uk/list.h>

#define MIN_ORDER 5	/* a header and 16 bytes */
#define MAX_ORDER 40

/* In front of every piece that is in use. Addresses that are handed out are 16 bytes behind
 * one, or behind a second one whose order is 0 and that tells the distance to the first.
 */
struct piece {
	uint64_t distance;
	uint8_t order, used, unused[6];
} __align(16);

/* A free piece, in the list of its order */
struct free_piece {
	struct piece head;
	struct uk_list_head link;
};

/* Memory is one arena for each call of addmem; buddies are found relative to its base. */
struct arena {
	struct arena *next;
	uintptr_t base, end;
};

struct buddy {
	struct uk_alloc a;
	struct arena *arenas;
	struct uk_list_head lists[MAX_ORDER + 1];
	size_t free_bytes;
};

/** The piece of an order, split from a larger one if need be; 0 if there is none */
struct piece *_bbuddy_take(struct buddy *b, unsigned int order);
/** Joins a piece with its free buddies and puts it into a list */
void _bbuddy_give(struct buddy *b, struct piece *p, unsigned int order);
/** Cuts [base, end) into pieces that are aligned to their size, relative to base */
int _bbuddy_add_arena(struct buddy *b, uintptr_t base, uintptr_t end);

#endif /* __BUDDY_H__ */
