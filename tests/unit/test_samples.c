/* SPDX-License-Identifier: MIT */
/* Which columns are samples: names that none has, known headers, and what two rows show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/table/cell.h"
#include "format/table/diagnosis.h"
#include "format/table/dialect.h"
#include "format/table/known.h"
#include "format/table/measures.h"
#include "format/table/unsampled.h"
#include "unit.h"

/* ---- names ---- */

static void test_unsampled(void)
{
	static const char *const none[] = {
		"Length", "LENGTH", "EffectiveLength", "eff_length", "effective_length",
		"gene.length", "Transcript Length", "Gene length (bp)", "Strand", "probe_strand",
		"Chr", "chromosome", "Start", "END", "ORF.start", "ORF.end", "Gene_Start",
		"probe chr", "chromStart", "Gene start (bp)", "start_position",
		"Chromosome/scaffold name", "Chromosome.scaffold.name", "Gene end (bp)",
		"Gene.start..bp.", "Chromosome/scaffold position start (bp)", "Gene % GC content",
		"Transcript length (including UTRs and CDS)", "CDS Length", "Genomic coding end",
		"Transcript.length..including.UTRs.and.CDS.", "5' UTR start", "NCBI gene ID",
		"NCBI gene (formerly Entrezgene) ID", "NCBI.gene..formerly.Entrezgene..ID",
		"Transcription start site (TSS)", "Transcript count",
		"Chromosome Name", "Entrez", "EntrezID", "Entrez_Gene_ID", "entrezgene",
		"entrezgene_id", "ENTREZ.ID", "gene_id", "ensembl_gene_id", "GeneID", "PROBE_ID", "ID_REF", "id", "transcript_id",
		"Detection Pval", "s1.Detection Pval", "4329.Detection.Pval", "x Detection P-Value",
		"Detection", "s1.BEAD_STDERR", "s1.Avg_NBEADS", "C_status", "q1_conf_lo",
		"FPKM_conf_hi", "C_count_variance", "C_count_uncertainty_var",
		"TPM_ci_lower_bound", "adj.P.Val", "P.Value", "padj", "GWEIGHT", "..Length",
		"a very long name of sixty bytes and more, of which the last words are length",
	};
	static const char *const sample[] = {
		"", "s1", "day_start", "day.end", "start_1", "Strand1", "Sample.Length_2",
		"lengthy", "wavelength", "Chr1", "chrX", "week end", "startle", "trend",
		"statusquo", "conf", "scaffold name", "count", "lo", "gene", "grid", "ref", "covid", "pval_low", "B", "t", "F",
		"logFC", "KO_vs_WT_logFC", "stat", "baseMean", "TPM", "detection limit",
		"a very long name of sixty bytes and more, of which the last one alone is gene start",
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		unit_check(gx_is_unsampled(none[i], false), "%s is no sample", none[i]);
	for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
		unit_check(!gx_is_unsampled(sample[i], false), "%s is a sample", sample[i]);
	unit_report("names that no sample has, and names that look like them");
	static const char *const beside[] = { "t", "B", "F", "logFC", "baseMean", "stat", "LR" };
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		unit_check(gx_is_unsampled(beside[i], true), "%s of a test", beside[i]);
	unit_check(!gx_is_unsampled("A_logFC", true), "a fold change of its own");
	unit_report("results of tests");
}

static void split(const char *text, struct gx_names *names)
{
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, "|");
		gx_names_add(names, p, n);
		p += n;
		if (!*p)
			break;
	}
}

static void test_of_tests(void)
{
	static const struct {
		const char *header;
		bool are;
	} headers[] = { { "gene|logFC|AveExpr|t|P.Value|adj.P.Val|B", true },
			{ "gene|baseMean|log2FoldChange|lfcSE|stat|pvalue|padj", true },
			{ "gene|A|B|F|pvalue", false },
			{ "gene|logFC", false },
			{ "gene|t|B", false } };
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct gx_names names = { 0 };
		split(headers[i].header, &names);
		unit_equal(gx_are_of_tests(&names), headers[i].are, "%s", headers[i].header);
		gx_names_free(&names);
	}
	unit_report("a table of tests has a fold change and how sure it is");
}

