/* SPDX-License-Identifier: MIT */
/*
 * Filters of HDF5, undone: chunks that h5py wrote; encoders of this test for all sizes; damage at
 * random, between pages that nobody may touch.
 */
#include "hdf5/filters.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "unit.h"

enum { MOST = 4000, PIPELINE = 4 };

/* ---- chunks of h5py ---- */

static const struct gx_hdf5_filter shuffle2 = { GX_HDF5_SHUFFLE, 1, { 2 } },
				   shuffle4 = { GX_HDF5_SHUFFLE, 1, { 4 } },
				   shuffle8 = { GX_HDF5_SHUFFLE, 1, { 8 } },
				   fletcher = { GX_HDF5_FLETCHER32, 0, { 0 } },
				   deflated = { GX_HDF5_DEFLATE, 1, { 4 } },
				   lzf = { GX_HDF5_LZF, 3, { 4, 261, 240 } },
				   zstd = { GX_HDF5_ZSTD, 1, { 3 } };

static void check_known(const char *what, const struct gx_hdf5_filter *filter, uint32_t nfilter,
			const unsigned char *stored, size_t n, const void *want, size_t nwant)
{
	struct unit_fence in = unit_fence_make(n), out = unit_fence_make(nwant);
	unsigned char *from = unit_place(&in, n, true), *to = unit_place(&out, nwant, true);
	memcpy(from, stored, n);
	unit_equal(gx_hdf5_undo(filter, nfilter, 0, from, n, to, nwant), GX_HDF5_UNDONE, "%s",
		   what);
	unit_bytes(to, want, nwant, "%s", what);
	unit_fence_free(&in);
	unit_fence_free(&out);
}

static void test_shuffle_known(void)
{
	static const unsigned char four[] = { 0x00, 0xb1, 0x62, 0x13, 0xc4, 0x00, 0x79,
					      0xf3, 0x6d, 0xe6, 0x00, 0x37, 0x6e, 0xa6,
					      0xdd, 0x00, 0x9e, 0x3c, 0xda, 0x78 };
	uint32_t want[5];
	for (uint32_t i = 0; i < 5; i++)
		want[i] = i * UINT32_C(2654435761);
	check_known("shuffle of 4", &shuffle4, 1, four, sizeof four, want, sizeof want);
	static const unsigned char eight[] = { 0x00, 0x00, 0x9c, 0x00, 0x00, 0x75, 0x00,
					       0x00, 0x00, 0x00, 0x00, 0x88, 0x00, 0x00,
					       0x3c, 0x00, 0x00, 0xe4, 0xf8, 0x00, 0x37,
					       0x3f, 0xc0, 0x7e, 0xa0, 0xc9, 0xe2, 0x02 };
	static const double three[] = { 1.5, -2, 1e300 };
	const struct gx_hdf5_filter both[] = { shuffle8, fletcher };
	check_known("shuffle of 8, fletcher32", both, 2, eight, sizeof eight, three, sizeof three);
	unit_report("shuffled chunks of h5py");
}

static void test_fletcher32_known(void)
{
	static const unsigned char odd[] = { 0x01, 0x02, 0x03, 0xff, 0xfe, 0xc8,
					     0x07, 0xca, 0x0a, 0x97, 0x14 };
	unsigned char ones[12], zeros[10] = { 0 };
	memset(ones, 0xff, sizeof ones);
	check_known("odd", &fletcher, 1, odd, sizeof odd, odd, sizeof odd - 4);
	check_known("ones", &fletcher, 1, ones, sizeof ones, ones, sizeof ones - 4);
	check_known("zeros", &fletcher, 1, zeros, sizeof zeros, zeros, sizeof zeros - 4);
	unsigned char out[sizeof odd], changed[sizeof odd];
	for (size_t i = 0; i < sizeof odd; i++) {
		memcpy(changed, odd, sizeof odd);
		changed[i] ^= 0x10;
		unit_equal(gx_hdf5_undo(&fletcher, 1, 0, changed, sizeof odd, out, sizeof odd - 4),
			   GX_HDF5_WRONG_CHECKSUM, "byte %zu changed", i);
	}
	/* What libraries before 1.6.3 wrote: the bytes of both halves exchanged. */
	memcpy(changed, odd, sizeof odd);
	changed[7] = odd[8], changed[8] = odd[7], changed[9] = odd[10], changed[10] = odd[9];
	check_known("old", &fletcher, 1, changed, sizeof odd, odd, sizeof odd - 4);
	unit_report("checksums of h5py, and those that are wrong");
}

