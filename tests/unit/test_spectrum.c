/* SPDX-License-Identifier: MIT */
/*
 * Spectra against sums as they stand in the definition, in long double, with the C library's sine
 * and cosine; identities; and the bits, which may not depend on how segments come, or on what
 * shares a vector with them. The hash comes from gx itself: it tells that every compiler and
 * SIMD level gives the same bits.
 */
#include "kernel/spectrum.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mean.h"
#include "unit.h"

static void *aligned(size_t n)
{
	void *memory = aligned_alloc(64, (n * sizeof(double) + 63) / 64 * 64);
	if (!memory)
		unit_bail_out("no memory");
	return memory;
}

/* A spectrum with its memory. */
struct machine {
	struct gx_spectrum spectrum;
	double *table, *scratch;
	size_t ncolumn;
};

static struct machine prepare(struct gx_spectrum spectrum)
{
	struct machine machine = { .spectrum = spectrum };
	machine.table = aligned(gx_spectrum_table_size(spectrum.length));
	machine.scratch = aligned(gx_spectrum_scratch_size(spectrum.length));
	machine.ncolumn = gx_spectrum_columns(spectrum.length);
	gx_spectrum_prepare(&machine.spectrum, machine.table);
	return machine;
}

static void release(struct machine *machine)
{
	free(machine->table);
	free(machine->scratch);
}

/* Any choice of length, and all else at random. */
static struct gx_spectrum draw_spectrum(size_t length)
{
	return (struct gx_spectrum){
		.length = length,
		.overlap = unit_draw_below(3) ? length / 2 : unit_draw_below(length),
		.window = unit_draw_below(2) ? GX_WINDOW_HANN : GX_WINDOW_NONE,
		.scale = (enum gx_spectrum_scale)unit_draw_below(3),
		.keep_mean = unit_draw_below(3) == 0,
		.relative = unit_draw_below(3) == 0,
		.rate = unit_draw_between(0.1, 50000),
	};
}

static size_t values(const struct gx_spectrum *spectrum, size_t nsegment)
{
	return spectrum->length + (nsegment - 1) * (spectrum->length - spectrum->overlap);
}

static void draw_series(double *x, size_t n)
{
	const double level = unit_draw_between(-5, 5);
	for (size_t i = 0; i < n; i++)
		x[i] = level + unit_draw_between(-1, 1);
}

/* ---- the definition ---- */

static long double cosine(uint64_t m, uint64_t n)
{
	return cosl(2 * acosl(-1) * (long double)(m % n) / (long double)n);
}

static long double sine(uint64_t m, uint64_t n)
{
	return sinl(2 * acosl(-1) * (long double)(m % n) / (long double)n);
}

/* |X(k)|^2 of one segment. */
static long double power_at(const struct gx_spectrum *spectrum, const double *x, size_t k)
{
	const size_t n = spectrum->length;
	long double mean = 0, re = 0, im = 0;
	for (size_t i = 0; i < n && !spectrum->keep_mean; i++)
		mean += x[i] / (long double)n;
	for (size_t i = 0; i < n; i++) {
		const long double w = spectrum->window == GX_WINDOW_NONE ? 1 :
									   (1 - cosine(i, n)) / 2;
		re += (x[i] - mean) * w * cosine(i * k, n);
		im -= (x[i] - mean) * w * sine(i * k, n);
	}
	return re * re + im * im;
}

/* Not relative. */
static long double plain(const struct gx_spectrum *spectrum, const double *x, size_t nsegment,
			 size_t k)
{
	const size_t n = spectrum->length, step = n - spectrum->overlap;
	long double power = 0, sum = 0, squares = 0;
	for (size_t s = 0; s < nsegment; s++)
		power += power_at(spectrum, x + s * step, k) / (long double)nsegment;
	for (size_t i = 0; i < n; i++) {
		const long double w = spectrum->window == GX_WINDOW_NONE ? 1 :
									   (1 - cosine(i, n)) / 2;
		sum += w;
		squares += w * w;
	}
	if (k > 0 && 2 * k != n)
		power *= 2;
	if (spectrum->scale == GX_SCALE_DENSITY)
		return power / (spectrum->rate * squares);
	power /= sum * sum;
	return spectrum->scale == GX_SCALE_AMPLITUDE ? sqrtl(power) : power;
}

