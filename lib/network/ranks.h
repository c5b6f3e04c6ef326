/* SPDX-License-Identifier: MIT */
/*
 * A network by the ranks of its values: all cells of the symmetric matrix are ranked together
 * (kernel/rank.h).
 */
#ifndef GX_NETWORK_RANKS_H
#define GX_NETWORK_RANKS_H

#include <stdbool.h>

#include "network/whole.h"

enum gx_rank_method {
	GX_RANK_INTEGER,  /* q = 2 x rank, whole numbers */
	GX_RANK_EGAD,	  /* q / largest q */
	GX_RANK_EGAD_ABS, /* the same of absolute values */
	GX_RANK_RANKPY,	  /* (rank - 1) / number of cells, with a diagonal of 1 that is ranked too */
	GX_RANK_PYMN,	  /* (rank - 1) / largest (rank - 1), 0 where it is missing */
};

/* As an option of a command has them. */
extern const char *const gx_rank_method_names[];
enum { GX_RANK_METHODS = GX_RANK_PYMN + 1 };

/* What becomes of missing pairs. */
enum gx_rank_fill {
	GX_FILL_DEFAULT, /* of the method: an error, of pymn 0 */
	GX_FILL_ERROR,
	GX_FILL_KEEP,
	GX_FILL_MEDIAN,
	GX_FILL_MEAN,
};
extern const char *const gx_rank_fill_names[];
enum { GX_RANK_FILLS = GX_FILL_MEAN + 1 };

struct gx_ranking {
	enum gx_rank_method method;
	enum gx_rank_fill fill;
	bool distance; /* small is near */
};

/* The layout that ranks of so many genes have. */
enum gx_layout gx_ranks_layout(const struct gx_ranking *ranking, uint64_t ngene);

/* Bytes that ranking takes at most, the network with them. */
uint64_t gx_ranks_memory(const struct gx_ranking *ranking, enum gx_layout layout,
			 uint64_t ngene, int nthread);

/*
 * Puts ranks in the place of a network's values, with their kind, maximum, median and mean. Dies
 * with exit 1 where a pair is missing and may not, naming `file`.
 */
void gx_ranks_take(struct gx_network_whole *whole, const struct gx_ranking *ranking,
		   const char *file, int nthread);

#endif
