/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/older.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Both libraries export it: lookup3 of Bob Jenkins, as it stands behind all metadata. */
uint32_t H5_checksum_metadata(const void *bytes, size_t n, uint32_t start);

enum {
	HEAD_MOST = 1 << 16,  /* bytes of the head of an object, where one is looked into */
	INDEX_MOST = 1 << 27, /* bytes of an index */
	CHECKSUM = 4,
	ADDRESS = 8,
	MASK = 4,
	NEW_ENTRY = ADDRESS + 8 + MASK, /* of a filtered chunk */
};

/* Bytes that stand in for others. */
struct patch {
	struct patch *next;
	uint64_t address;
	size_t n;
	unsigned char *bytes;
};

struct gx_hdf5_older {
	struct gx_hdf5_bytes *file;
	uint64_t base; /* where the file begins behind a user block: addresses count from there */
	struct patch *patches;
};

static uint64_t little(const unsigned char *p, size_t n)
{
	uint64_t number = 0;
	while (n-- > 0)
		number = number << 8 | p[n];
	return number;
}

static void put_little(uint64_t number, unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++, number >>= 8)
		p[i] = (unsigned char)number;
}

static bool is_undefined(uint64_t address)
{
	return address == UINT64_MAX;
}

struct gx_hdf5_older *gx_hdf5_older_open(struct gx_hdf5_bytes *bytes)
{
	enum { HEAD = 12, VERSION = 8, ADDRESS_SIZE, LENGTH_SIZE };
	unsigned char head[HEAD];
	for (uint64_t at = 0; gx_hdf5_bytes_read(bytes, at, HEAD, head); at = at ? 2 * at : 512) {
		if (memcmp(head, "\x89HDF\r\n\x1a\n", 8) != 0)
			continue;
		if (head[VERSION] < 2 || head[ADDRESS_SIZE] != 8 || head[LENGTH_SIZE] != 8)
			return NULL;
		struct gx_hdf5_older *older = gx_allocate_zeroed(1, sizeof *older);
		older->file = bytes;
		older->base = at;
		return older;
	}
	return NULL;
}

void gx_hdf5_older_free(struct gx_hdf5_older *older)
{
	while (older && older->patches) {
		struct patch *patch = older->patches;
		older->patches = patch->next;
		free(patch->bytes);
		free(patch);
	}
	free(older);
}

/* Takes the bytes, which are to be freed. */
static void add_patch(struct gx_hdf5_older *older, uint64_t address, unsigned char *bytes, size_t n)
{
	struct patch *patch = gx_allocate(1, sizeof *patch);
	*patch = (struct patch){ older->patches, address, n, bytes };
	older->patches = patch;
}

static bool has_patch(const struct gx_hdf5_older *older, uint64_t address)
{
	const struct patch *p = older->patches;
	while (p && p->address != address)
		p = p->next;
	return p != NULL;
}

static bool checksum_agrees(const unsigned char *bytes, size_t n)
{
	return H5_checksum_metadata(bytes, n, 0) == little(bytes + n, CHECKSUM);
}

static void put_checksum(unsigned char *bytes, size_t n)
{
	put_little(H5_checksum_metadata(bytes, n, 0), bytes + n, CHECKSUM);
}

/* Bytes as they are in the file, to be freed; NULL where there are not as many. */
static unsigned char *read_new(const struct gx_hdf5_older *older, uint64_t address, uint64_t n)
{
	struct gx_hdf5_bytes *file = older->file;
	if (address > file->size || n > file->size - address)
		return NULL;
	unsigned char *bytes = gx_allocate(n, 1);
	if (gx_hdf5_bytes_read(file, address, n, bytes))
		return bytes;
	free(bytes);
	return NULL;
}

/* ---- the index of a dataset that does not grow: an array of its chunks ---- */

/*
 * An array has a block of entries. A long one has them in pages, with a bit for each in front
 * that tells whether it was written; what is in front has a checksum then, and each page.
 */
struct array {
	uint64_t nentry, per_page, npage; /* npage: 0 where there are none */
	size_t front, size;		  /* bytes in front; of the size of a chunk in an old entry */
};

static uint64_t block_bytes(const struct array *a, uint64_t entry)
{
	return a->front + a->nentry * entry + CHECKSUM * (a->npage ? 1 + a->npage : 1);
}

