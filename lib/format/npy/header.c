/* SPDX-License-Identifier: MIT */
/* The header of npy in, versions 1 to 3: a dictionary of Python with three keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "format/npy/npy.h"

GX_NORETURN GX_COLD static void bad_header(const struct gx_input *in, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s: npy: %s: write it again with np.save", in->name, why);
}

/* The value behind 'key': in the header's dictionary, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	size_t n = strlen(key);
	for (const char *p = text; (p = strchr(p, '\'')); p++) {
		if (strncmp(p + 1, key, n) != 0 || p[n + 1] != '\'')
			continue;
		p += n + 2;
		p += strspn(p, " ");
		if (*p != ':')
			return NULL;
		return p + 1 + strspn(p + 1, " ");
	}
	return NULL;
}

/*
 * Dies: what the values are instead, and the line that makes numbers of them. A type is < or >
 * or |, a letter, and bytes; dates have a unit behind it, and records are a list of types.
 */
GX_NORETURN GX_COLD static void refuse_type(const struct gx_input *in, const char *descr)
{
	static const struct {
		const char *letters, *what, *line;
	} types[] = {
		{ "O", "objects of Python",
		  "np.save('x.npy', np.load('FILE', allow_pickle=True).astype('f8'))" },
		/* A date that is missing would become a number. */
		{ "Mm", "dates or times",
		  "a = np.load('FILE'); np.save('x.npy', np.where(np.isnat(a), np.nan, "
		  "a.astype('f8')))" },
		{ "c", "complex numbers", "np.save('x.npy', np.load('FILE').real.astype('f8'))" },
		{ "USafb?", "no plain numbers", "np.save('x.npy', np.load('FILE').astype('f8'))" },
	};
	if (*descr == '[')
		gx_die(GX_EXIT_DATA,
		       "%s: npy: records of several fields are not read: write them as columns: "
		       "np.save('x.npy', "
		       "np.lib.recfunctions.structured_to_unstructured(np.load('FILE'), 'f8')) "
		       "(import numpy.lib.recfunctions)",
		       in->name);
	size_t n = strcspn(descr + 1, "'");
	char letter = n > 1 && strchr("<>|=", descr[1]) ? descr[2] : n ? descr[1] : 0;
	for (size_t i = 0; letter && i < sizeof types / sizeof *types; i++)
		if (strchr(types[i].letters, letter))
			gx_die(GX_EXIT_DATA,
			       "%s: npy: values of type %s, %s, are not read: convert them in NumPy: %s",
			       in->name, gx_show(descr + 1, n), types[i].what, types[i].line);
	gx_die(GX_EXIT_DATA,
	       "%s: npy: values of type %s are not read: make numbers of them in NumPy, and save "
	       "those",
	       in->name, gx_show(descr + 1, n));
}

static void read_descr(const struct gx_input *in, struct gx_npy_header *npy,
		       const char *text)
{
	const char *p = value_of(text, "descr");
	char order, kind;
	int item, used = 0;
	if (!p || (*p != '\'' && *p != '['))
		bad_header(in, "its 'descr' is no plain number type");
	if (*p == '[' || sscanf(p, "'%c%c%d'%n", &order, &kind, &item, &used) != 3 || used == 0)
		refuse_type(in, p);
	bool known = kind == 'f'
			     ? item == 4 || item == 8
			     : (kind == 'i' || kind == 'u') &&
				       (item == 1 || item == 2 || item == 4 || item == 8);
	if (!known || !strchr("<>|=", order))
		refuse_type(in, p);
	npy->type.kind = kind;
	npy->type.size = (size_t)item;
	npy->type.swapped = order == '>' && item > 1;
}

static void read_shape(const struct gx_input *in, struct gx_npy_header *npy,
		       const char *text)
{
	const char *order = value_of(text, "fortran_order"), *p = value_of(text, "shape");
	if (!order || (strncmp(order, "True", 4) != 0 && strncmp(order, "False", 5) != 0))
		bad_header(in, "its 'fortran_order' is neither True nor False");
	if (!p || *p++ != '(')
		bad_header(in, "its 'shape' is missing");
	uint64_t size[2] = { 0, 1 };
	int n = 0;
	while (*(p += strspn(p, " ,")) != ')') {
		const char *stop = gx_decimal_take(p, strlen(p), &size[n < 2 ? n : 0]);
		if (!stop)
			bad_header(in, "its 'shape' is damaged");
		if (++n > 2)
			break;
		p = stop;
	}
	if (n < 1 || n > 2 || *p != ')')
		gx_die(GX_EXIT_DATA,
		       "%s: npy: a matrix has two dimensions, genes and samples: reshape it in "
		       "NumPy",
		       in->name);
	npy->nrow = size[0];
	npy->ncol = size[1];
	npy->by_column = order[0] == 'T' && size[0] > 1 && size[1] > 1;
	uint64_t nbyte;
	if (size[1] == 0 || size[1] > GX_NPY_COLUMNS_MAX)
		bad_header(in, size[1] ? "more columns than there can be" : "no columns");
	if (__builtin_mul_overflow(size[0], size[1], &nbyte) ||
	    __builtin_mul_overflow(nbyte, npy->type.size, &nbyte) ||
	    nbyte > (uint64_t)INT64_MAX / 2)
		bad_header(in, "its shape is larger than any file");
}

void gx_npy_header_read(struct gx_input *in, struct gx_npy_header *npy)
{
	const unsigned char *head;
	size_t n = gx_input_peek(in, 12, &head);
	if (n < 12 || memcmp(head, GX_NPY_MAGIC, 6) != 0)
		bad_header(in, "damaged in its first bytes");
	if (head[6] < 1 || head[6] > 3)
		bad_header(in, "a version that is not known (1, 2 and 3 are)");
	bool wide = head[6] > 1;
	size_t length = head[8] | (size_t)head[9] << 8;
	if (wide)
		length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
	size_t before = wide ? 12 : 10;
	if (length > 1 << 20)
		bad_header(in, "its header is damaged");
	n = gx_input_peek(in, before + length, &head);
	if (n < before + length)
		bad_header(in, "cut off within its header");
	char *text = gx_allocate_zeroed(length + 1, 1);
	memcpy(text, head + before, length);
	read_descr(in, npy, text);
	read_shape(in, npy, text);
	free(text);
	npy->data = before + length;
}
