/* SPDX-License-Identifier: MIT */
#include "matrix/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

const char *gx_unit_name(enum gx_unit unit)
{
	return unit == GX_UNIT_ROWS ? "rows" : unit == GX_UNIT_BYTES ? "bytes" : ".";
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

const char gx_source_gap[] = "rows are missing between the two";

const char *gx_source_continue(struct gx_source *source, const struct gx_source *next)
{
	if (strcmp(source->work, next->work) != 0)
		return "something else was done to it";
	if (strcmp(source->identity, next->identity) != 0 || source->of != next->of)
		return "it comes of another input";
	if (source->unit != next->unit)
		return "one counts rows and the other bytes";
	if (source->last == GX_UNKNOWN || source->last != next->first)
		return next->first < source->last ? "it overlaps the one before it"
						  : gx_source_gap;
	source->last = next->last;
	source->digest += next->digest;
	return NULL;
}

void gx_source_identify(struct gx_source *source, const char *kind, uint64_t value)
{
	snprintf(source->identity, sizeof source->identity, "%.14s:%016" PRIx64, kind, value);
}