static void test_lzf_known(void)
{
	static const unsigned char stored[] = { 0x03, 0x61, 0x62, 0x63, 0x61, 0xe0, 0x05, 0x02,
						0x03, 0x78, 0x79, 0x7a, 0x61, 0xe0, 0xff, 0x00,
						0xe0, 0x18, 0x00, 0x01, 0x61, 0x61 };
	char want[321];
	memset(want, 'a', sizeof want);
	memcpy(want, "abcabcabcabcabcabcxyz", 21);
	check_known("lzf", &lzf, 1, stored, sizeof stored, want, sizeof want);
	for (size_t n = 1; n < sizeof stored; n++)
		unit_check(gx_hdf5_unlzf(stored, n, (unsigned char *)want, sizeof want) <
				   sizeof want,
			   "%zu bytes of it", n);
	/* A distance to before the beginning; a length beyond the end. */
	static const unsigned char before[] = { 0x00, 0x61, 0x20, 0x01 };
	unit_equal(gx_hdf5_unlzf(before, 4, (unsigned char *)want, sizeof want), 0, "before");
	unit_equal(gx_hdf5_unlzf(stored, sizeof stored, (unsigned char *)want, 320), 0, "beyond");
	unit_report("lzf of h5py, cut off and damaged");
}

static void test_pipeline_known(void)
{
	static const unsigned char stored[] = {
		0x78, 0x5e, 0x8d, 0xc1, 0x87, 0x01, 0x00, 0x30, 0x08, 0x02, 0x30, 0x14,
		0x17, 0xfa, 0xff, 0xbf, 0x7d, 0xa1, 0x09, 0x00, 0x33, 0x73, 0x77, 0x92,
		0x11, 0x91, 0x99, 0x55, 0xd5, 0xdd, 0x33, 0x23, 0x69, 0x77, 0xef, 0x0e,
		0x1f, 0x1e, 0x25, 0x68, 0x00, 0xc7, 0x84, 0x60, 0xf5, 0x80
	};
	unsigned char want[72] = { 0 };
	for (size_t i = 0; i < 36; i++)
		want[2 * i] = (unsigned char)(i / 3);
	const struct gx_hdf5_filter all[] = { shuffle2, deflated, fletcher };
	check_known("shuffle, deflate, fletcher32", all, 3, stored, sizeof stored, want,
		    sizeof want);
	unsigned char out[73];
	unit_equal(gx_hdf5_undo(all, 3, 0, stored, sizeof stored, out, 71), GX_HDF5_DAMAGED,
		   "a byte too much");
	unit_equal(gx_hdf5_undo(all, 3, 0, stored, sizeof stored, out, 73), GX_HDF5_DAMAGED,
		   "a byte too few");
	unit_report("shuffle, deflate and fletcher32 of h5py; neither more nor fewer bytes");
}

/* ---- own encoders ---- */

static void encode_shuffle(unsigned char *byte, size_t n, size_t size)
{
	unsigned char out[2 * MOST];
	size_t count = n / size;
	for (size_t i = 0; i < count; i++)
		for (size_t b = 0; b < size; b++)
			out[b * count + i] = byte[i * size + b];
	memcpy(byte, out, count * size);
}

/* As the format says it: word by word, folded at once. */
static size_t encode_fletcher32(unsigned char *byte, size_t n)
{
	uint32_t sum = 0, sums = 0;
	for (size_t i = 0; i < n; i += 2) {
		sum += (uint32_t)byte[i] << 8 | (i + 1 < n ? byte[i + 1] : 0);
		sum = (sum & 0xffff) + (sum >> 16);
		sums += sum;
		sums = (sums & 0xffff) + (sums >> 16);
	}
	sum = (sum & 0xffff) + (sum >> 16);
	sums = (sums & 0xffff) + (sums >> 16);
	byte[n] = (unsigned char)sum;
	byte[n + 1] = (unsigned char)(sum >> 8);
	byte[n + 2] = (unsigned char)sums;
	byte[n + 3] = (unsigned char)(sums >> 8);
	return n + 4;
}

