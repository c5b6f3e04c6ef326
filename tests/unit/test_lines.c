/* SPDX-License-Identifier: MIT */
/* Lines of an input: of any length and ending, kept or consumed, judged as they come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/lines.h"
#include "unit.h"

/* Text of nline lines, many short and some longer than what one read gives. */
static char *make_text(size_t nline, bool last_end, size_t *n)
{
	enum { LONGEST = 190000 };
	char *text = unit_allocate(nline * (LONGEST + 2) + 1, 1), *p = text;
	for (size_t i = 0; i < nline; i++) {
		size_t length = unit_draw_below(8) ? unit_draw_below(100) : unit_draw_below(LONGEST);
		for (size_t k = 0; k < length; k++)
			*p++ = (char)('a' + unit_draw_below(26));
		if (unit_draw_below(3) == 0)
			*p++ = '\r';
		if (i + 1 < nline || last_end)
			*p++ = '\n';
		else
			*p++ = 'x'; /* so that there is a last line */
	}
	*n = (size_t)(p - text);
	return text;
}

/* The line at `at` as it must be; where the next one begins. */
static size_t want_line(const char *text, size_t n, size_t at, size_t *length, bool *whole)
{
	const char *end = memchr(text + at, '\n', n - at);
	*whole = end != NULL;
	*length = (end ? (size_t)(end - text) : n) - at;
	size_t next = at + *length + *whole;
	if (*length && text[at + *length - 1] == '\r')
		--*length;
	return next;
}

static void check_lines(const char *text, size_t n, bool keep)
{
	struct gx_lines lines = { .in = gx_input_open(unit_file("lines", text, n)), .keep = keep };
	size_t at = 0, length, next, number = 0;
	bool whole;
	while (at < n && gx_lines_next(&lines)) {
		next = want_line(text, n, at, &length, &whole);
		number++;
		unit_equal(lines.n, length, "line %zu: length", number);
		unit_bytes(lines.text, text + at, length < lines.n ? length : lines.n, "line %zu",
			   number);
		unit_equal(lines.whole, whole, "line %zu: whole", number);
		unit_equal(lines.number, number, "line %zu: number", number);
		if (keep && unit_draw_below(4) == 0) {
			const char *ahead;
			size_t nahead, third = next, k = 1 + unit_draw_below(3);
			bool there = true, end;
			for (size_t i = 0; i < k && there; i++) {
				there = third < n;
				at = third;
				if (there)
					third = want_line(text, n, at, &length, &end);
			}
			unit_equal(gx_lines_look_ahead(&lines, k, &ahead, &nahead), there,
				   "line %zu, %zu ahead", number, k);
			if (there) {
				unit_equal(nahead, length, "line %zu, %zu ahead: length", number, k);
				unit_bytes(ahead, text + at, length, "line %zu, %zu ahead", number, k);
			}
		}
		at = next;
	}
	unit_check(!gx_lines_next(&lines), "no line behind the last");
	unit_equal(keep ? lines.in->position : n, keep ? 0 : n, "what is kept is not consumed");
	gx_input_close(lines.in);
	remove("lines");
}

static void test_lines(void)
{
	for (int i = 0; i < 12; i++) {
		size_t n;
		char *text = make_text(1 + unit_draw_below(60), i % 2, &n);
		check_lines(text, n, false);
		check_lines(text, n, true);
		free(text);
	}
	check_lines("", 0, false);
	check_lines("\n\n\r\n", 4, true);
	unit_report("lines of any length and ending, consumed and kept, with others ahead");
}

static void test_leave(void)
{
	const unsigned char *bytes;
	struct gx_lines lines = { .in = gx_input_open(unit_file("lines", "one\ntwo\r\nthree", 14)) };
	gx_lines_next(&lines);
	gx_lines_next(&lines);
	gx_lines_leave(&lines);
	unit_equal(lines.in->position, 9, "behind the second line");
	unit_equal(gx_input_peek(lines.in, 20, &bytes), 5, "what is left");
	unit_bytes(bytes, "three", 5, "what is left");
	gx_input_close(lines.in);
	remove("lines");
	unit_report("the input stands behind a line that was left");
}

static bool has_plus(const char *text, size_t n)
{
	return memchr(text, '+', n) != NULL;
}

static void test_judged(void)
{
	enum { N = 1 << 20 };
	char *text = unit_allocate(N, 1);
	memset(text, 'x', N);
	memcpy(text, "head\n", 5);
	text[N / 2] = 0;
	struct gx_fault fault = { 0 };
	struct gx_lines lines = { .in = gx_input_open(unit_file("lines", text, N)) };
	lines.in->fault = &fault;
	unit_check(gx_lines_next(&lines), "the first line is there");
	unit_check(!gx_lines_next(&lines), "the second one is not");
	unit_equal((uint64_t)fault.code, 1, "exit code");
	unit_check(strstr(fault.text, ":2: NUL bytes"), "said: %s", fault.text);
	gx_input_close(lines.in);

	text[N / 2] = '+';
	lines = (struct gx_lines){ .in = gx_input_open(unit_file("lines", text, N)),
				   .hopeless = has_plus };
	unit_check(gx_lines_next(&lines) && lines.whole, "a sound line");
	unit_check(gx_lines_next(&lines) && !lines.whole && lines.n > N / 2 - 5 && lines.n < N - 5,
		   "a hopeless one is given as far as it was read: %zu bytes", lines.n);
	gx_input_close(lines.in);
	remove("lines");
	free(text);
	unit_report("bytes are judged before the line's end is there");
}

int main(void)
{
	if (chdir(unit_directory()) != 0)
		unit_bail_out("no directory");
	test_lines();
	test_leave();
	test_judged();
	return unit_end();
}
