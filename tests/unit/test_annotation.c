/* SPDX-License-Identifier: MIT */
/* Annotations: what they are recognised as, what they hold, and what they are in a network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "network/annotation.h"
#include "matrix/dictionary.h"
#include "unit.h"

static const char *write_file(const char *name, const char *text)
{
	return unit_file(name, text, strlen(text));
}

/* "term:gene,gene term:gene" of an annotation, terms and genes as they came; to be freed. */
static char *describe(const struct gx_annotation *a)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (size_t t = 0; t < a->terms.names.n; t++) {
		fprintf(out, "%s%s:", t ? " " : "", gx_dictionary_name(&a->terms, t));
		bool first = true;
		for (size_t g = 0; g < a->genes.names.n; g++)
			for (uint64_t k = a->at[g]; k < a->at[g + 1]; k++)
				if (a->term[k] == t) {
					fprintf(out, "%s%s", first ? "" : ",",
						gx_dictionary_name(&a->genes, g));
					first = false;
				}
	}
	fclose(out);
	return text;
}

struct reading {
	const char *text, *want; /* NULL: refused with `why` */
	const char *why;
	enum gx_annotation_form form;
};

static const struct reading readings[] = {
	{ "a\tT1\nb\tT1\na\tT2\n", "T1:a,b T2:a", NULL, GX_ANNOTATION_PAIRS },
	{ "gene\tterm\na\tT1\n", "T1:a", NULL, GX_ANNOTATION_PAIRS },
	{ "Gene_name\tGO.ID\r\na\tT1\r\nb\tT1\r\n", "T1:a,b", NULL, GX_ANNOTATION_PAIRS },
	{ "\"gene\"\t\"term\"\n\"a\"\t\"T1\"\n", "T1:a", NULL, GX_ANNOTATION_PAIRS },
	{ "GENE1\tterm\nb\tterm", "term:GENE1,b", NULL, GX_ANNOTATION_PAIRS },
	/* What comes again is one pair. */
	{ "a\tT2\nb\tT1\na\tT2\na\tT1\na\tT2\n", "T2:a T1:a,b", NULL, GX_ANNOTATION_PAIRS },
	{ "# from somewhere\na\tT1\n\nb\tT1\n\n", "T1:a,b", NULL, GX_ANNOTATION_PAIRS },
	{ "a\t1\nb\t2\n", "1:a 2:b", NULL, GX_ANNOTATION_PAIRS },
	{ "T1\thttp://x\ta\tb\nT2\t\tb\n", "T1:a,b T2:b", NULL, GX_ANNOTATION_GMT },
	{ "T1\tx\ta\tb\ta\t\t\nT2\tx\n", "T1:a,b T2:", NULL, GX_ANNOTATION_GMT },
	{ "T1\tx\ta\tb", "T1:a,b", NULL, GX_ANNOTATION_GMT },
	{ "gene\tT1\tT2\na\t1\t0\nb\t1\t1\nc\t0\t0\n", "T1:a,b T2:b", NULL, GX_ANNOTATION_MATRIX },
	{ "gene,T1,T2\na,1,0\nb,1,1\n", "T1:a,b T2:b", NULL, GX_ANNOTATION_MATRIX },
	{ "\tT1\tT2\na\t1\t0\nb\t1\t1\n", "T1:a,b T2:b", NULL, GX_ANNOTATION_MATRIX },
	{ "gene\tT1\na\t1\nb\t0\n", NULL, "could be a matrix of one term", 0 },
	{ "a\t1\t0\nb\t1\t1\n", NULL, "could be a matrix without a header line", 0 },
	{ "a\tT1\nb\tT1\textra\n", NULL, "could be gene TAB term", 0 },
	{ "a,T1\nb,T1\n", NULL, "no TAB in the line", 0 },
	{ "a\nb\n", NULL, "one field", 0 },
	{ "", NULL, "it is empty", 0 },
	{ "# nothing\n", NULL, "no line of an annotation", 0 },
	{ "a\tT1\n\tT1\n", NULL, ":2: an empty field where a gene", 0 },
	{ "a\tT1\nb\t\n", NULL, ":2: an empty field where a term", 0 },
	{ "T1\tx\ta\nT1\tx\tb\n", NULL, ":2: the term 'T1' was there before", 0 },
	{ "gene\tT1\tT1\na\t1\t0\nb\t1\t1\n", NULL, "the term 'T1' is there twice", 0 },
	{ "a\tT\x01\nb\tT1\n", NULL, "a control byte", 0 },
};

static void read_it(void *path)
{
	struct gx_annotation a = { 0 };
	gx_annotation_read(&a, path, 1);
}