static void test_measures(void)
{
	static const char *const measures[] = { "TPM", "tpm", "NumReads", "expected_count",
						"FPKM", "est_counts", "unstranded", "Coverage" };
	static const char *const others[] = { "s1_TPM", "TPM.1", "", "count_1", "reverse" };
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		unit_check(gx_is_measure(measures[i]), "%s", measures[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		unit_check(!gx_is_measure(others[i]), "%s", others[i]);
	unit_report("measures of one sample are whole names");
	static const struct {
		const char *name, *measure, *sample;
	} parts[] = { { "A_TPM", "TPM", "A" },
		      { "TPM.A b", "TPM", "A b" },
		      { "a b est counts", "est_counts", "a b" },
		      { "a.b_reads", "reads", "a.b" },
		      { "counts_TPM", "TPM", "counts" },
		      { "TPM", NULL, NULL },
		      { "ATPM", NULL, NULL },
		      { "_TPM", NULL, NULL },
		      { "TPM_", NULL, NULL },
		      { "A_TPM_1", NULL, NULL } };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct gx_measured part;
		bool is = gx_measure_part(parts[i].name, &part);
		unit_equal(is, parts[i].measure != NULL, "%s", parts[i].name);
		if (is && parts[i].measure)
			unit_check(strcmp(part.measure, parts[i].measure) == 0 &&
					   part.nsample == strlen(parts[i].sample) &&
					   strncmp(part.sample, parts[i].sample, part.nsample) == 0,
				   "%s: %s of %.*s", parts[i].name, part.measure,
				   (int)part.nsample, part.sample);
	}
	unit_report("a sample and its measure in one name");
}

/* ---- known headers ---- */

static void test_known(void)
{
	static const struct {
		const char *header, *kind;
		size_t n, id;
	} tables[] = {
		{ "Geneid|Chr|Start|End|Strand|Length|a", "featureCounts", 6, 0 },
		{ "GeneID|Chr|Start|End|Strand|Length|a", "featureCounts (Rsubread)", 6, 0 },
		{ "Geneid|Chr|Start|End|Strand|Length", NULL, 0, 0 },
		{ "Geneid|Chr|Start|End|Length|a|b", NULL, 0, 0 },
		{ "NAME|DESCRIPTION|a", "GSEA text", 2, 0 },
		{ "Name|Description|a", "GSEA text", 2, 0 },
		{ "Name|Length|EffectiveLength|TPM|NumReads", "Salmon", 3, 0 },
		{ "name|length|effectivelength|TPM", NULL, 0, 0 },
		{ "target_id|length|eff_length|est_counts|tpm", "kallisto", 3, 0 },
		{ "gene_id|transcript_id(s)|length|effective_length|TPM", "RSEM genes", 4, 0 },
		{ "transcript_id|gene_id|length|effective_length|TPM", "RSEM isoforms", 4, 0 },
		{ "gene_id|gene_name|gene_type|a", "STAR counts of GDC", 3, 0 },
		{ "gene_id|gene_name|a", "nf-core", 2, 0 },
		{ "Gene ID|Gene Name|Reference|Strand|Start|End|Coverage|FPKM|TPM", "StringTie genes",
		  6, 0 },
		{ "t_id|chr|strand|start|end|t_name|num_exons|length|gene_id|gene_name|cov|FPKM",
		  "StringTie transcripts", 10, 5 },
		{ "tracking_id|class_code|nearest_ref_id|gene_id|gene_short_name|tss_id|locus|length|"
		  "coverage|FPKM",
		  "Cufflinks", 9, 0 },
		{ "tracking_id|condition|replicate|raw_frags", "Cuffdiff groups of reads", 3, 0 },
		{ "tracking_id|A_count", "Cuffdiff", 1, 0 },
		{ "Protein IDs|Majority protein IDs|x", "MaxQuant", 2, 0 },
		{ "chr|start|end|gene_id|a", "BED", 3, 0 },
		{ "Chr|Start|End|a", "BED", 3, 0 },
		{ "chrom|chromStart|chromEnd|name|a", "BED", 3, 0 },
		{ "chr|end|start|gene_id|a", NULL, 0, 0 },
		{ "gene|a|b", NULL, 0, 0 },
	};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct gx_names names = { 0 };
		split(tables[i].header, &names);
		const struct gx_known_table *known = gx_known_table_find(&names);
		unit_text(known ? known->kind : NULL, tables[i].kind, "%s", tables[i].header);
		if (known && tables[i].kind) {
			unit_equal(known->n, tables[i].n, "%s: leading", tables[i].header);
			unit_equal(known->id, tables[i].id, "%s: id", tables[i].header);
		}
		gx_names_free(&names);
	}
	unit_report("known headers");
	static const struct {
		const char *header, *family;
	} families[] = { { "Protein IDs|Intensity A|LFQ intensity A|iBAQ A", "LFQ intensity " },
			 { "Protein IDs|Intensity|Intensity A", "Intensity " },
			 { "Protein IDs|Intensity|iBAQ", NULL } };
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct gx_names names = { 0 };
		split(families[i].header, &names);
		unit_text(gx_known_family(&names), families[i].family, "%s", families[i].header);
		gx_names_free(&names);
	}
	unit_report("measures of MaxQuant, the normalised ones first");
}

