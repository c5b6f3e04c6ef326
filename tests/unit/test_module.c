/* SPDX-License-Identifier: MIT */
/*
 * Planted modules. Cells are compared bit for bit with a second implementation below, straight
 * from module.h: one cell at a time. Where each module has one row alone the cells are
 * independent, and must have the distribution that they have without modules: moments and
 * Kolmogorov-Smirnov distance, as in test_distribution.c. The hashes come from gx itself: they
 * tell that every compiler, optimisation and SIMD level gives the same bits.
 */
#include "kernel/module.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/distribution.h"
#include "kernel/elementary.h"
#include "kernel/elementary_inline.h"
#include "unit.h"

static const struct gx_distribution distributions[] = {
	{ .kind = GX_EXPONENTIAL, .seed = 1, .scale = 10, .strength = 0.2 },
	{ .kind = GX_UNIFORM, .seed = 1, .scale = 1, .strength = 0.5 },
	{ .kind = GX_NORMAL, .seed = UINT64_C(0xfedcba9876543210), .mean = 2, .sd = 1.5,
	  .strength = 0.9 },
	{ .kind = GX_LOGNORMAL, .seed = 3, .mean = 2, .sd = 1.5, .strength = 0.01 },
	{ .kind = GX_NBINOM, .seed = 4, .mean = 100, .sd = 1.5, .dispersion = 0.2,
	  .strength = 0.4 },
};
enum { KINDS = sizeof(distributions) / sizeof(distributions[0]) };
static const char *const names[] = {
	"exponential", "uniform", "normal", "lognormal", "nbinom",
};

static struct gx_distribution with_modules(int kind, uint64_t nmodule)
{
	struct gx_distribution d = distributions[kind];

	d.nmodule = nmodule;
	return d;
}

/* The first K of every 2 K rows, one row to a module. */
static void test_rows(void)
{
	for (uint64_t nmodule = 1; nmodule < 9; nmodule++) {
		const uint64_t firsts[] = { 0, UINT64_C(720720) << 32 }; /* of 2 K, both */

		for (int f = 0; f < 2; f++) {
			uint64_t at = 0;

			for (uint64_t row = firsts[f]; row < firsts[f] + 100; row++) {
				const uint64_t want = at < nmodule ? at : GX_UNKNOWN;
				const size_t left = (size_t)((at < nmodule ? 1 : 2) * nmodule - at);

				unit_equal(gx_module_of_row(row, nmodule), want,
					   "row %" PRIu64 " of %" PRIu64 " modules", row, nmodule);
				unit_equal(gx_module_run(row, 100, nmodule), left,
					   "run from row %" PRIu64, row);
				unit_equal(gx_module_run(row, 1, nmodule), 1, "a run of one");
				at = at + 1 == 2 * nmodule ? 0 : at + 1;
			}
		}
	}
	unit_report("modules and runs of rows");
}

static double define_u(uint64_t seed, uint64_t row, uint64_t column, uint32_t draw)
{
	const uint32_t counter[4] = { (uint32_t)row, (uint32_t)(row >> 32),
				      (uint32_t)(column >> 1), draw };
	const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
	uint32_t out[4];

	gx_philox(counter, key, out);
	const uint32_t *word = out + 2 * (column & 1);
	const uint64_t w = (uint64_t)word[1] << 32 | word[0];

	return ldexp((double)(w >> 12) + 0.5, -52);
}

static double define_cell(const struct gx_distribution *d, uint64_t row, uint64_t column)
{
	const bool background = row % (2 * d->nmodule) >= d->nmodule;
	double u = define_u(d->seed, row, column, 0);
	double z = gx_normal_quantile(u);

	if (!background) {
		const double f = gx_normal_quantile(
			define_u(d->seed, row % (2 * d->nmodule), column, 0x40000000));

		z = sqrt(d->strength) * f + sqrt(1 - d->strength) * z;
		u = fmin(gx_normal_below(z), 1 - 0x1p-53);
	}
	switch (d->kind) {
	case GX_EXPONENTIAL:
		return -d->scale * gx_ln(u);
	case GX_UNIFORM:
		return d->scale * u;
	case GX_NORMAL:
		return d->mean + d->sd * z;
	default:
		return gx_exp(d->mean + d->sd * z);
	}
}

