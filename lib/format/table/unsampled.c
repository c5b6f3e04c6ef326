/* SPDX-License-Identifier: MIT */
#include "format/table/unsampled.h"

#include <string.h>

/*
 * In small letters, with a blank between words. An entry of k words matches the last k words
 * of a name. A star stands for the rest of a word, before or behind it.
 */
static const char *const entries[] = {
	/* featureCounts, Salmon, kallisto, RSEM, Cufflinks: of a gene or a transcript */
	"length", "effectivelength", "efflength", "genelength", "transcriptlength",
	"exonlength", "length (bp)", "length bp", "length kb", "num exons", "exon count",
	/* Ensembl's BioMart */
	"start (bp)", "end (bp)", "start position", "end position", "gc content",
	"transcript length (including utrs and cds)", "chromosome name",
	/* featureCounts, BioMart, StringTie: 1 and -1 */
	"strand",
	/* cBioPortal, Illumina, Affymetrix: numbers of the archives */
	"entrez*", "entrez id", "entrez gene", "*gene id", "geneid", "ncbi id", "ncbi gene",
	"hgnc id", "tax id", "taxid", "taxon id",
	/* Illumina, Affymetrix: of what lies on the array */
	"probe id", "probeid", "probeset id", "array address id", "transcript cluster id",
	"exon id",
	/* Illumina's GenomeStudio and BeadStudio: how sure each signal is */
	"detection", "detection pval", "detection p-val", "detection p val",
	"detection p-value", "detection pvalue", "detection p value", "bead stderr",
	"bead stdev", "avg nbeads", "nbeads", "array stdev", "array stderr", "narrays",
	/* Cufflinks and Cuffdiff: status, bounds and variances beside each value */
	"status", "conf lo", "conf hi", "conf low", "conf high", "count variance",
	"count uncertainty var", "count dispersion var",
	/* RSEM with --calc-ci and --calc-pme */
	"ci lower bound", "ci upper bound", "coefficient of quartile variation",
	"standard deviation of count",
	/* Cluster and TreeView, where other columns stand before it */
	"gweight",
};

/* How sure a result of a test is, beside values as well as alone. */
static const char *const tests[] = {
	"pval", "pvalue", "p val", "p value", "p-value", "p-val", "adj p val", "padj",
	"fdr", "qvalue", "q value", "qval",
};

/*
 * Whole names of limma, edgeR and DESeq2, beside one of these and a fold change. Alone, a
 * matrix has fold changes, and samples are called B and F.
 */
static const char *const beside_tests[] = { "t",	"b",	   "f",	      "lr",
					    "stat",	"lfcse",   "basemean", "aveexpr",
					    "logcpm",	"logfc",   "log2foldchange" };
static const char *const changes[] = { "logfc", "log2foldchange" };

/*
 * A place on a genome. Samples are called day_start too: these are whole names, or stand
 * behind one of the words below (as in ORF.start of yeast's microarrays).
 */
static const char *const places[] = {
	"chr", "chrom", "chromosome", "start", "end", "stop", "chromstart", "chromend",
	"txstart", "txend", "cdsstart", "cdsend", "position", "width",
};
static const char *const placed[] = {
	"gene", "orf", "exon", "transcript", "tx", "cds", "probe", "peak", "region", "locus",
	"feature", "seq", "sequence", "genome", "genomic", "chr", "chrom", "chromosome", "bin",
	"tss", "utr", "intron", "target", "cpg", "snp",
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

enum { ROOM = 64 };

/* The words of a name in small letters, one blank between; of a long one its last bytes. */
static void reduce(const char *name, char out[ROOM])
{
	size_t n = strlen(name), at = 0;
	/* What is left out keeps a letter, so that its rest is not taken for the whole. */
	if (n > ROOM - 3) {
		name += n - (ROOM - 3);
		out[at++] = '~';
	}
	bool between = false;
	for (; *name; name++) {
		if (*name == '.' || *name == '_' || *name == ' ') {
			between = at > 0;
			continue;
		}
		if (between)
			out[at++] = ' ';
		between = false;
		out[at++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
	}
	out[at] = 0;
}

static bool ends_in(const char *name, const char *entry)
{
	size_t n = strlen(name), nentry = strlen(entry);
	if (entry[nentry - 1] == '*') {
		const char *word = strrchr(name, ' ');
		return strncmp(word ? word + 1 : name, entry, nentry - 1) == 0;
	}
	bool anywhere = entry[0] == '*';
	entry += anywhere;
	nentry -= anywhere;
	if (n < nentry || memcmp(name + n - nentry, entry, nentry) != 0)
		return false;
	return anywhere || n == nentry || name[n - nentry - 1] == ' ';
}

static bool ends_in_one(const char *name, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ends_in(name, table[i]))
			return true;
	return false;
}

static bool is_one(const char *name, size_t nname, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i]) == nname && memcmp(name, table[i], nname) == 0)
			return true;
	return false;
}

static bool is_place(const char *name)
{
	const char *blank = strchr(name, ' '), *word = blank ? blank + 1 : name;
	return is_one(word, strlen(word), places, LENGTH(places)) &&
	       (!blank || is_one(name, (size_t)(blank - name), placed, LENGTH(placed)));
}

bool gx_are_of_tests(const struct gx_names *header)
{
	bool test = false, change = false;
	const char *name = header->text;
	for (size_t i = 0; i < header->n && !(test && change); i++, name = gx_names_next(name)) {
		char reduced[ROOM];
		reduce(name, reduced);
		test |= ends_in_one(reduced, tests, LENGTH(tests));
		change |= is_one(reduced, strlen(reduced), changes, LENGTH(changes));
	}
	return test && change;
}

bool gx_is_unsampled(const char *name, bool of_tests)
{
	char reduced[ROOM];
	reduce(name, reduced);
	return ends_in_one(reduced, entries, LENGTH(entries)) ||
	       ends_in_one(reduced, tests, LENGTH(tests)) || is_place(reduced) ||
	       (of_tests &&
		is_one(reduced, strlen(reduced), beside_tests, LENGTH(beside_tests)));
}
