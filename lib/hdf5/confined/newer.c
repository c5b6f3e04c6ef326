/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/newer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	SUM = 4, /* bytes of a checksum */
	LAYOUT = 8, CONTINUATION = 16, /* kinds of messages */
	CHUNKED = 2, FIXED_ARRAY = 3, /* class of a layout, kind of its index */
	SINGLE_CHUNK = 1, IMPLICIT = 2,
	BLOCKS_MAX = 64, /* of an object's header */
	BLOCK_MAX = 1 << 20,
	INDEX_MAX = 1 << 28, /* bytes of an index */
	NEW_SIZE = 8, /* bytes of a chunk's size in version 5 */
};

/* ---- bytes ---- */

static uint64_t little(const unsigned char *p, size_t n)
{
	uint64_t value = 0;
	for (size_t i = 0; i < n; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

static void put_little(unsigned char *p, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t turn(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

uint32_t gx_hdf5_lookup3(const unsigned char *bytes, size_t n)
{
	uint32_t w[3];
	w[0] = w[1] = w[2] = UINT32_C(0xdeadbeef) + (uint32_t)n;
	if (n == 0)
		return w[2];
	for (; n > 12; bytes += 12, n -= 12) {
		static const unsigned by[6] = { 4, 6, 8, 16, 19, 4 };
		for (int i = 0; i < 3; i++)
			w[i] += (uint32_t)little(bytes + 4 * i, 4);
		for (int i = 0; i < 6; i++) {
			uint32_t *a = &w[i % 3], *b = &w[(i + 1) % 3], *c = &w[(i + 2) % 3];
			*a = (*a - *c) ^ turn(*c, by[i]);
			*c += *b;
		}
	}
	unsigned char last[12] = { 0 };
	memcpy(last, bytes, n);
	for (int i = 0; i < 3; i++)
		w[i] += (uint32_t)little(last + 4 * i, 4);
	static const unsigned by[7] = { 14, 11, 25, 16, 4, 14, 24 };
	for (int i = 0; i < 7; i++) {
		uint32_t *c = &w[(i + 2) % 3], *b = &w[(i + 1) % 3];
		*c = (*c ^ *b) - turn(*b, by[i]);
	}
	return w[2];
}

/* Whether a block ends in the checksum of what stands before it. */
static bool is_sound(const unsigned char *block, size_t n)
{
	return n > SUM && gx_hdf5_lookup3(block, n - SUM) == little(block + n - SUM, SUM);
}

static void sum_anew(unsigned char *block, size_t n)
{
	put_little(block + n - SUM, SUM, gx_hdf5_lookup3(block, n - SUM));
}

/* Bytes of the file, to be freed; NULL where they are not there. */
static unsigned char *take(struct gx_hdf5_bytes *bytes, uint64_t address, size_t n)
{
	if (n == 0 || address > bytes->size || n > bytes->size - address)
		return NULL;
	unsigned char *block = gx_allocate(n, 1);
	if (gx_hdf5_bytes_read(bytes, address, n, block))
		return block;
	free(block);
	return NULL;
}

/* ---- the index ---- */

/* A fixed array of chunks with filters, and what its entries are to become. */
struct fixed_array {
	uint64_t header; /* address in the file */
	uint64_t block;	 /* the same of its data block */
	uint64_t nentry;
	unsigned page_bits;
	size_t now, then; /* bytes of an entry: address, size of the chunk, filter mask */
};

enum { ARRAY_HEADER = 28, ARRAY_ENTRY = 6, ADDRESS = 8, MASK = 4 };

/* Entries of the new size; false where one does not fit the old size. */
static bool shrink(const struct fixed_array *a, const unsigned char *from, uint64_t n,
		   unsigned char *to)
{
	size_t size = a->then - ADDRESS - MASK;
	for (uint64_t i = 0; i < n; i++, from += a->now, to += a->then) {
		uint64_t nbyte = little(from + ADDRESS, NEW_SIZE);
		if (size < NEW_SIZE && nbyte >> 8 * size)
			return false;
		memmove(to, from, ADDRESS);
		put_little(to + ADDRESS, size, nbyte);
		memmove(to + ADDRESS + size, from + ADDRESS + NEW_SIZE, MASK);
	}
	return true;
}

/* The data block: all entries, or, where there are many, a mark for each page, and the pages. */
static bool shrink_block(struct gx_hdf5_bytes *bytes, uint64_t base, const struct fixed_array *a)
{
	enum { PREFIX = 14 };
	uint64_t page = UINT64_C(1) << a->page_bits, npage = 0;
	size_t prefix = PREFIX;
	if (a->nentry > page) {
		npage = (a->nentry + page - 1) / page;
		prefix += (size_t)((npage + 7) / 8) + SUM;
	}
	uint64_t n = prefix + a->nentry * a->now + (npage ? npage : 1) * SUM;
	unsigned char *block = n <= INDEX_MAX ? take(bytes, base + a->block, (size_t)n) : NULL;
	if (!block || memcmp(block, "FADB", 4) != 0 || (npage && !is_sound(block, prefix))) {
		free(block);
		return false;
	}
	const unsigned char *from = block + prefix;
	unsigned char *to = block + prefix;
	bool good = true;
	for (uint64_t i = 0, k; i < a->nentry && good; i += k) {
		k = npage && a->nentry - i > page ? page : a->nentry - i;
		/* The sum of the one block is over its prefix as well. */
		unsigned char *start = npage ? to : block;
		const unsigned char *was = npage ? from : block;
		from += k * a->now + SUM;
		bool sound = is_sound(was, (size_t)(from - was));
		good = shrink(a, from - k * a->now - SUM, k, to);
		to += k * a->then + SUM;
		sum_anew(start, (size_t)(to - start));
		/*
		 * A wrong sum stays wrong, for the library to refuse. A page that was never written
		 * has none, and is not read either.
		 */
		to[-1] ^= !sound;
	}
	if (good)
		gx_hdf5_bytes_patch(bytes, base + a->block, (size_t)(to - block), block);
	free(block);
	return good;
}

static bool shrink_array(struct gx_hdf5_bytes *bytes, uint64_t base, struct fixed_array *a)
{
	unsigned char *header = take(bytes, base + a->header, ARRAY_HEADER);
	bool good = header && memcmp(header, "FAHD", 4) == 0 && is_sound(header, ARRAY_HEADER);
	if (good) {
		a->now = header[ARRAY_ENTRY];
		a->page_bits = header[7];
		a->nentry = little(header + 8, 8);
		a->block = little(header + 16, 8);
		good = a->now == ADDRESS + NEW_SIZE + MASK && a->page_bits < 32 && a->nentry &&
		       a->nentry < INDEX_MAX &&
		       /* Nothing was ever written where it has no address. */
		       (a->block == UINT64_MAX || shrink_block(bytes, base, a));
	}
	if (good) {
		header[ARRAY_ENTRY] = (unsigned char)a->then;
		sum_anew(header, ARRAY_HEADER);
		gx_hdf5_bytes_patch(bytes, base + a->header, ARRAY_HEADER, header);
	}
	free(header);
	return good;
}

/* Bytes that version 4 takes for the size of a chunk of n bytes: one more than it needs. */
static size_t old_size(uint64_t n)
{
	unsigned log2 = n ? 63 - (unsigned)__builtin_clzll(n) : 0;
	size_t size = 1 + (log2 + 8) / 8;
	return size < NEW_SIZE ? size : NEW_SIZE;
}

/* ---- the layout message ---- */

/*
 * version 5, class, flags, dimensions, bytes of one, the dimensions of a chunk (the last is the
 * bytes of a value), kind of the index, and what that needs. False: it is another, or cannot be.
 */
static bool mend_layout(struct gx_hdf5_bytes *bytes, uint64_t base, unsigned char *m, size_t n,
			bool has_filters)
{
	enum { HEAD = 5 };
	if (n < HEAD || m[0] != 5 || m[1] != CHUNKED)
		return false;
	size_t ndim = m[3], width = m[4], at = HEAD + ndim * width;
	uint64_t nbyte = 1;
	if (ndim < 2 || width == 0 || width > 8 || at + 2 + ADDRESS > n)
		return false;
	for (size_t k = 0; k < ndim; k++)
		if (__builtin_mul_overflow(nbyte, little(m + HEAD + k * width, width), &nbyte))
			return false;
	int kind = m[at];
	if (has_filters && kind == FIXED_ARRAY) {
		struct fixed_array a = { .header = little(m + at + 2, ADDRESS),
					 .then = ADDRESS + old_size(nbyte) + MASK };
		if (a.header != UINT64_MAX && !shrink_array(bytes, base, &a))
			return false;
	} else if (has_filters && kind != SINGLE_CHUNK && kind != IMPLICIT) {
		return false;
	}
	m[0] = 4;
	return true;
}

/* ---- the header of an object ---- */

/* A block of messages: where they begin and end in it. */
struct block {
	uint64_t address, n;
	size_t from;
};

/* The first block of a header; false where there is none of version 2. */
static bool first_block(struct gx_hdf5_bytes *bytes, uint64_t at, struct block *b, bool *ordered)
{
	enum { FLAGS = 5, LEAST = 7, TIMES = 16, PHASES = 4 };
	unsigned char head[LEAST + TIMES + PHASES + 8];
	if (!gx_hdf5_bytes_read(bytes, at, sizeof head, head) || memcmp(head, "OHDR", 4) != 0 ||
	    head[4] != 2)
		return false;
	unsigned flags = head[FLAGS];
	size_t p = FLAGS + 1, width = (size_t)1 << (flags & 3);
	p += flags & 0x20 ? TIMES : 0;
	p += flags & 0x10 ? PHASES : 0;
	*ordered = flags & 4;
	b->from = p + width;
	b->address = at;
	uint64_t nmessage = little(head + p, width);
	if (nmessage > BLOCK_MAX)
		return false;
	b->n = b->from + nmessage + SUM;
	return true;
}

/* The messages of the blocks of one header. */
struct header {
	struct gx_hdf5_bytes *bytes;
	uint64_t base;
	bool ordered; /* each message has the order in which it was made */
	struct block block[BLOCKS_MAX];
	size_t nblock;
	unsigned char *layout; /* the message, in the block that is looked at; NULL */
	size_t nlayout;
	bool has_filters;
};

/* Looks at the messages of a block; notes the blocks that it leads to. */
static void look_at(struct header *h, const struct block *b, unsigned char *text)
{
	enum { FILTERS = 11 };
	size_t head = h->ordered ? 6 : 4, end = (size_t)b->n - SUM;
	for (size_t at = b->from, n; at + head <= end; at += head + n) {
		int kind = text[at];
		n = (size_t)little(text + at + 1, 2);
		unsigned char *m = text + at + head;
		if (n > end - at - head)
			return;
		if (kind == LAYOUT) {
			h->layout = m;
			h->nlayout = n;
		} else if (kind == FILTERS) {
			h->has_filters = true;
		} else if (kind == CONTINUATION && n >= 16 && h->nblock < BLOCKS_MAX) {
			struct block next = { .address = h->base + little(m, 8),
					      .n = little(m + 8, 8),
					      .from = 4 };
			if (next.n > SUM + 4 && next.n <= BLOCK_MAX)
				h->block[h->nblock++] = next;
		}
	}
}

void gx_hdf5_modernise(struct gx_hdf5_bytes *bytes, uint64_t address)
{
	struct header h = { .bytes = bytes, .base = bytes->base, .nblock = 1 };
	unsigned char *found = NULL;
	struct block where = { 0 };
	size_t nlayout = 0;
	if (address > bytes->size || !first_block(bytes, h.base + address, &h.block[0], &h.ordered))
		return;
	/* Whether there are filters may stand behind the layout. */
	for (size_t i = 0; i < h.nblock; i++) {
		struct block b = h.block[i];
		unsigned char *text = take(bytes, b.address, (size_t)b.n);
		h.layout = NULL;
		if (text && is_sound(text, (size_t)b.n))
			look_at(&h, &b, text);
		if (h.layout && !found) {
			found = text;
			where = b;
			where.from = (size_t)(h.layout - text); /* the message */
			nlayout = h.nlayout;
		} else {
			free(text);
		}
	}
	if (found && mend_layout(bytes, h.base, found + where.from, nlayout, h.has_filters)) {
		sum_anew(found, (size_t)where.n);
		gx_hdf5_bytes_patch(bytes, where.address, (size_t)where.n, found);
	}
	free(found);
}
