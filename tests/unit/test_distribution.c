/* SPDX-License-Identifier: MIT */
/*
 * The generator and the distributions.
 *
 * The known answers of Philox4x32-10 are those of the authors' Random123 distribution
 * (kat_vectors). Cells are compared bit for bit with a second implementation below,
 * straight from the definition: one cell at a time, 32-bit words, ldexp. Distributions are
 * compared with theory: moments, Kolmogorov-Smirnov distance (the bound 1.95 / sqrt(n) is
 * exceeded once in 1000), chi-square against probabilities from lgammal. Seeds are fixed, so
 * a test that passes always passes. The hashes come from gx itself: they tell that every
 * compiler, optimisation and SIMD level gives the same bits.
 */
#include "kernel/distribution.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/elementary.h"
#include "kernel/philox.h"
#include "unit.h"

static const struct gx_distribution distributions[] = {
	{ .kind = GX_EXPONENTIAL, .seed = 1, .scale = 10 },
	{ .kind = GX_UNIFORM, .seed = 1, .scale = 1 },
	{ .kind = GX_NORMAL, .seed = UINT64_C(0xfedcba9876543210), .mean = 2, .sd = 1.5 },
	{ .kind = GX_LOGNORMAL, .seed = 3, .mean = 2, .sd = 1.5 },
	{ .kind = GX_NBINOM, .seed = 4, .mean = 100, .sd = 1.5, .dispersion = 0.2 },
};
static const char *const names[] = {
	"exponential", "uniform", "normal", "lognormal", "nbinom",
};

