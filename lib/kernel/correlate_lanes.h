/* SPDX-License-Identifier: MIT */
/*
 * The loops of correlate.c at one SIMD level. It includes this once for each level (hence no
 * guard). Before:
 *
 *	LEVEL(name)        name, marked with the level
 *	TARGET             attribute that switches the level on
 *	LANES              doubles of a vector
 *	ROWS               rows of a register tile, 4 or 8; it is two vectors wide
 */

#define VECTOR LEVEL(vector)
typedef double VECTOR __attribute__((vector_size(8 * LANES), aligned(8)));

/*
 * A register tile: ROWS genes of one panel with the genes in two vectors. The sums stay in
 * registers over all samples: 16 of the 32 of AVX-512, 8 of the 16 of what is narrower.
 */
TARGET GX_INLINE void LEVEL(tile)(const double *a, const double *b0, const double *b1,
				  size_t nsample, bool begin, double *sum)
{
	VECTOR s0[ROWS], s1[ROWS];
	const VECTOR zero = { 0 };
#pragma GCC unroll 8
	for (int r = 0; r < ROWS; r++) {
		s0[r] = begin ? zero : *(const VECTOR *)(const void *)(sum + r * WIDE);
		s1[r] = begin ? zero : *(const VECTOR *)(const void *)(sum + r * WIDE + LANES);
	}
	for (size_t k = 0; k < nsample; k++) {
		const VECTOR x0 = *(const VECTOR *)(const void *)(b0 + k * GX_PANEL);
		const VECTOR x1 = *(const VECTOR *)(const void *)(b1 + k * GX_PANEL);
#pragma GCC unroll 8
		for (int r = 0; r < ROWS; r++) {
			s0[r] += a[k * GX_PANEL + r] * x0;
			s1[r] += a[k * GX_PANEL + r] * x1;
		}
	}
#pragma GCC unroll 8
	for (int r = 0; r < ROWS; r++) {
		*(VECTOR *)(void *)(sum + r * WIDE) = s0[r];
		*(VECTOR *)(void *)(sum + r * WIDE + LANES) = s1[r];
	}
}

/* The products of one panel with two, b and the one `next` values behind it. */
TARGET static void LEVEL(multiply)(const double *a, const double *b, size_t next,
				   size_t nsample, bool begin, double *sum)
{
	for (size_t r = 0; r < GX_PANEL; r += ROWS)
		for (size_t c = 0; c < WIDE; c += 2 * LANES) {
			size_t d = c + LANES;
			LEVEL(tile)(a + r, b + c / GX_PANEL * next + c % GX_PANEL,
				    b + d / GX_PANEL * next + d % GX_PANEL, nsample, begin,
				    sum + r * WIDE + c);
		}
}

#define FINISH(name, formula)                                                             \
	TARGET static void LEVEL(name)(const double *dot, double a, const double *square, \
				       double divisor, double *value)                     \
	{                                                                                 \
		(void)a, (void)square, (void)divisor;                                     \
		_Pragma("omp simd") for (int j = 0; j < WIDE; j++)                        \
			value[j] = formula;                                               \
	}

FINISH(correlate, gx_finish_correlation(dot[j], a, square[j]))
FINISH(rho, gx_finish_rho(dot[j], a, square[j]))
FINISH(phi, gx_finish_phi(dot[j], a, square[j]))
FINISH(phi_s, gx_finish_phi_s(dot[j], a, square[j]))
FINISH(vlr, gx_finish_vlr(dot[j], a, square[j], divisor))

static const struct level LEVEL(level) = {
	.multiply = LEVEL(multiply),
	.finish = { [GX_PEARSON] = LEVEL(correlate),
		    [GX_SPEARMAN] = LEVEL(correlate),
		    [GX_RHO] = LEVEL(rho),
		    [GX_PHI] = LEVEL(phi),
		    [GX_PHI_S] = LEVEL(phi_s),
		    [GX_VLR] = LEVEL(vlr) },
};

#undef FINISH
#undef VECTOR
#undef LEVEL
#undef TARGET
#undef LANES
#undef ROWS
