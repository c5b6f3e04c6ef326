/* SPDX-License-Identifier: MIT */
#include "kernel/negative_binomial.h"

#include <math.h>
#include <stdbool.h>

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/module.h"
#include "kernel/philox.h"
#include "kernel/transform.h"

/* The draw word of what belongs to a row and not to a cell. */
#define DRAW_OF_ROW UINT32_C(0x80000000)

/*
 * The u of a cell, in the order in which they are used. The first FIRST_DRAWS draws are made
 * by the vector generator for a block of cells at once, further ones one by one: with a mean
 * of 100 and a dispersion of 0.2 one cell in six needs one.
 */
#define FIRST_DRAWS 2
#define COUNT_BLOCK 512

struct stream {
	uint64_t seed;
	uint64_t row;
	uint32_t pair;
	uint32_t draw; /* the next one */
	int used;
	double u[2 * FIRST_DRAWS];
};

/* Inlined: as a call, which GCC makes of it otherwise, it cost 2 % of a count. */
GX_INLINE double stream_next(struct stream *stream)
{
	const int n = 2 * FIRST_DRAWS;

	if (GX_UNLIKELY(stream->used == n)) {
		gx_philox_pair(stream->seed, stream->row, stream->pair, stream->draw,
			       stream->u + n - 2);
		stream->draw += 2;
		stream->used = n - 2;
	}
	return stream->u[stream->used++];
}

/* What does not change from cell to cell. */
struct gamma {
	double d;             /* shape - 1/3, of the shape raised by 1 where it is below 1 */
	double c;             /* 1 / sqrt(9 d) */
	double dispersion;    /* 1 / shape */
	double ln_dispersion;
	bool poisson;         /* too small a dispersion to show */
	bool raised;
};

static struct gamma gamma_init(double dispersion)
{
	struct gamma gamma = { .dispersion = dispersion,
			       .poisson = dispersion < GX_POISSON_DISPERSION };

	if (gamma.poisson)
		return gamma;
	gamma.raised = dispersion > 1;
	gamma.d = 1 / dispersion + (gamma.raised ? 1 : 0) - 1. / 3;
	gamma.c = 1 / sqrt(9 * gamma.d);
	gamma.ln_dispersion = gx_ln(dispersion);
	return gamma;
}

/*
 * (3 t - 3/2 t^2 + t^3 - 3 ln(1 + t)) / t^4 = 3/4 - 3/5 t + 3/6 t^2 - ..., t > -1. The
 * series where the sum of the left side would cancel; its terms fall below 2^-53.
 */
static double ln_remainder(double t)
{
	if (t > -0.07 && t < 0.07) {
		double sum = 0;

		for (int i = 17; i >= 4; i--)
			sum = 3. / i - t * sum;
		return sum;
	}
	return (3 * t - 1.5 * (t * t) + t * t * t - 3 * gx_ln(1 + t)) / (t * t) / (t * t);
}

/*
 * A gamma variable with mean 1 and variance `dispersion`: G. Marsaglia and W. W. Tsang, A
 * simple method for generating gamma variables. ACM TOMS 26 (2000) 363-372. With
 * v = (1 + t)^3, t = cx, d v is accepted where
 *	ln u < x^2 / 2 + d - d v + d ln v = -d t^4 ln_remainder(t),
 * the form on the right holding for any d: the terms that cancel, d t^2 9/2 = x^2 / 2, are
 * gone. A shape below 1 is raised by 1 and its result multiplied by u^(1 / shape), here in
 * one exponential with the scale: u^dispersion * dispersion is at most 3.4e15 when both of
 * its factors are far out of range.
 */
static double gamma_next(const struct gamma *gamma, struct stream *stream, double first_z)
{
	double x = first_z;
	double v;

	stream->used = 1; /* it gave first_z */
	for (;;) {
		const double t = gamma->c * x;
		const double u = stream_next(stream);
		const double w = x * x;

		v = (1 + t) * (1 + t) * (1 + t);
		if (v > 0 && (u < 1 - 0.0331 * (w * w) ||
			      gx_ln(u) < -gamma->d * (t * t) * (t * t) * ln_remainder(t)))
			break;
		x = gx_normal_quantile(stream_next(stream));
	}
	if (!gamma->raised)
		return gamma->d * gamma->dispersion * v;
	return gamma->d * v *
	       gx_exp(gamma->ln_dispersion + gamma->dispersion * gx_ln(stream_next(stream)));
}

/*
 * ln of the Poisson probability of k. For k > 15 in C. Loader's saddle-point form (Fast and
 * accurate computation of binomial probabilities, 2000), which has no large terms that
 * cancel: -(ln k! - its Stirling formula) - deviance - ln(2 pi k) / 2.
 */
static double poisson_ln_probability(double k, double mean)
{
	const double half_ln_two_pi = 0.91893853320467274178;

	if (k <= 15) {
		double factorial = 1;

		for (int i = 2; i <= (int)k; i++)
			factorial *= i;
		return k * gx_ln(mean) - mean - gx_ln(factorial);
	}

	/* The deviance k ln(k / mean) + mean - k; k / mean = (1 + v) / (1 - v). */
	const double difference = k - mean;
	const double v = difference / (k + mean);
	const double z = v * v;
	double deviance;

	if (z < 0.01) {
		double sum = 0;

		for (int i = 17; i >= 3; i -= 2)
			sum = 1. / i + z * sum;
		deviance = difference * v + 2 * k * v * z * sum;
	} else {
		deviance = k * gx_ln(k / mean) - difference;
	}

	const double r = 1 / k;
	const double s = r * r;
	const double stirling =
		r * (1. / 12 - s * (1. / 360 - s * (1. / 1260 - s * (1. / 1680 - s / 1188))));

	return -stirling - deviance - half_ln_two_pi - 0.5 * gx_ln(k);
}

