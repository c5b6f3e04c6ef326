/* SPDX-License-Identifier: MIT */
/* Headers and trailers of segments, however they were read: what is wrong with them. */
#include <string.h>

#include "format/gxm/segment.h"
#include "kernel/digest.h"
#include "kernel/hash.h"

const char *gx_gxm_header_fault(const struct gx_gxm_header *h)
{
	if (memcmp(h->magic, GX_GXM_MAGIC, sizeof h->magic) != 0)
		return memcmp(h->magic, GX_GXM_MAGIC, 4) == 0
			       ? "its magic bytes were changed, as a transfer in text mode does"
			       : "there is no GXM header";
	if (h->version != GX_GXM_VERSION)
		return "it is of another version of GXM";
	if (h->layout > GX_TRIANGLE_UINT64)
		return "its values lie in a way that this version of gx does not know";
	if (h->layout != GX_FULL &&
	    (h->ncol > GX_NETWORK_GENES_MAX || h->whole != h->ncol || h->first > h->whole ||
	     h->nrow > h->whole - h->first || h->flags || !h->network_bytes))
		return "its header is damaged";
	if (h->ncol == 0 || h->ncol > GX_COLUMNS_MAX || h->provenance_bytes >= GX_WORK_MAX ||
	    h->column_name_bytes > (UINT64_C(1) << 44) ||
	    (h->column_name_bytes && h->column_name_bytes < h->ncol) ||
	    h->nbyte !=
		    gx_gxm_pad(sizeof *h + h->column_name_bytes + h->provenance_bytes +
			       h->network_bytes) ||
	    h->flags > (GX_GXM_ROWS_NAMED | GX_GXM_DERIVED) ||
	    h->network_bytes > (h->layout == GX_FULL ? 0 : GX_GXM_NETWORK_MAX))
		return "its header is damaged";
	return NULL;
}

void gx_gxm_header_take(const struct gx_gxm_header *h, const unsigned char *bytes,
			struct gx_matrix *m)
{
	const char *names = (const char *)bytes + sizeof *h;
	m->ncol = h->ncol;
	m->first = h->first;
	m->nrow = m->announced = h->nrow;
	m->whole = h->whole;
	m->named = h->flags & GX_GXM_ROWS_NAMED;
	m->derived = h->flags & GX_GXM_DERIVED;
	memcpy(m->identity, h->identity, sizeof m->identity);
	memcpy(m->provenance, names + h->column_name_bytes, h->provenance_bytes);
	m->provenance[h->provenance_bytes] = 0;
	m->terms = m->derived && gx_steps_have(m->provenance, "vote");
	m->layout = h->layout;
	m->network = (struct gx_network){ 0 };
	if (h->network_bytes)
		gx_gxm_network_read(names + h->column_name_bytes + h->provenance_bytes,
				    h->network_bytes, &m->network);
	gx_names_clear(&m->columns);
	if (h->column_name_bytes) {
		struct gx_names all = { (char *)(uintptr_t)names, h->ncol,
					h->column_name_bytes, 0 };
		gx_names_append(&m->columns, &all);
	}
}

const char *gx_gxm_header_body_fault(const struct gx_gxm_header *h, unsigned char *bytes)
{
	const size_t at = offsetof(struct gx_gxm_header, checksum);
	const char *names = (const char *)bytes + sizeof *h;
	size_t used = sizeof *h + h->column_name_bytes + h->provenance_bytes + h->network_bytes;
	memset(bytes + at, 0, sizeof h->checksum);
	uint64_t checksum = XXH3_64bits(bytes, h->nbyte);
	memcpy(bytes + at, &h->checksum, sizeof h->checksum);
	if (checksum != h->checksum || h->identity[GX_IDENTITY_MAX - 1] != 0 ||
	    !gx_all_zero(bytes + used, h->nbyte - used) ||
	    (h->column_name_bytes &&
	     !gx_names_sound(names, h->column_name_bytes, h->ncol)))
		return "its header is damaged (checksum)";
	struct gx_network network;
	if (h->network_bytes &&
	    !gx_gxm_network_read(names + h->column_name_bytes + h->provenance_bytes,
				 h->network_bytes, &network))
		return "what its header says of the network is damaged";
	struct gx_matrix m = { 0 };
	gx_gxm_header_take(h, bytes, &m);
	const char *why = gx_matrix_fault(&m);
	gx_matrix_free(&m);
	return why;
}