static void test_known_answers(void)
{
	static const uint32_t known[][10] = {
		{ 0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
		{ 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
		  0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
		{ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
		  0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 },
	};

	for (int i = 0; i < 3; i++) {
		uint32_t out[4];

		gx_philox(known[i], known[i] + 4, out);
		for (int j = 0; j < 4; j++)
			unit_equal(out[j], known[i][6 + j], "word %d", j);
		unit_report("Philox4x32-10, known answer");
	}
}

/* u of a cell, from the definition. */
static double define_u(uint64_t seed, uint64_t row, uint64_t column)
{
	uint32_t c[4] = { (uint32_t)row, (uint32_t)(row >> 32), (uint32_t)(column >> 1), 0 };
	uint32_t k[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };

	for (int round = 0; round < 10; round++) {
		const uint64_t p = (uint64_t)0xd2511f53 * c[0];
		const uint64_t q = (uint64_t)0xcd9e8d57 * c[2];
		const uint32_t next[4] = { (uint32_t)(q >> 32) ^ c[1] ^ k[0], (uint32_t)q,
					   (uint32_t)(p >> 32) ^ c[3] ^ k[1], (uint32_t)p };

		memcpy(c, next, sizeof(c));
		k[0] += 0x9e3779b9;
		k[1] += 0xbb67ae85;
	}
	const uint32_t *word = c + 2 * (column & 1);
	const uint64_t w = (uint64_t)word[1] << 32 | word[0];

	return ldexp((double)(w >> 12) + 0.5, -52);
}

static double define_cell(const struct gx_distribution *d, uint64_t row, uint64_t column)
{
	const double u = define_u(d->seed, row, column);

	switch (d->kind) {
	case GX_EXPONENTIAL:
		return -d->scale * gx_ln(u);
	case GX_UNIFORM:
		return d->scale * u;
	case GX_NORMAL:
		return d->mean + d->sd * gx_normal_quantile(u);
	default:
		return gx_exp(d->mean + d->sd * gx_normal_quantile(u));
	}
}

/* All shapes against the definition. */
static void test_definition(const struct gx_distribution *d, const char *name)
{
	static const size_t ncols[] = {
		1,  2,	3,   7,	  8,   15,  16,	 17,   31,   47,   48,	 49,
		50, 51, 128, 129, 511, 512, 513, 1000, 1535, 1536, 1537, 3080,
	};
	static const size_t nrows[] = { 1, 2, 7, 8, 9, 17 };
	static const uint64_t firsts[] = {
		0, UINT64_C(0xfffffffb), UINT64_C(0x123456789abcdef0), UINT64_MAX - 3,
	};

	for (size_t c = 0; c < sizeof(ncols) / sizeof(ncols[0]); c++) {
		for (size_t r = 0; r < sizeof(nrows) / sizeof(nrows[0]); r++) {
			const size_t ncol = ncols[c], nrow = nrows[r];
			const size_t n = ncol * nrow;
			const uint64_t first = firsts[(c + r) % 4];

			if (ncol > 520 && nrow > 2)
				continue;
			struct unit_fence fence = unit_fence_make(n * sizeof(double));
			double *x = unit_place(&fence, n * sizeof(*x), (c ^ r) & 1);
			gx_random_rows(d, first, nrow, ncol, x);
			for (size_t i = 0; i < n; i++)
				unit_same(x[i], define_cell(d, first + i / ncol, i % ncol),
					  "%zu x %zu from row %" PRIu64 ", cell %zu", nrow, ncol,
					  first, i);
			unit_fence_free(&fence);
		}
	}
	unit_report("%s: cells as defined, in all shapes", name);
}

/* Two cells whose u lies beyond e^-25 of either end: found by search. */
static void test_far_tail(void)
{
	static const struct {
		uint64_t row;
		size_t column;
	} cells[] = { { 18898882, 125 }, { 85442745, 761 } };
	struct gx_distribution d = { .kind = GX_NORMAL, .seed = 1, .mean = 0, .sd = 1 };
	static double x[1000];

	for (int i = 0; i < 2; i++) {
		gx_random_rows(&d, cells[i].row, 1, 1000, x);
		unit_check(fabs(x[cells[i].column]) > 6.65, "cell %d is far out: %g", i,
			   x[cells[i].column]);
		for (size_t j = 0; j < 1000; j++)
			unit_same(x[j], define_cell(&d, cells[i].row, j),
				  "row %" PRIu64 ", column %zu", cells[i].row, j);
	}
	unit_report("normal: the far tails");
}

static void test_unaligned(void)
{
	static double x[51 * 20 + 1], y[51 * 20];

	for (int k = 0; k < 5; k++) {
		gx_random_rows(&distributions[k], 5, 20, 51, x + 1);
		gx_random_rows(&distributions[k], 5, 20, 51, y);
		unit_same_all(x + 1, y, 51 * 20, "%s", names[k]);
	}
	unit_report("any alignment");
}

/* Any block of rows has the bits that it has in the whole. */
static void test_cuts(const struct gx_distribution *d, const char *name)
{
	static const size_t ncols[] = { 1, 2, 3, 7, 49, 50, 51, 128, 129, 255, 600, 1000 };

	for (size_t c = 0; c < sizeof(ncols) / sizeof(ncols[0]); c++) {
		const size_t ncol = ncols[c];
		const size_t nrow = ncol > 200 ? 9 : ncol > 40 ? 41 : 200;
		const uint64_t first = c % 2 ? UINT64_C(0xfffffff0) : UINT64_C(1) << 40;
		double *whole = unit_allocate(nrow * ncol, sizeof(*whole));
		double *part = unit_allocate(nrow * ncol, sizeof(*part));

		gx_random_rows(d, first, nrow, ncol, whole);
		for (size_t step = 1; step < nrow; step += step < 10 ? 1 : 13) {
			memset(part, 0xff, nrow * ncol * sizeof(*part));
			for (size_t i = 0; i < nrow; i += step)
				gx_random_rows(d, first + i, nrow - i < step ? nrow - i : step,
					       ncol, part + i * ncol);
			unit_same_all(part, whole, nrow * ncol, "%zu x %zu by %zu rows", nrow,
				      ncol, step);
		}
		free(whole);
		free(part);
	}
	unit_report("%s: the same bits however it is cut", name);
}

/* FNV-1a over the values' bits. */
static uint64_t hash(const double *x, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++) {
		uint64_t bits;

		memcpy(&bits, &x[i], sizeof(bits));
		h = (h ^ bits) * UINT64_C(0x100000001b3);
	}
	return h;
}

static void test_hashes(void)
{
	static const uint64_t want[5] = {
		UINT64_C(0xac7ba398f171c468), UINT64_C(0xc980ea01845a1d7f),
		UINT64_C(0xe63dd0b6d985777c), UINT64_C(0x5ba19dbf02a4da0a),
		UINT64_C(0x3fb8a038df3e37a5),
	};
	static double x[100 * 1000];

	for (int k = 0; k < 5; k++) {
		gx_random_rows(&distributions[k], 7, 1000, 50, x);
		gx_random_rows(&distributions[k], UINT64_C(0xffffffff), 50, 1000, x + 50000);
		unit_test(hash(x, 100 * 1000) == want[k],
			  "%s: the bits of every machine (%016" PRIx64 ")", names[k],
			  hash(x, 100 * 1000));
	}
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double distribution_function(const struct gx_distribution *d, double x)
{
	switch (d->kind) {
	case GX_EXPONENTIAL:
		return -expm1(-x / d->scale);
	case GX_UNIFORM:
		return x / d->scale;
	case GX_NORMAL:
		return erfc(-(x - d->mean) / d->sd / sqrt(2)) / 2;
	default:
		return erfc(-(log(x) - d->mean) / d->sd / sqrt(2)) / 2;
	}
}

static void test_continuous(const struct gx_distribution *d, const char *name)
{
	enum { NROW = 4000, NCOL = 50, COUNT = NROW * NCOL };
	static double x[COUNT];
	/* Mean, variance, and fourth central moment; of the logarithm for the lognormal. */
	const double mean = d->kind == GX_EXPONENTIAL ? d->scale
			    : d->kind == GX_UNIFORM   ? d->scale / 2
						      : d->mean;
	const double variance = d->kind == GX_EXPONENTIAL ? d->scale * d->scale
				: d->kind == GX_UNIFORM	  ? d->scale * d->scale / 12
							  : d->sd * d->sd;
	const double kurtosis = d->kind == GX_EXPONENTIAL ? 9 : d->kind == GX_UNIFORM ? 1.8 : 3;
	double sum = 0, squares = 0, distance = 0;

	gx_random_rows(d, 0, NROW, NCOL, x);
	for (int i = 0; i < COUNT; i++) {
		const double y = (d->kind == GX_LOGNORMAL ? log(x[i]) : x[i]) - mean;

		sum += y;
		squares += y * y;
	}
	const double mean_z = sum / COUNT / sqrt(variance / COUNT);
	const double variance_z = (squares / COUNT - variance) / variance /
				  sqrt((kurtosis - 1) / COUNT);

	qsort(x, COUNT, sizeof(*x), compare);
	for (int i = 0; i < COUNT; i++) {
		const double f = distribution_function(d, x[i]);

		distance = fmax(distance, fmax(f - (double)i / COUNT, (i + 1.0) / COUNT - f));
	}
	unit_test(fabs(mean_z) < 4 && fabs(variance_z) < 4 && distance < 1.95 / sqrt(COUNT),
		  "%s: mean %+.2f and variance %+.2f standard errors off, KS %.2f / sqrt(n)", name,
		  mean_z, variance_z, distance * sqrt(COUNT));
}

/*
 * The headline of the suite: 200,000 rows of 50 exponentials with scale 10, rows whose mean
 * is above 12. P(Gamma(50) > 60) = sum over k < 50 of e^-60 60^k / k! = 0.0844066...
 */
static void test_headline(void)
{
	const struct gx_distribution d = { .kind = GX_EXPONENTIAL, .seed = 1, .scale = 10 };
	static double x[1000 * 50];
	double term = exp(-60), p = 0;
	int count = 0;

	for (int k = 0; k < 50; k++) {
		p += term;
		term *= 60.0 / (k + 1);
	}
	for (int block = 0; block < 200; block++) {
		gx_random_rows(&d, (uint64_t)block * 1000, 1000, 50, x);
		for (int i = 0; i < 1000; i++) {
			double sum = 0;

			for (int j = 0; j < 50; j++)
				sum += x[50 * i + j];
			count += sum / 50 > 12;
		}
	}
	unit_test(fabs(count - 200000 * p) < 3 * sqrt(200000 * p * (1 - p)),
		  "%d of 200000 row means above 12, expected %.1f +- %.1f",
		  count, 200000 * p, sqrt(200000 * p * (1 - p)));
}

/* ln of the probability of a count. */
static double ln_probability(double k, double mean, double dispersion)
{
	if (dispersion == 0)
		return (double)(k * logl(mean) - mean - lgammal(k + 1));

	const long double r = 1 / (long double)dispersion;

	return (double)(lgammal(k + r) - lgammal(r) - lgammal(k + 1) -
			r * log1pl(mean / r) + k * logl(mean / (r + mean)));
}

/*
 * Counts of one mean: mean, variance, and chi-square over bins that each expect 40 or more,
 * against its normal approximation (Wilson and Hilferty's cube root).
 */
static void test_counts(double mean, double dispersion, int nrow)
{
	enum { NCOL = 100 };
	const struct gx_distribution d = {
		.kind = GX_NBINOM,
		.seed = unit_count(),
		.mean = mean,
		.dispersion = dispersion,
	};
	const int count = nrow * NCOL;
	double *x = unit_allocate((size_t)count, sizeof(*x));
	const double variance = mean + dispersion * mean * mean;
	double sum = 0, squares = 0, fourth = 0, chi_square = 0, expected = 0;
	bool whole = true;
	int bins = 0, at = 0, seen = 0;

	gx_random_rows(&d, 0, (size_t)nrow, NCOL, x);
	for (int i = 0; i < count; i++) {
		const double y = x[i] - mean;

		whole = whole && x[i] >= 0 && x[i] == floor(x[i]);
		sum += y;
		squares += y * y;
		fourth += y * y * y * y;
	}
	const double mean_z = sum / count / sqrt(variance / count);
	const double variance_z = (squares / count - variance) /
				  sqrt((fourth / count - variance * variance) / count);

	/* Bins of consecutive counts; the last one is open. */
	qsort(x, (size_t)count, sizeof(*x), compare);
	double left = count;
	for (double k = 0; at < count; k++) {
		const double here = count * exp(ln_probability(k, mean, dispersion));

		expected += here;
		left -= here;
		while (at < count && x[at] == k) {
			at++;
			seen++;
		}
		if (left < 40) {
			expected += left;
			seen += count - at;
			at = count;
		}
		if (expected >= 40 || at == count) {
			chi_square += (seen - expected) * (seen - expected) / expected;
			bins++;
			expected = 0;
			seen = 0;
		}
	}
	const double df = bins - 1;
	const double chi_z = (cbrt(chi_square / df) - (1 - 2 / (9 * df))) / sqrt(2 / (9 * df));

	unit_test(whole && fabs(mean_z) < 4 && fabs(variance_z) < 4 && chi_z < 3.5,
		  "nbinom, mean %g, dispersion %g: mean %+.2f, variance %+.2f, "
		  "chi-square of %d bins %+.2f standard errors off",
		  mean, dispersion, mean_z, variance_z, bins, chi_z);
	free(x);
}

/* The first two moments alone, where the counts are too many for bins. */
static void test_count_moments(double mean, double dispersion)
{
	enum { NROW = 400, NCOL = 100, COUNT = NROW * NCOL };
	const struct gx_distribution d = {
		.kind = GX_NBINOM,
		.seed = unit_count(),
		.mean = mean,
		.dispersion = dispersion,
	};
	static double x[COUNT];
	const double sd = sqrt(mean + dispersion * mean * mean);
	double sum = 0, squares = 0, fourth = 0;
	bool whole = true;

	gx_random_rows(&d, 0, NROW, NCOL, x);
	for (int i = 0; i < COUNT; i++) {
		const double y = (x[i] - mean) / sd;

		whole = whole && x[i] >= 0 && x[i] == floor(x[i]);
		sum += y;
		squares += y * y;
		fourth += y * y * y * y;
	}
	const double mean_z = sum / sqrt(COUNT);
	const double variance_z = (squares / COUNT - 1) / sqrt((fourth / COUNT - 1) / COUNT);

	unit_test(whole && fabs(mean_z) < 4 && fabs(variance_z) < 4,
		  "nbinom, mean %g, dispersion %g: mean %+.2f, variance %+.2f "
		  "standard errors off",
		  mean, dispersion, mean_z, variance_z);
}

/* Gene means: their logarithms are normal, and every cell of a row shares its mean. */
static void test_gene_means(void)
{
	enum { NROW = 4000, NCOL = 20 };
	const struct gx_distribution d = {
		.kind = GX_NBINOM, .seed = 7, .mean = 1e6, .sd = 1.5,
	};
	static double x[NROW * NCOL], logs[NROW];
	double sum = 0, squares = 0, chi_square = 0, distance = 0;

	gx_random_rows(&d, 0, NROW, NCOL, x);
	for (int i = 0; i < NROW; i++) {
		double mean = 0;

		for (int j = 0; j < NCOL; j++)
			mean += x[i * NCOL + j] / NCOL;
		for (int j = 0; j < NCOL; j++)
			chi_square += pow(x[i * NCOL + j] - mean, 2) / mean;
		logs[i] = log(mean / d.mean) / d.sd;
		sum += logs[i];
		squares += logs[i] * logs[i];
	}
	qsort(logs, NROW, sizeof(*logs), compare);
	for (int i = 0; i < NROW; i++) {
		const double f = erfc(-logs[i] / sqrt(2)) / 2;

		distance = fmax(distance, fmax(f - (double)i / NROW, (i + 1.0) / NROW - f));
	}
	const double df = (double)NROW * (NCOL - 1);
	const double mean_z = sum / sqrt(NROW);
	const double variance_z = (squares / NROW - 1) / sqrt(2.0 / NROW);
	const double chi_z = (chi_square - df) / sqrt(2 * df);

	unit_test(fabs(mean_z) < 4 && fabs(variance_z) < 4 && distance < 1.95 / sqrt(NROW) &&
		   fabs(chi_z) < 4,
		  "nbinom, gene means: mean %+.2f, variance %+.2f, KS %.2f / sqrt(n), cells "
		  "around them %+.2f",
		  mean_z, variance_z, distance * sqrt(NROW), chi_z);
}

/* Finite whole numbers, and an end, whatever the parameters. */
static void test_extremes(void)
{
	static const double means[] = {
		5e-324, 1e-300, 1e-10, 0.1,  9.999999, 10,    1e5,
		1e9,	1e15,	1e16,  1e30, 1e100,    1e200, 9e289,
	};
	static const double dispersions[] = {
		0, 5e-324, 1e-300, 1e-100, 1e-34, 1e-33, 1e-32, 1e-20, 1e-15, 1e-6, 0.999,
		1, 1.001,  3,	   100,	   1e6,	  1e15,	 9e15,	1e17,  1e100, 1e300, DBL_MAX,
	};
	static double x[500];

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
		for (size_t j = 0; j < sizeof(dispersions) / sizeof(dispersions[0]); j++) {
			const struct gx_distribution d = {
				.kind = GX_NBINOM,
				.seed = i,
				.mean = means[i],
				.dispersion = dispersions[j],
			};

			unit_text(gx_distribution_check(&d), NULL, "mean %g, dispersion %g",
				  d.mean, d.dispersion);
			gx_random_rows(&d, j, 10, 50, x);
			for (int k = 0; k < 500; k++)
				unit_check(x[k] >= 0 && isfinite(x[k]) && x[k] == floor(x[k]),
					   "mean %g, dispersion %g, cell %d: %.17g", d.mean,
					   d.dispersion, k, x[k]);
		}
	}
	unit_report("nbinom: finite whole numbers for extreme parameters");

	const struct gx_distribution edges[] = {
		{ .kind = GX_EXPONENTIAL, .scale = 1e300 },
		{ .kind = GX_EXPONENTIAL, .scale = 5e-324 },
		{ .kind = GX_UNIFORM, .scale = 1e300 },
		{ .kind = GX_NORMAL, .mean = -1e300, .sd = 1e300 },
		{ .kind = GX_LOGNORMAL, .mean = 626, .sd = 10 },
		{ .kind = GX_LOGNORMAL, .mean = -1e300, .sd = 1e299 },
		{ .kind = GX_LOGNORMAL, .mean = 0, .sd = 85.4 },
	};

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		unit_text(gx_distribution_check(&edges[i]), NULL, "edge %zu", i);
		gx_random_rows(&edges[i], 0, 10, 50, x);
		for (int k = 0; k < 500; k++)
			unit_check(isfinite(x[k]) && (edges[i].kind == GX_NORMAL || x[k] >= 0),
				   "edge %zu, cell %d: %.17g", i, k, x[k]);
	}
	unit_report("finite numbers for extreme parameters");
}

