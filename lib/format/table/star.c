/* SPDX-License-Identifier: MIT */
#include "format/table/star.h"

#include <string.h>

#include "format/table/known.h"

enum { LINES = 4, FIELDS = 4 };

static const char *const summary[LINES] = { "N_unmapped\t", "N_multimapping\t",
					    "N_noFeature\t", "N_ambiguous\t" };

static const struct gx_known_table star = {
	.kind = "STAR ReadsPerGene", .n = 1, .rest = GX_REST_MEASURES, .name = { "gene" }
};

static bool is_summary(const char *line, size_t n, size_t i)
{
	size_t nname = strlen(summary[i]);
	return n >= nname && memcmp(line, summary[i], nname) == 0;
}

bool gx_star_is_summary(const struct gx_head *head)
{
	for (size_t i = 0; i < LINES; i++)
		if (is_summary(head->lines.text, head->lines.n, i))
			return true;
	return false;
}

static size_t fields_of(const char *line, size_t n)
{
	size_t fields = 1;
	for (size_t i = 0; i < n; i++)
		fields += line[i] == '\t';
	return fields;
}

bool gx_star_read(struct gx_head *head, struct gx_heading *heading)
{
	static const char *const names[FIELDS] = { "gene", "unstranded", "forward",
						   "reverse" };
	if (!is_summary(head->lines.text, head->lines.n, 0) ||
	    fields_of(head->lines.text, head->lines.n) != FIELDS)
		return false;
	for (size_t i = 1; i < LINES; i++) {
		const char *line;
		size_t n;
		if (!gx_lines_look_ahead(&head->lines, i, &line, &n) ||
		    !is_summary(line, n, i) || fields_of(line, n) != FIELDS)
			return false;
	}
	*heading = (struct gx_heading){ .header = GX_HEADER_NONE,
					.number = head->lines.number,
					.known = &star,
					.nfield = FIELDS };
	for (size_t i = 0; i < FIELDS; i++)
		gx_names_add(&heading->names, names[i], strlen(names[i]));
	for (size_t i = 1; i < LINES; i++)
		gx_head_next(head);
	heading->data = head->lines.at;
	heading->data_line = head->lines.number + 1;
	return true;
}
