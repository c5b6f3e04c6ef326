/* SPDX-License-Identifier: MIT */
#include "format/table/measures.h"

#include <stddef.h>
#include <strings.h>

static const char *const measures[] = {
	/* units, whoever writes them */
	"TPM", "FPKM", "RPKM", "CPM", "count", "counts", "reads",
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
