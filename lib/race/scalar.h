/* SPDX-License-Identifier: MIT */
/* What keeps plain loops plain: values that no compiler joins to vectors. */
#ifndef GX_SCALAR_H
#define GX_SCALAR_H

/*
 * Keeps a double or an integer in a register of its own at this point, by an empty assembler
 * statement that may change it. No compiler joins two values across such a statement, so a
 * sum through it is added by scalar instructions, at any -O and -march. The statement costs
 * no instruction. Asking the compiler is less certain: GCC's attribute
 * optimize("no-tree-vectorize") resets other flags of the function (-ffp-contract=off may
 * be among them), and clang has a pragma for its loop vectoriser but none for the one that
 * packs straight-line code. Checked with gcc 12 and clang 14, -O2 and -O3, with and without
 * -march=x86-64-v4: `objdump -d` of plain_loops.o and plain_network.o shows addsd, mulsd and add, and
 * no addpd, mulpd or paddq.
 */
#if defined(__x86_64__)
#define GX_SCALAR(x) __asm__("" : "+x"(x))
#elif defined(__aarch64__)
#define GX_SCALAR(x) __asm__("" : "+w"(x))
#else
#define GX_SCALAR(x) __asm__("" : "+m"(x))
#endif
#define GX_SCALAR_INTEGER(x) __asm__("" : "+r"(x))

#endif
