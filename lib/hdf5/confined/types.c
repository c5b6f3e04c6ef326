/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool order_of(hid_t type, size_t size, bool *swapped)
{
	H5T_order_t order = H5Tget_order(type);
	*swapped = order == H5T_ORDER_BE && size > 1;
	return size == 1 || order == H5T_ORDER_LE || order == H5T_ORDER_BE;
}

/* Integers that fill their bytes: of 12 bits in 16, what the others are is not told. */
static bool integer_stored(hid_t type, struct gx_stored *stored)
{
	size_t size = H5Tget_size(type);
	bool fits = size == 1 || size == 2 || size == 4 || size == 8;
	if (!fits || H5Tget_precision(type) != 8 * size || H5Tget_offset(type) != 0)
		return false;
	stored->kind = H5Tget_sign(type) == H5T_SGN_2 ? 'i' : 'u';
	stored->size = size;
	return order_of(type, size, &stored->swapped);
}

/* Of IEEE 754: another float of 2 bytes (bfloat16) has other fields. */
static bool float_stored(hid_t type, struct gx_stored *stored)
{
	static const struct {
		size_t size, sign, exponent, nexponent, bias;
	} known[] = { { 2, 15, 10, 5, 15 }, { 4, 31, 23, 8, 127 }, { 8, 63, 52, 11, 1023 } };
	size_t sign, exponent, nexponent, fraction, nfraction, size = H5Tget_size(type);
	if (H5Tget_fields(type, &sign, &exponent, &nexponent, &fraction, &nfraction) < 0)
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (size == known[i].size && sign == known[i].sign && exponent == known[i].exponent &&
		    nexponent == known[i].nexponent && fraction == 0 && nfraction == exponent &&
		    H5Tget_ebias(type) == known[i].bias && H5Tget_norm(type) == H5T_NORM_IMPLIED) {
			stored->kind = 'f';
			stored->size = size;
			return order_of(type, size, &stored->swapped);
		}
	return false;
}

bool gx_hdf5_type_stored(hid_t type, struct gx_stored *stored)
{
	bool good = false;
	*stored = (struct gx_stored){ 0 };
	switch (H5Tget_class(type)) {
	case H5T_INTEGER:
		return integer_stored(type, stored);
	case H5T_FLOAT:
		return float_stored(type, stored);
	case H5T_ENUM: {
		hid_t base = H5Tget_super(type);
		good = base >= 0 && H5Tget_class(base) == H5T_INTEGER && integer_stored(base, stored);
		H5Tclose(base);
		return good;
	}
	case H5T_BITFIELD: /* PyTables' bool */
		*stored = (struct gx_stored){ .kind = 'u', .size = 1 };
		return H5Tget_size(type) == 1;
	default:
		return false;
	}
}

enum gx_hdf5_content gx_hdf5_type_content(hid_t type)
{
	struct gx_stored stored;
	H5T_class_t class = H5Tget_class(type);
	return class == H5T_STRING			    ? GX_HDF5_STRINGS
	       : class == H5T_COMPOUND		    ? GX_HDF5_COMPOUND
	       : gx_hdf5_type_stored(type, &stored) ? GX_HDF5_NUMBERS
						    : GX_HDF5_ELSE;
}

int64_t gx_hdf5_type_whole(const struct gx_stored *stored, const unsigned char *bytes)
{
	uint64_t bits = 0;
	for (size_t k = 0; k < stored->size; k++)
		bits |= (uint64_t)bytes[stored->swapped ? stored->size - 1 - k : k] << 8 * k;
	unsigned unused = 64 - 8 * (unsigned)stored->size;
	return stored->kind == 'i' ? (int64_t)(bits << unused) >> unused : (int64_t)bits;
}

size_t gx_hdf5_type_text(hid_t type, const char *text, size_t size)
{
	H5T_str_t padding = H5Tget_strpad(type);
	if (padding == H5T_STR_NULLTERM)
		return strnlen(text, size);
	while (size && (text[size - 1] == 0 || (padding == H5T_STR_SPACEPAD && text[size - 1] == ' ')))
		size--;
	return size;
}

static bool read_value(hid_t object, hid_t type, void *out)
{
	return H5Iget_type(object) == H5I_ATTR
		       ? H5Aread(object, type, out) >= 0
		       : H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0;
}

char *gx_hdf5_type_read_text(hid_t object, hid_t type)
{
	enum { TEXT_MAX = 1 << 16 };
	bool is_variable = H5Tis_variable_str(type) > 0;
	size_t size = H5Tget_size(type);
	char *value = NULL, *text = NULL;
	if (is_variable && read_value(object, type, &value) && value) {
		size_t n = strnlen(value, TEXT_MAX);
		text = gx_allocate_zeroed(n + 1, 1);
		memcpy(text, value, n);
		H5free_memory(value);
	} else if (!is_variable && size && size <= TEXT_MAX) {
		text = gx_allocate_zeroed(size + 1, 1);
		if (read_value(object, type, text)) {
			text[gx_hdf5_type_text(type, text, size)] = 0;
			return text;
		}
		free(text);
		text = NULL;
	}
	return text;
}
