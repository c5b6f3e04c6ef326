/* SPDX-License-Identifier: MIT */
#include "hdf5/filters.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/memory.h"
#include "base/message.h"

/* ---- what a thread keeps ---- */

enum {
	KEPT = 16 << 20, /* bytes of scratch that a thread keeps; more is for one chunk alone */
	SCRATCHES = 2,	 /* one to read from, one to write to */
};

struct tools {
	struct libdeflate_decompressor *inflater;
	ZSTD_DCtx *zstd;
	unsigned char *scratch[SCRATCHES];
	size_t room[SCRATCHES];
};

static pthread_key_t tools_key;
static pthread_once_t tools_once = PTHREAD_ONCE_INIT;

static void free_tools(void *memory)
{
	struct tools *tools = memory;
	libdeflate_free_decompressor(tools->inflater);
	ZSTD_freeDCtx(tools->zstd);
	for (int i = 0; i < SCRATCHES; i++)
		free(tools->scratch[i]);
	free(tools);
}

static void make_key(void)
{
	if (pthread_key_create(&tools_key, free_tools) != 0)
		gx_die(GX_EXIT_IO, "no memory for a thread");
}

static struct tools *take_tools(void)
{
	pthread_once(&tools_once, make_key);
	struct tools *tools = pthread_getspecific(tools_key);
	if (!tools) {
		tools = gx_allocate_zeroed(1, sizeof *tools);
		if (pthread_setspecific(tools_key, tools) != 0)
			gx_die(GX_EXIT_IO, "no memory for a thread");
	}
	return tools;
}

static unsigned char *take_scratch(struct tools *tools, int which, size_t n)
{
	if (tools->room[which] < n) {
		free(tools->scratch[which]);
		tools->scratch[which] = gx_allocate(n, 1);
		tools->room[which] = n;
	}
	return tools->scratch[which];
}

static void drop_large(struct tools *tools)
{
	for (int i = 0; i < SCRATCHES; i++) {
		if (tools->room[i] <= KEPT)
			continue;
		free(tools->scratch[i]);
		tools->scratch[i] = NULL;
		tools->room[i] = 0;
	}
}

/* ---- deflate, zstd ---- */

/* Both return the bytes that came, at most nout; 0: damaged. */

static size_t inflate(struct tools *tools, const unsigned char *in, size_t n, unsigned char *out,
		      size_t nout)
{
	if (!tools->inflater)
		tools->inflater = libdeflate_alloc_decompressor();
	if (!tools->inflater)
		gx_die(GX_EXIT_IO, "out of memory: an inflater was asked for");
	size_t got;
	return libdeflate_zlib_decompress(tools->inflater, in, n, out, nout, &got) ==
			       LIBDEFLATE_SUCCESS ?
		       got :
		       0;
}

static size_t unzstd(struct tools *tools, const unsigned char *in, size_t n, unsigned char *out,
		     size_t nout)
{
	if (!tools->zstd)
		tools->zstd = ZSTD_createDCtx();
	if (!tools->zstd)
		gx_die(GX_EXIT_IO, "out of memory: a decoder of zstd was asked for");
	size_t got = ZSTD_decompressDCtx(tools->zstd, out, nout, in, n);
	return ZSTD_isError(got) ? 0 : got;
}

/* ---- lzf ---- */

/*
 * A stream of instructions. A byte below 32: that many and one more bytes follow as they are.
 * Else its three high bits are a length less 2, to which a further byte is added where they are
 * all set; its five low bits and the next byte are a distance less 1, to bytes that are there.
 */
size_t gx_hdf5_unlzf(const unsigned char *stored, size_t n, unsigned char *out, size_t nout)
{
	const unsigned char *p = stored, *end = stored + n;
	size_t done = 0;
	while (p < end) {
		size_t code = *p++, length;
		if (code < 32) {
			length = code + 1;
			if (length > (size_t)(end - p) || length > nout - done)
				return 0;
			memcpy(out + done, p, length);
			p += length;
			done += length;
			continue;
		}
		length = code >> 5;
		if (length == 7) {
			if (p == end)
				return 0;
			length += *p++;
		}
		length += 2;
		if (p == end)
			return 0;
		size_t distance = ((code & 31) << 8 | *p++) + 1;
		if (distance > done || length > nout - done)
			return 0;
		const unsigned char *from = out + done - distance;
		unsigned char *to = out + done;
		if (distance >= length)
			memcpy(to, from, length);
		else /* it goes on with what it has just written */
			for (size_t i = 0; i < length; i++)
				to[i] = from[i];
		done += length;
	}
	return done;
}

/* ---- shuffle ---- */

/*
 * Elements first .. n - 1, of any size: byte b of element i lies at in[b * n + i]. A square of
 * elements at a time, so that the lines of all planes stay in the cache.
 */