/* Every `stride`-th frequency, against the largest of all that came out. */
static void check_plain(const struct gx_spectrum *spectrum, const double *x, size_t nsegment,
			const double *got, size_t stride)
{
	const size_t ncolumn = gx_spectrum_columns(spectrum->length);
	double most = 0;
	long double scale = 1;
	for (size_t k = 0; k < ncolumn; k++)
		most = fmax(most, got[k]);
	if (spectrum->relative) {
		scale = 0;
		for (size_t k = 0; k < ncolumn; k++)
			scale = fmaxl(scale, plain(spectrum, x, nsegment, k));
	}
	/* An amplitude is the root of what is exact to 2e-13 of the largest. */
	const double near = spectrum->scale == GX_SCALE_AMPLITUDE ? 1e-12 : 2e-13;
	for (size_t k = 0; k < ncolumn; k += stride) {
		const double want = (double)(plain(spectrum, x, nsegment, k) / scale);
		unit_check(fabs(got[k] - want) <= near * most,
			   "length %zu, overlap %zu, window %d, scale %d, mean %d, relative %d, %zu "
			   "segments, frequency %zu: got %.17g, want %.17g",
			   spectrum->length, spectrum->overlap, spectrum->window, spectrum->scale,
			   spectrum->keep_mean, spectrum->relative, nsegment, k, got[k], want);
	}
}

static void check_length(struct gx_spectrum spectrum, size_t nsegment, size_t stride)
{
	struct machine machine = prepare(spectrum);
	const size_t n = values(&spectrum, nsegment);
	double *x = unit_allocate(n, sizeof *x);
	double *got = unit_allocate(machine.ncolumn, sizeof *got);
	draw_series(x, n);
	gx_spectrum_rows(&machine.spectrum, x, 1, n, machine.scratch, got);
	check_plain(&spectrum, x, nsegment, got, stride);
	free(x);
	free(got);
	release(&machine);
}

static void test_definition(void)
{
	for (size_t length = 2; length <= 132; length++)
		for (int i = 0; i < 3; i++)
			check_length(draw_spectrum(length), 1 + unit_draw_below(3), 1);
	unit_report("all lengths to 132: the sums of the definition");

	static const size_t some[] = { 210, 225, 240, 243, 251, 256, 343, 480, 500, 512, 625 };
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		check_length(draw_spectrum(some[i]), 1 + unit_draw_below(9), 11);
	static const size_t long_ones[] = { 1021, 1024, 2048,  2310, 4093,	4096,
					    8000, 8186, 12279, 44100, 65536, 3 << 14, 117649 };
	for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones; i++) {
		struct gx_spectrum spectrum = draw_spectrum(long_ones[i]);
		spectrum.relative = false;
		check_length(spectrum, 1 + unit_draw_below(2), spectrum.length / 5);
	}
	unit_report("longer ones: some frequencies");
}

/* ---- identities ---- */

static double mean_square(const double *x, size_t n)
{
	long double mean = 0, sum = 0;
	for (size_t i = 0; i < n; i++)
		mean += x[i];
	mean /= n;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return (double)(sum / n);
}

