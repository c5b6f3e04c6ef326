/* SPDX-License-Identifier: MIT */
/* A directory as 10x writes it: a matrix, and the names of its rows and columns. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "bytes/lines.h"
#include "format/market/market.h"

/* The path of the first of the names that is there; to be freed, or NULL. */
static char *find_file(const char *directory, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		size_t room = strlen(directory) + strlen(names[i]) + 2;
		char *path = gx_allocate(room, 1);
		snprintf(path, room, "%s/%s", directory, names[i]);
		struct stat status;
		if (stat(path, &status) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *gx_market_find(const char *directory)
{
	static const char *const names[] = { "matrix.mtx", "matrix.mtx.gz",
					     "matrix.mtx.zst", NULL };
	return find_file(directory, names);
}

/* Reads one TAB-separated column, numbered from 1, of a file of names. */
static void read_names(const char *path, uint64_t column, uint64_t n, const char *what,
		       struct gx_names *names)
{
	struct gx_input *in = gx_input_open(path);
	struct gx_lines l = { .in = in };
	uint64_t count = 0;
	while (gx_lines_next(&l)) {
		const char *p = l.text, *end = p + l.n;
		for (uint64_t k = 1; k < column; k++) {
			p = memchr(p, '\t', (size_t)(end - p));
			if (!p)
				gx_die(GX_EXIT_DATA,
				       "%s:%" PRIu64 ": it has no column %" PRIu64
				       " (--id-column)",
				       path, l.number, column);
			p++;
		}
		const char *stop = memchr(p, '\t', (size_t)(end - p));
		stop = stop ? stop : end;
		for (const char *q = p; q < stop; q++)
			if ((unsigned char)*q < 0x20 || *q == 0x7f)
				gx_die(GX_EXIT_DATA,
				       "%s:%" PRIu64 ": a control byte in a name: %s",
				       path, l.number, gx_show(p, (size_t)(stop - p)));
		/* Those that are too many are counted for the message, and not kept. */
		if (count++ < n)
			gx_names_add(names, p, (size_t)(stop - p));
	}
	if (count != n)
		gx_die(GX_EXIT_DATA,
		       "%s: %" PRIu64 " names where the matrix has %" PRIu64
		       " %s: these files do not belong together",
		       path, count, n, what);
	gx_input_close(in);
}

/* The column of a features file that names the rows; false: none does. */
static bool name_column(const char *directory, const char *id, uint64_t *column)
{
	*column = 1;
	if (!id)
		return true;
	if (strcmp(id, "none") == 0)
		return false;
	if (!gx_decimal_read(id, strlen(id), column) || *column == 0)
		gx_die_usage("%s: --id-column %s: of a 10x directory it is the number of a column of "
			     "its features or genes file, or none",
			     directory, id);
	return true;
}

void gx_market_names_read(const char *directory, const char *id, bool head_only,
			  struct gx_market_names *names)
{
	static const char *const features[] = { "features.tsv",
						"features.tsv.gz",
						"features.tsv.zst",
						"genes.tsv",
						"genes.tsv.gz",
						"genes.tsv.zst",
						NULL };
	static const char *const barcodes[] = { "barcodes.tsv", "barcodes.tsv.gz",
						"barcodes.tsv.zst", NULL };
	uint64_t column;
	bool named = name_column(directory, id, &column);
	char *path = find_file(directory, features);
	if (!path)
		gx_die(GX_EXIT_DATA,
		       "%s: no features.tsv or genes.tsv (or .gz, .zst) beside the matrix: name the "
		       "matrix file itself to do without names",
		       directory);
	if (named && !head_only)
		read_names(path, column, names->nrow, "rows", &names->rows);
	free(path);
	path = find_file(directory, barcodes);
	if (!path)
		gx_die(GX_EXIT_DATA,
		       "%s: no barcodes.tsv (or .gz, .zst) beside the matrix: name the matrix file "
		       "itself to do without names",
		       directory);
	if (!head_only)
		read_names(path, 1, names->ncol, "columns", &names->columns);
	free(path);
	names->named = head_only ? named : names->rows.n > 0;
}
