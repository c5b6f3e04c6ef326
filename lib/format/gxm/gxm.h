/* SPDX-License-Identifier: MIT */
/*
 * GXM, the binary matrix stream, as it lies on disk: gx-matrix(5) has the specification and
 * these structures are it. All numbers are little-endian; every part is a multiple of 64
 * bytes; padding is zero.
 *
 *	segment = header  block ...  trailer          and segments may follow each other
 *	header  = struct gx_gxm_header, column names, provenance, padding
 *	block   = struct gx_gxm_block, row names, padding, values, padding
 *	trailer = struct gx_gxm_trailer, index of the blocks, source facts, padding,
 *		  struct gx_gxm_footer
 *
 * A triangle (matrix/rows.h) has facts of the network behind the provenance, no names in its
 * blocks, and pairs of first row and offset for an index.
 */
#ifndef GX_GXM_H
#define GX_GXM_H

#include <stdint.h>

#include "matrix/matrix.h"

enum {
	GX_GXM_VERSION = 1,
	GX_GXM_ALIGN = 64,
};

/* The high bit, CR LF, ^Z and LF: what text mode or seven bits would change. */
#define GX_GXM_MAGIC "\x89GXM\r\n\x1a\n"
#define GX_GXM_BLOCK_MAGIC "GXMBLOCK"
#define GX_GXM_TRAILER_MAGIC "GXMTRAIL"
#define GX_GXM_FOOTER_MAGIC "\x89GXEND\r\n"

enum {
	GX_GXM_ROWS_NAMED = 1,
	GX_GXM_DERIVED = 2,
};

struct gx_gxm_header {
	char magic[8];
	uint32_t version;
	uint32_t layout; /* enum gx_layout */
	uint64_t nbyte;	 /* of the whole header, names and padding included */
	uint64_t ncol;
	uint64_t first; /* first row of the segment in its matrix; all ones: not known */
	uint64_t nrow;	/* rows in the segment; all ones: the trailer tells */
	uint64_t whole; /* rows of the matrix; all ones: not known */
	uint64_t flags;
	uint64_t column_name_bytes; /* 0: implicit names */
	uint64_t provenance_bytes;
	char identity[GX_IDENTITY_MAX]; /* zero behind its end */
	uint64_t network_bytes;		/* of the facts of a network; 0 of full rows */
	uint64_t checksum; /* XXH3-64 of the header, this field zero */
};

struct gx_gxm_block {
	char magic[8];
	uint64_t nbyte; /* of the whole block */
	uint64_t first; /* its first row, counted in the segment */
	uint64_t nrow;
	uint64_t name_bytes; /* without padding */
	uint64_t reserved;
	uint64_t header_checksum; /* of the segment that it belongs to */
	uint64_t checksum; /* XXH3-64 of this header with the field zero, names and their padding,
			      then the digest of each row */
};

struct gx_gxm_trailer {
	char magic[8];
	uint64_t nbyte; /* of the whole trailer, footer included */
	uint64_t nrow;
	uint64_t digest; /* sum of the digests of the segment's rows */
	uint64_t nblock;
	uint64_t source_bytes; /* 0: no source facts */
	uint64_t header_checksum;
	uint64_t reserved;
};

struct gx_gxm_footer {
	uint64_t trailer_bytes;
	uint64_t segment_bytes;
	uint64_t reserved[4];
	uint64_t checksum; /* XXH3-64 of the trailer, this field zero */
	char magic[8];
};

_Static_assert(sizeof(struct gx_gxm_header) == 128, "layout of the header");
_Static_assert(sizeof(struct gx_gxm_block) == 64, "layout of a block");
_Static_assert(sizeof(struct gx_gxm_trailer) == 64, "layout of the trailer");
_Static_assert(sizeof(struct gx_gxm_footer) == 64, "layout of the footer");

/*
 * Every block but the last has gx_gxm_block_rows rows: gx_batch_rows(ncol) full ones, or as many
 * of a triangle as have 256 KiB of values together, at least one. `row`: the block's first one,
 * counted in the segment. Payload: bytes of the values of nrow rows from `row` on.
 */
uint64_t gx_gxm_block_rows(const struct gx_gxm_header *h, uint64_t row);
uint64_t gx_gxm_payload(const struct gx_gxm_header *h, uint64_t row, uint64_t nrow);
/* Blocks of a segment of nrow rows. */
uint64_t gx_gxm_blocks(const struct gx_gxm_header *h, uint64_t nrow);

/* Numbers of 64 bits that the index has for a block: its offset, of a triangle its row before it. */
static inline size_t gx_gxm_index_width(const struct gx_gxm_header *h)
{
	return h->layout == GX_FULL ? 1 : 2;
}

static inline uint64_t gx_gxm_pad(uint64_t n)
{
	return (n + GX_GXM_ALIGN - 1) / GX_GXM_ALIGN * GX_GXM_ALIGN;
}

/* A block's checksum; `names` has gx_gxm_pad(block->name_bytes) bytes. */
uint64_t gx_gxm_block_checksum(const struct gx_gxm_block *block, const char *names,
			       const uint64_t *digest);

/*
 * Source facts as the trailer has them: lines "identity unit first last of digest work",
 * each "key value" and an LF. Read returns false where the text is not exactly one that
 * print writes.
 */
enum { GX_GXM_SOURCE_MAX = GX_WORK_MAX + 512 };
size_t gx_gxm_source_print(const struct gx_source *source, char out[GX_GXM_SOURCE_MAX]);
bool gx_gxm_source_read(const char *text, size_t ntext, struct gx_source *source);

/*
 * The facts of a network as the header has them: lines "kind networks max median mean", each
 * "key value" and an LF. Read as those above.
 */
enum { GX_GXM_NETWORK_MAX = GX_KIND_MAX + 160 };
size_t gx_gxm_network_print(const struct gx_network *network, char out[GX_GXM_NETWORK_MAX]);
bool gx_gxm_network_read(const char *text, size_t ntext, struct gx_network *network);

#endif
