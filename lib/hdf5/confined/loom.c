/* SPDX-License-Identifier: MIT */
/* loom, versions 2 and 3: genes x cells, layers of the same shape, attributes of both sides. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "hdf5/confined/frame.h"

static bool fits(const struct gx_hdf5_file *file)
{
	return gx_hdf5_is_dataset(file, "/matrix") && gx_hdf5_is_group(file, "/row_attrs") &&
	       gx_hdf5_is_group(file, "/col_attrs");
}

static void list_matrices(const struct gx_hdf5_file *file, struct gx_hdf5_candidates *list)
{
	struct gx_names layers = { 0 };
	gx_hdf5_candidates_add_dense(list, file, "/matrix");
	if (gx_hdf5_is_group(file, "/layers"))
		gx_hdf5_own_members(file, "/layers", &layers);
	const char *name = layers.text;
	for (size_t i = 0; i < layers.n; i++, name = gx_names_next(name))
		gx_hdf5_candidates_add_dense(list, file, gx_hdf5_join("/layers", name));
	gx_names_free(&layers);
}

/* ---- characters of version 2 ---- */

/*
 * Text was ASCII before version 3, and other characters were written by number, as XML has them.
 * The version is an attribute of the root then, later a dataset.
 */
static bool is_ascii(const struct gx_hdf5_file *file)
{
	uint64_t version = 0;
	char *text = gx_hdf5_value_text(file, "/attrs/LOOM_SPEC_VERSION");
	if (!text)
		text = gx_hdf5_text(file, "/", "LOOM_SPEC_VERSION");
	if (text)
		gx_decimal_take(text, strlen(text), &version);
	free(text);
	return version < 3;
}

/* Writes a character in UTF-8; returns its bytes. */
static size_t put_character(uint32_t c, char *out)
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t k = n; k > 1; k--, c >>= 6)
		out[k - 1] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(n == 1 ? c : first[n] | c);
	return n;
}

/*
 * The character that text stands for, "&#945;" or "&lt;"; 0 where it is none, or one that no name
 * may have. *end: behind it.
 */
static uint32_t take_entity(const char *text, const char **end)
{
	static const struct {
		const char *text;
		uint32_t character;
	} known[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' } };
	uint64_t c;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(text, known[i].text, strlen(known[i].text)) == 0) {
			*end = text + strlen(known[i].text);
			return known[i].character;
		}
	if (text[0] != '&' || text[1] != '#')
		return 0;
	const char *stop = gx_decimal_take(text + 2, strlen(text + 2), &c);
	bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
	if (!stop || *stop != ';' || is_control || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	*end = stop + 1;
	return (uint32_t)c;
}

/* A character is shorter than what stands for it, so that names shrink where they are. */
static void decode_names(struct gx_names *names)
{
	if (!names->n)
		return;
	const char *p = names->text, *end = p + names->nbyte;
	char *out = names->text;
	while (p < end) {
		uint32_t c = *p == '&' ? take_entity(p, &p) : 0;
		if (c)
			out += put_character(c, out);
		else
			*out++ = *p++;
	}
	names->nbyte = (size_t)(out - names->text);
}

/* ---- the layout ---- */

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	static const char *const genes[] = { "Gene", "var_names", "gene_names", "Accession", NULL },
				 *const samples[] = { "CellID", "obs_names", "cell_names", NULL };
	struct gx_hdf5_candidates list = { 0 };
	struct gx_hdf5_frame side[2];
	list_matrices(file, &list);
	const char *matrix = file->reading->dataset ? gx_hdf5_choose(file, &list) : "/matrix";
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", gx_hdf5_loom.name);
	gx_facts_tell(&plan->facts, "dataset", "%s", matrix);
	gx_hdf5_dense_add(file, matrix, plan);
	plan->all_genes = plan->array->extent[0];
	plan->all_samples = plan->array->extent[1];
	gx_hdf5_frames_begin(file, matrix, plan, side);
	gx_hdf5_frame_find(file, &side[GX_HDF5_GENES], "/row_attrs", genes);
	gx_hdf5_frame_find(file, &side[GX_HDF5_SAMPLES], "/col_attrs", samples);
	gx_hdf5_frames_read(file, side, plan);
	if (is_ascii(file)) {
		decode_names(&plan->genes);
		decode_names(&plan->samples);
	}
	gx_hdf5_tell_others(&list, matrix, &plan->facts);
	gx_hdf5_candidates_free(&list);
}

const struct gx_hdf5_layout gx_hdf5_loom = {
	.name = "loom",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
