/* SPDX-License-Identifier: MIT */
/* What the library says when it fails, as a user needs it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hdf5/confined/file.h"

void gx_hdf5_refuse(const struct gx_hdf5_file *file, enum gx_exit code, const char *format, ...)
{
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (code == GX_EXIT_USAGE)
		gx_die_usage("%s: %s", file->name, text);
	gx_die(code, "%s: %s", file->name, text);
}

/* What the records of the error stack tell, taken together. */
struct cause {
	bool truncated, open_for_write, newer, checksum, filter;
	uint64_t end, stored_end; /* of truncated */
};

/* The number behind a word of the library's message; 0. */
static uint64_t number_behind(const char *text, const char *word)
{
	const char *p = strstr(text, word);
	return p ? strtoull(p + strlen(word), NULL, 10) : 0;
}

static bool begins_with(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static herr_t look_at(unsigned n, const H5E_error2_t *error, void *context)
{
	(void)n;
	struct cause *cause = context;
	const char *text = error->desc ? error->desc : "";
	const char *function = error->func_name ? error->func_name : "";
	if (error->min_num == H5E_TRUNCATED || strstr(text, "truncated file")) {
		cause->truncated = true;
		cause->end = number_behind(text, "eof = ");
		cause->stored_end = number_behind(text, "stored_eof = ");
	}
	cause->open_for_write |= strstr(text, "already open for write") != NULL;
	cause->newer |= strstr(text, "version") && (strstr(text, "bad ") || strstr(text, "unknown ") ||
						    strstr(text, "wrong "));
	cause->checksum |= begins_with(function, "H5Z_filter_fletcher32") ||
			   begins_with(function, "H5Z__filter_fletcher32");
	cause->filter |= begins_with(function, "H5Z");
	return 0;
}

#define AGAIN "fetch it again, or write it again"

/* Which rows, behind a path. */
static void place(char out[64], uint64_t first, uint64_t nrow)
{
	out[0] = 0;
	if (nrow)
		snprintf(out, 64, ", rows %" PRIu64 " to %" PRIu64, first + 1, first + nrow);
}

enum gx_exit gx_hdf5_explain(const struct gx_hdf5_file *file, const char *path, uint64_t first,
			     uint64_t nrow, char *out, size_t room)
{
	struct cause cause = { 0 };
	char rows[64];
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look_at, &cause);
	place(rows, first, nrow);
	if (file->bytes->error) {
		snprintf(out, room, ": %s", strerror(file->bytes->error));
		return GX_EXIT_IO;
	}
	if (cause.truncated && cause.stored_end)
		snprintf(out, room,
			 ": cut off: %" PRIu64 " of %" PRIu64 " bytes are there: fetch it again",
			 file->size, cause.stored_end + (file->size > cause.end ? file->size - cause.end
										 : 0));
	else if (cause.truncated)
		snprintf(out, room, ": cut off: fetch it again");
	else if (cause.open_for_write || file->open_for_write)
		snprintf(out, room,
			 ": not closed by its writer: h5clear -s FILE on a copy of it, or write it "
			 "again");
	else if (cause.checksum)
		snprintf(out, room, ": wrong checksum in %s%s: " AGAIN, path ? path : "the file", rows);
	else if (cause.newer && !nrow)
		snprintf(out, room,
			 ": HDF5: %s is damaged, or of a newer HDF5: copy it with that one's h5repack, "
			 "-f makes it write all anew: h5repack -f GZIP=1 FILE NEW",
			 path ? path : "the file");
	else if (path)
		snprintf(out, room, ": damaged: %s%s: " AGAIN, path, rows);
	else
		snprintf(out, room, ": HDF5: the file is damaged: " AGAIN);
	return GX_EXIT_DATA;
}

void gx_hdf5_failed(const struct gx_hdf5_file *file, const char *path)
{
	char text[1536];
	enum gx_exit code = gx_hdf5_explain(file, path, 0, 0, text, sizeof text);
	gx_die(code, "%s%s", file->name, text);
}
