/* SPDX-License-Identifier: MIT */
/* Which field of a table's rows is what: the name, a value, or passed over. */
#ifndef GX_TABLE_LAYOUT_H
#define GX_TABLE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "format/table/evidence.h"
#include "format/table/header.h"
#include "format/table/preamble.h"
#include "format/table/reading.h"

/* What a field of a row is for. */
enum gx_field {
	GX_FIELD_SKIP,
	GX_FIELD_NAME,
	GX_FIELD_VALUE,
	GX_FIELD_EMPTY, /* what a spreadsheet left behind the last column: nothing is in it */
};

struct gx_table_layout {
	size_t nvalue;	      /* fields that are values: the columns of the matrix */
	size_t name_field;    /* number of the name's field, from 0; SIZE_MAX: none */
	unsigned char *field; /* enum gx_field of each */
	size_t lead;	      /* behind this many fields no other is passed over or a name */
	bool together;	      /* all values stand there: none is among the first `lead` */
	struct gx_names names;	 /* of all fields; empty: they have numbers alone */
	struct gx_names columns; /* names of the values' columns; empty: implicit */
	struct gx_names skipped; /* names of the skipped columns, numbers where there are none */
};

/*
 * Assigns the fields of a row as the head says, then as the user does. Dies with exit 2
 * where the user chooses what is not there. `field` and the names are the caller's to free.
 */
void gx_layout_choose(const struct gx_reading *reading, const struct gx_preamble *preamble,
		      const struct gx_heading *heading, const struct gx_evidence *evidence,
		      struct gx_table_layout *layout);

#endif
