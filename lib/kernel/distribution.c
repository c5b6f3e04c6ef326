/* SPDX-License-Identifier: MIT */
/*
 * Simulated values in two steps over blocks that stay in the first-level cache: the
 * generator fills a block with u, a second loop turns u into the distribution in place.
 *
 * An exponential takes 1.5 ns on one AVX-512 core at 3.3 GHz (655 x 50 and 1 x 1,000,000,
 * fastest of 9), half of it the generator; 2.6 ns with AVX2, 4.8 ns with plain x86-64, on
 * the same core. Sixteen of them are 140 instructions for the two ports that have 512-bit
 * units, or 1.3 ns each. One loop for both steps took 2.3 ns as it stands, since a long
 * chain of operations fills the scheduler and hides the next one from it, and 1.5 ns when
 * the division of one group was started before the generator's rounds for the next.
 */
#include "kernel/distribution.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/elementary_inline.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Philox4x32: multipliers, and what is added to the key after each round. */
#define PHILOX_M0 UINT64_C(0xd2511f53)
#define PHILOX_M1 UINT64_C(0xcd9e8d57)
#define PHILOX_W0 UINT32_C(0x9e3779b9)
#define PHILOX_W1 UINT32_C(0xbb67ae85)
#define PHILOX_ROUNDS 10

/* The draw word of what belongs to a row and not to a cell. */
#define DRAW_OF_ROW UINT32_C(0x80000000)

/* |z| of any u is below it: u >= 2^-53, whose quantile is -8.2095. */
#define Z_MAX 8.3

#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* The keys of the rounds, one 32-bit word to a 64-bit lane, and the draw. */
struct schedule {
	uint64_t key[PHILOX_ROUNDS][2];
	uint64_t draw;
};

static void schedule_init(struct schedule *schedule, uint64_t seed, uint32_t draw)
{
	uint32_t low = (uint32_t)seed;
	uint32_t high = (uint32_t)(seed >> 32);

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		schedule->key[round][0] = low;
		schedule->key[round][1] = high;
		low += PHILOX_W0;
		high += PHILOX_W1;
	}
	schedule->draw = draw;
}

void gx_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
	uint32_t low = key[0], high = key[1];

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		const uint64_t p0 = PHILOX_M0 * x0;
		const uint64_t p1 = PHILOX_M1 * x2;

		x0 = (uint32_t)(p1 >> 32) ^ x1 ^ low;
		x1 = (uint32_t)p1;
		x2 = (uint32_t)(p0 >> 32) ^ x3 ^ high;
		x3 = (uint32_t)p0;
		low += PHILOX_W0;
		high += PHILOX_W1;
	}
	out[0] = x0;
	out[1] = x1;
	out[2] = x2;
	out[3] = x3;
}

/* The two u of one call. */
static void uniform_pair(uint64_t seed, uint64_t row, uint32_t pair, uint32_t draw, double u[2])
{
	const uint32_t counter[4] = { (uint32_t)row, (uint32_t)(row >> 32), pair, draw };
	const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
	uint32_t word[4];

	gx_philox(counter, key, word);
	for (int i = 0; i < 2; i++) {
		const uint64_t w = word[2 * i] | (uint64_t)word[2 * i + 1] << 32;

		u[i] = gx_bits_double(w >> 12 | UINT64_C(0x3ff0000000000000)) -
		       (1 - 0x1p-53);
	}
}

/* The loops of one SIMD level. */
struct level {
	/*
	 * u for out[nrow][ncol]: rows first_row .. first_row + nrow - 1, and columns from
	 * 2 first_pair on, of the schedule's draw.
	 */
	void (*uniform_rows)(const struct schedule *schedule, uint64_t first_row, size_t nrow,
			     uint64_t first_pair, size_t ncol, double *out);

	/* x[n] from u to a distribution, in place. */
	void (*exponential)(double scale, double *x, size_t n);
	void (*uniform)(double scale, double *x, size_t n);

	/* To the normal quantile, if no x is in the far tail; tells whether one is. */
	bool (*quantile_near)(double *x, size_t n);

	/* From the normal quantile. */
	void (*normal)(double mean, double sd, double *x, size_t n);
	void (*lognormal)(double mean, double sd, double *x, size_t n);
};

/*
 * All levels that this build can meet. Two lanes are plain C but for the multiplication,
 * and serve every machine. GX_CLONES would do for all but the generator, where it lacks a
 * way to say MULTIPLY; so all loops go this one way.
 */
#if defined(__x86_64__) && !defined(GX_NO_CLONES)
#define EIGHT_LANES 1
#define FOUR_LANES 1
#define TWO_LANES 1
#elif defined(__AVX512F__)
#define EIGHT_LANES 1
#elif defined(__AVX2__)
#define FOUR_LANES 1
#else
#define TWO_LANES 1
#endif

