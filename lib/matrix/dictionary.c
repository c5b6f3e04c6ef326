/* SPDX-License-Identifier: MIT */
#include "matrix/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "kernel/hash.h"

void gx_dictionary_free(struct gx_dictionary *dictionary)
{
	gx_names_free(&dictionary->names);
	free(dictionary->hash);
	free(dictionary->at);
	free(dictionary->slot);
	*dictionary = (struct gx_dictionary){ 0 };
}

/* The slot of a name, or the free one where it belongs. */
static size_t seek(const struct gx_dictionary *d, uint64_t hash, const char *name, size_t nname)
{
	size_t i = hash & (d->nslot - 1);
	for (; d->slot[i]; i = (i + 1) & (d->nslot - 1)) {
		size_t number = d->slot[i] - 1;
		if (d->hash[number] != hash)
			continue;
		const char *other = gx_dictionary_name(d, number);
		if (strlen(other) == nname && memcmp(other, name, nname) == 0)
			break;
	}
	return i;
}

/* Half of the slots are free, at least. */
static void grow(struct gx_dictionary *d)
{
	enum { FIRST = 1024 };
	d->room = d->room ? 2 * d->room : FIRST;
	d->nslot = 2 * d->room;
	d->hash = gx_reallocate(d->hash, d->room, sizeof *d->hash);
	d->at = gx_reallocate(d->at, d->room, sizeof *d->at);
	free(d->slot);
	d->slot = gx_allocate_zeroed(d->nslot, sizeof *d->slot);
	for (size_t number = 0; number < d->names.n; number++) {
		size_t i = d->hash[number] & (d->nslot - 1);
		while (d->slot[i])
			i = (i + 1) & (d->nslot - 1);
		d->slot[i] = (uint32_t)number + 1;
	}
}

uint32_t gx_dictionary_add(struct gx_dictionary *d, const char *name, size_t nname, bool *added)
{
	if (d->names.n == d->room)
		grow(d);
	uint64_t hash = XXH3_64bits(name, nname);
	size_t i = seek(d, hash, name, nname);
	if (added)
		*added = !d->slot[i];
	if (d->slot[i])
		return d->slot[i] - 1;
	size_t number = d->names.n;
	if (number >= GX_NOT_THERE - 1)
		gx_die(GX_EXIT_DATA, "more than 4 billion different names");
	d->hash[number] = hash;
	d->at[number] = d->names.nbyte;
	gx_names_add(&d->names, name, nname);
	d->slot[i] = (uint32_t)number + 1;
	return (uint32_t)number;
}

uint32_t gx_dictionary_find(const struct gx_dictionary *d, const char *name, size_t nname)
{
	if (!d->nslot)
		return GX_NOT_THERE;
	uint32_t slot = d->slot[seek(d, XXH3_64bits(name, nname), name, nname)];
	return slot ? slot - 1 : GX_NOT_THERE;
}