static void test_parseval(void)
{
	static const size_t length[] = { 2,    3,	 4,    5,    7,	  47,	48,    49,
					 4096, 4095, 4093, 8000, 8186, 44100, 65536, 65535,
					 1 << 20 };
	for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
		const size_t n = length[i];
		struct gx_spectrum spectrum = { .length = n, .window = GX_WINDOW_NONE, .rate = 3 };
		struct machine machine = prepare(spectrum);
		double *x = unit_allocate(n, sizeof *x);
		double *power = unit_allocate(machine.ncolumn, sizeof *power);
		draw_series(x, n);
		gx_spectrum_rows(&machine.spectrum, x, 1, n, machine.scratch, power);
		long double sum = 0;
		for (size_t k = 0; k < machine.ncolumn; k++)
			sum += power[k] * 3 / n;
		const double want = mean_square(x, n);
		unit_check(fabs((double)sum - want) <= 1e-13 * want,
			   "length %zu: got %.17g, want %.17g", n, (double)sum, want);
		free(x);
		free(power);
		release(&machine);
	}
	unit_report("one segment and no window: density sums up to the mean square about the mean");
}

/* A cosine of amplitude a has the spectrum a^2 / 2, and the amplitude a / sqrt 2, at its place. */
static void test_tone(void)
{
	enum { N = 96 };
	double x[N], power[N / 2 + 1];
	for (int i = 0; i < N; i++)
		x[i] = 7 + 3 * cos(2 * acos(-1) * 12 * i / N);
	for (int window = 0; window < 2; window++) {
		struct gx_spectrum spectrum = { .length = N,
						.rate = 1,
						.window = (enum gx_spectrum_window)window,
						.scale = GX_SCALE_SPECTRUM };
		for (int i = 0; i < 4; i++) {
			spectrum.scale = i < 2 ? GX_SCALE_SPECTRUM : GX_SCALE_AMPLITUDE;
			spectrum.relative = i % 2;
			struct machine machine = prepare(spectrum);
			gx_spectrum_rows(&machine.spectrum, x, 1, N, machine.scratch, power);
			const double want = i == 0 ? 4.5 : i == 2 ? sqrt(4.5) : 1;
			unit_check(fabs(power[12] - want) <= 1e-14, "window %d, scale %d: %.17g",
				   window, i, power[12]);
			unit_check(power[20] < 1e-14 && power[0] < 1e-14, "elsewhere");
			release(&machine);
		}
	}
	unit_report("a tone of known amplitude");
}

/* ---- bits ---- */

/* In pieces of any number of segments, from memory that holds these segments alone. */
static void add_in_pieces(struct machine *machine, const double *x, size_t nsegment,
			  size_t most, double *power)
{
	const struct gx_spectrum *spectrum = &machine->spectrum;
	const size_t step = spectrum->length - spectrum->overlap;
	struct gx_spectrum_sum sum = { .scratch = machine->scratch };
	gx_spectrum_begin(spectrum, &sum);
	for (size_t done = 0, n; done < nsegment; done += n) {
		n = 1 + unit_draw_below(most);
		n = n < nsegment - done ? n : nsegment - done;
		const size_t nvalue = values(spectrum, n);
		double *piece = unit_allocate(nvalue, sizeof *piece);
		memcpy(piece, x + done * step, nvalue * sizeof *x);
		gx_spectrum_add(spectrum, &sum, piece, n);
		free(piece);
	}
	unit_equal(sum.nsegment, nsegment, "segments added");
	gx_spectrum_end(spectrum, &sum, power);
}

static void test_pieces(void)
{
	static const size_t length[] = { 2, 3, 7, 16, 24, 47, 48, 64, 90, 121, 256, 1000 };
	for (size_t i = 0; i < 4 * sizeof length / sizeof *length; i++) {
		struct machine machine = prepare(draw_spectrum(length[i / 4]));
		const size_t nsegment = 1 + unit_draw_below(40);
		const size_t n = values(&machine.spectrum, nsegment);
		double *x = unit_allocate(n, sizeof *x);
		double *whole = unit_allocate(machine.ncolumn, sizeof *whole);
		double *power = unit_allocate(machine.ncolumn, sizeof *power);
		draw_series(x, n);
		add_in_pieces(&machine, x, nsegment, 1, whole);
		for (size_t most = 2; most <= 64; most *= 2) {
			add_in_pieces(&machine, x, nsegment, most, power);
			unit_same_all(power, whole, machine.ncolumn,
				      "length %zu, %zu segments, up to %zu at once", length[i / 4],
				      nsegment, most);
		}
		free(x);
		free(whole);
		free(power);
		release(&machine);
	}
	unit_report("segments one by one, in pieces and all at once: the same bits");
}

