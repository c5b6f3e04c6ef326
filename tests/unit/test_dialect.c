/* SPDX-License-Identifier: MIT */
/* What the head of a text table says of its rows, from a file and from a pipe alike. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/table/dialect.h"
#include "format/table/id_words.h"
#include "unit.h"

struct head {
	const char *text;
	struct gx_reading reading;
	const char *kind;
	int delimiter;
	enum gx_header header;
	size_t nfield, name_field; /* SIZE_MAX: none */
	const char *columns;	   /* names with "|" between */
	const char *first;	   /* what stands where the rows begin */
	uint64_t line;		   /* its number */
	bool fast;
};

static const struct head heads[] = {
	{ "gene\ta\tb\ng1\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 3, 0, "a|b", "g1\t", 2,
	  true },
	{ "a\tb\ng1\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_SHORT, 3, 0, "a|b", "g1\t", 2, true },
	{ "\xef\xbb\xbf,a,b\r\ng1,1,2\r\n", { 0 }, "table", ',', GX_HEADER_CORNER, 3, 0, "a|b", "g1,",
	  2, true },
	{ "# one\n# two\ngene a\ng1 1\n", { 0 }, "table", ' ', GX_HEADER_CORNER, 2, 0, "a", "g1 ", 4,
	  true },
	{ "gene;a\ng1;1,5\n", { .delimiter = ';', .decimal_comma = true }, "table", ';',
	  GX_HEADER_CORNER, 2, 0, "a", "g1;", 2, false },
	{ "gene\ta\t\ng1\t1\t\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 2, 0, "a", "g1\t", 2,
	  false },
	{ "gene  a   b\ng1 1  2\n", { .delimiter = GX_WHITESPACE }, "table", GX_WHITESPACE,
	  GX_HEADER_CORNER, 3, 0, "a|b", "g1 ", 2, false },
	{ "\"my, gene\",\"a \"\"1\"\"\"\ng1,1\n", { 0 }, "table", ',', GX_HEADER_CORNER, 2, 0,
	  "a \"1\"", "g1,", 2, true },
	{ "g1\t1\t2\ng2\t3\t4\n", { .no_header = true }, "table", '\t', GX_HEADER_NONE, 3, 0, "",
	  "g1\t", 1, true },
	{ "a\tb\n1\t2\n", { .id_column = "none" }, "table", '\t', GX_HEADER_CORNER, 2, SIZE_MAX, "a|b",
	  "1\t", 2, true },
	{ "gene\ta\tid\tb\nx\t1\tg1\t2\n", { .id_column = "id", .skip_columns = "gene" }, "table",
	  '\t', GX_HEADER_CORNER, 4, 2, "a|b", "x\t", 2, false },
	{ "gene\ta\tb\tc\ng1\t1\t2\t3\n", { .columns = "b,3" }, "table", '\t', GX_HEADER_CORNER, 4, 0,
	  "b", "g1\t", 2, false },
	{ "Geneid\tChr\tStart\tEnd\tStrand\tLength\ta.bam\ng1\tc\t1\t2\t+\t9\t5\n", { 0 },
	  "featureCounts", '\t', GX_HEADER_CORNER, 7, 0, "a.bam", "g1\t", 2, true },
	{ "#1.2\n1\t2\nName\tDescription\ta\tb\ng1\t\"d\t1\t2\n", { 0 }, "GCT 1.2", '\t',
	  GX_HEADER_CORNER, 4, 0, "a|b", "g1\t", 4, true },
	{ "#1.3\n1\t1\t1\t1\nid\tx\ta\nage\tna\t7\ng1\ty\t1\n", { 0 }, "GCT 1.3", '\t',
	  GX_HEADER_CORNER, 3, 0, "a", "g1\t", 5, true },
	{ "YORF\tNAME\tGWEIGHT\ta\nEWEIGHT\t\t\t1\ng1\tn\t1\t5\n", { 0 }, "PCL", '\t',
	  GX_HEADER_CORNER, 4, 1, "a", "g1\t", 3, true },
	{ "!x\ty\n!series_matrix_table_begin\n\"ID_REF\"\t\"a\"\n\"p1\"\t1\n!series_matrix_table_end\n",
	  { 0 }, "GEO series matrix", '\t', GX_HEADER_CORNER, 2, 0, "a", "\"p1\"", 4, true },
	{ "gene\ta\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 2, 0, "a", "", 2, true },
	{ "Table 1, all\n\n# x\ngene\ta\tb\ng1\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 3, 0,
	  "a|b", "g1\t", 5, true },
	{ "Table 1,,\ngene,a,b\ng1,1,2\n", { 0 }, "table", ',', GX_HEADER_CORNER, 3, 0, "a|b", "g1,", 3,
	  true },
	{ "# x\n#id\ta\tb\ng1\t1\t2\ng2\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 3, 0, "a|b",
	  "g1\t", 3, true },
	{ "#a\tb\ng1\t1\t2\ng2\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_SHORT, 3, 0, "a|b", "g1\t", 2,
	  true },
	{ "x\n\ny\tz\tx\tx\ngene\ta\ng1\t1\n", { .skip_lines = 3 }, "table", '\t', GX_HEADER_CORNER, 2,
	  0, "a", "g1\t", 5, true },
	{ "%x\ngene\ta\ng1\t1\n", { .comment = '%' }, "table", '\t', GX_HEADER_CORNER, 2, 0, "a",
	  "g1\t", 3, true },
	{ "g0\t0\t1\ng1\t1\t2\n", { .header = true }, "table", '\t', GX_HEADER_CORNER, 3, 0, "0|1",
	  "g1\t", 2, true },
	{ "gene\ta\tb\t\ng1\t1\t2\n", { 0 }, "table", '\t', GX_HEADER_CORNER, 3, 0, "a|b", "g1\t", 2,
	  true },
};

static void join(const struct gx_names *names, char out[256])
{
	size_t n = 0;
	const char *name = names->text;
	out[0] = 0;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
		n += (size_t)snprintf(out + n, 256 - n, "%s%s", i ? "|" : "", name);
}

static void compare(const struct head *h, struct gx_input *in, const char *way)
{
	struct gx_dialect d;
	char columns[256];
	gx_dialect_detect(in, &h->reading, &d);
	const char *what = h->text;
	unit_text(d.kind, h->kind, "%s: %s: kind", way, what);
	unit_equal((uint64_t)d.delimiter, (uint64_t)h->delimiter, "%s: %s: delimiter", way, what);
	unit_equal(d.header, h->header, "%s: %s: header", way, what);
	unit_equal(d.nfield, h->nfield, "%s: %s: fields", way, what);
	unit_equal(d.name_field, h->name_field, "%s: %s: field of the name", way, what);
	join(&d.columns, columns);
	unit_text(columns, h->columns, "%s: %s: columns", way, what);
	unit_equal(d.data_line, h->line, "%s: %s: line of the first row", way, what);
	unit_equal(d.fast, h->fast, "%s: %s: fast", way, what);
	unit_check(d.data <= strlen(h->text) &&
			   strncmp(h->text + d.data, h->first, strlen(h->first)) == 0 &&
			   (*h->first || d.data == strlen(h->text)),
		   "%s: %s: rows begin at %llu", way, what, (unsigned long long)d.data);
	/* Nothing was consumed. */
	unit_equal(in->position, 0, "%s: %s: position", way, what);
	gx_dialect_free(&d);
}

static void test_heads(void)
{
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const struct head *h = &heads[i];
		size_t n = strlen(h->text);
		const char *path = unit_file("head", h->text, n);
		struct gx_input *in = gx_input_open(path);
		compare(h, in, "file");
		gx_input_close(in);
		int end[2];
		if (pipe(end) != 0 || write(end[1], h->text, n) != (ssize_t)n)
			unit_bail_out("no pipe");
		close(end[1]);
		dup2(end[0], STDIN_FILENO);
		close(end[0]);
		in = gx_input_open("-");
		compare(h, in, "pipe");
		gx_input_close(in);
		remove(path);
	}
	unit_report("heads: kind, delimiter, header, fields, names and where the rows begin");
}

static void detect(void *text)
{
	struct gx_reading reading = { 0 };
	struct gx_dialect d;
	gx_dialect_detect(gx_input_open(unit_file("bad", text, strlen(text))), &reading, &d);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ "gene\ta\tb\ng1\t1\n", ":2: 2 fields where the header has 3" },
		{ "gene\ng1\n", "one field a line" },
		{ "\n", "it is empty" },
		{ "# only comments\n", "comments or blank lines, and no table" },
		{ "g0\t0\t1\ng1\t1\t2\n", ":1: the first line looks like a row" },
		{ "#a\tb\n\ng0\t0\t1\ng1\t1\t2\n", ":3: the first line looks like a row" },
		{ "x y\nz\t1\tw\ngene\ta\tb\tc\ng1\t1\t2\t3\n", "--skip-lines 2" },
		{ "gene\ta\tb\ngene_id\tx\tx\ng1\t1\t2\n", ":2: a second header line" },
		{ "gene\ta\t\ng1\t1\t2\n", ":2:3: a value in the last column" },
		{ "404: Not Found\n", "is no table: one line without a row" },
		{ "gene\t\x01" "a\ng1\t1\n", ":1: the byte '\\x01' is in no table" },
		{ "gene\ra\rg1\r1\r", "old Macs" },
		{ "1\t2\n3\t4\n", "looks like a row" },
		{ "gene;a\ng1;1,5\n", "--delimiter ';'" },
		{ "gene\t\"a\ng1\t1\n", "a quote is not closed" },
		{ "#1.2\n1\t3\nName\tDescription\ta\ng\td\t1\n", "where its counts say 5" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		unit_dies(1, bad[i].said, detect, (void *)(uintptr_t)bad[i].text);
	remove("bad");
	unit_report("heads that are refused, in these words");
}

static void test_id_words(void)
{
	static const char *const yes[] = { "gene",   "Gene ID",	     "GENE_ID", "ID_REF", "#OTU ID",
					   "x",	     "Systematic.name", "Unnamed: 0", "\"Probe-Set ID\"",
					   "Hugo_Symbol", "GID", "YORF", "UID", "tx", "Geneid" };
	static const char *const no[] = { "", "g1", "TP53", "0", "genes of yeast", "e", "gen", "gene1",
					  "7157", "-", "a name that is longer than any word of them" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		unit_check(gx_is_id_word(yes[i], strlen(yes[i])), "%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		unit_check(!gx_is_id_word(no[i], strlen(no[i])), "%s", no[i]);
	unit_report("words that name ids");
}

int main(void)
{
	if (chdir(unit_directory()) != 0)
		unit_bail_out("no directory");
	test_heads();
	test_refused();
	test_id_words();
	return unit_end();
}
