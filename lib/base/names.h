/* SPDX-License-Identifier: MIT */
/*
 * Lists of names (of rows, of columns): bytes without NUL, one behind the other, each ended
 * by a NUL. An empty list of a matrix that has rows means implicit names, g1 g2 ... or
 * s1 s2 ...
 */
#ifndef GX_NAMES_H
#define GX_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gx_names {
	char *text; /* `n` names, NUL behind each; nbyte bytes in all */
	size_t n, nbyte;
	size_t room; /* bytes allocated; 0: the text is somebody else's */
};

/* {0} is an empty list. Freed, it is one again. */
void gx_names_free(struct gx_names *names);
void gx_names_clear(struct gx_names *names);

void gx_names_add(struct gx_names *names, const char *name, size_t nname);
/* Appends letter and number: the implicit name number `number`, counted from 1. */
void gx_names_add_implicit(struct gx_names *names, char letter, uint64_t number);
void gx_names_append(struct gx_names *names, const struct gx_names *more);
/* Room for n more names of nbyte bytes in all, their NULs included: gx_names_put may follow. */
void gx_names_reserve(struct gx_names *names, size_t nbyte);

static inline void gx_names_put(struct gx_names *names, const char *name, size_t nname)
{
	char *end = names->text + names->nbyte;
	__builtin_memcpy(end, name, nname);
	end[nname] = 0;
	names->nbyte += nname + 1;
	names->n++;
}

/* Equal in number, order and bytes. */
bool gx_names_equal(const struct gx_names *a, const struct gx_names *b);

/* Whether text[0 .. nbyte) is n names: ends in NUL and has n of them. */
bool gx_names_sound(const char *text, size_t nbyte, size_t n);

/* The name after `name` in its list; undefined behind the last one. */
static inline const char *gx_names_next(const char *name)
{
	return name + __builtin_strlen(name) + 1;
}

#endif
