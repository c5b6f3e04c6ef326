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

/* What is to be done in all, for share and ETA; GX_UNKNOWN where nobody knows. */
void gx_progress_expect(uint64_t rows, uint64_t bytes);

/*
 * Begins something else, that is counted in another unit ("runs") and by gx_progress_rows:
 * the clock and the counters start again. `show` draws even where --progress did not ask.
 */
void gx_progress_phase(const char *unit, uint64_t expected, bool show);

void gx_progress_bytes(uint64_t bytes);
/* Counts rows that are done with, and redraws when it is time to. Main loop alone. */
void gx_progress_rows(uint64_t rows);

/* Takes the line away from a terminal, for what is to be printed there. */
void gx_progress_clear(void);

/* The last line of --progress. */
void gx_progress_end(void);

/* The lines of -v: `recognised` says what the input was taken for (may be ""). */
void gx_progress_report(const char *recognised, int nthread);

#endif