static bool is_written(const unsigned char *block, const struct array *a, uint64_t page)
{
	const unsigned char *bits = block + a->front - (a->npage + 7) / 8;
	return bits[page / 8] & 0x80 >> page % 8;
}

/* n entries; false where the size of a chunk is more than an old one can say. */
static bool turn_entries(const struct array *a, const unsigned char *new, uint64_t n,
			 unsigned char *old)
{
	for (uint64_t i = 0; i < n; i++, new += NEW_ENTRY, old += ADDRESS + a->size + MASK) {
		uint64_t size = little(new + ADDRESS, 8);
		if (a->size < 8 && size >> 8 * a->size)
			return false;
		memcpy(old, new, ADDRESS);
		put_little(size, old + ADDRESS, a->size);
		memcpy(old + ADDRESS + a->size, new + ADDRESS + 8, MASK);
	}
	return true;
}

static bool turn_block(const struct array *a, const unsigned char *new, unsigned char *old)
{
	size_t entry = ADDRESS + a->size + MASK;
	memcpy(old, new, a->front);
	if (!a->npage) {
		size_t n = a->nentry * entry;
		if (!checksum_agrees(new, a->front + a->nentry * NEW_ENTRY) ||
		    !turn_entries(a, new + a->front, a->nentry, old + a->front))
			return false;
		put_checksum(old, a->front + n);
		return true;
	}
	if (!checksum_agrees(new, a->front))
		return false;
	put_checksum(old, a->front);
	const unsigned char *from = new + a->front + CHECKSUM;
	unsigned char *to = old + a->front + CHECKSUM;
	for (uint64_t page = 0, left = a->nentry; page < a->npage; page++) {
		uint64_t n = left < a->per_page ? left : a->per_page;
		if (is_written(new, a, page)) {
			if (!checksum_agrees(from, n * NEW_ENTRY) || !turn_entries(a, from, n, to))
				return false;
			put_checksum(to, n * entry);
		}
		from += n * NEW_ENTRY + CHECKSUM;
		to += n * entry + CHECKSUM;
		left -= n;
	}
	return true;
}

/* Both the head of the array and its block. size: bytes that an old entry has for that of a chunk. */
static bool take_array(struct gx_hdf5_older *older, uint64_t address, size_t size)
{
	enum { FILTERED = 5, ENTRY, PAGE_BITS, COUNT, BLOCK = COUNT + 8, HEAD = BLOCK + 8 };
	unsigned char *head = read_new(older, address, HEAD + CHECKSUM), *new = NULL, *old = NULL;
	bool good = head && memcmp(head, "FAHD", 5) == 0 && checksum_agrees(head, HEAD);
	if (!good || !head[FILTERED] || head[ENTRY] != NEW_ENTRY || head[PAGE_BITS] > 30) {
		good = good && !head[FILTERED];
		free(head);
		return good;
	}
	struct array a = { .nentry = little(head + COUNT, 8),
			   .per_page = UINT64_C(1) << head[PAGE_BITS],
			   .size = size };
	uint64_t block = little(head + BLOCK, 8);
	good = a.nentry <= INDEX_MOST / NEW_ENTRY;
	if (good && !is_undefined(block)) {
		a.npage = a.nentry > a.per_page ? (a.nentry - 1) / a.per_page + 1 : 0;
		a.front = 4 + 1 + 1 + ADDRESS + (a.npage + 7) / 8;
		block += older->base;
		new = read_new(older, block, block_bytes(&a, NEW_ENTRY));
		old = gx_allocate_zeroed(block_bytes(&a, ADDRESS + size + MASK), 1);
		good = new && memcmp(new, "FADB", 5) == 0 && turn_block(&a, new, old);
	}
	free(new);
	if (!good) {
		free(old);
		free(head);
		return false;
	}
	if (old)
		add_patch(older, block, old, block_bytes(&a, ADDRESS + size + MASK));
	head[ENTRY] = (unsigned char)(ADDRESS + size + MASK);
	put_checksum(head, HEAD);
	add_patch(older, address, head, HEAD + CHECKSUM);
	return true;
}

/* ---- the message ---- */

