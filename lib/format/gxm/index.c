/* SPDX-License-Identifier: MIT */
/* The index of a file: its segments, found from its end. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/gxm/segment.h"

/* Whether the blocks fill what is between the header and `end`, without a hole. */
static bool blocks_fill(const struct gx_gxm_segment *s, uint64_t end)
{
	const struct gx_gxm_header *h = &s->header;
	size_t width = gx_gxm_index_width(h);
	uint64_t position = h->nbyte, row = 0;
	for (uint64_t i = 0; i < s->trailer.nblock; i++) {
		bool last = i + 1 == s->trailer.nblock;
		uint64_t nrow = gx_gxm_block_rows(h, row);
		uint64_t offset = gx_gxm_block_offset(s, i);
		if (offset < position || (i == 0 && offset != position) || offset > end ||
		    (width == 2 && s->index[2 * i] != row))
			return false;
		position = offset + sizeof(struct gx_gxm_block) +
			   (last ? 0 : gx_gxm_pad(gx_gxm_payload(h, row, nrow)));
		row += nrow;
	}
	return position <= end;
}

/* Reads the segment that ends at `end`; false when anything there is not as it must be. */
static bool index_segment(const struct gx_input *in, uint64_t end, struct gx_gxm_segment *s)
{
	struct gx_gxm_footer f;
	if (end < sizeof s->header + sizeof s->trailer + sizeof f ||
	    gx_input_at(in, &f, sizeof f, end - sizeof f, NULL) != sizeof f ||
	    memcmp(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic) != 0 ||
	    f.segment_bytes > end || f.trailer_bytes > f.segment_bytes ||
	    f.trailer_bytes < sizeof s->trailer + sizeof f)
		return false;
	s->start = end - f.segment_bytes;
	if (gx_input_at(in, &s->header, sizeof s->header, s->start, NULL) != sizeof s->header ||
	    gx_gxm_header_fault(&s->header) ||
	    s->header.nbyte > f.segment_bytes - f.trailer_bytes)
		return false;
	uint64_t at = end - f.trailer_bytes;
	if (gx_input_at(in, &s->trailer, sizeof s->trailer, at, NULL) != sizeof s->trailer ||
	    gx_gxm_trailer_fault(&s->trailer, &s->header) || s->trailer.nbyte != f.trailer_bytes)
		return false;
	size_t n = f.trailer_bytes - sizeof s->trailer;
	s->index = gx_allocate(n, 1); /* bounded by the file's size */
	if (gx_input_at(in, s->index, n, at + sizeof s->trailer, NULL) != n ||
	    gx_gxm_trailer_body_fault(&s->trailer, &s->header, (unsigned char *)s->index,
				      f.segment_bytes, &s->source))
		return false;
	return blocks_fill(s, f.segment_bytes - f.trailer_bytes);
}

bool gx_gxm_index_file(const struct gx_input *in, struct gx_gxm_segment **segment,
		       size_t *nsegment)
{
	size_t room = 0, n = 0;
	for (uint64_t end = in->size; end > 0;) {
		if (n == room) {
			room = room ? 2 * room : 4;
			*segment = gx_reallocate(*segment, room, sizeof **segment);
		}
		struct gx_gxm_segment *s = &(*segment)[n];
		*s = (struct gx_gxm_segment){ 0 };
		*nsegment = ++n;
		if (!index_segment(in, end, s))
			return false;
		end = s->start;
	}
	for (size_t i = 0, j = n - 1; i < j; i++, j--) {
		struct gx_gxm_segment swap = (*segment)[i];
		(*segment)[i] = (*segment)[j];
		(*segment)[j] = swap;
	}
	return true;
}

void gx_gxm_segments_free(struct gx_gxm_segment **segment, size_t *nsegment)
{
	for (size_t i = 0; i < *nsegment; i++)
		free((*segment)[i].index);
	free(*segment);
	*segment = NULL;
	*nsegment = 0;
}

uint64_t gx_gxm_block_offset(const struct gx_gxm_segment *s, uint64_t i)
{
	size_t width = gx_gxm_index_width(&s->header);
	return s->index[width * i + width - 1];
}

uint64_t gx_gxm_block_end(const struct gx_gxm_segment *s, uint64_t i)
{
	if (i + 1 < s->trailer.nblock)
		return gx_gxm_block_offset(s, i + 1);
	struct gx_gxm_footer f;
	size_t n = s->trailer.nbyte - sizeof s->trailer;
	memcpy(&f, (const unsigned char *)s->index + n - sizeof f, sizeof f);
	return f.segment_bytes - f.trailer_bytes;
}

uint64_t gx_gxm_block_row(const struct gx_gxm_segment *s, uint64_t i)
{
	if (i == s->trailer.nblock)
		return s->trailer.nrow;
	return s->header.layout == GX_FULL ? i * gx_batch_rows(s->header.ncol) : s->index[2 * i];
}

uint64_t gx_gxm_block_with(const struct gx_gxm_segment *s, uint64_t row)
{
	if (s->header.layout == GX_FULL)
		return row / gx_batch_rows(s->header.ncol);
	uint64_t low = 0, high = s->trailer.nblock;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (gx_gxm_block_row(s, middle) <= row)
			low = middle;
		else
			high = middle;
	}
	return low;
}
