/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "format/foreign_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"

struct span {
	const char *p;
	size_t n;
};

/* Line `number`, from 0, without its end; false where it is not there to its end. */
static bool line_of(const struct gx_head_bytes *h, size_t number, struct span *line)
{
	const char *p = h->text, *end = h->text + h->ntext;
	for (size_t i = 0;; i++) {
		const char *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
		if (!stop)
			return false;
		if (i == number) {
			*line = (struct span){ p, (size_t)(stop - p) };
			line->n -= line->n && stop[-1] == '\r';
			return true;
		}
		p = stop + 1;
	}
}

/* The first line that is no comment. */
static bool first_line(const struct gx_head_bytes *h, struct span *line)
{
	for (size_t i = 0; line_of(h, i, line); i++)
		if (line->n && line->p[0] != '#')
			return true;
	return false;
}

static bool begins(const char *p, size_t n, const char *word)
{
	size_t nword = strlen(word);
	return n >= nword && strncasecmp(p, word, nword) == 0;
}

static bool has(const struct gx_head_bytes *h, const char *word)
{
	return memmem(h->text, h->ntext, word, strlen(word)) != NULL;
}

static bool is_count(struct span s)
{
	uint64_t n;
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s.n && gx_decimal_read(s.p, s.n, &n);
}

bool gx_text_is_rds(const struct gx_head_bytes *h)
{
	/* A, the version of the format, of R that wrote it, and of the oldest that reads it. */
	struct span version, writer, reader;
	return line_of(h, 1, &version) && line_of(h, 2, &writer) && line_of(h, 3, &reader) &&
	       version.n == 1 && (version.p[0] == '2' || version.p[0] == '3') &&
	       writer.n == 6 && is_count(writer) && reader.n == 6 &&
	       (memcmp(reader.p, "131840", 6) == 0 || memcmp(reader.p, "197888", 6) == 0);
}

bool gx_text_is_xml_sheet(const struct gx_head_bytes *h)
{
	return has(h, "Excel.Sheet") || has(h, "<Workbook");
}

bool gx_text_is_rcc(const struct gx_head_bytes *h)
{
	struct span line;
	return line_of(h, 1, &line) && begins(line.p, line.n, "FileVersion,");
}

bool gx_text_is_biom(const struct gx_head_bytes *h)
{
	return has(h, "Biological Observation Matrix");
}

bool gx_text_is_json(const struct gx_head_bytes *h)
{
	size_t i = 1;
	while (i < h->ntext && strchr(" \t\r\n", h->text[i]) && h->text[i])
		i++;
	if (i == h->ntext)
		return false;
	return h->text[0] == '{' ? h->text[i] == '"' || h->text[i] == '}'
				 : h->text[i] == '"' || h->text[i] == '{' || h->text[i] == '[';
}

bool gx_text_is_res(const struct gx_head_bytes *h)
{
	struct span header, rows;
	if (!line_of(h, 0, &header) || !line_of(h, 2, &rows) || !is_count(rows))
		return false;
	/* Each second name is empty: below it are the calls. */
	size_t field = 0;
	for (const char *p = header.p, *end = p + header.n; p < end; field++) {
		const char *stop = memchr(p, '\t', (size_t)(end - p));
		stop = stop ? stop : end;
		if (field >= 2 && (field % 2 == 1) != (stop == p))
			return false;
		p = stop + 1;
	}
	return field > 2;
}

bool gx_text_is_cls(const struct gx_head_bytes *h)
{
	struct span counts, classes;
	if (!line_of(h, 0, &counts) || !line_of(h, 1, &classes) || !classes.n ||
	    classes.p[0] != '#')
		return false;
	/* Samples, classes, and always 1. */
	const char *p = counts.p, *end = p + counts.n;
	uint64_t n = 0;
	for (int i = 0; i < 3; i++) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		p = gx_decimal_take(p, (size_t)(end - p), &n);
		if (!p)
			return false;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p == end && n == 1;
}

bool gx_text_is_profiles(const struct gx_head_bytes *h)
{
	struct span first, second;
	return line_of(h, 0, &first) && line_of(h, 1, &second) && second.n &&
	       second.p[0] == '#' && !memchr(first.p, '\t', first.n);
}

bool gx_text_is_gtf(const struct gx_head_bytes *h)
{
	enum { FIELDS = 9 };
	struct span line, field[FIELDS];
	if (!first_line(h, &line))
		return false;
	const char *p = line.p, *end = p + line.n;
	for (size_t i = 0; i < FIELDS; i++) {
		const char *stop = p <= end ? memchr(p, '\t', (size_t)(end - p)) : NULL;
		if (!stop && i + 1 < FIELDS)
			return false;
		field[i] = (struct span){ p, (size_t)((stop ? stop : end) - p) };
		p = stop + 1;
	}
	const struct span *strand = &field[6], *attributes = &field[8];
	return is_count(field[3]) && is_count(field[4]) && strand->n == 1 &&
	       strchr("+-.?", strand->p[0]) &&
	       (memchr(attributes->p, '=', attributes->n) ||
		memmem(attributes->p, attributes->n, " \"", 2));
}

bool gx_text_is_sam(const struct gx_head_bytes *h)
{
	static const char *const records[] = { "@HD\t", "@SQ\t", "@RG\t", "@PG\t", "@CO\t" };
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (h->ntext >= 4 && memcmp(h->text, records[i], 4) == 0)
			return true;
	return false;
}

/* Letters, and what stands for a gap or a stop; at least one. */
static bool is_sequence(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalpha((unsigned char)s.p[i]) && s.p[i] != '*' && s.p[i] != '-' &&
		    s.p[i] != '.')
			return false;
	return s.n > 0;
}

bool gx_text_is_fastq(const struct gx_head_bytes *h)
{
	struct span sequence, plus;
	return line_of(h, 1, &sequence) && line_of(h, 2, &plus) && is_sequence(sequence) &&
	       plus.n && plus.p[0] == '+';
}

bool gx_text_is_fasta(const struct gx_head_bytes *h)
{
	struct span sequence;
	return line_of(h, 1, &sequence) && is_sequence(sequence);
}

bool gx_text_is_script(const struct gx_head_bytes *h)
{
	static const char *const words[] = { "library(",      "require(",
					     "source(",	      "suppressPackageStartupMessages(",
					     "import numpy",  "import pandas",
					     "import scanpy", "import os",
					     "import sys" };
	struct span line;
	if (begins(h->text, h->ntext, "#!/"))
		return true;
	if (!first_line(h, &line) || memchr(line.p, '\t', line.n))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(line.p, line.n, words[i]))
			return true;
	return false;
}
