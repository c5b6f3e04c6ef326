/* SPDX-License-Identifier: MIT */
#include "command/filters.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "command/about.h"
#include "command/ask.h"

static const char prefix[] = "gx-";

/* ---- where they are ---- */

bool gx_own_directory(char path[GX_PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, GX_PATH_MAX - 1);
	if (n <= 0)
		return false;
	path[n] = 0;
	char *slash = strrchr(path, '/');
	if (!slash)
		return false;
	*slash = 0;
	return true;
}

/* {0} is before the first. */
struct place {
	bool own_given;
	const char *rest; /* of PATH */
};

/* The next directory, its own first; false behind the last. */
static bool next_place(struct place *place, char directory[GX_PATH_MAX])
{
	if (!place->own_given) {
		place->own_given = true;
		place->rest = getenv("PATH");
		if (gx_own_directory(directory))
			return true;
	}
	while (place->rest && *place->rest) {
		size_t n = strcspn(place->rest, ":");
		/* As for a shell, nothing means here. */
		int written = snprintf(directory, GX_PATH_MAX, "%.*s", n ? (int)n : 1,
				       n ? place->rest : ".");
		place->rest += n + (place->rest[n] == ':');
		if (written < GX_PATH_MAX)
			return true;
	}
	return false;
}

static bool is_program(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

bool gx_filter_path(const char *name, char path[GX_PATH_MAX])
{
	char directory[GX_PATH_MAX];
	for (struct place place = { 0 }; next_place(&place, directory);)
		if (snprintf(path, GX_PATH_MAX, "%s/%s", directory, name) < GX_PATH_MAX &&
		    is_program(path))
			return true;
	return false;
}

/* ---- what they are ---- */

static bool has(const struct gx_filters *filters, const char *name)
{
	for (size_t i = 0; i < filters->n; i++)
		if (strcmp(filters->filter[i].name, name) == 0)
			return true;
	return false;
}

/* Adds the marked programs of a directory that are not there yet. */
static void add_from(struct gx_filters *filters, const char *directory)
{
	DIR *dir = opendir(directory);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		char path[GX_PATH_MAX];
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
		    strlen(entry->d_name) >= GX_FILTER_NAME || has(filters, entry->d_name) ||
		    snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >=
			    (int)sizeof path ||
		    !is_program(path) || !gx_about_marked(path))
			continue;
		filters->filter = gx_reallocate(filters->filter, filters->n + 1,
						sizeof *filters->filter);
		struct gx_filter *filter = &filters->filter[filters->n++];
		*filter = (struct gx_filter){ .purpose = GX_PURPOSES };
		strcpy(filter->name, entry->d_name);
		filter->path = gx_allocate(strlen(path) + 1, 1);
		strcpy(filter->path, path);
	}
	closedir(dir);
}

/* Of "gx-means<TAB>compute<TAB>mean of each gene". */
static bool understand(struct gx_filter *filter, const char *answer)
{
	size_t n = strlen(filter->name);
	if (strncmp(answer, filter->name, n) != 0 || answer[n] != '\t')
		return false;
	const char *purpose = answer + n + 1, *about = strchr(purpose, '\t');
	if (!about)
		return false;
	size_t npurpose = (size_t)(about++ - purpose);
	for (int i = 0; i < GX_PURPOSES; i++)
		if (strncmp(purpose, gx_purpose_word(i), npurpose) == 0 &&
		    gx_purpose_word(i)[npurpose] == 0)
			filter->purpose = (enum gx_purpose)i;
	return gx_visible_line(about, strcspn(about, "\n"), filter->about,
			       sizeof filter->about) > 0;
}

/* As a study goes: a matrix, what is computed of it, the whole of the parts, the time. */
static int order(const void *a, const void *b)
{
	static const int rank[GX_PURPOSES + 1] = { [GX_PURPOSE_MAKE] = 1,
						   [GX_PURPOSE_COMPUTE] = 2,
						   [GX_PURPOSE_GATHER] = 3,
						   [GX_PURPOSE_MEASURE] = 4,
						   [GX_PURPOSES] = 5 };
	const struct gx_filter *p = a, *q = b;
	int difference = rank[p->purpose] - rank[q->purpose];
	return difference ? difference : strcmp(p->name, q->name);
}

/* Asks all of them, and keeps those that answer. */
static void ask(struct gx_filters *filters)
{
	struct gx_question *question = gx_allocate_zeroed(filters->n + 1, sizeof *question);
	const char *(*words)[3] = gx_allocate_zeroed(filters->n + 1, sizeof *words);
	for (size_t i = 0; i < filters->n; i++) {
		words[i][0] = filters->filter[i].name;
		words[i][1] = GX_ABOUT_OPTION;
		question[i].path = filters->filter[i].path;
		question[i].words = words[i];
	}
	gx_ask(question, filters->n);
	size_t kept = 0;
	for (size_t i = 0; i < filters->n; i++) {
		struct gx_filter *filter = &filters->filter[i];
		if (question[i].answer && understand(filter, question[i].answer))
			filters->filter[kept++] = *filter;
		else
			free(filter->path);
		free(question[i].answer);
	}
	filters->n = kept;
	free(question);
	free(words);
}

void gx_filters_find(struct gx_filters *filters)
{
	char directory[GX_PATH_MAX];
	*filters = (struct gx_filters){ 0 };
	for (struct place place = { 0 }; next_place(&place, directory);)
		add_from(filters, directory);
	ask(filters);
	if (filters->n)
		qsort(filters->filter, filters->n, sizeof *filters->filter, order);
}

void gx_filters_free(struct gx_filters *filters)
{
	for (size_t i = 0; i < filters->n; i++)
		free(filters->filter[i].path);
	free(filters->filter);
	*filters = (struct gx_filters){ 0 };
}
