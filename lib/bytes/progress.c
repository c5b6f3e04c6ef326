/* SPDX-License-Identifier: MIT */
#include "bytes/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/descriptors.h"
#include "base/message.h"
#include "base/simd.h"
#include "base/terminal.h"

static struct {
	const char *program, *unit;
	bool asked, show, terminal; /* asked: by --progress */
	bool by_rows;		    /* bytes are no reason to draw */
	atomic_uint_fast64_t rows, bytes;
	atomic_uint_fast64_t rows_expected, bytes_expected;
	atomic_bool rows_follow;
	uint64_t started, phase; /* nanoseconds of the monotonic clock */
	atomic_uint_fast64_t next;
} progress;

enum { SECOND = 1000000000, LINE = 320 };

/* How far it is: counters and time, as they are now. */
struct moment {
	uint64_t rows, bytes, rows_expected, bytes_expected;
	double seconds, share; /* share: 0 to 1, or below 0 where nobody knows */
	bool ended;
};

/* ---- the share that is done ---- */

static double part_of(uint64_t done, uint64_t whole)
{
	return done < whole ? (double)done / (double)whole : 1;
}

/* By bytes where they are known: rows of text are not counted beforehand. */
static double share_of(const struct moment *m, bool rows_follow)
{
	bool bytes = m->bytes_expected != GX_UNKNOWN, rows = m->rows_expected != GX_UNKNOWN;
	if (!bytes && !rows)
		return -1;
	if (m->ended)
		return 1;
	if (!bytes)
		return part_of(m->rows, m->rows_expected);
	double share = part_of(m->bytes, m->bytes_expected);
	if (rows_follow)
		share = (share + (rows ? part_of(m->rows, m->rows_expected) : 0)) / 2;
	return share;
}

static struct moment look(bool ended)
{
	struct moment m = { .rows = atomic_load(&progress.rows),
			    .bytes = atomic_load(&progress.bytes),
			    .rows_expected = atomic_load(&progress.rows_expected),
			    .bytes_expected = atomic_load(&progress.bytes_expected),
			    .seconds = 1e-9 * (double)(gx_nanoseconds() - progress.phase),
			    .ended = ended };
	m.share = share_of(&m, atomic_load(&progress.rows_follow));
	return m;
}

/* ---- its text ---- */

/* Integers alone and no stdio: the handler of SIGUSR1 calls it. */
static char *put_text(char *p, const char *text)
{
	while (*text)
		*p++ = *text++;
	return p;
}

static char *put_tenths(char *p, double value)
{
	uint64_t tenths = (uint64_t)(value * 10);
	p = gx_count_print(tenths / 10, p);
	*p++ = '.';
	return gx_count_print(tenths % 10, p);
}

