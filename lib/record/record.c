/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "format/table/field.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "number/number.h"

static const char HEADER[] =
	"column\tcount\trows\tna\tthreshold\twork\tunit\tfirst\tlast\tof\t"
	"digest\tinput\tcheck\n";
enum {
	FIELDS = 13,
	COLUMN = 0,
	COUNT,
	ROWS,
	NA,
	THRESHOLD,
	WORK,
	UNIT,
	FIRST,
	LAST,
	OF,
	DIGEST,
	INPUT,
	CHECK
};

void gx_record_free(struct gx_record *record)
{
	gx_names_free(&record->columns);
	free(record->tally);
	*record = (struct gx_record){ 0 };
}

/* ---- writing ---- */

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

/* What stands on each line alike, between the counts and the check. */
static size_t print_tail(const struct gx_record *r, char *tail)
{
	char *p = tail;
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
	return (size_t)(p - tail);
}

/* The check stands on each line and is over all of them: its places are filled at the end. */
void gx_record_print(const struct gx_record *record, struct gx_text *text)
{
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, HEADER, sizeof HEADER - 1);
	memcpy(reserve(text, sizeof HEADER), HEADER, sizeof HEADER - 1);
	text->n += sizeof HEADER - 1;

	char tail[512 + GX_WORK_MAX];
	size_t ntail = print_tail(record, tail), ncol = record->columns.n;
	size_t *place = gx_allocate(ncol + 1, sizeof *place);
	const char *name = record->columns.text;
	for (size_t j = 0; j < ncol; j++, name = gx_names_next(name)) {
		const struct gx_tally *tally = &record->tally[j];
		size_t nname = strlen(name);
		char *start = reserve(text, 2 * nname + 128 + ntail), *p = start;
		p = gx_field_print(name, nname, '\t', p);
		*p++ = '\t';
		p = gx_count_print(tally->count, p);
		*p++ = '\t';
		p = gx_count_print(tally->rows, p);
		*p++ = '\t';
		p = gx_count_print(tally->na, p);
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

/* ---- reading ---- */

bool gx_record_recognise(const char *text, size_t ntext)
{
	size_t n = ntext < sizeof HEADER - 1 ? ntext : sizeof HEADER - 1;
	return n >= 7 && memcmp(text, HEADER, n) == 0;
}

struct field {
	const char *text;
	size_t n;
};

/* Splits a line of a record; only the column's name may be in quotes. */
static bool split(const char *p, const char *end, struct field field[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		const char *from = p;
		if (i == COLUMN && p < end && *p == '"') {
			for (p++;; p += 2) {
				p = memchr(p, '"', (size_t)(end - p));
				if (!p)
					return false;
				if (p + 1 == end || p[1] != '"')
					break;
			}
			p++;
		} else {
			while (p < end && *p != '\t')
				p++;
		}
		field[i] = (struct field){ from, (size_t)(p - from) };
		if (i + 1 < FIELDS && (p == end || *p++ != '\t'))
			return false;
	}
	return p == end;
}

static bool read_whole(struct field f, uint64_t *n)
{
	return gx_decimal_read(f.text, f.n, n) && *n != GX_UNKNOWN;
}

static bool read_known(struct field f, uint64_t *n)
{
	*n = GX_UNKNOWN;
	return (f.n == 1 && *f.text == '.') || read_whole(f, n);
}

static bool read_text(struct field f, char *out, size_t room)
{
	if (f.n == 0 || f.n >= room)
		return false;
	memcpy(out, f.text, f.n);
	out[f.n] = 0;
	return true;
}

static bool read_threshold(struct field f, double *value)
{
	char text[64 + GX_NUMBER_SLACK] = { 0 };
	if (f.n == 0 || f.n > 32)
		return false;
	memcpy(text, f.text, f.n);
	return gx_number_parse(text, value) == text + f.n && isfinite(*value);
}

static bool read_source(const struct field f[FIELDS], struct gx_source *s)
{
	*s = (struct gx_source){ 0 };
	struct field unit = f[UNIT];
	s->unit = unit.n == 4 && memcmp(unit.text, "rows", 4) == 0    ? GX_UNIT_ROWS
		  : unit.n == 5 && memcmp(unit.text, "bytes", 5) == 0 ? GX_UNIT_BYTES
								      : GX_UNIT_UNKNOWN;
	if (!read_known(f[FIRST], &s->first) || !read_known(f[LAST], &s->last) ||
	    !read_known(f[OF], &s->of) ||
	    !gx_hex_read(f[DIGEST].text, f[DIGEST].n, &s->digest) ||
	    !read_text(f[WORK], s->work, sizeof s->work) ||
	    !read_text(f[INPUT], s->identity, sizeof s->identity))
		return false;
	if (s->of == GX_UNKNOWN)
		return true;
	return s->unit != GX_UNIT_UNKNOWN && s->first <= s->last && s->last <= s->of;
}

static void add_column(struct gx_record *r, struct field name, size_t *room)
{
	char *plain = gx_allocate(name.n + 1, 1);
	size_t n = 0;
	bool quoted = name.n && *name.text == '"';
	for (size_t i = quoted; i < name.n - quoted; i++) {
		plain[n++] = name.text[i];
		if (quoted && name.text[i] == '"')
			i++; /* the second of two */
	}
	gx_names_add(&r->columns, plain, n);
	free(plain);
	if (r->columns.n > *room) {
		*room = *room ? 2 * *room : 1;
		r->tally = gx_reallocate(r->tally, *room, sizeof *r->tally);
	}
}

const char *gx_record_read(const char *text, size_t ntext, struct gx_record *record,
			   size_t *nused, size_t *line)
{
	*record = (struct gx_record){ 0 };
	*line = 1;
	if (ntext < sizeof HEADER - 1 || memcmp(text, HEADER, sizeof HEADER - 1) != 0)
		return "not a record: its first line is not a record's header";
	const char *p = text + sizeof HEADER - 1, *stop = text + ntext;
	size_t room = 0;
	while (p < stop && !gx_record_recognise(p, (size_t)(stop - p))) {
		++*line;
		const char *end = memchr(p, '\n', (size_t)(stop - p));
		if (!end)
			return "cut off: the line has no end";
		struct field f[FIELDS];
		struct gx_source source;
		struct gx_tally tally;
		double threshold;
		if (memchr(p, 0, (size_t)(end - p)) || !split(p, end, f) ||
		    !read_whole(f[COUNT], &tally.count) ||
		    !read_whole(f[ROWS], &tally.rows) || !read_whole(f[NA], &tally.na) ||
		    !read_threshold(f[THRESHOLD], &threshold) || !read_source(f, &source))
			return "damaged: not a line of a record";
		if (record->columns.n == 0) {
			record->source = source;
			record->threshold = threshold;
		}
		add_column(record, f[COLUMN], &room);
		record->tally[record->columns.n - 1] = tally;
		p = end + 1;
	}
	*line = 1;
	if (record->columns.n == 0)
		return "cut off: a record has at least one line behind its header";
	/* One way of writing: what was read, written again, is what was there. */
	struct gx_text again = { 0 };
	gx_record_print(record, &again);
	*nused = (size_t)(p - text);
	bool same = again.n == *nused && memcmp(again.bytes, text, again.n) == 0;
	free(again.bytes);
	return same ? NULL
		    : "damaged: its check is wrong (a line was changed, lost or added)";
}
