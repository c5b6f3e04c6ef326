/* SPDX-License-Identifier: MIT */
/*
 * The generator's loop over cells at one SIMD level. philox.c includes this once for each
 * level (hence no guard): compilers do not find the vector multiplication 32 x 32 -> 64 bits
 * in plain C, so that clones of one source would not do. Two lanes are plain C but for that,
 * and serve every machine. Before:
 *
 *	LEVEL(name)        name, marked with the level
 *	TARGET             attribute that switches the level on
 *	LANES              64-bit lanes of a vector
 *	MULTIPLY(a, b)     per lane, low 32 bits of a * low 32 bits of b
 *	SWAP(a)            per lane, its 32-bit halves exchanged
 *	STORE_PAIRS(p, a, b)  a0 b0 a1 b1 ... to p
 */

/* Vectors computed side by side: 48 columns of AVX-512; 2 and 4 were slower at 50. */
#define AHEAD 3

#define INTEGERS LEVEL(integers)
#define DOUBLES LEVEL(doubles)
typedef uint64_t INTEGERS __attribute__((vector_size(8 * LANES)));
typedef double DOUBLES __attribute__((vector_size(8 * LANES)));

/*
 * The four counter words of LANES calls. Only the low half of each lane counts: the
 * multiplication ignores the rest, and nothing else carries from high to low.
 */
struct LEVEL(state) {
	INTEGERS word[4];
};

/* The constants of LANES rows that start_call needs, one row to a lane. */
struct LEVEL(rows) {
	union {
		INTEGERS vector;
		uint64_t lane[LANES];
	} a, b, c, d;
};

