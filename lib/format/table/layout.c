/* SPDX-License-Identifier: MIT */
#include "format/table/layout.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/columns.h"
#include "format/table/id_words.h"
#include "format/table/known.h"

/* What the layout is chosen by. */
struct choice {
	const struct gx_reading *reading;
	const struct gx_heading *heading;
	const struct gx_evidence *evidence;
	struct gx_names names; /* of the fields; empty: they have numbers alone */
	bool annotated; /* the head says which columns are none of the samples */
};

/* The names of the header, aligned with the rows' fields. */
static struct gx_names names_of_fields(const struct gx_heading *heading)
{
	struct gx_names names = { 0 };
	/* A known table without a header has names that everybody gives its columns. */
	if (heading->header == GX_HEADER_NONE && !heading->known)
		return names;
	if (heading->header == GX_HEADER_SHORT)
		gx_names_add(&names, "", 0);
	gx_names_append(&names, &heading->names);
	return names;
}

/* What the head says of the columns before the values. */
static void mark_annotations(const struct gx_preamble *preamble,
			     const struct gx_heading *heading, struct gx_table_layout *layout)
{
	static const char *const soft[] = { "ID_REF", "IDENTIFIER" };
	const struct gx_known_table *known = heading->known;
	if (preamble->is_gct) {
		/* The header was held to the counts: there are as many fields. */
		memset(layout->field + 1, GX_FIELD_SKIP, preamble->row_annotations);
	} else if (heading->header != GX_HEADER_SHORT && known) {
		memset(layout->field, GX_FIELD_SKIP, known->n);
		layout->name_field = known->id;
	} else if (heading->header == GX_HEADER_CORNER && preamble->end_marker &&
		   gx_known_header_begins(&heading->names, 2, soft)) {
		layout->field[1] = GX_FIELD_SKIP;
	}
}

/* Columns without a name at the end that are empty in the first row: a spreadsheet's. */
static void mark_empty(const struct choice *choice, struct gx_table_layout *layout)
{
	const struct gx_evidence *evidence = choice->evidence;
	size_t n = choice->heading->nfield, named = 0, i = 0;
	const char *name = choice->names.text;
	if (evidence->n == 0 || choice->names.n == 0)
		return;
	for (; i < n; i++, name = gx_names_next(name))
		if (*name || evidence->row[0].cell[i] != GX_CELL_EMPTY)
			named = i + 1;
	if (named > 1)
		memset(layout->field + named, GX_FIELD_EMPTY, n - named);
}

/*
 * Whether the first column, which does not name the rows, is no sample either: it has no name,
 * as R writes names of rows, or a name that ids have, or it numbers the rows. Under "none" the
 * user said that it may be one, unless it has no name where others have.
 */
static bool first_is_no_sample(const struct choice *choice)
{
	const char *name = choice->names.n ? choice->names.text : NULL;
	if (name && !*name)
		return true;
	if (strcmp(choice->reading->id_column, "none") == 0)
		return false;
	return (name && gx_is_id_word(name, strlen(name))) ||
	       (choice->evidence->n == 2 && gx_evidence_is_numbered(choice->evidence));
}

/* --id-column */
static void choose_name(const struct choice *choice, bool *chosen,
			struct gx_table_layout *layout)
{
	const char *id_column = choice->reading->id_column;
	if (!id_column)
		return;
	/* The column that would have been the name is a value, unless the head knows better. */
	if (choice->annotated)
		layout->field[layout->name_field] = GX_FIELD_SKIP;
	if (first_is_no_sample(choice))
		layout->field[0] = GX_FIELD_SKIP;
	layout->name_field = SIZE_MAX;
	if (strcmp(id_column, "none") == 0)
		return;
	if (gx_columns_choose(id_column, &choice->names, choice->heading->nfield, SIZE_MAX,
			      "--id-column", chosen) != 1)
		gx_die_usage("--id-column %s: one column names the genes", id_column);
	size_t id = 0;
	while (!chosen[id])
		id++;
	layout->name_field = id;
	chosen[id] = false;
}