/* Rows of one kind are put side by side; each has the bits that it has alone. */
static void check_rows(struct machine *machine, size_t nrow, size_t nsegment, bool holes)
{
	const size_t rest = unit_draw_below(machine->spectrum.length - machine->spectrum.overlap);
	const size_t ncol = values(&machine->spectrum, nsegment) + rest;
	double *x = aligned(nrow * ncol);
	double *all = unit_allocate(nrow * machine->ncolumn, sizeof *all);
	double *one = unit_allocate(machine->ncolumn, sizeof *one);
	for (size_t i = 0; i < nrow; i++)
		draw_series(x + i * ncol, ncol);
	for (size_t i = 0; i < nrow && holes; i++)
		if (unit_draw_below(3) == 0)
			x[i * ncol + unit_draw_below(ncol)] = unit_draw_below(2) ? NAN : -INFINITY;
	gx_spectrum_rows(&machine->spectrum, x, nrow, ncol, machine->scratch, all);
	for (size_t i = 0; i < nrow; i++) {
		add_in_pieces(machine, x + i * ncol, nsegment, 9, one);
		unit_same_all(all + i * machine->ncolumn, one, machine->ncolumn,
			      "length %zu, %zu segments a row, row %zu of %zu%s",
			      machine->spectrum.length, nsegment, i, nrow, holes ? ", holes" : "");
	}
	free(x);
	free(all);
	free(one);
}

static void test_rows(void)
{
	static const size_t length[] = { 2, 5, 9, 24, 47, 48, 64, 250 };
	for (size_t i = 0; i < sizeof length / sizeof *length; i++)
		for (size_t nsegment = 1; nsegment <= 18; nsegment += nsegment < 9 ? 1 : 3) {
			struct machine machine = prepare(draw_spectrum(length[i]));
			check_rows(&machine, 1 + unit_draw_below(20), nsegment, false);
			check_rows(&machine, 1 + unit_draw_below(20), nsegment, true);
			release(&machine);
		}
	unit_report("rows side by side have the bits of each alone, beside rows with holes too");
}

/* With no window and no power but that of the mean: sum^2 / length, the sum being gx_sum_rows'. */
static void test_lanes(void)
{
	for (size_t length = 2; length < 100; length++) {
		struct gx_spectrum spectrum = { .length = length, .window = GX_WINDOW_NONE, .rate = 1 };
		struct machine machine = prepare(spectrum);
		double x[100], y[100], power[51], kept[51], mean;
		draw_series(x, length);
		gx_mean_rows(x, 1, length, &mean);
		for (size_t i = 0; i < length; i++)
			y[i] = x[i] - mean;
		gx_spectrum_rows(&machine.spectrum, x, 1, length, machine.scratch, power);
		machine.spectrum.keep_mean = true;
		gx_spectrum_rows(&machine.spectrum, y, 1, length, machine.scratch, kept);
		unit_same_all(power, kept, machine.ncolumn, "length %zu", length);
		release(&machine);
	}
	unit_report("what is taken away of a segment is the mean of gx-means");
}

