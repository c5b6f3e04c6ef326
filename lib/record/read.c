/* SPDX-License-Identifier: MIT */
#include "record/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "number/number.h"

/* Bytes of the longest line. A name can be long, as in a text table; nothing else can. */
static const size_t LINE_MOST = (size_t)1 << 30;

const char gx_record_none[] = "not a record: its first line is not a record's header";
static const char NO_LINE[] = "damaged: not a line of a record";

/* ---- bytes ---- */

void gx_record_input_restart(struct gx_record_input *in)
{
	in->at = in->end = 0;
	in->line = 0;
	in->ended = false;
}

void gx_record_input_free(struct gx_record_input *in)
{
	free(in->text);
	free(in->again);
	*in = (struct gx_record_input){ .more = in->more, .context = in->context };
}

/* Gets what there is to come; false at the end. */
static bool fetch(struct gx_record_input *in)
{
	enum { FIRST = 64 << 10 };
	if (in->ended)
		return false;
	if (in->at && in->at == in->end) {
		in->at = in->end = 0;
	} else if (in->at && in->end == in->room && in->at >= in->room / 2) {
		memmove(in->text, in->text + in->at, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
	}
	if (in->end == in->room) {
		in->room = in->room ? 2 * in->room : FIRST;
		in->text = gx_reallocate(in->text, in->room, 1);
	}
	size_t n = in->more(in->context, in->text + in->end, in->room - in->end);
	in->end += n;
	in->ended = n == 0;
	return n > 0;
}

size_t gx_record_peek(struct gx_record_input *in, size_t n, const char **bytes)
{
	while (in->end - in->at < n && fetch(in))
		;
	size_t have = in->end - in->at;
	*bytes = in->text + in->at;
	return have < n ? have : n;
}

size_t gx_record_visible(const struct gx_record_input *in, const char **bytes)
{
	*bytes = in->text + in->at;
	return in->end - in->at;
}

/* Whether the header comes next, whole or cut; it is told by as few bytes as possible. */
static bool header_follows(struct gx_record_input *in, size_t *nheader)
{
	enum { TELLS = 7 }; /* "column" and a TAB; a cut line may be less */
	const char *bytes;
	size_t n = 0;
	do {
		*nheader = n;
		n = gx_record_peek(in, n + 1, &bytes);
	} while (n > *nheader && n <= GX_RECORD_HEADER &&
		 bytes[n - 1] == gx_record_header[n - 1]);
	return *nheader == GX_RECORD_HEADER || (n == *nheader && n >= TELLS);
}

/* Whether there are bytes that no field has. LF is one of them: it ends the line. */
static bool has_foreign(const char *text, size_t n)
{
	bool foreign = false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		foreign |= (c < 0x20 && c != '\t') || c == 0x7f;
	}
	return foreign;
}

/*
 * The next line without its LF; what is wrong, or NULL. The bytes of a line that has not
 * ended are judged as they come.
 */
static const char *next_line(struct gx_record_input *in, const char **line, size_t *n)
{
	in->line++;
	for (size_t seen = 0;;) {
		size_t have = in->end - in->at;
		*line = in->text + in->at;
		const char *end = memchr(*line + seen, '\n', have - seen);
		if (end) {
			*n = (size_t)(end - *line);
			in->at += *n + 1;
			return NULL;
		}
		if (has_foreign(*line + seen, have - seen) || have > LINE_MOST)
			return NO_LINE;
		seen = have;
		if (!fetch(in))
			return "cut off: the line has no end";
	}
}

/* ---- fields ---- */

enum {
	COLUMN,
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
	CHECK,
	FIELDS
};

struct field {
	const char *text;
	size_t n;
};