/* --skip-columns and --columns */
static void choose_values(const struct choice *choice, bool *chosen,
			  struct gx_table_layout *layout)
{
	const struct gx_reading *reading = choice->reading;
	size_t nfield = choice->heading->nfield, id = layout->name_field, n = nfield;
	bool *passed_over = NULL;
	/* What a spreadsheet left is no column. */
	while (n && layout->field[n - 1] == GX_FIELD_EMPTY)
		n--;
	if (reading->skip_columns) {
		gx_columns_choose(reading->skip_columns, &choice->names, n, id,
				  "--skip-columns", chosen);
		if (id != SIZE_MAX && chosen[id])
			gx_die_usage("--skip-columns: column %zu names the genes (--id-column "
				     "chooses another one, or none)",
				     id + 1);
		for (size_t i = 0; i < nfield; i++)
			if (chosen[i])
				layout->field[i] = GX_FIELD_SKIP;
		passed_over = gx_allocate(nfield, sizeof *passed_over);
		memcpy(passed_over, chosen, nfield * sizeof *chosen);
		memset(chosen, 0, nfield * sizeof *chosen);
	}
	if (reading->columns) {
		gx_columns_choose(reading->columns, &choice->names, n, id, "--columns", chosen);
		for (size_t i = 0; passed_over && i < nfield; i++)
			if (chosen[i] && passed_over[i])
				gx_die_usage("column %zu is chosen by --columns and passed over by "
					     "--skip-columns",
					     i + 1);
		for (size_t i = 0; i < nfield; i++)
			layout->field[i] = chosen[i] ? GX_FIELD_VALUE : GX_FIELD_SKIP;
		if (id != SIZE_MAX && chosen[id])
			gx_die_usage(
				"--columns: column %zu names the genes (--id-column chooses "
				"another one)",
				id + 1);
	}
	free(passed_over);
}

/* Counts the values, and names what is kept and what is passed over. */
static void name_columns(const struct choice *choice, struct gx_table_layout *layout)
{
	size_t nfield = choice->heading->nfield;
	const char *name = choice->names.n ? choice->names.text : NULL;
	for (size_t i = 0; i < nfield; i++) {
		if (layout->field[i] == GX_FIELD_VALUE) {
			layout->nvalue++;
			if (name)
				gx_names_add(&layout->columns, name, strlen(name));
		} else {
			layout->lead = i + 1;
			if (layout->field[i] == GX_FIELD_SKIP && name && *name)
				gx_names_add(&layout->skipped, name, strlen(name));
			else if (layout->field[i] == GX_FIELD_SKIP)
				gx_names_add_implicit(&layout->skipped, '#', i + 1);
		}
		name = name ? gx_names_next(name) : NULL;
	}
	layout->together = layout->nvalue == nfield - layout->lead;
}

void gx_layout_choose(const struct gx_reading *reading, const struct gx_preamble *preamble,
		      const struct gx_heading *heading, const struct gx_evidence *evidence,
		      struct gx_table_layout *layout)
{
	struct choice choice = { .reading = reading,
				 .heading = heading,
				 .evidence = evidence,
				 .names = names_of_fields(heading),
				 .annotated = preamble->kind || heading->known };
	bool *chosen = gx_allocate_zeroed(heading->nfield, sizeof *chosen);
	*layout = (struct gx_table_layout){ .field = gx_allocate(heading->nfield, 1) };
	memset(layout->field, GX_FIELD_VALUE, heading->nfield);
	mark_annotations(preamble, heading, layout);
	if (!preamble->is_gct)
		mark_empty(&choice, layout);
	choose_name(&choice, chosen, layout);
	choose_values(&choice, chosen, layout);
	if (layout->name_field != SIZE_MAX)
		layout->field[layout->name_field] = GX_FIELD_NAME;
	name_columns(&choice, layout);
	layout->names = choice.names;
	free(chosen);
}
