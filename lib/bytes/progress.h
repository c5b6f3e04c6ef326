/* SPDX-License-Identifier: MIT */
/*
 * How far a run is: what --progress shows, what SIGUSR1 prints at any time and what -v
 * says at the end. The counters are the process's own and may be added to by any thread.
 */
#ifndef GX_PROGRESS_H
#define GX_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Installs SIGUSR1 and starts the clock; `show` draws as --progress asks. */
void gx_progress_start(const char *program, bool show);

/*
 * What is to be done in all, for the share and the ETA; GX_UNKNOWN where nobody knows. The
 * share is that of the bytes, where they are known; with `rows_follow` all bytes are read
 * before the first row is there, and each is half of the work.
 */
void gx_progress_expect(uint64_t rows, uint64_t bytes, bool rows_follow);

/*
 * Begins something else, that is counted in another unit ("runs") and by gx_progress_rows
 * alone: the clock and the counters start again. `show` draws even where --progress did not
 * ask.
 */
void gx_progress_phase(const char *unit, uint64_t expected, bool show);

/* Counts bytes that are read, rows that are done with; redraws when it is time to. Any thread. */
void gx_progress_bytes(uint64_t bytes);
void gx_progress_rows(uint64_t rows);

/*
 * Bytes counted so far. What was read to look at it, and will be read again, does not count:
 * the counter returns to where it was before. And what need not be read to the last byte is
 * counted when it is done with: the counter is at least there.
 */
uint64_t gx_progress_position(void);
void gx_progress_return(uint64_t position);
void gx_progress_reach(uint64_t position);

/* The last line of --progress. */
void gx_progress_end(void);

/* The lines of -v: `recognised` says what the input was taken for (may be ""). */
void gx_progress_report(const char *recognised, int nthread);

#endif
