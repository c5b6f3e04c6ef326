/* SPDX-License-Identifier: MIT */
#include "format/table/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/again.h"
#include "format/table/columns.h"
#include "format/table/diagnosis.h"
#include "format/table/field.h"
#include "format/table/id_words.h"
#include "format/table/looks.h"

enum { ROOM = 3000 };

struct table {
	const struct gx_input *in;
	uint64_t number; /* of the header's line */
	const struct gx_dialect *dialect;
};

GX_NORETURN GX_COLD static void refuse(const struct table *t,
				       const struct gx_wording *why)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", t->in->name, t->number, why->text);
}

/* ---- tables that say by their names that the user has to choose ---- */

/* The first columns are a place on the genome: another one names the genes, or none. */
static void check_place(const struct table *t)
{
	const struct gx_dialect *d = t->dialect;
	char text[ROOM] = "";
	struct gx_wording why = { text, 0, sizeof text };
	if (!d->known || d->known->rest != GX_REST_PLACED || d->reading->id_column)
		return;
	struct gx_looks looks;
	gx_looks_make(d, NULL, 0, &looks);
	const char *chr = d->names.text, *start = gx_names_next(chr),
		   *end = gx_names_next(start);
	gx_word(&why,
		"a table like BED: the columns 1 %s, 2 %s and 3 %s are a place, and no name: ",
		gx_show(chr, strlen(chr)), gx_show(start, strlen(start)),
		gx_show(end, strlen(end)));
	/* The fourth column of BED is the name; others have it further behind. */
	size_t place = d->known->n, id = gx_looks_find_id_word(&looks, place);
	if (id == SIZE_MAX)
		id = gx_looks_find_text(&looks, place);
	const char *fourth = gx_names_next(end);
	if (looks.look[place] == GX_LOOK_TEXT || gx_is_id_word(fourth, strlen(fourth)))
		id = place;
	if (id == SIZE_MAX)
		gx_word(&why, "--id-column none ");
	else
		gx_looks_propose_id(&looks, id);
	gx_looks_advise(&looks, &why);
	gx_looks_free(&looks);
	refuse(t, &why);
}

/* MaxQuant: of each sample several measures, among annotations. */
static void check_families(const struct table *t)
{
	const struct gx_dialect *d = t->dialect;
	char text[ROOM] = "", list[ROOM / 2];
	struct gx_wording why = { text, 0, sizeof text };
	if (!d->known || d->known->rest != GX_REST_FAMILIES || d->reading->columns)
		return;
	const char *family = gx_known_family(&d->names), *name = d->names.text;
	gx_word(&why, "%s: annotations, and several measures of each sample: ", d->kind);
	bool *set = gx_allocate_zeroed(d->nfield, sizeof *set);
	for (size_t i = 0; family && i < d->nfield; i++, name = gx_names_next(name))
		set[i] = strncmp(name, family, strlen(family)) == 0;
	if (family && gx_columns_print(set, d->nfield, list, sizeof list))
		gx_word(&why, "choose one: --columns %s takes '%s...'", list, family);
	else
		gx_word(&why, "choose the columns of one with --columns");
	free(set);
	refuse(t, &why);
}

/* ---- names of rows that seem to be a sample ---- */

static size_t digits_of(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += *text >= '0' && *text <= '9';
	return n;
}

/* Both rows begin with the same number, and a short one. */
static bool names_are_values(const struct gx_dialect *d)
{
	const struct gx_evidence_row *row = d->evidence.row;
	if (d->evidence.n < 2 || d->name_field != 0 || d->known || d->reading->id_column)
		return false;
	const char *a = row[0].first, *b = row[1].first;
	/* Fractions name nothing, but where a word says so. */
	const char *name = d->names.n ? d->names.text : "";
	if (*name && !gx_is_id_word(name, strlen(name)) && strchr(a, '.') && strchr(b, '.') &&
	    gx_field_is_number(a) && gx_field_is_number(b))
		return true;
	return strcmp(a, b) == 0 && gx_field_is_number(a) && digits_of(a) >= 1 &&
	       digits_of(a) <= 3;
}

