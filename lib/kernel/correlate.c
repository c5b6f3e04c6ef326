/* SPDX-License-Identifier: MIT */
#include "kernel/correlate.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/correlate_finish.h"
#include "kernel/elementary_inline.h"
#include "kernel/lanes.h"
#include "kernel/levels.h"

_Static_assert((int)GX_PANEL == (int)GX_LANES, "a panel is one value of gx_lanes a sample");

typedef gx_lanes lanes;
typedef long long mask __attribute__((vector_size(GX_PANEL * sizeof(double)), aligned(8)));

/* ---- preparing a panel ---- */

void gx_panel_pack(const double *row, size_t nrow, size_t nsample, double *panel)
{
	for (size_t k = 0; k < nsample; k++)
		for (size_t l = 0; l < GX_PANEL; l++)
			panel[k * GX_PANEL + l] = l < nrow ? row[l * nsample + k] : 0;
}

/*
 * The power of two that brings x >= 0 into [1, 2), or as near to it as a double can: a
 * subnormal into [2^-51, 2).
 */
static double scale_of(double x)
{
	const uint64_t exponent = UINT64_C(0x7ff0000000000000);
	if (x < 0x1p-1022)
		return x == 0 ? 1 : 0x1p1023;
	return 1 / gx_bits_double(gx_double_bits(x) & exponent);
}

struct extremes {
	lanes low, high; /* of what is there */
	lanes most;	 /* the largest finite absolute value */
	mask odd;	 /* a value is missing or infinite */
};

/* Vectors as arguments would have another ABI at each level. */
#define CHOOSE(which, yes, no) ((lanes)(((which) & (mask)(yes)) | (~(which) & (mask)(no))))

GX_INLINE void find_extremes(const double *panel, size_t nsample, struct extremes *e)
{
	const lanes zero = { 0 }, infinite = zero + INFINITY;
	*e = (struct extremes){ .low = infinite, .high = -infinite };
	for (size_t k = 0; k < nsample; k++) {
		const lanes x = *(const lanes *)(const void *)(panel + k * GX_PANEL);
		const lanes size = CHOOSE(x < zero, -x, x);
		e->low = CHOOSE(x < e->low, x, e->low);
		e->high = CHOOSE(x > e->high, x, e->high);
		e->most = CHOOSE((size > e->most) & (size < infinite), size, e->most);
		e->odd |= ~(size < infinite);
	}
}

GX_CLONES void gx_panel_survey(const double *panel, size_t nsample, unsigned char *state,
			       double *scale)
{
	struct extremes e;
	find_extremes(panel, nsample, &e);
	for (int l = 0; l < GX_PANEL; l++) {
		scale[l] = scale_of(e.most[l]);
		state[l] = e.odd[l]		       ? GX_GENE_MISSING :
			   e.low[l] == e.high[l] ? GX_GENE_CONSTANT :
						   GX_GENE_VARIES;
	}
}

GX_CLONES void gx_panel_scale(double *panel, size_t nsample, const double *scale)
{
	lanes by;
	memcpy(&by, scale, sizeof by);
	for (size_t k = 0; k < nsample; k++)
		*(lanes *)(void *)(panel + k * GX_PANEL) *= by;
}

/* What is not there has no deviations, and a square that is no number. */
GX_INLINE void set_odd_lanes(double *panel, size_t nsample, const unsigned char *state,
			     double *square)
{
	mask keep;
	for (int l = 0; l < GX_PANEL; l++)
		keep[l] = state[l] == GX_GENE_VARIES ? -1 : 0;
	for (size_t k = 0; k < nsample; k++)
		*(mask *)(void *)(panel + k * GX_PANEL) &= keep;
	for (int l = 0; l < GX_PANEL; l++)
		if (state[l] != GX_GENE_VARIES)
			square[l] = state[l] == GX_GENE_CONSTANT ? 0 :
								   gx_bits_double(GX_NAN_BITS);
}

GX_CLONES void gx_panel_centre(double *panel, size_t nsample, double *square,
			       const unsigned char *state)
{
	lanes sum = { 0 }, squares = { 0 };
	for (size_t k = 0; k < nsample; k++)
		sum += *(const lanes *)(const void *)(panel + k * GX_PANEL);
	const lanes mean = sum / (double)nsample;
	for (size_t k = 0; k < nsample; k++) {
		lanes *x = (void *)(panel + k * GX_PANEL);
		*x -= mean;
		squares += *x * *x;
	}
	memcpy(square, &squares, sizeof squares);
	bool odd = false;
	for (int l = 0; l < GX_PANEL; l++)
		odd |= state[l] != GX_GENE_VARIES;
	if (odd)
		set_odd_lanes(panel, nsample, state, square);
}

GX_CLONES void gx_panel_square(const double *panel, size_t nsample, double *square,
			       unsigned char *state)
{
	lanes squares = { 0 };
	for (size_t k = 0; k < nsample; k++) {
		const lanes x = *(const lanes *)(const void *)(panel + k * GX_PANEL);
		squares += x * x;
	}
	for (int l = 0; l < GX_PANEL; l++) {
		if (state[l] == GX_GENE_VARIES && squares[l] == 0)
			state[l] = GX_GENE_CONSTANT;
		square[l] = state[l] == GX_GENE_MISSING ? gx_bits_double(GX_NAN_BITS) : squares[l];
	}
}

