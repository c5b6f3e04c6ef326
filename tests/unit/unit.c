/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 5 }; /* failures of one test that are shown */

static unsigned tests, failed_tests;
static unsigned failures; /* of the test that is going on */
static uint64_t state;
static char directory[256];

/* ---- TAP ---- */

/* A crash must not swallow what came before, nor a child print it again. */
__attribute__((constructor)) static void begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	unit_draw_from(unit_seed());
}

/* Whether there is something to say of one more failure; begins its line. */
static bool fails(void)
{
	failures++;
	if (failures == MOST + 1)
		printf("# and more\n");
	if (failures > MOST)
		return false;
	printf("# ");
	return true;
}

static void end_line(void)
{
	printf(" (SEED=%" PRIu64 ")\n", unit_seed());
}

/* The words of the caller, then what is behind them. */
#define SAY(...)                               \
	do {                                   \
		if (fails()) {                 \
			va_list list;          \
			va_start(list, format); \
			vprintf(format, list); \
			va_end(list);          \
			printf(__VA_ARGS__);   \
			end_line();            \
		}                              \
	} while (0)

bool unit_check(bool holds, const char *format, ...)
{
	if (!holds)
		SAY(": does not hold");
	return holds;
}

void unit_fail(const char *format, ...)
{
	SAY("%s", "");
}

bool unit_same(double got, double want, const char *format, ...)
{
	bool holds = unit_bits(got) == unit_bits(want);
	if (!holds)
		SAY(": got %.17g (%016" PRIx64 "), want %.17g (%016" PRIx64 ")", got,
		    unit_bits(got), want, unit_bits(want));
	return holds;
}

bool unit_equal(uint64_t got, uint64_t want, const char *format, ...)
{
	if (got != want)
		SAY(": got %" PRIu64 ", want %" PRIu64, got, want);
	return got == want;
}

bool unit_text(const char *got, const char *want, const char *format, ...)
{
	bool holds = got && want ? strcmp(got, want) == 0 : got == want;
	if (!holds)
		SAY(": got '%.200s', want '%.200s'", got ? got : "(null)",
		    want ? want : "(null)");
	return holds;
}

bool unit_same_all(const double *got, const double *want, size_t n, const char *format, ...)
{
	size_t i = 0;
	while (i < n && unit_bits(got[i]) == unit_bits(want[i]))
		i++;
	if (i < n)
		SAY(": got %.17g (%016" PRIx64 "), want %.17g (%016" PRIx64 ") at %zu of %zu",
		    got[i], unit_bits(got[i]), want[i], unit_bits(want[i]), i, n);
	return i == n;
}

bool unit_equal_all(const uint64_t *got, const uint64_t *want, size_t n, const char *format,
		    ...)
{
	size_t i = 0;
	while (i < n && got[i] == want[i])
		i++;
	if (i < n)
		SAY(": got %" PRIu64 ", want %" PRIu64 " at %zu of %zu", got[i], want[i], i, n);
	return i == n;
}

bool unit_bytes(const void *got, const void *want, size_t n, const char *format, ...)
{
	const unsigned char *a = got, *b = want;
	size_t i = 0;
	if (n && memcmp(a, b, n) != 0)
		while (a[i] == b[i])
			i++;
	else
		i = n;
	if (i < n)
		SAY(": got byte %02x, want %02x at %zu of %zu", a[i], b[i], i, n);
	return i == n;
}

void unit_note(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	printf("# ");
	vprintf(format, list);
	putchar('\n');
	va_end(list);
}

static void end_test(const char *format, va_list list)
{
	printf("%s %u ", failures ? "not ok" : "ok", ++tests);
	vprintf(format, list);
	putchar('\n');
	failed_tests += failures != 0;
	failures = 0;
}

void unit_report(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	end_test(format, list);
	va_end(list);
}

void unit_test(bool holds, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	if (!holds && fails()) {
		printf("it does not hold");
		end_line();
	}
	end_test(format, list);
	va_end(list);
}

void unit_skip(const char *what, const char *why)
{
	printf("ok %u %s # skip %s\n", ++tests, what, why);
}

unsigned unit_count(void)
{
	return tests;
}

int unit_end(void)
{
	if (directory[0]) {
		unit_equal(unit_count_files(directory), 0, "files in %s", directory);
		unit_check(rmdir(directory) == 0, "removing %s", directory);
		unit_report("no file is left behind");
	}
	printf("1..%u\n", tests);
	return failed_tests != 0;
}

void unit_bail_out(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}

/* ---- random values ---- */

