/* SPDX-License-Identifier: MIT */
#include "plot/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/gx.h"
#include "base/utf8.h"
#include "number/number.h"

static void put(struct gx_json *json, const char *text)
{
	gx_output_write(json->out, text, strlen(text));
}

static void put_text(struct gx_json *json, const char *text)
{
	size_t n = strlen(text);
	put(json, "\"");
	for (size_t i = 0, length; i < n; i += length) {
		unsigned char c = (unsigned char)text[i];
		char piece[8];
		length = gx_utf8_length(text + i, n - i);
		bool control = c < 0x20 || c == 0x7f || gx_visible_length(text + i, n - i) == 0;
		/* Controls, and bytes that are no UTF-8, are written by number, as in Latin-1. */
		if (control && length == 2)
			c = (unsigned char)text[i + 1]; /* U+0080 to U+009F */
		if (control)
			snprintf(piece, sizeof piece, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			snprintf(piece, sizeof piece, "\\%c", c);
		else
			snprintf(piece, sizeof piece, "%.*s", (int)length, text + i);
		length = length ? length : 1;
		put(json, piece);
	}
	put(json, "\"");
}

/* The comma before an element, its line and its key. */
static void begin(struct gx_json *json, const char *key)
{
	if (json->depth) {
		bool *any = &json->any[json->depth - 1];
		put(json, *any ? ",\n" : "\n");
		for (unsigned i = 0; i < json->depth; i++)
			put(json, "  ");
		*any = true;
	}
	if (key) {
		put_text(json, key);
		put(json, ": ");
	}
}

void gx_json_open(struct gx_json *json, const char *key, char bracket)
{
	assert(json->depth < GX_JSON_DEPTH);
	begin(json, key);
	put(json, bracket == '{' ? "{" : "[");
	json->bracket[json->depth] = bracket == '{' ? '}' : ']';
	json->any[json->depth++] = false;
}

void gx_json_close(struct gx_json *json)
{
	char text[2] = { json->bracket[--json->depth], 0 };
	if (json->any[json->depth]) {
		put(json, "\n");
		for (unsigned i = 0; i < json->depth; i++)
			put(json, "  ");
	}
	put(json, text);
	if (json->depth == 0)
		put(json, "\n");
}

void gx_json_text(struct gx_json *json, const char *key, const char *text)
{
	begin(json, key);
	if (text)
		put_text(json, text);
	else
		put(json, "null");
}

void gx_json_real(struct gx_json *json, const char *key, double value)
{
	char text[GX_NUMBER_MAX + 1];
	*gx_number_print(value, text) = 0;
	begin(json, key);
	if (isnan(value))
		put(json, "null");
	else if (isinf(value))
		put_text(json, text);
	else
		put(json, text);
}

void gx_json_count(struct gx_json *json, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, value);
	begin(json, key);
	put(json, value == GX_UNKNOWN ? "null" : text);
}

void gx_json_flag(struct gx_json *json, const char *key, bool value)
{
	begin(json, key);
	put(json, value ? "true" : "false");
}
