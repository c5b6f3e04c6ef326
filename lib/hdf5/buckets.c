/* SPDX-License-Identifier: MIT */
/*
 * In the file an entry is its gene, its cell and its value as it was stored: 12 bytes, or 16 where
 * a value has 8. In memory those of a bucket are ordered by gene, and the gene is left out.
 */
#include "hdf5/buckets.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/unnamed.h"
#include "hdf5/plan.h"

/*
 * The smaller a bucket is, the less do rows wait for it, and the less memory it takes. Of 19.5
 * million entries, with 2 MiB of cache a core: buckets of 1, 4 and 16 MiB took the same time, those
 * of 256 KiB 5 % more.
 */
enum {
	BUCKET_LEAST = 2 << 20, /* bytes of entries */
	BUCKET_MOST = 16 << 20,
	BUCKETS = 512,	    /* how many are wanted, where that is within these bounds */
	BUFFERS = 16 << 20, /* of all buckets together; of one: */
	BUFFER_LEAST = 1 << 10,
	BUFFER_MOST = 64 << 10,
	PIECE = 256 << 10, /* of a bucket, read at a time */
};

/* Where a bucket is. */
struct place {
	uint64_t begin, end;  /* entries, of all */
	uint64_t first, last; /* genes first .. last - 1 */
	uint64_t written;     /* entries in the file */
	size_t buffered;      /* in its buffer */
};

/* A bucket in memory. */
struct gx_bucket {
	struct gx_buckets *b;
	const struct place *place;
	size_t nhold;		/* under the lock of b */
	struct gx_bucket *next; /* of those that nobody holds */
	pthread_mutex_t lock;
	bool loaded, failed; /* under its own */
	struct gx_fault fault;
	uint32_t *cell;
	unsigned char *value;
	size_t room; /* entries */
};

struct gx_buckets {
	uint64_t *at; /* of each gene: where its next entry goes; when all are there, its end */
	uint32_t *number; /* of the bucket that each gene is in */
	size_t size, words; /* bytes of a value, uint32_t of an entry */
	uint64_t ncell;
	struct place *place;
	size_t n;
	uint64_t target; /* bytes of a bucket */
	int fd;		 /* -1: all is in memory */
	unsigned char *buffers;
	size_t buffer_items;
	pthread_mutex_t lock;
	struct gx_bucket *idle;
	struct gx_bucket *whole; /* where all is in memory */
};

/* ---- sizes ---- */

static size_t item_bytes(size_t size)
{
	return size <= 4 ? 12 : 16;
}

uint64_t gx_buckets_file(uint64_t n, size_t size)
{
	return n <= BUCKET_MOST / item_bytes(size) ? 0 : n * item_bytes(size);
}

static uint64_t choose_target(uint64_t n, size_t size)
{
	uint64_t nbyte = gx_buckets_file(n, size), target = nbyte / BUCKETS;
	if (nbyte == 0 || target > BUCKET_MOST)
		return BUCKET_MOST;
	return target < BUCKET_LEAST ? BUCKET_LEAST : target;
}

static size_t choose_buffer(uint64_t nbucket, size_t size)
{
	size_t nbyte = BUFFERS / (nbucket ? nbucket : 1);
	nbyte = nbyte < BUFFER_LEAST ? BUFFER_LEAST : nbyte < BUFFER_MOST ? nbyte : BUFFER_MOST;
	return nbyte / item_bytes(size);
}

uint64_t gx_buckets_memory(uint64_t n, size_t size)
{
	uint64_t file = gx_buckets_file(n, size), target = choose_target(n, size);
	if (file == 0)
		return n * (4 + size);
	uint64_t nbucket = file / target + 1;
	return target + PIECE + nbucket * choose_buffer(nbucket, size) * item_bytes(size);
}

/* ---- opening ---- */

static void add_place(struct gx_buckets *b, size_t *room, uint64_t first, uint64_t begin)
{
	if (b->n == *room) {
		*room = *room ? 2 * *room : 64;
		b->place = gx_reallocate(b->place, *room, sizeof *b->place);
	}
	b->place[b->n++] = (struct place){ .first = first, .begin = begin };
}

