/* SPDX-License-Identifier: MIT */
/* Records: printed and read again in pieces of any size; damage; counts that cannot be; sums. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/read.h"
#include "record/record.h"
#include "record/sum.h"

enum { ROUNDS = 3000, COLUMNS = 6, RECORDS = 4 };

static const uint64_t MOST = UINT64_MAX - 1;

static int number, failures;

static void report(bool good, const char *what)
{
	failures += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	fflush(stdout);
}

static uint64_t random_bits(void)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x9E3779B97F4A7C15u;
}

static uint64_t random_below(uint64_t n)
{
	return (random_bits() >> 11) % n;
}

/* Of all sizes, up to `most`. */
static uint64_t random_size(uint64_t most)
{
	uint64_t n = random_bits() >> random_below(64);
	return n <= most ? n : random_below(4) ? random_below(most / 2 + 1) * 2 : most;
}

/* ---- random records ---- */

static void add_name(struct gx_names *names)
{
	static const char *const pieces[] = { "s", "1", " ", "\"", "\t", ",", "\xc3\xa9", "column",
					      ".", "'", "count\t", "-" };
	char name[80] = "";
	for (size_t n = random_below(7); n--;)
		strcat(name, pieces[random_below(sizeof pieces / sizeof *pieces)]);
	gx_names_add(names, name, strlen(name));
}

static void make_source(struct gx_source *s)
{
	static const char *const works[] = { "value above", "mean skip-na below",
					     "columns:0123456789abcdef pass any above:1 mean above" };
	static const char *const inputs[] = { "digest:00000000000000aa", "text:ffffffffffffffff",
					      "simulation:0123456789abcdef" };
	bool known = random_below(4) > 0;
	s->unit = random_below(2) ? GX_UNIT_ROWS : GX_UNIT_BYTES;
	s->of = known ? random_size(MOST) : GX_UNKNOWN;
	s->last = random_size(known ? s->of : MOST);
	s->first = random_size(s->last);
	if (!known && random_below(2)) {
		s->first = s->last = GX_UNKNOWN;
		s->unit = GX_UNIT_UNKNOWN;
	}
	s->digest = random_bits();
	strcpy(s->work, works[random_below(3)]);
	strcpy(s->identity, known ? inputs[random_below(3)] : ".");
}

static void make_record(struct gx_record *r)
{
	static const double thresholds[] = { 12, -0.0, 1e300, 0.1, -5e-324, 1e-7 };
	*r = (struct gx_record){ .threshold = thresholds[random_below(6)] };
	make_source(&r->source);
	bool placed = r->source.first != GX_UNKNOWN;
	uint64_t most = placed ? r->source.last - r->source.first : MOST;
	size_t ncol = 1 + random_below(COLUMNS);
	r->tally = calloc(ncol, sizeof *r->tally);
	for (size_t j = 0; j < ncol; j++) {
		add_name(&r->columns);
		struct gx_tally *t = &r->tally[j];
		t->rows = random_size(most);
		t->na = random_size(t->rows);
		t->count = random_size(t->rows - t->na);
	}
}

static bool is_same(const struct gx_record *a, const struct gx_record *b)
{
	const struct gx_source *s = &a->source, *t = &b->source;
	return gx_names_equal(&a->columns, &b->columns) &&
	       memcmp(a->tally, b->tally, a->columns.n * sizeof *a->tally) == 0 &&
	       memcmp(&a->threshold, &b->threshold, sizeof a->threshold) == 0 &&
	       s->unit == t->unit && s->first == t->first && s->last == t->last &&
	       s->of == t->of && s->digest == t->digest && strcmp(s->work, t->work) == 0 &&
	       strcmp(s->identity, t->identity) == 0;
}

/* ---- texts that come in pieces ---- */

struct source {
	const char *text;
	size_t n, at;
	size_t most; /* bytes of a piece; 0: at random */
};

static size_t more(void *context, void *out, size_t n)
{
	struct source *s = context;
	size_t most = s->most ? s->most : 1 + random_below(200);
	n = n < most ? n : most;
	n = n < s->n - s->at ? n : s->n - s->at;
	memcpy(out, s->text + s->at, n);
	s->at += n;
	return n;
}

