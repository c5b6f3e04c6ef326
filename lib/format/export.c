/* SPDX-License-Identifier: MIT */
#include "format/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/names.h"
#include "bytes/lines.h"
#include "format/table/field.h"

enum {
	HEAD_MOST = 1 << 20, /* decoded bytes before the table; real ones have 20 KB */
	OPTIONS_MOST = 3000, /* bytes that a message has room for */
	NAMES_MOST = 200,    /* names of columns, before they are told by number */
};

struct instrument {
	const char *name;
	const char *start;  /* of its first line */
	const char *second; /* of its second line; or NULL */
	const char *header; /* how the table's header begins; NULL: the first of many fields */
	const char *must;   /* a column that it has, else it is none of these; or NULL */
	const char *id[4];  /* what names a gene, the best first */
	/*
	 * How the names of the columns with values end, or where a sample's name stands behind
	 * it, begin; of the second two where there is none of the first. Two colours are two.
	 */
	const char *value[2][2];
};

#define ILLUMINA                                                                           \
	{ "ProbeID", "PROBE_ID", "ID_REF", "TargetID" }, { { "AVG_Signal" } }

static const struct instrument instruments[] = {
	{ "Illumina GenomeStudio", "Illumina Inc. GenomeStudio", NULL, NULL, NULL, ILLUMINA },
	{ "Illumina BeadStudio", "Illumina Inc. BeadStudio", NULL, NULL, NULL, ILLUMINA },
	{ "Illumina's software", "[Header]", NULL, NULL, NULL, ILLUMINA },
	{ "Agilent Feature Extraction",
	  "TYPE\t",
	  "FEPARAMS\t",
	  "FEATURES\t",
	  NULL,
	  { "ProbeName", "SystematicName", "FeatureNum" },
	  { { "gProcessedSignal", "rProcessedSignal" }, { "gMeanSignal", "rMeanSignal" } } },
	{ "GenePix",
	  "ATF\t",
	  NULL,
	  NULL,
	  "Block",
	  { "ID", "Name" },
	  { { "F532 Median", "F635 Median" } } },
};

/* ---- where the table begins ---- */

static bool begins(const struct gx_lines *l, const char *text)
{
	size_t n = strlen(text);
	return l->n >= n && strncasecmp(l->text, text, n) == 0;
}

static const struct instrument *recognise(struct gx_lines *l)
{
	const char *second = NULL;
	size_t n = 0;
	for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++) {
		const struct instrument *m = &instruments[i];
		if (!begins(l, m->start))
			continue;
		if (m->second && (!gx_lines_look_ahead(l, 1, &second, &n) ||
				  n < strlen(m->second) ||
				  memcmp(second, m->second, strlen(m->second)) != 0))
			continue;
		return m;
	}
	return NULL;
}

static void split(const struct gx_lines *l, struct gx_names *fields)
{
	const struct gx_parting parting = { .delimiter = memchr(l->text, '\t', l->n) ? '\t' : ',' };
	gx_names_clear(fields);
	gx_line_split(l->text, l->n, &parting, fields);
}

/* Lines of the head are a key and its value, and padded where a spreadsheet wrote them. */
static bool has_many_fields(const struct gx_names *fields)
{
	size_t filled = 0;
	const char *p = fields->text;
	for (size_t i = 0; i < fields->n; i++, p = gx_names_next(p))
		filled += *p != 0;
	return filled > 2;
}

/* Moves to the header of the table, and splits it; false where there is none. */
static bool find_header(const struct instrument *m, struct gx_lines *l, struct gx_names *fields)
{
	while (l->at < HEAD_MOST && gx_lines_next(l)) {
		if (m->header && !begins(l, m->header))
			continue;
		split(l, fields);
		if (m->header || has_many_fields(fields))
			return true;
	}
	return false;
}

/* ---- the options that read it ---- */

/* The number of a column called so, from 1; 0: there is none. */
static size_t find_column(const struct gx_names *fields, const char *name)
{
	const char *p = fields->text;
	for (size_t i = 0; i < fields->n; i++, p = gx_names_next(p))
		if (strcasecmp(p, name) == 0)
			return i + 1;
	return 0;
}

static const char *name_of(const struct gx_names *fields, size_t number)
{
	const char *p = fields->text;
	for (size_t i = 1; i < number; i++)
		p = gx_names_next(p);
	return p;
}

