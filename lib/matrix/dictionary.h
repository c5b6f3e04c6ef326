/* SPDX-License-Identifier: MIT */
/* Different names, numbered from 0 in the order in which they were added. */
#ifndef GX_DICTIONARY_H
#define GX_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"

struct gx_dictionary {
	struct gx_names names;
	uint64_t *hash; /* XXH3-64 of each name */

	/* private */
	size_t *at;	/* where each name begins in names.text */
	uint32_t *slot; /* number + 1; 0: free */
	size_t nslot, room;
};

/* {0} is an empty one. Freed, it is one again. */
void gx_dictionary_free(struct gx_dictionary *dictionary);

/* The number of a name, which is added where it is not there yet; *added tells (or is NULL). */
uint32_t gx_dictionary_add(struct gx_dictionary *dictionary, const char *name, size_t nname,
			   bool *added);

#define GX_NOT_THERE UINT32_MAX

/* The number of a name; GX_NOT_THERE. */
uint32_t gx_dictionary_find(const struct gx_dictionary *dictionary, const char *name,
			    size_t nname);

/* Valid until the next one is added. */
static inline const char *gx_dictionary_name(const struct gx_dictionary *dictionary, size_t number)
{
	return dictionary->names.text + dictionary->at[number];
}

#endif