#ifdef EIGHT_LANES
#define LEVEL(name) name##_8
#define TARGET __attribute__((target("avx512f")))
#define LANES 8
#define MULTIPLY(a, b) ((integers_8)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define SWAP(a) ((integers_8)_mm512_shuffle_epi32((__m512i)(a), (_MM_PERM_ENUM)0xb1))
#define STORE_PAIRS(p, a, b) store_pairs_8(p, (__m512d)(a), (__m512d)(b))
TARGET GX_INLINE void store_pairs_8(double *p, __m512d a, __m512d b)
{
	const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
	const __m512i second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);

	_mm512_storeu_pd(p, _mm512_permutex2var_pd(a, first, b));
	_mm512_storeu_pd(p + 8, _mm512_permutex2var_pd(a, second, b));
}
#include "kernel/distribution_lanes.h"
#endif

#ifdef FOUR_LANES
#define LEVEL(name) name##_4
#define TARGET __attribute__((target("avx2")))
#define LANES 4
#define MULTIPLY(a, b) ((integers_4)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define SWAP(a) ((integers_4)_mm256_shuffle_epi32((__m256i)(a), 0xb1))
#define STORE_PAIRS(p, a, b) store_pairs_4(p, (__m256d)(a), (__m256d)(b))
TARGET GX_INLINE void store_pairs_4(double *p, __m256d a, __m256d b)
{
	const __m256d even = _mm256_unpacklo_pd(a, b);
	const __m256d odd = _mm256_unpackhi_pd(a, b);

	_mm256_storeu_pd(p, _mm256_permute2f128_pd(even, odd, 0x20));
	_mm256_storeu_pd(p + 4, _mm256_permute2f128_pd(even, odd, 0x31));
}
#include "kernel/distribution_lanes.h"
#endif

#ifdef TWO_LANES
#define LEVEL(name) name##_2
#define TARGET
#define LANES 2
#if defined(__x86_64__)
#define MULTIPLY(a, b) ((integers_2)_mm_mul_epu32((__m128i)(a), (__m128i)(b)))
#define SWAP(a) ((integers_2)_mm_shuffle_epi32((__m128i)(a), 0xb1))
#else
#define MULTIPLY(a, b) (((a) & UINT64_C(0xffffffff)) * ((b) & UINT64_C(0xffffffff)))
#define SWAP(a) ((a) >> 32 | (a) << 32)
#endif
#define STORE_PAIRS(p, a, b) store_pairs_2(p, a, b)
typedef double pair_of_doubles __attribute__((vector_size(16)));
GX_INLINE void store_pairs_2(double *p, pair_of_doubles a, pair_of_doubles b)
{
	p[0] = a[0];
	p[1] = b[0];
	p[2] = a[1];
	p[3] = b[1];
}
#include "kernel/distribution_lanes.h"
#endif

#ifdef TWO_LANES
#define MACHINE_HAS(feature) __builtin_cpu_supports(feature)
#else
#define MACHINE_HAS(feature) true
#endif

static const struct level *level(void)
{
#ifdef EIGHT_LANES
	if (MACHINE_HAS("avx512f"))
		return &level_8;
#endif
#ifdef FOUR_LANES
	if (MACHINE_HAS("avx2"))
		return &level_4;
#endif
#ifdef TWO_LANES
	return &level_2;
#endif
}

/* The values of a block: 32 KiB or less. */
#define BLOCK 4096

/* The normal quantile of n <= BLOCK values, in place. */
static void quantile(double *x, size_t n)
{
	double u[BLOCK];

	memcpy(u, x, n * sizeof(*x));
	if (GX_LIKELY(!level()->quantile_near(x, n)))
		return;
	for (size_t i = 0; i < n; i++)
		x[i] = gx_normal_quantile(u[i]);
}

/* n <= BLOCK values of u become values of the distribution. */
static void transform(const struct gx_distribution *distribution, double *x, size_t n)
{
	switch (distribution->kind) {
	case GX_UNIFORM:
		level()->uniform(distribution->scale, x, n);
		break;
	case GX_NORMAL:
		quantile(x, n);
		level()->normal(distribution->mean, distribution->sd, x, n);
		break;
	case GX_LOGNORMAL:
		quantile(x, n);
		level()->lognormal(distribution->mean, distribution->sd, x, n);
		break;
	default:
		level()->exponential(distribution->scale, x, n);
	}
}

