/* SPDX-License-Identifier: MIT */
/* gx-convert: reads a matrix of any format and writes it in any, transposed if asked. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/transposer.h"
#include "command/cli.h"
#include "command/explain.h"
#include "command/network.h"
#include "format/triangle/part.h"
#include "hdf5/hdf5.h"
#include "network/whole.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	bool transpose, triangle;
	enum gx_symmetrize symmetrize;
};

static const struct gx_option options[] = {
	{ 0, "transpose", NULL,
	  "rows become columns; more than 8 MiB goes through a file in TMPDIR",
	  gx_set_flag, offsetof(struct arguments, transpose), 0 },
	{ 0, "triangle", NULL, "make a network of a symmetric matrix: its triangle alone is kept",
	  gx_set_flag, offsetof(struct arguments, triangle), 0 },
	{ 0, "symmetrize", "HOW", GX_SYMMETRIZE_HELP, gx_set_symmetrize,
	  offsetof(struct arguments, symmetrize), 0 },
};

static const struct gx_option_words words[] = { { "symmetrize", "lower mean" }, { NULL, NULL } };

static const struct gx_command command = {
	.name = "gx-convert",
	.about = "write a matrix in another format",
	.usage = "[OPTION ...] [MATRIX ...]",
	.summary =
		"Writes a matrix in another format. The numbers, their digest and the names stay\n"
		"the same.",
	.example = { "gx-convert -o m.gxm counts.tsv",
		      "gx-convert --transpose -o cells.tsv counts.tsv" },
	.purpose = GX_PURPOSE_MAKE,
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_HDF5 | GX_CLI_OUTPUT | GX_CLI_NETWORK | GX_CLI_PART,
	.explains = true,
};

/* ---- row by row ---- */

static void encode(void *context, const struct gx_rows *rows, void *piece)
{
	gx_writer_encode(context, rows, piece);
}

static void put(void *context, const struct gx_rows *rows, void *piece)
{
	gx_writer_put(context, rows, piece);
}

static void release(void *context, void *piece)
{
	(void)context;
	gx_piece_free(piece);
}

/*
 * A whole becomes a new source. A part keeps the facts of its source, even if --part has all
 * rows: the other parts are empty then, and keep them too.
 */
static void describe(const struct gx_reader *reader, bool part, struct gx_matrix *to)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	*to = (struct gx_matrix){ .ncol = from->ncol };
	gx_names_append(&to->columns, &from->columns);
	gx_reader_derive(reader, NULL, to);
	if (from->layout != GX_FULL) {
		/* A network is what it is, whoever writes it again. */
		to->layout = from->layout;
		to->network = from->network;
		to->derived = false;
		memcpy(to->identity, from->identity, sizeof to->identity);
		if (part && !from->identity[0])
			memcpy(to->identity, gx_reader_source(reader)->identity, sizeof to->identity);
		else if (!part && !gx_matrix_is_part(from) && gx_source_is_digest(from->identity))
			to->identity[0] = 0;
		memcpy(to->provenance, from->provenance, sizeof to->provenance);
		return;
	}
	if (!part && !gx_matrix_is_part(from)) {
		to->derived = false;
		to->provenance[0] = 0;
	}
}

static void explain_input(const struct arguments *arguments, const struct gx_reader *reader)
{
	struct gx_source source;
	gx_explain_reader(&arguments->common, reader, &source);
	gx_explain_source(&source);
}

/* A part stays one in GXM alone, and there its head says which rows it has. */
static void demand_rows(const struct arguments *arguments, const struct gx_reader *reader)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	bool edges = gx_output_format(&arguments->common.output) == GX_EDGES;
	bool part = edges && !arguments->common.part.n && gx_matrix_is_part(from);
	if (from->layout != GX_FULL && (part || from->nrow == GX_UNKNOWN))
		gx_triangle_refuse_part(from, from->nrow,
					gx_facts_find(gx_reader_facts(reader, 0), "file"));
}

