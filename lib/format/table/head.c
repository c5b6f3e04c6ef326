/* SPDX-License-Identifier: MIT */
#include "format/table/head.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/field.h"

void gx_head_begin(struct gx_head *head, struct gx_input *in,
		   const struct gx_reading *reading)
{
	*head = (struct gx_head){ .in = in, .reading = reading };
	head->n = gx_input_peek(in, 4096, &head->bytes);
	if (head->n >= 3 && memcmp(head->bytes, "\xef\xbb\xbf", 3) == 0)
		head->at = 3;
}

bool gx_head_next(struct gx_head *head)
{
	enum { STEP = 64 << 10 };
	size_t searched = head->at;
	for (;;) {
		const unsigned char *from = head->bytes + searched, *stop = NULL;
		if (head->n > searched)
			stop = memchr(from, '\n', head->n - searched);
		size_t end = stop ? (size_t)(stop - head->bytes) : head->n;
		if (!stop) {
			searched = head->n;
			size_t n = gx_input_peek(head->in,
						 head->n < STEP ? STEP : 2 * head->n,
						 &head->bytes);
			if (n > head->n) {
				head->n = n;
				continue;
			}
			if (head->at == head->n)
				return false;
		}
		head->line = (const char *)head->bytes + head->at;
		head->nline = end - head->at;
		head->at = stop ? end + 1 : end;
		head->number++;
		if (head->nline && head->line[head->nline - 1] == '\r')
			head->nline--;
		return true;
	}
}

bool gx_head_look_ahead(struct gx_head *head, const char **line, size_t *nline)
{
	struct gx_head next = *head;
	size_t at = gx_head_offset(head);
	bool there = gx_head_next(&next);
	head->bytes = next.bytes; /* it may have moved */
	head->n = next.n;
	head->line = (const char *)head->bytes + at;
	*line = next.line;
	*nline = next.nline;
	return there;
}

size_t gx_head_offset(const struct gx_head *head)
{
	return (size_t)(head->line - (const char *)head->bytes);
}

bool gx_head_line_begins(const struct gx_head *head, const char *text)
{
	size_t n = strlen(text);
	return head->nline >= n && memcmp(head->line, text, n) == 0;
}

/* Control bytes but TAB, and CRs that end no line, are in no table. */
void gx_head_check_line(const struct gx_head *head)
{
	for (size_t i = 0; i < head->nline; i++) {
		unsigned char c = (unsigned char)head->line[i];
		if (c == '\r')
			gx_head_refuse(head, "lines end in CR alone, as on old Macs: convert "
					     "them: tr '\\r' '\\n'");
		bool is_gxm = c == 0x89 && i + 4 <= head->nline &&
			      memcmp(head->line + i + 1, "GXM", 3) == 0;
		if ((c < 0x20 && c != '\t') || c == 0x7f || is_gxm)
			gx_head_refuse(head,
				       "the byte %s is in no table: is this text, and whole? "
				       "(GNU parallel's --tag spoils binary data)",
				       gx_show(head->line + i, 1));
	}
}

void gx_head_split(const struct gx_head *head, int delimiter, struct gx_names *fields)
{
	const char *p = head->line, *end = p + head->nline, *text;
	char *scratch = gx_allocate(head->nline + 1, 1);
	while (delimiter == GX_WHITESPACE && end > p && gx_is_blank(end[-1]))
		end--;
	for (size_t n;; p++) {
		p = gx_field_read(p, end, delimiter, scratch, &text, &n);
		if (!p)
			gx_head_refuse(head, "a quote is not closed on this line, or text "
					     "follows it");
		gx_names_add(fields, text, n);
		if (p == end)
			break;
	}
	free(scratch);
}

void gx_head_refuse(const struct gx_head *head, const char *format, ...)
{
	char what[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", head->in->name, head->number, what);
}
