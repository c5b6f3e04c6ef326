/* SPDX-License-Identifier: MIT */
/*
 * A table as most programs write them: exponential values with mean 10 and four decimals,
 * as TSV with names.
 *
 *	four_decimals ROWS COLUMNS >table.tsv
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/distribution.h"

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: four_decimals ROWS COLUMNS\n");
		return 2;
	}
	size_t nrow = strtoull(argv[1], NULL, 10), ncol = strtoull(argv[2], NULL, 10);
	struct gx_distribution exponential = { .kind = GX_EXPONENTIAL, .scale = 10, .seed = 1 };
	double *row = malloc(ncol * sizeof *row);
	if (!row)
		return 3;
	fputs("gene", stdout);
	for (size_t j = 0; j < ncol; j++)
		printf("\ts%zu", j + 1);
	putchar('\n');
	for (size_t i = 0; i < nrow; i++) {
		gx_random_rows(&exponential, i, 1, ncol, row);
		printf("g%zu", i + 1);
		for (size_t j = 0; j < ncol; j++)
			printf("\t%.4f", row[j]);
		putchar('\n');
	}
	free(row);
	return fflush(stdout) == 0 ? 0 : 3;
}
