/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the unigraph authors */
#include "quotes.h"

const struct fortune fortune_quotes[] = {
	{ "Premature optimization is the root of all evil.", "Donald Knuth" },
	{ "Beware of bugs in the above code; I have only proved it correct, not tried it.",
	  "Donald Knuth" },
	{ "Simplicity is prerequisite for reliability.", "Edsger W. Dijkstra" },
	{ "Program testing can be used to show the presence of bugs, but never to show their absence!",
	  "Edsger W. Dijkstra" },
	{ "The price of reliability is the pursuit of the utmost simplicity.", "C. A. R. Hoare" },
	{ "Inside every large program there is a small program trying to get out.", "C. A. R. Hoare" },
	{ "Adding manpower to a late software project makes it later.", "Frederick P. Brooks" },
	{ "Controlling complexity is the essence of computer programming.", "Brian W. Kernighan" },
	{ "When in doubt, use brute force.", "Ken Thompson" },
	{ "One of my most productive days was throwing away 1000 lines of code.", "Ken Thompson" },
	{ "Fancy algorithms are slow when n is small, and n is usually small.", "Rob Pike" },
	{ "Talk is cheap. Show me the code.", "Linus Torvalds" },
	{ "Given enough eyeballs, all bugs are shallow.", "Eric S. Raymond" },
	{ "The best way to predict the future is to invent it.", "Alan Kay" },
	{ "Programs must be written for people to read, and only incidentally for machines to execute.",
	  "Harold Abelson and Gerald Jay Sussman" },
	{ "A distributed system is one in which the failure of a computer you didn't even know existed "
	  "can render your own computer unusable.", "Leslie Lamport" },
	{ "All problems in computer science can be solved by another level of indirection.",
	  "David Wheeler" },
	{ "It is easier to write an incorrect program than understand a correct one.", "Alan J. Perlis" },
	{ "A language that doesn't affect the way you think about programming, is not worth knowing.",
	  "Alan J. Perlis" },
	{ "Fools ignore complexity. Pragmatists suffer it. Some can avoid it. Geniuses remove it.",
	  "Alan J. Perlis" },
	{ "We can only see a short distance ahead, but we can see plenty there that needs to be done.",
	  "Alan Turing" },
	{ "The Analytical Engine has no pretensions whatever to originate anything.", "Ada Lovelace" },
	{ "UNIX is basically a simple operating system, but you have to be a genius to understand the "
	  "simplicity.", "Dennis Ritchie" },
	{ "If I have seen further, it is by standing on the shoulders of giants.", "Isaac Newton" },
	{ "The fastest step of a build is the one that need not run.", "the libfortune authors" },
	{ "An error message is the part of a program that people read.", "the libfortune authors" },
	{ "A cache is a promise that somebody else has to keep.", "the libfortune authors" },
	{ "Ask of every dependency what it depends on.", "the libfortune authors" },
};

const unsigned int fortune_quotes_count = sizeof(fortune_quotes) / sizeof(fortune_quotes[0]);
