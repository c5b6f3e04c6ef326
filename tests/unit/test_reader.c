/* SPDX-License-Identifier: MIT */
/*
 * Readers as sources: pulled and driven by threads they give the same rows; thousands wait
 * at once; a file that is not the same any more when its turn comes is refused; all of a
 * matrix in memory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "stream/whole.h"
#include "stream/writer.h"
#include "unit.h"

enum { ROWS = 20011, COLUMNS = 9 };

static double *values; /* ROWS x COLUMNS */

/* ---- files ---- */

/* Writes the first nrow rows of the values, named or not, in a format. */
static void write_matrix(const char *path, enum gx_format format, bool named, size_t nrow)
{
	struct gx_output_options options = { .path = path, .format = format };
	struct gx_matrix m = { .ncol = COLUMNS, .named = named };
	m.nrow = m.announced = m.whole = nrow;
	struct gx_writer *writer = gx_writer_open(&options, &m);
	struct gx_piece piece = { 0 };
	struct gx_names names = { 0 };
	for (size_t i = 0; i < nrow; i++) {
		char name[32];
		int n = snprintf(name, sizeof name, "row %zu", i * 7919);
		gx_names_clear(&names);
		gx_names_add(&names, name, (size_t)n);
		struct gx_rows rows = { .nrow = 1,
					.ncol = COLUMNS,
					.value = values + i * COLUMNS,
					.first = i };
		if (named)
			rows.names = names;
		gx_writer_encode(writer, &rows, &piece);
		gx_writer_put(writer, &rows, &piece);
	}
	gx_names_free(&names);
	gx_piece_free(&piece);
	gx_writer_close(writer, NULL);
}

static struct gx_reader *open_paths(const char *const *path, size_t npath)
{
	struct gx_request request = { .path = path, .npath = npath };
	return gx_reader_open(&request);
}

static struct gx_reader *open_path(const char *path)
{
	return open_paths(&path, 1);
}

/* ---- gathering what comes ---- */

struct gathered {
	double *value;
	uint64_t *first;
	struct gx_names names;
	size_t nrow;
};

static void gather(struct gathered *g, const struct gx_rows *rows)
{
	g->value = gx_reallocate(g->value, (g->nrow + rows->nrow) * COLUMNS + 1, sizeof(double));
	g->first = gx_reallocate(g->first, g->nrow + rows->nrow + 1, sizeof *g->first);
	memcpy(g->value + g->nrow * COLUMNS, rows->value,
	       rows->nrow * COLUMNS * sizeof(double));
	for (size_t i = 0; i < rows->nrow; i++)
		g->first[g->nrow + i] = rows->first == GX_UNKNOWN ? GX_UNKNOWN : rows->first + i;
	const char *name = rows->names.text;
	for (size_t i = 0; i < rows->names.n; i++, name = gx_names_next(name))
		gx_names_add(&g->names, name, strlen(name));
	g->nrow += rows->nrow;
}

static void compute(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context, (void)rows, (void)slot;
}

static void consume(void *context, const struct gx_rows *rows, void *slot)
{
	(void)slot;
	gather(context, rows);
}

static void free_gathered(struct gathered *g)
{
	free(g->value);
	free(g->first);
	gx_names_free(&g->names);
}

/* By pulls of random sizes. */
static void pull(struct gx_reader *reader, struct gathered *g, const char *what)
{
	struct gx_rows rows;
	for (;;) {
		size_t most = unit_draw_below(4) ? unit_draw_below(3000) : 0;
		size_t n = gx_reader_next(reader, most, &rows);
		if (n == 0)
			break;
		unit_check(most == 0 || n <= most, "%s: %zu rows, %zu asked for", what, n, most);
		unit_equal(rows.nrow, n, "%s: rows", what);
		gather(g, &rows);
	}
	unit_check(gx_reader_at_end(reader), "%s: at its end", what);
	unit_equal(gx_reader_next(reader, 1, &rows), 0, "%s: behind its end", what);
}

static void compare(const struct gathered *a, const struct gathered *b, const char *what)
{
	unit_equal(a->nrow, b->nrow, "%s: rows", what);
	if (a->nrow != b->nrow)
		return;
	unit_same_all(a->value, b->value, a->nrow * COLUMNS, "%s: values", what);
	unit_equal_all(a->first, b->first, a->nrow, "%s: numbers of rows", what);
	unit_check(gx_names_equal(&a->names, &b->names), "%s: names", what);
}

