/* SPDX-License-Identifier: MIT */
/*
 * Ranks by partition. A sample gives splitters that cut the values into buckets of some
 * thousands. Then:
 *
 *	0  the bucket of each value is found, written where its rank will stand, and counted;
 *	1  the keys go to their buckets, in order of arrival;
 *	2  each bucket is ranked inside the cache, and its ranks take the place of its keys;
 *	3  each value takes the next rank of its bucket.
 *
 * No value carries its position along: ranks wait in the order in which their keys came. A
 * value so frequent that it would fill a bucket has one of its own, in which nothing is left
 * to do. Keys are 64 bits in the order of the values.
 */
#include "kernel/rank.h"

#include <math.h>
#include <string.h>

#include "base/gx.h"

enum {
	PER_BUCKET = 8192,   /* values: what a bucket takes in the cache is 24 bytes for each */
	MOST_BUCKETS = 4096,  /* asked for; the write ends of all must fit the cache */
	PER_SAMPLE = 16,     /* of each bucket: so one has hardly ever twice its share */
	CELLS = 512,	     /* for each bucket: most have no splitter inside, or one */
	SKEW = 8,	     /* what a place has room for, in shares of a bucket */
	LEAST_ROOM = 65536,  /* values */
	BLOCK = 1024,	     /* values whose buckets are found together */
	LEAST_CHUNK = 1 << 18,
	SCANNED = 16, /* a slot with more keys is sorted */
	AHEAD = 128,  /* values whose bucket's end is fetched before its turn */
	PEEK = 4      /* keys of a slot that are compared without asking how many there are */
};

#define MANY (UINT32_C(1) << 31) /* of a cell: it has more splitters than are compared at once */

/* What is known of a bucket when it is ranked. */
struct gx_rank_bucket {
	uint64_t base; /* what its relative ranks are added to */
	size_t first, n;
	size_t diagonal; /* of the sorted diagonal: where its own begin */
	uint64_t weight; /* cells in it, and the diagonal's when that is ranked */
	bool single;	 /* all its keys are equal: the base is their rank */
	bool searched;	 /* too large and of many values: keys, sorted, instead of ranks */
};

/* ---- keys ---- */

/* Doubles by their bits: ^ sign where positive, ^ all where negative. */
GX_INLINE void keys_of_doubles(const double *x, size_t n, uint64_t keep, uint64_t flip,
			       uint64_t *key)
{
	for (size_t k = 0; k < n; k++) {
		double v = x[k] + 0.0; /* -0 becomes 0 */
		uint64_t bits;
		memcpy(&bits, &v, sizeof bits);
		bits &= keep;
		uint64_t negative = (uint64_t)-(int64_t)(bits >> 63);
		bits ^= negative | UINT64_C(1) << 63;
		key[k] = x[k] != x[k] ? UINT64_MAX : bits ^ flip;
	}
}

/* The keys of n values from `from` on; of one that is missing UINT64_MAX. */
GX_INLINE void keys_of(const struct gx_rank_task *task, uint64_t from, size_t n, uint64_t *key)
{
	uint64_t flip = task->descending ? UINT64_MAX : 0;
	uint64_t keep = task->absolute ? UINT64_MAX >> 1 : UINT64_MAX;
	if (task->input == GX_RANK_FLOAT64) {
		keys_of_doubles((const double *)task->value + from, n, keep, flip, key);
	} else if (task->input == GX_RANK_UINT32) {
		const uint32_t *x = (const uint32_t *)task->value + from;
		for (size_t k = 0; k < n; k++)
			key[k] = x[k] ^ flip;
	} else {
		const uint64_t *x = (const uint64_t *)task->value + from;
		for (size_t k = 0; k < n; k++)
			key[k] = x[k] ^ flip;
	}
}

static int bits_of(uint64_t x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static void sort_few(uint64_t *key, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t k = key[i];
		size_t j = i;
		for (; j > 0 && key[j - 1] > k; j--)
			key[j] = key[j - 1];
		key[j] = k;
	}
}

/*
 * Sorts in place by radix exchange: by the highest bit in which keys differ, then both sides.
 * At worst 64 passes, whatever the keys are; no memory, and a depth of 64.
 */
