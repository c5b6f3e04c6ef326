/* SPDX-License-Identifier: MIT */
/* Words that stand above names: the one table of what a corner cell may be called. */
#ifndef GX_TABLE_ID_WORDS_H
#define GX_TABLE_ID_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a header's cell is a word that names ids, such as "Gene ID", "ID_REF" or "X".
 * Case, blanks and punctuation do not count. The empty cell is none.
 */
bool gx_is_id_word(const char *name, size_t nname);

#endif