uint64_t unit_seed(void)
{
	const char *text = getenv("SEED");
	return text && *text ? strtoull(text, NULL, 10) : 1;
}

void unit_draw_from(uint64_t seed)
{
	state = seed;
}

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
uint64_t unit_draw(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t unit_draw_below(uint64_t n)
{
	return (uint64_t)((unsigned __int128)unit_draw() * n >> 64);
}

double unit_draw_between(double low, double high)
{
	return low + (high - low) * (((double)(unit_draw() >> 12) + 0.5) * 0x1p-52);
}

double unit_draw_double(int kind)
{
	static const uint64_t odd[] = {
		GX_NAN_BITS,
		UINT64_C(0x7ff0000000000000), /* Inf */
		UINT64_C(0xfff0000000000000),
		UINT64_C(0),
		UINT64_C(0x8000000000000000), /* -0 */
		UINT64_C(0x0000000000000001), /* 5e-324 */
		UINT64_C(0x8000000000000001),
		UINT64_C(0x7fefffffffffffff), /* 1.8e308 */
		UINT64_C(0xffefffffffffffff),
	};
	if (kind && unit_draw_below(16) == 0)
		return unit_double(odd[unit_draw_below(sizeof odd / sizeof *odd)]);
	return ldexp((double)(int64_t)unit_draw(), -(int)(40 + unit_draw_below(40)));
}

void unit_draw_doubles(double *to, size_t n, int kind)
{
	for (size_t i = 0; i < n; i++)
		to[i] = unit_draw_double(kind);
}

uint64_t unit_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

double unit_double(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

/* ---- memory ---- */

void *unit_allocate(size_t n, size_t size)
{
	void *p = calloc(n + !n, size);
	if (!p)
		unit_bail_out("no memory");
	return p;
}

struct unit_fence unit_fence_make(size_t nbyte)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t n = (nbyte + page - 1) / page * page;
	unsigned char *all =
		mmap(NULL, n + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED ||
	    (n && mprotect(all + page, n, PROT_READ | PROT_WRITE) != 0))
		unit_bail_out("no memory between fences");
	return (struct unit_fence){ all + page, n };
}

void unit_fence_free(struct unit_fence *fence)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	munmap(fence->first - page, fence->n + 2 * page);
}

void *unit_place(const struct unit_fence *fence, size_t n, bool at_end)
{
	if (n > fence->n)
		unit_bail_out("the fence is too narrow");
	return at_end ? fence->first + fence->n - n : fence->first;
}

/* ---- time, files and processes ---- */

double unit_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void unit_pause(double seconds)
{
	struct timespec t = { (time_t)seconds, (long)(fmod(seconds, 1) * 1e9) };
	nanosleep(&t, NULL);
}

const char *unit_directory(void)
{
	if (directory[0])
		return directory;
	const char *place = getenv("TMPDIR");
	snprintf(directory, sizeof directory, "%s/gx-unit.XXXXXX",
		 place && *place ? place : "/tmp");
	if (!mkdtemp(directory) || setenv("TMPDIR", directory, 1) != 0)
		unit_bail_out("no directory");
	return directory;
}

const char *unit_file(const char *name, const void *bytes, size_t n)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/%s", unit_directory(), name);
	FILE *f = fopen(path, "wbe");
	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		unit_bail_out("a file cannot be written");
	return path;
}

size_t unit_count_files(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n < 2 ? 0 : n - 2;
}

struct unit_death unit_run_child(void (*act)(void *), void *context)
{
	struct unit_death death = { 0 };
	int ends[2];
	fflush(stdout);
	if (pipe(ends) != 0)
		unit_bail_out("no pipe");
	pid_t pid = fork();
	if (pid < 0)
		unit_bail_out("no process");
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		act(context);
		_exit(0);
	}
	close(ends[1]);
	size_t n = 0;
	char more[256];
	ssize_t k;
	while ((k = read(ends[0], more, sizeof more)) > 0 || (k < 0 && errno == EINTR)) {
		size_t room = sizeof death.said - 1 - n, m = k < 0 ? 0 : (size_t)k;
		m = m < room ? m : room;
		memcpy(death.said + n, more, m);
		n += m;
	}
	close(ends[0]);
	for (char *p = death.said; (p = strchr(p, '\n'));)
		*p = ' '; /* one line of TAP */
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	death.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return death;
}

bool unit_dies(int code, const char *text, void (*act)(void *), void *context)
{
	struct unit_death death = unit_run_child(act, context);
	bool holds = death.code == code && strstr(death.said, text);
	return unit_check(holds, "exit %d of %d, '%s' in: %.300s", death.code, code, text,
			  death.said);
}
