/* SPDX-License-Identifier: MIT */
/*
 * The input is a chunk of an HDF5 file and the filters that it is said to have gone through. Both
 * come from a file that may be hostile, and are undone in a process that nothing confines.
 * Stored bytes and values lie in rooms of just their size, so that a sanitizer sees a step beyond.
 */
#include "hdf5/filters.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t n;
};

static unsigned take(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->at++;
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Mostly filters that are undone here; others, which must be damage, now and then. */
static void take_filter(struct input *in, struct gx_hdf5_filter *filter)
{
	static const uint32_t ids[] = { GX_HDF5_DEFLATE, GX_HDF5_SHUFFLE,     GX_HDF5_FLETCHER32,
					GX_HDF5_LZF,	 GX_HDF5_ZSTD,	      GX_HDF5_SHUFFLE,
					GX_HDF5_LZF,	 GX_HDF5_SCALEOFFSET };
	filter->id = ids[take(in) % (sizeof ids / sizeof *ids)];
	filter->nvalue = take(in) % (GX_HDF5_FILTER_VALUES_MAX + 1);
	for (uint32_t i = 0; i < filter->nvalue; i++) {
		unsigned value = take(in);
		filter->value[i] = value < 250 ? value : UINT32_MAX - (value - 250);
	}
}

static void *copy(const void *bytes, size_t n)
{
	unsigned char *room = malloc(n ? n : 1);
	require(room != NULL);
	if (n)
		memcpy(room, bytes, n);
	return room;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct gx_hdf5_filter filter[GX_HDF5_FILTERS_MAX] = { { 0 } };
	uint32_t nfilter = take(&in) % (GX_HDF5_FILTERS_MAX + 1);
	for (uint32_t k = 0; k < nfilter; k++)
		take_filter(&in, &filter[k]);
	uint32_t mask = take(&in) & take(&in);
	size_t nout = take(&in) | (size_t)take(&in) << 8;
	/* As it is stored where nothing shrinks it. */
	if (nout % 4 == 0 && in.n)
		nout = in.n > 4 ? in.n - 4 * (nout / 4 % 2) : in.n;
	if (nout == 0)
		nout = 1;

	unsigned char *stored = copy(in.at, in.n), *out = malloc(nout), *again = malloc(nout);
	require(out != NULL && again != NULL);
	memset(out, 0x55, nout);
	memset(again, 0xaa, nout);
	enum gx_hdf5_undone undone = gx_hdf5_undo(filter, nfilter, mask, stored, in.n, out, nout);
	require(undone == gx_hdf5_undo(filter, nfilter, mask, stored, in.n, again, nout));
	/* Undone is undone: each byte was written, and none by what the room had before. */
	if (undone == GX_HDF5_UNDONE)
		require(memcmp(out, again, nout) == 0);
	require(in.n == 0 || memcmp(stored, in.at, in.n) == 0);
	free(stored);
	free(out);
	free(again);
	return 0;
}