static void test_readings(void)
{
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
		const struct reading *r = &readings[i];
		char *path = strdup(write_file("annotation", r->text));
		if (r->why) {
			unit_check(unit_dies(1, r->why, read_it, path), "reading %zu: %s", i, r->text);
		} else {
			struct gx_annotation a = { 0 };
			gx_annotation_read(&a, path, 1);
			char *got = describe(&a);
			unit_text(got, r->want, "reading %zu: %s", i, r->text);
			unit_equal(a.form, r->form, "form of reading %zu: %s", i, r->text);
			free(got);
			gx_annotation_free(&a);
		}
		remove(path);
		free(path);
	}
	unit_report("pairs, GMT and matrices, what is ambiguous, and what is none");
}

static void test_late_lines(void)
{
	/* Behind the lines that tell what it is. */
	char text[16384], *end = text;
	for (int i = 0; i < 150; i++)
		end += sprintf(end, "gene%d\tT\n", i);
	strcpy(end, "a\tb\tc\n");
	char *path = strdup(write_file("late", text));
	unit_check(unit_dies(1, ":151: 3 fields", read_it, path), "a line of three fields");
	end = text + sprintf(text, "gene\tT1\tT2\n");
	for (int i = 0; i < 150; i++)
		end += sprintf(end, "gene%d\t0\t1\n", i);
	strcpy(end, "a\t0\t2\n");
	write_file("late", text);
	unit_check(unit_dies(1, "gene 'a', term 'T2': the value is another number", read_it, path),
		   "a value of 2");
	remove(path);
	free(path);
	unit_report("lines behind those that are looked at");
}

static uint64_t digest_of(const char *text)
{
	struct gx_annotation a = { 0 };
	char *path = strdup(write_file("digest", text));
	gx_annotation_read(&a, path, 1);
	uint64_t digest = a.digest;
	gx_annotation_free(&a);
	remove(path);
	free(path);
	return digest;
}

static void test_digest(void)
{
	uint64_t one = digest_of("a\tT1\nb\tT1\nb\tT2\n");
	unit_equal(digest_of("gene\tterm\nb\tT1\nb\tT2\na\tT1\nb\tT2\n"), one, "another order of genes");
	unit_equal(digest_of("T1\tx\ta\tb\nT2\tx\tb\n"), one, "as GMT");
	unit_equal(digest_of("gene\tT1\tT2\na\t1\t0\nb\t1\t1\n"), one, "as a matrix");
	unit_check(digest_of("b\tT2\na\tT1\nb\tT1\n") != one, "another order of terms");
	unit_check(digest_of("a\tT1\nc\tT1\nc\tT2\n") != one, "another gene");
	unit_check(digest_of("gene\tT1\tT2\na\t1\t0\nb\t1\t1\nc\t0\t0\n") != one, "one more gene");
	unit_report("the digest is of terms in order and their genes, in any form");
}

static void test_compressed(void)
{
	char *path = strdup(write_file("packed.gz", ""));
	gzFile out = gzopen(path, "wb");
	gzputs(out, "gene\tT1\tT2\na\t1\t0\nb\t1\t1\n");
	gzclose(out);
	struct gx_annotation a = { 0 };
	gx_annotation_read(&a, path, 1);
	char *got = describe(&a);
	unit_text(got, "T1:a,b T2:b", "a matrix in gzip");
	free(got);
	gx_annotation_free(&a);
	remove(path);
	free(path);
	unit_report("compressed");
}

/* ---- in a network ---- */

static struct gx_names names_of(const char *text)
{
	struct gx_names names = { 0 };
	for (; *text; text++)
		gx_names_add(&names, text, 1);
	return names;
}

/* "size genes: term=0,2 term=1" */
static char *describe_terms(const struct gx_terms *terms)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fprintf(out, "%zu:", terms->ngene);
	const char *name = terms->names.text;
	for (size_t t = 0; t < terms->nterm; t++, name = gx_names_next(name)) {
		fprintf(out, " %s=", name);
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
			fprintf(out, "%s%u", k == terms->member_at[t] ? "" : ",", terms->member[k]);
	}
	fclose(out);
	return text;
}

static void check_index(const struct gx_terms *terms)
{
	uint64_t npair = 0;
	for (size_t i = 0; i < terms->ngene; i++)
		for (uint64_t k = terms->gene_term_at[i]; k < terms->gene_term_at[i + 1]; k++) {
			uint32_t t = terms->gene_term[k];
			bool there = false;
			for (uint64_t l = terms->member_at[t]; l < terms->member_at[t + 1]; l++)
				there |= terms->member[l] == i;
			unit_check(there, "term %u of gene %zu", t, i);
			unit_check(k == terms->gene_term_at[i] || terms->gene_term[k - 1] < t,
				   "terms of gene %zu increase", i);
			npair++;
		}
	unit_equal(npair, terms->member_at[terms->nterm], "pairs by genes");
}

