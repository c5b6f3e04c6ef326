/* SPDX-License-Identifier: MIT */
#include "format/table/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/lines.h"
#include "format/table/field.h"
#include "kernel/hash.h"

unsigned char *gx_row_cells(const struct gx_names *fields, size_t nfield,
			    bool decimal_comma, const struct gx_names *missing)
{
	unsigned char *cell = gx_allocate_zeroed(nfield, 1);
	const char *field = fields->text;
	for (size_t i = 0; i < nfield && i < fields->n; i++, field = gx_names_next(field))
		cell[i] = (unsigned char)gx_cell_kind(field, decimal_comma, missing);
	return cell;
}

bool *gx_row_points(const struct gx_names *fields, size_t nfield)
{
	bool *point = gx_allocate_zeroed(nfield, sizeof *point);
	const char *field = fields->text;
	for (size_t i = 0; i < nfield && i < fields->n; i++, field = gx_names_next(field)) {
		const char *text = field;
		size_t n = strlen(field);
		gx_cell_trim(&text, &n);
		point[i] = gx_cell_has_point(text, n);
	}
	return point;
}

const char *gx_row_field(const struct gx_names *fields, size_t field)
{
	const char *text = fields->text;
	while (field--)
		text = gx_names_next(text);
	return text;
}

static bool begins(const struct gx_lines *lines, const char *text)
{
	size_t n = text ? strlen(text) : 0;
	return text && lines->n >= n && memcmp(lines->text, text, n) == 0;
}

static size_t offset_of(const struct gx_lines *lines)
{
	const unsigned char *bytes;
	gx_input_visible(lines->in, &bytes);
	return (size_t)(lines->text - (const char *)bytes);
}

/* The present line as a row; false where it is none, of which whoever reads it says why. */
static bool take_row(const struct gx_lines *lines, const struct gx_evidence_terms *terms,
		     struct gx_evidence_row *row)
{
	struct gx_names fields = { 0 };
	bool good = gx_line_split(lines->text, lines->n, &terms->parting, &fields) &&
		    fields.n == terms->nfield + terms->trailing;
	if (good) {
		size_t n = strlen(fields.text) + 1;
		*row = (struct gx_evidence_row){
			.number = lines->number,
			.at = offset_of(lines),
			.n = lines->n,
			.hash = XXH3_64bits(lines->text, lines->n),
			.first = gx_allocate(n, 1)
		};
		memcpy(row->first, fields.text, n);
		row->cell = gx_row_cells(&fields, terms->nfield, terms->decimal_comma,
					 terms->missing);
		row->point = gx_row_points(&fields, terms->nfield);
	}
	gx_names_free(&fields);
	return good;
}

void gx_evidence_read(struct gx_input *in, const struct gx_evidence_terms *terms,
		      struct gx_evidence *evidence)
{
	struct gx_lines lines = {
		.in = in, .keep = true, .number = terms->data_line - 1, .at = terms->data
	};
	*evidence = (struct gx_evidence){ 0 };
	while (evidence->n < 2 && gx_lines_next(&lines)) {
		if (begins(&lines, terms->end_marker))
			break;
		bool blank = gx_line_is_blank(lines.text, lines.n,
					      terms->parting.delimiter);
		if (blank && terms->skip_blank)
			continue;
		/* No row may stand behind a blank line. */
		if (blank)
			break;
		if (!take_row(&lines, terms, &evidence->row[evidence->n])) {
			evidence->misfit.number = lines.number;
			evidence->misfit.at = offset_of(&lines);
			evidence->misfit.n = lines.n;
			break;
		}
		evidence->n++;
	}
}

void gx_evidence_free(struct gx_evidence *evidence)
{
	for (size_t i = 0; i < evidence->n; i++) {
		free(evidence->row[i].first);
		free(evidence->row[i].cell);
		free(evidence->row[i].point);
	}
	*evidence = (struct gx_evidence){ 0 };
}

bool gx_evidence_is_numbered(const struct gx_evidence *evidence)
{
	const struct gx_evidence_row *row = evidence->row;
	if (evidence->n == 0 ||
	    (strcmp(row[0].first, "0") != 0 && strcmp(row[0].first, "1") != 0))
		return false;
	return evidence->n == 1 ||
	       strcmp(row[1].first, *row[0].first == '0' ? "1" : "2") == 0;
}

bool gx_evidence_has_words(const struct gx_evidence *evidence, size_t field)
{
	for (size_t i = 0; i < evidence->n; i++)
		if (evidence->row[i].cell[field] == GX_CELL_TEXT && !evidence->row[i].point[field])
			return true;
	return false;
}
