/* SPDX-License-Identifier: MIT */
/* How a text table is to be read, as the user says it. All unset: as its head says. */
#ifndef GX_READING_H
#define GX_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GX_WHITESPACE = 256 }; /* a delimiter: any run of spaces and TABs */

struct gx_reading {
	int delimiter; /* a byte, or GX_WHITESPACE; 0: by the header line */
	uint64_t skip_lines; /* lines that are passed over before anything is recognised */
	unsigned char comment; /* begins a comment above the table; 0: '#' */
	bool no_header;	       /* the first line is a row */
	bool header;	       /* the first line is the header, whatever it looks like */
	const char *id_column;	  /* NAME, N or "none" */
	const char *skip_columns; /* a LIST (columns.h) */
	const char *columns;	  /* a LIST: the values; for every format */
	bool all_columns;	  /* what is left are samples, whatever they are called */
	const char *na;		  /* TOKEN,...: missing as well */
	bool transposed;
	bool decimal_comma;
	bool skip_blank;
	bool trailing_delimiter;
	const char *feature_type; /* KIND,... or "all": of 10x alone, whose rows it chooses */
	const char *dataset;	   /* of HDF5: the path in the file of what is read */
	const char *sample_column; /* of HDF5: NAME of what names the samples, or "none" */
};

/* The first of these options that was given, "--delimiter"; NULL: none. */
const char *gx_reading_given(const struct gx_reading *reading);

/*
 * Writes what was asked for in one form ("" for nothing): it is part of a text's identity,
 * because it decides what its numbers are. Two that differ have two forms. To be freed.
 */
char *gx_reading_describe(const struct gx_reading *reading);

#endif
