/* SPDX-License-Identifier: MIT */
/* What this machine is and which CPUs a run may use: what times are worth nothing without. */
#ifndef GX_MACHINE_H
#define GX_MACHINE_H

#include <stddef.h>

#include "base/names.h"

/*
 * Adds pairs of a key and its value: gx (the version), cpu (the model), simd (the level
 * that kernels run at), cores ("2 of 8": allowed by the affinity mask, of those online),
 * quota (CPUs by the cgroup, "none"), memory ("7.8 GiB"), load (the three averages),
 * governor ("performance", "none"), kernel ("Linux 6.1.0 x86_64"). What the system does not
 * tell is "unknown".
 */
void gx_machine_facts(struct gx_names *facts);

/*
 * Lets the calling thread run on the first n of the CPUs that were allowed when this, or
 * gx_machine_facts, was called first: all of them where there are not more than n, or with
 * n == 0. Processes and threads that it starts inherit that; threads that run already do
 * not. Returns on how many it may run now. Never fails: where the system refuses, it stays as
 * it is. Any thread. (The first n by number may be two threads of one core.)
 */
int gx_machine_confine(int n);

#endif
