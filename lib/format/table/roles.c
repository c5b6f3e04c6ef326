/* SPDX-License-Identifier: MIT */
#include "format/table/roles.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A list with commas between; one that is longer ends in three points. */
struct list {
	char text[1024];
	size_t n;
	bool full;
};

GX_PRINTF(2, 3) static void add(struct list *list, const char *format, ...)
{
	enum { MOST = 1000 };
	char item[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(item, sizeof item, format, arguments);
	va_end(arguments);
	const char *comma = list->n ? "," : "";
	list->full |= list->n + strlen(item) + 1 > MOST;
	if (!list->full)
		list->n += (size_t)sprintf(list->text + list->n, "%s%s", comma, item);
}

static const char *text_of(struct list *list)
{
	if (list->full)
		strcpy(list->text + list->n, ",...");
	return list->n || list->full ? list->text : "none";
}

void gx_roles_tell_names(const struct gx_names *names, const char *key, struct gx_facts *facts)
{
	struct list list = { .n = 0 };
	const char *name = names->text;
	for (size_t i = 0; i < names->n && !list.full; i++, name = gx_names_next(name))
		add(&list, "%.200s", name);
	gx_facts_tell(facts, key, "%s", text_of(&list));
}

/* 3-5,7 */
static void tell_values(const struct gx_dialect *d, const char *key, struct gx_facts *facts)
{
	struct list list = { .n = 0 };
	for (size_t i = 0; i < d->nfield && !list.full; i++) {
		size_t first = i;
		if (d->field[i] != GX_FIELD_VALUE)
			continue;
		while (i + 1 < d->nfield && d->field[i + 1] == GX_FIELD_VALUE)
			i++;
		if (i == first)
			add(&list, "%zu", i + 1);
		else
			add(&list, "%zu-%zu", first + 1, i + 1);
	}
	gx_facts_tell(facts, key, "%s", text_of(&list));
}

static void tell_id(const struct gx_dialect *d, struct gx_facts *facts)
{
	if (d->name_field == SIZE_MAX) {
		gx_facts_tell(facts, "id_column", "none");
		return;
	}
	gx_facts_tell(facts, "id_column", "%zu", d->name_field + 1);
	if (d->names.n <= d->name_field)
		return;
	const char *name = d->names.text;
	for (size_t i = 0; i < d->name_field; i++)
		name = gx_names_next(name);
	if (*name)
		gx_facts_tell(facts, "id_column_name", "%s", name);
}

void gx_roles_tell(const struct gx_dialect *d, const char *values, struct gx_facts *facts)
{
	tell_id(d, facts);
	gx_roles_tell_names(&d->skipped, "skipped_columns", facts);
	tell_values(d, values, facts);
}
