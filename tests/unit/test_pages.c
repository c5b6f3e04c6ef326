/* SPDX-License-Identifier: MIT */
/* Memory in pages: what is in it when it grows, in workers, and where there are no huge pages. */
#define _GNU_SOURCE /* madvise, prctl */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pages.h"
#include "race/machine.h"
#include "unit.h"

enum { HUGE = 2 << 20 };

static unsigned char pattern(size_t i)
{
	return (unsigned char)(i * 2654435761u >> 13 | 1);
}

static bool holds(const unsigned char *at, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (at[i] != pattern(i))
			return false;
	return true;
}

static bool is_zero(const unsigned char *at, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (at[i])
			return false;
	return true;
}

static void fill(unsigned char *at, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		at[i] = pattern(i);
}

static void test_growth(void)
{
	static const size_t sizes[] = { 1,	  4096,	    4097,	  HUGE - 1, HUGE,
					HUGE + 1, 3 * HUGE, 3 * HUGE + 9, 9 * HUGE };
	enum { N = sizeof sizes / sizeof *sizes };
	for (size_t first = 0; first < N; first++) {
		unsigned char *at = NULL, *others[N];
		size_t had = 0;
		for (size_t i = first; i < N; i++) {
			at = gx_pages_resize(at, had, sizes[i]);
			if (!at)
				unit_bail_out("no memory");
			unit_check(holds(at, 0, had), "%zu bytes grown to %zu", had, sizes[i]);
			unit_check(is_zero(at, had, sizes[i]), "%zu: zero behind %zu", sizes[i], had);
			unit_check(sizes[i] < HUGE || (uintptr_t)at % HUGE == 0, "%zu: aligned",
				   sizes[i]);
			fill(at, had, sizes[i]);
			had = sizes[i];
			/* So that it cannot grow where it is. */
			others[i] = gx_pages_resize(NULL, 0, HUGE);
		}
		gx_pages_free(at, had);
		for (size_t i = first; i < N; i++)
			gx_pages_free(others[i], HUGE);
	}
	unit_report("it grows from any size to any size, and keeps what was there");
}

static void test_none(void)
{
	unsigned char *at = gx_pages_resize(NULL, 0, HUGE);
	fill(at, 0, HUGE);
	errno = 0;
	unit_check(!gx_pages_resize(NULL, 0, PTRDIFF_MAX - 4096) && errno == ENOMEM, "new");
	errno = 0;
	unit_check(!gx_pages_resize(at, HUGE, PTRDIFF_MAX - 4096) && errno == ENOMEM, "grown");
	unit_check(holds(at, 0, HUGE), "what was there");
	gx_pages_free(at, HUGE);
	gx_pages_free(NULL, 0);
	unit_report("more than there can be: NULL, ENOMEM, and what was there stays");
}

/* A worker sees what was there when it was forked, and what it writes is its own. */
static void test_workers(void)
{
	const size_t n = 2 * HUGE + 4096;
	unsigned char *at = gx_pages_resize(NULL, 0, n);
	fill(at, 0, n);
	pid_t pid = fork();
	if (pid == 0) {
		bool good = holds(at, 0, n);
		memset(at, 0, n);
		_exit(good ? 0 : 1);
	}
	int status;
	waitpid(pid, &status, 0);
	unit_test(status == 0 && holds(at, 0, n), "workers see it, and do not change it");
	gx_pages_free(at, n);
}

/* Whether this system gives huge pages to who asks as mmap(2) and madvise(2) say. */
static bool gives_huge_pages(void)
{
	unsigned char *range = mmap(NULL, 5 * HUGE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (range == MAP_FAILED)
		return false;
	madvise(range, 5 * HUGE, MADV_HUGEPAGE);
	memset(range, 1, 5 * HUGE);
	bool gives = gx_pages_use(range).huge >= 3 * HUGE;
	munmap(range, 5 * HUGE);
	return gives;
}

static char *page_fact(const void *value)
{
	struct gx_facts facts = { 0 };
	gx_machine_page_fact(&facts, value);
	const char *said = gx_facts_find(&facts, "pages");
	char *copy = said ? strdup(said) : NULL;
	gx_facts_free(&facts);
	return copy;
}

static void test_use(void)
{
	const size_t n = 4 * HUGE;
	unsigned char *at = gx_pages_resize(NULL, 0, n);
	fill(at, 0, n);
	struct gx_pages_use use = gx_pages_use(at);
	bool gives = gives_huge_pages();
	unit_check(use.resident >= n && use.huge <= use.resident, "%zu of %zu resident", use.resident,
		   n);
	unit_equal(use.page, (uint64_t)sysconf(_SC_PAGESIZE), "page");
	if (gives)
		unit_equal(use.huge, n, "in huge pages");
	char *said = page_fact(at);
	if (gives)
		unit_text(said, "2 MiB (100%)", "the fact");
	free(said);
	gx_pages_free(at, n);
	unit_report("what the kernel says of it");
}

/* In a process of its own: prctl(2) turns them off for good. */
static void test_off(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
		const size_t n = 4 * HUGE;
		unsigned char *at = gx_pages_resize(NULL, 0, n), *heap = gx_allocate_large(n, 1);
		fill(at, 0, n);
		fill(heap, 0, n);
		struct gx_pages_use use = gx_pages_use(at);
		char *said = page_fact(at), want[32];
		snprintf(want, sizeof want, "%ld KiB", sysconf(_SC_PAGESIZE) / 1024);
		bool good = use.huge == 0 && use.resident >= n && holds(at, 0, n) &&
			    holds(heap, 0, n) && said && strcmp(said, want) == 0;
		free(said);
		free(heap);
		gx_pages_free(at, n);
		_exit(good ? 0 : 1);
	}
	int status;
	waitpid(pid, &status, 0);
	unit_test(status == 0, "all is as before where there are no huge pages, and is told so");
}

/* Of a large room only what is used is resident. */
static void test_heap(void)
{
	unsigned char *warm = gx_allocate_large(2 * HUGE, 1);
	warm[0] = 1;
	free(warm);
	unsigned char *at = gx_allocate_large(16 * HUGE, 1);
	unit_check((uintptr_t)at % HUGE == 0, "aligned");
	memset(at, 1, 100000);
	unsigned char there[16 * HUGE / 4096];
	size_t page = (size_t)sysconf(_SC_PAGESIZE), used = 0;
	if (mincore(at, 16 * HUGE, there) == 0)
		for (size_t i = 0; i < 16 * (size_t)HUGE / page; i++)
			used += there[i] & 1;
	unit_check(used * page <= 200000, "%zu bytes resident for 100000 used", used * page);
	fill(at, 0, 16 * HUGE);
	unit_check(holds(at, 0, 16 * HUGE), "all of it");
	free(at);
	unsigned char *small = gx_allocate_large(10, 10);
	fill(small, 0, 100);
	free(small);
	unit_report("a large room of which little is used costs little");
}

int main(void)
{
	test_growth();
	test_none();
	test_workers();
	test_use();
	test_off();
	test_heap();
	return unit_end();
}
