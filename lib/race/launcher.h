/* SPDX-License-Identifier: MIT */
/*
 * Runs and measures command lines from a small process of its own. A program counts the
 * peak memory of the one that started it as its own, and a fork costs what its parent has
 * mapped: so the launcher is started before the matrix is read, and starts what is measured.
 *
 *	struct gx_launcher *l = gx_launcher_start();
 *	struct gx_launched run;
 *	gx_launcher_run(l, "seq 4 | xargs -P 2 -n 1 true", 2, 60, &run);
 *	... run.seconds, run.status, run.out ...
 *	gx_launched_free(&run);
 *	gx_launcher_close(l);
 *
 * It owns a scratch directory too, and removes it with all that is in it when the one that
 * started it is gone, however that ended: the launcher outlives it by a moment.
 */
#ifndef GX_LAUNCHER_H
#define GX_LAUNCHER_H

#include <stddef.h>

struct gx_launcher;

/*
 * Starts it. Before threads are, and before memory is large: the peak of a run is never less
 * than what we had then. Dies with exit 3. SIGUSR1 and CHLD are its own; one launcher can
 * live beside others.
 */
struct gx_launcher *gx_launcher_start(void);

/*
 * The scratch directory, made by gx_launcher_start under TMPDIR (else /tmp) for this
 * process alone; it needs no quoting in a shell where TMPDIR needs none. Valid until close.
 */
const char *gx_launcher_directory(const struct gx_launcher *launcher);

struct gx_launched {
	double seconds;	   /* from the start of the shell to its end */
	double processor;  /* seconds of CPU, all processes of the line */
	size_t peak;	   /* bytes: resident memory of its largest process */
	int status;	   /* exit status; 128 + signal; 124: time limit; 125: wrote too much */
	char *out, *err;   /* what it wrote, each followed by a 0 byte */
	size_t nout, nerr;
};

/*
 * Runs `line` with sh -c: standard input is empty (/dev/null), all it writes is kept, up to
 * 256 MiB. It may use ncpu CPUs (0: all that the launcher may). After `limit` seconds (0: no
 * limit) all its processes get TERM, and KILL 0.2 s later. So do those that it leaves
 * behind when its shell has ended: they count for CPU and peak, not for the seconds. Our
 * end by any signal, KILL too, ends it as well. Dies with exit 3 where the shell cannot be
 * started, as with a line of more than 128 KiB.
 */
void gx_launcher_run(struct gx_launcher *launcher, const char *line, int ncpu, double limit,
		     struct gx_launched *result);

void gx_launched_free(struct gx_launched *result);

/* Ends the launcher and waits until its directory is gone. */
void gx_launcher_close(struct gx_launcher *launcher);

#endif
