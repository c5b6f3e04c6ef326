/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/message.h"

double gx_memory_most(void)
{
	double most = (double)sysconf(_SC_PAGESIZE) * (double)sysconf(_SC_PHYS_PAGES);
	struct rlimit limit;
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    (double)limit.rlim_cur < most)
		most = (double)limit.rlim_cur;
	return most;
}

void gx_demand_memory(uint64_t nbyte, const char *format, ...)
{
	double most = gx_memory_most();
	if (most <= 0 || (double)nbyte <= most)
		return;
	char what[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	gx_die(GX_EXIT_IO, "%s: this needs %.3g GiB of memory, and there are %.3g: take fewer genes, or a "
			   "machine with more",
	       what, ldexp((double)nbyte, -30), ldexp(most, -30));
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		gx_die(GX_EXIT_IO, "out of memory: %zu x %zu bytes asked for", n, size);
	return bytes ? bytes : 1;
}

static void *checked(void *memory, size_t bytes)
{
	if (!memory)
		gx_die(GX_EXIT_IO, "out of memory: %zu bytes asked for", bytes);
	return memory;
}

void *gx_allocate(size_t n, size_t size)
{
	size_t bytes = product(n, size);
	return checked(malloc(bytes), bytes);
}

void *gx_allocate_zeroed(size_t n, size_t size)
{
	size_t bytes = product(n, size);
	return checked(calloc(1, bytes), bytes);
}

void *gx_reallocate(void *memory, size_t n, size_t size)
{
	size_t bytes = product(n, size);
	return checked(realloc(memory, bytes), bytes);
}

void *gx_allocate_aligned(size_t n, size_t size, size_t slack)
{
	size_t bytes = product(n, size);
	if (bytes > PTRDIFF_MAX - slack - 64)
		gx_die(GX_EXIT_IO, "out of memory: %zu bytes asked for", bytes);
	size_t whole = (bytes + slack + 63) / 64 * 64;
	unsigned char *memory = checked(aligned_alloc(64, whole), whole);
	memset(memory + bytes, 0, whole - bytes);
	return memory;
}

void *gx_allocate_filled(size_t n, size_t size, size_t slack)
{
	unsigned char *memory = gx_allocate_aligned(n, size, slack);
#ifdef MADV_POPULATE_WRITE
	const size_t least = 64 << 10, most = 1 << 20;
	size_t bytes = n * size;
	if (bytes >= least && bytes <= most) {
		/* An older kernel refuses, and the pages come one by one. */
		size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)memory % page;
		size_t skip = before ? page - before : 0;
		if (bytes > skip)
			madvise(memory + skip, (bytes - skip) / page * page, MADV_POPULATE_WRITE);
	}
#endif
	return memory;
}

/*
 * The request for huge pages stays with the addresses when they are freed. They are of a mapping
 * of their own, which the C library gives back then; from a heap they would be used again.
 */
void *gx_allocate_large(size_t n, size_t size)
{
	const size_t huge = 2 << 20, least = 4 << 20;
	size_t bytes = product(n, size);
	if (bytes < least)
		return gx_allocate(n, size);
	void *memory = NULL;
	if (posix_memalign(&memory, huge, bytes) != 0)
		memory = NULL;
	unsigned char *from = checked(memory, bytes);
#ifdef MADV_HUGEPAGE
	madvise(from + huge, (bytes - huge) / huge * huge, MADV_HUGEPAGE);
#endif
	return memory;
}