void gx_gxm_announce(struct gx_matrix *m)
{
	if (m->whole == GX_UNKNOWN || m->first == GX_UNKNOWN || m->nrow == GX_UNKNOWN ||
	    m->first + m->nrow != m->whole)
		m->announced = GX_UNKNOWN;
}

const char *gx_gxm_join_fault(const struct gx_matrix *m, uint64_t base,
			      const struct gx_gxm_header *h, const unsigned char *bytes,
			      uint64_t rows_before)
{
	struct gx_matrix next = { 0 };
	gx_gxm_header_take(h, bytes, &next);
	const char *why = NULL;
	if (next.ncol != m->ncol)
		why = "it has another number of columns";
	else if (!gx_names_equal(&next.columns, &m->columns))
		why = "its columns have other names";
	else if (next.named != m->named || next.derived != m->derived ||
		 next.layout != m->layout || strcmp(next.provenance, m->provenance) != 0 ||
		 !gx_network_same(&next.network, &m->network))
		why = "something else was done to it";
	else if (strcmp(next.identity, m->identity) != 0 || next.whole != m->whole)
		why = "it is of another matrix";
	else if ((next.first == GX_UNKNOWN) != (base == GX_UNKNOWN))
		why = "only one of the two says where its rows belong";
	else if (next.first != GX_UNKNOWN && next.first < base + rows_before)
		why = "its rows overlap those before it";
	else if (next.first != GX_UNKNOWN && next.first > base + rows_before)
		why = gx_source_gap;
	gx_matrix_free(&next);
	return why;
}

const char *gx_gxm_trailer_fault(const struct gx_gxm_trailer *t,
				 const struct gx_gxm_header *h)
{
	if (memcmp(t->magic, GX_GXM_TRAILER_MAGIC, sizeof t->magic) != 0 || t->reserved ||
	    t->header_checksum != h->checksum || t->nblock > (UINT64_C(1) << 47) ||
	    t->source_bytes > GX_GXM_SOURCE_MAX ||
	    (t->source_bytes != 0) != ((h->flags & GX_GXM_DERIVED) != 0) ||
	    t->nbyte != gx_gxm_pad(sizeof *t + 8 * gx_gxm_index_width(h) * t->nblock +
				   t->source_bytes) +
				sizeof(struct gx_gxm_footer))
		return "its trailer is damaged";
	if ((h->nrow != GX_UNKNOWN && h->nrow != t->nrow) || t->nblock != gx_gxm_blocks(h, t->nrow))
		return "its totals disagree";
	uint64_t end;
	if (h->first != GX_UNKNOWN && __builtin_add_overflow(h->first, t->nrow, &end))
		return "its rows are numbered beyond 2^64";
	if (h->whole != GX_UNKNOWN && h->first != GX_UNKNOWN && end > h->whole)
		return "it has more rows than its matrix";
	return NULL;
}

const char *gx_gxm_trailer_body_fault(const struct gx_gxm_trailer *t,
				      const struct gx_gxm_header *h, unsigned char *rest,
				      uint64_t segment_bytes, struct gx_source *source)
{
	size_t n = t->nbyte - sizeof *t;
	struct gx_gxm_footer f;
	memcpy(&f, rest + n - sizeof f, sizeof f);
	struct gx_gxm_footer zeroed = f;
	zeroed.checksum = 0;
	memcpy(rest + n - sizeof f, &zeroed, sizeof f);
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, t, sizeof *t);
	XXH3_64bits_update(&state, rest, n);
	size_t index = 8 * gx_gxm_index_width(h) * t->nblock, used = index + t->source_bytes;
	if (XXH3_64bits_digest(&state) != f.checksum ||
	    memcmp(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic) != 0 ||
	    f.trailer_bytes != t->nbyte || f.segment_bytes != segment_bytes ||
	    !gx_all_zero((unsigned char *)f.reserved, sizeof f.reserved) ||
	    !gx_all_zero(rest + used, n - sizeof f - used))
		return "its trailer is damaged (checksum)";
	if (t->source_bytes &&
	    !gx_gxm_source_read((const char *)rest + index, t->source_bytes, source))
		return "the source facts in its trailer are damaged";
	/* A row comes of a row or of a term: there are as many of the input, or more. */
	bool counted = t->source_bytes &&
		       (source->unit == GX_UNIT_ROWS || source->unit == GX_UNIT_TERMS) &&
		       source->first != GX_UNKNOWN && source->last != GX_UNKNOWN;
	if (counted && t->nrow > source->last - source->first)
		return "it has more rows than the part of its input that it comes of";
	return NULL;
}
