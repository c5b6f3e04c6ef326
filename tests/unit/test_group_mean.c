/* SPDX-License-Identifier: MIT */
/*
 * The kernels of group_mean.h against those of mean.h on a matrix of the group's columns alone,
 * over arrays that end (or begin) at a page that must not be touched.
 */
#include <math.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/group_mean.h"
#include "kernel/mean.h"
#include "unit.h"

enum { WIDEST = 130, ROWS = 3, GROUPS = WIDEST, ROOM = 65536 /* bytes of the largest array */ };

/* Kind 0: finite values; 1: missing ones, infinities and zeros of both signs among them. */
static double value(int kind)
{
	static const double odd[] = { 0.0, -0.0, INFINITY, -INFINITY, 5e-324, 1.7e308, -1.7e308 };
	uint64_t r = unit_draw();
	if (kind && r % 16 == 0)
		return unit_double(GX_NAN_BITS);
	if (kind && r % 16 == 1)
		return odd[unit_draw() % (sizeof odd / sizeof *odd)];
	return (double)(int64_t)(unit_draw() >> 11) * 0x1p-40 - 4096;
}

/* Columns in groups by chance, each group with one at least; every third draw leaves some out. */
struct drawn {
	size_t ncol, ngroup, group[WIDEST]; /* ngroup: in none */
	double size[GROUPS];
	uint32_t *lane;
	struct gx_column_groups groups;
};

static void draw(struct drawn *d, size_t ncol, const struct unit_fence *fence, bool begin)
{
	static const size_t few[] = { 1, 2, 5, WIDEST };
	*d = (struct drawn){ .ncol = ncol, .ngroup = few[unit_draw() % 4] };
	if (d->ngroup > ncol)
		d->ngroup = ncol;
	bool some = unit_draw() % 3 == 0;
	d->lane = unit_place(fence, ncol * sizeof *d->lane, begin);
	for (size_t j = 0; j < ncol; j++) {
		d->group[j] = j < d->ngroup ? j : unit_draw() % (d->ngroup + some);
		size_t g = d->group[j], l = 0;
		for (size_t k = 0; k < j; k++)
			l += d->group[k] == g;
		d->lane[j] = (uint32_t)(l % 8 * (d->ngroup + 1) + g);
		if (g < d->ngroup)
			d->size[g]++;
	}
	d->groups = (struct gx_column_groups){ d->ngroup, d->size, d->lane };
}

/* The values of a group, row behind row; returns how many a row has. */
static size_t choose(const struct drawn *d, size_t group, const double *x, size_t nrow, double *out)
{
	size_t n = 0;
	for (size_t i = 0; i < nrow; i++)
		for (size_t j = 0; j < d->ncol; j++)
			if (d->group[j] == group)
				out[n++] = x[i * d->ncol + j];
	return n / nrow;
}

static void check(const struct drawn *d, const double *x, size_t nrow, const double *mean,
		  const double *there, bool skip)
{
	double chosen[WIDEST * ROWS], want[ROWS], n[ROWS];
	for (size_t g = 0; g < d->ngroup; g++) {
		size_t ncol = choose(d, g, x, nrow, chosen);
		if (skip)
			gx_mean_rows_skip_na(chosen, nrow, ncol, want, n);
		else
			gx_mean_rows(chosen, nrow, ncol, want);
		for (size_t i = 0; i < nrow; i++) {
			unit_same(mean[i * d->ngroup + g], want[i],
				  "group %zu of %zu, %zu of %zu columns, row %zu%s", g, d->ngroup,
				  ncol, d->ncol, i, skip ? ", of what is there" : "");
			if (skip)
				unit_same(there[i * d->ngroup + g], n[i],
					  "values there: group %zu of %zu, row %zu", g, d->ngroup, i);
		}
	}
}

int main(void)
{
	struct unit_fence in = unit_fence_make(ROOM), lane = unit_fence_make(ROOM),
			  out = unit_fence_make(ROOM), n = unit_fence_make(ROOM),
			  scratch = unit_fence_make(ROOM);
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (int how = 0; how < 12; how++) {
			struct drawn d;
			bool begin = how & 1;
			size_t nrow = 1 + unit_draw() % ROWS;
			draw(&d, ncol, &lane, begin);
			double *x = unit_place(&in, nrow * ncol * sizeof *x, begin);
			double *mean = unit_place(&out, nrow * d.ngroup * sizeof *mean, begin);
			double *there = unit_place(&n, nrow * d.ngroup * sizeof *there, begin);
			double *lanes = unit_place(&scratch, gx_group_lanes(d.ngroup) * sizeof *lanes,
						   begin);
			for (size_t k = 0; k < nrow * ncol; k++)
				x[k] = value(how >> 1 & 1);
			gx_mean_groups(x, nrow, ncol, &d.groups, mean, lanes);
			check(&d, x, nrow, mean, NULL, false);
			gx_mean_groups_skip_na(x, nrow, ncol, &d.groups, mean, there, lanes);
			check(&d, x, nrow, mean, there, true);
		}
	unit_report("means of groups have the bits of their columns alone");
	return unit_end();
}
