/* SPDX-License-Identifier: MIT */
/* Samples of a sound, as they are stored, as doubles. */
#ifndef GX_SAMPLES_H
#define GX_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

enum gx_sample_kind {
	GX_SAMPLE_UNSIGNED_8,
	GX_SAMPLE_INTEGER_16,
	GX_SAMPLE_INTEGER_24,
	GX_SAMPLE_INTEGER_32,
	GX_SAMPLE_FLOAT_32,
	GX_SAMPLE_FLOAT_64,
};

/* Bytes of a sample, at most 8. */
size_t gx_sample_size(enum gx_sample_kind kind);

/*
 * A value of each of nframe frames of nchannel samples, little-endian and not aligned: of one
 * channel (from 1), or for channel 0 the mean of all, added in their order, then divided. Full
 * scale is 1: integers are over 2^(bits - 1). NaN are canonical.
 */
void gx_samples_take(enum gx_sample_kind kind, const unsigned char *from, size_t nframe,
		     size_t nchannel, size_t channel, double *value);

#endif
