/* SPDX-License-Identifier: MIT */
/* UTF-8, and the one filter for text of others that a terminal is to show. */
#ifndef GX_UTF8_H
#define GX_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of the character that begins at text[0], of n > 0 bytes: 1 to 4; 0 where the
 * bytes are no UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF).
 */
size_t gx_utf8_length(const char *text, size_t n);

/* Whether all n bytes are UTF-8. */
bool gx_is_utf8(const char *text, size_t n);

/*
 * The length of the character at text[0] when a terminal would only show it; 0 where the
 * byte has to be told by number instead: a control (below U+0020, U+007F to U+009F) or a
 * byte that is no UTF-8.
 */
size_t gx_visible_length(const char *text, size_t n);

/*
 * Writes the n bytes at `text` for a terminal, and a 0 byte: a byte that has to be told by
 * number becomes a question mark. At most room - 1 bytes, of whole characters, are kept.
 * Returns how many there are. `out` may be `text`.
 */
size_t gx_visible_copy(const char *text, size_t n, char *out, size_t room);

/*
 * Writes the n bytes at `text` as one line that a terminal would only show, and a 0 byte: runs of
 * blanks and controls become one space, with none at either end, and a byte that is no UTF-8
 * becomes a question mark. At most room - 1 bytes, of whole characters, are kept. Returns how
 * many there are.
 */
size_t gx_visible_line(const char *text, size_t n, char *out, size_t room);

#endif
