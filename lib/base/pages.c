/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* mremap, madvise */
#include "base/pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A huge page where pages have 4 KiB. With larger ones it is larger, and alignment to this harmless. */
static const size_t huge = 2 << 20;

static size_t whole_pages(size_t nbyte)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	return (nbyte + page - 1) / page * page;
}

/* Takes a range of addresses and no memory: aligned, if that many bytes can have huge pages. */
static unsigned char *take_range(size_t nbyte)
{
	size_t more = nbyte < huge ? 0 : huge;
	if (nbyte > PTRDIFF_MAX - more) {
		errno = ENOMEM;
		return NULL;
	}
	unsigned char *range = mmap(NULL, nbyte + more, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0);
	if (range == MAP_FAILED)
		return NULL;
	size_t before = more ? -(uintptr_t)range % huge : 0;
	if (before)
		munmap(range, before);
	if (more - before)
		munmap(range + before + nbyte, more - before);
	return range + before;
}

/*
 * Where the addresses behind it are not free, the pages move to an aligned range: the kernel
 * moves a huge page as one entry only from and to such addresses, and splits it otherwise.
 */
static void *grow(void *memory, size_t had, size_t nbyte)
{
	void *grown = MAP_FAILED;
	if (nbyte < huge || (uintptr_t)memory % huge == 0)
		grown = mremap(memory, had, nbyte, 0);
	if (grown != MAP_FAILED)
		return grown;
	void *range = take_range(nbyte);
	if (!range)
		return NULL;
	grown = mremap(memory, had, nbyte, MREMAP_MAYMOVE | MREMAP_FIXED, range);
	if (grown != MAP_FAILED)
		return grown;
	int why = errno;
	munmap(range, nbyte);
	errno = why;
	return NULL;
}

static void *make(size_t nbyte)
{
	void *range = take_range(nbyte);
	if (!range || mprotect(range, nbyte, PROT_READ | PROT_WRITE) == 0)
		return range;
	int why = errno;
	munmap(range, nbyte);
	errno = why;
	return NULL;
}

void *gx_pages_resize(void *memory, size_t had, size_t nbyte)
{
	nbyte = whole_pages(nbyte);
	had = whole_pages(had);
	void *resized = had ? grow(memory, had, nbyte) : make(nbyte);
#ifdef MADV_HUGEPAGE
	/* A request: a kernel without huge pages refuses it, and all is well. */
	int why = errno;
	if (resized && nbyte >= huge)
		madvise(resized, nbyte, MADV_HUGEPAGE);
	errno = why;
#endif
	return resized;
}

void gx_pages_free(void *memory, size_t nbyte)
{
	if (memory)
		munmap(memory, whole_pages(nbyte));
}

/* ---- what the kernel made of it ---- */

static size_t huge_page_size(void)
{
	size_t size = 0;
	FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "re");
	if (f && fscanf(f, "%zu", &size) != 1)
		size = 0;
	if (f)
		fclose(f);
	return size;
}

/* proc_pid_smaps(5): a line "from-to ..." for each mapping, then lines "Key: N kB". */
struct gx_pages_use gx_pages_use(const void *memory)
{
	struct gx_pages_use use = { 0 };
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512];
	bool here = false;
	while (f && fgets(line, sizeof line, f)) {
		uintptr_t from, to;
		size_t kib;
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
			here = from <= (uintptr_t)memory && (uintptr_t)memory < to;
		else if (here && sscanf(line, "Rss: %zu kB", &kib) == 1)
			use.resident = kib * 1024;
		else if (here && sscanf(line, "AnonHugePages: %zu kB", &kib) == 1)
			use.huge = kib * 1024;
	}
	if (f)
		fclose(f);
	if (use.resident) {
		use.page = (size_t)sysconf(_SC_PAGESIZE);
		use.huge_page = huge_page_size();
	}
	return use;
}
