/* SPDX-License-Identifier: MIT */
#include "format/table/again.h"

#include <string.h>

#include "format/table/field.h"
#include "format/table/id_words.h"

/* How many fields there are up to the last that is not empty, and where those end. */
static size_t filled(const struct gx_names *fields, const char **end)
{
	size_t n = 0;
	const char *p = fields->text;
	*end = p;
	for (size_t i = 0; i < fields->n; i++) {
		const char *next = gx_names_next(p);
		if (*p) {
			n = i + 1;
			*end = next;
		}
		p = next;
	}
	return n;
}

/* Whether the fields of a, without the first `skip_a`, are those of b without `skip_b`. */
static bool same(const struct gx_names *a, size_t skip_a, const struct gx_names *b,
		 size_t skip_b)
{
	const char *p = a->text, *q = b->text, *p_end, *q_end;
	size_t na = filled(a, &p_end), nb = filled(b, &q_end);
	if (na <= skip_a || nb <= skip_b || na - skip_a != nb - skip_b)
		return false;
	for (; skip_a; skip_a--)
		p = gx_names_next(p);
	for (; skip_b; skip_b--)
		q = gx_names_next(q);
	return p_end - p == q_end - q && memcmp(p, q, (size_t)(p_end - p)) == 0;
}

bool gx_header_again(const struct gx_dialect *d, const char *line, const char *end)
{
	/* The header was read so, whatever quotes mean in the rows. */
	const struct gx_parting parting = { .delimiter = d->delimiter };
	struct gx_names fields = { 0 };
	if (d->header == GX_HEADER_NONE || line == end)
		return false;
	if (end - line > 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	if ((unsigned char)*line == d->comment)
		for (line++; line < end && *line == ' ';)
			line++;
	gx_line_split(line, (size_t)(end - line), &parting, &fields);
	const char *first = fields.n ? fields.text : "";
	bool is_corner = !*first || gx_is_id_word(first, strlen(first));
	bool again = same(&fields, 0, &d->heading, 0);
	if (d->header == GX_HEADER_CORNER)
		again |= d->heading.n > 2 && same(&fields, 0, &d->heading, 1);
	else
		again |= is_corner && same(&fields, 1, &d->heading, 0);
	gx_names_free(&fields);
	return again;
}
