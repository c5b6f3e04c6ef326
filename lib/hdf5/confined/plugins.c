/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/plugins.h"

#include <blosc.h>
#include <bzlib.h>
#include <hdf5.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "hdf5/filters.h"

/*
 * libblosc calls snappy, a library in C++ that hardly a file needs: to these it says so. A shared
 * libblosc has its own.
 */
#pragma GCC visibility push(hidden)
int snappy_compress(const char *from, size_t n, char *to, size_t *room);
size_t snappy_max_compressed_length(size_t n);
int snappy_uncompress(const char *from, size_t n, char *to, size_t *room);

int snappy_compress(const char *from, size_t n, char *to, size_t *room)
{
	(void)from, (void)n, (void)to, (void)room;
	return 1;
}

size_t snappy_max_compressed_length(size_t n)
{
	return n;
}

int snappy_uncompress(const char *from, size_t n, char *to, size_t *room)
{
	(void)from, (void)n, (void)to, (void)room;
	return 1;
}
#pragma GCC visibility pop

/* Puts `out`, n bytes in it, in the place of what was stored; 0 where out is NULL. */
static size_t replace(void *out, size_t n, size_t room, size_t *nbuffer, void **buffer)
{
	if (!out || n == 0) {
		H5free_memory(out);
		return 0;
	}
	H5free_memory(*buffer);
	*buffer = out;
	*nbuffer = room;
	return n;
}

static void *make_room(uint64_t n)
{
	return n && n <= GX_HDF5_PIECE_MAX ? H5allocate_memory((size_t)n, false) : NULL;
}

/*
 * h5py tells the size of a chunk in the third value, but not of texts of any length. Three bytes
 * stand for 264 at most.
 */
static size_t undo_lzf(unsigned flags, size_t nvalue, const unsigned value[], size_t n,
		       size_t *nbuffer, void **buffer)
{
	if (!(flags & H5Z_FLAG_REVERSE))
		return 0;
	size_t room = nvalue > 2 && value[2] ? value[2] : 88 * n;
	void *out = make_room(room);
	return replace(out, out ? gx_hdf5_unlzf(*buffer, n, out, room) : 0, room, nbuffer, buffer);
}

static size_t undo_zstd(unsigned flags, size_t nvalue, const unsigned value[], size_t n,
			size_t *nbuffer, void **buffer)
{
	(void)nvalue, (void)value;
	if (!(flags & H5Z_FLAG_REVERSE))
		return 0;
	unsigned long long room = ZSTD_getFrameContentSize(*buffer, n);
	void *out = make_room(room);
	size_t got = out ? ZSTD_decompress(out, (size_t)room, *buffer, n) : 0;
	return replace(out, ZSTD_isError(got) ? 0 : got, (size_t)room, nbuffer, buffer);
}

static size_t undo_blosc(unsigned flags, size_t nvalue, const unsigned value[], size_t n,
			 size_t *nbuffer, void **buffer)
{
	(void)nvalue, (void)value;
	size_t room = 0;
	if (!(flags & H5Z_FLAG_REVERSE) || blosc_cbuffer_validate(*buffer, n, &room) < 0)
		return 0;
	void *out = make_room(room);
	int got = out ? blosc_decompress_ctx(*buffer, out, room, 1) : 0;
	return replace(out, got < 0 ? 0 : (size_t)got, room, nbuffer, buffer);
}

/* Nothing tells how much comes: the room grows, as what comes asks for it. */
static size_t undo_bzip2(unsigned flags, size_t nvalue, const unsigned value[], size_t n,
			 size_t *nbuffer, void **buffer)
{
	(void)nvalue, (void)value;
	bz_stream stream = { .next_in = *buffer, .avail_in = (unsigned)n };
	if (!(flags & H5Z_FLAG_REVERSE) || n > UINT32_MAX ||
	    BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK)
		return 0;
	size_t room = 4 * n + 4096, have = 0;
	char *out = make_room(room);
	int status = BZ_OK;
	while (out && status == BZ_OK) {
		if (have == room) {
			char *more = make_room(2 * room);
			if (more)
				memcpy(more, out, have);
			H5free_memory(out);
			out = more;
			room *= 2;
			continue;
		}
		stream.next_out = out + have;
		stream.avail_out = (unsigned)(room - have);
		status = BZ2_bzDecompress(&stream);
		bool stuck = stream.avail_out == (unsigned)(room - have) && stream.avail_in == 0;
		have = room - stream.avail_out;
		if (status == BZ_OK && stuck)
			status = BZ_UNEXPECTED_EOF;
	}
	BZ2_bzDecompressEnd(&stream);
	return replace(out, status == BZ_STREAM_END ? have : 0, room, nbuffer, buffer);
}

void gx_hdf5_plugins_register(void)
{
	static const struct {
		unsigned id;
		const char *name;
		H5Z_func_t undo;
	} filters[] = { { GX_HDF5_LZF, "lzf", undo_lzf },
			{ GX_HDF5_ZSTD, "zstd", undo_zstd },
			{ GX_HDF5_BLOSC, "blosc", undo_blosc },
			{ GX_HDF5_BZIP2, "bzip2", undo_bzip2 } };
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		const H5Z_class2_t class = { .version = H5Z_CLASS_T_VERS,
					     .id = (H5Z_filter_t)filters[i].id,
					     .decoder_present = 1,
					     .name = filters[i].name,
					     .filter = filters[i].undo };
		/* One that cannot be registered is one that is not there, and told so. */
		H5Zregister(&class);
	}
}

const char *gx_hdf5_filter_name(unsigned id)
{
	/* Numbers and names as the HDF Group has registered them. */
	static const struct {
		unsigned id;
		const char *name;
	} known[] = {
		{ GX_HDF5_DEFLATE, "deflate" },	  { GX_HDF5_SHUFFLE, "shuffle" },
		{ GX_HDF5_FLETCHER32, "fletcher32" }, { GX_HDF5_SZIP, "szip" },
		{ GX_HDF5_NBIT, "nbit" },	  { GX_HDF5_SCALEOFFSET, "scaleoffset" },
		{ 305, "lzo" },			  { GX_HDF5_BZIP2, "bzip2" },
		{ GX_HDF5_LZF, "lzf" },		  { GX_HDF5_BLOSC, "blosc" },
		{ 32002, "mafisc" },		  { 32003, "snappy" },
		{ 32004, "lz4" },		  { 32008, "bitshuffle" },
		{ 32013, "zfp" },		  { GX_HDF5_ZSTD, "zstd" },
		{ 32017, "sz" },		  { 32018, "fcidecomp" },
		{ 32019, "jpeg" },		  { 32024, "sz3" },
		{ 32026, "blosc2" },		  { 32028, "granular bitround" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].id == id)
			return known[i].name;
	return NULL;
}
