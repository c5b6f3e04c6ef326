/* SPDX-License-Identifier: MIT */
/* Tables of programs that write annotations before the values, known by their headers. */
#ifndef GX_TABLE_KNOWN_H
#define GX_TABLE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"

/* What stands behind the leading fields of a known table. */
enum gx_known_rest {
	GX_REST_SAMPLES,  /* samples, or measures of one by their names */
	GX_REST_MEASURES, /* several measures of one sample, whatever they are called */
	GX_REST_FAMILIES, /* MaxQuant: annotations, and several measures of each sample */
	GX_REST_PLACED,	  /* BED: the leading fields are a place, and name no gene */
};

struct gx_known_table {
	const char *kind;
	size_t n;	 /* leading fields that are no values */
	size_t id;	 /* of them the one that names the genes, from 0 */
	enum gx_known_rest rest;
	bool has_weights; /* rows of weights may stand before the first gene */
	bool has_summary; /* four rows of STAR's may stand before the first gene */
	bool any_case;	  /* of its names */
	const char *name[10];
};

/* The table whose header begins like this one; NULL: none that is known. Never freed. */
const struct gx_known_table *gx_known_table_find(const struct gx_names *header);

/* Whether a header has more than n names and begins with these n. */
bool gx_known_header_begins(const struct gx_names *header, size_t n,
			    const char *const name[]);

/* How the names of one measure begin in a table of families, or NULL: the one to be taken. */
const char *gx_known_family(const struct gx_names *header);

#endif
