/* SPDX-License-Identifier: MIT */
/*
 * Entries that come by cell, and go by gene. It is known beforehand how many each gene has, so
 * genes are cut in buckets of at most 16 MiB of entries (a gene with more is one), each with its
 * place in one unnamed file in TMPDIR; where all entries fit in one, there is no file. Memory: 12
 * bytes a gene, buffers of 16 MiB at most, and one bucket, with threads a few.
 *
 *	gx_buckets_open(...)
 *	gx_buckets_group(b, gene, cell, n, &group);        any thread
 *	gx_buckets_place(b, gene, cell, raw, n, &group);   any thread, until all n are placed
 *	gx_buckets_add(b, &group, fault);                  in order, one at a time
 *	gx_buckets_end(b, fault);                          no more
 *	gx_buckets_of(b, gene)
 *	gx_buckets_hold(b, number)                         one at a time, rising numbers
 *	gx_bucket_load(bucket, fault)                      any thread
 *	gx_bucket_gene(bucket, gene, &cell, &n)            any thread
 *	gx_bucket_release(bucket)                          any thread
 *	gx_buckets_close(b)
 */
#ifndef GX_HDF5_BUCKETS_H
#define GX_HDF5_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct gx_buckets;
struct gx_bucket;

/*
 * count: how many entries each of ngene genes has, in an array of ngene + 1 that is to be freed
 * by free, and is the buckets' from here on. A bucket begins with a gene that is a multiple of
 * `together`. size: bytes of a value, 1 to 8; values are kept as they are stored.
 */
struct gx_buckets *gx_buckets_open(uint64_t *count, uint64_t ngene, uint64_t ncell,
				   uint64_t together, size_t size);
/* NULL is allowed. All that were held are released. */
void gx_buckets_close(struct gx_buckets *b);

/* Bytes that n entries take in TMPDIR, 0: they stay in memory; and what there is in memory, but
 * for what the genes take. */
uint64_t gx_buckets_file(uint64_t n, size_t size);
uint64_t gx_buckets_memory(uint64_t n, size_t size);

/* Entries by bucket; {0} at first, used again and again, freed by gx_bucket_group_free. */
struct gx_bucket_group {
	uint32_t *item;	  /* gene, cell, and one or two for the value */
	uint32_t *end;	  /* of each bucket, in entries: where its next one goes */
	size_t room, nbucket;
};
void gx_bucket_group_free(struct gx_bucket_group *group);

/* Counts n entries by bucket; GX_HDF5_DROPPED among the genes is none. */
void gx_buckets_group(const struct gx_buckets *b, const uint32_t *gene, size_t n,
		      struct gx_bucket_group *group);
/* Puts n of those entries where they were counted. value: as they are stored. */
void gx_buckets_place(const struct gx_buckets *b, const uint32_t *gene, const uint32_t *cell,
		      const unsigned char *value, size_t n, struct gx_bucket_group *group);

/* False with a fault noted (exit 3). */
bool gx_buckets_add(struct gx_buckets *b, const struct gx_bucket_group *group,
		    struct gx_fault *fault);
bool gx_buckets_end(struct gx_buckets *b, struct gx_fault *fault);

/* ---- taking ---- */

size_t gx_buckets_of(const struct gx_buckets *b, uint64_t gene);
size_t gx_buckets_count(const struct gx_buckets *b);
/* How many may be in memory for nthread threads. */
size_t gx_buckets_ahead(const struct gx_buckets *b, int nthread);

struct gx_bucket *gx_buckets_hold(struct gx_buckets *b, size_t number);
void gx_bucket_hold(struct gx_bucket *bucket);
void gx_bucket_release(struct gx_bucket *bucket);

/* Reads and orders it, whoever comes first, while others wait. False with a fault noted. */
bool gx_bucket_load(struct gx_bucket *bucket, struct gx_fault *fault);

/* The entries of one of its genes: *n cells, and as many values as they were stored. */
const unsigned char *gx_bucket_gene(const struct gx_bucket *bucket, uint64_t gene,
				    const uint32_t **cell, size_t *n);

#endif