/* Bytes that version 4 has for the size of a filtered chunk, one more than the largest needs. */
static size_t size_of_size(uint64_t chunk)
{
	unsigned log2 = 0;
	while (chunk >>= 1)
		log2++;
	size_t n = 1 + (log2 + 8) / 8;
	return n < 8 ? n : 8;
}

/* Whether what stands at an address has the kind of index that no filter has changed. */
static bool is_unfiltered(const struct gx_hdf5_older *older, uint64_t address, const char *name,
			  unsigned char kind)
{
	unsigned char head[6];
	return gx_hdf5_bytes_read(older->file, address, sizeof head, head) &&
	       memcmp(head, name, 5) == 0 && head[5] == kind;
}

/* Whether the index of a message of chunks is, or has been made, one of version 4. */
static bool take_index(struct gx_hdf5_older *older, const unsigned char *message, size_t n)
{
	enum { RANK = 3, BYTES, EXTENTS };
	enum { SINGLE = 1, IMPLICIT, FIXED, EXTENSIBLE, TREE };
	size_t rank = message[RANK], width = message[BYTES], at = EXTENTS + rank * width;
	if (width == 0 || width > 8 || rank < 2 || n < at + 1)
		return false;
	uint64_t chunk = 1;
	for (size_t k = 0; k < rank; k++)
		if (__builtin_mul_overflow(chunk, little(message + EXTENTS + k * width, width),
					   &chunk))
			return false;
	int kind = message[at++];
	if (kind == SINGLE || kind == IMPLICIT)
		return true;
	at += kind == FIXED ? 1 : kind == EXTENSIBLE ? 5 : 6;
	if (n < at + ADDRESS)
		return false;
	uint64_t address = little(message + at, ADDRESS);
	if (is_undefined(address))
		return true;
	address += older->base;
	return kind == FIXED	    ? take_array(older, address, size_of_size(chunk))
	       : kind == EXTENSIBLE ? is_unfiltered(older, address, "EAHD", 0)
	       : kind == TREE	    ? is_unfiltered(older, address, "BTHD", 10)
				    : false;
}

/* The head of an object: whether it is of a dataset with a message of version 5. */
static void take_head(struct gx_hdf5_older *older, uint64_t address)
{
	enum { FLAGS = 5, START, TIMES = 0x20, PHASES = 0x10, ORDER = 4 };
	enum { LAYOUT = 8, NEW = 5, OLD = 4, CHUNKED = 2 };
	unsigned char head[START + 16 + 4 + 8];
	if (has_patch(older, address) ||
	    !gx_hdf5_bytes_read(older->file, address, sizeof head, head) ||
	    memcmp(head, "OHDR\2", 5) != 0)
		return;
	size_t width = (size_t)1 << (head[FLAGS] & 3);
	size_t at = START + (head[FLAGS] & TIMES ? 16 : 0) + (head[FLAGS] & PHASES ? 4 : 0);
	uint64_t nmessage = little(head + at, width);
	if (nmessage > HEAD_MOST)
		return;
	at += width;
	size_t end = at + nmessage, ahead = head[FLAGS] & ORDER ? 6 : 4;
	unsigned char *all = read_new(older, address, end + CHECKSUM);
	if (!all || !checksum_agrees(all, end)) {
		free(all);
		return;
	}
	while (end - at > ahead) {
		size_t n = little(all + at + 1, 2);
		unsigned char *message = all + at + ahead;
		bool is_layout = all[at] == LAYOUT;
		if (n > end - at - ahead)
			break;
		at += ahead + n;
		if (!is_layout || n < 6 || message[0] != NEW || message[1] != CHUNKED)
			continue;
		if (!take_index(older, message, n))
			break;
		message[0] = OLD;
		put_checksum(all, end);
		add_patch(older, address, all, end + CHECKSUM);
		return;
	}
	free(all);
}

void gx_hdf5_older_apply(struct gx_hdf5_older *older, uint64_t address, size_t n,
			 unsigned char *out)
{
	if (older && n > 5 && memcmp(out, "OHDR\2", 5) == 0)
		take_head(older, address);
	for (const struct patch *p = older ? older->patches : NULL; p; p = p->next) {
		uint64_t from = address > p->address ? address : p->address;
		uint64_t to = address + n < p->address + p->n ? address + n : p->address + p->n;
		if (from < to)
			memcpy(out + (from - address), p->bytes + (from - p->address), to - from);
	}
}