/* Literals, and runs of what came just before. */
static size_t encode_lzf(unsigned char *byte, size_t n)
{
	unsigned char out[2 * MOST];
	size_t done = 0;
	for (size_t i = 0; i < n;) {
		size_t run = 0;
		while (i > 0 && i + run < n && run < 264 && byte[i + run] == byte[i - 1])
			run++;
		if (run >= 3) {
			size_t code = run - 2;
			out[done++] = (unsigned char)((code < 7 ? code : 7) << 5);
			if (code >= 7)
				out[done++] = (unsigned char)(code - 7);
			out[done++] = 0;
			i += run;
			continue;
		}
		out[done++] = 0;
		out[done++] = byte[i++];
	}
	memcpy(byte, out, done);
	return done;
}

static size_t encode(const struct gx_hdf5_filter *filter, unsigned char *byte, size_t n)
{
	unsigned char out[4 * MOST];
	uLongf room = sizeof out;
	size_t got = n;
	switch (filter->id) {
	case GX_HDF5_SHUFFLE:
		encode_shuffle(byte, n, filter->value[0]);
		return n;
	case GX_HDF5_FLETCHER32:
		return encode_fletcher32(byte, n);
	case GX_HDF5_LZF:
		return encode_lzf(byte, n);
	case GX_HDF5_DEFLATE:
		compress2(out, &room, byte, n, 1);
		got = room;
		break;
	default:
		got = ZSTD_compress(out, sizeof out, byte, n, 1);
	}
	memcpy(byte, out, got);
	return got;
}

/* Values with repetitions, and some that are all alike. */
static void draw_bytes(unsigned char *byte, size_t n)
{
	uint64_t kind = unit_draw_below(4);
	for (size_t i = 0; i < n; i++)
		byte[i] = (unsigned char)(kind == 0   ? unit_draw()
					  : kind == 1 ? i / 40
					  : kind == 2 ? unit_draw_below(3)
						      : 0);
}

struct chunk {
	struct gx_hdf5_filter filter[PIPELINE];
	uint32_t nfilter, mask;
	unsigned char want[MOST], stored[4 * MOST];
	size_t nwant, n;
};

/* A chunk of any filters, of which some were left out. */
static void draw_chunk(struct chunk *chunk, size_t nwant)
{
	static const unsigned sizes[] = { 1, 2, 3, 4, 7, 8, 16 };
	const struct gx_hdf5_filter *const kinds[] = { &shuffle2, &fletcher, &lzf, &deflated,
						       &zstd };
	chunk->nwant = chunk->n = nwant;
	chunk->nfilter = (uint32_t)unit_draw_below(PIPELINE + 1);
	chunk->mask = 0;
	draw_bytes(chunk->want, nwant);
	memcpy(chunk->stored, chunk->want, nwant);
	for (uint32_t k = 0; k < chunk->nfilter; k++) {
		struct gx_hdf5_filter *filter = &chunk->filter[k];
		*filter = *kinds[unit_draw_below(5)];
		if (filter->id == GX_HDF5_SHUFFLE)
			filter->value[0] = sizes[unit_draw_below(7)];
		/* lzf that does not shrink is left out, as h5py does. */
		unsigned char before[4 * MOST];
		size_t n = chunk->n;
		memcpy(before, chunk->stored, n);
		if (unit_draw_below(5) > 0)
			chunk->n = encode(filter, chunk->stored, n);
		else
			chunk->mask |= UINT32_C(1) << k;
		if (chunk->n > n + n / 8 + 100 || chunk->n > MOST) {
			memcpy(chunk->stored, before, n);
			chunk->n = n;
			chunk->mask |= UINT32_C(1) << k;
		}
	}
}

