/* SPDX-License-Identifier: MIT */
#include "format/table/measures.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const measures[] = {
	/* units, whoever writes them */
	"TPM", "FPKM", "RPKM", "CPM", "count", "counts", "reads", "read_count", "read_counts",
	/* Salmon, kallisto, RSEM, StringTie */
	"NumReads", "est_counts", "expected_count", "IsoPct", "posterior_mean_count", "pme_TPM",
	"pme_FPKM", "IsoPct_from_pme_TPM", "Coverage", "cov",
	/* Cuffdiff's groups of reads */
	"raw_frags", "internal_scaled_frags", "external_scaled_frags",
	/* RNA-seq of TCGA, and STAR's counts as GDC writes them */
	"raw_count", "raw_counts", "normalized_count", "scaled_estimate",
	"median_length_normalized", "unstranded", "stranded_first", "stranded_second",
	"tpm_unstranded", "fpkm_unstranded", "fpkm_uq_unstranded",
};

bool gx_is_measure(const char *name)
{
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (strcasecmp(name, measures[i]) == 0)
			return true;
	return false;
}

static bool is_gap(char c)
{
	return c == '.' || c == '_' || c == ' ';
}

/* Whether the text begins with a measure; any gap stands for one within it. */
static bool begins_with(const char *text, const char *measure, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_gap(measure[i]) ? !is_gap(text[i])
				       : strncasecmp(text + i, measure + i, 1) != 0)
			return false;
	return true;
}

bool gx_measure_part(const char *name, struct gx_measured *measured)
{
	size_t n = strlen(name), longest = 0;
	bool last = false;
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
		size_t k = strlen(measures[i]);
		if (n < k + 2)
			continue;
		bool is_last = is_gap(name[n - k - 1]) &&
			       begins_with(name + n - k, measures[i], k);
		bool is_first = is_gap(name[k]) && begins_with(name, measures[i], k);
		/* Of "A_est_counts" the longer one, and the end before the start. */
		if (is_last ? last && k <= longest : !is_first || last || k <= longest)
			continue;
		last = is_last;
		longest = k;
		*measured = (struct gx_measured){ .measure = measures[i],
						  .sample = is_last ? name : name + k + 1,
						  .nsample = n - k - 1 };
	}
	return longest > 0;
}

static int compare_samples(const void *a, const void *b)
{
	const struct gx_measured *p = a, *q = b;
	if (p->nsample != q->nsample)
		return p->nsample < q->nsample ? -1 : 1;
	return memcmp(p->sample, q->sample, p->nsample);
}

bool gx_measures_differ(struct gx_measured *measured, size_t n)
{
	if (n > 1)
		qsort(measured, n, sizeof *measured, compare_samples);
	for (size_t i = 1; i < n; i++)
		if (measured[i].measure != measured[i - 1].measure &&
		    compare_samples(&measured[i], &measured[i - 1]) == 0)
			return true;
	return false;
}
