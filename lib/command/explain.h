/* SPDX-License-Identifier: MIT */
/*
 * --explain: what a run would do, told before anything is done. Facts are gathered while
 * the input is opened, and printed where the output would be opened; nothing is created or
 * changed. A command that does not speak of itself is explained as far as its options and
 * its input go (struct gx_command, explains); one that does goes on like this:
 *
 *	reader = gx_reader_open(&common);
 *	if (common.explain) {
 *		gx_reader_explain(reader, &source);   tells what the input is
 *		gx_source_add_step(&source, "mean");
 *		gx_explain_source(&source);           tells of which part it is, and the work
 *	}
 *	writer = gx_writer_open(...);                 tells of the output, and ends with exit 0
 *
 * or ends by gx_explain_end, where it would open its output itself.
 */
#ifndef GX_EXPLAIN_H
#define GX_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/output.h"
#include "matrix/matrix.h"

/* Called by gx_cli_parse when --explain was given; `output` must outlive the process. */
void gx_explain_start(int nthread, const struct gx_output_options *output);

/* Whether it was. The functions below are for that case alone. */
bool gx_explain_asked(void);

/* A key and its value, printf-like; a count, "." when it is GX_UNKNOWN. */
void gx_explain_tell(const char *key, const char *format, ...) GX_PRINTF(2, 3);
void gx_explain_count(const char *key, uint64_t n);

/* Which part of which input, and what is done to it: kept for the writer, too. */
void gx_explain_source(const struct gx_source *source);
/* NULL when nobody told. */
const struct gx_source *gx_explain_known_source(void);

/*
 * The estimate of the memory: a piece of the input, which each slot of the pipeline holds;
 * what is made of each of its rows; and what there is once.
 */
void gx_explain_piece(uint64_t nrow, uint64_t nbyte);
void gx_explain_each_row(uint64_t nbyte);
void gx_explain_memory(uint64_t nbyte);

/*
 * Looks whether the output can be made, by the rules and with the messages of
 * gx_output_open but for what standard output is: the explanation itself goes there.
 * Prints all that was told, with threads, SIMD level, memory and output. Ends the process
 * with exit 0. `format` is what the output will be, "tsv" or "record"; its size in bytes
 * may be GX_UNKNOWN.
 */
void gx_explain_end(const char *format, uint64_t nbyte) GX_NORETURN GX_COLD;

#endif
