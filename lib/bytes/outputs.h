/* SPDX-License-Identifier: MIT */
/* The outputs of a run that has several: none may be written over another one. */
#ifndef GX_OUTPUTS_H
#define GX_OUTPUTS_H

#include <stddef.h>

struct gx_output_name {
	const char *option; /* "--plot" */
	const char *path;   /* NULL: standard output, where the option is "-o"; else not asked for */
};

/*
 * Dies with exit 2 where two of n outputs are one regular file, by whatever names, or would
 * become one. Devices and pipes may be written to twice.
 */
void gx_outputs_check(const struct gx_output_name *output, size_t n);

#endif