/* ---- cells ---- */

static void test_cells(void)
{
	static const struct {
		const char *text;
		bool comma;
		enum gx_cell cell;
	} cells[] = {
		{ "1", false, GX_CELL_NUMBER },	  { "-1.5e3", false, GX_CELL_NUMBER },
		{ "Inf", false, GX_CELL_NUMBER }, { "NA", false, GX_CELL_MISSING },
		{ "n/a", false, GX_CELL_MISSING }, { "-999", false, GX_CELL_MISSING },
		{ "ND", false, GX_CELL_MISSING }, { "nd", false, GX_CELL_TEXT },
		{ "1,5", false, GX_CELL_TEXT },	  { "1,5", true, GX_CELL_NUMBER },
		{ "1.5", true, GX_CELL_TEXT },	  { "1 2", false, GX_CELL_TEXT },
		{ "0x1A", false, GX_CELL_TEXT },  { "chr1", false, GX_CELL_TEXT },
	};
	struct gx_names missing = { 0 };
	gx_names_add(&missing, "ND", 2);
	gx_names_add(&missing, "-999", 4);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		double value;
		unit_equal(gx_cell_read(cells[i].text, strlen(cells[i].text), cells[i].comma, &missing,
					&value),
			   cells[i].cell, "%s", cells[i].text);
	}
	gx_names_free(&missing);
	unit_report("cells are text, numbers or missing");
}

/* ---- tables ---- */

struct table {
	const char *text;
	struct gx_reading reading;
	const char *columns; /* names with "|" between; or the beginning of what is said */
};

static const struct table read_right[] = {
	{ "NAME\tDESCRIPTION\ta\ng1\t5\t1\n", { 0 }, "a" },
	{ "\tgene\ta\n1\tg1\t5\n2\tg2\t6\n", { .id_column = "gene" }, "a" },
	{ "b\tgene\ta\n1\tg1\t5\n2\tg2\t6\n", { .id_column = "gene" }, "a" },
	{ "b\tgene\ta\n0\tg1\t5\n1\tg2\t6\n", { .id_column = "gene" }, "a" },
	{ "b\tgene\ta\n1\tg1\t5\n3\tg2\t6\n", { .id_column = "gene" }, "b|a" },
	{ "b\tgene\ta\n1\tg1\t5\n", { .id_column = "gene" }, "b|a" },
	{ "probe\tgene\ta\n9\tg1\t5\n8\tg2\t6\n", { .id_column = "gene" }, "a" },
	{ "probe\tgene\ta\n9\tg1\t5\n8\tg2\t6\n", { .id_column = "gene", .columns = "probe,a" },
	  "probe|a" },
	{ "a\tb\n9\t1\t2\n8\t3\t4\n", { .id_column = "none" }, "a|b" },
	{ "gene\ta\tb\t\t\ng1\t1\t2\t\t\n", { 0 }, "a|b" },
	{ "gene\ta\t\t\t\ng1\t1\t\t3\t\n", { .all_columns = true }, "a||" },
	{ "gene\ta\t\tb\t\t\ng1\t1\t2\t3\t\t\n", { 0 }, "a||b" },
	{ "gene\tlength\ta\ng1\t1\t2\n", { .all_columns = true }, "length|a" },
	{ "gene\tlength\ta\ng1\t1\t2\n", { .columns = "2-" }, "length|a" },
	{ "gene\tlength\ta\ng1\t1\t2\n", { .skip_columns = "length" }, "a" },
	{ "gene\tlength\ta\n", { 0 }, "length|a" },
	{ "gene\tTPM\tTPM\ng1\t1\t2\n", { 0 }, "TPM|TPM" },
	{ "gene\tlogFC\tt\tF\ng1\t1\t2\t3\n", { 0 }, "logFC|t|F" },
	{ "#1.2\n1\t2\nName\tDescription\tLength\tTPM\ng1\td\t1\t2\n", { 0 }, "Length|TPM" },
	{ "N_unmapped\t1\t2\t3\nN_multimapping\t1\t2\t3\nN_noFeature\t1\t2\t3\nN_ambiguous\t1\t2\t3\n"
	  "g1\t1\t2\t3\n",
	  { .columns = "reverse" }, "reverse" },
};

