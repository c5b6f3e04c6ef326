/* SPDX-License-Identifier: MIT */
#ifndef GX_CLOCK_H
#define GX_CLOCK_H

#include <stdint.h>
#include <time.h>

/* The monotonic clock, in nanoseconds and in seconds. Fit for signal handlers. */
static inline uint64_t gx_nanoseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline double gx_seconds(void)
{
	return 1e-9 * (double)gx_nanoseconds();
}

#endif
