/* SPDX-License-Identifier: MIT */
/*
 * The outputs of a run, known before its inputs are opened: none may be written over another
 * one, and no input may be read from a file that is written. Regular files are told by device
 * and inode, so that links and other spellings of a path hide nothing.
 */
#ifndef GX_OUTPUTS_H
#define GX_OUTPUTS_H

#include <stddef.h>
#include <sys/stat.h>

struct gx_output_name {
	const char *option; /* "--plot" */
	const char *path;   /* NULL: standard output, where the option is "-o"; else not asked for */
};

/*
 * Notes where an output will be written, if a regular file is there already. Standard output
 * is one that the shell opened. Nothing is opened, and what cannot be found is for
 * gx_output_open to tell. The path must live as long as inputs are opened.
 */
void gx_outputs_note(const struct gx_output_name *output);

/*
 * An input was opened, and `status` is what fstat(2) says of it: dies with exit 2 where it is
 * an output that was noted. Whoever opens a file that a user named calls this before reading.
 */
void gx_outputs_demand_other(const char *input, const struct stat *status);

/*
 * Dies with exit 2 where two of n outputs are one regular file, by whatever names, or would
 * become one. Devices and pipes may be written to twice. Notes all of them.
 */
void gx_outputs_check(const struct gx_output_name *output, size_t n);

#endif