/* ---- tiles ---- */

/*
 * Sums of WIDE genes (two panels) with one panel are a tile. STRIP tiles, of up to BAND
 * panels each, are summed over STEP samples before the next ones come: so two panels (16 KiB)
 * stay in the first-level cache for BAND others, and the sums (64 KiB) in the second.
 */
enum { WIDE = GX_PANEL * GX_PANELS_TOGETHER, BAND = 4, STRIP = 16, STEP = 128 };
enum { TILE = GX_PANEL * WIDE };

/* The loops of one SIMD level. */
struct level {
	void (*multiply)(const double *a, const double *b, size_t next, size_t nsample, bool begin,
			 double *sum);
	void (*finish[GX_VLR + 1])(const double *dot, double a, const double *square,
				   double divisor, double *value);
};

#ifdef GX_EIGHT_LANES
#define LEVEL(name) name##_8
#define TARGET GX_TARGET_8
#define LANES 8
#define ROWS 8
#include "kernel/correlate_lanes.h"
#endif

#ifdef GX_FOUR_LANES
#define LEVEL(name) name##_4
#define TARGET GX_TARGET_4
#define LANES 4
#define ROWS 4
#include "kernel/correlate_lanes.h"
#endif

#ifdef GX_TWO_LANES
#define LEVEL(name) name##_2
#define TARGET GX_TARGET_2
#define LANES 2
#define ROWS 4
#include "kernel/correlate_lanes.h"
#endif

static const struct level *level(void)
{
	switch (gx_level_lanes()) {
#ifdef GX_EIGHT_LANES
	case 8:
		return &level_8;
#endif
#ifdef GX_FOUR_LANES
	case 4:
		return &level_4;
#endif
#ifdef GX_TWO_LANES
	case 2:
		return &level_2;
#endif
	}
	__builtin_unreachable();
}

static size_t values_before(size_t row)
{
	return row * (row + 1) / 2;
}

/* Rows [first, last) of up to BAND panels from `panel` on. */
struct band {
	const struct gx_correlation *of;
	const struct level *level;
	size_t panel, first, last;
	double *triangle; /* row `first` */
};

static void multiply_strip(const struct band *band, size_t tile, size_t end, double *sum)
{
	const size_t nsample = band->of->nsample, size = GX_PANEL * nsample;
	const size_t npanel = (band->last - 1) / GX_PANEL + 1 - band->panel;
	for (size_t k = 0; k == 0 || k < nsample; k += STEP) {
		size_t n = nsample - k < STEP ? nsample - k : STEP;
		const double *step = band->of->panel + k * GX_PANEL;
		for (size_t t = tile; t < end; t++)
			for (size_t p = 0; p < npanel; p++) {
				if (t * WIDE > (band->panel + p) * GX_PANEL + GX_PANEL - 1)
					continue; /* above the diagonal */
				band->level->multiply(step + (band->panel + p) * size,
						      step + 2 * t * size, size, n, k == 0,
						      sum + ((t - tile) * BAND + p) * TILE);
			}
	}
}

/* One row of a tile to its place: what is not on or below the diagonal has none. */
static void finish_row(const struct band *band, size_t i, size_t j, const double *dot)
{
	const struct gx_correlation *of = band->of;
	const enum gx_correlation_method method = of->method;
	double *to = band->triangle + (values_before(i) - values_before(band->first)) + j;
	double value[WIDE];
	size_t n = i + 1 - j;
	band->level->finish[method](dot, of->square[i], of->square + j, (double)of->nsample - 1,
				    n > WIDE ? to : value);
	if (n > WIDE)
		return;
	value[n - 1] = method <= GX_RHO ? 1 : 0;
	memcpy(to, value, n * sizeof *value);
}

static void finish_strip(const struct band *band, size_t tile, size_t end, const double *sum)
{
	for (size_t i = band->first; i < band->last; i++) {
		size_t p = i / GX_PANEL - band->panel;
		for (size_t t = tile; t < end && t * WIDE <= i; t++)
			finish_row(band, i, t * WIDE,
				   sum + ((t - tile) * BAND + p) * TILE + i % GX_PANEL * WIDE);
	}
}

void gx_correlate_rows(const struct gx_correlation *correlation, size_t first, size_t last,
		       double *triangle)
{
	_Alignas(64) double sum[STRIP * BAND * TILE];
	struct band band = { .of = correlation, .level = level(), .triangle = triangle };
	for (band.first = first; band.first < last; band.first = band.last) {
		band.panel = band.first / GX_PANEL;
		band.last = (band.panel + BAND) * GX_PANEL;
		band.last = band.last < last ? band.last : last;
		band.triangle = triangle + (values_before(band.first) - values_before(first));
		size_t ntile = (band.last - 1) / WIDE + 1;
		for (size_t t = 0; t < ntile; t += STRIP) {
			size_t end = t + STRIP < ntile ? t + STRIP : ntile;
			multiply_strip(&band, t, end, sum);
			finish_strip(&band, t, end, sum);
		}
	}
}
