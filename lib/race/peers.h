/* SPDX-License-Identifier: MIT */
/*
 * The programs that --peers asks for: strategies of peers.py, which gx-time brings along. They read
 * matrices from npy files in the scratch directory, which are in the page cache.
 *
 *	struct gx_peers *peers = gx_peers_begin(race, "python3", "means", NULL, "numpy");
 *	if (gx_peers_have(race, peers, "numpy"))
 *		path = gx_scratch_matrix(race, "matrix.npy", value, nrow, ncol);
 *	...
 *	gx_peers_run(race, peers, "numpy", "'matrix.npy' 3 4", cores, limit, &launched);
 *	if (launched.status != 0)
 *		return gx_launched_failure(&launched, limit, false, reason);
 */
#ifndef GX_PEERS_H
#define GX_PEERS_H

#include "race/race.h"

enum { GX_LINE_ROOM = 16384 }; /* of a line for the shell */

struct gx_peers {
	const char *python; /* the program */
	const char *script; /* the path */
	const char *work;   /* a row of its WORKS */
	const char *list;   /* what `peers.py available` says; NULL: it does not run */
};

/*
 * Writes the script and asks that Python what it has for a work: for these strategies, names
 * separated by commas, or for all (NULL). If it does not run, a note says that the strategy `first`
 * is left out. The race keeps all of it.
 */
struct gx_peers *gx_peers_begin(struct gx_race *race, const char *python, const char *work,
				const char *strategies, const char *first);

/*
 * Whether it has what a strategy needs. If not, a note says which module it lacks, or why that
 * does not load: once for each module. There is none where Python does not even run.
 */
bool gx_peers_have(struct gx_race *race, const struct gx_peers *peers, const char *strategy);

/* Runs a strategy: the rest of its command line, for the shell, is in `arguments`. */
void gx_peers_run(const struct gx_race *race, const struct gx_peers *peers,
		  const char *strategy, const char *arguments, int cores, double limit,
		  struct gx_launched *launched);

/*
 * Writes a matrix to NAME in the scratch directory; what NAME ends in says the format. Returns
 * the path, which the race keeps.
 */
const char *gx_scratch_matrix(struct gx_race *race, const char *name, const double *value,
			      size_t nrow, size_t ncol);

/*
 * Tells why a line failed, by one of its stderr: the first of a pipeline, since its first failure
 * is the cause, and the last of Python.
 */
enum gx_race_outcome gx_launched_failure(const struct gx_launched *launched, double limit,
					 bool first, char reason[GX_REASON_MAX]);

#endif