/* Cuts the genes in buckets; at[] is where each gene begins. */
static void cut(struct gx_buckets *b, uint64_t ngene, uint64_t together)
{
	uint64_t most = b->target / item_bytes(b->size);
	size_t room = 0;
	b->number = gx_allocate(ngene, sizeof *b->number);
	for (uint64_t g = 0, next; g < ngene; g = next) {
		next = ngene - g < together ? ngene : g + together;
		const struct place *last = b->n ? &b->place[b->n - 1] : NULL;
		if (!last || (b->at[next] - last->begin > most && b->at[g] > last->begin))
			add_place(b, &room, g, b->at[g]);
		for (uint64_t k = g; k < next; k++)
			b->number[k] = (uint32_t)(b->n - 1);
		b->place[b->n - 1].end = b->at[next];
		b->place[b->n - 1].last = next;
	}
}

static struct gx_bucket *new_bucket(struct gx_buckets *b)
{
	struct gx_bucket *bucket = gx_allocate_zeroed(1, sizeof *bucket);
	bucket->b = b;
	pthread_mutex_init(&bucket->lock, NULL);
	return bucket;
}

static void free_bucket(struct gx_bucket *bucket)
{
	pthread_mutex_destroy(&bucket->lock);
	free(bucket->cell);
	free(bucket->value);
	free(bucket);
}

/* Room for all entries of the bucket. */
static void make_room(struct gx_bucket *bucket)
{
	size_t n = bucket->place->end - bucket->place->begin;
	if (bucket->room >= n)
		return;
	free(bucket->cell);
	free(bucket->value);
	bucket->cell = gx_allocate(n, sizeof *bucket->cell);
	bucket->value = gx_allocate(n, bucket->b->size);
	bucket->room = n;
}

struct gx_buckets *gx_buckets_open(uint64_t *count, uint64_t ngene, uint64_t ncell,
				   uint64_t together, size_t size)
{
	struct gx_buckets *b = gx_allocate_zeroed(1, sizeof *b);
	uint64_t n = 0;
	for (uint64_t g = 0; g < ngene; g++) {
		uint64_t more = count[g];
		count[g] = n;
		n += more;
	}
	count[ngene] = n;
	b->at = count;
	b->ncell = ncell;
	b->size = size;
	b->words = item_bytes(size) / sizeof(uint32_t);
	b->target = choose_target(n, size);
	b->fd = -1;
	pthread_mutex_init(&b->lock, NULL);
	cut(b, ngene, together);
	if (gx_buckets_file(n, size)) {
		b->fd = gx_unnamed_open("to order its entries by gene in");
		b->buffer_items = choose_buffer(b->n, size);
		b->buffers = gx_allocate(b->n * b->buffer_items, item_bytes(size));
	} else if (b->n) {
		b->whole = new_bucket(b);
		b->whole->place = &b->place[0];
		b->whole->loaded = true;
		b->whole->nhold = 1;
		make_room(b->whole);
	}
	return b;
}

void gx_buckets_close(struct gx_buckets *b)
{
	if (!b)
		return;
	if (b->fd >= 0)
		close(b->fd);
	if (b->whole)
		free_bucket(b->whole);
	while (b->idle) {
		struct gx_bucket *next = b->idle->next;
		free_bucket(b->idle);
		b->idle = next;
	}
	pthread_mutex_destroy(&b->lock);
	free(b->at);
	free(b->number);
	free(b->place);
	free(b->buffers);
	free(b);
}

/* ---- grouping ---- */

void gx_bucket_group_free(struct gx_bucket_group *group)
{
	free(group->item);
	free(group->end);
	*group = (struct gx_bucket_group){ 0 };
}

void gx_buckets_group(const struct gx_buckets *b, const uint32_t *gene, size_t n,
		      struct gx_bucket_group *group)
{
	if (group->room < n) {
		free(group->item);
		group->item = gx_allocate(n, b->words * sizeof *group->item);
		group->room = n;
	}
	if (group->nbucket < b->n + 1) {
		free(group->end);
		group->end = gx_allocate(b->n + 1, sizeof *group->end);
		group->nbucket = b->n + 1;
	}
	memset(group->end, 0, (b->n + 1) * sizeof *group->end);
	for (size_t i = 0; i < n; i++)
		if (GX_LIKELY(gene[i] != GX_HDF5_DROPPED))
			group->end[b->number[gene[i]] + 1]++;
	for (size_t k = 0; k < b->n; k++)
		group->end[k + 1] += group->end[k];
}

/* For a size that is known when it is compiled. */
GX_INLINE void place_sized(const struct gx_buckets *b, const uint32_t *gene, const uint32_t *cell,
			   const unsigned char *value, size_t n, size_t size, size_t words,
			   struct gx_bucket_group *group)
{
	for (size_t i = 0; i < n; i++) {
		if (GX_UNLIKELY(gene[i] == GX_HDF5_DROPPED))
			continue;
		uint32_t *item = group->item + words * group->end[b->number[gene[i]]]++;
		item[0] = gene[i];
		item[1] = cell[i];
		memcpy(item + 2, value + i * size, size);
	}
}

