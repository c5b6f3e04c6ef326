/* SPDX-License-Identifier: MIT */
/* Facts about this machine, without which times are worth nothing. */
#ifndef GX_MACHINE_H
#define GX_MACHINE_H

#include "base/facts.h"

/*
 * Adds pairs of a key and its value: gx (the version), cpu (the model), simd (the level
 * that kernels run at), cores ("2 of 8": allowed by the affinity mask, of those online),
 * quota (CPUs by the cgroup, "none"), memory ("7.8 GiB"), load (the three averages),
 * governor ("performance", "none"), kernel ("Linux 6.1.0 x86_64"). A value that the system
 * does not tell is "unknown".
 */
void gx_machine_facts(struct gx_facts *facts);

/*
 * Adds pages, the kind of page that the memory of an array has at this moment: "4 KiB", or
 * "2 MiB (97%)" where that share of what is resident lies in huge pages. value: memory of
 * gx_pages_resize (base/pages.h).
 */
void gx_machine_page_fact(struct gx_facts *facts, const void *value);

#endif
