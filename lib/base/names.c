/* SPDX-License-Identifier: MIT */
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/decimal.h"


void gx_names_free(struct gx_names *names)
{
	if (names->room)
		free(names->text);
	*names = (struct gx_names){ 0 };
}

void gx_names_clear(struct gx_names *names)
{
	names->n = names->nbyte = 0;
}

void gx_names_reserve(struct gx_names *names, size_t nbyte)
{
	size_t want = names->nbyte + nbyte;
	if (want <= names->room)
		return;
	size_t room = want < 2 * names->room ? 2 * names->room : want;
	room = room < 256 ? 256 : room;
	names->text = gx_reallocate(names->room ? names->text : NULL, room, 1);
	names->room = room;
}

void gx_names_add(struct gx_names *names, const char *name, size_t nname)
{
	gx_names_reserve(names, nname + 1);
	gx_names_put(names, name, nname);
}

void gx_names_add_implicit(struct gx_names *names, char letter, uint64_t number)
{
	char name[24] = { letter };
	gx_names_add(names, name, (size_t)(gx_count_print(number, name + 1) - name));
}

void gx_names_append(struct gx_names *names, const struct gx_names *more)
{
	if (!more->n)
		return;
	gx_names_reserve(names, more->nbyte);
	memcpy(names->text + names->nbyte, more->text, more->nbyte);
	names->nbyte += more->nbyte;
	names->n += more->n;
}

bool gx_names_equal(const struct gx_names *a, const struct gx_names *b)
{
	return a->n == b->n && a->nbyte == b->nbyte &&
	       (a->nbyte == 0 || memcmp(a->text, b->text, a->nbyte) == 0);
}

bool gx_names_sound(const char *text, size_t nbyte, size_t n)
{
	if (nbyte == 0 || text[nbyte - 1] != 0)
		return n == 0 && nbyte == 0;
	size_t count = 0;
	for (const char *p = text; p < text + nbyte; p = gx_names_next(p))
		count++;
	return count == n;
}
