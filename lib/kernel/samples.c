/* SPDX-License-Identifier: MIT */
#include "kernel/samples.h"

#include <string.h>

#include "base/gx.h"
#include "kernel/digest.h"

size_t gx_sample_size(enum gx_sample_kind kind)
{
	static const unsigned char size[] = { [GX_SAMPLE_UNSIGNED_8] = 1,
					      [GX_SAMPLE_INTEGER_16] = 2,
					      [GX_SAMPLE_INTEGER_24] = 3,
					      [GX_SAMPLE_INTEGER_32] = 4,
					      [GX_SAMPLE_FLOAT_32] = 4,
					      [GX_SAMPLE_FLOAT_64] = 8 };
	return size[kind];
}

/* ---- one sample, unscaled ---- */

GX_INLINE double load_u8(const unsigned char *p)
{
	return (int32_t)*p - 128;
}

GX_INLINE double load_s16(const unsigned char *p)
{
	int16_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

GX_INLINE double load_s24(const unsigned char *p)
{
	uint32_t x = (uint32_t)p[0] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 24;
	return (int32_t)x >> 8;
}

GX_INLINE double load_s32(const unsigned char *p)
{
	int32_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

GX_INLINE double load_f32(const unsigned char *p)
{
	float x;
	memcpy(&x, p, sizeof x);
	return x;
}

GX_INLINE double load_f64(const unsigned char *p)
{
	double x;
	memcpy(&x, p, sizeof x);
	return x;
}

/* ---- all frames ---- */

typedef double load_sample(const unsigned char *p);

/* The sample at `from` of each frame; scale is a power of two, so nothing is rounded. */
GX_INLINE void take_one(load_sample *load, const unsigned char *from, size_t nframe, size_t frame,
			double scale, double *value)
{
#pragma omp simd
	for (size_t i = 0; i < nframe; i++)
		value[i] = load(from + i * frame) * scale;
}

/*
 * Sums of integers are exact: there are at most 65535 of 32 bits. So it does not matter that they
 * are scaled behind the sum, and a half is a division by two.
 */
GX_INLINE void take_two(load_sample *load, size_t size, const unsigned char *from, size_t nframe,
			double scale, double *value)
{
#pragma omp simd
	for (size_t i = 0; i < nframe; i++) {
		const unsigned char *p = from + i * 2 * size;
		value[i] = (load(p) + load(p + size)) * scale / 2;
	}
}

/* The same of 16 bits, where one sum of integers and one conversion will do. */
GX_INLINE void take_two_s16(const unsigned char *from, size_t nframe, double *value)
{
#pragma omp simd
	for (size_t i = 0; i < nframe; i++) {
		uint32_t pair;
		memcpy(&pair, from + i * sizeof pair, sizeof pair);
		value[i] = ((int32_t)(pair << 16) >> 16) + ((int32_t)pair >> 16);
		value[i] *= 0x1p-16;
	}
}

GX_INLINE void take_mean(load_sample *load, size_t size, const unsigned char *from, size_t nframe,
			 size_t nchannel, double scale, double *value)
{
	for (size_t i = 0; i < nframe; i++) {
		const unsigned char *p = from + i * nchannel * size;
		double sum = load(p);
		for (size_t c = 1; c < nchannel; c++)
			sum += load(p + c * size);
		value[i] = sum * scale / (double)nchannel;
	}
}

GX_INLINE void take(load_sample *load, size_t size, const unsigned char *from, size_t nframe,
		    size_t nchannel, size_t channel, double scale, double *value)
{
	if (nchannel == 1)
		take_one(load, from, nframe, size, scale, value);
	else if (channel)
		take_one(load, from + (channel - 1) * size, nframe, nchannel * size, scale, value);
	else if (nchannel == 2)
		take_two(load, size, from, nframe, scale, value);
	else
		take_mean(load, size, from, nframe, nchannel, scale, value);
}

GX_CLONES void gx_samples_take(enum gx_sample_kind kind, const unsigned char *from, size_t nframe,
			       size_t nchannel, size_t channel, double *value)
{
	switch (kind) {
	case GX_SAMPLE_UNSIGNED_8:
		take(load_u8, 1, from, nframe, nchannel, channel, 0x1p-7, value);
		break;
	case GX_SAMPLE_INTEGER_16:
		if (nchannel == 2 && !channel)
			take_two_s16(from, nframe, value);
		else
			take(load_s16, 2, from, nframe, nchannel, channel, 0x1p-15, value);
		break;
	case GX_SAMPLE_INTEGER_24:
		take(load_s24, 3, from, nframe, nchannel, channel, 0x1p-23, value);
		break;
	case GX_SAMPLE_INTEGER_32:
		take(load_s32, 4, from, nframe, nchannel, channel, 0x1p-31, value);
		break;
	case GX_SAMPLE_FLOAT_32:
		take(load_f32, 4, from, nframe, nchannel, channel, 1, value);
		gx_nan_canonicalise(value, nframe);
		break;
	case GX_SAMPLE_FLOAT_64:
		take(load_f64, 8, from, nframe, nchannel, channel, 1, value);
		gx_nan_canonicalise(value, nframe);
		break;
	}
}
