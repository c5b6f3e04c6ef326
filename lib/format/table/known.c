/* SPDX-License-Identifier: MIT */
#include "format/table/known.h"

#include <string.h>
#include <strings.h>

static bool begins(const struct gx_names *header, size_t n, const char *const name[],
		   bool any_case)
{
	const char *p = header->text;
	if (header->n <= n)
		return false;
	for (size_t i = 0; i < n; i++, p = gx_names_next(p))
		if (any_case ? strcasecmp(p, name[i]) != 0 : strcmp(p, name[i]) != 0)
			return false;
	return true;
}

bool gx_known_header_begins(const struct gx_names *header, size_t n,
			    const char *const name[])
{
	return begins(header, n, name, false);
}

/* Where one begins like another, the longer one is first. */
static const struct gx_known_table known[] = {
	{ .kind = "featureCounts", .n = 6,
	  .name = { "Geneid", "Chr", "Start", "End", "Strand", "Length" } },
	{ .kind = "featureCounts (Rsubread)", .n = 6,
	  .name = { "GeneID", "Chr", "Start", "End", "Strand", "Length" } },
	{ .kind = "STAR counts of GDC", .n = 3, .has_summary = true,
	  .name = { "gene_id", "gene_name", "gene_type" } },
	{ .kind = "nf-core", .n = 2, .name = { "gene_id", "gene_name" } },
	{ .kind = "nf-core", .n = 2, .name = { "tx", "gene_id" } },
	{ .kind = "cBioPortal", .n = 2, .name = { "Hugo_Symbol", "Entrez_Gene_Id" } },
	{ .kind = "GSEA text", .n = 2, .any_case = true, .name = { "NAME", "DESCRIPTION" } },
	{ .kind = "Salmon", .n = 3, .name = { "Name", "Length", "EffectiveLength" } },
	{ .kind = "kallisto", .n = 3, .name = { "target_id", "length", "eff_length" } },
	{ .kind = "RSEM genes", .n = 4,
	  .name = { "gene_id", "transcript_id(s)", "length", "effective_length" } },
	{ .kind = "RSEM isoforms", .n = 4,
	  .name = { "transcript_id", "gene_id", "length", "effective_length" } },
	{ .kind = "StringTie genes", .n = 6,
	  .name = { "Gene ID", "Gene Name", "Reference", "Strand", "Start", "End" } },
	{ .kind = "StringTie transcripts", .n = 10, .id = 5,
	  .name = { "t_id", "chr", "strand", "start", "end", "t_name", "num_exons", "length",
		    "gene_id", "gene_name" } },
	{ .kind = "Cufflinks", .n = 9,
	  .name = { "tracking_id", "class_code", "nearest_ref_id", "gene_id",
		    "gene_short_name", "tss_id", "locus", "length", "coverage" } },
	{ .kind = "Cuffdiff groups of reads", .n = 3,
	  .name = { "tracking_id", "condition", "replicate" } },
	{ .kind = "Cuffdiff", .n = 1, .name = { "tracking_id" } },
	{ .kind = "MaxQuant", .n = 2, .rest = GX_REST_FAMILIES,
	  .name = { "Protein IDs", "Majority protein IDs" } },
	{ .kind = "BED", .n = 3, .rest = GX_REST_PLACED, .any_case = true,
	  .name = { "chr", "start", "end" } },
	{ .kind = "BED", .n = 3, .rest = GX_REST_PLACED, .any_case = true,
	  .name = { "chrom", "start", "end" } },
	{ .kind = "BED", .n = 3, .rest = GX_REST_PLACED, .any_case = true,
	  .name = { "chrom", "chromStart", "chromEnd" } },
	{ .kind = "CDT", .n = 4, .id = 2, .has_weights = true,
	  .name = { "GID", "YORF", "NAME", "GWEIGHT" } },
	{ .kind = "CDT", .n = 4, .id = 2, .has_weights = true,
	  .name = { "GID", "UID", "NAME", "GWEIGHT" } },
	{ .kind = "CDT", .n = 3, .id = 1, .has_weights = true,
	  .name = { "GID", "YORF", "GWEIGHT" } },
	{ .kind = "PCL", .n = 3, .id = 1, .has_weights = true,
	  .name = { "YORF", "NAME", "GWEIGHT" } },
	{ .kind = "PCL", .n = 3, .id = 1, .has_weights = true,
	  .name = { "UID", "NAME", "GWEIGHT" } },
	{ .kind = "PCL", .n = 2, .has_weights = true, .name = { "YORF", "GWEIGHT" } },
	{ .kind = "PCL", .n = 2, .has_weights = true, .name = { "UID", "GWEIGHT" } },
};

const struct gx_known_table *gx_known_table_find(const struct gx_names *header)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (begins(header, known[i].n, known[i].name, known[i].any_case))
			return &known[i];
	return NULL;
}

const char *gx_known_family(const struct gx_names *header)
{
	/* Normalised ones first; what each begins with, and a sample behind it. */
	static const char *const families[] = { "LFQ intensity ", "Reporter intensity corrected ",
						"Ratio H/L normalized ", "iBAQ ", "Intensity " };
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		const char *name = header->text;
		for (size_t j = 0; j < header->n; j++, name = gx_names_next(name))
			if (strncmp(name, families[i], strlen(families[i])) == 0)
				return families[i];
	}
	return NULL;
}
