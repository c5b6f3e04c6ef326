/* SPDX-License-Identifier: MIT */
/*
 * Gene x gene networks of an expression matrix: for rows i of the lower triangle, the value
 * of each pair (i, j), j <= i. All come from one sum for each pair,
 *
 *	dot_ij = d_i1 d_j1 + d_i2 d_j2 + ...	in the order of the samples, from +0,
 *
 * of each gene's deviations d from its mean, and from SS_i = dot_ii. No sum is split: neither
 * tiles, SIMD width, threads nor parts change a bit. Genes lie in the lanes of a vector, so
 * that this order costs nothing.
 *
 * Genes come in panels of eight: value k of gene i is panel[(i / 8 * nsample + k) * 8 + i % 8].
 * A panel takes as much room as its eight rows, so a matrix can be packed where it lies.
 *
 *	for each eight rows x:
 *		gx_panel_pack(x, 8, nsample, panel);
 *		gx_panel_survey(panel, nsample, state, scale);
 *		gx_panel_scale(panel, nsample, scale);
 *		gx_panel_centre(panel, nsample, square, state);
 *	struct gx_correlation pearson = { GX_PEARSON, ngene, nsample, panels, squares };
 *	gx_correlate_rows(&pearson, 0, ngene, triangle);
 */
#ifndef GX_CORRELATE_H
#define GX_CORRELATE_H

#include <stddef.h>
#include <stdint.h>

enum { GX_PANEL = 8, GX_PANELS_TOGETHER = 2 };

enum gx_gene_state {
	GX_GENE_VARIES,
	GX_GENE_CONSTANT, /* its largest value is its smallest */
	GX_GENE_MISSING,  /* a value is missing, or infinite where a mean of it is needed */
};

/* Genes that there must be room for: whole panels, and an even number of them. */
static inline size_t gx_panel_genes(size_t ngene)
{
	size_t step = GX_PANEL * GX_PANELS_TOGETHER;
	return (ngene + step - 1) / step * step;
}

/* ---- preparing a panel ---- */

/*
 * Rows of nsample values, 1 <= nrow <= 8 of them, to a panel, which must not overlap them.
 * The lanes of rows that are not there are 0.
 */
void gx_panel_pack(const double *row, size_t nrow, size_t nsample, double *panel);

/*
 * Of each gene of a panel its state[8], and scale[8]: the power of two that brings its
 * largest finite value into [1, 2) (a subnormal one near it).
 */
void gx_panel_survey(const double *panel, size_t nsample, unsigned char *state,
		     double *scale);

/*
 * Multiplies each gene by its scale, which changes no correlation, and after which no sum of
 * squares can overflow or vanish.
 */
void gx_panel_scale(double *panel, size_t nsample, const double *scale);

/*
 * From values to deviations from the mean (the mean in a first pass, in the order of the
 * samples), and square[8], the sum of their squares. A constant gene has deviations and a
 * square of 0, whatever its mean was rounded to; one that is not there has a square of NaN.
 */
void gx_panel_centre(double *panel, size_t nsample, double *square,
		     const unsigned char *state);

/*
 * The squares of ranks from gx_sample_ranks, which are deviations already. Genes that vary by
 * their state may be found constant.
 */
void gx_panel_square(const double *panel, size_t nsample, double *square,
		     unsigned char *state);

/* ---- all pairs ---- */

/* The proportionalities are of log-ratios: kernel/proportionality.h prepares them. */
enum gx_correlation_method {
	GX_PEARSON,  /* dot_ij / sqrt(SS_i SS_j) in [-1, 1]: exactly 1 for equal rows */
	GX_SPEARMAN, /* the same of doubled ranks */
	GX_RHO,	     /* 1 - vlr_ij / (var_i + var_j) = 2 dot_ij / (SS_i + SS_j) */
	GX_PHI,	     /* vlr_ij / var_j for j <= i: the other half is not kept */
	GX_PHI_S,    /* (1 - rho) / (1 + rho), as var(i - j) / var(i + j) */
	GX_VLR,	     /* var_i + var_j - 2 cov_ij, never below 0; n - 1 */
};

struct gx_correlation {
	enum gx_correlation_method method;
	size_t ngene, nsample;
	const double *panel;  /* gx_panel_genes(ngene) x nsample, 0 behind the genes */
	const double *square; /* gx_panel_genes(ngene), 0 behind the genes */
};

/*
 * Rows [first, last) of the packed triangle: row i has i + 1 values. The diagonal is 1 of
 * the similarities and 0 of the distances, whatever the gene. Missing (the canonical NaN):
 * correlations of a gene that is constant or not there; of log-ratios what is 0 / 0.
 */
void gx_correlate_rows(const struct gx_correlation *correlation, size_t first, size_t last,
		       double *triangle);

#endif
