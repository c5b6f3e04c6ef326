/* SPDX-License-Identifier: MIT */
/*
 * Where 10x data are: a directory with matrix.mtx, or, as GEO has them, one with a file
 * GSM1_matrix.mtx.gz, or with many.
 */
#define _DEFAULT_SOURCE /* scandir */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/market/files.h"
#include "format/market/market.h"

static const char *const matrix_names[] = { "matrix.mtx", "matrix.mtx.gz", "matrix.mtx.zst",
					    NULL };

char *gx_market_join(const char *beside, const char *name)
{
	size_t room = strlen(beside) + strlen(name) + 1;
	char *path = gx_allocate(room, 1);
	snprintf(path, room, "%s%s", beside, name);
	return path;
}

char *gx_market_file(const char *beside, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		char *path = gx_market_join(beside, names[i]);
		struct stat status;
		if (stat(path, &status) == 0)
			return path;
		free(path);
	}
	return NULL;
}

/* How long the name is before what a matrix is called; 0: it is called nothing else. */
static size_t prefix_length(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; matrix_names[i]; i++) {
		size_t m = strlen(matrix_names[i]);
		if (n > m && strcmp(name + n - m, matrix_names[i]) == 0)
			return n - m;
	}
	return 0;
}

/* Names with a point before them are no data: copies of macOS begin with ._ */
static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By bytes: the same order in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What is in a directory, as far as it is of account. */
struct listing {
	struct gx_names beside;	 /* what the files of each matrix in it begin with, as paths */
	struct gx_names deeper; /* directories in it that have a matrix */
	bool is_zarr;
};

static void list_entry(const char *directory, const char *name, struct listing *listing)
{
	char *path = gx_market_join(directory, name);
	size_t n = prefix_length(name);
	struct gx_names *list = &listing->beside;
	if (n) {
		n += strlen(directory);
		/* Plain and compressed beside each other are one, and follow each other. */
		const char *last = list->text;
		for (size_t i = 1; i < list->n; i++)
			last = gx_names_next(last);
		if (!list->n || strlen(last) != n || memcmp(last, path, n) != 0)
			gx_names_add(list, path, n);
	} else {
		char *inside = gx_market_join(path, "/");
		char *matrix = gx_market_file(inside, matrix_names);
		if (matrix)
			gx_names_add(&listing->deeper, path, strlen(path));
		free(matrix);
		free(inside);
	}
	listing->is_zarr |= strcmp(name, "zarr.json") == 0;
	free(path);
}

static void list_directory(const char *directory, struct listing *listing)
{
	static const char *const zarr[] = { ".zgroup", ".zarray", ".zattrs", NULL };
	struct dirent **entry;
	*listing = (struct listing){ .is_zarr = false };
	int n = scandir(directory, &entry, is_visible, by_name);
	if (n < 0)
		gx_die_errno("%s", directory);
	for (int i = 0; i < n; i++) {
		list_entry(directory, entry[i]->d_name, listing);
		free(entry[i]);
	}
	free(entry);
	char *hidden = gx_market_file(directory, zarr);
	listing->is_zarr |= hidden != NULL;
	free(hidden);
}

/* Paths with blanks between them, as many as a message has room for. */
static const char *join_paths(const struct gx_names *paths, char out[2048])
{
	size_t n = 0;
	const char *p = paths->text;
	for (size_t i = 0; i < paths->n; i++, p = gx_names_next(p)) {
		const char *quote = strpbrk(p, " \t\"$`\\*?()[]&;|<>#~") ? "'" : "";
		if (n + strlen(p) + 10 > 2048) {
			strcpy(out + n, " ...");
			break;
		}
		n += (size_t)sprintf(out + n, "%s%s%s%s", i ? " " : "", quote, p, quote);
	}
	return out;
}

GX_NORETURN GX_COLD static void refuse_directory(const char *path,
						 const struct listing *listing)
{
	char list[2048] = "";
	if (listing->is_zarr)
		gx_die(GX_EXIT_DATA,
		       "%s: a Zarr store, not a matrix that gx reads: write it as a table, with "
		       "anndata: anndata.read_zarr('DIR').to_df().T.to_csv('x.csv')",
		       path);
	if (listing->deeper.n)
		gx_die(GX_EXIT_DATA,
		       "%s: a directory without matrix.mtx (or .gz): only those of 10x are read: "
		       "name one in it: %s",
		       path, join_paths(&listing->deeper, list));
	gx_die(GX_EXIT_DATA,
	       "%s: a directory without matrix.mtx (or .gz): only those of 10x are read", path);
}

char *gx_market_find(const char *path, char **beside)
{
	struct stat status;
	char *matrix, list[2048];
	bool there = stat(path, &status) == 0;
	if (!*path || (there && !S_ISDIR(status.st_mode)))
		return NULL;
	size_t n = strlen(path);
	*beside = gx_market_join(path, there && n && path[n - 1] != '/' ? "/" : "");
	matrix = gx_market_file(*beside, matrix_names);
	if (matrix)
		return matrix;
	if (!there) {
		free(*beside);
		*beside = NULL;
		return NULL;
	}
	struct listing listing;
	list_directory(*beside, &listing);
	if (listing.beside.n == 0)
		refuse_directory(path, &listing);
	if (listing.beside.n > 1)
		gx_die_usage("%s: %zu matrices are in it: name one by what its files begin with: %s",
			     path, listing.beside.n, join_paths(&listing.beside, list));
	free(*beside);
	*beside = gx_market_join(listing.beside.text, "");
	gx_names_free(&listing.beside);
	gx_names_free(&listing.deeper);
	return gx_market_file(*beside, matrix_names);
}
