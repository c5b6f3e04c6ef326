/* SPDX-License-Identifier: MIT */
/* Memory that is there, or the process ends with exit 3. free() frees all of it. */
#ifndef GX_MEMORY_H
#define GX_MEMORY_H

#include <stddef.h>

/* malloc, calloc and realloc of n * size bytes; n * size is checked for overflow. */
void *gx_allocate(size_t n, size_t size);
void *gx_allocate_zeroed(size_t n, size_t size);
void *gx_reallocate(void *memory, size_t n, size_t size);

/* The same, aligned to 64 bytes, with `slack` zeroed bytes behind. */
void *gx_allocate_aligned(size_t n, size_t size, size_t slack);

/*
 * gx_allocate for an array that is walked in long strides, such as a matrix that is turned. From
 * 4 MiB on it asks for huge pages, all but its first 2 MiB: who uses only the beginning of it uses
 * no more memory than otherwise. It took 10% of the processor's time from gx-convert --transpose
 * on 320 MB and a quarter on 6.4 MB, 12% from gx-means on npy in Fortran order and 12% from the
 * products of gx-time. The entries of MatrixMarket, which are sorted, gained nothing.
 */
void *gx_allocate_large(size_t n, size_t size);

#endif