static void test_check(void)
{
	static const struct {
		struct gx_distribution d;
		const char *option;
	} wrong[] = {
		{ { .kind = GX_EXPONENTIAL, .scale = 0 }, "--scale " },
		{ { .kind = GX_EXPONENTIAL, .scale = -1 }, "--scale " },
		{ { .kind = GX_EXPONENTIAL, .scale = NAN }, "--scale " },
		{ { .kind = GX_UNIFORM, .scale = INFINITY }, "--scale " },
		{ { .kind = GX_UNIFORM, .scale = 1.1e300 }, "--scale " },
		{ { .kind = GX_NORMAL, .mean = INFINITY, .sd = 1 }, "--mean " },
		{ { .kind = GX_NORMAL, .mean = NAN, .sd = 1 }, "--mean " },
		{ { .kind = GX_NORMAL, .mean = 0, .sd = -1 }, "--sd " },
		{ { .kind = GX_NORMAL, .mean = 0, .sd = NAN }, "--sd " },
		{ { .kind = GX_LOGNORMAL, .mean = 710, .sd = 0 }, "--mean " },
		{ { .kind = GX_LOGNORMAL, .mean = 0, .sd = 86 }, "--mean " },
		{ { .kind = GX_NBINOM, .mean = 0, .sd = 1, .dispersion = 1 }, "--mean " },
		{ { .kind = GX_NBINOM, .mean = -1, .sd = 1, .dispersion = 1 }, "--mean " },
		{ { .kind = GX_NBINOM, .mean = 1, .sd = -1, .dispersion = 1 }, "--sd " },
		{ { .kind = GX_NBINOM, .mean = 1, .sd = 1, .dispersion = -1 }, "--dispersion " },
		{ { .kind = GX_NBINOM, .mean = 1, .sd = 1, .dispersion = NAN }, "--dispersion " },
		{ { .kind = GX_NBINOM, .mean = 1, .sd = 1, .dispersion = INFINITY },
		  "--dispersion " },
		{ { .kind = GX_NBINOM, .mean = 1e291, .sd = 0, .dispersion = 1 }, "--mean " },
		{ { .kind = GX_NBINOM, .mean = 1, .sd = 1e300, .dispersion = 1 }, "--mean " },
		{ { .kind = (enum gx_distribution_kind)99 }, "" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *what = gx_distribution_check(&wrong[i].d);

		unit_check(what && strncmp(what, wrong[i].option, strlen(wrong[i].option)) == 0,
			   "case %zu: got '%s', want '%s...'", i, what ? what : "(null)",
			   wrong[i].option);
	}
	unit_report("parameters outside the domain are refused by name");
	for (int k = 0; k < 5; k++)
		unit_text(gx_distribution_check(&distributions[k]), NULL, "%s", names[k]);
	unit_report("parameters in the domain are accepted");
}

int main(void)
{
	alarm(300); /* an endless loop is a failure */
	test_known_answers();
	for (int k = 0; k < 4; k++)
		test_definition(&distributions[k], names[k]);
	test_far_tail();
	test_unaligned();
	for (int k = 0; k < 5; k++)
		test_cuts(&distributions[k], names[k]);
	test_hashes();
	for (int k = 0; k < 4; k++)
		test_continuous(&distributions[k], names[k]);
	test_headline();
	test_counts(0.5, 0, 1000);
	test_counts(3, 0, 1000);
	test_counts(9.99, 0, 1000);
	test_counts(10, 0, 1500);
	test_counts(20, 0, 1500);
	test_counts(1000, 0, 1500);
	test_counts(0.5, 4, 1000);
	test_counts(3, 0.5, 1000);
	test_counts(10, 2, 1000);
	test_counts(30, 1, 1000);
	test_counts(100, 0.2, 1000);
	test_counts(100, 20, 1000);
	test_counts(1000, 0.01, 1000);
	test_count_moments(1e6, 0);
	test_count_moments(1e6, 1e-7);
	test_count_moments(1e9, 0.2);
	test_count_moments(1e12, 1e-20);
	test_count_moments(1e12, 1e-12);
	test_count_moments(0.01, 0.2);
	test_gene_means();
	test_extremes();
	test_check();
	return unit_end();
}
