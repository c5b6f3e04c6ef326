/* SPDX-License-Identifier: MIT */
#include "bytes/lines.h"

#include <inttypes.h>
#include <string.h>

const char *gx_line_fault(size_t nline, const unsigned char *more, size_t nmore)
{
	if (nmore && memchr(more, 0, nmore))
		return "NUL bytes, which are in no text: is this the right file, and whole?";
	if (nline > GX_LINE_MAX)
		return "a line of more than 1 GiB: is this a table? (old Macs ended lines in CR: "
		       "tr '\\r' '\\n')";
	return NULL;
}

/* Finds the end of the line that begins at *at; false when nothing is there. */
static bool find_line(struct gx_lines *l, size_t at, size_t *n, size_t *next)
{
	const unsigned char *bytes;
	size_t have = gx_input_visible(l->in, &bytes), searched = at;
	for (;;) {
		const unsigned char *stop =
			have > searched ? memchr(bytes + searched, '\n', have - searched) : NULL;
		l->whole = stop != NULL;
		if (stop) {
			*n = (size_t)(stop - bytes) - at;
			*next = at + *n + 1;
			return true;
		}
		if (have > at && l->hopeless && l->hopeless((const char *)bytes + at, have - at)) {
			*n = have - at;
			*next = have;
			return true;
		}
		const char *why = have > searched && !l->hopeless
					  ? gx_line_fault(have - at, bytes + searched,
							  have - searched)
					  : NULL;
		if (why) {
			gx_input_fail(l->in, GX_EXIT_DATA, ":%" PRIu64 ": %s", l->number + 1, why);
			return false;
		}
		searched = have;
		size_t more = gx_input_see_more(l->in, &bytes);
		if (more == have) {
			/* The last line has no line end. */
			*n = have - at;
			*next = have;
			return have > at && !(l->in->fault && l->in->fault->code);
		}
		have = more;
	}
}

static void show(struct gx_lines *l, size_t at, size_t n, const char **text, size_t *ntext)
{
	const unsigned char *bytes;
	gx_input_visible(l->in, &bytes);
	*text = (const char *)bytes + at;
	*ntext = n - (n && (*text)[n - 1] == '\r');
}

void gx_lines_leave(struct gx_lines *l)
{
	gx_input_skip(l->in, l->at);
	l->at = 0;
}

bool gx_lines_next(struct gx_lines *l)
{
	if (!l->keep && l->at)
		gx_lines_leave(l);
	size_t at = l->at, n, next;
	if (!find_line(l, at, &n, &next))
		return false;
	show(l, at, n, &l->text, &l->n);
	l->at = next;
	l->number++;
	return true;
}

bool gx_lines_look_ahead(struct gx_lines *l, size_t nahead, const char **text, size_t *n)
{
	const unsigned char *bytes;
	gx_input_visible(l->in, &bytes);
	size_t present = l->text ? (size_t)(l->text - (const char *)bytes) : 0;
	size_t at = l->at, length = 0, next = at;
	bool there = true, whole = l->whole;
	for (size_t i = 0; i < nahead && there; i++) {
		at = next;
		there = find_line(l, at, &length, &next);
	}
	l->whole = whole;
	/* The bytes may have moved. */
	gx_input_visible(l->in, &bytes);
	if (l->text)
		l->text = (const char *)bytes + present;
	if (there)
		show(l, at, length, text, n);
	return there;
}
