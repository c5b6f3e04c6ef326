/* SPDX-License-Identifier: MIT */
#include "race/plain_network.h"

#include <math.h>
#include <stdlib.h>

#include "base/gx.h"
#include "kernel/lanes.h"
#include "race/scalar.h"

/* ---- adding ---- */

void gx_plain_add_ranks(const uint32_t *q, size_t n, uint64_t max, uint64_t *sum)
{
	for (size_t i = 0; i < n; i++) {
		unsigned __int128 whole = (unsigned __int128)q[i] << 47;
		uint64_t fixed = (uint64_t)((whole + max) / (2 * max));
		GX_SCALAR_INTEGER(fixed);
		sum[i] += fixed;
	}
}

/* ---- ranking ---- */

static int compare_cells(const void *a, const void *b)
{
	const struct gx_plain_cell *x = a, *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

void gx_plain_rank(const uint64_t *value, size_t ngene, struct gx_plain_cell *cell,
		   uint32_t *rank)
{
	size_t n = 0;
	for (size_t i = 0; i < ngene; i++)
		for (size_t j = 0; j <= i; j++, n++) {
			GX_SCALAR_INTEGER(n);
			cell[n] = (struct gx_plain_cell){ value[n], (uint32_t)n, j < i ? 2 : 1 };
		}
	qsort(cell, n, sizeof *cell, compare_cells);
	uint64_t below = 0, largest = 0;
	for (size_t first = 0, end; first < n; first = end) {
		uint64_t equal = 0;
		for (end = first; end < n && cell[end].value == cell[first].value; end++) {
			equal += cell[end].weight;
			GX_SCALAR_INTEGER(equal);
		}
		largest = 2 * below + equal + 1;
		for (size_t k = first; k < end; k++)
			rank[cell[k].at] = (uint32_t)largest;
		below += equal;
	}
	for (size_t i = 0, at = 0; i < ngene; i++, at += i + 1)
		rank[at] = (uint32_t)largest;
}

/* ---- voting ---- */

/* All links of gene i, and their sum. */
static uint64_t read_row(const uint32_t *link, size_t i, size_t ngene, uint32_t *row)
{
	uint64_t degree = 0;
	for (size_t j = 0; j < ngene; j++) {
		row[j] = j <= i ? link[i * (i + 1) / 2 + j] : link[j * (j + 1) / 2 + i];
		degree += row[j];
		GX_SCALAR_INTEGER(degree);
	}
	return degree;
}

/* The votes of one gene for a term, a fold each ngene further on. */
static void vote_for(const uint32_t *row, uint64_t degree, const uint32_t *member, size_t m,
		     size_t ngene, double *vote)
{
	uint64_t all = 0, hidden[GX_PLAIN_FOLDS] = { 0 };
	for (size_t k = 0; k < m; k++) {
		uint64_t value = row[member[k]];
		GX_SCALAR_INTEGER(value);
		all += value;
		hidden[k % GX_PLAIN_FOLDS] += value;
	}
	for (size_t f = 0; f < GX_PLAIN_FOLDS; f++) {
		double known = (double)(int64_t)(all - hidden[f]);
		GX_SCALAR(known);
		vote[f * ngene] = known / (double)(int64_t)degree;
	}
}

/* The AUROC of fold f: how many of the other genes each hidden one beats, by half where equal. */
static double auroc_of(const double *vote, const uint32_t *member, size_t m, size_t f,
		       const unsigned char *in_term, size_t ngene)
{
	uint64_t count = 0, nhidden = 0, nother = ngene - m;
	for (size_t k = f; k < m; k += GX_PLAIN_FOLDS, nhidden++) {
		double own = vote[member[k]];
		for (size_t i = 0; i < ngene; i++) {
			if (!in_term[i])
				count += 2 * (own > vote[i]) + (own == vote[i]);
			GX_SCALAR_INTEGER(count);
		}
	}
	return (double)count / (2 * (double)nhidden * (double)nother);
}

static double score(const double *vote, const uint32_t *member, size_t m,
		    unsigned char *in_term, size_t ngene)
{
	double sum = 0;
	size_t used = m < GX_PLAIN_FOLDS ? m : GX_PLAIN_FOLDS;
	if (m < 2 || m >= ngene)
		return gx_nan_canonical(NAN);
	for (size_t k = 0; k < m; k++)
		in_term[member[k]] = 1;
	for (size_t f = 0; f < used; f++)
		sum += auroc_of(vote + f * ngene, member, m, f, in_term, ngene);
	for (size_t k = 0; k < m; k++)
		in_term[member[k]] = 0;
	return sum / (double)used;
}

void gx_plain_vote(const uint32_t *link, const struct gx_plain_terms *terms, uint32_t *row,
		   double *vote, unsigned char *in_term, double *auroc)
{
	const size_t ngene = terms->ngene, list = GX_PLAIN_FOLDS * ngene;
	for (size_t i = 0; i < ngene; i++) {
		uint64_t degree = read_row(link, i, ngene, row);
		for (size_t t = 0; t < terms->nterm; t++)
			vote_for(row, degree, terms->member + terms->at[t],
				 terms->at[t + 1] - terms->at[t], ngene, vote + t * list + i);
	}
	for (size_t t = 0; t < terms->nterm; t++)
		auroc[t] = score(vote + t * list, terms->member + terms->at[t],
				 terms->at[t + 1] - terms->at[t], in_term, ngene);
}
