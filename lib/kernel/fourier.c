/* SPDX-License-Identifier: MIT */
#include "kernel/fourier.h"

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/fourier_inline.h"

typedef struct gx_complex_lanes complex_lanes;
typedef enum gx_fourier_output output;

/* ---- factors and tables ---- */

size_t gx_fourier_factors(size_t length, size_t *factor)
{
	size_t n = 0, twos = 0;

	for (; length % 2 == 0; length /= 2)
		twos++;
	/* The smallest first, to be turned round. */
	for (size_t p = 3; length > 1; p += 2) {
		if (p * p > length)
			p = length;
		for (; length % p == 0; length /= p)
			factor[n++] = p;
	}
	for (size_t i = 0; i < n / 2; i++) {
		size_t p = factor[i];
		factor[i] = factor[n - 1 - i];
		factor[n - 1 - i] = p;
	}
	size_t fours = twos == 1 ? 0 : twos % 3 == 1 ? 2 : twos % 3 == 2;
	for (twos -= 2 * fours; twos >= 3; twos -= 3)
		factor[n++] = 8;
	for (; fours > 0; fours--)
		factor[n++] = 4;
	if (twos > 0)
		factor[n++] = 2;
	return n;
}

static size_t twiddles(size_t p, size_t size)
{
	return 2 * (p - 1) * (size / 2);
}

static size_t roots(size_t p)
{
	return gx_fourier_special(p) ? 0 : 2 * p;
}

void gx_fourier_next(struct gx_fourier_pass *pass, size_t length, size_t p,
		     const double *table)
{
	if (pass->p) {
		table = pass->root + roots(pass->p);
		length = pass->count;
	}
	pass->size = pass->p ? pass->p * pass->size : 1;
	pass->count = length / p;
	pass->p = p;
	pass->twiddle = table;
	pass->root = table + twiddles(p, pass->size);
}

size_t gx_fourier_table_size(size_t length)
{
	size_t factor[64], nfactor = gx_fourier_factors(length, factor);
	size_t n = 0, size = 1;

	for (size_t i = 0; i < nfactor; size *= factor[i++])
		n += twiddles(factor[i], size) + roots(factor[i]);
	return n;
}

void gx_fourier_fill(size_t length, double *table)
{
	size_t factor[64], nfactor = gx_fourier_factors(length, factor);
	size_t size = 1;

	for (size_t i = 0; i < nfactor; size *= factor[i++]) {
		size_t p = factor[i];
		for (size_t k = 1; k <= size / 2; k++)
			for (size_t q = 1; q < p; q++, table += 2)
				gx_turn(q * k, p * size, table, table + 1);
		for (size_t j = 0; j < p && !gx_fourier_special(p); j++, table += 2)
			gx_turn(j, p, table, table + 1);
	}
}

/* ---- passes with code of their own; p and what comes out are constants ---- */

/* X(0) of the parts is real. */
GX_INLINE void join_first(output put, size_t p, const struct gx_fourier_pass *pass,
			  const gx_lanes *from, gx_lanes *to)
{
	size_t count = pass->count;

	for (size_t t = 0; t < count; t++) {
		complex_lanes x[8];
		GX_UNROLL
		for (size_t q = 0; q < p; q++)
			x[q].re = from[count * q + t];
		gx_fourier_small_real(p, x);
		gx_fourier_put_small(put, p, pass->size, count, x, t, to);
	}
}

/*
 * X(k), 0 < k < size / 2: p values come out, X(k + size r). The latter half are behind the middle,
 * and kept as the conjugate that stands before it.
 */
GX_INLINE void join_complex(output put, size_t p, const struct gx_fourier_pass *pass, size_t k,
			    const gx_lanes *from, gx_lanes *to)
{
	size_t count = pass->count, size = pass->size;
	const double *twiddle = pass->twiddle + 2 * (p - 1) * (k - 1);

	from += count * p * (2 * k - 1);
	for (size_t t = 0; t < count; t++) {
		complex_lanes x[8];
		GX_UNROLL
		for (size_t q = 0; q < p; q++) {
			x[q].re = from[2 * (count * q + t)];
			x[q].im = from[2 * (count * q + t) + 1];
			if (q > 0)
				gx_turn_back(&x[q], twiddle + 2 * (q - 1));
		}
		gx_fourier_small(p, x);
		GX_UNROLL
		for (size_t r = 0; r < p; r++)
			if (r < (p + 1) / 2)
				gx_fourier_put(put, count, &x[r], false, k + size * r, t, to);
			else
				gx_fourier_put(put, count, &x[r], true,
					       p * size - k - size * r, t, to);
	}
}

