/* SPDX-License-Identifier: MIT */
/*
 * A pipeline: work in slots, by any number of threads, whose result does not depend on it.
 */
#ifndef GX_PIPELINE_H
#define GX_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

/* The largest number of CPUs that Linux is built for, on any machine. */
enum { GX_THREADS_MAX = 8192 };

/* The default: OMP_NUM_THREADS where it is a number (its first one), else 1. */
int gx_pipeline_threads(void);

/*
 * Gives programs that this one starts the environment that it was given: before main
 * OMP_WAIT_POLICY was set for our own threads. Call it before there are any.
 */
void gx_pipeline_restore_environment(void);

/*
 * A stream of work in slots. fetch fills a slot with the next piece, one call at a time and
 * in order; work does what can be done by itself, in any thread; commit takes the results,
 * one call at a time and in the order of fetch. What is done does not depend on nthread:
 * only who does it and when. With one thread no parallel region is entered.
 */
struct gx_pipeline {
	void *context;
	bool (*fetch)(void *context, void *slot); /* false: there is no more */
	void (*work)(void *context, void *slot);
	void (*commit)(void *context, void *slot);
};

/* Slots that gx_pipeline_run wants for a number of threads: two for each, or one for one. */
size_t gx_pipeline_slots(int nthread);

/* Runs until fetch says false and all is committed. slots: gx_pipeline_slots(nthread). */
void gx_pipeline_run(const struct gx_pipeline *pipeline, void *const slots[], int nthread);

/*
 * The same with slots of its own, of slot_size bytes and zeroed. release (or NULL) frees what one
 * of them holds at the end.
 */
void gx_pipeline_run_in(const struct gx_pipeline *pipeline, size_t slot_size, int nthread,
			void (*release)(void *slot));

/*
 * The same for pieces that are known before and leave nothing to put in order: each(context, i)
 * for i from 0 to n - 1, in any thread. Who calls it again and again keeps to one nthread: a team
 * of another size has to be started anew.
 */
void gx_pipeline_each(size_t n, int nthread, void *context,
		      void (*each)(void *context, size_t i));

#endif
