/* SPDX-License-Identifier: MIT */
/* What programs measure of one sample, as they name the columns of it. */
#ifndef GX_TABLE_MEASURES_H
#define GX_TABLE_MEASURES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether this is the name of a measure and of no sample: "TPM", "NumReads". */
bool gx_is_measure(const char *name);

/* A measure of a sample that is named: "A_TPM", "TPM.A". */
struct gx_measured {
	const char *measure; /* as the table of measures has it: the same pointer is the same one */
	const char *sample;  /* within the name: nsample bytes, at least one */
	size_t nsample;
};

/*
 * Parts a name into a sample and a measure, the last words of it or else the first ones; ".",
 * "_" and a blank part words. False where there are not both.
 */
bool gx_measure_part(const char *name, struct gx_measured *measured);

/* Whether of one sample there are two measures; sorts the n names by their samples. */
bool gx_measures_differ(struct gx_measured *measured, size_t n);

#endif
