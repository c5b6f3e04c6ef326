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
	const unsigned char *bytes;
	*head = (struct gx_head){ .lines = { .in = in, .keep = true },
				  .reading = reading };
	if (gx_input_peek(in, 3, &bytes) == 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		head->lines.at = 3;
}

bool gx_head_next(struct gx_head *head)
{
	/* All of it is kept until it is known what it is. */
	if (head->lines.at > GX_HEAD_MAX)
		gx_head_refuse(
			head,
			"more than 256 MiB of comments, metadata or blank lines: is "
			"there a table in it?");
	return gx_lines_next(&head->lines);
}

bool gx_head_look_ahead(struct gx_head *head, const char **line, size_t *nline)
{
	return gx_lines_look_ahead(&head->lines, 1, line, nline);
}

size_t gx_head_offset(const struct gx_head *head)
{
	const unsigned char *bytes;
	gx_input_visible(head->lines.in, &bytes);
	return (size_t)(head->lines.text - (const char *)bytes);
}

struct gx_head_mark gx_head_mark(const struct gx_head *head)
{
	return (struct gx_head_mark){ .lines = head->lines,
				      .offset = gx_head_offset(head) };
}

void gx_head_return(struct gx_head *head, const struct gx_head_mark *mark)
{
	const unsigned char *bytes;
	head->lines = mark->lines;
	/* The bytes may have moved. */
	gx_input_visible(head->lines.in, &bytes);
	head->lines.text = (const char *)bytes + mark->offset;
}

bool gx_head_is_comment(const struct gx_head *head)
{
	unsigned char c = head->reading->comment ? head->reading->comment : '#';
	return head->lines.n && (unsigned char)*head->lines.text == c;
}

bool gx_head_is_blank(const struct gx_head *head)
{
	const char *line = head->lines.text;
	size_t n = head->lines.n;
	if (head->reading->delimiter && head->reading->delimiter != GX_WHITESPACE)
		return gx_line_is_blank(line, n, head->reading->delimiter);
	return gx_line_is_blank(line, n, ',') || gx_line_is_blank(line, n, ';');
}

bool gx_head_line_begins(const struct gx_head *head, const char *text)
{
	size_t n = strlen(text);
	return head->lines.n >= n && memcmp(head->lines.text, text, n) == 0;
}

/* Control bytes but TAB, and CRs that end no line, are in no table. */
void gx_head_check_line(const struct gx_head *head)
{
	for (size_t i = 0; i < head->lines.n; i++) {
		unsigned char c = (unsigned char)head->lines.text[i];
		if (c == '\r')
			gx_head_refuse(head,
				       "lines end in CR alone, as on old Macs: convert "
				       "them: tr '\\r' '\\n'");
		bool is_gxm = c == 0x89 && i + 4 <= head->lines.n &&
			      memcmp(head->lines.text + i + 1, "GXM", 3) == 0;
		if ((c < 0x20 && c != '\t') || c == 0x7f || is_gxm)
			gx_head_refuse(
				head,
				"the byte %s is in no table: is this text, and whole? "
				"(GNU parallel's --tag spoils binary data)",
				gx_show(head->lines.text + i, 1));
	}
}

bool gx_head_try_split(const struct gx_head *head, int delimiter, struct gx_names *fields)
{
	const struct gx_parting parting = { .delimiter = delimiter };
	return gx_line_split(head->lines.text, head->lines.n, &parting, fields);
}

void gx_head_split(const struct gx_head *head, int delimiter, struct gx_names *fields)
{
	if (!gx_head_try_split(head, delimiter, fields))
		gx_head_refuse(head,
			       "a quote is not closed on this line, or text follows it");
}

void gx_head_refuse(const struct gx_head *head, const char *format, ...)
{
	char what[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", head->lines.in->name,
	       head->lines.number, what);
}