static const char text[] = "e\tT1\na\tT1\nx\tT1\nc\tT2\nx\tT3\ny\tT3\nb\tT4\nd\tT4\na\tT4\n";

static void test_terms(void)
{
	static const struct {
		bool annotated;
		uint64_t least, most;
		const char *want;
	} cases[] = {
		{ false, 1, 9, "7: T1=0,4 T2=2 T4=0,1,3" },
		{ false, 0, 9, "7: T1=0,4 T2=2 T3= T4=0,1,3" },
		{ false, 2, 2, "7: T1=0,4" },
		{ true, 2, 9, "5: T1=0,4 T4=0,1,3" },
	};
	char *path = strdup(write_file("terms", text));
	struct gx_annotation a = { 0 };
	struct gx_names network = names_of("abcdefg"), turned = names_of("gfedcba");
	gx_annotation_read(&a, path, 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gx_terms terms;
		gx_terms_make(&terms, &a, &network, cases[i].annotated, cases[i].least, cases[i].most);
		char *got = describe_terms(&terms);
		unit_text(got, cases[i].want, "terms of case %zu", i);
		unit_equal(terms.genes_left, 2, "genes that are not there");
		unit_equal(terms.pairs_left, 3, "pairs that are not there");
		unit_equal(terms.genes_found, 5, "genes that are there");
		check_index(&terms);
		free(got);
		gx_terms_free(&terms);
	}
	struct gx_terms terms;
	gx_terms_make(&terms, &a, &turned, true, 1, 9);
	char *got = describe_terms(&terms);
	unit_text(got, "5: T1=0,4 T2=2 T4=1,3,4", "the other way round");
	unit_equal(terms.row[0], 2, "row of the first gene");
	gx_terms_keep(&terms, 1, 3);
	free(got);
	got = describe_terms(&terms);
	unit_text(got, "5: T2=2 T4=1,3,4", "the last two");
	check_index(&terms);
	gx_terms_keep(&terms, 1, 1);
	unit_equal(terms.nterm, 0, "no term");
	free(got);
	gx_terms_free(&terms);
	gx_annotation_free(&a);
	gx_names_free(&network);
	gx_names_free(&turned);
	remove(path);
	free(path);
	unit_report("terms by the genes of a network, and some of them");
}

static struct gx_names other;

static void match(void *path)
{
	struct gx_annotation a = { 0 };
	struct gx_terms terms;
	gx_annotation_read(&a, path, 1);
	gx_terms_make(&terms, &a, &other, false, 3, 9);
}

static void test_no_match(void)
{
	char *path = strdup(write_file("none", text));
	other = names_of("apqr");
	unit_check(unit_dies(1, "1 of its 7 genes are in the network", match, path), "one gene");
	gx_names_free(&other);
	other = names_of("abcpqr");
	unit_check(unit_dies(1, "no term has 3 to 9 genes of the network, the largest has 2", match, path),
		   "no term");
	gx_names_free(&other);
	free(path);
	path = strdup(write_file("none", "T1\ta\nT1\tb\nT2\tc\n"));
	other = names_of("abc");
	unit_check(unit_dies(1, "the gene comes first", match, path), "columns that are swapped");
	gx_names_free(&other);
	remove(path);
	free(path);
	unit_report("annotations of other genes, and of no term");
}

static void test_dictionary(void)
{
	struct gx_dictionary d = { 0 };
	char name[16];
	unit_equal(gx_dictionary_find(&d, "x", 1), GX_NOT_THERE, "in an empty one");
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			bool added;
			int n = sprintf(name, "n%u", i);
			unit_equal(gx_dictionary_add(&d, name, (size_t)n, &added), i, "number of %s", name);
			unit_equal(added, round == 0, "%s is new", name);
		}
	for (uint32_t i = 0; i < 5000; i++) {
		int n = sprintf(name, "n%u", i);
		unit_equal(gx_dictionary_find(&d, name, (size_t)n), i, "%s", name);
		unit_text(gx_dictionary_name(&d, i), name, "name %u", i);
	}
	unit_equal(gx_dictionary_find(&d, "n", 1), GX_NOT_THERE, "the start of a name");
	gx_dictionary_free(&d);
	unit_report("names by number and numbers by name");
}

int main(void)
{
	unit_directory();
	test_dictionary();
	test_readings();
	test_late_lines();
	test_digest();
	test_compressed();
	test_terms();
	test_no_match();
	return unit_end();
}
