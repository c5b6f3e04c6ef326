/* SPDX-License-Identifier: MIT */
/* Sums of networks whose genes differ: the genes of the sum, and where each network has them. */
#ifndef GX_ADD_GENES_H
#define GX_ADD_GENES_H

#include "network/add_operand.h"
#include "stream/writer.h"

struct gx_add_genes {
	struct gx_names names; /* of the sum */
	/* For each operand, for each of its genes, its number in the sum; NULL: all are alike. */
	uint32_t **maps;
	size_t nmap;
	char step[64]; /* what the sum's provenance says of it */
};

/*
 * Finds the genes that the options name: common and union in the order of the first operand,
 * those of a file in its order. Dies where a gene is twice in an operand, where none is left,
 * and where one is missing without --fill.
 */
void gx_add_genes_find(struct gx_add_genes *genes, const struct gx_addition_options *options,
		       const struct gx_add_operand *operand, size_t n);

/* Adds all in memory, 8 bytes a pair, and writes the sum. */
void gx_add_genes_write(struct gx_add_genes *genes, const struct gx_addition_options *options,
			struct gx_add_operand *operand, size_t n, const struct gx_matrix *sum,
			struct gx_writer *writer);

/* Where all have the genes of the list in its order, no map is needed. */
void gx_add_genes_free_maps(struct gx_add_genes *genes);
void gx_add_genes_free(struct gx_add_genes *genes);

#endif