static void unshuffle_any(const unsigned char *in, size_t first, size_t n, size_t size,
			  unsigned char *out)
{
	enum { SQUARE = 64 };
	for (size_t at = first; at < n; at += SQUARE) {
		size_t end = n - at < SQUARE ? n : at + SQUARE;
		for (size_t b = 0; b < size; b++)
			for (size_t i = at; i < end; i++)
				out[i * size + b] = in[b * n + i];
	}
}

#ifdef __SSE2__
enum { LANE = 16 };

static __m128i load(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/*
 * Sixteen elements of 2, 4 or 8 bytes. Bytes of two planes are put beside each other, those of
 * the lower half and those of the upper one; then pairs of such pairs, until elements are whole.
 */
static inline __attribute__((always_inline)) void unshuffle_lane(const unsigned char *in, size_t n,
								 size_t size, unsigned char *out)
{
	__m128i a[8], b[8];
	for (size_t k = 0; k < size; k++)
		a[k] = load(in + k * n);
	for (size_t half = size / 2, wide = 1; half; half /= 2, wide *= 2) {
		/* a[k * wide + w]: w counts the pieces of the lane, k the planes. */
		for (size_t k = 0; k < half; k++)
			for (size_t w = 0; w < wide; w++) {
				__m128i x = a[k * wide + w], y = a[(k + half) * wide + w];
				b[(k * wide + w) * 2] = _mm_unpacklo_epi8(x, y);
				b[(k * wide + w) * 2 + 1] = _mm_unpackhi_epi8(x, y);
			}
		memcpy(a, b, size * sizeof *a);
	}
	for (size_t k = 0; k < size; k++)
		_mm_storeu_si128((__m128i *)(void *)(out + k * LANE), a[k]);
}
#endif

/* Does all whole lanes of n elements; returns how many elements that were. */
static size_t unshuffle_lanes(const unsigned char *in, size_t n, size_t size, unsigned char *out)
{
	size_t done = 0;
#ifdef __SSE2__
#define LANES(constant)                                                           \
	for (; done + LANE <= n; done += LANE)                                    \
		unshuffle_lane(in + done, n, constant, out + done * (constant));
	if (size == 2) {
		LANES(2)
	} else if (size == 4) {
		LANES(4)
	} else if (size == 8) {
		LANES(8)
	}
#else
	(void)in, (void)n, (void)size, (void)out;
#endif
	return done;
}

/* Bytes that make no whole element stand at the end, as they were. */
static void unshuffle(const unsigned char *in, size_t nbyte, size_t size, unsigned char *out)
{
	size_t n = nbyte / size, whole = n * size;
	unshuffle_any(in, unshuffle_lanes(in, n, size, out), n, size, out);
	memcpy(out + whole, in + whole, nbyte - whole);
}

/* ---- fletcher32 ---- */

/* A sum of 16-bit words whose carries were added again: 0 of zeros alone, else 1 to 65535. */
static uint32_t carry(uint64_t sum)
{
	return sum ? (uint32_t)((sum - 1) % 65535 + 1) : 0;
}

/*
 * The checksum of n bytes, as words of the machine's order: sum of the words in the low half, sum
 * of those sums in the high one. To exchange the bytes of all words exchanges those of the halves.
 */
static uint32_t fletcher32(const unsigned char *byte, size_t n)
{
	enum { BLOCK = 256 }; /* words: of more, 32 bits would not hold their sums */
	uint64_t sum = 0, sums = 0;
	size_t nword = n / 2;
	for (; nword >= BLOCK; nword -= BLOCK, byte += 2 * BLOCK) {
		uint32_t these = 0, weighted = 0;
		for (uint32_t i = 0; i < BLOCK; i++) {
			uint16_t word;
			memcpy(&word, byte + 2 * i, 2);
			these += word;
			weighted += (BLOCK - i) * word;
		}
		sums = carry(sums + BLOCK * sum + weighted);
		sum = carry(sum + these);
	}
	for (; nword; nword--, byte += 2) {
		uint16_t word;
		memcpy(&word, byte, 2);
		sum += word;
		sums += sum;
	}
	if (n % 2) { /* as if a zero followed */
		const unsigned char last[2] = { byte[0], 0 };
		uint16_t word;
		memcpy(&word, last, 2);
		sum += word;
		sums += sum;
	}
	return carry(sums) << 16 | carry(sum);
}

/*
 * HDF5 makes words of two bytes with the high one first, and writes the sum with its low byte
 * first. Before 1.6.3 it took words of the machine's order, and still reads those sums: so both
 * orders are right.
 */
static bool checksum_agrees(const unsigned char *byte, size_t n)
{
	uint32_t got = fletcher32(byte, n);
	uint32_t other = (got & 0x00ff00ff) << 8 | (got >> 8 & 0x00ff00ff);
	const unsigned char *p = byte + n;
	uint32_t said = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return said == got || said == other;
}

/* ---- all of a chunk ---- */

enum { CHECKSUM = 4 }; /* bytes behind what fletcher32 summed up */

bool gx_hdf5_filter_is_ours(const struct gx_hdf5_filter *filter)
{
	switch (filter->id) {
	case GX_HDF5_SHUFFLE:
		return filter->nvalue >= 1 && filter->value[0] >= 1;
	case GX_HDF5_DEFLATE:
	case GX_HDF5_FLETCHER32:
	case GX_HDF5_LZF:
	case GX_HDF5_ZSTD:
		return true;
	default:
		return false;
	}
}

static bool compresses(const struct gx_hdf5_filter *filter)
{
	return filter->id != GX_HDF5_SHUFFLE && filter->id != GX_HDF5_FLETCHER32;
}

bool gx_hdf5_may_hold(const struct gx_hdf5_filter *filter, uint32_t nfilter, uint32_t mask,
		      uint64_t n, uint64_t nout)
{
	uint64_t most = n;
	bool exact = true;
	for (uint32_t k = nfilter; k-- > 0;) {
		if (mask >> k & 1)
			continue;
		exact &= !compresses(&filter[k]);
		if (filter[k].id == GX_HDF5_FLETCHER32 && most < CHECKSUM)
			return false;
		/* lzf: three bytes stand for 264 at most. zstd: a few bytes for any number. */
		most = filter[k].id == GX_HDF5_FLETCHER32 ? most - CHECKSUM
		       : filter[k].id == GX_HDF5_DEFLATE  ? 1032 * most + 64
		       : filter[k].id == GX_HDF5_LZF	  ? 88 * most
		       : filter[k].id == GX_HDF5_ZSTD	  ? GX_HDF5_PIECE_MAX
							  : most;
		/* Nothing that is held is larger, but for what filters put around it. */
		most = most < 2 * GX_HDF5_PIECE_MAX ? most : 2 * GX_HDF5_PIECE_MAX;
	}
	return exact ? most == nout : most >= nout;
}

/* One step: bytes of a chunk between two filters. */
struct held {
	const unsigned char *byte;
	size_t n;
};

/*
 * Undoes one filter: `most` bytes of room at out. Fletcher32 leaves the bytes where they are.
 */
static enum gx_hdf5_undone undo_one(struct tools *tools, const struct gx_hdf5_filter *filter,
				    struct held *held, unsigned char *out, size_t most)
{
	size_t n = held->n, got = 0;
	const unsigned char *in = held->byte;
	switch (filter->id) {
	case GX_HDF5_FLETCHER32:
		if (n < CHECKSUM)
			return GX_HDF5_DAMAGED;
		held->n -= CHECKSUM;
		return checksum_agrees(in, held->n) ? GX_HDF5_UNDONE : GX_HDF5_WRONG_CHECKSUM;
	case GX_HDF5_SHUFFLE:
		if (n <= most && gx_hdf5_filter_is_ours(filter)) {
			unshuffle(in, n, filter->value[0], out);
			got = n;
		}
		break;
	case GX_HDF5_DEFLATE:
		got = inflate(tools, in, n, out, most);
		break;
	case GX_HDF5_LZF:
		got = gx_hdf5_unlzf(in, n, out, most);
		break;
	case GX_HDF5_ZSTD:
		got = unzstd(tools, in, n, out, most);
		break;
	}
	*held = (struct held){ out, got };
	return got ? GX_HDF5_UNDONE : GX_HDF5_DAMAGED;
}

/* Whether one of filters 0 .. k - 1 is to be undone. */
static bool more_below(uint32_t k, uint32_t mask)
{
	return ~mask & ((UINT32_C(1) << k) - 1);
}

enum gx_hdf5_undone gx_hdf5_undo(const struct gx_hdf5_filter *filter, uint32_t nfilter,
				 uint32_t mask, const unsigned char *stored, size_t n,
				 unsigned char *out, size_t nout)
{
	if (!gx_hdf5_may_hold(filter, nfilter, mask, n, nout))
		return GX_HDF5_DAMAGED;
	struct tools *tools = take_tools();
	struct held held = { stored, n };
	enum gx_hdf5_undone undone = GX_HDF5_UNDONE;
	int turn = 0;
	/* What lies between two filters is a little more than the values, where they do not shrink. */
	size_t between = nout + nout / 8 + 1024;
	for (uint32_t k = nfilter; k-- > 0 && undone == GX_HDF5_UNDONE;) {
		if (mask >> k & 1)
			continue;
		unsigned char *to = NULL;
		if (filter[k].id != GX_HDF5_FLETCHER32 && more_below(k, mask))
			to = take_scratch(tools, turn++ % SCRATCHES, between);
		undone = undo_one(tools, &filter[k], &held, to ? to : out, to ? between : nout);
	}
	if (undone == GX_HDF5_UNDONE && held.n != nout)
		undone = GX_HDF5_DAMAGED;
	if (undone == GX_HDF5_UNDONE && held.byte != out)
		memcpy(out, held.byte, nout);
	drop_large(tools);
	return undone;
}
