/* SPDX-License-Identifier: MIT */
/* STAR's ReadsPerGene.out.tab: no header, four lines of what was not counted, then the genes. */
#ifndef GX_TABLE_STAR_H
#define GX_TABLE_STAR_H

#include <stdbool.h>

#include "format/table/head.h"
#include "format/table/header.h"

/*
 * Whether the present line and the next three are those of STAR; then *heading says so, and
 * the present line is the last of them. Its columns are three measures of one sample, and are
 * named as STAR's manual describes them.
 */
bool gx_star_read(struct gx_head *head, struct gx_heading *heading);

/* Whether the present line is one of the four. */
bool gx_star_is_summary(const struct gx_head *head);

#endif