/* How many records the text has before its end, or before what is wrong (*why). */
static size_t count_records(const char *text, size_t n, size_t most, const char **why)
{
	struct source source = { text, n, 0, most };
	struct gx_record_input in = { .more = more, .context = &source };
	struct gx_record record;
	size_t count = 0;
	for (; gx_record_next(&in, &record, why); count++)
		gx_record_free(&record);
	gx_record_input_free(&in);
	return count;
}

static bool comes_back(size_t most)
{
	struct gx_record made[RECORDS], got;
	struct gx_text text = { 0 };
	size_t n = 1 + random_below(RECORDS), nline = 0;
	for (size_t i = 0; i < n; i++) {
		make_record(&made[i]);
		gx_record_print(&made[i], &text);
		nline += 1 + made[i].columns.n;
	}
	struct source source = { text.bytes, text.n, 0, most };
	struct gx_record_input in = { .more = more, .context = &source };
	const char *why = NULL;
	bool good = true;
	for (size_t i = 0; i < n && good; i++) {
		good = gx_record_next(&in, &got, &why) && is_same(&made[i], &got);
		gx_record_free(&got);
	}
	good = good && !gx_record_next(&in, &got, &why) && !why && in.line == nline;
	if (!good)
		printf("# %s: %.*s\n", why ? why : "differs", (int)text.n, text.bytes);
	for (size_t i = 0; i < n; i++)
		gx_record_free(&made[i]);
	gx_record_input_free(&in);
	free(text.bytes);
	return good;
}

/* ---- damage ---- */

/* Whether the text is refused, whole or in pieces. */
static bool is_refused(const char *text, size_t n, const char *what, size_t at)
{
	const char *why;
	for (size_t most = 0; most < 2; most++) {
		count_records(text, n, most ? SIZE_MAX : 0, &why);
		if (why)
			continue;
		printf("# taken with %s at %zu: %.*s\n", what, at, (int)n, text);
		return false;
	}
	return true;
}

/* One byte changed, lost or doubled, two lines exchanged, a cut: of a record of three lines. */
static bool damage_is_refused(void)
{
	struct gx_record r;
	struct gx_text text = { 0 };
	do {
		make_record(&r);
		if (r.columns.n == 3)
			break;
		gx_record_free(&r);
	} while (true);
	gx_record_print(&r, &text);
	size_t n = text.n;
	char *bad = malloc(n + 1);
	bool good = true;
	for (size_t i = 0; i < n && good; i++) {
		static const char change[] = { 1, 2, 16, 32, 64, (char)128 };
		for (size_t k = 0; k < sizeof change && good; k++) {
			memcpy(bad, text.bytes, n);
			bad[i] = (char)(bad[i] ^ change[k]);
			good = is_refused(bad, n, "another byte", i);
		}
		memcpy(bad, text.bytes, i);
		memcpy(bad + i, text.bytes + i + 1, n - i - 1);
		good = good && is_refused(bad, n - 1, "a byte lost", i);
		memcpy(bad, text.bytes, i + 1);
		memcpy(bad + i + 1, text.bytes + i, n - i);
		good = good && is_refused(bad, n + 1, "a byte twice", i);
		good = good && (i == 0 || is_refused(text.bytes, i, "a cut", i));
	}
	free(bad);
	free(text.bytes);
	gx_record_free(&r);
	return good;
}

