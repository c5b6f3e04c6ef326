/* SPDX-License-Identifier: MIT */
#include "format/table/known.h"

#include <string.h>

bool gx_known_header_begins(const struct gx_names *header, size_t n,
			    const char *const name[])
{
	const char *p = header->text;
	if (header->n <= n)
		return false;
	for (size_t i = 0; i < n; i++, p = gx_names_next(p))
		if (strcmp(p, name[i]) != 0)
			return false;
	return true;
}

const struct gx_known_table *gx_known_table_find(const struct gx_names *header)
{
	static const struct gx_known_table known[] = {
		{ "featureCounts",
		  6,
		  0,
		  false,
		  { "Geneid", "Chr", "Start", "End", "Strand", "Length" } },
		{ "nf-core", 2, 0, false, { "gene_id", "gene_name" } },
		{ "nf-core", 2, 0, false, { "tx", "gene_id" } },
		{ "cBioPortal", 2, 0, false, { "Hugo_Symbol", "Entrez_Gene_Id" } },
		{ "CDT", 4, 2, true, { "GID", "YORF", "NAME", "GWEIGHT" } },
		{ "CDT", 4, 2, true, { "GID", "UID", "NAME", "GWEIGHT" } },
		{ "CDT", 3, 1, true, { "GID", "YORF", "GWEIGHT" } },
		{ "PCL", 3, 1, true, { "YORF", "NAME", "GWEIGHT" } },
		{ "PCL", 3, 1, true, { "UID", "NAME", "GWEIGHT" } },
		{ "PCL", 2, 0, true, { "YORF", "GWEIGHT" } },
		{ "PCL", 2, 0, true, { "UID", "GWEIGHT" } },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (gx_known_header_begins(header, known[i].n, known[i].name))
			return &known[i];
	return NULL;
}
