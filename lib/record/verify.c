/* SPDX-License-Identifier: MIT */
#include "record/verify.h"

#include <inttypes.h>
#include <string.h>

#include "base/message.h"
#include "kernel/digest.h"

void gx_verify_apart(struct gx_tile *tile, size_t n, enum gx_unit unit)
{
	const struct gx_tile *one = gx_tiling_sort(tile, n);
	if (!one)
		return;
	const struct gx_tile *other = one + 1;
	bool same = one->first == other->first && one->last == other->last;
	gx_die(GX_EXIT_DATA,
	       "%s (%s %" PRIu64 " to %" PRIu64 ") and %s (%" PRIu64 " to %" PRIu64
	       ") %s: leave one of them out",
	       one->where, gx_unit_name(unit), one->first, one->last, other->where,
	       other->first, other->last, same ? "are the same part twice" : "overlap");
}

void gx_verify_complete(const struct gx_tile *tile, size_t n, uint64_t of,
			enum gx_unit unit)
{
	enum { SHOWN = 20 };
	size_t gaps = 0;
	uint64_t first, last;
	for (uint64_t at = 0; gx_tiling_gap(tile, n, of, &at, &first, &last); gaps++)
		if (gaps < SHOWN)
			gx_warn("missing: %s %" PRIu64 " to %" PRIu64 " of %" PRIu64,
				gx_unit_name(unit), first, last, of);
	if (gaps)
		gx_die(GX_EXIT_MISSING,
		       "%zu gap%s: run what is missing (--missing=N lists the parts K of N)",
		       gaps, gaps == 1 ? "" : "s");
}

void gx_verify_digest(const struct gx_source *source, const uint64_t *wanted)
{
	char hex[GX_HEX + 1], asked[GX_HEX + 1];
	gx_hex_print(source->digest, hex);
	const char *kind = "digest:";
	size_t n = strlen(kind);
	if (strncmp(source->identity, kind, n) == 0 &&
	    strcmp(source->identity + n, hex) != 0)
		gx_die(GX_EXIT_DATA,
		       "the rows that were seen have the digest %s, and the input is %s: it "
		       "changed while its parts ran: run all of them again",
		       hex, source->identity);
	if (!wanted || *wanted == source->digest)
		return;
	gx_hex_print(*wanted, asked);
	gx_die(GX_EXIT_DATA,
	       "the rows that were seen have the digest %s, not %s: the input is another, "
	       "or it changed while its parts ran",
	       hex, asked);
}
