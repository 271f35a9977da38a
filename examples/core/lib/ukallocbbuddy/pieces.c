/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include <errno.h>
#include "buddy.h"

static void insert(struct buddy *b, struct piece *p, unsigned int order)
{
	struct free_piece *f = (struct free_piece *)p;

	p->order = (uint8_t)order;
	p->used = 0;
	p->distance = 0;
	uk_list_add(&f->link, &b->lists[order]);
	b->free_bytes += (size_t)1 << order;
}

static void remove(struct buddy *b, struct piece *p)
{
	struct free_piece *f = (struct free_piece *)p;

	uk_list_del(&f->link);
	b->free_bytes -= (size_t)1 << p->order;
}

struct piece *_bbuddy_take(struct buddy *b, unsigned int order)
{
	unsigned int o = order;
	struct piece *p;

	while (o <= MAX_ORDER && uk_list_empty(&b->lists[o]))
		o++;
	if (o > MAX_ORDER)
		return NULL;
	p = &uk_list_first_entry(&b->lists[o], struct free_piece, link)->head;
	remove(b, p);
	while (o > order) {
		o--;
		insert(b, (struct piece *)((uintptr_t)p + ((uintptr_t)1 << o)), o);
	}
	p->order = (uint8_t)order;
	p->used = 1;
	p->distance = 0;
	return p;
}

static struct arena *arena_of(struct buddy *b, struct piece *p)
{
	struct arena *a = b->arenas;

	while (a && ((uintptr_t)p < a->base || (uintptr_t)p >= a->end))
		a = a->next;
	return a;
}

void _bbuddy_give(struct buddy *b, struct piece *p, unsigned int order)
{
	struct arena *a = arena_of(b, p);

	UK_ASSERT(a);
	for (; order < MAX_ORDER; order++) {
		uintptr_t size = (uintptr_t)1 << order;
		struct piece *other = (struct piece *)((((uintptr_t)p - a->base) ^ size) + a->base);

		if ((uintptr_t)other + size > a->end || other->used || other->order != order)
			break;
		remove(b, other);
		if (other < p)
			p = other;
	}
	insert(b, p, order);
}

int _bbuddy_add_arena(struct buddy *b, uintptr_t base, uintptr_t end)
{
	struct arena *a;
	uintptr_t at;

	base = ALIGN_UP(base, (uintptr_t)16);
	if (end < base + sizeof(*a) + ((uintptr_t)1 << MIN_ORDER))
		return ENOMEM;
	a = (struct arena *)base;
	a->base = ALIGN_UP(base + sizeof(*a), (uintptr_t)16);
	a->end = ALIGN_DOWN(end, (uintptr_t)1 << MIN_ORDER);
	a->next = b->arenas;
	b->arenas = a;

	/* The largest piece that is aligned and fits, again and again */
	for (at = a->base; at + ((uintptr_t)1 << MIN_ORDER) <= a->end;) {
		unsigned int order = MAX_ORDER;

		while (((at - a->base) & (((uintptr_t)1 << order) - 1)) || at + ((uintptr_t)1 << order) > a->end)
			order--;
		insert(b, (struct piece *)at, order);
		at += (uintptr_t)1 << order;
	}
	a->end = at;
	return 0;
}