static bool moved_lines_are_refused(void)
{
	struct gx_record r = { .threshold = 1 };
	struct gx_text text = { 0 };
	make_source(&r.source);
	r.source.first = 0;
	r.source.last = r.source.of = 9;
	strcpy(r.source.identity, "digest:00000000000000aa");
	r.source.unit = GX_UNIT_ROWS;
	r.tally = calloc(3, sizeof *r.tally);
	static const char *const names[] = { "a", "b", "a" };
	for (size_t j = 0; j < 3; j++) {
		gx_names_add(&r.columns, names[j], 1);
		r.tally[j] = (struct gx_tally){ 1 + j, 9, 0 };
	}
	gx_record_print(&r, &text);
	size_t start[5] = { 0 }, k = 1;
	for (size_t i = 0; i < text.n; i++)
		if (text.bytes[i] == '\n')
			start[k++] = i + 1;
	/* Lines 1 to 3 in each order, and with one of them left out or twice. */
	static const int order[][4] = { { 1, 3, 2, 0 }, { 2, 1, 3, 0 }, { 3, 2, 1, 0 }, { 2, 3, 1, 0 },
					{ 1, 2, 0, 0 }, { 2, 3, 0, 0 }, { 1, 3, 0, 0 }, { 1, 2, 3, 3 },
					{ 1, 1, 2, 3 }, { 0, 0, 0, 0 } };
	char *bad = malloc(2 * text.n);
	bool good = true;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		size_t n = start[1];
		memcpy(bad, text.bytes, n);
		for (size_t j = 0; j < 4 && order[i][j]; j++) {
			size_t from = start[order[i][j]], m = start[order[i][j] + 1] - from;
			memcpy(bad + n, text.bytes + from, m);
			n += m;
		}
		good = good && is_refused(bad, n, "lines in another order", i);
	}
	free(bad);
	free(text.bytes);
	gx_record_free(&r);
	return good;
}

/* Bytes that nothing good can follow are refused before more is asked for. */
static bool is_refused_early(void)
{
	static const char *const begins[] = { "x", "Column", "column\tx", "\n",
					      "column\tcount\trows\tna\tthreshold\twork\tunit\tfirst"
					      "\tlast\tof\tdigest\tinput\tcheck\na\tb\x01",
					      "column\tcount\trows\tna\tthreshold\twork\tunit\tfirst"
					      "\tlast\tof\tdigest\tinput\tcheck\n\n" };
	bool good = true;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		size_t n = strlen(begins[i]), room = 1 << 22;
		char *text = malloc(room);
		memset(text, 'x', room);
		memcpy(text, begins[i], n);
		struct source source = { text, room, 0, 1000 };
		struct gx_record_input in = { .more = more, .context = &source };
		struct gx_record record;
		const char *why;
		good = good && !gx_record_next(&in, &record, &why) && why && source.at == 1000;
		gx_record_input_free(&in);
		free(text);
	}
	return good;
}

/* ---- counts that cannot be ---- */

static bool is_taken(struct gx_tally tally, uint64_t first, uint64_t last, uint64_t of,
		     enum gx_unit unit)
{
	struct gx_record r = { .threshold = 1, .tally = &tally };
	struct gx_text text = { 0 };
	r.source = (struct gx_source){ .identity = "digest:00000000000000aa",
				       .unit = unit,
				       .first = first,
				       .last = last,
				       .of = of,
				       .work = "value above" };
	if (of == GX_UNKNOWN)
		strcpy(r.source.identity, ".");
	gx_names_add(&r.columns, "a", 1);
	gx_record_print(&r, &text);
	const char *why;
	bool taken = count_records(text.bytes, text.n, 0, &why) == 1 && !why;
	free(text.bytes);
	gx_names_free(&r.columns);
	return taken;
}

