/* SPDX-License-Identifier: MIT */
#include "race/contest_answer.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "kernel/mean.h"

/* ---- ties ---- */

/*
 * Whether a row's mean may fall on the other side of the threshold when it is summed in
 * another order. It may if it is within 4 units in the last place of the threshold. Where
 * three quarters of the terms or more cancel each other, it may if it is as near as the sum
 * of n terms may be rounded: 2 n eps times their mean magnitude (Higham, Accuracy and
 * Stability of Numerical Algorithms, 4.2).
 */
static bool is_tie(const double *row, size_t ncol, double mean, double threshold)
{
	double unit = nextafter(fabs(threshold), INFINITY) - fabs(threshold);
	double distance = fabs(mean - threshold), magnitude = 0;
	if (distance <= 4 * unit)
		return true;
	for (size_t j = 0; j < ncol; j++)
		magnitude += fabs(row[j]);
	bool cancel = magnitude > 4 * (double)ncol * fabs(mean);
	return cancel && isfinite(magnitude) && distance <= 2 * DBL_EPSILON * magnitude;
}

static uint64_t count_ties(const struct gx_contest *contest)
{
	double mean[GX_MEANS_BLOCK];
	uint64_t ties = 0;
	for (size_t i = 0; i < contest->nrow; i += GX_MEANS_BLOCK) {
		const double *rows = contest->value + i * contest->ncol;
		size_t n = contest->nrow - i;
		n = n < GX_MEANS_BLOCK ? n : GX_MEANS_BLOCK;
		gx_mean_rows(rows, n, contest->ncol, mean);
		for (size_t k = 0; k < n; k++)
			ties += is_tie(rows + k * contest->ncol, contest->ncol, mean[k],
				       contest->threshold);
	}
	return ties;
}

struct gx_means_race *gx_means_race_begin(struct gx_race *race,
					  const struct gx_contest *contest)
{
	struct gx_means_race *means = gx_race_keep(race, gx_allocate(1, sizeof *means));
	*means = (struct gx_means_race){ .contest = contest,
					 .race = race,
					 .ties = count_ties(contest) };
	race->work = means;
	return means;
}

/* ---- answers ---- */

/* The first answer: the others are compared with it. */
static void take_answer(struct gx_means_race *means, struct gx_means_answer answer)
{
	means->right = answer;
	means->known = true;
	gx_timing_fact(means->race->timing, "answer",
		       "%" PRIu64 " rows above, %" PRIu64 " missing, of %zu",
		       answer.count, answer.missing, means->contest->nrow);
	if (means->ties)
		gx_timing_note(
			means->race->timing,
			"ties: the mean of %" PRIu64
			" row%s is within 4 units in the last place of the threshold, or the "
			"terms of the row nearly cancel: a sum in another order may count such "
			"a row differently",
			means->ties, means->ties == 1 ? "" : "s");
}

double gx_means_bytes(const struct gx_means_race *means)
{
	return (double)(means->contest->nrow * means->contest->ncol * sizeof(double));
}

enum gx_race_outcome gx_means_compare(struct gx_means_race *means, const char *strategy,
				 struct gx_means_answer answer, bool rounding,
				 char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		answer.count++;
	if (!means->known)
		take_answer(means, answer);
	const struct gx_means_answer *right = &means->right;
	uint64_t difference = answer.count > right->count ? answer.count - right->count
							  : right->count - answer.count;
	snprintf(reason, GX_REASON_MAX,
		 "it counts %" PRIu64 " rows and %" PRIu64 " missing, not %" PRIu64
		 " and %" PRIu64 " (%" PRIu64 " ties)",
		 answer.count, answer.missing, right->count, right->missing, means->ties);
	bool same = difference <= (rounding ? means->ties : 0);
	return same && answer.missing == right->missing ? GX_RAN : GX_WRONG;
}
