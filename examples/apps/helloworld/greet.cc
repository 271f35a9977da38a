/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
/* The greeting as an object with a virtual function, made by operator new, and a global object
 * that is constructed before main and destroyed after it
 */
#include <stdio.h>

#include "hello.h"

namespace {

class Speaker {
public:
	virtual ~Speaker() = default;
	virtual void say(const char *text) const = 0;
};

class Console final : public Speaker {
public:
	void say(const char *text) const override { printf("%s (in C++)\n", text); }
};

struct Counter {
	Counter() { printf("Counter constructed\n"); }
	~Counter() { printf("Counter destroyed after %d greetings\n", greetings); }
	int greetings = 0;
} counter;

} // namespace

void greet(const char *text)
{
	Speaker *speaker = new Console;

	speaker->say(text);
	counter.greetings++;
	delete speaker;
}
