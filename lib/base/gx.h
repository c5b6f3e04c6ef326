/* SPDX-License-Identifier: MIT */
/*
 * What every file of gx leans on: the version, the compiler's attributes behind macros, and
 * the one NaN. Nothing here has code that runs.
 */
#ifndef GX_H
#define GX_H

#include <stddef.h>
#include <stdint.h>

#define GX_VERSION "0.2.0"

_Static_assert(sizeof(void *) == 8 && sizeof(size_t) == 8,
	       "gx counts bytes and rows in 64 bits: a 64-bit machine is needed");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "gx's formats are little-endian and its code reads them in place");

#define GX_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define GX_NORETURN __attribute__((noreturn))
#define GX_COLD __attribute__((cold))
#define GX_INLINE static inline __attribute__((always_inline))
#define GX_LIKELY(x) __builtin_expect(!!(x), 1)
#define GX_UNLIKELY(x) __builtin_expect(!!(x), 0)

/*
 * A kernel marked GX_CLONES is compiled once for each level of x86-64 and the best one is
 * bound at start-up. `make SIMD=0` and `make SIMD=LEVEL` build without clones, as do
 * libraries without ifunc and clang, whose clones (14 to 16) cannot be called from another
 * file. All clones give the same bits: nothing is contracted to FMA
 * (-ffp-contract=off) and no sum is left to the compiler's order.
 */
#if defined(GX_NO_CLONES) || !defined(__x86_64__) || !defined(__GLIBC__) || defined(__clang__)
#define GX_CLONES
#else
#define GX_CLONES \
	__attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif

/* The one NaN that gx writes, hashes and counts: every missing value has these bits. */
#define GX_NAN_BITS UINT64_C(0x7ff8000000000000)

/* "Not known": a row, a count of rows or an offset that a stream does not tell. */
#define GX_UNKNOWN UINT64_MAX

#endif