/* X(size / 2), where it is even, is real; p is even too. What comes out after p / 2 is not used. */
GX_INLINE void join_last(output put, size_t p, const struct gx_fourier_pass *pass,
			 const gx_lanes *from, gx_lanes *to)
{
	size_t count = pass->count, size = pass->size, k = size / 2;
	const double *twiddle = pass->twiddle + 2 * (p - 1) * (k - 1);
	const gx_lanes zero = { 0 };

	from += count * p * (size - 1);
	for (size_t t = 0; t < count; t++) {
		complex_lanes x[8];
		x[0].re = from[t];
		x[0].im = zero;
		GX_UNROLL
		for (size_t q = 1; q < p; q++) {
			gx_lanes real = from[count * q + t];
			x[q].re = real * twiddle[2 * (q - 1)];
			x[q].im = -real * twiddle[2 * (q - 1) + 1];
		}
		gx_fourier_small(p, x);
		GX_UNROLL
		for (size_t r = 0; r < p / 2; r++)
			gx_fourier_put(put, count, &x[r], false, k + size * r, t, to);
	}
}

GX_INLINE void join_special(output put, size_t p, const struct gx_fourier_pass *pass,
			    const gx_lanes *from, gx_lanes *to)
{
	size_t size = pass->size;

	join_first(put, p, pass, from, to);
	for (size_t k = 1; 2 * k < size; k++)
		join_complex(put, p, pass, k, from, to);
	if (p % 2 == 0 && size % 2 == 0)
		join_last(put, p, pass, from, to);
}

/* ---- any odd p; size is odd, as the odd factors come first ---- */

/* Over values `step` apart: those of j and p - j become their sum and their difference. */
GX_INLINE void fold(size_t p, size_t step, gx_lanes *x)
{
	for (size_t j = 1; j <= (p - 1) / 2; j++) {
		gx_lanes a = x[j * step], b = x[(p - j) * step];
		x[j * step] = a + b;
		x[(p - j) * step] = a - b;
	}
}

/* Values of k that are computed side by side: no addition waits for the one before it. */
enum { ABREAST = 4 };

/*
 * Of the n values r, r + 1, ...: along = x(0) + the sum of cos(2 pi j r / p) times the sums,
 * across = the sum of sin(2 pi j r / p) times the differences, over j in order.
 */
GX_INLINE void turn_folded(const struct gx_fourier_pass *pass, size_t r, size_t n, size_t step,
			   const gx_lanes *x, gx_lanes *along, gx_lanes *across)
{
	const double *root = pass->root;
	size_t p = pass->p, place[ABREAST];
	gx_lanes a[ABREAST], b[ABREAST];
	const gx_lanes zero = { 0 };

	GX_UNROLL
	for (size_t i = 0; i < n; i++) {
		place[i] = r + i;
		a[i] = x[0];
		b[i] = zero;
	}
	for (size_t j = 1; j <= (p - 1) / 2; j++) {
		gx_lanes sum = x[j * step], difference = x[(p - j) * step];
		GX_UNROLL
		for (size_t i = 0; i < n; i++) {
			a[i] += sum * root[2 * place[i]];
			b[i] += difference * root[2 * place[i] + 1];
			place[i] += r + i;
			place[i] = place[i] < p ? place[i] : place[i] - p;
		}
	}
	GX_UNROLL
	for (size_t i = 0; i < n; i++) {
		along[i] = a[i];
		across[i] = b[i];
	}
}

GX_INLINE void join_some_first(output put, const struct gx_fourier_pass *pass, size_t r,
			       size_t n, size_t t, const gx_lanes *x, gx_lanes *to)
{
	gx_lanes along[ABREAST], across[ABREAST];

	turn_folded(pass, r, n, pass->count, x, along, across);
	GX_UNROLL
	for (size_t i = 0; i < n; i++) {
		complex_lanes y = { along[i], -across[i] };
		if (r + i == 0)
			gx_fourier_put_real(put, pass->count, &y.re, 0, t, to);
		else
			gx_fourier_put(put, pass->count, &y, false, pass->size * (r + i), t, to);
	}
}