static void test_definition(int kind)
{
	static const size_t ncols[] = { 1, 2, 7, 16, 49, 50, 51, 128, 511, 512, 513, 1537 };
	static const size_t nrows[] = { 1, 2, 9, 17 };
	static const uint64_t firsts[] = { 0, UINT64_C(0xfffffffb), UINT64_C(0x123456789abcdef) };
	static const uint64_t nmodules[] = { 1, 2, 3, 8, 100, UINT64_C(1) << 40 };

	for (size_t c = 0; c < sizeof(ncols) / sizeof(ncols[0]); c++) {
		for (size_t r = 0; r < sizeof(nrows) / sizeof(nrows[0]); r++) {
			const size_t ncol = ncols[c], nrow = nrows[r];
			const size_t n = ncol * nrow;
			const uint64_t first = firsts[(c + r) % 3];
			const struct gx_distribution d =
				with_modules(kind, nmodules[(c + 2 * r) % 6]);

			if (ncol > 520 && nrow > 2)
				continue;
			struct unit_fence fence = unit_fence_make(n * sizeof(double));
			double *x = unit_place(&fence, n * sizeof(*x), (c ^ r) & 1);
			gx_random_rows(&d, first, nrow, ncol, x);
			for (size_t i = 0; i < n; i++)
				unit_same(x[i], define_cell(&d, first + i / ncol, i % ncol),
					  "%" PRIu64 " modules, %zu x %zu from row %" PRIu64
					  ", cell %zu",
					  d.nmodule, nrow, ncol, first, i);
			unit_fence_free(&fence);
		}
	}
	unit_report("%s: cells as defined, in all shapes", names[kind]);
}

/* Any block of rows has the bits that it has in the whole. */
static void test_cuts(int kind)
{
	static const size_t ncols[] = { 1, 2, 7, 49, 50, 129, 600 };
	static const uint64_t nmodules[] = { 1, 3, 20, 1000 };

	for (size_t c = 0; c < sizeof(ncols) / sizeof(ncols[0]); c++) {
		const size_t ncol = ncols[c], nrow = ncol > 200 ? 9 : 90;
		double *whole = unit_allocate(nrow * ncol, sizeof(*whole));
		double *part = unit_allocate(nrow * ncol, sizeof(*part));

		for (int k = 0; k < 4; k++) {
			const struct gx_distribution d = with_modules(kind, nmodules[k]);

			gx_random_rows(&d, 7, nrow, ncol, whole);
			for (size_t step = 1; step < nrow; step += step < 10 ? 1 : 13) {
				memset(part, 0xff, nrow * ncol * sizeof(*part));
				for (size_t i = 0; i < nrow; i += step)
					gx_random_rows(&d, 7 + i,
						       nrow - i < step ? nrow - i : step, ncol,
						       part + i * ncol);
				unit_same_all(part, whole, nrow * ncol, "%zu x %zu by %zu rows",
					      nrow, ncol, step);
			}
		}
		free(whole);
		free(part);
	}
	unit_report("%s: the same bits however it is cut", names[kind]);
}

/* Rows of no module are those without modules; of a module, hardly a value is. */
static void test_background(int kind)
{
	enum { NROW = 60, NCOL = 51 };
	static double plain[NROW * NCOL], planted[NROW * NCOL];
	const struct gx_distribution d = with_modules(kind, 5);
	int changed = 0;

	gx_random_rows(&distributions[kind], 0, NROW, NCOL, plain);
	gx_random_rows(&d, 0, NROW, NCOL, planted);
	for (int i = 0; i < NROW; i++) {
		if (i % 10 >= 5)
			unit_same_all(planted + i * NCOL, plain + i * NCOL, NCOL, "row %d", i);
		else
			for (int j = 0; j < NCOL; j++)
				changed += planted[i * NCOL + j] != plain[i * NCOL + j];
	}
	unit_report("%s: rows of no module are as they are without modules", names[kind]);
	unit_test(changed > NROW / 2 * NCOL * 9 / 10, "%s: %d of %d cells of modules changed",
		  names[kind], changed, NROW / 2 * NCOL);
}

/* FNV-1a over the values' bits. */
static uint64_t hash(const double *x, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ gx_double_bits(x[i])) * UINT64_C(0x100000001b3);
	return h;
}