static void convert(struct arguments *arguments, struct gx_reader *reader)
{
	struct gx_matrix matrix;
	demand_rows(arguments, reader);
	describe(reader, arguments->common.part.n > 0, &matrix);
	if (arguments->common.explain) {
		explain_input(arguments, reader);
		gx_explain_writer(&arguments->common.output, &matrix);
	}
	struct gx_writer *writer = gx_writer_open(&arguments->common.output, &matrix);
	struct gx_job job = { writer, sizeof(struct gx_piece), encode, put, release };
	gx_reader_run(reader, arguments->common.nthread, &job);
	gx_writer_close(writer, gx_reader_source(reader));
	gx_matrix_free(&matrix);
}

/* ---- a network of a full matrix ---- */

static void write_network(struct arguments *arguments, struct gx_reader *reader)
{
	if (arguments->common.part.n || gx_matrix_is_part(gx_reader_matrix(reader)))
		gx_die_usage("--triangle takes a whole matrix: join the parts first (gx-reduce --join)");
	if (arguments->common.explain) {
		explain_input(arguments, reader);
		struct gx_matrix matrix = *gx_reader_matrix(reader);
		matrix.layout = GX_TRIANGLE_FLOAT64;
		matrix.named = matrix.derived = false;
		matrix.first = 0;
		matrix.nrow = matrix.announced = matrix.whole = matrix.ncol;
		gx_explain_memory(16 * gx_triangle_values(matrix.ncol));
		gx_explain_writer(&arguments->common.output, &matrix);
	}
	(void)gx_output_format(&arguments->common.output); /* refused now, not after all rows */
	struct gx_network_whole whole = { 0 };
	gx_network_whole_read(&whole, reader, arguments->symmetrize, arguments->common.nthread);
	whole.matrix.identity[0] = whole.matrix.provenance[0] = 0;
	struct gx_writer *writer = gx_writer_open(&arguments->common.output, &whole.matrix);
	gx_network_whole_write(&whole, writer, arguments->common.nthread);
	gx_writer_close(writer, NULL);
	gx_network_whole_free(&whole);
}

/* ---- transposed ---- */

struct turning {
	struct gx_transposer *transposer;
	struct gx_names names; /* of the rows, which become columns */
};

static void nothing(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context, (void)rows, (void)slot;
}

static void gather(void *context, const struct gx_rows *rows, void *slot)
{
	(void)slot;
	struct turning *turning = context;
	gx_transposer_add(turning->transposer, rows->value, rows->nrow);
	gx_names_append(&turning->names, &rows->names);
}

static void write_turned(struct gx_transposer *transposer, struct gx_writer *writer,
			 const struct gx_names *names, uint64_t nrow)
{
	uint64_t ncol = gx_transposer_rows(transposer),
		 each = gx_transposer_batch(transposer);
	double *value = gx_allocate_large(each * ncol, sizeof *value);
	struct gx_piece piece = { 0 };
	struct gx_names batch = { 0 };
	const char *name = names->text;
	for (uint64_t at = 0, n; at < nrow; at += n) {
		n = nrow - at < each ? nrow - at : each;
		gx_transposer_take(transposer, at, n, value);
		gx_names_clear(&batch);
		for (uint64_t i = 0; i < n && names->n; i++, name = gx_names_next(name))
			gx_names_add(&batch, name, strlen(name));
		struct gx_rows rows = {
			.nrow = n, .ncol = ncol, .value = value, .names = batch, .first = at
		};
		gx_writer_encode(writer, &rows, &piece);
		gx_writer_put(writer, &rows, &piece);
	}
	gx_names_free(&batch);
	gx_piece_free(&piece);
	free(value);
}

