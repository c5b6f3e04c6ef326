/* SPDX-License-Identifier: MIT */
/* The index of a file: its segments, found from its end. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/gxm/segment.h"

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
	s->offset = gx_allocate(n, 1); /* bounded by the file's size */
	if (gx_input_at(in, s->offset, n, at + sizeof s->trailer, NULL) != n ||
	    gx_gxm_trailer_body_fault(&s->trailer, (unsigned char *)s->offset, f.segment_bytes,
			       &s->source))
		return false;
	/* Blocks fill what is between header and trailer, without a hole. */
	uint64_t position = s->header.nbyte, values = gx_batch_rows(s->header.ncol);
	values = gx_gxm_pad(values * s->header.ncol * 8);
	for (uint64_t i = 0; i < s->trailer.nblock; i++) {
		bool last = i + 1 == s->trailer.nblock;
		if (s->offset[i] < position || (i == 0 && s->offset[i] != position) ||
		    s->offset[i] > f.segment_bytes - f.trailer_bytes)
			return false;
		position = s->offset[i] + sizeof(struct gx_gxm_block) +
			   (last ? 0 : values);
	}
	return position <= f.segment_bytes - f.trailer_bytes;
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
		free((*segment)[i].offset);
	free(*segment);
	*segment = NULL;
	*nsegment = 0;
}

uint64_t gx_gxm_block_end(const struct gx_gxm_segment *s, uint64_t i)
{
	if (i + 1 < s->trailer.nblock)
		return s->offset[i + 1];
	struct gx_gxm_footer f;
	size_t n = s->trailer.nbyte - sizeof s->trailer;
	memcpy(&f, (const unsigned char *)s->offset + n - sizeof f, sizeof f);
	return f.segment_bytes - f.trailer_bytes;
}
