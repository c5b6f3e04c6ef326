/* SPDX-License-Identifier: MIT */
/*
 * What the unit tests share: TAP, comparisons that say got and want, random values that SEED
 * of the environment sets, memory between two pages that nobody may touch, ends of processes.
 *
 *	for (size_t i = 0; i < n; i++)
 *		unit_same(got[i], want[i], "row %zu of %zu columns", i, ncol);
 *	unit_report("means of rows");          one test: all that was checked since the last
 *	...
 *	return unit_end();                     in main
 */
#ifndef GX_UNIT_H
#define GX_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gx.h"

/* ---- TAP ---- */

/*
 * Each check returns whether it holds. One that does not says why, with the seed, for the
 * first few of a test, and its test fails. format: what was looked at.
 */
GX_PRINTF(2, 3) bool unit_check(bool holds, const char *format, ...);
/* A check that failed, in words that say got and want. */
GX_PRINTF(1, 2) void unit_fail(const char *format, ...);
/* The same bits; any two NaNs with different bits differ. */
GX_PRINTF(3, 4) bool unit_same(double got, double want, const char *format, ...);
GX_PRINTF(3, 4) bool unit_equal(uint64_t got, uint64_t want, const char *format, ...);
/* NULL is a text of its own. */
GX_PRINTF(3, 4) bool unit_text(const char *got, const char *want, const char *format, ...);
/* n values or bytes; the first that differs is shown with its index. */
GX_PRINTF(4, 5) bool unit_same_all(const double *got, const double *want, size_t n,
				   const char *format, ...);
GX_PRINTF(4, 5) bool unit_equal_all(const uint64_t *got, const uint64_t *want, size_t n,
				    const char *format, ...);
GX_PRINTF(4, 5) bool unit_bytes(const void *got, const void *want, size_t n,
				const char *format, ...);

/* A line for whoever reads the output of a test that failed. */
GX_PRINTF(1, 2) void unit_note(const char *format, ...);

/* Ends a test: "ok N what", or "not ok" when one of its checks failed. */
GX_PRINTF(1, 2) void unit_report(const char *format, ...);
/* A test that is one check. */
GX_PRINTF(2, 3) void unit_test(bool holds, const char *format, ...);
void unit_skip(const char *what, const char *why);
/* Tests reported so far. */
unsigned unit_count(void);
/* Prints the plan; the exit status of the program. */
int unit_end(void);
/* Ends the program where it cannot go on. */
GX_NORETURN void unit_bail_out(const char *why);

/* ---- random values ---- */

/* SEED of the environment, else 1: what draws begin with. */
uint64_t unit_seed(void);
/* Draws begin again, with this seed: for what is known of one seed alone. */
void unit_draw_from(uint64_t seed);
/* 64 random bits (SplitMix64). */
uint64_t unit_draw(void);
/* Below n, which is at least 1. */
uint64_t unit_draw_below(uint64_t n);
/* In (low, high). */
double unit_draw_between(double low, double high);
/*
 * A double. Kind 0: finite, of many sizes; kind 1: now and then also missing, infinite, a
 * zero of either sign, the least and the largest.
 */
double unit_draw_double(int kind);
void unit_draw_doubles(double *to, size_t n, int kind);

uint64_t unit_bits(double x);
double unit_double(uint64_t bits);

/* ---- memory ---- */

/* Dies where there is none. To be freed. */
void *unit_allocate(size_t n, size_t size);

/* Bytes with a page on either side that must not be touched. */
struct unit_fence {
	unsigned char *first;
	size_t n; /* whole pages */
};

struct unit_fence unit_fence_make(size_t nbyte);
void unit_fence_free(struct unit_fence *fence);
/* n bytes that begin at the fence, or end at it. */
void *unit_place(const struct unit_fence *fence, size_t n, bool at_end);

/* ---- time, files and processes ---- */

double unit_now(void); /* seconds, monotonic */
void unit_pause(double seconds);

/* An empty directory, which becomes TMPDIR; unit_end wants it empty again and removes it. */
const char *unit_directory(void);
/* Makes a file of these bytes; returns its name, which lives until the next call. */
const char *unit_file(const char *name, const void *bytes, size_t n);
/* How many files are in it. */
size_t unit_count_files(const char *directory);

/* How a child ended, and the beginning of what it wrote on stderr. */
struct unit_death {
	int code; /* exit code, or 128 + signal */
	char said[1024];
};

/* Runs act in a child; where it returns the child ends with 0. */
struct unit_death unit_run_child(void (*act)(void *), void *context);
/* In a child, act ends with this exit code, and says `text` among other words. */
bool unit_dies(int code, const char *text, void (*act)(void *), void *context);

#endif
