/* SPDX-License-Identifier: MIT */
#include "format/table/unsampled.h"

#include <stddef.h>
#include <string.h>

#include "format/table/id_words.h"

struct words {
	const char *text;
	size_t n;
};

/* There may be a million names: lengths are counted once. */
#define W(text)                                                                          \
	{                                                                                \
		text, sizeof text - 1                                                    \
	}

/*
 * In small letters, with a blank between words. An entry of k words matches the last k words
 * of a name. A star stands for the rest of a word, before or behind it.
 */
static const struct words entries[] = {
	/* featureCounts, Salmon, kallisto, RSEM, Cufflinks: of a gene or a transcript */
	W("length"),
	W("effectivelength"),
	W("efflength"),
	W("genelength"),
	W("transcriptlength"),
	W("exonlength"),
	W("length (bp)"),
	W("length bp"),
	W("length kb"),
	W("num exons"),
	W("exon count"),
	/* Ensembl's BioMart */
	W("start (bp)"),
	W("end (bp)"),
	W("start position"),
	W("end position"),
	W("gc content"),
	W("transcript length (including utrs and cds)"),
	W("transcript length including utrs and cds"),
	W("start bp"),
	W("end bp"),
	W("coding start"),
	W("coding end"),
	W("utr start"),
	W("utr end"),
	W("transcription start site (tss)"),
	W("transcription start site tss"),
	W("exon rank in transcript"),
	W("transcript count"),
	W("chromosome name"),
	W("chromosome/scaffold name"),
	W("chromosome scaffold name"),
	W("(formerly entrezgene) id"),
	W("formerly entrezgene id"),
	/* featureCounts, BioMart, StringTie: 1 and -1 */
	W("strand"),
	/* cBioPortal, Illumina, Affymetrix: numbers of the archives */
	W("entrez*"),
	W("entrez id"),
	W("entrez gene"),
	W("*gene id"),
	W("geneid"),
	W("ncbi id"),
	W("ncbi gene"),
	W("hgnc id"),
	W("tax id"),
	W("taxid"),
	W("taxon id"),
	/* Illumina, Affymetrix: of what lies on the array */
	W("probe id"),
	W("probeid"),
	W("probeset id"),
	W("array address id"),
	W("transcript cluster id"),
	W("exon id"),
	/* Illumina's GenomeStudio and BeadStudio: how sure each signal is */
	W("detection"),
	W("detection pval"),
	W("detection p-val"),
	W("detection p val"),
	W("detection p-value"),
	W("detection pvalue"),
	W("detection p value"),
	W("bead stderr"),
	W("bead stdev"),
	W("avg nbeads"),
	W("nbeads"),
	W("array stdev"),
	W("array stderr"),
	W("narrays"),
	/* Cufflinks and Cuffdiff: status, bounds and variances beside each value */
	W("status"),
	W("conf lo"),
	W("conf hi"),
	W("conf low"),
	W("conf high"),
	W("count variance"),
	W("count uncertainty var"),
	W("count dispersion var"),
	/* RSEM with --calc-ci and --calc-pme */
	W("ci lower bound"),
	W("ci upper bound"),
	W("coefficient of quartile variation"),
	W("standard deviation of count"),
	/* Cluster and TreeView, where other columns stand before it */
	W("gweight"),
};

/* How sure a result of a test is, beside values as well as alone. */
static const struct words tests[] = {
	W("pval"),      W("pvalue"), W("p val"), W("p value"), W("p-value"), W("p-val"),
	W("adj p val"), W("padj"),   W("fdr"),   W("qvalue"),  W("q value"), W("qval"),
};

/*
 * Whole names of limma, edgeR and DESeq2, beside one of these and a fold change. Alone, a
 * matrix has fold changes, and samples are called B and F.
 */
static const struct words beside_tests[] = { W("t"),
					     W("b"),
					     W("f"),
					     W("lr"),
					     W("stat"),
					     W("lfcse"),
					     W("basemean"),
					     W("aveexpr"),
					     W("logcpm"),
					     W("logfc"),
					     W("log2foldchange") };
static const struct words changes[] = { W("logfc"), W("log2foldchange") };

/*
 * A place on a genome. Samples are called day_start too: these are whole names, or stand
 * behind one of the words below (as in ORF.start of yeast's microarrays).
 */
