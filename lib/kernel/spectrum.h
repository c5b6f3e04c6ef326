/* SPDX-License-Identifier: MIT */
/*
 * The power spectrum of a series by Welch's method, with the conventions of scipy.signal.welch.
 * Segments of `length` values begin every length - overlap values; what does not fill one is not
 * used. Of each segment its mean is taken away (value j of it in lane j mod 8, as in
 * kernel/mean.h), it is multiplied by the window, and
 *
 *	X(k) = sum over i of y(i) exp(-2 pi sqrt(-1) i k / length),	k = 0 ... length / 2.
 *
 * P(k) is the mean of |X(k)|^2 over the segments: segment s is added to lane s mod 8, and the lanes
 * are joined as always (kernel/lanes.h). The FFT does eight segments side by side, one in each
 * lane of a vector: nothing is shuffled, so every SIMD width does the same operations. Neither
 * how many segments come in one call nor what shares a vector with them changes a bit.
 *
 *	double *table = gx_allocate_aligned(gx_spectrum_table_size(length), sizeof *table, 0);
 *	struct gx_spectrum spectrum = { .length = 4096, .overlap = 2048, .rate = 44100 };
 *	gx_spectrum_prepare(&spectrum, table);			once, for all threads
 *	struct gx_spectrum_sum sum = { .scratch = of this thread };
 *	gx_spectrum_begin(&spectrum, &sum);			for each row
 *	gx_spectrum_add(&spectrum, &sum, value, nsegment);	as often as there is more
 *	gx_spectrum_end(&spectrum, &sum, power);
 */
#ifndef GX_SPECTRUM_H
#define GX_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GX_SPECTRUM_LENGTH_MIN = 2,
	GX_SPECTRUM_LENGTH_MAX = 1 << 24,
	/* The largest prime factor that a length may have: one of p costs p operations a value. */
	GX_SPECTRUM_PRIME_MAX = 4096,
	GX_SPECTRUM_FACTORS_MAX = 32,
};

/* w(i) = 1/2 - 1/2 cos(2 pi i / length), or 1. */
enum gx_spectrum_window { GX_WINDOW_HANN, GX_WINDOW_NONE };

/*
 * With c = 1 for k = 0 and, of an even length, for k = length / 2, and else 2: density is
 * c P / (rate x sum of w^2), spectrum c P / (sum of w)^2, amplitude the square root of that.
 */
enum gx_spectrum_scale { GX_SCALE_DENSITY, GX_SCALE_SPECTRUM, GX_SCALE_AMPLITUDE };

struct gx_spectrum {
	/* The caller's. */
	size_t length, overlap; /* overlap < length */
	enum gx_spectrum_window window;
	enum gx_spectrum_scale scale;
	bool keep_mean; /* the mean of a segment is not taken away */
	bool relative;	/* over the largest of the row */
	double rate;	/* values per unit of time */

	/* Set by gx_spectrum_prepare. */
	const double *table;
	size_t nfactor, factor[GX_SPECTRUM_FACTORS_MAX];
	double one, two; /* what P is multiplied by where c is 1, where it is 2 */
};

/* Whether a length is in range and has no prime factor above GX_SPECTRUM_PRIME_MAX. */
bool gx_spectrum_length_works(uint64_t length);

/* The nearest length that works; of two, the longer one. */
uint64_t gx_spectrum_nearest_length(uint64_t length);

/* Of a row: length / 2 + 1. */
static inline size_t gx_spectrum_columns(size_t length)
{
	return length / 2 + 1;
}

/* Segments of a series of n values. */
uint64_t gx_spectrum_segments(const struct gx_spectrum *spectrum, uint64_t n);

/*
 * Doubles of the table of a length (window and twiddles), at most 3 a value of it, and of the
 * scratch of one thread, at most 21 a value. Both are to be aligned to 64 bytes.
 */
size_t gx_spectrum_table_size(size_t length);
size_t gx_spectrum_scratch_size(size_t length);

/* Fills in the table, which must outlive the spectrum, and the fields that depend on it. */
void gx_spectrum_prepare(struct gx_spectrum *spectrum, double *table);

/* ---- a series that comes piece by piece ---- */

struct gx_spectrum_sum {
	double *scratch; /* the caller's; gx_spectrum_scratch_size doubles, 64-byte aligned */
	uint64_t nsegment; /* added so far */
	bool missing;	   /* a segment had a value that is missing or infinite */
};

void gx_spectrum_begin(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum);

/*
 * Adds nsegment segments; segment s begins at value[s * (length - overlap)]. Eight at a time are
 * fastest; longer series may come one segment at a time, so that the caller holds but one.
 */
void gx_spectrum_add(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum,
		     const double *value, size_t nsegment);

/*
 * power[gx_spectrum_columns(length)]: all missing (the canonical NaN) where a value within a
 * segment was missing or infinite, where there was no segment, and, of a relative spectrum, where
 * all are zero.
 */
void gx_spectrum_end(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum,
		     double *power);

/* ---- rows of a matrix ---- */

/*
 * The spectra of nrow rows of ncol values: power is nrow x gx_spectrum_columns(length). The bits
 * are those of begin, add and end on each row; rows of few segments share the lanes.
 */
void gx_spectrum_rows(const struct gx_spectrum *spectrum, const double *value, size_t nrow,
		      size_t ncol, double *scratch, double *power);

#endif
