/* SPDX-License-Identifier: MIT */
#include "matrix/matrix.h"

#include <string.h>

void gx_matrix_free(struct gx_matrix *matrix)
{
	gx_names_free(&matrix->columns);
	*matrix = (struct gx_matrix){ 0 };
}

bool gx_network_same(const struct gx_network *a, const struct gx_network *b)
{
	return strcmp(a->kind, b->kind) == 0 && a->networks == b->networks && a->max == b->max &&
	       a->median == b->median && a->mean == b->mean;
}

bool gx_matrix_is_part(const struct gx_matrix *m)
{
	return m->first != 0 || (m->whole != GX_UNKNOWN && m->nrow != m->whole);
}

struct gx_names gx_matrix_columns(const struct gx_matrix *matrix, struct gx_names *buffer)
{
	if (matrix->columns.n)
		return matrix->columns;
	gx_names_clear(buffer);
	for (uint64_t j = 0; j < matrix->ncol; j++)
		gx_names_add_implicit(buffer, matrix->layout == GX_FULL ? 's' : 'g', j + 1);
	return *buffer;
}

/* Control bytes are in no name, as in text; a TAB is, where a name was quoted. */
static bool is_clean(const char *text, size_t n, bool tab)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < 0x20 && c != 0 && !(tab && c == '\t')) || c == 0x7f)
			return false;
	}
	return true;
}

bool gx_matrix_names_clean(const struct gx_names *names)
{
	return is_clean(names->text, names->nbyte, true);
}

static const char *triangle_fault(const struct gx_matrix *m)
{
	if (m->ncol > GX_NETWORK_GENES_MAX)
		return "it is a network of more genes than there can be";
	/* Of the rows of a pipe a head does not tell: more parts may follow. */
	if (m->whole != m->ncol || m->first == GX_UNKNOWN)
		return "it is a triangle that does not say which rows it has";
	if (m->derived || m->named)
		return "it is a triangle and has names or facts of rows";
	return is_clean(m->network.kind, strlen(m->network.kind), false)
		       ? NULL
		       : "its kind of network has a control byte";
}

const char *gx_matrix_fault(const struct gx_matrix *m)
{
	if (m->ncol == 0)
		return "it has no columns";
	if (m->ncol > GX_COLUMNS_MAX)
		return "it has more columns than there can be";
	if (m->nrow == 0 && m->whole == 0 && m->ncol > GX_COLUMNS_WITHOUT_ROWS_MAX)
		return "it has no rows, and more columns than anybody has";
	if (m->columns.n && m->columns.n != m->ncol)
		return "it does not have a name for each column";
	if (!gx_matrix_names_clean(&m->columns))
		return "a column's name has a control byte";
	if (!is_clean(m->identity, strlen(m->identity), false) ||
	    !is_clean(m->provenance, strlen(m->provenance), false))
		return "what it says of its origin has a control byte";
	const char *why = m->layout == GX_FULL ? NULL : triangle_fault(m);
	if (why)
		return why;
	uint64_t end = m->nrow;
	if (m->first != GX_UNKNOWN && m->nrow != GX_UNKNOWN &&
	    (__builtin_add_overflow(m->first, m->nrow, &end) || end == GX_UNKNOWN))
		return "its rows are numbered beyond 2^64";
	if (m->whole == GX_UNKNOWN)
		return NULL;
	if ((m->nrow != GX_UNKNOWN && m->nrow > m->whole) ||
	    (m->first != GX_UNKNOWN && m->first > m->whole) ||
	    (m->first != GX_UNKNOWN && m->nrow != GX_UNKNOWN && end > m->whole))
		return "it has more rows than its matrix";
	return NULL;
}