static char *put_two(char *p, uint64_t n)
{
	*p++ = ':';
	*p++ = (char)('0' + n / 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

/* 42 s, 3:05, 1:00:12 */
static char *put_time(char *p, double seconds)
{
	uint64_t n = seconds < 1e9 ? (uint64_t)seconds : 1000000000;
	if (n < 60)
		return put_text(gx_count_print(n, p), " s");
	if (n < 3600)
		return put_two(gx_count_print(n / 60, p), n % 60);
	return put_two(put_two(gx_count_print(n / 3600, p), n / 60 % 60), n % 60);
}

static char *put_rows(char *p, const struct moment *m)
{
	p = gx_count_print(m->rows, p);
	*p++ = ' ';
	p = put_text(p, progress.unit);
	if (m->rows_expected == GX_UNKNOWN)
		return p;
	p = put_text(p, " of ");
	return gx_count_print(m->rows_expected, p);
}

static char *put_rate(char *p, const struct moment *m)
{
	if (m->bytes)
		return put_text(put_tenths(p, 1e-6 * (double)m->bytes / m->seconds), " MB/s");
	p = gx_count_print((uint64_t)((double)m->rows / m->seconds), p);
	*p++ = ' ';
	p = put_text(p, progress.unit);
	return put_text(p, "/s");
}

/* What a line may have, in its order, but for the program's name. */
enum item { ROWS, PERCENT, COST, RATE, ETA, NITEM };

static char *put_item(char *p, enum item item, const struct moment *m)
{
	if (item == ROWS)
		return put_rows(p, m);
	if (item == PERCENT && m->share >= 0)
		return put_text(gx_count_print((uint64_t)(100 * m->share), p), "%");
	if (item == COST) {
		if (m->bytes)
			p = put_text(put_tenths(p, 1e-6 * (double)m->bytes), " MB in ");
		return put_text(put_tenths(p, m->seconds), " s");
	}
	if (item == RATE && m->seconds >= 0.1)
		return put_rate(p, m);
	if (item == ETA && m->share > 0 && m->share < 1)
		return put_time(put_text(p, "ETA "),
				m->seconds * (1 - m->share) / m->share + 1);
	return p;
}

/* A line without some of the items, a set of bits. */
static size_t make_line(char line[LINE], const struct moment *m, unsigned without)
{
	char *p = put_text(put_text(line, progress.program), ":");
	for (enum item item = 0; item < NITEM; item++) {
		char text[80], *end = put_item(text, item, m);
		if (end == text || without >> item & 1)
			continue;
		p = put_text(p, p[-1] == ':' ? " " : ", ");
		memcpy(p, text, (size_t)(end - text));
		p += end - text;
	}
	return (size_t)(p - line);
}

/* What is dropped first is what tells least of how long it will take. */
static size_t fit_line(char line[LINE], const struct moment *m, size_t width)
{
	static const unsigned without[] = { 0, 1 << COST, 1 << COST | 1 << ROWS,
					    1 << COST | 1 << ROWS | 1 << RATE };
	size_t n = 0, i = 0;
	do
		n = make_line(line, m, m->share < 0 ? without[i] & ~(1U << ROWS) : without[i]);
	while (n > width && ++i < sizeof without / sizeof *without);
	return n < width ? n : width;
}

/* ---- where it goes ---- */

/* A terminal is redrawn five times a second; a log gets a line each ten seconds. */
static uint64_t interval(void)
{
	return progress.terminal ? SECOND / 5 : 10ULL * SECOND;
}

/* A line by itself, with its end. */
static void say_line(bool ended)
{
	char line[LINE];
	struct moment m = look(ended);
	size_t n = make_line(line, &m, 0);
	line[n] = '\n';
	gx_stderr_write(line, n + 1);
}

static void draw(void)
{
	char line[LINE];
	struct moment m = look(false);
	/* The last column stays free: some terminals go to the next line behind it. */
	size_t width = gx_terminal_width() - 1;
	gx_terminal_draw(line, fit_line(line, &m, width));
}

/* Whoever finds that it is time draws; the others go on. */
static void draw_in_time(void)
{
	uint64_t now = gx_nanoseconds(), next = atomic_load(&progress.next);
	if (now < next ||
	    !atomic_compare_exchange_strong(&progress.next, &next, now + interval()))
		return;
	if (progress.terminal)
		draw();
	else
		say_line(false);
}

static void on_usr1(int signal_number)
{
	(void)signal_number;
	int saved = errno;
	gx_terminal_clear_at_once();
	say_line(false);
	errno = saved;
}

/* ---- counting ---- */

static void begin(bool show)
{
	progress.show = show;
	progress.terminal = show && gx_terminal_can_redraw();
	progress.phase = gx_nanoseconds();
	atomic_store(&progress.next, progress.phase + interval());
	gx_progress_expect(GX_UNKNOWN, GX_UNKNOWN, false);
}

void gx_progress_start(const char *program, bool show)
{
	progress.program = program;
	progress.unit = "rows";
	progress.asked = show;
	begin(show);
	progress.started = progress.phase;
	struct sigaction action = { .sa_handler = on_usr1 };
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
}

void gx_progress_expect(uint64_t rows, uint64_t bytes, bool rows_follow)
{
	atomic_store(&progress.rows_follow, rows_follow);
	atomic_store(&progress.rows_expected, rows);
	atomic_store(&progress.bytes_expected, bytes);
}

void gx_progress_phase(const char *unit, uint64_t expected, bool show)
{
	progress.unit = unit;
	progress.by_rows = true;
	begin(progress.asked || show);
	atomic_store(&progress.rows, 0);
	atomic_store(&progress.bytes, 0);
	gx_progress_expect(expected, GX_UNKNOWN, false);
}

void gx_progress_bytes(uint64_t bytes)
{
	atomic_fetch_add_explicit(&progress.bytes, bytes, memory_order_relaxed);
	if (progress.show && !progress.by_rows)
		draw_in_time();
}

uint64_t gx_progress_position(void)
{
	return atomic_load(&progress.bytes);
}

void gx_progress_return(uint64_t position)
{
	atomic_store(&progress.bytes, position);
}

void gx_progress_reach(uint64_t position)
{
	if (atomic_load(&progress.bytes) < position)
		atomic_store(&progress.bytes, position);
}

void gx_progress_rows(uint64_t rows)
{
	atomic_fetch_add_explicit(&progress.rows, rows, memory_order_relaxed);
	if (progress.show)
		draw_in_time();
}

void gx_progress_end(void)
{
	gx_terminal_clear();
	if (progress.asked)
		say_line(true);
}

static double seconds_of(const struct rusage *use)
{
	return (double)(use->ru_utime.tv_sec + use->ru_stime.tv_sec) +
	       (double)(use->ru_utime.tv_usec + use->ru_stime.tv_usec) / 1e6;
}

void gx_progress_report(const char *recognised, int nthread)
{
	struct rusage use, children; /* who reads HDF5 has one */
	getrusage(RUSAGE_SELF, &use);
	getrusage(RUSAGE_CHILDREN, &children);
	double wall = (double)(gx_nanoseconds() - progress.started) / SECOND;
	double cpu = seconds_of(&use) + seconds_of(&children);
	if (*recognised)
		gx_warn("input: %s", recognised);
	gx_warn("%" PRIu64
		" %s, %.3f s wall, %.3f s CPU, %ld KiB peak memory, %d thread%s, SIMD %s",
		atomic_load(&progress.rows), progress.unit, wall, cpu, use.ru_maxrss,
		nthread, nthread == 1 ? "" : "s", gx_simd_level());
}