void gx_buckets_place(const struct gx_buckets *b, const uint32_t *gene, const uint32_t *cell,
		      const unsigned char *value, size_t n, struct gx_bucket_group *group)
{
	if (b->size == 4)
		place_sized(b, gene, cell, value, n, 4, 3, group);
	else if (b->size == 8)
		place_sized(b, gene, cell, value, n, 8, 4, group);
	else
		place_sized(b, gene, cell, value, n, b->size, 3, group);
}

/* ---- adding ---- */

GX_COLD static bool fail(const struct gx_buckets *b, const char *why, struct gx_fault *fault)
{
	const char *directory = getenv("TMPDIR");
	uint64_t nbyte = b->place[b->n - 1].end * b->words * sizeof(uint32_t);
	gx_fault_note(fault, GX_EXIT_IO,
		      ": the file to order its entries by gene in, of %" PRIu64
		      " MB in %s (TMPDIR names another place): %s",
		      nbyte / 1000000 + 1, directory && *directory ? directory : "/tmp", why);
	return false;
}

static bool write_all(const struct gx_buckets *b, const unsigned char *p, size_t n, uint64_t at,
		      struct gx_fault *fault)
{
	while (n) {
		ssize_t k = pwrite(b->fd, p, n, (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return fail(b, strerror(errno), fault);
		p += k;
		n -= (size_t)k;
		at += (uint64_t)k;
	}
	return true;
}

/* Writes what a bucket has in its buffer. */
static bool flush(struct gx_buckets *b, size_t number, struct gx_fault *fault)
{
	struct place *place = &b->place[number];
	size_t item = b->words * sizeof(uint32_t);
	const unsigned char *buffer = b->buffers + number * b->buffer_items * item;
	if (!write_all(b, buffer, place->buffered * item, (place->begin + place->written) * item,
		       fault))
		return false;
	place->written += place->buffered;
	place->buffered = 0;
	return true;
}

/* Puts n entries of a bucket in their order by gene; false where they are not what was written. */
GX_INLINE bool order_sized(struct gx_bucket *bucket, const uint32_t *item, size_t n, size_t size,
			   size_t words)
{
	const struct place *place = bucket->place;
	uint64_t *at = bucket->b->at, ncell = bucket->b->ncell;
	for (size_t i = 0; i < n; i++, item += words) {
		if (GX_UNLIKELY(item[0] - place->first >= place->last - place->first ||
				item[1] >= ncell))
			return false;
		uint64_t k = at[item[0]]++ - place->begin;
		if (GX_UNLIKELY(k >= bucket->room))
			return false;
		bucket->cell[k] = item[1];
		memcpy(bucket->value + k * size, item + 2, size);
	}
	return true;
}

static bool order(struct gx_bucket *bucket, const uint32_t *item, size_t n)
{
	size_t size = bucket->b->size;
	if (size == 4)
		return order_sized(bucket, item, n, 4, 3);
	if (size == 8)
		return order_sized(bucket, item, n, 8, 4);
	return order_sized(bucket, item, n, size, 3);
}

bool gx_buckets_add(struct gx_buckets *b, const struct gx_bucket_group *group,
		    struct gx_fault *fault)
{
	size_t item = b->words * sizeof(uint32_t);
	if (b->fd < 0)
		return !b->whole || order(b->whole, group->item, group->end[0]);
	uint32_t from = 0;
	for (size_t number = 0; number < b->n; number++) {
		struct place *place = &b->place[number];
		unsigned char *buffer = b->buffers + number * b->buffer_items * item;
		for (uint32_t end = group->end[number]; from < end;) {
			size_t n = end - from, left = b->buffer_items - place->buffered;
			n = n < left ? n : left;
			memcpy(buffer + place->buffered * item,
			       (const unsigned char *)group->item + from * item, n * item);
			place->buffered += n;
			from += (uint32_t)n;
			if (place->buffered == b->buffer_items && !flush(b, number, fault))
				return false;
		}
	}
	return true;
}

bool gx_buckets_end(struct gx_buckets *b, struct gx_fault *fault)
{
	bool good = true;
	for (size_t number = 0; b->fd >= 0 && number < b->n && good; number++)
		good = flush(b, number, fault);
	free(b->buffers);
	b->buffers = NULL;
	return good;
}

/* ---- taking ---- */

size_t gx_buckets_of(const struct gx_buckets *b, uint64_t gene)
{
	return b->number[gene];
}

size_t gx_buckets_count(const struct gx_buckets *b)
{
	return b->n;
}

size_t gx_buckets_ahead(const struct gx_buckets *b, int nthread)
{
	enum { TOGETHER = 8 << 20 };
	size_t n = TOGETHER / b->target, most = (size_t)nthread;
	n = n < 2 ? 2 : n;
	return n < most ? n : most;
}

void gx_bucket_hold(struct gx_bucket *bucket)
{
	pthread_mutex_lock(&bucket->b->lock);
	bucket->nhold++;
	pthread_mutex_unlock(&bucket->b->lock);
}

void gx_bucket_release(struct gx_bucket *bucket)
{
	struct gx_buckets *b = bucket->b;
	pthread_mutex_lock(&b->lock);
	if (--bucket->nhold == 0) {
		bucket->next = b->idle;
		b->idle = bucket;
	}
	pthread_mutex_unlock(&b->lock);
}

struct gx_bucket *gx_buckets_hold(struct gx_buckets *b, size_t number)
{
	if (b->whole) {
		gx_bucket_hold(b->whole);
		return b->whole;
	}
	pthread_mutex_lock(&b->lock);
	struct gx_bucket *bucket = b->idle;
	if (bucket)
		b->idle = bucket->next;
	pthread_mutex_unlock(&b->lock);
	if (!bucket)
		bucket = new_bucket(b);
	bucket->nhold = 1;
	bucket->place = &b->place[number];
	bucket->loaded = bucket->failed = false;
	bucket->fault.code = 0;
	return bucket;
}

/* Reads entries of a bucket from number `from` on, in one piece at most; 0: it cannot. */
static size_t read_items(struct gx_bucket *bucket, uint64_t from, uint32_t *item)
{
	const struct gx_buckets *b = bucket->b;
	size_t nbyte = b->words * sizeof *item;
	uint64_t left = bucket->place->end - from, n = PIECE / nbyte;
	n = n < left ? n : left;
	for (size_t done = 0; done < n * nbyte;) {
		ssize_t k = pread(b->fd, (char *)item + done, n * nbyte - done,
				  (off_t)(from * nbyte + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			fail(b, k ? strerror(errno) : "it became shorter", &bucket->fault);
			return 0;
		}
		done += (size_t)k;
	}
	return n;
}

/* Whether each gene got as many entries as it has: a disk may give back anything. */
static bool is_whole(const struct gx_bucket *bucket)
{
	const struct place *place = bucket->place;
	uint64_t end = place->begin;
	for (uint64_t g = place->first; g < place->last; g++) {
		if (bucket->b->at[g] < end)
			return false;
		end = bucket->b->at[g];
	}
	return end == place->end;
}

static void read_bucket(struct gx_bucket *bucket)
{
	const struct place *place = bucket->place;
	uint32_t *item = gx_allocate(PIECE, 1);
	make_room(bucket);
	for (uint64_t at = place->begin, n; at < place->end && !bucket->failed; at += n) {
		n = read_items(bucket, at, item);
		bucket->failed = n == 0 || !order(bucket, item, n);
	}
	bucket->failed = bucket->failed || !is_whole(bucket);
	if (bucket->failed)
		fail(bucket->b, "it was changed", &bucket->fault);
	free(item);
}

bool gx_bucket_load(struct gx_bucket *bucket, struct gx_fault *fault)
{
	pthread_mutex_lock(&bucket->lock);
	if (!bucket->loaded)
		read_bucket(bucket);
	bucket->loaded = true;
	bool good = !bucket->failed;
	pthread_mutex_unlock(&bucket->lock);
	if (!good)
		gx_fault_note(fault, (enum gx_exit)bucket->fault.code, "%s", bucket->fault.text);
	return good;
}

const unsigned char *gx_bucket_gene(const struct gx_bucket *bucket, uint64_t gene,
				    const uint32_t **cell, size_t *n)
{
	/* In front of it is the end of the gene before it. */
	const struct gx_buckets *b = bucket->b;
	uint64_t begin = gene == bucket->place->first ? bucket->place->begin : b->at[gene - 1];
	uint64_t from = begin - bucket->place->begin;
	*n = b->at[gene] - begin;
	*cell = bucket->cell + from;
	return bucket->value + from * b->size;
}