static const struct table refused[] = {
	{ "gene\ta\t\t\t\ng1\t1\t\t3\t\n", { 0 }, ":2:4: a value in the last column, which has no name" },
	{ "gene\tlength\ta\ng1\t1\t2\n", { 0 }, ":1: no sample has such a name: column 2 'length': --skip-columns 2" },
	{ "gene\tgene\tlength\n1\t2\t3\n", { .transposed = true }, ":1: no gene has such a name" },
	{ "gene\ta\tlength\ng1\t1\t\n", { 0 }, "--skip-columns 3" },
	{ "gene\tlogFC\tt\tP.Value\tB\ta\ng1\t1\t2\t3\t4\t5\n", { 0 }, "--columns 6" },
	{ "gene\tTPM\tFPKM\ng1\t1\t2\n", { 0 }, ":1: choose one of several measures" },
	{ "gene\tdesc\ta\ng1\tx\t1\n", { 0 }, ":2:2: not a number: 'x' (text: column 2 'desc': --skip-columns 2)" },
	{ "gene\tdesc\ta\ng1\t1\t1\ng2\tx\t2\n", { 0 }, ":3:2: not a number: 'x' (missing value: --na x; no sample" },
	{ "gene\ta\tb\ng1\tx\tx\ng2\t1\t2\n", { 0 }, "(no value of this row is one: missing values: --na x;" },
	{ "gene\ta\tb\ng1\tp q\tr;\ng2\t1\t2\n", { 0 }, "--na 'p q,r;'" },
	{ "a\tb\n7\t1\n7\t2\n", { 0 }, ":2: the first two rows are both called '7'" },
	{ "chr\tstart\tend\tid\ta\n1\t2\t3\tg\t5\n", { 0 }, "--id-column id --skip-columns 1,2,3" },
	{ "gene\tdesc\tb\ta\ng1\tx\t1\t2\n", { .columns = "desc,a" }, "(text: column 2 'desc': --columns 4)" },
	{ "gene\tdesc\tb\ta\ng1\tx\t1\t2\n", { .skip_columns = "3" }, "--columns 4)" },
	{ "gene\tdesc\ta\ng1\tx\t1,5\n", { 0 }, "(text: column 2 'desc': --skip-columns 2 (and a decimal comma: --decimal-comma;" },
	{ "gene\tdesc\ta\ng1\tx\t1,5\n", { .skip_columns = "2" }, ":2:3: not a number: '1,5' (a decimal comma: --decimal-comma;" },
	{ "gene\ta\tb\ng1\t1\tND\ng2\t1\t2\n", { .na = "x,y z" }, "--na 'x,y z,ND'" },
	{ "gene\ta\tb\ng1\t1\t2\ngene\ta\tb\n", { 0 }, ":3: the header again: were tables put behind each other? name the files one by one, or take this line out: sed 3d" },
	{ "x\tgene\ta\n1\tg1\t5\n2\tg2\t6\n", { 0 }, "(column 1 numbers the rows: --id-column gene)" },
	{ "\tgene\ta\n8\tg1\t5\n5\tg2\t6\n", { 0 }, "(column 1 has no name, and numbers the rows: --id-column gene)" },
};

