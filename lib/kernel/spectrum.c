/* SPDX-License-Identifier: MIT */
#include "kernel/spectrum.h"

#include <math.h>
#include <stdalign.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/digest.h"
#include "kernel/elementary.h"
#include "kernel/fourier.h"
#include "kernel/fourier_inline.h"
#include "kernel/lanes.h"

enum { LANES = GX_LANES };

typedef gx_lanes lanes;

/* ---- lengths ---- */

static bool largest_prime_works(uint64_t length)
{
	for (uint64_t p = 2; p * p <= length; p++)
		while (length % p == 0)
			length /= p;
	return length <= GX_SPECTRUM_PRIME_MAX;
}

bool gx_spectrum_length_works(uint64_t length)
{
	/* What is left above is a prime or 1; of the others the square is at most 2^24. */
	return length >= GX_SPECTRUM_LENGTH_MIN && length <= GX_SPECTRUM_LENGTH_MAX &&
	       largest_prime_works(length);
}

uint64_t gx_spectrum_nearest_length(uint64_t length)
{
	if (length <= GX_SPECTRUM_LENGTH_MIN)
		return GX_SPECTRUM_LENGTH_MIN;
	if (length >= GX_SPECTRUM_LENGTH_MAX)
		return GX_SPECTRUM_LENGTH_MAX;
	for (uint64_t away = 0;; away++) {
		if (gx_spectrum_length_works(length + away))
			return length + away;
		if (gx_spectrum_length_works(length - away))
			return length - away;
	}
}

uint64_t gx_spectrum_segments(const struct gx_spectrum *spectrum, uint64_t n)
{
	uint64_t length = spectrum->length;
	return n < length ? 0 : (n - length) / (length - spectrum->overlap) + 1;
}

/* ---- the table: the window, then what the passes need ---- */

size_t gx_spectrum_table_size(size_t length)
{
	return length + gx_fourier_table_size(length);
}

static void fill_window(enum gx_spectrum_window window, size_t length, double *w)
{
	for (size_t i = 0; i < length; i++) {
		/* 1/2 - 1/2 cos(2 a) is sin(a)^2, which does not cancel. */
		double cosine, sine = 1;
		if (window == GX_WINDOW_HANN)
			gx_turn(i, 2 * length, &cosine, &sine);
		w[i] = sine * sine;
	}
}

void gx_spectrum_prepare(struct gx_spectrum *spectrum, double *table)
{
	size_t length = spectrum->length;
	double n = (double)length;
	/* The sums of w and of w^2, exactly. Of two values the window is 0 and 1. */
	double sum = n, squares = n;
	if (spectrum->window == GX_WINDOW_HANN) {
		sum = n / 2;
		squares = length == 2 ? 1 : n * 3 / 8;
	}
	spectrum->one = 1 / (spectrum->scale == GX_SCALE_DENSITY ? spectrum->rate * squares :
								    sum * sum);
	spectrum->two = 2 * spectrum->one;
	spectrum->nfactor = gx_fourier_factors(length, spectrum->factor);
	fill_window(spectrum->window, length, table);
	gx_fourier_fill(length, table + length);
	spectrum->table = table;
}

/* ---- the scratch of a thread: two buffers of the transform, and the sums of power ---- */

size_t gx_spectrum_scratch_size(size_t length)
{
	return (2 * length + gx_spectrum_columns(length)) * LANES;
}

/* The other buffer holds segments that wait for others, one behind the other. */
struct scratch {
	lanes *buffer, *other, *power;
	double *waiting;
};

static struct scratch divide(const struct gx_spectrum *spectrum, double *scratch)
{
	struct scratch parts;
	parts.buffer = (lanes *)scratch;
	parts.other = parts.buffer + spectrum->length;
	parts.power = parts.other + spectrum->length;
	parts.waiting = (double *)parts.other;
	return parts;
}

/* ---- eight segments ---- */