/* first, first + 1, ... */
TARGET GX_INLINE INTEGERS LEVEL(count_from)(uint64_t first)
{
	static const uint64_t lane[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	INTEGERS numbers;

	memcpy(&numbers, lane, sizeof(numbers));
	return numbers + first;
}

/*
 * Of the first two rounds, only one multiplication depends on the row and the column both;
 * what depends on the row alone is made here, for LANES rows. With x the counter words,
 * y those after the first round and z those after the second:
 *	y0 = high(M1 x2) ^ x1 ^ k    y1 = low(M1 x2)    y2 = high(M0 x0) ^ x3 ^ k'
 *	y3 = low(M0 x0)
 *	z0 = high(M1 y2) ^ y1 ^ k    z1 = low(M1 y2)    z2 = high(M0 y0) ^ y3 ^ k'
 *	z3 = low(M0 y0)
 */
TARGET GX_INLINE struct LEVEL(rows) LEVEL(start_rows)(const struct gx_philox_schedule *schedule,
						     uint64_t first_row)
{
	struct LEVEL(rows) rows;

	const INTEGERS row = LEVEL(count_from)(first_row);
	const INTEGERS product = MULTIPLY(row, row - row + PHILOX_M0);
	const INTEGERS y2 = SWAP(product) ^ (schedule->draw ^ schedule->key[0][1]);
	const INTEGERS next = MULTIPLY(y2, row - row + PHILOX_M1);

	rows.a.vector = SWAP(row) ^ schedule->key[0][0];
	rows.b.vector = SWAP(next) ^ schedule->key[1][0];
	rows.c.vector = next;
	rows.d.vector = product ^ schedule->key[1][1];
	return rows;
}

/* The state after two rounds, from the row constants and the number of the column pair. */
TARGET GX_INLINE void LEVEL(start_call)(struct LEVEL(state) *state, INTEGERS a, INTEGERS b,
					INTEGERS c, INTEGERS d, INTEGERS pair)
{
	const INTEGERS product = MULTIPLY(pair, pair - pair + PHILOX_M1);
	const INTEGERS y0 = SWAP(product) ^ a;
	const INTEGERS next = MULTIPLY(y0, pair - pair + PHILOX_M0);

	state->word[0] = product ^ b;
	state->word[1] = c;
	state->word[2] = SWAP(next) ^ d;
	state->word[3] = next;
}

/* Rounds 3 to 9, for `count` states side by side. */
TARGET GX_INLINE void LEVEL(middle_rounds)(const struct gx_philox_schedule *schedule,
					   struct LEVEL(state) *state, int count)
{
	UNROLL
	for (int round = 2; round < 9; round++) {
		UNROLL
		for (int i = 0; i < count; i++) {
			INTEGERS *x = state[i].word;
			const INTEGERS zero = x[0] ^ x[0];
			const INTEGERS p0 = MULTIPLY(x[0], zero + PHILOX_M0);
			const INTEGERS p1 = MULTIPLY(x[2], zero + PHILOX_M1);

			/* One by shift, one by shuffle: they use different ports. */
			x[0] = (p1 >> 32) ^ x[1] ^ schedule->key[round][0];
			x[1] = p1;
			x[2] = SWAP(p0) ^ x[3] ^ schedule->key[round][1];
			x[3] = p0;
		}
	}
}

/* u of 64 random bits: the upper 52 as the mantissa of a number from 1 to 2. */
TARGET GX_INLINE DOUBLES LEVEL(uniform)(INTEGERS bits)
{
	return (DOUBLES)((bits >> 12) | UINT64_C(0x3ff0000000000000)) - (1 - 0x1p-53);
}

/*
 * The last round and the two u of each call. Output words 0 and 1 are high(M1 x2) ^ x1 ^ k
 * and low(M1 x2): the product with its halves exchanged, but for the xor.
 */
TARGET GX_INLINE void LEVEL(finish)(const struct gx_philox_schedule *schedule,
				    const struct LEVEL(state) *state, DOUBLES *even,
				    DOUBLES *odd)
{
	const INTEGERS *x = state->word;
	const INTEGERS zero = x[0] ^ x[0];
	const INTEGERS p0 = MULTIPLY(x[0], zero + PHILOX_M0);
	const INTEGERS p1 = MULTIPLY(x[2], zero + PHILOX_M1);
	const INTEGERS low = zero + UINT64_C(0xffffffff);

	*even = LEVEL(uniform)(SWAP(p1) ^ ((x[1] & low) ^ schedule->key[9][0]));
	*odd = LEVEL(uniform)(SWAP(p0) ^ ((x[3] & low) ^ schedule->key[9][1]));
}

/* `count` vectors of pairs of one row. */
TARGET GX_INLINE void LEVEL(along_row)(const struct gx_philox_schedule *schedule,
				       const struct LEVEL(rows) *rows, size_t row,
				       INTEGERS pair, int count, double *out)
{
	struct LEVEL(state) state[AHEAD];
	const INTEGERS zero = pair ^ pair;

	UNROLL
	for (int i = 0; i < count; i++)
		LEVEL(start_call)(&state[i], zero + rows->a.lane[row],
				  zero + rows->b.lane[row], zero + rows->c.lane[row],
				  zero + rows->d.lane[row], pair + (uint64_t)(i * LANES));
	LEVEL(middle_rounds)(schedule, state, count);
	UNROLL
	for (int i = 0; i < count; i++) {
		DOUBLES even, odd;

		LEVEL(finish)(schedule, &state[i], &even, &odd);
		STORE_PAIRS(out + i * 2 * LANES, even, odd);
	}
}

/*
 * u for out[nrow][ncol], from pair `first_pair` on. Whole vectors of pairs lie along the
 * row; what remains, one pair of LANES rows at a time, across the rows, so that 25 pairs
 * cost 25 / 8 vectors of eight, not 4.
 */
TARGET static void LEVEL(uniform_rows)(const struct gx_philox_schedule *schedule,
				       uint64_t first_row, size_t nrow, uint64_t first_pair,
				       size_t ncol, double *out)
{
	const size_t nvector = ncol / (2 * LANES);

	for (size_t i = 0; i < nrow; i += LANES) {
		const struct LEVEL(rows) rows = LEVEL(start_rows)(schedule, first_row + i);
		const size_t here = nrow - i < LANES ? nrow - i : LANES;

		for (size_t row = 0; row < here; row++) {
			double *p = out + (i + row) * ncol;
			INTEGERS pair = LEVEL(count_from)(first_pair);
			size_t v = 0;

			for (; v + AHEAD <= nvector; v += AHEAD) {
				LEVEL(along_row)(schedule, &rows, row, pair, AHEAD, p);
				pair += AHEAD * LANES;
				p += AHEAD * 2 * LANES;
			}
			for (; v < nvector; v++) {
				LEVEL(along_row)(schedule, &rows, row, pair, 1, p);
				pair += LANES;
				p += 2 * LANES;
			}
		}

		for (size_t j = nvector * 2 * LANES; j < ncol; j += 2) {
			if (here < LANES && here < (ncol - j + 1) / 2) {
				/* Too few rows to fill a vector: the rest of each in one. */
				for (size_t row = 0; row < here; row++) {
					double rest[2 * LANES];

					LEVEL(along_row)(schedule, &rows, row,
							 LEVEL(count_from)(first_pair + j / 2),
							 1, rest);
					memcpy(out + (i + row) * ncol + j, rest,
					       (ncol - j) * sizeof(*out));
				}
				break;
			}

			struct LEVEL(state) state;
			union {
				DOUBLES vector;
				double lane[LANES];
			} even, odd;

			LEVEL(start_call)(&state, rows.a.vector, rows.b.vector, rows.c.vector,
					  rows.d.vector,
					  (rows.a.vector ^ rows.a.vector) +
						  (first_pair + j / 2));
			LEVEL(middle_rounds)(schedule, &state, 1);
			LEVEL(finish)(schedule, &state, &even.vector, &odd.vector);
			for (size_t row = 0; row < here; row++) {
				out[(i + row) * ncol + j] = even.lane[row];
				if (j + 1 < ncol)
					out[(i + row) * ncol + j + 1] = odd.lane[row];
			}
		}
	}
}

#undef AHEAD
#undef INTEGERS
#undef DOUBLES
#undef LEVEL
#undef TARGET
#undef LANES
#undef MULTIPLY
#undef SWAP
#undef STORE_PAIRS
