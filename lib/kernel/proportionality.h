/* SPDX-License-Identifier: MIT */
/*
 * Centred log-ratios (clr) of a matrix of abundances, which rho, phi, phi_s and vlr of
 * kernel/correlate.h compare: every 0 becomes the smallest value above 0 of the whole matrix,
 * and A_ik = ln x_ik - (1 / G) (ln x_1k + ... + ln x_Gk). ln is gx's own.
 *
 *	gx_abundances_survey(x, ngene * nsample, &survey);
 *	gx_log_abundances(x, ngene * nsample, survey.least);
 *	gx_log_add(x, ngene, nsample, sum);		sum[nsample] is 0 before
 *	gx_log_centre(x, ngene, nsample, sum, ngene);
 *
 * All but gx_log_add may be done in pieces, in any order.
 */
#ifndef GX_PROPORTIONALITY_H
#define GX_PROPORTIONALITY_H

#include <stddef.h>

struct gx_abundances {
	double least; /* above 0; Inf: there is none */
	size_t wrong; /* the first value that is missing, negative or infinite; n: none is */
};

void gx_abundances_survey(const double *value, size_t n, struct gx_abundances *survey);

/* To natural logarithms, in place; 0 is taken as `least`. None may be wrong. */
void gx_log_abundances(double *value, size_t n, double least);

/* Adds each of nrow rows to sum[nsample]: in the order of the genes, so from the first on. */
void gx_log_add(const double *value, size_t nrow, size_t nsample, double *sum);

/* Takes the mean of all ngene genes off each of nrow rows. */
void gx_log_centre(double *value, size_t nrow, size_t nsample, const double *sum,
		   size_t ngene);

#endif