struct segments {
	const double *value[LANES]; /* all are there to be read */
	double mean[LANES];
	unsigned bad; /* a bit for each that has a value that is missing or infinite */
	bool elsewhere; /* none of them lies in the scratch */
};

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#endif
#endif
#ifndef SHUFFLE
typedef long long places __attribute__((vector_size(LANES * sizeof(double))));
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (places){ __VA_ARGS__ })
#endif

/* Row i, value j becomes row j, value i. */
GX_INLINE void transpose(lanes *x)
{
	lanes y[LANES];
	GX_UNROLL
	for (int i = 0; i < 4; i++) {
		y[i] = SHUFFLE(x[i], x[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
		y[i + 4] = SHUFFLE(x[i], x[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
	}
	GX_UNROLL
	for (int i = 0; i < 4; i++) {
		int a = i / 2 * 4 + i % 2, b = a + 2;
		x[a] = SHUFFLE(y[a], y[b], 0, 1, 8, 9, 4, 5, 12, 13);
		x[b] = SHUFFLE(y[a], y[b], 2, 3, 10, 11, 6, 7, 14, 15);
	}
	GX_UNROLL
	for (int i = 0; i < 8; i += 2) {
		y[i] = SHUFFLE(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
		y[i + 1] = SHUFFLE(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
	}
	GX_UNROLL
	for (int i = 0; i < LANES; i++)
		x[i] = y[i];
}

/*
 * A new segment is first read here, from memory: eight streams of short pages, which the
 * processor alone does not fetch in time. Of values to be fetched ahead, 64 and 192 did as well;
 * without it, 10 minutes of sound at length 4096 took 5 to 10 % more.
 */
enum { AHEAD = 128 };

/* Eight at once, so that no addition waits for the one before it. */
GX_INLINE void add_up(const double *const *value, size_t length, lanes *sum)
{
	size_t j = 0;
	for (; j + LANES <= length; j += LANES) {
		size_t ahead = j + AHEAD < length ? j + AHEAD : j;
		GX_UNROLL
		for (int l = 0; l < LANES; l++) {
			lanes v;
			memcpy(&v, value[l] + j, sizeof v);
			__builtin_prefetch(value[l] + ahead);
			sum[l] += v;
		}
	}
	for (int l = 0; l < LANES && j < length; l++) {
		lanes v = { 0 };
		memcpy(&v, value[l] + j, (length - j) * sizeof *value[l]);
		sum[l] += v;
	}
}

static bool all_finite(const double *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(value[i]))
			return false;
	return true;
}

/* gx_lanes_join of eight sums at once: sum[i] has lane i of each. */
GX_INLINE void join_each(const lanes *sum, lanes *joined)
{
	*joined = ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Of finite values alone is the sum finite; of large ones it may not be. */
GX_INLINE void use_means(const struct gx_spectrum *spectrum, struct segments *segments,
			 const lanes *mean)
{
	static const double none[LANES] = { 0 };
	segments->bad = 0;
	for (int l = 0; l < LANES; l++)
		if (!isfinite((*mean)[l]) && !all_finite(segments->value[l], spectrum->length))
			segments->bad |= 1u << l;
	memcpy(segments->mean, spectrum->keep_mean ? none : (const double *)mean, sizeof none);
}

GX_INLINE void clear_sums(lanes *sum)
{
	GX_UNROLL
	for (int l = 0; l < LANES; l++)
		sum[l] = (lanes){ 0 };
}

GX_INLINE void find_means(const struct gx_spectrum *spectrum, struct segments *segments)
{
	lanes sum[LANES], mean;
	clear_sums(sum);
	add_up(segments->value, spectrum->length, sum);
	transpose(sum);
	join_each(sum, &mean);
	mean /= (double)spectrum->length;
	use_means(spectrum, segments, &mean);
}

/* Eight values of each segment from value j on, less its mean, times the window: to[8]. */
GX_INLINE void load_eight(const struct segments *segments, const double *window, size_t j,
			  lanes *to)
{
	lanes x[LANES], mean;
	memcpy(&mean, segments->mean, sizeof mean);
	GX_UNROLL
	for (int l = 0; l < LANES; l++)
		memcpy(&x[l], segments->value[l] + j, sizeof x[l]);
	transpose(x);
	GX_UNROLL
	for (int i = 0; i < LANES; i++)
		to[i] = (x[i] - mean) * window[j + (size_t)i];
}

/* All of the segments. The last eight values may be loaded twice, to the same place. */
GX_INLINE void load(const struct segments *segments, const double *window, size_t length,
		    lanes *to)
{
	for (size_t j = 0; j + LANES <= length; j += LANES)
		load_eight(segments, window, j, to + j);
	if (length >= LANES && length % LANES)
		load_eight(segments, window, length - LANES, to + length - LANES);
	for (size_t j = 0; j < length && length < LANES; j++)
		for (int l = 0; l < LANES; l++)
			to[j][l] = (segments->value[l][j] - segments->mean[l]) * window[j];
}

/*
 * The same, and the first pass: of p values that are far apart, eight at once. Through a small
 * block, as p x 8 vectors are more than there are registers.
 */
GX_INLINE void load_and_join(size_t p, const struct segments *segments, const double *window,
			     size_t count, lanes *to)
{
	alignas(64) lanes block[8][LANES];
	for (size_t begin = 0; begin < count; begin += LANES) {
		size_t t = begin + LANES <= count ? begin : count - LANES;
		for (size_t q = 0; q < p; q++)
			load_eight(segments, window, count * q + t, block[q]);
		for (size_t i = 0; i < LANES; i++) {
			struct gx_complex_lanes x[8];
			GX_UNROLL
			for (size_t q = 0; q < p; q++)
				x[q].re = block[q][i];
			gx_fourier_small_real(p, x);
			gx_fourier_put_small(GX_FOURIER_ROWS, p, 1, count, x, t + i, to);
		}
	}
}

/* Whether the first pass was made as well; it cannot be where it is the last one. */
GX_INLINE bool load_first(const struct segments *segments, const double *window,
			  size_t length, size_t p, lanes *to)
{
	size_t count = length / p;
	if (count < LANES || !gx_fourier_special(p)) {
		load(segments, window, length, to);
		return false;
	}
	if (p == 2)
		load_and_join(2, segments, window, count, to);
	else if (p == 3)
		load_and_join(3, segments, window, count, to);
	else if (p == 4)
		load_and_join(4, segments, window, count, to);
	else if (p == 5)
		load_and_join(5, segments, window, count, to);
	else
		load_and_join(8, segments, window, count, to);
	return true;
}

/*
 * Short segments are read once: value j of all goes to raw[j], and to the sums. (gx-spectrum on rows
 * of 48 values takes 2 % less than where their means are found first, as those of long ones are.)
 */
enum { SHORT = 256 };

GX_INLINE void read_short(const struct gx_spectrum *spectrum, struct segments *segments,
			  lanes *raw)
{
	size_t length = spectrum->length, j = 0;
	lanes sum[LANES], mean;
	clear_sums(sum);
	for (; j + LANES <= length; j += LANES) {
		lanes x[LANES];
		GX_UNROLL
		for (int l = 0; l < LANES; l++)
			memcpy(&x[l], segments->value[l] + j, sizeof x[l]);
		transpose(x);
		GX_UNROLL
		for (int i = 0; i < LANES; i++) {
			sum[i] += x[i];
			raw[j + (size_t)i] = x[i];
		}
	}
	for (size_t i = 0; j < length; i++, j++) {
		for (int l = 0; l < LANES; l++)
			raw[j][l] = segments->value[l][j];
		sum[i] += raw[j];
	}
	join_each(sum, &mean);
	mean /= (double)length;
	use_means(spectrum, segments, &mean);
}

GX_INLINE void join_short(size_t p, const lanes *raw, const lanes *mean, const double *window,
			  size_t count, lanes *to)
{
	for (size_t t = 0; t < count; t++) {
		struct gx_complex_lanes x[8];
		GX_UNROLL
		for (size_t q = 0; q < p; q++)
			x[q].re = (raw[count * q + t] - *mean) * window[count * q + t];
		gx_fourier_small_real(p, x);
		gx_fourier_put_small(GX_FOURIER_ROWS, p, 1, count, x, t, to);
	}
}

/* As load_first. */
GX_INLINE bool begin_short(const struct gx_spectrum *spectrum, struct segments *segments,
			   lanes *raw, lanes *to)
{
	size_t length = spectrum->length, p = spectrum->factor[0], count = length / p;
	const double *window = spectrum->table;
	lanes mean;
	read_short(spectrum, segments, raw);
	memcpy(&mean, segments->mean, sizeof mean);
	if (count == 1 || !gx_fourier_special(p)) {
		for (size_t j = 0; j < length; j++)
			to[j] = (raw[j] - mean) * window[j];
		return false;
	}
	if (p == 2)
		join_short(2, raw, &mean, window, count, to);
	else if (p == 3)
		join_short(3, raw, &mean, window, count, to);
	else if (p == 4)
		join_short(4, raw, &mean, window, count, to);
	else if (p == 5)
		join_short(5, raw, &mean, window, count, to);
	else
		join_short(8, raw, &mean, window, count, to);
	return true;
}

/* Reads the segments: their means, and what the first pass makes of them. */
GX_CLONES static bool begin_transform(const struct gx_spectrum *spectrum,
				      struct segments *segments, lanes *raw, lanes *to)
{
	size_t length = spectrum->length;
	if (segments->elsewhere && length <= SHORT)
		return begin_short(spectrum, segments, raw, to);
	find_means(spectrum, segments);
	return load_first(segments, spectrum->table, length, spectrum->factor[0], to);
}

/* Adds the power of eight segments, |X(k)|^2, to sums. */
static void add_power(const struct gx_spectrum *spectrum, struct segments *segments,
		      const struct scratch *scratch)
{
	size_t length = spectrum->length, last = spectrum->nfactor - 1;
	const double *table = spectrum->table + length;
	struct gx_fourier_pass pass = { 0 };
	lanes *from = scratch->buffer, *to = scratch->other;

	bool first_done = begin_transform(spectrum, segments, to, from);
	for (size_t i = 0; i < last; i++) {
		gx_fourier_next(&pass, length, spectrum->factor[i], table);
		if (i == 0 && first_done)
			continue;
		gx_fourier_join(&pass, from, to);
		lanes *swap = from;
		from = to;
		to = swap;
	}
	gx_fourier_next(&pass, length, spectrum->factor[last], table);
	gx_fourier_add_power(&pass, from, scratch->power);
}

/* ---- from the mean of |X(k)|^2 to what is asked for ---- */

static void clear(double *power, size_t ncolumn)
{
	static const uint64_t bits = GX_NAN_BITS;
	for (size_t k = 0; k < ncolumn; k++)
		memcpy(power + k, &bits, sizeof bits);
}

GX_CLONES static void scale(const struct gx_spectrum *spectrum, double *power)
{
	size_t ncolumn = gx_spectrum_columns(spectrum->length);
	size_t ntwo = (spectrum->length + 1) / 2; /* X(length / 2) of an even length is one */
	double two = spectrum->two;

	power[0] *= spectrum->one;
#pragma omp simd
	for (size_t k = 1; k < ntwo; k++)
		power[k] *= two;
	if (ntwo < ncolumn)
		power[ntwo] *= spectrum->one;
	if (spectrum->scale == GX_SCALE_AMPLITUDE)
#pragma omp simd
		for (size_t k = 0; k < ncolumn; k++)
			power[k] = sqrt(power[k]);
	if (spectrum->relative) {
		double most = 0;
		for (size_t k = 0; k < ncolumn; k++)
			most = power[k] > most ? power[k] : most;
#pragma omp simd
		for (size_t k = 0; k < ncolumn; k++)
			power[k] /= most; /* 0 / 0 is missing */
	}
	gx_nan_canonicalise(power, ncolumn);
}

/* ---- a series that comes piece by piece ---- */

void gx_spectrum_begin(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum)
{
	struct scratch scratch = divide(spectrum, sum->scratch);
	memset(scratch.power, 0, gx_spectrum_columns(spectrum->length) * sizeof(lanes));
	sum->nsegment = 0;
	sum->missing = false;
}

/* Segments that lie `step` apart. */
static void add_eight(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum,
		      const double *value, size_t step)
{
	struct scratch scratch = divide(spectrum, sum->scratch);
	struct segments segments = { .elsewhere = false };
	for (size_t l = 0; l < LANES; l++)
		segments.value[l] = value + l * step;
	add_power(spectrum, &segments, &scratch);
	if (segments.bad)
		sum->missing = true;
}

void gx_spectrum_add(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum,
		     const double *value, size_t nsegment)
{
	size_t length = spectrum->length, step = length - spectrum->overlap;
	double *waiting = divide(spectrum, sum->scratch).waiting;
	while (nsegment > 0) {
		size_t lane = sum->nsegment % LANES, n = 1;
		if (lane == 0 && nsegment >= LANES) {
			n = LANES;
			add_eight(spectrum, sum, value, step);
		} else {
			memcpy(waiting + lane * length, value, length * sizeof *value);
			if (lane == LANES - 1)
				add_eight(spectrum, sum, waiting, length);
		}
		sum->nsegment += n;
		nsegment -= n;
		value += n * step;
	}
}

void gx_spectrum_end(const struct gx_spectrum *spectrum, struct gx_spectrum_sum *sum,
		     double *power)
{
	size_t length = spectrum->length, ncolumn = gx_spectrum_columns(length);
	size_t nwaiting = sum->nsegment % LANES;
	struct scratch scratch = divide(spectrum, sum->scratch);
	if (nwaiting) {
		/* The lanes that are not there are 0, and so is what they add: +0. */
		memset(scratch.waiting + nwaiting * length, 0,
		       (LANES - nwaiting) * length * sizeof(double));
		add_eight(spectrum, sum, scratch.waiting, length);
	}
	if (sum->missing || sum->nsegment == 0) {
		clear(power, ncolumn);
		return;
	}
	for (size_t k = 0; k < ncolumn; k++)
		power[k] = gx_lanes_join(&scratch.power[k]) / (double)sum->nsegment;
	scale(spectrum, power);
}

/* ---- rows ---- */

/* Of rows of one segment each, one in each lane: what its lane has is the sum. */
GX_CLONES static void take_single(const lanes *sum, size_t ncolumn, size_t nrow, double *power)
{
	size_t k = 0;
	for (; k + LANES <= ncolumn; k += LANES) {
		lanes x[LANES];
		GX_UNROLL
		for (int i = 0; i < LANES; i++)
			x[i] = sum[k + (size_t)i];
		transpose(x);
		for (size_t i = 0; i < nrow; i++)
			memcpy(power + i * ncolumn + k, &x[i], sizeof x[i]);
	}
	for (; k < ncolumn; k++)
		for (size_t i = 0; i < nrow; i++)
			power[i * ncolumn + k] = sum[k][i];
}

/*
 * What scale() does to densities and the like that are not relative, of eight rows where they lie in
 * the lanes: a call for each row of few columns took a fifth of the time. True where there is a
 * NaN, which is to be made canonical.
 */
GX_CLONES static bool scale_single(const struct gx_spectrum *spectrum, lanes *sum)
{
	size_t ncolumn = gx_spectrum_columns(spectrum->length);
	size_t ntwo = (spectrum->length + 1) / 2;
	typedef long long mask __attribute__((vector_size(LANES * sizeof(double))));
	mask missing = { 0 };
	for (size_t k = 0; k < ncolumn; k++) {
		sum[k] *= k > 0 && k < ntwo ? spectrum->two : spectrum->one;
		missing |= sum[k] != sum[k];
	}
	long long any = 0;
	for (int l = 0; l < LANES; l++)
		any |= missing[l];
	return any;
}

/* Of a row whose segments are those from lane `first` on: they go to the lanes of a sum. */
static void take_several(const lanes *sum, size_t ncolumn, size_t first, size_t nsegment,
			 double *power)
{
	for (size_t k = 0; k < ncolumn; k++) {
		lanes own = { 0 };
		for (size_t s = 0; s < nsegment; s++)
			own[s] = sum[k][first + s];
		power[k] = gx_lanes_join(&own) / (double)nsegment;
	}
}

/* As many rows as fit in the lanes. */
static void share_lanes(const struct gx_spectrum *spectrum, const double *value, size_t nrow,
			size_t ncol, size_t nsegment, const struct scratch *scratch,
			double *power)
{
	size_t step = spectrum->length - spectrum->overlap;
	size_t ncolumn = gx_spectrum_columns(spectrum->length);
	struct segments segments = { .elsewhere = true };
	/* Lanes that are left over have a segment that is there, and nobody looks. */
	for (size_t l = 0; l < LANES; l++)
		segments.value[l] = value;
	for (size_t i = 0, l = 0; i < nrow; i++)
		for (size_t s = 0; s < nsegment; s++)
			segments.value[l++] = value + i * ncol + s * step;
	memset(scratch->power, 0, ncolumn * sizeof(lanes));
	add_power(spectrum, &segments, scratch);
	bool in_lanes = nsegment == 1 && spectrum->scale != GX_SCALE_AMPLITUDE &&
			!spectrum->relative;
	bool has_nan = in_lanes && scale_single(spectrum, scratch->power);
	if (nsegment == 1)
		take_single(scratch->power, ncolumn, nrow, power);
	else
		for (size_t i = 0; i < nrow; i++)
			take_several(scratch->power, ncolumn, i * nsegment, nsegment,
				     power + i * ncolumn);
	if (has_nan)
		gx_nan_canonicalise(power, nrow * ncolumn);
	for (size_t i = 0; i < nrow; i++) {
		unsigned own = ((1u << nsegment) - 1) << (i * nsegment);
		if (segments.bad & own)
			clear(power + i * ncolumn, ncolumn);
		else if (!in_lanes)
			scale(spectrum, power + i * ncolumn);
	}
}

void gx_spectrum_rows(const struct gx_spectrum *spectrum, const double *value, size_t nrow,
		      size_t ncol, double *scratch, double *power)
{
	size_t ncolumn = gx_spectrum_columns(spectrum->length);
	size_t nsegment = gx_spectrum_segments(spectrum, ncol);
	size_t together = nsegment == 0 ? 0 : LANES / nsegment;
	struct scratch parts = divide(spectrum, scratch);
	if (together > 1) {
		for (size_t i = 0; i < nrow; i += together)
			share_lanes(spectrum, value + i * ncol,
				    nrow - i < together ? nrow - i : together, ncol, nsegment,
				    &parts, power + i * ncolumn);
		return;
	}
	struct gx_spectrum_sum sum = { .scratch = scratch };
	for (size_t i = 0; i < nrow; i++) {
		gx_spectrum_begin(spectrum, &sum);
		gx_spectrum_add(spectrum, &sum, value + i * ncol, nsegment);
		gx_spectrum_end(spectrum, &sum, power + i * ncolumn);
	}
}