static void test_counts(void)
{
	const uint64_t none = GX_UNKNOWN;
	const enum gx_unit rows = GX_UNIT_ROWS, bytes = GX_UNIT_BYTES;
#define T(...) is_taken((struct gx_tally){ __VA_ARGS__ }
	report(T(1, 2, 1), 0, 2, 2, rows) && T(0, 0, 0), 2, 2, 2, rows) &&
		       T(MOST, MOST, 0), none, none, none, GX_UNIT_UNKNOWN) &&
		       T(1, MOST, MOST - 1), 0, MOST, MOST, bytes),
	       "counts that can be are taken");
	report(!T(2, 2, 1), 0, 2, 2, rows) && !T(3, 2, 0), 0, 2, 2, rows) &&
		       !T(0, 2, 3), 0, 2, 2, rows) && !T(MOST, 2, 4), 0, 2, 2, rows) &&
		       !T(MOST, MOST, MOST), none, none, none, GX_UNIT_UNKNOWN),
	       "more values counted or missing than rows are refused, sums that wrap too");
	report(!T(0, 1, 0), 2, 2, 2, rows) && !T(0, 1, 0), 7, 7, 9, bytes) &&
		       !T(0, 3, 0), 0, 2, 2, bytes) && !T(0, 3, 0), 0, 2, none, rows) &&
		       T(0, 2, 0), 0, 2, none, rows),
	       "more rows than a range has are refused, of an empty range any");
	report(!T(0, 0, 0), 3, 2, 4, rows) && !T(0, 0, 0), 3, 2, none, rows) &&
		       !T(0, 0, 0), 3, 5, 4, rows) && !T(0, 0, 0), none, 3, 4, rows) &&
		       !T(0, 0, 0), 3, none, 4, rows) && !T(0, 0, 0), 0, 4, 4, GX_UNIT_UNKNOWN) &&
		       !T(UINT64_MAX, UINT64_MAX, 0), none, none, none, rows),
	       "ranges out of order, out of the input or not known are refused");
#undef T
}

/* ---- sums ---- */

static char directory[200];

static const char *write_text(const struct gx_text *text, const char *name)
{
	static char path[300];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *f = fopen(path, "wb");
	if (!f || (text->n && fwrite(text->bytes, 1, text->n, f) != text->n) || fclose(f) != 0)
		exit(1);
	return path;
}

/* A random whole, cut in parts that come in any order in one text, is added up again. */
static bool parts_add_up(void)
{
	enum { MOST_PARTS = 9 };
	struct gx_record whole, part, got;
	do {
		make_record(&whole);
		if (gx_record_has_provenance(&whole))
			break;
		gx_record_free(&whole);
	} while (true);
	struct gx_source *s = &whole.source;
	size_t ncol = whole.columns.n, n = 1 + random_below(MOST_PARTS), order[MOST_PARTS];
	uint64_t bound[MOST_PARTS + 1], digest = 0;
	for (size_t k = 0; k < n; k++) {
		size_t other = random_below(k + 1);
		order[k] = order[other];
		order[other] = k;
	}
	strcpy(s->work, "pass any above:1 above");
	strcpy(s->identity, "text:00000000000000aa");
	s->of = MOST_PARTS * 1000 + random_size(MOST / 2);
	s->first = 0;
	s->last = s->of;
	memset(whole.tally, 0, ncol * sizeof *whole.tally);
	bound[0] = 0;
	for (size_t i = 1; i < n; i++)
		bound[i] = bound[i - 1] + random_size((s->of - bound[i - 1]) / 2);
	bound[n] = s->of;
	struct gx_text text = { 0 }, want = { 0 }, sum_text = { 0 };
	for (size_t k = 0; k < n; k++) {
		size_t i = order[k];
		part = whole;
		part.tally = calloc(ncol, sizeof *part.tally);
		part.source.first = bound[i];
		part.source.last = bound[i + 1];
		part.source.digest = random_bits();
		digest += part.source.digest;
		for (size_t j = 0; j < ncol; j++) {
			struct gx_tally *t = &part.tally[j], *all = &whole.tally[j];
			t->rows = random_size(bound[i + 1] - bound[i]);
			t->na = random_size(t->rows);
			t->count = random_size(t->rows - t->na);
			all->rows += t->rows;
			all->na += t->na;
			all->count += t->count;
		}
		gx_record_print(&part, &text);
		free(part.tally);
	}
	s->digest = digest;
	gx_record_print(&whole, &want);

	struct gx_sum sum = { 0 };
	struct gx_sum_cursor at = { 0 };
	gx_sum_read(&sum, write_text(&text, "parts"), true);
	bool good = sum.npart == n && gx_sum_verify(&sum, &digest) && gx_sum_range(&sum, &at, &got);
	if (good) {
		gx_record_print(&got, &sum_text);
		free(got.tally);
		good = !gx_sum_range(&sum, &at, &got) && sum_text.n == want.n &&
		       memcmp(sum_text.bytes, want.bytes, want.n) == 0;
	}
	gx_sum_free(&sum);
	gx_record_free(&whole);
	free(text.bytes);
	free(want.bytes);
	free(sum_text.bytes);
	return good;
}