static void sort_keys(uint64_t *key, size_t n)
{
	while (n > SCANNED) {
		uint64_t any = 0, all = UINT64_MAX;
		for (size_t i = 0; i < n; i++) {
			any |= key[i];
			all &= key[i];
		}
		if (any == all)
			return;
		uint64_t bit = UINT64_C(1) << (bits_of(any ^ all) - 1);
		size_t low = 0, high = n;
		while (low < high) {
			uint64_t k = key[low];
			if (k & bit) {
				key[low] = key[--high];
				key[high] = k;
			} else {
				low++;
			}
		}
		sort_keys(key, low);
		key += low;
		n -= low;
	}
	sort_few(key, n);
}

/* How many of n sorted keys are below. */
static size_t count_below(const uint64_t *sorted, size_t n, uint64_t key)
{
	size_t low = 0;
	while (n > 0) {
		size_t half = n / 2;
		if (sorted[low + half] < key) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static size_t count_to(const uint64_t *sorted, size_t n, uint64_t key)
{
	return key == UINT64_MAX ? n : count_below(sorted, n, key + 1);
}

/* ---- sizes ---- */

/* Where the diagonal's value of a row is, and the first row whose diagonal is not before. */
static uint64_t diagonal_at(uint64_t row)
{
	return row * (row + 3) / 2;
}

static uint64_t diagonal_from(uint64_t at)
{
	uint64_t row = (uint64_t)sqrt(2.0 * (double)at);
	while (row > 0 && diagonal_at(row - 1) >= at)
		row--;
	while (diagonal_at(row) < at)
		row++;
	return row;
}

static size_t buckets_wanted(uint64_t npair)
{
	uint64_t n = npair / PER_BUCKET + 1;
	return n < MOST_BUCKETS ? (size_t)n : MOST_BUCKETS;
}

static size_t cells_for(size_t nbucket)
{
	return nbucket == 1 ? 1 : (size_t)1 << bits_of(nbucket * CELLS - 1);
}

static size_t chunks_for(uint64_t npair, size_t nplace)
{
	uint64_t most = npair / LEAST_CHUNK + 1, n = nplace == 1 ? 1 : 2 * nplace;
	return n < most ? n : most;
}

static size_t largest_for(uint64_t npair)
{
	uint64_t n = SKEW * (npair / buckets_wanted(npair));
	n = n < LEAST_ROOM ? LEAST_ROOM : n;
	return n < npair ? n : npair;
}

/* What is worked in: the keys of a bucket by slots, its ranks, the ends of slots. */
struct room {
	uint64_t *key;
	uint32_t *rank, *end;
};

static size_t slots_for(size_t n)
{
	return n;
}

static size_t carve(size_t *total, size_t n, size_t size)
{
	size_t at = *total;
	*total = at + (n * size + 63) / 64 * 64;
	return at;
}

static size_t room_for(size_t largest, unsigned char *at, struct room *room)
{
	size_t total = 0;
	size_t key = carve(&total, largest + PEEK, sizeof(uint64_t));
	size_t rank = carve(&total, largest, sizeof(uint32_t));
	size_t end = carve(&total, slots_for(largest) + 2, sizeof(uint32_t));
	if (room)
		*room = (struct room){ (uint64_t *)(void *)(at + key),
				       (uint32_t *)(void *)(at + rank),
				       (uint32_t *)(void *)(at + end) };
	return total;
}

/* Lays all of the scratch out; returns its bytes. Without memory it only counts them. */
static size_t lay_out(struct gx_rank *r, uint64_t ngene, size_t nplace, unsigned char *at)
{
	uint64_t npair = ngene * (ngene + 1) / 2;
	size_t most = 2 * buckets_wanted(npair), nchunk = chunks_for(npair, nplace);
	size_t total = 0;
	size_t key = carve(&total, npair, sizeof(uint64_t));
	size_t bucket = carve(&total, most + 1, sizeof(struct gx_rank_bucket));
	size_t splitter = carve(&total, most + PEEK, sizeof(uint64_t));
	size_t cell = carve(&total, cells_for(most) + 1, sizeof(uint32_t));
	size_t ends = carve(&total, nchunk * (most + 1), sizeof(uint64_t));
	size_t diagonal = carve(&total, ngene, sizeof(uint64_t));
	size_t diagonal_rank = carve(&total, ngene, sizeof(uint64_t));
	size_t sum = carve(&total, nchunk, 2 * sizeof(uint64_t));
	size_t largest = largest_for(npair), rooms = total;
	total += nplace * room_for(largest, NULL, NULL);
	if (!at)
		return total;
	r->npair = npair;
	r->nchunk = nchunk;
	r->key = (void *)(at + key);
	r->bucket = (void *)(at + bucket);
	r->splitter = (void *)(at + splitter);
	r->cell = (void *)(at + cell);
	r->at = (void *)(at + ends);
	r->diagonal = (void *)(at + diagonal);
	r->diagonal_rank = (void *)(at + diagonal_rank);
	r->sum = (void *)(at + sum);
	r->room = at + rooms;
	r->largest = largest;
	return total;
}

size_t gx_rank_scratch(uint64_t ngene, size_t nplace)
{
	return lay_out(NULL, ngene, nplace, NULL);
}

static void chunk_of(const struct gx_rank *r, size_t chunk, uint64_t *first, uint64_t *end)
{
	uint64_t each = (r->npair / r->nchunk + BLOCK) / BLOCK * BLOCK;
	*first = chunk * each < r->npair ? chunk * each : r->npair;
	*end = *first + each < r->npair ? *first + each : r->npair;
}

/* ---- buckets ---- */

/* A fixed mix of bits: positions of a sample that no pattern of the values follows. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static size_t draw_sample(const struct gx_rank *r, size_t n, uint64_t *key)
{
	size_t there = 0;
	uint64_t share = r->npair / n;
	for (size_t k = 0; k < n; k++) {
		uint64_t at = k * share + mix(k + 1) % share;
		keys_of(&r->task, at, 1, &key[there]);
		there += key[there] != UINT64_MAX;
	}
	return there;
}

/* Where two shares begin with one key it gets a bucket of its own. */
static size_t choose_splitters(const uint64_t *sample, size_t nsample, size_t wanted,
			       uint64_t *splitter)
{
	size_t n = 0;
	for (size_t b = 1; b < wanted && nsample; b++) {
		uint64_t key = sample[b * nsample / wanted];
		if (n == 0 || key > splitter[n - 1])
			splitter[n++] = key;
		else if (key == splitter[n - 1])
			splitter[n++] = key + 1;
	}
	for (size_t k = 0; k < PEEK; k++)
		splitter[n + k] = UINT64_MAX;
	return n + 1;
}

GX_INLINE size_t cell_of(uint64_t key, uint64_t least, int shift, size_t last)
{
	uint64_t above = (key > least ? key - least : 0) >> shift;
	return above < last ? above : last;
}

/* Cells cut the range of the splitters evenly; each knows how many splitters are before it. */
static void fill_cells(struct gx_rank *r)
{
	size_t nsplitter = r->nbucket - 1, k = 0;
	uint64_t width = nsplitter ? r->splitter[nsplitter - 1] - r->splitter[0] : 0;
	r->ncell = cells_for(r->nbucket);
	int room = bits_of(r->ncell) - 1;
	r->least = nsplitter ? r->splitter[0] : 0;
	r->shift = bits_of(width) > room ? bits_of(width) - room : 0;
	for (size_t c = 0; c < r->ncell; c++) {
		size_t before = k;
		while (k < nsplitter &&
		       cell_of(r->splitter[k], r->least, r->shift, r->ncell - 1) == c)
			k++;
		r->cell[c] = (uint32_t)before | (k - before > 2 ? MANY : 0);
	}
	r->cell[r->ncell] = (uint32_t)r->nbucket; /* with the one that is missing keys' */
}

static void choose_buckets(struct gx_rank *r)
{
	size_t wanted = buckets_wanted(r->npair), n = wanted * PER_SAMPLE;
	if (n > r->npair)
		n = r->npair;
	size_t there = 0;
	if (wanted > 1) {
		there = draw_sample(r, n, r->key);
		sort_keys(r->key, there);
	}
	r->nbucket = choose_splitters(r->key, there, wanted, r->splitter);
	fill_cells(r);
}

/* Sorts the diagonal that is there. */
static void take_diagonal(struct gx_rank *r)
{
	r->ndiagonal = 0;
	for (uint64_t i = 0; i < r->task.ngene; i++) {
		uint64_t key;
		keys_of(&r->task, diagonal_at(i), 1, &key);
		if (key != UINT64_MAX || r->task.input != GX_RANK_FLOAT64)
			r->diagonal[r->ndiagonal++] = key;
	}
	sort_keys(r->diagonal, r->ndiagonal);
}

void gx_rank_begin(struct gx_rank *r, const struct gx_rank_task *task, void *scratch)
{
	*r = (struct gx_rank){ .task = *task };
	lay_out(r, task->ngene, task->nplace, scratch);
	take_diagonal(r);
	choose_buckets(r);
}

/* ---- step 0: the bucket of each value ---- */

/* The number of splitters up to each key; at most `last`. */
GX_INLINE void buckets_of(const struct gx_rank *r, const uint64_t *key, size_t n, uint32_t last,
			  uint32_t *id)
{
	const uint64_t *splitter = r->splitter;
	const uint32_t *cell = r->cell;
	uint64_t least = r->least;
	size_t last_cell = r->ncell - 1;
	int shift = r->shift;
	for (size_t k = 0; k < n; k++) {
		uint64_t x = key[k];
		size_t at = cell_of(x, least, shift, last_cell);
		uint32_t c = cell[at];
		uint32_t before = c & ~MANY;
		/* A splitter behind the cell is larger than the key, and is not counted. */
		uint32_t b = before + (x >= splitter[before]) + (x >= splitter[before + 1]);
		if (GX_UNLIKELY(c != before))
			b = before + (uint32_t)count_to(splitter + before,
							(cell[at + 1] & ~MANY) - before, x);
		id[k] = b;
	}
	for (size_t k = 0; k < n; k++)
		id[k] = id[k] < last ? id[k] : last;
}

GX_INLINE void find_buckets(struct gx_rank *r, size_t chunk, bool wide)
{
	uint64_t key[BLOCK], from, end, *count = r->at + chunk * (r->nbucket + 1);
	uint32_t id[BLOCK], missing = (uint32_t)r->nbucket;
	uint32_t last = r->task.input == GX_RANK_FLOAT64 ? missing : missing - 1;
	chunk_of(r, chunk, &from, &end);
	uint64_t row = diagonal_from(from);
	memset(count, 0, (r->nbucket + 1) * sizeof *count);
	for (; from < end; from += BLOCK) {
		size_t n = end - from < BLOCK ? end - from : BLOCK;
		keys_of(&r->task, from, n, key);
		buckets_of(r, key, n, last, id);
		for (; diagonal_at(row) < from + n; row++)
			id[diagonal_at(row) - from] = missing;
		for (size_t k = 0; k < n; k++)
			count[id[k]]++;
		if (wide)
			for (size_t k = 0; k < n; k++)
				((uint64_t *)r->task.rank)[from + k] = id[k];
		else
			memcpy((uint32_t *)r->task.rank + from, id, n * sizeof *id);
	}
}

GX_CLONES static void find_buckets_narrow(struct gx_rank *r, size_t chunk)
{
	find_buckets(r, chunk, false);
}

GX_CLONES static void find_buckets_wide(struct gx_rank *r, size_t chunk)
{
	find_buckets(r, chunk, true);
}

/* Counts become places: of a bucket one chunk's keys after the other's. */
static void place_buckets(struct gx_rank *r)
{
	size_t each = r->nbucket + 1;
	uint64_t next = 0, weight = 0;
	for (size_t b = 0; b < each; b++) {
		struct gx_rank_bucket *bucket = &r->bucket[b];
		uint64_t first = next;
		for (size_t c = 0; c < r->nchunk; c++) {
			uint64_t n = r->at[c * each + b];
			r->at[c * each + b] = next;
			next += n;
		}
		size_t diagonal = b == 0 ? 0
			: b + 1 == each  ? r->ndiagonal
					 : count_below(r->diagonal, r->ndiagonal,
						       r->splitter[b - 1]);
		*bucket = (struct gx_rank_bucket){ .first = first, .n = next - first,
						   .diagonal = diagonal };
	}
	for (size_t b = 0; b < r->nbucket; b++) {
		struct gx_rank_bucket *bucket = &r->bucket[b];
		size_t ndiagonal = bucket[1].diagonal - bucket->diagonal;
		bucket->base = 2 * weight + 1;
		weight += 2 * bucket->n + ndiagonal;
		bucket->weight = 2 * bucket->n + (r->task.keep_diagonal ? ndiagonal : 0);
	}
	r->facts.missing = r->bucket[r->nbucket].n - r->task.ngene;
}

/* ---- step 1: keys to their buckets ---- */

GX_INLINE uint64_t bucket_at(const struct gx_rank *r, uint64_t at, bool wide)
{
	return wide ? ((const uint64_t *)r->task.rank)[at]
		    : ((const uint32_t *)r->task.rank)[at];
}

GX_INLINE void move_keys(struct gx_rank *r, size_t chunk, bool wide)
{
	uint64_t key[BLOCK], from, end, *at = r->at + chunk * (r->nbucket + 1), *to = r->key;
	chunk_of(r, chunk, &from, &end);
	for (; from < end; from += BLOCK) {
		size_t n = end - from < BLOCK ? end - from : BLOCK;
		keys_of(&r->task, from, n, key);
		for (size_t k = 0; k < n; k++) {
			if (end - from > k + AHEAD)
				__builtin_prefetch(
					&to[at[bucket_at(r, from + k + AHEAD, wide)]], 1);
			to[at[bucket_at(r, from + k, wide)]++] = key[k];
		}
	}
}

GX_CLONES static void move_keys_narrow(struct gx_rank *r, size_t chunk)
{
	move_keys(r, chunk, false);
}

GX_CLONES static void move_keys_wide(struct gx_rank *r, size_t chunk)
{
	move_keys(r, chunk, true);
}

/*
 * Each chunk's places again, now in ranks, which are half as long as keys and fill the first
 * half of a bucket: key i of the bucket from f on is at f + i, its rank at 2 f + i.
 */
static void place_ranks(struct gx_rank *r)
{
	size_t each = r->nbucket + 1;
	for (size_t c = r->nchunk; c-- > 0;)
		for (size_t b = 0; b < each; b++)
			r->at[c * each + b] = r->bucket[b].first +
				(c ? r->at[(c - 1) * each + b] : r->bucket[b].first);
}

/* ---- step 2: ranks in a bucket ---- */

/* The slot of a key: an even cut of the range of the bucket's keys. */
struct slots {
	uint64_t least;
	int left, right; /* shifts that make the range 32 bits */
	uint64_t times;	 /* 2^32 slots for each of these */
	size_t n;
};

static struct slots cut_slots(uint64_t least, uint64_t most, size_t n)
{
	struct slots s = { .least = least, .n = n };
	int bits = bits_of(most - least);
	s.right = bits > 32 ? bits - 32 : 0;
	s.left = bits < 32 ? 32 - bits : 0;
	s.times = ((uint64_t)n << 32) / (((most - least) << s.left >> s.right) + 1);
	return s;
}

GX_INLINE size_t slot_of(const struct slots *s, uint64_t key)
{
	uint64_t x = (key - s->least) << s->left >> s->right;
	return (size_t)((uint64_t)(uint32_t)x * (uint32_t)s->times >> 32);
}

/* 4 x (smaller) + 2 x (equal) of a key among the sorted or few keys of its slot. */
static uint32_t rank_in_slot(const uint64_t *key, size_t n, uint64_t x)
{
	size_t below = 0, up_to = 0;
	if (n <= SCANNED) {
		for (size_t j = 0; j < n; j++) {
			below += key[j] < x;
			up_to += key[j] <= x;
		}
	} else if (key[0] == key[n - 1]) {
		up_to = n;
	} else {
		below = count_below(key, n, x);
		up_to = count_to(key, n, x);
	}
	return (uint32_t)(2 * (below + up_to));
}

/* Keys into slots: a counting sort in which the keys of a slot are in no order. */
GX_INLINE void fill_slots(const uint64_t *key, size_t n, const struct slots *s,
			  const struct room *room)
{
	uint32_t *end = room->end, next = 0, most = 0;
	memset(end, 0, (s->n + 1) * sizeof *end);
	for (size_t k = 0; k < n; k++)
		end[slot_of(s, key[k]) + 1]++;
	for (size_t c = 1; c <= s->n; c++) {
		uint32_t m = end[c];
		end[c] = next;
		next += m;
		most = m > most ? m : most;
	}
	for (size_t k = 0; k < n; k++)
		room->key[end[slot_of(s, key[k]) + 1]++] = key[k];
	for (size_t k = 0; k < PEEK; k++)
		room->key[n + k] = UINT64_MAX;
	if (most > SCANNED)
		for (size_t c = 0; c < s->n; c++)
			if (end[c + 1] - end[c] > SCANNED)
				sort_keys(room->key + end[c], end[c + 1] - end[c]);
}

GX_INLINE void rank_slots(const uint64_t *key, size_t n, const struct slots *s, uint64_t most,
			  const struct room *room)
{
	const uint64_t *in = room->key;
	const uint32_t *end = room->end;
	uint32_t *rank = room->rank;
	/* The keys behind the last are the largest there can be: no key may equal them. */
	uint32_t peek = most == UINT64_MAX ? 0 : PEEK;
	for (size_t k = 0; k < n; k++) {
		uint64_t x = key[k];
		size_t c = slot_of(s, x);
		uint32_t first = end[c], m = end[c + 1] - first, sum = 0;
		/* What is behind the slot is larger and counts nothing. */
		for (size_t j = 0; j < PEEK; j++)
			sum += (uint32_t)(in[first + j] < x) + (uint32_t)(in[first + j] <= x);
		sum *= 2;
		if (GX_UNLIKELY(m > peek))
			sum = rank_in_slot(in + first, m, x);
		rank[k] = 4 * first + sum;
	}
}

GX_CLONES static void range_of(const uint64_t *key, size_t n, uint64_t *least, uint64_t *most)
{
	uint64_t low = UINT64_MAX, high = 0;
	for (size_t k = 0; k < n; k++) {
		low = key[k] < low ? key[k] : low;
		high = key[k] > high ? key[k] : high;
	}
	*least = low;
	*most = high;
}

GX_CLONES static void rank_keys(const uint64_t *key, size_t n, uint64_t least, uint64_t most,
				const struct room *room)
{
	struct slots s = cut_slots(least, most, slots_for(n));
	fill_slots(key, n, &s, room);
	rank_slots(key, n, &s, most, room);
}

/* Twice the diagonal's cells below a key and once those equal to it. */
static uint64_t count_diagonal(const uint64_t *diagonal, size_t n, uint64_t key)
{
	return count_below(diagonal, n, key) + count_to(diagonal, n, key);
}

/* The ranks of the diagonal's cells in a bucket. */
static void rank_diagonal(struct gx_rank *r, const struct gx_rank_bucket *bucket)
{
	const uint64_t *key = r->key + bucket->first;
	size_t ndiagonal = bucket[1].diagonal - bucket->diagonal;
	const uint64_t *diagonal = r->diagonal + bucket->diagonal;
	uint64_t *rank = r->diagonal_rank + bucket->diagonal;
	for (size_t i = 0; i < ndiagonal; i++) {
		if (i && diagonal[i] == diagonal[i - 1]) {
			rank[i] = rank[i - 1];
			continue;
		}
		uint64_t sum = 0, x = diagonal[i];
		if (bucket->single)
			sum = bucket->n * ((uint64_t)(key[0] < x) + (uint64_t)(key[0] <= x));
		else if (bucket->searched)
			sum = count_below(key, bucket->n, x) + count_to(key, bucket->n, x);
		else
			for (size_t k = 0; k < bucket->n; k++)
				sum += (uint64_t)(key[k] < x) + (uint64_t)(key[k] <= x);
		rank[i] = bucket->base + 2 * sum + count_diagonal(diagonal, ndiagonal, x);
	}
}

static void rank_bucket(struct gx_rank *r, struct gx_rank_bucket *bucket, size_t place)
{
	uint64_t *key = r->key + bucket->first, least = 0, most = 0;
	const uint64_t *diagonal = r->diagonal + bucket->diagonal;
	size_t n = bucket->n, ndiagonal = bucket[1].diagonal - bucket->diagonal;
	if (n)
		range_of(key, n, &least, &most);
	bucket->single = n && least == most;
	if (n > r->largest && !bucket->single) {
		sort_keys(key, n);
		bucket->searched = true;
	}
	if (ndiagonal)
		rank_diagonal(r, bucket);
	if (bucket->searched || n == 0)
		return;
	if (bucket->single) {
		bucket->base += 2 * (uint64_t)n + count_diagonal(diagonal, ndiagonal, least);
		memset(key, 0, n * sizeof(uint32_t));
		return;
	}
	struct room room;
	size_t each = room_for(r->largest, NULL, NULL);
	room_for(r->largest, (unsigned char *)r->room + place * each, &room);
	rank_keys(key, n, least, most, &room);
	if (ndiagonal)
		for (size_t k = 0; k < n; k++)
			room.rank[k] += (uint32_t)count_diagonal(diagonal, ndiagonal, key[k]);
	memcpy(key, room.rank, n * sizeof *room.rank);
}

/* ---- step 3: each value takes the next rank of its bucket ---- */

/* Of a bucket that holds its sorted keys. */
static uint64_t search_rank(const struct gx_rank *r, const struct gx_rank_bucket *bucket,
			    uint64_t x)
{
	const uint64_t *key = r->key + bucket->first;
	return bucket->base + 2 * count_below(key, bucket->n, x) +
	       2 * count_to(key, bucket->n, x) +
	       count_diagonal(r->diagonal + bucket->diagonal,
			      bucket[1].diagonal - bucket->diagonal, x);
}

GX_INLINE uint64_t take_rank(const struct gx_rank *r, uint64_t id, uint64_t *at, uint64_t from,
			     bool searched)
{
	const struct gx_rank_bucket *bucket = &r->bucket[id];
	uint64_t x;
	if (searched && bucket->searched) {
		keys_of(&r->task, from, 1, &x);
		return search_rank(r, bucket, x);
	}
	return bucket->base + ((const uint32_t *)(const void *)r->key)[at[id]++];
}

GX_INLINE void take_ranks(struct gx_rank *r, size_t chunk, bool wide, bool searched)
{
	uint64_t from, end, *at = r->at + chunk * (r->nbucket + 1);
	const uint32_t *rank = (const void *)r->key;
	unsigned __int128 sum = 0;
	chunk_of(r, chunk, &from, &end);
	while (from < end) {
		uint64_t stop = end - from < BLOCK ? end : from + BLOCK, some = 0;
		for (; from < stop; from++) {
			if (end - from > AHEAD)
				__builtin_prefetch(
					&rank[at[bucket_at(r, from + AHEAD, wide)]]);
			uint64_t q = take_rank(r, bucket_at(r, from, wide), at, from, searched);
			if (wide)
				((uint64_t *)r->task.rank)[from] = q;
			else
				((uint32_t *)r->task.rank)[from] = (uint32_t)q;
			some += q;
		}
		sum += some;
	}
	r->sum[chunk][0] = (uint64_t)sum;
	r->sum[chunk][1] = (uint64_t)(sum >> 64);
}

/* ---- what is known when all is ranked ---- */

/* Cells of a bucket with a rank up to this one. */
static uint64_t weigh_up_to(const struct gx_rank *r, const struct gx_rank_bucket *bucket,
			    uint64_t rank)
{
	uint64_t n = 0;
	if (bucket->single) {
		n = bucket->base <= rank ? 2 * (uint64_t)bucket->n : 0;
	} else if (bucket->searched) {
		const uint64_t *key = r->key + bucket->first;
		size_t low = 0, left = bucket->n;
		while (left > 0) {
			size_t half = left / 2;
			if (search_rank(r, bucket, key[low + half]) <= rank) {
				low += half + 1;
				left -= half + 1;
			} else {
				left = half;
			}
		}
		n = 2 * (uint64_t)low;
	} else {
		const uint32_t *q =
			(const uint32_t *)(const void *)(r->key + bucket->first);
		for (size_t k = 0; k < bucket->n; k++)
			n += 2 * (uint64_t)(bucket->base + q[k] <= rank);
	}
	if (r->task.keep_diagonal)
		n += count_to(r->diagonal_rank + bucket->diagonal,
			      bucket[1].diagonal - bucket->diagonal, rank);
	return n;
}

/* The rank of the cell with so many before it. */
static uint64_t rank_at(const struct gx_rank *r, uint64_t before)
{
	size_t b = 0;
	while (b < r->nbucket && before >= r->bucket[b].weight)
		before -= r->bucket[b++].weight;
	if (b == r->nbucket) /* the diagonal, which was set */
		return r->facts.max;
	const struct gx_rank_bucket *bucket = &r->bucket[b];
	uint64_t low = 0, high = r->facts.max;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (weigh_up_to(r, bucket, middle) > before)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint64_t largest_rank(const struct gx_rank *r)
{
	uint64_t most = r->ndiagonal ? r->diagonal_rank[r->ndiagonal - 1] : 0;
	size_t b = r->nbucket;
	while (b > 0 && r->bucket[b - 1].n == 0)
		b--;
	if (b == 0)
		return most;
	const struct gx_rank_bucket *bucket = &r->bucket[b - 1];
	const uint32_t *q = (const uint32_t *)(const void *)(r->key + bucket->first);
	uint64_t at = 0;
	if (bucket->single)
		at = bucket->base;
	else if (bucket->searched)
		at = search_rank(r, bucket, r->key[bucket->first + bucket->n - 1]);
	else
		for (size_t k = 0; k < bucket->n; k++)
			at = bucket->base + q[k] > at ? bucket->base + q[k] : at;
	return at > most ? at : most;
}

static void set_diagonal(struct gx_rank *r)
{
	for (uint64_t i = 0; i < r->task.ngene; i++) {
		uint64_t at = diagonal_at(i), rank = r->facts.max, key;
		if (r->task.keep_diagonal) {
			keys_of(&r->task, at, 1, &key);
			bool missing = r->task.input == GX_RANK_FLOAT64 && key == UINT64_MAX;
			rank = missing ? 0
				       : r->diagonal_rank[count_below(r->diagonal,
								      r->ndiagonal, key)];
		}
		if (r->task.wide)
			((uint64_t *)r->task.rank)[at] = rank;
		else
			((uint32_t *)r->task.rank)[at] = (uint32_t)rank;
	}
}

static void find_facts(struct gx_rank *r)
{
	unsigned __int128 sum = 0;
	uint64_t ngene = r->task.ngene, ncell = 0;
	r->facts.max = largest_rank(r);
	for (size_t c = 0; c < r->nchunk; c++)
		sum += (unsigned __int128)r->sum[c][1] << 64 | r->sum[c][0];
	sum *= 2;
	for (size_t b = 0; b < r->nbucket; b++)
		ncell += r->bucket[b].weight;
	if (r->task.keep_diagonal) {
		for (size_t i = 0; i < r->ndiagonal; i++)
			sum += r->diagonal_rank[i];
	} else {
		sum += (unsigned __int128)r->facts.max * ngene;
		ncell += ngene;
	}
	if (!r->facts.max)
		return;
	r->facts.ncell = ncell;
	r->facts.sum = (double)sum;
	uint64_t low = rank_at(r, (ncell - 1) / 2), high = rank_at(r, ncell / 2);
	r->facts.middle[0] = low;
	r->facts.middle[1] = high;
	r->facts.median = low + (high - low + 1) / 2;
	r->facts.mean = (uint64_t)((2 * sum + ncell) / (2 * (unsigned __int128)ncell));
}

/* ---- steps ---- */

size_t gx_rank_pieces(const struct gx_rank *r, int step)
{
	return step == 2 ? r->nbucket : r->nchunk;
}

void gx_rank_piece(struct gx_rank *r, int step, size_t piece, size_t place)
{
	bool wide = r->task.wide;
	if (step == 0)
		(wide ? find_buckets_wide : find_buckets_narrow)(r, piece);
	else if (step == 1)
		(wide ? move_keys_wide : move_keys_narrow)(r, piece);
	else if (step == 2)
		rank_bucket(r, &r->bucket[piece], place);
	else if (r->searched)
		take_ranks(r, piece, wide, true);
	else if (wide)
		take_ranks(r, piece, true, false);
	else
		take_ranks(r, piece, false, false);
}

void gx_rank_join(struct gx_rank *r, int step)
{
	if (step == 0) {
		place_buckets(r);
	} else if (step == 1) {
		struct gx_rank_bucket *missing = &r->bucket[r->nbucket];
		place_ranks(r);
		memset(r->key + missing->first, 0, missing->n * sizeof(uint32_t));
	} else if (step == 2) {
		for (size_t b = 0; b < r->nbucket; b++)
			r->searched |= r->bucket[b].searched;
	} else {
		find_facts(r);
		set_diagonal(r);
	}
}
