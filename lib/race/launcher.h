/* SPDX-License-Identifier: MIT */
/*
 * Runs and measures command lines from a small process of its own. The system counts the peak
 * memory of a parent as its child's, and a fork costs more the more its parent has mapped. So
 * the launcher is started before the matrix is read, and starts what is measured.
 *
 *	struct gx_launcher *l = gx_launcher_start();
 *	struct gx_launched run;
 *	gx_launcher_run(l, "seq 4 | xargs -P 2 -n 1 true", 2, 60, &run);
 *	... run.seconds, run.status, run.out ...
 *	gx_launched_free(&run);
 *	gx_launcher_close(l);
 *
 * It also owns a scratch directory. The launcher outlives its owner, however that ends, by a
 * moment, in which it removes the directory with all that is in it.
 */
#ifndef GX_LAUNCHER_H
#define GX_LAUNCHER_H

#include <stddef.h>

struct gx_launcher;

/*
 * Starts it. Call it before threads are started, and while memory is small: the peak of a run
 * is never less than what we had then. Dies with exit 3. The launcher uses SIGUSR1 and CHLD
 * itself. Several launchers can live side by side.
 */
struct gx_launcher *gx_launcher_start(void);

/*
 * The scratch directory. gx_launcher_start makes it under TMPDIR (else /tmp) for this process
 * alone. A shell needs no quotes around it if it needs none around TMPDIR. Valid until close.
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
 * Runs `line` with sh -c. Its standard input is empty (/dev/null); all it writes is kept, up to
 * 256 MiB. It may use ncpu CPUs (0: all that the launcher may). After `limit` seconds (0: no
 * limit) all its processes get TERM, and KILL 0.2 s later. So do processes that are left when
 * the shell has ended; they count for CPU and peak, not for the seconds. If a signal ends us,
 * even KILL, the line is ended as well. Dies with exit 3 where the shell cannot be started,
 * as with a line of more than 128 KiB.
 */
void gx_launcher_run(struct gx_launcher *launcher, const char *line, int ncpu, double limit,
		     struct gx_launched *result);

void gx_launched_free(struct gx_launched *result);

/* Ends the launcher and waits until its directory is gone. */
void gx_launcher_close(struct gx_launcher *launcher);

#endif
