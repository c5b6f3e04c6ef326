/* SPDX-License-Identifier: MIT */
/* Which column of a table was taken as what, in facts. */
#ifndef GX_TABLE_ROLES_H
#define GX_TABLE_ROLES_H

#include "base/facts.h"
#include "format/table/dialect.h"

/* Names with commas between them; "none" where there is none. */
void gx_roles_tell_names(const struct gx_names *names, const char *key,
			 struct gx_facts *facts);

/*
 * Tells the number and the name of the id column, the names of those that are passed over, and the numbers
 * of those that are values, as --columns takes them; `values` is the key of these.
 */
void gx_roles_tell(const struct gx_dialect *dialect, const char *values,
		   struct gx_facts *facts);

#endif
