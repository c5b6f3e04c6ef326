/* SPDX-License-Identifier: MIT */
/*
 * Parts: n units (rows, bytes) cut in N parts that differ by at most one unit. Part K of N,
 * K from 1, is [gx_part_bound(n, K - 1, N), gx_part_bound(n, K, N)); the first n mod N
 * parts have one unit more.
 */
#ifndef GX_PART_H
#define GX_PART_H

#include <stdbool.h>
#include <stdint.h>

struct gx_part {
	uint64_t k, n; /* 1 <= k <= n; n == 0: no part was asked for */
};

/* Where part k ends and part k + 1 begins; 0 <= k <= n, n >= 1. */
uint64_t gx_part_bound(uint64_t units, uint64_t k, uint64_t n);

/* Reads "K/N"; false, with a static explanation in *why, when it is none. */
bool gx_part_parse(const char *text, struct gx_part *part, const char **why);

#endif