/* Splits a line, or its beginning, into n fields; only the column's name may be in quotes. */
static bool split(const char *p, const char *end, struct field *field, int n)
{
	for (int i = 0; i < n; i++) {
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
		if (i + 1 < n && (p == end || *p++ != '\t'))
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
	s->unit = gx_unit_find(unit.text, unit.n);
	if (!read_known(f[FIRST], &s->first) || !read_known(f[LAST], &s->last) ||
	    !read_known(f[OF], &s->of) ||
	    !gx_hex_read(f[DIGEST].text, f[DIGEST].n, &s->digest) ||
	    !read_text(f[WORK], s->work, sizeof s->work) ||
	    !read_text(f[INPUT], s->identity, sizeof s->identity))
		return false;
	bool placed = s->first != GX_UNKNOWN && s->last != GX_UNKNOWN;
	if (placed && s->first > s->last)
		return false;
	return s->of == GX_UNKNOWN ||
	       (s->unit != GX_UNIT_UNKNOWN && placed && s->last <= s->of);
}

/* ---- records ---- */

/* What is known of a record while its lines come. */
struct reading {
	struct gx_record *record;
	size_t room; /* of its tallies */
	XXH3_state_t hash;
	uint64_t check; /* that its lines say */
	bool sound;	/* each line is written in the one way, and says the same as the first */
	char tail[GX_RECORD_TAIL];
	size_t ntail;
	const char *impossible; /* why a column cannot be, or NULL; and on which line */
	uint64_t line;
};

/* Adds a column and returns its name, without quotes. */
static const char *add_column(struct reading *r, struct field name)
{
	struct gx_record *record = r->record;
	struct gx_names *columns = &record->columns;
	bool quoted = name.n && *name.text == '"';
	gx_names_reserve(columns, name.n + 1);
	char *plain = columns->text + columns->nbyte;
	size_t n = 0;
	for (size_t i = quoted; i < name.n - quoted; i++) {
		plain[n++] = name.text[i];
		if (quoted && name.text[i] == '"')
			i++; /* the second of two */
	}
	plain[n] = 0;
	columns->nbyte += n + 1;
	columns->n++;
	if (columns->n > r->room) {
		r->room = r->room ? 2 * r->room : 1;
		record->tally = gx_reallocate(record->tally, r->room, sizeof *record->tally);
	}
	return plain;
}

/* Whether the line is, byte for byte, what gx writes for this column of this record. */
static bool is_canonical(struct gx_record_input *in, const struct reading *r, const char *name,
			 const struct gx_tally *tally, const char *line, size_t n)
{
	size_t nname = strlen(name), room = 2 * nname + 96;
	if (in->again_room < room) {
		free(in->again);
		in->again = gx_allocate(room, 1);
		in->again_room = room;
	}
	size_t k = (size_t)(gx_record_print_tally(name, nname, tally, in->again) - in->again);
	return n == k + r->ntail + GX_HEX && memcmp(line, in->again, k) == 0 &&
	       memcmp(line + k, r->tail, r->ntail) == 0;
}

/* Why there are no such counts, or NULL: sums must not be made of them. */
static const char *impossible(const struct gx_source *source, const struct gx_tally *tally)
{
	if (tally->na > tally->rows || tally->count > tally->rows - tally->na)
		return "it cannot be: more values are counted or missing than there are rows";
	if (source->first != GX_UNKNOWN && source->last != GX_UNKNOWN &&
	    tally->rows > source->last - source->first)
		return "it cannot be: there are more rows than its range has";
	return NULL;
}

/* The name and the counts that a line, or its beginning, has. */
static bool read_tally(const struct field f[FIELDS], struct gx_tally *tally)
{
	return !has_foreign(f[COLUMN].text, f[COLUMN].n) && read_whole(f[COUNT], &tally->count) &&
	       read_whole(f[ROWS], &tally->rows) && read_whole(f[NA], &tally->na);
}

/* Parses a whole line; the first one of a record tells what the others must say as well. */
static bool parse_line(struct reading *r, const char *line, size_t n, struct field f[FIELDS],
		       struct gx_tally *tally)
{
	struct gx_source source;
	double threshold;
	struct gx_record *record = r->record;
	if (has_foreign(line, n) || !split(line, line + n, f, FIELDS) || !read_tally(f, tally) ||
	    !read_threshold(f[THRESHOLD], &threshold) || !read_source(f, &source))
		return false;
	if (record->columns.n == 0) {
		record->source = source;
		record->threshold = threshold;
		r->ntail = gx_record_print_tail(record, r->tail);
		r->sound = gx_hex_read(f[CHECK].text, f[CHECK].n, &r->check);
	}
	return true;
}

/* The same of a line that says at its end what the first one says: there is less to do. */
static bool parse_alike(const struct reading *r, const char *line, size_t n,
			struct field f[FIELDS], struct gx_tally *tally)
{
	size_t end = r->ntail + GX_HEX;
	if (r->record->columns.n == 0 || n < end ||
	    memcmp(line + n - end, r->tail, r->ntail) != 0)
		return false;
	f[CHECK] = (struct field){ line + n - GX_HEX, GX_HEX };
	return split(line, line + n - end, f, THRESHOLD) && read_tally(f, tally);
}

/* Takes a line of the record; what is wrong, or NULL. */
static const char *take_line(struct gx_record_input *in, struct reading *r, const char *line,
			     size_t n)
{
	struct field f[FIELDS];
	struct gx_tally tally;
	uint64_t check;
	struct gx_record *record = r->record;
	if (!parse_alike(r, line, n, f, &tally) && !parse_line(r, line, n, f, &tally))
		return NO_LINE;
	const char *name = add_column(r, f[COLUMN]);
	record->tally[record->columns.n - 1] = tally;
	r->sound = r->sound && gx_hex_read(f[CHECK].text, f[CHECK].n, &check) &&
		   check == r->check && is_canonical(in, r, name, &tally, line, n);
	XXH3_64bits_update(&r->hash, line, n - f[CHECK].n);
	XXH3_64bits_update(&r->hash, "\n", 1);
	if (!r->impossible) {
		r->impossible = impossible(&record->source, &tally);
		r->line = in->line;
	}
	return NULL;
}

static const char *read_record(struct gx_record_input *in, struct reading *r)
{
	size_t nheader, n;
	const char *line;
	if (!header_follows(in, &nheader) || nheader < GX_RECORD_HEADER) {
		in->line++;
		return gx_record_none;
	}
	in->at += nheader;
	uint64_t header_line = ++in->line;
	XXH3_64bits_reset(&r->hash);
	XXH3_64bits_update(&r->hash, gx_record_header, GX_RECORD_HEADER);
	while (gx_record_peek(in, 1, &line) && !header_follows(in, &nheader)) {
		const char *why = next_line(in, &line, &n);
		if (!why)
			why = take_line(in, r, line, n);
		if (why)
			return why;
	}
	if (r->record->columns.n && r->sound && XXH3_64bits_digest(&r->hash) == r->check) {
		if (r->impossible)
			in->line = r->line;
		return r->impossible;
	}
	in->line = header_line;
	return r->record->columns.n
		       ? "damaged: its check is wrong (a line was changed, lost or added)"
		       : "cut off: a record has at least one line behind its header";
}

bool gx_record_next(struct gx_record_input *in, struct gx_record *record, const char **why)
{
	const char *bytes;
	*record = (struct gx_record){ 0 };
	*why = NULL;
	if (gx_record_peek(in, 1, &bytes) == 0)
		return false;
	struct reading reading = { .record = record };
	*why = read_record(in, &reading);
	if (*why)
		gx_record_free(record);
	return !*why;
}
