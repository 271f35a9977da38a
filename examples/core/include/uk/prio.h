/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* Priorities inside a table of functions: one digit, 0 first and 9 last. They become part
 * of section names, so they must be literal; UK_PRIO_AFTER(3) is 4 even to the preprocessor.
 */
#ifndef __UK_PRIO_H__
#define __UK_PRIO_H__

#define UK_PRIO_EARLIEST 0
#define UK_PRIO_LATEST   9

#define __UK_PRIO_NEXT_0 1
#define __UK_PRIO_NEXT_1 2
#define __UK_PRIO_NEXT_2 3
#define __UK_PRIO_NEXT_3 4
#define __UK_PRIO_NEXT_4 5
#define __UK_PRIO_NEXT_5 6
#define __UK_PRIO_NEXT_6 7
#define __UK_PRIO_NEXT_7 8
#define __UK_PRIO_NEXT_8 9
#define __UK_PRIO_NEXT_9 there_is_no_priority_after_9

#define __UK_PRIO_PREV_0 there_is_no_priority_before_0
#define __UK_PRIO_PREV_1 0
#define __UK_PRIO_PREV_2 1
#define __UK_PRIO_PREV_3 2
#define __UK_PRIO_PREV_4 3
#define __UK_PRIO_PREV_5 4
#define __UK_PRIO_PREV_6 5
#define __UK_PRIO_PREV_7 6
#define __UK_PRIO_PREV_8 7
#define __UK_PRIO_PREV_9 8

#define __UK_PRIO_CAT(a, b) a##b
#define __UK_PRIO_STEP(dir, prio) __UK_PRIO_CAT(dir, prio)
#define UK_PRIO_AFTER(prio)  __UK_PRIO_STEP(__UK_PRIO_NEXT_, prio)
#define UK_PRIO_BEFORE(prio) __UK_PRIO_STEP(__UK_PRIO_PREV_, prio)

#pragma GCC poison there_is_no_priority_after_9 there_is_no_priority_before_0

#endif /* __UK_PRIO_H__ */
