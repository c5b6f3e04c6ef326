/* SPDX-License-Identifier: MIT */
/* Whole numbers in decimal text: digits alone, no sign, no blank, never a locale. */
#ifndef GX_DECIMAL_H
#define GX_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the digits at text[0 .. ntext) up to the first byte that is none. Returns where
 * they end; NULL where there is no digit, or where the number does not fit 64 bits.
 */
const char *gx_decimal_take(const char *text, size_t ntext, uint64_t *value);

/* Whether all of text[0 .. ntext) is one number that fits 64 bits. */
bool gx_decimal_read(const char *text, size_t ntext, uint64_t *value);

/* Writes n; returns the end. Needs room for 20 bytes. Fit for signal handlers. */
char *gx_count_print(uint64_t n, char *out);

#endif