GX_INLINE void join_any_first(output put, const struct gx_fourier_pass *pass, gx_lanes *from,
			      gx_lanes *to)
{
	size_t p = pass->p, half = (p + 1) / 2;

	for (size_t t = 0; t < pass->count; t++) {
		size_t r = 0;
		fold(p, pass->count, from + t);
		for (; r + ABREAST <= half; r += ABREAST)
			join_some_first(put, pass, r, ABREAST, t, from + t, to);
		for (; r < half; r++)
			join_some_first(put, pass, r, 1, t, from + t, to);
	}
}

GX_INLINE void join_some_complex(output put, const struct gx_fourier_pass *pass, size_t k,
				 size_t r, size_t n, size_t t, const gx_lanes *x, gx_lanes *to)
{
	size_t count = pass->count, size = pass->size;
	gx_lanes along[2][ABREAST], across[2][ABREAST];

	turn_folded(pass, r, n, 2 * count, x, along[0], across[0]);
	turn_folded(pass, r, n, 2 * count, x + 1, along[1], across[1]);
	GX_UNROLL
	for (size_t i = 0; i < n; i++) {
		complex_lanes a = { along[0][i], along[1][i] }, back;
		complex_lanes b = { across[0][i], across[1][i] }, forth;
		gx_add_subtract_turned(&a, &b, &back, &forth);
		gx_fourier_put(put, count, &back, false, k + size * (r + i), t, to);
		if (r + i > 0)
			gx_fourier_put(put, count, &forth, true, size * (r + i) - k, t, to);
	}
}

GX_INLINE void join_any_complex(output put, const struct gx_fourier_pass *pass, size_t k,
				gx_lanes *from, gx_lanes *to)
{
	size_t p = pass->p, count = pass->count, half = (p + 1) / 2;
	const double *twiddle = pass->twiddle + 2 * (p - 1) * (k - 1);

	from += count * p * (2 * k - 1);
	for (size_t t = 0; t < count; t++) {
		gx_lanes *x = from + 2 * t;
		for (size_t q = 1; q < p; q++) {
			complex_lanes turned = { x[2 * count * q], x[2 * count * q + 1] };
			gx_turn_back(&turned, twiddle + 2 * (q - 1));
			x[2 * count * q] = turned.re;
			x[2 * count * q + 1] = turned.im;
		}
		fold(p, 2 * count, x);
		fold(p, 2 * count, x + 1);
		size_t r = 0;
		for (; r + ABREAST <= half; r += ABREAST)
			join_some_complex(put, pass, k, r, ABREAST, t, x, to);
		for (; r < half; r++)
			join_some_complex(put, pass, k, r, 1, t, x, to);
	}
}

GX_INLINE void join_any(output put, const struct gx_fourier_pass *pass, gx_lanes *from,
			gx_lanes *to)
{
	join_any_first(put, pass, from, to);
	for (size_t k = 1; 2 * k < pass->size; k++)
		join_any_complex(put, pass, k, from, to);
}

GX_INLINE void join(output put, const struct gx_fourier_pass *pass, gx_lanes *from,
		    gx_lanes *to)
{
	if (pass->p == 2)
		join_special(put, 2, pass, from, to);
	else if (pass->p == 3)
		join_special(put, 3, pass, from, to);
	else if (pass->p == 4)
		join_special(put, 4, pass, from, to);
	else if (pass->p == 5)
		join_special(put, 5, pass, from, to);
	else if (pass->p == 8)
		join_special(put, 8, pass, from, to);
	else
		join_any(put, pass, from, to);
}

GX_CLONES void gx_fourier_join(const struct gx_fourier_pass *pass, gx_lanes *from,
			       gx_lanes *to)
{
	join(GX_FOURIER_ROWS, pass, from, to);
}

GX_CLONES void gx_fourier_add_power(const struct gx_fourier_pass *pass, gx_lanes *from,
				    gx_lanes *sum)
{
	join(GX_FOURIER_POWER, pass, from, sum);
}
