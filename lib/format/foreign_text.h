/* SPDX-License-Identifier: MIT */
/*
 * What of the kinds of text in foreign.c their first bytes do not tell: their first lines
 * do. Each looks at head->text alone and is false where too little of it is there.
 */
#ifndef GX_FOREIGN_TEXT_H
#define GX_FOREIGN_TEXT_H

#include "format/foreign.h"

typedef bool gx_text_is(const struct gx_head_bytes *head);

gx_text_is gx_text_is_rds;	 /* R's saveRDS(ascii = TRUE) */
gx_text_is gx_text_is_xml_sheet; /* Excel 2003 */
gx_text_is gx_text_is_rcc;
gx_text_is gx_text_is_biom;
gx_text_is gx_text_is_json;
gx_text_is gx_text_is_res;
gx_text_is gx_text_is_cls;	/* classes */
gx_text_is gx_text_is_profiles; /* CLS of values */
gx_text_is gx_text_is_gtf;	/* GTF and GFF, whose first lines may be comments */
gx_text_is gx_text_is_sam;
gx_text_is gx_text_is_fastq;
gx_text_is gx_text_is_fasta;
gx_text_is gx_text_is_script;

#endif
