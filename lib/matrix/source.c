/* SPDX-License-Identifier: MIT */
#include "matrix/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

const char *gx_unit_name(enum gx_unit unit)
{
	static const char *const names[] = { [GX_UNIT_UNKNOWN] = ".",
					     [GX_UNIT_ROWS] = "rows",
					     [GX_UNIT_BYTES] = "bytes",
					     [GX_UNIT_TERMS] = "terms" };
	return names[unit];
}

enum gx_unit gx_unit_find(const char *name, size_t n)
{
	for (enum gx_unit unit = GX_UNIT_ROWS; unit <= GX_UNIT_TERMS; unit++)
		if (strlen(gx_unit_name(unit)) == n && memcmp(gx_unit_name(unit), name, n) == 0)
			return unit;
	return GX_UNIT_UNKNOWN;
}

void gx_source_add_step(struct gx_source *source, const char *step)
{
	size_t n = strlen(source->work), m = strlen(step);
	if (n + m + 2 > sizeof source->work)
		gx_die(GX_EXIT_DATA, "more steps than a record can name: write the matrix with "
				     "gx-convert to start anew");
	if (n)
		source->work[n++] = ' ';
	memcpy(source->work + n, step, m + 1);
}

bool gx_steps_have(const char *steps, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = steps; (at = strstr(at, word)); at += n)
		if ((at == steps || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

const char gx_source_gap[] = "rows are missing between the two";

const char *gx_source_continue(struct gx_source *source, const struct gx_source *next)
{
	if (strcmp(source->work, next->work) != 0)
		return "something else was done to it";
	if (strcmp(source->identity, next->identity) != 0 || source->of != next->of)
		return "it comes of another input";
	if (source->unit != next->unit)
		return "one counts in other units";
	if (source->unit == GX_UNIT_TERMS && source->digest != next->digest)
		return "it comes of another input";
	if (source->last == GX_UNKNOWN || source->last != next->first)
		return next->first < source->last ? "it overlaps the one before it"
						  : gx_source_gap;
	source->last = next->last;
	source->digest = gx_source_digest_join(source->unit, source->digest, next->digest);
	return NULL;
}

bool gx_source_is_digest(const char *identity)
{
	static const char kind[] = "digest:";
	return strncmp(identity, kind, sizeof kind - 1) == 0;
}

void gx_source_identify(struct gx_source *source, const char *kind, uint64_t value)
{
	snprintf(source->identity, sizeof source->identity, "%.14s:%016" PRIx64, kind, value);
}