static void test_hashes(void)
{
	static const uint64_t want[KINDS] = {
		UINT64_C(0x9622c3e468ac98a1), UINT64_C(0x6f926af22c9de547),
		UINT64_C(0x749bc9c0057a536a), UINT64_C(0x00349f2fb1c69419),
		UINT64_C(0x8dd03fb8df3e37a5),
	};
	static double x[100 * 1000];

	for (int k = 0; k < KINDS; k++) {
		const struct gx_distribution d = with_modules(k, 20);

		gx_random_rows(&d, 7, 1000, 50, x);
		gx_random_rows(&d, UINT64_C(0xffffffff), 50, 1000, x + 50000);
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

/* One row to a module, so that all cells are independent. */
static void test_marginals(int kind)
{
	enum { NROW = 4000, NCOL = 50, COUNT = NROW * NCOL };
	static double x[COUNT];
	const struct gx_distribution d = with_modules(kind, NROW);
	double distance = 0;

	gx_random_rows(&d, 0, NROW, NCOL, x);
	qsort(x, COUNT, sizeof(*x), compare);
	for (int i = 0; i < COUNT; i++) {
		const double f = distribution_function(&d, x[i]);

		distance = fmax(distance, fmax(f - (double)i / COUNT, (i + 1.0) / COUNT - f));
	}
	unit_test(distance < 1.95 / sqrt(COUNT), "%s: its distribution, KS %.2f / sqrt(n)",
		  names[kind], distance * sqrt(COUNT));
}

static void test_counts(double mean, double dispersion)
{
	enum { NROW = 4000, NCOL = 50, COUNT = NROW * NCOL };
	static double x[COUNT];
	const struct gx_distribution d = {
		.kind = GX_NBINOM, .seed = 11, .mean = mean, .dispersion = dispersion,
		.nmodule = NROW, .strength = 0.7,
	};
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
		  "nbinom, mean %g, dispersion %g: mean %+.2f, variance %+.2f standard errors off",
		  mean, dispersion, mean_z, variance_z);
}

/* The correlation of two rows of one module, of two modules, and of a module and none. */
static void test_correlation(void)
{
	enum { NCOL = 100000 };
	static double x[6 * NCOL];
	const struct gx_distribution d = {
		.kind = GX_NORMAL, .seed = 5, .sd = 1, .nmodule = 2, .strength = 0.3,
	};
	const int pairs[][2] = { { 0, 4 }, { 1, 5 }, { 0, 1 }, { 4, 5 }, { 0, 2 }, { 2, 3 } };

	gx_random_rows(&d, 0, 6, NCOL, x);
	for (int p = 0; p < 6; p++) {
		const double *a = x + pairs[p][0] * NCOL, *b = x + pairs[p][1] * NCOL;
		const double want = p < 2 ? d.strength : 0;
		double aa = 0, bb = 0, ab = 0;

		for (int j = 0; j < NCOL; j++) {
			aa += a[j] * a[j];
			bb += b[j] * b[j];
			ab += a[j] * b[j];
		}
		const double got = ab / sqrt(aa * bb);

		unit_test(fabs(got - want) < 4 * (1 - want * want) / sqrt(NCOL),
			  "rows %d and %d: correlation %.4f, expected %g", pairs[p][0],
			  pairs[p][1], got, want);
	}
}

/* Finite numbers, whatever the parameters. */
static void test_extremes(void)
{
	const struct gx_distribution edges[] = {
		{ .kind = GX_EXPONENTIAL, .scale = 1e300, .strength = 0.5 },
		{ .kind = GX_EXPONENTIAL, .scale = 5e-324, .strength = 5e-324 },
		{ .kind = GX_UNIFORM, .scale = 1e300, .strength = 1 - 0x1p-53 },
		{ .kind = GX_NORMAL, .mean = -1e300, .sd = 1e300, .strength = 0.5 },
		{ .kind = GX_LOGNORMAL, .mean = 592, .sd = 10, .strength = 0.5 },
		{ .kind = GX_LOGNORMAL, .sd = 60.5, .strength = 0.5 },
		{ .kind = GX_NBINOM, .mean = 9e289, .dispersion = 1e300, .strength = 0.5 },
		{ .kind = GX_NBINOM, .mean = 5e-324, .dispersion = 0x1p-110, .strength = 0.5 },
	};
	static double x[500];

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct gx_distribution d = edges[i];

		d.nmodule = 10;
		unit_text(gx_distribution_check(&d), NULL, "edge %zu", i);
		gx_random_rows(&d, 0, 10, 50, x);
		for (int k = 0; k < 500; k++)
			unit_check(isfinite(x[k]) && (d.kind == GX_NORMAL || x[k] >= 0),
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
		{ { .kind = GX_UNIFORM, .scale = 1, .strength = 0 }, "--strength " },
		{ { .kind = GX_UNIFORM, .scale = 1, .strength = 1 }, "--strength " },
		{ { .kind = GX_UNIFORM, .scale = 1, .strength = -0.1 }, "--strength " },
		{ { .kind = GX_UNIFORM, .scale = 1, .strength = NAN }, "--strength " },
		{ { .kind = GX_LOGNORMAL, .sd = 61, .strength = 0.5 }, "--mean " },
		{ { .kind = GX_NBINOM, .mean = 1, .strength = 0.5 }, "--dispersion " },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct gx_distribution d = wrong[i].d;

		d.nmodule = 1;
		const char *what = gx_distribution_check(&d);

		unit_check(what && strncmp(what, wrong[i].option, strlen(wrong[i].option)) == 0,
			   "case %zu: got '%s', want '%s...'", i, what ? what : "(null)",
			   wrong[i].option);
		if (d.kind != GX_NBINOM)
			d.strength = 0.5;
		d.nmodule = 0;
		unit_text(gx_distribution_check(&d), NULL, "case %zu without modules", i);
	}
	unit_report("parameters outside the domain are refused by name");
}

int main(void)
{
	test_rows();
	for (int k = 0; k < KINDS - 1; k++)
		test_definition(k);
	for (int k = 0; k < KINDS; k++) {
		test_cuts(k);
		test_background(k);
	}
	test_hashes();
	for (int k = 0; k < KINDS - 1; k++)
		test_marginals(k);
	test_counts(40, 0.2);
	test_counts(3, 1);
	test_counts(100, 3);
	test_correlation();
	test_extremes();
	test_check();
	return unit_end();
}
