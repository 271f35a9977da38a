/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* A doubly linked list whose links are fields of its members */
#ifndef __UK_LIST_H__
#define __UK_LIST_H__

#include <uk/essentials.h>

struct uk_list_head {
	struct uk_list_head *next, *prev;
};

#define UK_LIST_HEAD_INIT(name) { &(name), &(name) }
#define UK_LIST_HEAD(name) struct uk_list_head name = UK_LIST_HEAD_INIT(name)

static inline void UK_INIT_LIST_HEAD(struct uk_list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline int uk_list_empty(const struct uk_list_head *list)
{
	return list->next == list;
}

static inline void uk_list_insert(struct uk_list_head *item, struct uk_list_head *before,
				  struct uk_list_head *after)
{
	item->prev = before;
	item->next = after;
	before->next = item;
	after->prev = item;
}

static inline void uk_list_add(struct uk_list_head *item, struct uk_list_head *list)
{
	uk_list_insert(item, list, list->next);
}

static inline void uk_list_add_tail(struct uk_list_head *item, struct uk_list_head *list)
{
	uk_list_insert(item, list->prev, list);
}

static inline void uk_list_del(struct uk_list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	item->next = item->prev = item;
}

#define uk_list_entry(ptr, type, field) __containerof(ptr, type, field)
#define uk_list_first_entry(list, type, field) uk_list_entry((list)->next, type, field)
#define uk_list_for_each_entry(it, list, field)					\
	for ((it) = uk_list_entry((list)->next, __typeof__(*(it)), field);	\
	     &(it)->field != (list);						\
	     (it) = uk_list_entry((it)->field.next, __typeof__(*(it)), field))

#endif /* __UK_LIST_H__ */
