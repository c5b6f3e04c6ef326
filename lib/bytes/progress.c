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
#include <unistd.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/descriptors.h"
#include "base/message.h"
#include "base/simd.h"

static struct {
	const char *program, *unit;
	bool asked, show, terminal, drawn; /* asked: by --progress */
	atomic_uint_fast64_t rows, bytes;
	atomic_uint_fast64_t rows_expected, bytes_expected;
	uint64_t started, phase, next; /* nanoseconds of the monotonic clock */
} progress;

enum { SECOND = 1000000000 };

/* Integers alone and no stdio: the handler of SIGUSR1 calls it. */
static char *put_text(char *p, const char *text)
{
	while (*text)
		*p++ = *text++;
	return p;
}

static char *put_tenths(char *p, uint64_t tenths)
{
	p = gx_count_print(tenths / 10, p);
	*p++ = '.';
	return gx_count_print(tenths % 10, p);
}

static size_t make_line(char *line)
{
	uint64_t rows = atomic_load(&progress.rows), bytes = atomic_load(&progress.bytes);
	uint64_t rows_expected = atomic_load(&progress.rows_expected);
	uint64_t bytes_expected = atomic_load(&progress.bytes_expected);
	uint64_t tenths = (gx_nanoseconds() - progress.phase) / (SECOND / 10);

	char *p = put_text(line, progress.program);
	p = put_text(p, ": ");
	p = gx_count_print(rows, p);
	*p++ = ' ';
	p = put_text(p, progress.unit);
	if (rows_expected != GX_UNKNOWN) {
		p = put_text(p, " of ");
		p = gx_count_print(rows_expected, p);
	}
	if (bytes) {
		p = put_text(p, ", ");
		p = put_tenths(p, bytes / 100000);
		p = put_text(p, " MB");
	}
	p = put_text(p, " in ");
	p = put_tenths(p, tenths);
	p = put_text(p, " s");
	if (tenths) {
		p = put_text(p, ", ");
		if (bytes) {
			p = put_tenths(p, bytes / 100000 * 10 / tenths);
			p = put_text(p, " MB/s");
		} else {
			p = gx_count_print(rows * 10 / tenths, p);
			*p++ = ' ';
			p = put_text(p, progress.unit);
			p = put_text(p, "/s");
		}
	}
	/* By bytes where they are known: rows of text are not counted beforehand. */
	uint64_t done = bytes_expected != GX_UNKNOWN ? bytes : rows;
	uint64_t whole = bytes_expected != GX_UNKNOWN ? bytes_expected : rows_expected;
	if (whole != GX_UNKNOWN && done && done < whole) {
		p = put_text(p, ", ETA ");
		p = gx_count_print(
			(uint64_t)((double)tenths / 10 * (double)(whole - done) /
					   (double)done +
				   1),
			p);
		p = put_text(p, " s");
	}
	return (size_t)(p - line);
}

/* A terminal is redrawn five times a second; a log gets a line each ten seconds. */
static uint64_t interval(void)
{
	return progress.terminal ? SECOND / 5 : 10ULL * SECOND;
}

static void say_progress(const char *before, const char *after)
{
	char line[320];
	char *p = put_text(line, before);
	p += make_line(p);
	p = put_text(p, after);
	gx_stderr_write(line, (size_t)(p - line));
}

static void on_usr1(int signal_number)
{
	(void)signal_number;
	int saved = errno;
	say_progress(progress.drawn ? "\n" : "", "\n");
	errno = saved;
}

void gx_progress_start(const char *program, bool show)
{
	progress.program = program;
	progress.unit = "rows";
	progress.asked = progress.show = show;
	progress.terminal = show && isatty(STDERR_FILENO);
	progress.started = progress.phase = gx_nanoseconds();
	atomic_store(&progress.rows_expected, GX_UNKNOWN);
	atomic_store(&progress.bytes_expected, GX_UNKNOWN);
	progress.next = progress.started + interval();
	struct sigaction action = { .sa_handler = on_usr1 };
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
}

void gx_progress_expect(uint64_t rows, uint64_t bytes)
{
	atomic_store(&progress.rows_expected, rows);
	atomic_store(&progress.bytes_expected, bytes);
}

void gx_progress_phase(const char *unit, uint64_t expected, bool show)
{
	progress.unit = unit;
	progress.show = progress.asked || show;
	progress.terminal = progress.show && isatty(STDERR_FILENO);
	progress.phase = gx_nanoseconds();
	progress.next = progress.phase + interval();
	atomic_store(&progress.rows, 0);
	atomic_store(&progress.bytes, 0);
	gx_progress_expect(expected, GX_UNKNOWN);
}

void gx_progress_bytes(uint64_t bytes)
{
	atomic_fetch_add_explicit(&progress.bytes, bytes, memory_order_relaxed);
}

void gx_progress_rows(uint64_t rows)
{
	atomic_fetch_add_explicit(&progress.rows, rows, memory_order_relaxed);
	if (!progress.show)
		return;
	uint64_t t = gx_nanoseconds();
	if (t < progress.next)
		return;
	progress.next = t + interval();
	if (progress.terminal) {
		say_progress("\r", "\033[K");
		progress.drawn = true;
	} else {
		say_progress("", "\n");
	}
}

void gx_progress_end(void)
{
	if (progress.asked)
		say_progress(progress.terminal ? "\r" : "",
			     progress.terminal ? "\033[K\n" : "\n");
	progress.drawn = false;
}

void gx_progress_clear(void)
{
	static const char clear[] = "\r\033[K";
	if (progress.drawn)
		gx_stderr_write(clear, sizeof clear - 1);
	progress.drawn = false;
}

void gx_progress_report(const char *recognised, int nthread)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	double wall = (double)(gx_nanoseconds() - progress.started) / SECOND;
	double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
		     (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
	if (*recognised)
		gx_warn("input: %s", recognised);
	gx_warn("%" PRIu64
		" %s, %.3f s wall, %.3f s CPU, %ld KiB peak memory, %d thread%s, SIMD %s",
		atomic_load(&progress.rows), progress.unit, wall, cpu, use.ru_maxrss,
		nthread, nthread == 1 ? "" : "s", gx_simd_level());
}
