/* SPDX-License-Identifier: MIT */
#include "race/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "race/peers_text.h" /* made of peers.py */
#include "race/programs.h"
#include "stream/writer.h"

/* ---- files ---- */

static char *scratch_path(struct gx_race *race, const char *name)
{
	const char *directory = gx_launcher_directory(race->launcher);
	size_t room = strlen(directory) + strlen(name) + 2;
	char *path = gx_race_keep(race, gx_allocate(room, 1));
	snprintf(path, room, "%s/%s", directory, name);
	return path;
}

const char *gx_scratch_matrix(struct gx_race *race, const char *name, const double *value,
			      size_t nrow, size_t ncol)
{
	const char *path = scratch_path(race, name);
	struct gx_output_options to = { .path = path };
	struct gx_matrix matrix = { .ncol = ncol,
				    .nrow = nrow,
				    .announced = nrow,
				    .whole = nrow };
	struct gx_writer *writer = gx_writer_open(&to, &matrix);
	struct gx_piece piece = { 0 };
	const size_t block = 4096;
	for (size_t i = 0; i < nrow; i += block) {
		struct gx_rows rows = { .nrow = nrow - i < block ? nrow - i : block,
					.ncol = ncol,
					.value = value + i * ncol,
					.first = i };
		gx_writer_encode(writer, &rows, &piece);
		gx_writer_put(writer, &rows, &piece);
	}
	gx_writer_close(writer, NULL);
	gx_piece_free(&piece);
	return path;
}

static const char *write_script(struct gx_race *race)
{
	const char *path = scratch_path(race, "peers.py");
	struct gx_output_options to = { .path = path };
	struct gx_output *out = gx_output_open(&to, false);
	gx_output_write(out, peers_text, sizeof peers_text);
	gx_output_close(out);
	return path;
}

/* ---- running a line ---- */

enum gx_race_outcome gx_launched_failure(const struct gx_launched *launched, double limit,
					 bool first, char reason[GX_REASON_MAX])
{
	if (launched->status == 124 && limit > 0)
		return GX_LATE;
	const char *line = launched->err;
	for (const char *p = launched->err; *p && !first; p++)
		if (*p == '\n' && p[1])
			line = p + 1;
	snprintf(reason, GX_REASON_MAX, "it failed (exit status %d)%s%.*s",
		 launched->status, *line ? ": " : "", (int)strcspn(line, "\n"), line);
	return GX_LEFT_OUT;
}

/* words: of the command line behind the script, for the shell. */
static void run_script(const struct gx_race *race, const struct gx_peers *peers,
		       const char *words, int cores, double limit,
		       struct gx_launched *launched)
{
	char *line = gx_allocate(GX_LINE_ROOM, 1);
	/* What Ray writes, and leaves when it is killed, goes with the scratch directory. */
	snprintf(line, GX_LINE_ROOM, "export TMPDIR=");
	gx_shell_quote(line, GX_LINE_ROOM, gx_launcher_directory(race->launcher));
	strncat(line, "; exec ", GX_LINE_ROOM - strlen(line) - 1);
	gx_shell_quote(line, GX_LINE_ROOM, peers->python);
	strncat(line, " ", GX_LINE_ROOM - strlen(line) - 1);
	gx_shell_quote(line, GX_LINE_ROOM, peers->script);
	size_t at = strlen(line);
	snprintf(line + at, GX_LINE_ROOM - at, " %s", words);
	gx_launcher_run(race->launcher, line, cores, limit, launched);
	free(line);
}

void gx_peers_run(const struct gx_race *race, const struct gx_peers *peers,
		  const char *strategy, const char *arguments, int cores, double limit,
		  struct gx_launched *launched)
{
	char *words = gx_allocate(GX_LINE_ROOM, 1);
	snprintf(words, GX_LINE_ROOM, "%s %s %s", peers->work, strategy, arguments);
	run_script(race, peers, words, cores, limit, launched);
	free(words);
}

/* ---- what this Python has ---- */

struct gx_peers *gx_peers_begin(struct gx_race *race, const char *python, const char *work,
				const char *strategies, const char *first)
{
	/* It loads what it finds, which may take seconds on a disk of a network. */
	const double limit = 120;
	struct gx_peers *peers = gx_race_keep(race, gx_allocate(1, sizeof *peers));
	*peers = (struct gx_peers){ .python = python,
				    .script = write_script(race),
				    .work = work };
	char *words = gx_allocate(GX_LINE_ROOM, 1);
	snprintf(words, GX_LINE_ROOM, "available %s ", work);
	gx_shell_quote(words, GX_LINE_ROOM, strategies ? strategies : "");
	struct gx_launched launched;
	run_script(race, peers, words, 0, limit, &launched);
	free(words);
	if (launched.status == 0)
		peers->list = gx_race_keep(race, strdup(launched.out));
	else
		gx_race_leave_out(race, first, "%s does not run: give --python PROGRAM",
				  python);
	gx_launched_free(&launched);
	return peers;
}

/* What follows a name at the beginning of a line; NULL where no line begins with it. */
static const char *behind_name(const char *text, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = text; at && *at;) {
		if (strncmp(at, name, n) == 0 && strchr("\t\n", at[n]))
			return at + n;
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

bool gx_peers_have(struct gx_race *race, const struct gx_peers *peers, const char *strategy)
{
	if (!peers->list)
		return false;
	const char *why = behind_name(peers->list, strategy);
	if (why && *why == '\t')
		gx_race_leave_out(race, strategy, "%s %.*s", peers->python,
				  (int)strcspn(why + 1, "\n"), why + 1);
	return why && *why == '\n';
}