/*
 * Below 10 by inversion, term by term; from 10 on by transformed rejection, W. Hormann:
 * The transformed rejection method for generating Poisson random variables. Insurance:
 * Mathematics and Economics 12 (1993) 39-45, algorithm PTRS.
 */
static double poisson_next(struct stream *stream, double mean)
{
	if (mean < 10) {
		const double u = stream_next(stream);
		double term = gx_exp(-mean);
		double sum = term;
		double k = 0;

		/* The least term before the largest is e^-10: this only ends a rounded tail. */
		while (u > sum && term > 0x1p-60) {
			k++;
			term *= mean / k;
			sum += term;
		}
		return k;
	}

	const double b = 0.931 + 2.53 * sqrt(mean);
	const double a = -0.059 + 0.02483 * b;
	const double sure = 0.9277 - 3.6224 / (b - 2);

	for (;;) {
		const double u = stream_next(stream) - 0.5;
		const double v = stream_next(stream);
		const double edge = 0.5 - (u < 0 ? -u : u);
		const double k = floor((2 * a / edge + b) * u + mean + 0.43);

		if (edge >= 0.07 && v <= sure)
			return k;
		if (k < 0 || (edge < 0.013 && v > edge))
			continue;

		const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);

		if (gx_ln(v * inverse_alpha / (a / (edge * edge) + b)) <=
		    poisson_ln_probability(k, mean))
			return k;
	}
}

struct counts {
	uint64_t seed;
	double mean;
	double sd;
	struct gamma gamma;
	struct gx_philox_schedule schedule[2 * FIRST_DRAWS]; /* draws 2, 3, 4 ... */
	struct gx_module_mixing mixing;
};

/* The mean of a gene. */
static double row_mean(const struct counts *counts, uint64_t row)
{
	double u[2];

	gx_philox_pair(counts->seed, row, 0, DRAW_OF_ROW, u);
	return counts->mean * gx_exp(counts->sd * gx_normal_quantile(u[0]));
}

/*
 * out[nrow][ncol], from column 2 first_pair on, in rows `stride` apart; nrow times ncol, made
 * even, is at most COUNT_BLOCK.
 */
static void count_block(const struct counts *counts, uint64_t first_row, size_t nrow,
			uint64_t first_pair, size_t ncol, size_t stride, double *out)
{
	/* For each pair of columns two u, which are those of the draw's one column. */
	double u[2 * FIRST_DRAWS][COUNT_BLOCK];
	double z[COUNT_BLOCK];
	const size_t even = (ncol + 1) & ~(size_t)1;

	for (int i = 0; i < 2 * FIRST_DRAWS; i++)
		gx_philox_rows(&counts->schedule[i], first_row, nrow, first_pair, even, u[i]);
	if (!counts->gamma.poisson) {
		for (size_t c = 0; c < nrow * even; c++)
			z[c] = u[c & 1][c & ~(size_t)1];
		gx_transform_quantile(z, nrow * even);
		if (counts->mixing.nmodule)
			gx_module_mix(&counts->mixing, first_row, nrow, first_pair, even, z);
	}
	for (size_t i = 0; i < nrow; i++) {
		const double mean = row_mean(counts, first_row + i);

		for (size_t j = 0; j < ncol; j++) {
			const size_t c = i * even + j;
			struct stream stream = {
				.seed = counts->seed,
				.row = first_row + i,
				.pair = (uint32_t)(first_pair + j / 2),
				.draw = 2 * (FIRST_DRAWS + 1) + (j & 1),
			};
			double cell_mean = mean;

			for (int k = 0; k < FIRST_DRAWS; k++) {
				const double *draw = u[2 * k + (j & 1)];

				stream.u[2 * k] = draw[c & ~(size_t)1];
				stream.u[2 * k + 1] = draw[c | 1];
			}
			if (!counts->gamma.poisson)
				cell_mean *= gamma_next(&counts->gamma, &stream, z[c]);
			out[i * stride + j] = poisson_next(&stream, cell_mean);
		}
	}
}

void gx_negative_binomial_rows(const struct gx_negative_binomial *parameters,
			       uint64_t first_row, size_t nrow, size_t ncol, double *out)
{
	struct counts counts = {
		.seed = parameters->seed,
		.mean = parameters->mean,
		.sd = parameters->sd,
		.gamma = gamma_init(parameters->dispersion),
	};
	const size_t fit = ncol < COUNT_BLOCK ? COUNT_BLOCK / (ncol + (ncol & 1)) : 1;
	const size_t rows = fit < 8 ? fit : fit / 8 * 8;

	for (int i = 0; i < 2 * FIRST_DRAWS; i++)
		gx_philox_schedule_init(&counts.schedule[i], counts.seed, 2 + i);
	gx_module_mixing_init(&counts.mixing, counts.seed, parameters->nmodule,
			      parameters->strength);
	for (size_t i = 0; i < nrow; i += rows) {
		const size_t m = nrow - i < rows ? nrow - i : rows;

		for (size_t j = 0; j < ncol; j += COUNT_BLOCK) {
			const size_t n = ncol - j < COUNT_BLOCK ? ncol - j : COUNT_BLOCK;

			count_block(&counts, first_row + i, m, j / 2, n, ncol,
				    out + i * ncol + j);
		}
	}
}
