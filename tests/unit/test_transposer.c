/* SPDX-License-Identifier: MIT */
/*
 * The transposer against the value that each cell has: random shapes, added and taken in
 * random pieces, in memory and through a file in TMPDIR; what it says where that is full.
 */
#include "bytes/transposer.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit.h"

static bool floats; /* values are, and are kept as such */

/* The value of a cell, all of it: a NaN is carried like any other. */
static uint64_t cell(uint64_t i, uint64_t j)
{
	uint64_t z = i * UINT64_C(0x9e3779b97f4a7c15) + j * UINT64_C(0xc2b2ae3d27d4eb4f);
	z ^= z >> 31;
	return floats ? unit_bits(((double)(z >> 40) - 0x1p23) * 0x1p-100) : z;
}

static void add_all(struct gx_transposer *t, uint64_t nrow, uint64_t ncol)
{
	for (uint64_t i = 0; i < nrow;) {
		uint64_t n = 1 + unit_draw_below(nrow - i < 5000 ? nrow - i : 5000);
		if (n * ncol > 3000000)
			n = 1;
		double *value = unit_allocate(n * ncol, sizeof *value);
		for (uint64_t r = 0; r < n; r++)
			for (uint64_t j = 0; j < ncol; j++)
				value[r * ncol + j] = unit_double(cell(i + r, j));
		gx_transposer_add(t, value, n);
		free(value);
		i += n;
	}
}

/* Columns first .. first + n - 1, in a block that ends where writing must. */
static bool check_columns(struct gx_transposer *t, uint64_t nrow, uint64_t ncol, uint64_t first,
			  size_t n)
{
	struct unit_fence fence = unit_fence_make(n * nrow * sizeof(double));
	double *out = unit_place(&fence, n * nrow * sizeof *out, true);
	gx_transposer_take(t, first, n, out);
	bool good = true;
	for (size_t k = 0; k < n && good; k++)
		for (uint64_t i = 0; i < nrow && good; i++)
			good = unit_equal(unit_bits(out[k * nrow + i]), cell(i, first + k),
					  "%" PRIu64 " x %" PRIu64 ", %zu columns from %" PRIu64
					  ": row %" PRIu64 " of column %zu",
					  nrow, ncol, n, first, i, k);
	unit_fence_free(&fence);
	return good;
}

static void check_shape(uint64_t nrow, uint64_t ncol)
{
	struct gx_transposer *t = floats ? gx_transposer_open_floats(ncol) :
					   gx_transposer_open(ncol);
	add_all(t, nrow, ncol);
	gx_transposer_turn(t);
	unit_equal(gx_transposer_rows(t), nrow, "rows of %" PRIu64 " x %" PRIu64, nrow, ncol);
	uint64_t batch = gx_transposer_batch(t);
	unit_check(batch >= 1 && batch <= ncol, "%" PRIu64 " of %" PRIu64 " columns at a time",
		   batch, ncol);
	/* All of them, as a reader takes them, then some that are not at a batch's beginning. */
	bool good = true;
	for (uint64_t first = 0; first < ncol && good; first += batch)
		good = check_columns(t, nrow, ncol, first,
				     ncol - first < batch ? ncol - first : batch);
	for (int k = 0; k < 3 && good; k++) {
		uint64_t first = unit_draw_below(ncol);
		uint64_t most = ncol - first < batch ? ncol - first : batch;
		good = check_columns(t, nrow, ncol, first, 1 + unit_draw_below(most));
	}
	gx_transposer_close(t);
}

static void test_small(void)
{
	for (int k = 0; k < 400; k++)
		check_shape(unit_draw_below(k < 200 ? 8 : 150), 1 + unit_draw_below(k % 2 ? 8 : 150));
	for (uint64_t n = 30; n <= 34; n++) /* about the squares that it turns by */
		for (uint64_t m = 62; m <= 66; m++)
			check_shape(n, m);
	check_shape(0, 1);
	check_shape(0, 100000);
	unit_report("random shapes in memory");
}

static void test_large(void)
{
	check_shape(2500000, 1);
	check_shape(5, (1 << 20) + 1); /* a row is more than a tile */
	check_shape(3001, 700);
	check_shape(2 * 1024, 1024); /* whole tiles */
	check_shape(2 * 1024 + 1, 1024);
	check_shape(1000 + unit_draw_below(500), 1000 + unit_draw_below(1500));
	unit_report("through a file: tiles and the rest of one");
}

static void test_floats(void)
{
	floats = true;
	for (int k = 0; k < 100; k++)
		check_shape(unit_draw_below(150), 1 + unit_draw_below(150));
	check_shape(5, (1 << 20) + 1);
	check_shape(3001, 700);
	check_shape(2 * 1024 + 1, 1024);
	floats = false;
	unit_report("floats, in memory and through a file");
}

/* ---- where it cannot write ---- */

static void turn(void *shape)
{
	const uint64_t *n = shape;
	struct gx_transposer *t = gx_transposer_open(n[1]);
	add_all(t, n[0], n[1]);
	gx_transposer_turn(t);
	gx_transposer_close(t);
}

static void turn_nowhere(void *shape)
{
	setenv("TMPDIR", "/nowhere/at/all", 1);
	turn(shape);
}

static void turn_full(void *shape)
{
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 12 << 20, 12 << 20 });
	turn(shape);
}

static void test_refusals(void)
{
	uint64_t small[] = { 100, 100 }, large[] = { 3000, 1000 };
	unit_dies(3, "/nowhere/at/all", turn_nowhere, large);
	unit_dies(3, "to transpose in", turn_nowhere, large);
	unit_report("a TMPDIR that is not there is exit 3 and named");
	unit_dies(3, "TMPDIR", turn_full, large);
	unit_report("so is one that is full");
	unit_equal((uint64_t)unit_run_child(turn_nowhere, small).code, 0, "exit");
	unit_equal((uint64_t)unit_run_child(turn_full, small).code, 0, "exit");
	unit_report("where all fits into memory no file is asked for");
}

int main(void)
{
	alarm(300); /* an endless loop is a failure */
	unit_directory();
	test_small();
	test_large();
	test_floats();
	test_refusals();
	return unit_end();
}
