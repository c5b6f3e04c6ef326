/* SPDX-License-Identifier: MIT */
/*
 * Writes JSON, token by token, with commas and layout.
 *
 *	struct gx_json json = { .out = out };
 *	gx_json_open(&json, NULL, '{');
 *	gx_json_text(&json, "name", "g1");
 *	gx_json_open(&json, "sums", '[');
 *	gx_json_real(&json, NULL, 1.5);             NULL: an element of an array
 *	gx_json_close(&json);
 *	gx_json_close(&json);                       {"name": "g1", "sums": [1.5]} and LF
 */
#ifndef GX_JSON_H
#define GX_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/output.h"

enum { GX_JSON_DEPTH = 8 };

struct gx_json {
	struct gx_output *out;
	unsigned depth;
	char bracket[GX_JSON_DEPTH]; /* what closes each level */
	bool any[GX_JSON_DEPTH];     /* whether it has an element already */
};

/* bracket: '{' or '['. Elements of objects have a key, those of arrays NULL. */
void gx_json_open(struct gx_json *json, const char *key, char bracket);
void gx_json_close(struct gx_json *json);

/* Controls, and bytes that are no UTF-8, are written as \u00XX. NULL is null. */
void gx_json_text(struct gx_json *json, const char *key, const char *text);
/* JSON has no NaN and no infinity: NaN is null, an infinity is the string Inf or -Inf. */
void gx_json_real(struct gx_json *json, const char *key, double value);
/* GX_UNKNOWN is null. */
void gx_json_count(struct gx_json *json, const char *key, uint64_t value);
void gx_json_flag(struct gx_json *json, const char *key, bool value);

#endif