static void check_names(const struct table *t)
{
	const struct gx_dialect *d = t->dialect;
	if (d->counted || d->end_marker || !names_are_values(d))
		return;
	const char *a = d->evidence.row[0].first, *b = d->evidence.row[1].first;
	char names[200];
	if (strcmp(a, b) == 0)
		snprintf(names, sizeof names, "both called %s", gx_show(a, strlen(a)));
	else
		snprintf(names, sizeof names, "called by the fractions %.40s and %.40s", a, b);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64
	       ": the first two rows are %s: where column 1 is a sample, and no column names the "
	       "rows: --id-column none; where it names them: --id-column 1",
	       t->in->name, d->evidence.row[0].number, names);
}

/* ---- text, and names that no sample has ---- */

/* Bytes that are in no text: whoever reads them says so. */
static bool is_foreign(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
			return true;
	return false;
}

static const char *line_at(const struct table *t, size_t at)
{
	const unsigned char *bytes;
	gx_input_visible(t->in, &bytes);
	return (const char *)bytes + at;
}

static void check_line_again(const struct table *t, uint64_t number, size_t at, size_t n)
{
	const char *line = line_at(t, at);
	if (gx_header_again(t->dialect, line, line + n))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": " GX_HEADER_AGAIN "sed %" PRIu64 "d",
		       t->in->name, number, number);
}

void gx_samples_check_again(const struct gx_input *in, const struct gx_dialect *dialect)
{
	const struct table table = { in, 0, dialect }, *t = &table;
	const struct gx_evidence *evidence = &dialect->evidence;
	for (size_t i = 0; i < evidence->n; i++)
		check_line_again(t, evidence->row[i].number, evidence->row[i].at,
				 evidence->row[i].n);
	/* The rows may have a field more than their header. */
	if (evidence->misfit.number)
		check_line_again(t, evidence->misfit.number, evidence->misfit.at,
				 evidence->misfit.n);
}

static void check_rows(const struct table *t)
{
	const struct gx_dialect *d = t->dialect;
	for (size_t i = 0; i < d->evidence.n; i++) {
		const struct gx_evidence_row *row = &d->evidence.row[i];
		const char *line = line_at(t, row->at);
		bool text = false;
		for (size_t field = 0; field < d->nfield && !text; field++)
			text = d->field[field] == GX_FIELD_VALUE &&
			       (row->cell[field] == GX_CELL_TEXT || row->cell[field] == GX_CELL_COMMA);
		struct gx_diagnosis diagnosis;
		if (text && !is_foreign(line, row->n) &&
		    gx_diagnose(d, line, row->n, &diagnosis))
			gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ":%zu: %s", t->in->name,
			       row->number, diagnosis.field, diagnosis.text);
	}
}

/* "Salmon: annotation: 'Length', 'EffectiveLength'; " */
static void name_kind(const struct gx_dialect *d, struct gx_wording *to)
{
	if (!d->known)
		return;
	gx_word(to, "%s: ", d->kind);
	for (size_t i = 0, said = 0; i < d->known->n; i++)
		if (d->field[i] == GX_FIELD_SKIP)
			gx_word(to, "%s'%s'",
				said++ ? ", " : "annotation: ", d->known->name[i]);
	if (d->known->n > 1)
		gx_word(to, "; ");
}

static void check_columns(const struct table *t)
{
	const struct gx_dialect *d = t->dialect;
	char text[ROOM] = "";
	struct gx_wording why = { text, 0, sizeof text };
	struct gx_looks looks;
	gx_looks_make(d, NULL, 0, &looks);
	if (looks.count[GX_LOOK_UNSAMPLED] || looks.measures ||
	    gx_looks_ids_are_numbers(&looks)) {
		if (!gx_looks_tell_row_numbers(&looks, &why)) {
			name_kind(d, &why);
			gx_looks_tell(&looks, &why);
		}
		refuse(t, &why);
	}
	gx_looks_free(&looks);
}

void gx_samples_check(const struct gx_input *in, uint64_t number,
		      const struct gx_dialect *dialect)
{
	const struct table table = { in, number, dialect };
	check_place(&table);
	check_families(&table);
	check_names(&table);
	check_rows(&table);
	check_columns(&table);
}