/* Whether a name stands for one column and goes through a shell and a list as it is. */
static bool is_plain(const struct gx_names *fields, const char *name)
{
	size_t same = 0;
	const char *p = fields->text;
	for (size_t i = 0; i < fields->n; i++, p = gx_names_next(p))
		same += strcmp(p, name) == 0;
	bool plain = same == 1 && isalpha((unsigned char)name[0]);
	for (p = name; *p; p++)
		plain &= isalnum((unsigned char)*p) || strchr("._-", *p) != NULL;
	return plain;
}

static bool is_value(const char *name, const char *value)
{
	size_t n = strlen(name), nvalue = strlen(value);
	return n >= nvalue && (strcasecmp(name + n - nvalue, value) == 0 ||
			       (strncasecmp(name, value, nvalue) == 0 && name[nvalue] == '-'));
}

/* Which columns have values; returns how many. */
static size_t choose_values(const struct instrument *m, const struct gx_names *fields,
			    bool chosen[])
{
	size_t n = 0;
	for (size_t group = 0; group < 2 && !n; group++) {
		const char *p = fields->text;
		for (size_t i = 0; i < fields->n; i++, p = gx_names_next(p)) {
			for (size_t k = 0; k < 2 && m->value[group][k]; k++)
				chosen[i] |= is_value(p, m->value[group][k]);
			n += chosen[i];
		}
	}
	return n;
}

/* By name where that is short and plain. */
static bool list_names(const struct gx_names *fields, const bool chosen[], char *out)
{
	size_t n = 0;
	const char *p = fields->text;
	for (size_t i = 0; i < fields->n; i++, p = gx_names_next(p)) {
		if (!chosen[i])
			continue;
		if (!is_plain(fields, p) || n + strlen(p) + 2 > NAMES_MOST)
			return false;
		n += (size_t)sprintf(out + n, "%s%s", n ? "," : "", p);
	}
	return true;
}

/* By number, with ranges; false where a message has no room for it. */
static bool list_numbers(const struct gx_names *fields, const bool chosen[], char *out)
{
	size_t n = 0;
	for (size_t i = 0, last; i < fields->n; i = last + 1) {
		last = i;
		if (!chosen[i])
			continue;
		while (last + 1 < fields->n && chosen[last + 1])
			last++;
		if (last < i + 2)
			last = i;
		if (n + 48 > OPTIONS_MOST)
			return false;
		n += (size_t)sprintf(out + n, "%s%zu", n ? "," : "", i + 1);
		if (last > i)
			n += (size_t)sprintf(out + n, "-%zu", last + 1);
	}
	return true;
}

/* Writes " --id-column X --columns Y", as far as the header says. */
static void describe_columns(const struct instrument *m, const struct gx_names *fields,
			     uint64_t line, char *out)
{
	size_t id = 0;
	for (size_t k = 0; k < 4 && m->id[k] && !id; k++)
		id = find_column(fields, m->id[k]);
	const char *name = id ? name_of(fields, id) : "";
	if (id && is_plain(fields, name))
		out += sprintf(out, " %s %s", "--id-column", name);
	else if (id)
		out += sprintf(out, " %s %zu", "--id-column", id);
	bool *chosen = gx_allocate_zeroed(fields->n, sizeof *chosen);
	size_t n = choose_values(m, fields, chosen);
	if (n) {
		char *list = out + sprintf(out, " %s ", "--columns");
		if (!list_names(fields, chosen, list) && !list_numbers(fields, chosen, list))
			sprintf(list,
				"\"$(sed -n %" PRIu64 "p FILE | tr '\\t' '\\n' | grep -ni '%s' | "
				"cut -d: -f1 | paste -sd, -)\"",
				line, m->value[0][0]);
	}
	free(chosen);
}

void gx_export_refuse(struct gx_input *in)
{
	const unsigned char *bytes;
	struct gx_lines l = { .in = in, .keep = true };
	if (gx_input_peek(in, 3, &bytes) == 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		l.at = 3;
	if (!gx_lines_next(&l))
		return;
	const struct instrument *m = recognise(&l);
	if (!m)
		return;
	struct gx_names fields = { 0 };
	bool found = find_header(m, &l, &fields);
	if (m->must && !(found && find_column(&fields, m->must))) {
		gx_names_free(&fields);
		return;
	}
	if (!found)
		gx_die(GX_EXIT_DATA, "%s: an export of %s without a table: is the file whole?",
		       in->name, m->name);
	char columns[2 * OPTIONS_MOST];
	columns[0] = 0;
	describe_columns(m, &fields, l.number, columns);
	gx_die(GX_EXIT_DATA,
	       "%s: an export of %s, whose table begins on line %" PRIu64
	       ": read it with --skip-lines %" PRIu64 "%s",
	       in->name, m->name, l.number, l.number - 1, columns);
}