/* The names of the rows are not known before they are read, nor the memory they need. */
GX_NORETURN static void explain_transpose(const struct arguments *arguments,
					  const struct gx_reader *reader)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	const struct gx_matrix to = { .ncol = from->nrow,
				      .nrow = from->ncol,
				      .announced = from->ncol,
				      .whole = from->ncol,
				      .named = from->named || from->columns.n > 0 };
	/* Three tiles of 8 MiB: one as it came, one turned, and the batch to be written. */
	const uint64_t tile = 1 << 20;
	bool small = from->nrow != GX_UNKNOWN && from->ncol != GX_UNKNOWN &&
		     from->nrow < tile / from->ncol;
	uint64_t nvalue = small ? from->nrow * from->ncol : tile;
	enum gx_format format = gx_output_format(&arguments->common.output);
	explain_input(arguments, reader);
	gx_explain_memory(3 * 8 * nvalue);
	/* Text is made of such a batch at a time, not of a piece of the input. */
	gx_explain_memory(format == GX_TSV || format == GX_CSV ? 18 * nvalue : 0);
	gx_explain_piece(0, 0);
	gx_explain_writer(&arguments->common.output, &to);
}

static void transpose(struct arguments *arguments, struct gx_reader *reader)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	if (arguments->common.part.n || gx_matrix_is_part(from))
		gx_die_usage(
			"--transpose takes a whole matrix: the columns of a part are not whole: "
			"join the parts first (gx-reduce --join)");
	if (arguments->common.explain)
		explain_transpose(arguments, reader);
	(void)gx_output_format(&arguments->common.output); /* refused now, not after all rows */
	struct turning turning = { .transposer = gx_transposer_open(from->ncol) };
	struct gx_job job = { .context = &turning,
			      .compute = nothing,
			      .consume = gather };
	gx_reader_run(reader, arguments->common.nthread, &job);
	gx_transposer_turn(turning.transposer);
	uint64_t ncol = gx_transposer_rows(turning.transposer);
	if (ncol == 0)
		gx_die(GX_EXIT_DATA,
		       "--transpose: the matrix has no rows, so the result would have no "
		       "columns");
	struct gx_matrix matrix = { .ncol = ncol,
				    .columns = turning.names,
				    .named = from->columns.n > 0,
				    .nrow = from->ncol,
				    .announced = from->ncol,
				    .whole = from->ncol };
	struct gx_writer *writer = gx_writer_open(&arguments->common.output, &matrix);
	write_turned(turning.transposer, writer, &from->columns, from->ncol);
	gx_writer_close(writer, NULL);
	gx_transposer_close(turning.transposer);
	gx_matrix_free(&matrix);
}

static void check_usage(const struct arguments *a)
{
	bool wants_edges = gx_output_format(&a->common.output) == GX_EDGES;
	if (a->transpose && (a->triangle || wants_edges))
		gx_die_usage("--transpose: a network is its own transpose: leave it out");
	if (a->symmetrize && !a->triangle && !wants_edges)
		gx_die_usage("--symmetrize is for --triangle and -f edges: full matrices stay as they are");
	if (a->common.output.top && a->common.part.n)
		gx_die_usage("--top is of the whole network, and a part does not see all of it: leave out "
			     "--part");
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .common.hdf5 = GX_HDF5 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	enum gx_format format = gx_output_format(&arguments.common.output);
	check_usage(&arguments);
	bool wants_edges = format == GX_EDGES;
	/* Full rows are what text and npy have, and what is transposed. */
	arguments.common.triangles = !arguments.transpose && (format == GX_GXM || wants_edges);
	struct gx_reader *reader = gx_cli_open(&arguments.common);
	bool is_full = gx_reader_matrix(reader)->layout == GX_FULL;
	if (arguments.transpose)
		transpose(&arguments, reader);
	else if (is_full && (arguments.triangle || wants_edges))
		write_network(&arguments, reader);
	else
		convert(&arguments, reader);
	gx_cli_close(&arguments.common, reader);
	return gx_cli_finish(&arguments.common);
}
