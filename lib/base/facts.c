/* SPDX-License-Identifier: MIT */
#include "base/facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void gx_facts_free(struct gx_facts *facts)
{
	gx_names_free(&facts->list);
}

void gx_facts_append(struct gx_facts *facts, const struct gx_facts *more)
{
	gx_names_append(&facts->list, &more->list);
}

void gx_facts_tell(struct gx_facts *facts, const char *key, const char *format, ...)
{
	char value[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	gx_names_add(&facts->list, key, strlen(key));
	gx_names_add(&facts->list, value, strlen(value));
}

void gx_facts_count(struct gx_facts *facts, const char *key, uint64_t n)
{
	if (n == GX_UNKNOWN)
		gx_facts_tell(facts, key, ".");
	else
		gx_facts_tell(facts, key, "%" PRIu64, n);
}

bool gx_facts_next(const struct gx_facts *facts, struct gx_fact *fact)
{
	const struct gx_names *list = &facts->list;
	if (list->n == 0)
		return false;
	const char *next = fact->value ? gx_names_next(fact->value) : list->text;
	if (next == list->text + list->nbyte)
		return false;
	fact->key = next;
	fact->value = gx_names_next(next);
	return true;
}

const char *gx_facts_find(const struct gx_facts *facts, const char *key)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(facts, &f);)
		if (strcmp(f.key, key) == 0)
			return f.value;
	return NULL;
}
