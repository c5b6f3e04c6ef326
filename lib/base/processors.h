/* SPDX-License-Identifier: MIT */
/* CPUs: how many this process may use, and which. */
#ifndef GX_PROCESSORS_H
#define GX_PROCESSORS_H

/*
 * The CPUs that the affinity mask allowed when this, or gx_processors_confine, was first
 * called, however many the kernel knows; 0 where the system does not tell. Any thread.
 */
int gx_processors_allowed(void);

/* CPUs by the quota of the cgroup (v2) that we are in, or of one above it; 0: no quota. */
double gx_processors_quota(void);

/* What the affinity mask and the cgroup's quota leave to this process now; >= 1. */
int gx_processors_available(void);

/*
 * Lets the calling thread run on the first n of the CPUs that were allowed at first: all of
 * them where there are not more than n, or with n == 0. Processes and threads that it starts
 * inherit that; threads that run already do not. Returns on how many it may run now. Never
 * fails: where the system refuses, it stays as it is. Any thread. (The first n by number may
 * be two threads of one core.)
 */
int gx_processors_confine(int n);

#endif
