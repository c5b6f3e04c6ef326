/* SPDX-License-Identifier: MIT */
/*
 * A matrix turned, out of core: rows go in, columns come out. A matrix above 8 MiB goes
 * through an unnamed file in TMPDIR (/tmp), 8 bytes a value. Memory: 24 MiB, or 24 bytes a
 * column where that is more.
 *
 *	struct gx_transposer *t = gx_transposer_open(ncol);
 *	gx_transposer_add(t, value, nrow);            as often as there are rows
 *	gx_transposer_turn(t);                        no more rows
 *	gx_transposer_take(t, first, n, out);         columns first .. first + n - 1 as rows
 *	gx_transposer_close(t);
 */
#ifndef GX_TRANSPOSER_H
#define GX_TRANSPOSER_H

#include <stddef.h>
#include <stdint.h>

struct gx_transposer;

struct gx_transposer *gx_transposer_open(uint64_t ncol);
/*
 * The same for values that are all floats, as doubles: what is kept takes 4 bytes a value. A NaN
 * comes back as some NaN.
 */
struct gx_transposer *gx_transposer_open_floats(uint64_t ncol);
/* value: nrow x ncol. */
void gx_transposer_add(struct gx_transposer *t, const double *value, size_t nrow);
void gx_transposer_turn(struct gx_transposer *t);
/* Rows added, which is the width of what is taken. */
uint64_t gx_transposer_rows(const struct gx_transposer *t);
/* How many columns to take at a time. */
uint64_t gx_transposer_batch(const struct gx_transposer *t);
/* out: n x rows; one thread at a time. */
void gx_transposer_take(struct gx_transposer *t, uint64_t first, size_t n, double *out);
void gx_transposer_close(struct gx_transposer *t);

#endif