static enum gx_hdf5_undone undo(const struct chunk *chunk, const struct unit_fence *in,
				const struct unit_fence *out, bool at_end)
{
	unsigned char *from = unit_place(in, chunk->n, !at_end);
	unsigned char *to = unit_place(out, chunk->nwant, at_end);
	memcpy(from, chunk->stored, chunk->n);
	enum gx_hdf5_undone undone = gx_hdf5_undo(chunk->filter, chunk->nfilter, chunk->mask, from,
						  chunk->n, to, chunk->nwant);
	if (undone == GX_HDF5_UNDONE)
		memcpy(from = out->first, to, chunk->nwant);
	return undone;
}

static void test_round_trips(void)
{
	static struct chunk chunk;
	struct unit_fence in = unit_fence_make(4 * MOST), out = unit_fence_make(MOST);
	for (int i = 0; i < 6000; i++) {
		/* All small sizes, then any. */
		draw_chunk(&chunk, i < 3000 ? 1 + (size_t)i % 300 : 1 + unit_draw_below(MOST / 2));
		enum gx_hdf5_undone undone = undo(&chunk, &in, &out, i % 2);
		unit_equal(undone, GX_HDF5_UNDONE, "chunk %d of %zu bytes, %u filters, first %u", i,
			   chunk.nwant, chunk.nfilter, chunk.nfilter ? chunk.filter[0].id : 0);
		if (undone == GX_HDF5_UNDONE)
			unit_bytes(unit_place(&out, chunk.nwant, false), chunk.want, chunk.nwant,
				   "chunk %d", i);
	}
	unit_fence_free(&in);
	unit_fence_free(&out);
	unit_report("any filters, any of them left out, all small sizes");
}

static void test_damage(void)
{
	static struct chunk chunk;
	struct unit_fence in = unit_fence_make(4 * MOST), out = unit_fence_make(MOST);
	size_t refused = 0, wrong = 0;
	for (int i = 0; i < 6000; i++) {
		draw_chunk(&chunk, 1 + unit_draw_below(600));
		for (uint64_t k = 1 + unit_draw_below(8); k && chunk.n; k--)
			chunk.stored[unit_draw_below(chunk.n)] = (unsigned char)unit_draw();
		if (unit_draw_below(3) == 0)
			chunk.n = 1 + unit_draw_below(chunk.n);
		if (unit_draw_below(3) == 0)
			chunk.nwant = 1 + unit_draw_below(MOST);
		enum gx_hdf5_undone undone = undo(&chunk, &in, &out, i % 2);
		refused += undone == GX_HDF5_DAMAGED;
		wrong += undone == GX_HDF5_WRONG_CHECKSUM;
	}
	unit_check(refused > 1000 && wrong > 100, "%zu refused, %zu wrong checksums", refused,
		   wrong);
	unit_fence_free(&in);
	unit_fence_free(&out);
	unit_report("damage writes nothing beyond");
}

static void test_claims(void)
{
	const struct gx_hdf5_filter two[] = { shuffle4, deflated };
	unit_check(gx_hdf5_may_hold(two, 2, 0, 100, 1032 * 100 + 64), "1032 bytes for one");
	unit_check(!gx_hdf5_may_hold(two, 2, 0, 100, 1032 * 100 + 65), "a byte more");
	unit_check(gx_hdf5_may_hold(two, 2, 2, 100, 100), "deflate was left out");
	unit_check(!gx_hdf5_may_hold(two, 2, 2, 100, 101), "the size is known then");
	unit_check(!gx_hdf5_may_hold(&fletcher, 1, 0, 3, 1), "no room for a checksum");
	unit_check(gx_hdf5_filter_is_ours(&shuffle8) && gx_hdf5_filter_is_ours(&zstd), "ours");
	static const struct gx_hdf5_filter others[] = { { .id = GX_HDF5_BLOSC },
							{ .id = GX_HDF5_SZIP },
							{ .id = GX_HDF5_SHUFFLE } };
	for (size_t i = 0; i < 3; i++)
		unit_check(!gx_hdf5_filter_is_ours(&others[i]), "filter %u", others[i].id);
	unit_report("what a chunk may claim, and which filters are undone here");
}

int main(void)
{
	test_shuffle_known();
	test_fletcher32_known();
	test_lzf_known();
	test_pipeline_known();
	test_round_trips();
	test_damage();
	test_claims();
	return unit_end();
}
