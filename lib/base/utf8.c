/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

size_t gx_utf8_length(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned char c = p[0];
	if (c < 0x80)
		return 1;
	size_t length = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	if (length == 0 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* The second byte tells what is too long a form, a surrogate, or beyond Unicode. */
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] >= 0xa0) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] >= 0x90))
		return 0;
	return length;
}

bool gx_is_utf8(const char *text, size_t n)
{
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_utf8_length(text + i, n - i);
		if (length == 0)
			return false;
	}
	return true;
}

size_t gx_visible_length(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length = gx_utf8_length(text, n);
	if (p[0] < 0x20 || p[0] == 0x7f || (length == 2 && p[0] == 0xc2 && p[1] < 0xa0))
		return 0;
	return length;
}

size_t gx_visible_line(const char *text, size_t n, char *out, size_t room)
{
	size_t at = 0;
	bool gap = false; /* a space is due before the next character */
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_utf8_length(text + i, n - i);
		bool good = length > 0;
		length = good ? length : 1;
		if (text[i] == ' ' || (good && !gx_visible_length(text + i, n - i))) {
			gap = at > 0;
			continue;
		}
		if (at + gap + length >= room)
			break;
		if (gap)
			out[at++] = ' ';
		memcpy(out + at, good ? text + i : "?", length);
		at += length;
		gap = false;
	}
	out[at] = 0;
	return at;
}

size_t gx_visible_copy(const char *text, size_t n, char *out, size_t room)
{
	size_t used = 0;
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_visible_length(text + i, n - i);
		bool shown = length > 0;
		length = shown ? length : 1;
		if (used + length >= room)
			break;
		memmove(out + used, shown ? text + i : "?", length);
		used += length;
	}
	out[used] = 0;
	return used;
}
