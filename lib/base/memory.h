/* SPDX-License-Identifier: MIT */
/* Memory that is there, or the process ends with exit 3. free() frees all of it. */
#ifndef GX_MEMORY_H
#define GX_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/gx.h"

/*
 * What this process may have of memory, in bytes: of the machine, and as far as a limit is set
 * (ulimit -v).
 */
double gx_memory_most(void);

/*
 * Ends with exit 3 where that is less than nbyte, before any of it is taken: the system promises
 * memory that it does not have, and kills who uses it. printf-like: what is to be in it.
 */
void gx_demand_memory(uint64_t nbyte, const char *format, ...) GX_PRINTF(2, 3);

/* malloc, calloc and realloc of n * size bytes; n * size is checked for overflow. */
void *gx_allocate(size_t n, size_t size);
void *gx_allocate_zeroed(size_t n, size_t size);
void *gx_reallocate(void *memory, size_t n, size_t size);

/* The same, aligned to 64 bytes, with `slack` zeroed bytes behind. */
void *gx_allocate_aligned(size_t n, size_t size, size_t slack);

/*
 * gx_allocate_aligned for what is about to be filled, all of it: its pages come in one call, and not
 * by a fault each. (Three buffers of 256 KiB took 4 % of the time of gx-spectrum on 20,000 x 48.)
 * Of up to 1 MiB: what is larger may be what a damaged file asks for, and is never filled.
 */
void *gx_allocate_filled(size_t n, size_t size, size_t slack);

/*
 * gx_allocate for an array that is walked in long strides, such as a matrix that is turned. From
 * 4 MiB on it asks for huge pages, all but its first 2 MiB: who uses only the beginning of it uses
 * no more memory than otherwise. Processor time on two busy cores, minima in turns: gx-convert
 * --transpose took 3 to 10% less on 320 MB and 21 to 27% less on 6.4 MB, gx-means 10 to 13% less on
 * npy in Fortran order. The products of gx-time went both ways. Text that is --transposed and the
 * entries of MatrixMarket, which are sorted, gained nothing.
 */
void *gx_allocate_large(size_t n, size_t size);

#endif
