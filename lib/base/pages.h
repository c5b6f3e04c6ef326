/* SPDX-License-Identifier: MIT */
/*
 * Memory in whole pages, for what is large: huge pages where the system gives them. A loop
 * over a large array on pages of 4 KiB waits for address translation, and each page costs a
 * fault when it is first used.
 */
#ifndef GX_PAGES_H
#define GX_PAGES_H

#include <stddef.h>

/*
 * Makes `had` bytes at `memory` (NULL, 0: none) to nbyte > 0 bytes; returns where they are now,
 * or NULL with errno, and then they are what they were. What is new is zero. Nothing is copied.
 *
 * The memory belongs to this process alone. A worker that it forks sees what was there at the
 * fork. From 2 MiB on it is aligned to 2 MiB and asks for huge pages, and without them all is as
 * before. A page is on the memory of the processor whose thread first writes it (NUMA).
 */
void *gx_pages_resize(void *memory, size_t had, size_t nbyte);

/* Frees what gx_pages_resize gave: as many bytes as it has. */
void gx_pages_free(void *memory, size_t nbyte);

/* How the kernel holds a mapping now: bytes resident, and those of them in huge pages. */
struct gx_pages_use {
	size_t resident, huge;
	size_t page, huge_page; /* bytes of a page of each kind; huge_page 0: there are none */
};

/* Asks about the mapping that holds `memory`. All 0: the system does not tell. */
struct gx_pages_use gx_pages_use(const void *memory);

#endif