static void check_both_ways(const char *const *path, size_t npath, const char *what)
{
	struct gathered pulled = { 0 }, driven = { 0 };
	struct gx_reader *reader = open_paths(path, npath);
	pull(reader, &pulled, what);
	struct gx_source source = *gx_reader_source(reader);
	gx_reader_close(reader);
	struct gx_job job = { .context = &driven, .compute = compute, .consume = consume };
	reader = open_paths(path, npath);
	gx_reader_run(reader, 1 + (int)unit_draw_below(4), &job);
	unit_equal(gx_reader_source(reader)->digest, source.digest, "%s: digest", what);
	unit_text(gx_reader_source(reader)->identity, source.identity, "%s: identity", what);
	gx_reader_close(reader);
	compare(&pulled, &driven, what);
	unit_check(pulled.nrow > 0, "%s: there are rows", what);
	free_gathered(&pulled);
	free_gathered(&driven);
}

static void test_pulling(void)
{
	static const char *const files[] = { "named.gxm", "plain.gxm", "plain.npy", "named.tsv",
					     "plain.tsv" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		check_both_ways(&files[i], 1, files[i]);
	unit_report("pulled in pieces of any size and driven by threads: the same rows");
	check_both_ways(files, 2, "two operands");
	check_both_ways(files, 5, "five operands of three formats");
	unit_report("the same of several operands");
}

/* Rows of two readers, one of them text, in step. */
static void test_in_step(void)
{
	struct gx_reader *a = open_path("named.gxm"), *b = open_path("named.tsv");
	struct gx_rows x, y;
	size_t nrow = 0;
	while (gx_reader_next(a, 1, &x)) {
		unit_equal(gx_reader_next(b, 1, &y), 1, "row %zu of the other", nrow);
		unit_bytes(x.value, y.value, COLUMNS * sizeof(double), "row %zu", nrow);
		unit_text(x.names.text, y.names.text, "name of row %zu", nrow);
		nrow++;
	}
	unit_equal(gx_reader_next(b, 1, &y), 0, "the other ends");
	unit_equal(nrow, ROWS, "rows");
	gx_reader_close(a);
	gx_reader_close(b);
	unit_report("two readers in step, row by row");
}

/* ---- waiting ---- */

static long resident_kib(void)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

static void hold_thousands(void *context)
{
	(void)context;
	enum { READERS = 3000 };
	static const char *const files[] = { "small.gxm", "small.npy", "small.tsv" };
	struct gx_reader **reader = gx_allocate(READERS, sizeof *reader);
	struct rlimit few = { 32, 32 };
	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		_exit(9);
	long before = resident_kib();
	for (int i = 0; i < READERS; i++)
		reader[i] = open_path(files[i % 3]);
	long each = (resident_kib() - before) * 1024 / READERS;
	for (int i = 0; i < READERS; i++) {
		struct gx_rows rows;
		if (gx_reader_matrix(reader[i])->ncol != COLUMNS ||
		    gx_reader_next(reader[i], 0, &rows) != 100 ||
		    memcmp(rows.value, values, 100 * COLUMNS * sizeof(double)) != 0 ||
		    gx_reader_next(reader[i], 0, &rows) != 0)
			_exit(8);
		gx_reader_close(reader[i]);
	}
	free(reader);
#ifndef __SANITIZE_ADDRESS__
	if (each > 16 << 10) {
		fprintf(stderr, "%ld bytes each\n", each);
		_exit(7);
	}
#else
	(void)each;
#endif
}

static void test_waiting(void)
{
	struct unit_death death = unit_run_child(hold_thousands, NULL);
	unit_test(death.code == 0, "3,000 readers wait with 32 descriptors and 16 KiB each (exit %d %s)",
		  death.code, death.said);
}

/* ---- what changes meanwhile ---- */

struct change {
	const char *path, *by; /* `by` is moved over `path`; NULL: its last byte goes */
	bool touch;	       /* the time alone */
	bool begun;	       /* after the first rows */
	size_t want;	       /* rows that must come when it ends well */
};

static void change_meanwhile(void *context)
{
	const struct change *change = context;
	struct gx_reader *reader = open_path(change->path);
	struct gx_rows rows;
	size_t nrow = change->begun ? gx_reader_next(reader, 10, &rows) : 0;
	struct stat status;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 1000000000 } };
	if (change->by && rename(change->by, change->path) != 0)
		_exit(9);
	if (!change->by && !change->touch &&
	    (stat(change->path, &status) != 0 || truncate(change->path, status.st_size - 1) != 0))
		_exit(9);
	if (change->touch && utimensat(AT_FDCWD, change->path, times, 0) != 0)
		_exit(9);
	while ((rows.nrow = gx_reader_next(reader, 0, &rows)) > 0)
		nrow += rows.nrow;
	_exit(nrow == change->want ? 0 : 8);
}

