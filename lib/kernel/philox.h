/* SPDX-License-Identifier: MIT */
/*
 * The generator of simulated values: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel
 * Random Numbers: As Easy as 1, 2, 3. SC'11). What it gives is a function of a counter and a
 * key, and of nothing that was asked before.
 *
 * A u is uniform on (0, 1), a multiple of 2^-53, never 0 or 1. Each call of the generator
 * gives two, those of a pair of columns: the counter is the row, the pair's number and the
 * draw, the key is the seed.
 */
#ifndef GX_PHILOX_H
#define GX_PHILOX_H

#include <stddef.h>
#include <stdint.h>

enum { GX_PHILOX_ROUNDS = 10 };

/* One call of the generator: four 32-bit words out of a counter and a key. */
void gx_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The two u of one call. */
void gx_philox_pair(uint64_t seed, uint64_t row, uint32_t pair, uint32_t draw, double u[2]);

/* The keys of the rounds, one 32-bit word to a 64-bit lane, and the draw. */
struct gx_philox_schedule {
	uint64_t key[GX_PHILOX_ROUNDS][2];
	uint64_t draw;
};

void gx_philox_schedule_init(struct gx_philox_schedule *schedule, uint64_t seed,
			     uint32_t draw);

/*
 * Fills out[nrow][ncol] with u of the schedule's draw: rows first_row .. first_row + nrow - 1,
 * and columns from 2 first_pair on.
 */
void gx_philox_rows(const struct gx_philox_schedule *schedule, uint64_t first_row, size_t nrow,
		    uint64_t first_pair, size_t ncol, double *out);

#endif