static const struct words places[] = {
	W("chr"),      W("chrom"),      W("chromosome"), W("start"),   W("end"),
	W("stop"),     W("chromstart"), W("chromend"),   W("txstart"), W("txend"),
	W("cdsstart"), W("cdsend"),     W("position"),   W("width"),
};
static const struct words placed[] = {
	W("gene"),    W("orf"),    W("exon"),       W("transcript"), W("tx"),
	W("cds"),     W("probe"),  W("peak"),       W("region"),     W("locus"),
	W("feature"), W("seq"),    W("sequence"),   W("genome"),     W("genomic"),
	W("chr"),     W("chrom"),  W("chromosome"), W("bin"),        W("tss"),
	W("utr"),     W("intron"), W("target"),     W("cpg"),        W("snp"),
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

enum { ROOM = 64 };

/* The words of a name in small letters, one blank between; of a long one its last bytes. */
static size_t reduce(const char *name, char out[ROOM])
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
		out[at++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a')
							 : *name;
	}
	out[at] = 0;
	return at;
}

static bool ends_in(const char *name, size_t n, const struct words *entry)
{
	const char *text = entry->text;
	size_t nentry = entry->n;
	bool any_rest = text[nentry - 1] == '*', any_start = text[0] == '*';
	if (any_rest) {
		const char *word = strrchr(name, ' ');
		return strncmp(word ? word + 1 : name, text, nentry - 1) == 0;
	}
	text += any_start;
	nentry -= any_start;
	if (n < nentry || name[n - 1] != text[nentry - 1] ||
	    memcmp(name + n - nentry, text, nentry) != 0)
		return false;
	return any_start || n == nentry || name[n - nentry - 1] == ' ';
}

static bool ends_in_one(const char *name, size_t n, const struct words *table,
			size_t ntable)
{
	for (size_t i = 0; i < ntable; i++)
		if (ends_in(name, n, &table[i]))
			return true;
	return false;
}

static bool is_one(const char *name, size_t n, const struct words *table, size_t ntable)
{
	for (size_t i = 0; i < ntable; i++)
		if (table[i].n == n && memcmp(name, table[i].text, n) == 0)
			return true;
	return false;
}

static bool is_place(const char *name, size_t n)
{
	const char *blank = memchr(name, ' ', n), *word = blank ? blank + 1 : name;
	return is_one(word, n - (size_t)(word - name), places, LENGTH(places)) &&
	       (!blank || is_one(name, (size_t)(blank - name), placed, LENGTH(placed)));
}

bool gx_are_of_tests(const struct gx_names *header)
{
	bool test = false, change = false;
	const char *name = header->text;
	for (size_t i = 0; i < header->n && !(test && change);
	     i++, name = gx_names_next(name)) {
		char reduced[ROOM];
		size_t n = reduce(name, reduced);
		test |= ends_in_one(reduced, n, tests, LENGTH(tests));
		change |= is_one(reduced, n, changes, LENGTH(changes));
	}
	return test && change;
}

/* A whole name that is a word for ids, and says so: ID_REF, transcript_id. */
static bool is_id(const char *name, const char *reduced, size_t n)
{
	return ((n >= 2 && strcmp(reduced + n - 2, "id") == 0) ||
		(n >= 3 && strcmp(reduced + n - 3, "ref") == 0)) &&
	       gx_is_id_word(name, strlen(name));
}

static bool is_unsampled(const char *name, bool of_tests)
{
	char reduced[ROOM];
	size_t n = reduce(name, reduced);
	return ends_in_one(reduced, n, entries, LENGTH(entries)) ||
	       ends_in_one(reduced, n, tests, LENGTH(tests)) || is_place(reduced, n) ||
	       is_id(name, reduced, n) ||
	       (of_tests && is_one(reduced, n, beside_tests, LENGTH(beside_tests)));
}

/* R and pandas write "Detection Pval.1" where a name is there already. */
bool gx_is_unsampled(const char *name, bool of_tests)
{
	char base[ROOM];
	const char *dot = strrchr(name, '.');
	size_t n = dot ? (size_t)(dot - name) : 0, digits = dot ? strspn(dot + 1, "0123456789") : 0;
	if (is_unsampled(name, of_tests))
		return true;
	if (n == 0 || n >= sizeof base || digits == 0 || digits > 3 || dot[1 + digits])
		return false;
	memcpy(base, name, n);
	base[n] = 0;
	return is_unsampled(base, of_tests);
}
