/* SPDX-License-Identifier: MIT */
/* Headers that may be none: judged when it is known which columns are kept. */
#ifndef GX_TABLE_DOUBT_H
#define GX_TABLE_DOUBT_H

#include "format/table/evidence.h"
#include "format/table/head.h"
#include "format/table/header.h"
#include "format/table/layout.h"
#include "format/table/preamble.h"

/* Dies with exit 1 where a header without rows is what a server said, and no table. */
void gx_heading_doubt_alone(struct gx_head *head, const struct gx_preamble *preamble,
			    const struct gx_heading *heading);

/*
 * Dies with exit 1 where the header looks like a row; where the first row is a second header; where the last column has values and no name.
 */
void gx_heading_doubt(struct gx_head *head, const struct gx_preamble *preamble,
		      const struct gx_heading *heading, const struct gx_table_layout *layout,
		      const struct gx_evidence *evidence);

#endif
