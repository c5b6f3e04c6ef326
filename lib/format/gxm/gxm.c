/* SPDX-License-Identifier: MIT */
#include "format/gxm/gxm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "kernel/digest.h"
#include "kernel/hash.h"

uint64_t gx_gxm_payload(const struct gx_gxm_header *h, uint64_t row, uint64_t nrow)
{
	if (h->layout == GX_FULL)
		return nrow * h->ncol * 8;
	uint64_t from = gx_triangle_values(h->first + row);
	return gx_layout_size(h->layout) * (gx_triangle_values(h->first + row + nrow) - from);
}

uint64_t gx_gxm_block_rows(const struct gx_gxm_header *h, uint64_t row)
{
	if (h->layout == GX_FULL)
		return gx_batch_rows(h->ncol);
	uint64_t n = 1;
	while (gx_gxm_payload(h, row, n + 1) <= GX_BATCH_VALUES)
		n++;
	return n;
}

uint64_t gx_gxm_blocks(const struct gx_gxm_header *h, uint64_t nrow)
{
	uint64_t n = 0;
	if (h->layout == GX_FULL) {
		uint64_t each = gx_batch_rows(h->ncol);
		return nrow / each + (nrow % each != 0);
	}
	for (uint64_t row = 0; row < nrow; n++)
		row += gx_gxm_block_rows(h, row);
	return n;
}

uint64_t gx_gxm_block_checksum(const struct gx_gxm_block *block, const char *names,
			       const uint64_t *digest)
{
	struct gx_gxm_block head = *block;
	head.checksum = 0;
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, &head, sizeof head);
	if (block->name_bytes)
		XXH3_64bits_update(&state, names, gx_gxm_pad(block->name_bytes));
	XXH3_64bits_update(&state, digest, block->nrow * sizeof *digest);
	return XXH3_64bits_digest(&state);
}

static const char *count_text(uint64_t n, char out[24])
{
	if (n == GX_UNKNOWN)
		return ".";
	*gx_count_print(n, out) = 0;
	return out;
}

size_t gx_gxm_source_print(const struct gx_source *source, char out[GX_GXM_SOURCE_MAX])
{
	char first[24], last[24], of[24], digest[GX_HEX + 1];
	gx_hex_print(source->digest, digest);
	int n = snprintf(out, GX_GXM_SOURCE_MAX,
			 "identity %s\nunit %s\nfirst %s\nlast %s\nof %s\ndigest %s\nwork %s\n",
			 source->identity, gx_unit_name(source->unit),
			 count_text(source->first, first), count_text(source->last, last),
			 count_text(source->of, of), digest, source->work);
	return (size_t)n;
}

/* The text behind "key " on the line at *p, which it leaves at the next line. */
static bool line_value(const char **p, const char *end, const char *key, const char **value,
		       size_t *nvalue)
{
	size_t n = strlen(key);
	const char *stop = memchr(*p, '\n', (size_t)(end - *p));
	if (!stop || (size_t)(stop - *p) < n + 1 || memcmp(*p, key, n) != 0 || (*p)[n] != ' ')
		return false;
	*value = *p + n + 1;
	*nvalue = (size_t)(stop - *value);
	*p = stop + 1;
	return true;
}

static bool copy_text(char *out, size_t room, const char *value, size_t nvalue)
{
	if (nvalue >= room)
		return false;
	for (size_t i = 0; i < nvalue; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return false;
	memcpy(out, value, nvalue);
	out[nvalue] = 0;
	return true;
}

static bool read_count(const char *value, size_t nvalue, uint64_t *n)
{
	*n = GX_UNKNOWN;
	return (nvalue == 1 && *value == '.') || gx_decimal_read(value, nvalue, n);
}

bool gx_gxm_source_read(const char *text, size_t ntext, struct gx_source *source)
{
	const char *p = text, *end = text + ntext, *v;
	size_t n;
	*source = (struct gx_source){ 0 };
	if (!line_value(&p, end, "identity", &v, &n) ||
	    n == 0 || !copy_text(source->identity, sizeof source->identity, v, n) ||
	    !line_value(&p, end, "unit", &v, &n))
		return false;
	source->unit = gx_unit_find(v, n);
	if (!line_value(&p, end, "first", &v, &n) || !read_count(v, n, &source->first) ||
	    !line_value(&p, end, "last", &v, &n) || !read_count(v, n, &source->last) ||
	    !line_value(&p, end, "of", &v, &n) || !read_count(v, n, &source->of) ||
	    !line_value(&p, end, "digest", &v, &n) || !gx_hex_read(v, n, &source->digest) ||
	    !line_value(&p, end, "work", &v, &n) ||
	    !copy_text(source->work, sizeof source->work, v, n))
		return false;
	bool known = source->first != GX_UNKNOWN && source->last != GX_UNKNOWN;
	if ((known && source->first > source->last) ||
	    (source->of != GX_UNKNOWN && (!known || source->last > source->of)))
		return false;
	char again[GX_GXM_SOURCE_MAX];
	return p == end && gx_gxm_source_print(source, again) == ntext &&
	       memcmp(again, text, ntext) == 0;
}

size_t gx_gxm_network_print(const struct gx_network *network, char out[GX_GXM_NETWORK_MAX])
{
	char max[24], median[24], mean[24];
	int n = snprintf(out, GX_GXM_NETWORK_MAX,
			 "kind %s\nnetworks %" PRIu64 "\nmax %s\nmedian %s\nmean %s\n",
			 network->kind, network->networks, count_text(network->max, max),
			 count_text(network->median, median), count_text(network->mean, mean));
	return (size_t)n;
}

bool gx_gxm_network_read(const char *text, size_t ntext, struct gx_network *network)
{
	const char *p = text, *end = text + ntext, *v;
	size_t n;
	*network = (struct gx_network){ 0 };
	if (!line_value(&p, end, "kind", &v, &n) ||
	    !copy_text(network->kind, sizeof network->kind, v, n) ||
	    !line_value(&p, end, "networks", &v, &n) || !gx_decimal_read(v, n, &network->networks) ||
	    !line_value(&p, end, "max", &v, &n) || !read_count(v, n, &network->max) ||
	    !line_value(&p, end, "median", &v, &n) || !read_count(v, n, &network->median) ||
	    !line_value(&p, end, "mean", &v, &n) || !read_count(v, n, &network->mean))
		return false;
	char again[GX_GXM_NETWORK_MAX];
	return p == end && gx_gxm_network_print(network, again) == ntext &&
	       memcmp(again, text, ntext) == 0;
}