/* The rows of a distribution that takes one u a cell, block by block. */
static void transformed_rows(const struct gx_distribution *distribution, uint64_t first_row,
			     size_t nrow, size_t ncol, double *out)
{
	/* Blocks of eight rows, as the generator wants, or of whole vectors in one row. */
	const size_t most_columns = BLOCK / 8;
	const size_t columns = 1536;
	struct schedule schedule;

	schedule_init(&schedule, distribution->seed, 0);
	if (ncol <= most_columns) {
		const size_t rows = BLOCK / ncol / 8 * 8;

		for (size_t i = 0; i < nrow; i += rows) {
			const size_t n = nrow - i < rows ? nrow - i : rows;

			double *x = out + i * ncol;

			level()->uniform_rows(&schedule, first_row + i, n, 0, ncol, x);
			transform(distribution, x, n * ncol);
		}
		return;
	}
	for (size_t i = 0; i < nrow; i++) {
		for (size_t j = 0; j < ncol; j += columns) {
			const size_t n = ncol - j < columns ? ncol - j : columns;
			double *x = out + i * ncol + j;

			level()->uniform_rows(&schedule, first_row + i, 1, j / 2, n, x);
			transform(distribution, x, n);
		}
	}
}

/*
 * Counts. The u of a cell, in the order in which they are used: the first FIRST_DRAWS
 * draws are made by the vector generator for a block of cells at once, further ones one by
 * one: with a mean of 100 and a dispersion of 0.2 one cell in six needs one.
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

static double stream_next(struct stream *stream)
{
	const int n = 2 * FIRST_DRAWS;

	if (GX_UNLIKELY(stream->used == n)) {
		uniform_pair(stream->seed, stream->row, stream->pair, stream->draw,
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
	struct gamma gamma = { .dispersion = dispersion, .poisson = dispersion < 0x1p-110 };

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
	struct schedule schedule[2 * FIRST_DRAWS]; /* draws 2, 3, 4 ... */
};

/* The mean of a gene. */
static double row_mean(const struct counts *counts, uint64_t row)
{
	double u[2];

	uniform_pair(counts->seed, row, 0, DRAW_OF_ROW, u);
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
		level()->uniform_rows(&counts->schedule[i], first_row, nrow, first_pair, even,
				      u[i]);
	if (!counts->gamma.poisson) {
		for (size_t c = 0; c < nrow * even; c++)
			z[c] = u[c & 1][c & ~(size_t)1];
		quantile(z, nrow * even);
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

static void count_rows(const struct gx_distribution *distribution, uint64_t first_row,
		       size_t nrow, size_t ncol, double *out)
{
	struct counts counts = {
		.seed = distribution->seed,
		.mean = distribution->mean,
		.sd = distribution->sd,
		.gamma = gamma_init(distribution->dispersion),
	};
	const size_t fit = ncol < COUNT_BLOCK ? COUNT_BLOCK / (ncol + (ncol & 1)) : 1;
	const size_t rows = fit < 8 ? fit : fit / 8 * 8;

	for (int i = 0; i < 2 * FIRST_DRAWS; i++)
		schedule_init(&counts.schedule[i], counts.seed, 2 + i);
	for (size_t i = 0; i < nrow; i += rows) {
		const size_t m = nrow - i < rows ? nrow - i : rows;

		for (size_t j = 0; j < ncol; j += COUNT_BLOCK) {
			const size_t n = ncol - j < COUNT_BLOCK ? ncol - j : COUNT_BLOCK;

			count_block(&counts, first_row + i, m, j / 2, n, ncol,
				    out + i * ncol + j);
		}
	}
}

void gx_random_rows(const struct gx_distribution *distribution, uint64_t first_row,
		    size_t nrow, size_t ncol, double *out)
{
	if (nrow == 0 || ncol == 0)
		return;
	if (distribution->kind == GX_NBINOM)
		count_rows(distribution, first_row, nrow, ncol, out);
	else
		transformed_rows(distribution, first_row, nrow, ncol, out);
}

const char *gx_distribution_check(const struct gx_distribution *distribution)
{
	const double most = 1e300;
	const double mean = distribution->mean;
	const double sd = distribution->sd;

	switch (distribution->kind) {
	case GX_EXPONENTIAL:
	case GX_UNIFORM:
		if (!(distribution->scale > 0 && distribution->scale <= most))
			return "--scale must be above 0 and at most 1e300";
		return NULL;
	case GX_NORMAL:
	case GX_LOGNORMAL:
		if (!(mean >= -most && mean <= most))
			return "--mean must be from -1e300 to 1e300";
		break;
	case GX_NBINOM:
		if (!(mean > 0 && mean <= most))
			return "--mean must be above 0 and at most 1e300";
		break;
	default:
		return "the distribution is unknown";
	}
	if (!(sd >= 0 && sd <= most))
		return "--sd must be from 0 to 1e300";
	if (distribution->kind == GX_LOGNORMAL && mean + Z_MAX * sd > 709)
		return "--mean + 8.3 x --sd must be at most 709: the largest logarithm";
	if (distribution->kind == GX_NBINOM) {
		if (!(distribution->dispersion >= 0 && distribution->dispersion <= DBL_MAX))
			return "--dispersion must be a finite number of at least 0";
		if (gx_ln(mean) + Z_MAX * sd > 290 * gx_ln(10))
			return "--mean x exp(8.3 x --sd) must be at most 1e290: "
			       "the largest mean of a gene";
	}
	return NULL;
}
