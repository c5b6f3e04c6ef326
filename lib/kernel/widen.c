/* SPDX-License-Identifier: MIT */
#include "kernel/widen.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A float of 2 bytes: exact as a double, subnormals and all. */
static double widen_half(uint16_t bits)
{
	unsigned exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
	double value;
	if (exponent == 0x1f)
		value = fraction ? (double)NAN : (double)INFINITY;
	else if (exponent == 0)
		value = fraction * 0x1p-24;
	else
		value = (double)((uint64_t)(fraction | 0x400) << exponent) * 0x1p-25;
	return bits & 0x8000 ? -value : value;
}

/* One stored value, byte by byte: of any order of bytes. */
static double widen_one(const struct gx_stored *type, const unsigned char *p)
{
	uint64_t bits = 0;
	for (size_t k = 0; k < type->size; k++)
		bits |= (uint64_t)p[type->swapped ? type->size - 1 - k : k] << 8 * k;
	unsigned unused = 64 - 8 * (unsigned)type->size;
	if (type->kind == 'u')
		return (double)bits;
	if (type->kind == 'i')
		return (double)((int64_t)(bits << unused) >> unused);
	if (type->size == 2)
		return widen_half((uint16_t)bits);
	double value;
	if (type->size == 8) {
		memcpy(&value, &bits, sizeof value);
	} else {
		float narrow;
		uint32_t low = (uint32_t)bits;
		memcpy(&narrow, &low, sizeof narrow);
		value = narrow;
	}
	return value;
}

/* Values of one C type in the machine's order; `from` is not aligned. */
#define WIDEN(type)                                               \
	for (size_t i = 0; i < n; i++) {                          \
		type stored;                                      \
		memcpy(&stored, from + i * sizeof stored, sizeof stored); \
		out[i] = (double)stored;                          \
	}

static void widen_integers(const struct gx_stored *type, const unsigned char *from, size_t n,
			   double *out)
{
	bool is_signed = type->kind == 'i';
	if (type->size == 1 && is_signed) {
		WIDEN(int8_t)
	} else if (type->size == 1) {
		WIDEN(uint8_t)
	} else if (type->size == 2 && is_signed) {
		WIDEN(int16_t)
	} else if (type->size == 2) {
		WIDEN(uint16_t)
	} else if (type->size == 4 && is_signed) {
		WIDEN(int32_t)
	} else if (type->size == 4) {
		WIDEN(uint32_t)
	} else if (is_signed) {
		WIDEN(int64_t)
	} else {
		WIDEN(uint64_t)
	}
}

void gx_widen(const struct gx_stored *type, const unsigned char *from, size_t n, double *out)
{
	if (type->swapped || (type->kind == 'f' && type->size == 2)) {
		for (size_t i = 0; i < n; i++)
			out[i] = widen_one(type, from + i * type->size);
	} else if (type->kind != 'f') {
		widen_integers(type, from, n, out);
	} else if (type->size == 8) {
		memcpy(out, from, n * sizeof *out);
	} else {
		WIDEN(float)
	}
	if (type->least_is_missing)
		for (size_t i = 0; i < n; i++)
			out[i] = out[i] == (double)INT32_MIN ? (double)NAN : out[i];
}
