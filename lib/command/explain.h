/* SPDX-License-Identifier: MIT */
/*
 * --explain: what a run would do, told before anything is done. Facts are gathered while
 * the input is opened, and printed where the output would be opened; nothing is created or
 * changed. A command that does not speak of itself is explained as far as its options and
 * its input go (struct gx_command, explains); one that does goes on like this:
 *
 *	reader = gx_cli_open(&common);
 *	if (common.explain) {
 *		gx_explain_reader(&common, reader, &source);   what the input is
 *		gx_source_add_step(&source, "mean");
 *		gx_explain_source(&source);       which part it is of, and the work
 *		gx_explain_writer(&common.output, &matrix);    the output; exit 0
 *	}
 *
 * or ends by gx_explain_end, where it would open its output itself.
 */
#ifndef GX_EXPLAIN_H
#define GX_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/output.h"
#include "matrix/matrix.h"
#include "stream/reader.h"

/* Called by gx_cli_parse when --explain was given; `output` must outlive the process. */
void gx_explain_start(int nthread, const struct gx_output_options *output);

struct gx_common;

/*
 * Tells what the input is, what of it is read and what that needs, and leaves in *source
 * what gx_reader_source would say at the end, as far as it is known.
 */
void gx_explain_reader(const struct gx_common *common, const struct gx_reader *reader,
		       struct gx_source *source);

/* The same of an input that is no matrix. */
void gx_explain_facts(const struct gx_facts *facts);

/* A key and its value, printf-like; a count, "." when it is GX_UNKNOWN. */
void gx_explain_tell(const char *key, const char *format, ...) GX_PRINTF(2, 3);
void gx_explain_count(const char *key, uint64_t n);

/* Which part of which input, and what is done to it: kept for gx_explain_writer, too. */
void gx_explain_source(const struct gx_source *source);

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

/* The same for a matrix that would be written. */
void gx_explain_writer(const struct gx_output_options *options, const struct gx_matrix *matrix)
	GX_NORETURN GX_COLD;

#endif
