/* SPDX-License-Identifier: MIT */
/* Tables of programs that write annotations before the values, known by their headers. */
#ifndef GX_TABLE_KNOWN_H
#define GX_TABLE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"

struct gx_known_table {
	const char *kind;
	size_t n;	 /* leading fields that are no values */
	size_t id;	 /* of them the one that names the genes, from 0 */
	bool has_weights; /* rows of weights may stand before the first gene */
	const char *name[6];
};

/* The table whose header begins like this one; NULL: none that is known. Never freed. */
const struct gx_known_table *gx_known_table_find(const struct gx_names *header);

/* Whether a header has more than n names and begins with these n. */
bool gx_known_header_begins(const struct gx_names *header, size_t n,
			    const char *const name[]);

#endif