/* The exit code of a child that adds up records of these counts, without ranges. */
static int add(const struct gx_tally *tally, size_t n, uint64_t *count)
{
	struct gx_text text = { 0 };
	for (size_t i = 0; i < n; i++) {
		struct gx_tally one = tally[i];
		struct gx_record r = { .threshold = 1, .tally = &one };
		r.source = (struct gx_source){ .identity = ".",
					       .first = GX_UNKNOWN,
					       .last = GX_UNKNOWN,
					       .of = GX_UNKNOWN,
					       .digest = UINT64_MAX,
					       .work = "value above" };
		gx_names_add(&r.columns, "a", 1);
		gx_record_print(&r, &text);
		gx_names_free(&r.columns);
	}
	const char *path = write_text(&text, "tallies");
	free(text.bytes);
	int ends[2], status;
	if (pipe(ends) != 0)
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct gx_sum sum = { .unverified = true };
		struct gx_record record;
		if (!freopen("/dev/null", "w", stderr))
			_exit(9);
		gx_sum_read(&sum, path, true);
		gx_sum_unverified(&sum, &record);
		uint64_t found[2] = { record.tally[0].count, record.source.digest };
		_exit(write(ends[1], found, sizeof found) != sizeof found);
	}
	close(ends[1]);
	uint64_t found[2] = { 0 };
	ssize_t k = read(ends[0], found, sizeof found);
	close(ends[0]);
	waitpid(pid, &status, 0);
	*count = found[0];
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	return code == 0 && (k != sizeof found || found[1] != -(uint64_t)n) ? 9 : code;
}

static void test_overflow(void)
{
	const uint64_t half = UINT64_C(1) << 63;
	uint64_t count;
	const struct gx_tally fits[] = { { half - 1, half, 1 }, { half - 2, half - 2, 0 } };
	report(add(fits, 2, &count) == 0 && count == MOST - 1,
	       "a sum below 2^64 - 1 is made, of digests modulo 2^64");
	const struct gx_tally counts[] = { { half, half, 0 }, { half, half, 0 } };
	const struct gx_tally rows[] = { { 0, half, 0 }, { 0, half, 0 } };
	const struct gx_tally unknown[] = { { 0, half, 0 }, { 0, half - 1, 0 } };
	const struct gx_tally three[] = { { 0, MOST, MOST }, { 0, 0, 0 }, { 0, MOST, MOST } };
	report(add(counts, 2, &count) == 1 && add(rows, 2, &count) == 1 &&
		       add(unknown, 2, &count) == 1 && add(three, 3, &count) == 1,
	       "a sum beyond that is exit 1");
}

int main(void)
{
	const char *under = getenv("TMPDIR");
	snprintf(directory, sizeof directory, "%s/gx-record.XXXXXX", under ? under : "/tmp");
	if (!mkdtemp(directory))
		return 1;
	bool good = true;
	for (int round = 0; round < ROUNDS && good; round++)
		good = comes_back(round % 3 == 0 ? 0 : round % 3 == 1 ? 1 : SIZE_MAX);
	report(good, "records come back as they were, in pieces of any size");
	for (int round = 0; round < 5 && good; round++)
		good = damage_is_refused();
	report(good, "a byte changed, lost or twice and a cut are refused, each of them");
	report(moved_lines_are_refused(), "lines moved, lost or twice are refused");
	report(is_refused_early(), "what is no record is refused before more is read");
	test_counts();
	for (int round = 0; round < 500 && good; round++)
		good = parts_add_up();
	report(good, "parts of a whole add up to it");
	test_overflow();
	const struct gx_text empty = { 0 };
	bool removed = unlink(write_text(&empty, "parts")) == 0;
	removed = unlink(write_text(&empty, "tallies")) == 0 && removed;
	report(removed && rmdir(directory) == 0, "nothing else was made");
	printf("1..%d\n", number);
	return failures != 0;
}