static void test_hash(void)
{
	static const size_t length[] = { 2,  3,  4,  5,	 6,  7,	 8,  9,	  10,  16,   25,   47,
					 48, 64, 77, 90, 96, 121, 128, 225, 512, 1000, 1029, 4096 };
	static double x[30 * 4096], power[4096 / 2 + 1];
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	unit_draw_from(1); /* the hash is that of these values */
	for (size_t i = 0; i < 3 * sizeof length / sizeof *length; i++) {
		struct gx_spectrum spectrum = { .length = length[i / 3],
						.overlap = length[i / 3] / 3,
						.scale = (enum gx_spectrum_scale)(i % 3),
						.relative = i % 2,
						.rate = 7 };
		struct machine machine = prepare(spectrum);
		const size_t nsegment = 1 + unit_draw_below(29);
		draw_series(x, values(&spectrum, nsegment));
		add_in_pieces(&machine, x, nsegment, 12, power);
		for (size_t k = 0; k < machine.ncolumn; k++)
			hash = (hash ^ unit_bits(power[k])) * UINT64_C(0x100000001b3);
		release(&machine);
	}
	unit_test(hash == UINT64_C(0x1c36cf459309c9af), "the bits of every machine (%016" PRIx64 ")", hash);
	unit_draw_from(unit_seed());
}

/* ---- what is missing ---- */

static void check_all_missing(const double *power, size_t n, const char *what)
{
	for (size_t k = 0; k < n; k++)
		unit_equal(unit_bits(power[k]), GX_NAN_BITS, "%s, frequency %zu", what, k);
}

static void test_missing(void)
{
	enum { LENGTH = 20, OVERLAP = 8, N = 60 }; /* 4 segments, 4 values behind them */
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	struct machine machine =
		prepare((struct gx_spectrum){ .length = LENGTH, .overlap = OVERLAP, .rate = 1 });
	double x[N], power[LENGTH / 2 + 1], before[LENGTH / 2 + 1];
	double none[3 * (LENGTH / 2 + 1)];
	draw_series(x, N);
	gx_spectrum_rows(&machine.spectrum, x, 1, N, machine.scratch, before);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < 6; j++) {
			const double was = x[i];
			x[i] = bad[j / 2];
			machine.spectrum.keep_mean = j % 2;
			gx_spectrum_rows(&machine.spectrum, x, 1, N, machine.scratch, power);
			if (i < 56)
				check_all_missing(power, machine.ncolumn, "a hole");
			else if (j % 2 == 0)
				unit_same_all(power, before, machine.ncolumn, "hole at %zu", i);
			x[i] = was;
		}
	unit_report("a value that is missing or infinite makes a row missing where a segment has it");

	machine.spectrum.keep_mean = false;
	gx_spectrum_rows(&machine.spectrum, x, 3, LENGTH - 1, machine.scratch, none);
	check_all_missing(none, 3 * machine.ncolumn, "no segment");
	add_in_pieces(&machine, x, 0, 1, power);
	check_all_missing(power, machine.ncolumn, "no segment");
	unit_report("so does a row without a segment");

	memset(x, 0, sizeof x);
	x[3] = -0.0;
	static const double zero[LENGTH];
	for (int scale = 0; scale < 3; scale++) {
		machine.spectrum.scale = (enum gx_spectrum_scale)scale;
		gx_spectrum_rows(&machine.spectrum, x, 1, N, machine.scratch, power);
		unit_same_all(power, zero, machine.ncolumn, "zeros, scale %d", scale);
	}
	machine.spectrum.relative = true;
	gx_spectrum_rows(&machine.spectrum, x, 1, N, machine.scratch, power);
	check_all_missing(power, machine.ncolumn, "relative zeros");
	unit_report("zeros are +0, and missing where they are relative");
	release(&machine);
}

