/* SPDX-License-Identifier: MIT */
/*
 * Threads: how many there may be, and a pipeline whose result does not depend on it.
 */
#ifndef GX_THREADS_H
#define GX_THREADS_H

#include <stdbool.h>
#include <stddef.h>

/* The CPUs that the affinity mask and the cgroup's quota leave to this process; >= 1. */
int gx_threads_available(void);

/* CPUs by the quota of the cgroup (v2) that we are in, or of one above it; 0: no quota. */
double gx_threads_quota(void);

/* The default: OMP_NUM_THREADS where it is a number (its first one), else 1. */
int gx_threads_default(void);

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

/* Slots that gx_pipeline_run wants for a number of threads. */
size_t gx_pipeline_slots(int nthread);

/* Runs until fetch says false and all is committed. slots: gx_pipeline_slots(nthread). */
void gx_pipeline_run(const struct gx_pipeline *pipeline, void *const slots[], int nthread);

#endif