static void check_change(struct change change, enum gx_format format, int code, const char *said)
{
	write_matrix("here", format, false, ROWS);
	if (change.by)
		write_matrix(change.by, format, false, change.want == ROWS ? 50 : ROWS);
	change.path = "here";
	struct unit_death death = unit_run_child(change_meanwhile, &change);
	unit_check(death.code == code && strstr(death.said, said),
		   "format %d, by %s, touched %d, begun %d: exit %d, want %d: %s", (int)format,
		   change.by ? change.by : "cut", change.touch, change.begun, death.code, code,
		   death.said);
	remove("here");
	if (change.by)
		remove(change.by);
}

static void test_changes(void)
{
	static const enum gx_format formats[] = { GX_TSV, GX_GXM, GX_NPY };
	for (size_t i = 0; i < 3; i++) {
		enum gx_format f = formats[i];
		const char *said = "replaced or changed between its head and its rows";
		check_change((struct change){ .by = "other" }, f, 1, said);
		check_change((struct change){ .touch = true }, f, 1, said);
		check_change((struct change){ .by = NULL }, f, 1, said);
		check_change((struct change){ .touch = true, .begun = true }, f, 1,
			     "it changed while it was read");
	}
	unit_report("a file that is another one when its turn comes, or is written into, is exit 1");
	for (size_t i = 0; i < 3; i++)
		check_change((struct change){ .by = "other", .begun = true, .want = ROWS },
			     formats[i], 0, "");
	unit_report("one that is replaced after its rows have begun is read as it was");
}

/* ---- the whole ---- */

static void hold_too_much(void *context)
{
	struct gx_whole whole = { 0 };
	gx_whole_read(&whole, open_path(context), 1, ROWS * COLUMNS * 8 - 1);
}

static void test_whole(void)
{
	static const char *const files[] = { "named.gxm", "named.tsv" };
	for (size_t i = 0; i < 2; i++) {
		struct gx_whole whole = { 0 };
		struct gx_reader *reader = open_path(files[i]);
		gx_whole_read(&whole, reader, 3, ROWS * COLUMNS * 8);
		unit_equal(whole.nrow, ROWS, "%s: rows", files[i]);
		unit_same_all(whole.value, values, ROWS * COLUMNS, "%s", files[i]);
		unit_equal(whole.names.n, ROWS, "%s: names", files[i]);
		gx_reader_close(reader);
		gx_whole_free(&whole);
		unit_dies(3, "take fewer rows", hold_too_much, (void *)(uintptr_t)files[i]);
	}
	unit_report("all of a matrix in memory, and exit 3 above the limit");
}

int main(void)
{
	if (chdir(unit_directory()) != 0)
		unit_bail_out("no directory");
	values = unit_allocate(ROWS * COLUMNS, sizeof *values);
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		values[i] = (double)(int64_t)unit_draw_below(2000000) / 64;
	write_matrix("named.gxm", GX_GXM, true, ROWS);
	write_matrix("plain.gxm", GX_GXM, false, ROWS);
	write_matrix("plain.npy", GX_NPY, false, ROWS);
	write_matrix("named.tsv", GX_TSV, true, ROWS);
	write_matrix("plain.tsv", GX_TSV, false, ROWS);
	write_matrix("small.gxm", GX_GXM, false, 100);
	write_matrix("small.npy", GX_NPY, false, 100);
	write_matrix("small.tsv", GX_TSV, false, 100);
	test_pulling();
	test_in_step();
	test_waiting();
	test_changes();
	test_whole();
	static const char *const made[] = { "named.gxm", "plain.gxm", "plain.npy", "named.tsv",
					    "plain.tsv", "small.gxm", "small.npy", "small.tsv" };
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		remove(made[i]);
	free(values);
	return unit_end();
}