static void detect(void *table)
{
	const struct table *t = table;
	struct gx_dialect d;
	gx_dialect_detect(gx_input_open(unit_file("table", t->text, strlen(t->text))), &t->reading,
			  &d);
}

static void test_tables(void)
{
	for (size_t i = 0; i < sizeof read_right / sizeof *read_right; i++) {
		const struct table *t = &read_right[i];
		struct gx_dialect d;
		struct gx_names want = { 0 };
		struct gx_input *in = gx_input_open(unit_file("table", t->text, strlen(t->text)));
		gx_dialect_detect(in, &t->reading, &d);
		split(t->columns, &want);
		unit_check(gx_names_equal(&d.columns, &want), "%s: %zu columns, expected %s", t->text,
			   d.columns.n, t->columns);
		unit_equal(in->position, 0, "%s: nothing was consumed", t->text);
		gx_names_free(&want);
		gx_dialect_free(&d);
		gx_input_close(in);
	}
	unit_report("columns that are samples");
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		unit_dies(1, refused[i].columns, detect, (void *)(uintptr_t)&refused[i]);
	remove("table");
	unit_report("columns that are none, in these words");
}

/* ---- rows at hand ---- */

static void test_rows(void)
{
	static const char head[] = "gene\ta\tb\tc\ng1\t1\t2\tNA\ng2\t3\t4\t\n";
	static const struct {
		const char *line, *said;
		size_t field;
	} rows[] = {
		{ "g3\t5\t6\t7", NULL, 0 },
		{ "g3\tx\t6\t7", "not a number: 'x' (missing value: --na x; no sample: column 2 'a'", 2 },
		{ "g3\t5\t6\tx", "not a number: 'x' (text: column 4 'c': --skip-columns 4)", 4 },
		{ "g3\tx\ty\tz", "not a number: 'x' (text: column 4 'c': --skip-columns 4)", 2 },
		{ "g3\tx\ty\ty", "not a number: 'x' (no value of this row is one: missing values: --na x,y;", 2 },
		{ "g3\tx\ty", "3 fields where 4 are expected", 0 },
		{ "g3\tx\ty\tz\t", "5 fields where 4 are expected: a row was cut, glued or shifted (a delimiter", 0 },
		{ "g3\t5\t\"x\t7", NULL, 0 },
		{ "g3\t5\t6,5\t7", "not a number: '6,5' (a decimal comma:", 3 },
		{ "g3\t5\t6,5,5\t7", "not a number: '6,5,5' (text among numbers: write NA where values are missing)", 3 },
	};
	struct gx_reading reading = { 0 };
	struct gx_dialect d;
	struct gx_input *in = gx_input_open(unit_file("rows", head, sizeof head - 1));
	gx_dialect_detect(in, &reading, &d);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct gx_diagnosis diagnosis;
		bool wrong = gx_diagnose(&d, rows[i].line, strlen(rows[i].line), &diagnosis);
		unit_equal(wrong, rows[i].said != NULL, "%s", rows[i].line);
		if (!wrong || !rows[i].said)
			continue;
		unit_equal(diagnosis.field, rows[i].field, "%s: field", rows[i].line);
		unit_check(strncmp(diagnosis.text, rows[i].said, strlen(rows[i].said)) == 0,
			   "%s: got %s, expected %s", rows[i].line, diagnosis.text, rows[i].said);
	}
	gx_dialect_free(&d);
	gx_input_close(in);
	remove("rows");
	unit_report("a row is judged by itself and by what the first two showed");
}

int main(void)
{
	if (chdir(unit_directory()) != 0)
		unit_bail_out("no directory");
	test_unsampled();
	test_of_tests();
	test_measures();
	test_known();
	test_cells();
	test_tables();
	test_rows();
	return unit_end();
}
