/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "format/table/field.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "number/number.h"

const char gx_record_header[] =
	"column\tcount\trows\tna\tthreshold\twork\tunit\tfirst\tlast\tof\t"
	"digest\tinput\tcheck\n";
_Static_assert(sizeof gx_record_header == GX_RECORD_HEADER + 1, "bytes of the header");

void gx_record_free(struct gx_record *record)
{
	gx_names_free(&record->columns);
	free(record->tally);
	*record = (struct gx_record){ 0 };
}

static char *reserve(struct gx_text *text, size_t n)
{
	if (text->room - text->n < n) {
		size_t room = text->n + n;
		text->room = room < 2 * text->room ? 2 * text->room : room;
		text->bytes = gx_reallocate(text->bytes, text->room, 1);
	}
	return text->bytes + text->n;
}

static char *put_known(uint64_t n, char *out)
{
	if (n != GX_UNKNOWN)
		return gx_count_print(n, out);
	*out = '.';
	return out + 1;
}

char *gx_record_print_tally(const char *name, size_t nname, const struct gx_tally *tally,
			    char *out)
{
	out = gx_field_print(name, nname, '\t', out);
	*out++ = '\t';
	out = gx_count_print(tally->count, out);
	*out++ = '\t';
	out = gx_count_print(tally->rows, out);
	*out++ = '\t';
	return gx_count_print(tally->na, out);
}

size_t gx_record_print_tail(const struct gx_record *r, char out[GX_RECORD_TAIL])
{
	char *p = out;
	*p++ = '\t';
	p = gx_number_print(r->threshold, p);
	p += sprintf(p, "\t%s\t%s\t", r->source.work, gx_unit_name(r->source.unit));
	p = put_known(r->source.first, p);
	*p++ = '\t';
	p = put_known(r->source.last, p);
	*p++ = '\t';
	p = put_known(r->source.of, p);
	*p++ = '\t';
	gx_hex_print(r->source.digest, p);
	p += GX_HEX;
	p += sprintf(p, "\t%s\t", r->source.identity);
	return (size_t)(p - out);
}

/* The check stands on each line and is over all of them: its places are filled at the end. */
void gx_record_print(const struct gx_record *record, struct gx_text *text)
{
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, gx_record_header, GX_RECORD_HEADER);
	memcpy(reserve(text, GX_RECORD_HEADER), gx_record_header, GX_RECORD_HEADER);
	text->n += GX_RECORD_HEADER;

	char tail[GX_RECORD_TAIL];
	size_t ntail = gx_record_print_tail(record, tail), ncol = record->columns.n;
	size_t *place = gx_allocate(ncol + 1, sizeof *place);
	const char *name = record->columns.text;
	for (size_t j = 0; j < ncol; j++, name = gx_names_next(name)) {
		size_t nname = strlen(name);
		char *start = reserve(text, 2 * nname + 128 + ntail), *p = start;
		p = gx_record_print_tally(name, nname, &record->tally[j], p);
		memcpy(p, tail, ntail);
		p += ntail;
		*p = '\n';
		XXH3_64bits_update(&state, start, (size_t)(p - start) + 1);
		text->n += (size_t)(p - start);
		place[j] = text->n;
		text->n += GX_HEX;
		text->bytes[text->n++] = '\n';
	}
	char check[GX_HEX + 1];
	gx_hex_print(XXH3_64bits_digest(&state), check);
	for (size_t j = 0; j < ncol; j++)
		memcpy(text->bytes + place[j], check, GX_HEX);
	free(place);
}
