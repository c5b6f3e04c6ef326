/* SPDX-License-Identifier: MIT */
/*
 * Bytes out: standard output, or a file that appears under its name only when it is whole.
 * A regular FILE is written as FILE.gxtmp.PID beside it and renamed by gx_output_close; a
 * device, a fifo and a descriptor (/dev/stdout, /dev/fd/N) are written directly. Several may
 * be open at a time. All functions die with exit 3 on an I/O error.
 */
#ifndef GX_OUTPUT_H
#define GX_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gx_format { GX_FORMAT_UNSET, GX_TSV, GX_CSV, GX_GXM, GX_NPY, GX_EDGES };

/* What -o, -f, -b, -H, --digits, --top and --min say. */
struct gx_output_options {
	const char *path;   /* NULL: standard output */
	const char *option; /* what asked for it, for messages; NULL: -o */
	enum gx_format format;
	bool no_header;
	unsigned digits; /* of text: at most so many, 1 to 17; 0: the shortest that read back */
	/* Of the edges of a network: the `top` largest (0: all), those that reach `minimum`. */
	uint64_t top;
	bool has_minimum;
	double minimum;
};

/*
 * The format that a matrix is to be written in: by -f or -b, else by the extension of the file
 * in any case, else text. Dies with exit 2 at an extension of a format that gx does not write
 * (.xlsx). Whoever reads long before it opens its writer calls this first.
 */
enum gx_format gx_output_format(const struct gx_output_options *options);

struct gx_output;

/*
 * Opens the output. `binary` refuses a terminal (exit 2); a directory is exit 2 as well.
 */
struct gx_output *gx_output_open(const struct gx_output_options *options, bool binary);

/*
 * Dies as gx_output_open would, as far as that can be told without making anything: for
 * what is written at the end of a long run, and for --explain.
 */
void gx_output_check(const char *option, const char *path);

/* For messages: the path, or "<stdout>". */
const char *gx_output_name(const struct gx_output *out);

/* Whether it goes to a terminal. */
bool gx_output_is_terminal(const struct gx_output *out);

/* Appends; bytes are gathered to large writes, and one call's bytes stay together. */
void gx_output_write(struct gx_output *out, const void *bytes, size_t n);

/* Whether gx_output_patch works: a regular file, not opened for appending. */
bool gx_output_can_patch(const struct gx_output *out);
/* Overwrites bytes that were written before, at an offset from the first byte written. */
void gx_output_patch(struct gx_output *out, uint64_t offset, const void *bytes, size_t n);

/* Hands on what is gathered so far: for a reader at the other end of a pipe. */
void gx_output_flush(struct gx_output *out);

/* Writes what is left, checks that it was taken, gives the file its name. */
void gx_output_close(struct gx_output *out);

#endif