/* A sum that overflows is not a missing value; 2^900 times it is the same, 2^1800 times the power. */
static void test_large(void)
{
	enum { LENGTH = 30 };
	struct machine machine = prepare((struct gx_spectrum){ .length = LENGTH, .rate = 1 });
	double x[LENGTH], small[LENGTH / 2 + 1], large[LENGTH / 2 + 1];
	draw_series(x, LENGTH);
	gx_spectrum_rows(&machine.spectrum, x, 1, LENGTH, machine.scratch, small);
	for (int i = 0; i < LENGTH; i++)
		x[i] = ldexp(x[i], 400);
	gx_spectrum_rows(&machine.spectrum, x, 1, LENGTH, machine.scratch, large);
	for (int k = 0; k <= LENGTH / 2; k++)
		unit_same(large[k], ldexp(small[k], 800), "frequency %d", k);
	unit_report("values of another size have the same spectrum");

	struct gx_spectrum_sum sum = { .scratch = machine.scratch };
	for (int i = 0; i < LENGTH; i++)
		x[i] = 1e308;
	gx_spectrum_begin(&machine.spectrum, &sum);
	gx_spectrum_add(&machine.spectrum, &sum, x, 1);
	gx_spectrum_end(&machine.spectrum, &sum, large);
	unit_test(!sum.missing, "a sum that overflows is not taken for a missing value");
	release(&machine);
}

/* ---- lengths ---- */

static void test_lengths(void)
{
	static const uint64_t works[] = { 2, 3, 4093, 8186, 4093 * 4093, 1 << 24, 4096, 44100 };
	static const uint64_t fails[] = { 0, 1, 4099, 2 * 4099, (1 << 24) + 1, (1 << 24) + 2, UINT64_MAX,
					  UINT64_C(1) << 40, 16777213 };
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		unit_check(gx_spectrum_length_works(works[i]), "%" PRIu64, works[i]);
	for (size_t i = 0; i < sizeof fails / sizeof *fails; i++)
		unit_check(!gx_spectrum_length_works(fails[i]), "%" PRIu64, fails[i]);
	/* 4099 is a prime, 4098 = 2 x 3 x 683 and 4100 = 2^2 x 5^2 x 41. */
	static const uint64_t near[][2] = { { 0, 2 }, { 1, 2 }, { 4096, 4096 }, { 4099, 4100 },
					    { 16777213, 16777212 }, { (1 << 24) + 5, 1 << 24 },
					    { UINT64_MAX, 1 << 24 } };
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		unit_equal(gx_spectrum_nearest_length(near[i][0]), near[i][1], "nearest %" PRIu64,
			   near[i][0]);
	for (int i = 0; i < 100; i++) {
		const uint64_t n = 2 + unit_draw_below((1 << 24) - 2);
		const uint64_t nearest = gx_spectrum_nearest_length(n);
		const uint64_t away = n > nearest ? n - nearest : nearest - n;
		unit_check(gx_spectrum_length_works(nearest), "nearest to %" PRIu64, n);
		for (uint64_t d = 0; d < away; d++)
			unit_check(!gx_spectrum_length_works(n + d) && !gx_spectrum_length_works(n - d),
				   "%" PRIu64 " away from %" PRIu64 " is nearer", d, n);
	}
	unit_report("which lengths work, and the nearest");

	for (size_t n = 2; n < 20000; n += n < 3000 ? 1 : 97) {
		unit_check(gx_spectrum_table_size(n) <= 3 * n, "table of %zu: %zu", n,
			   gx_spectrum_table_size(n));
		unit_check(gx_spectrum_scratch_size(n) <= 21 * n + 64, "scratch of %zu: %zu", n,
			   gx_spectrum_scratch_size(n));
	}
	unit_report("memory: 3 doubles a value for all threads, 21 for each");

	struct gx_spectrum spectrum = { .length = 10, .overlap = 7 };
	static const uint64_t want[] = { 0, 0, 1, 1, 1, 2, 2, 2, 3 };
	for (uint64_t n = 8; n < 17; n++)
		unit_equal(gx_spectrum_segments(&spectrum, n), want[n - 8], "%d values", (int)n);
	unit_report("segments of a series");
}

int main(void)
{
	test_lengths();
	test_definition();
	test_parseval();
	test_tone();
	test_pieces();
	test_rows();
	test_lanes();
	test_missing();
	test_large();
	test_hash();
	return unit_end();
}
