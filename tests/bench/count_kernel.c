/* SPDX-License-Identifier: MIT */
/*
 * The kernels of gx-means and gx-threshold on a matrix in memory: the mean of each row,
 * and how many lie above a threshold. For each line on standard input it runs REPEATS
 * times and prints the seconds of each run on one line; first of all, the count.
 *
 *	count_kernel FILE ROWS COLUMNS THRESHOLD THREADS REPEATS
 */
#define _POSIX_C_SOURCE 200809L
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/count.h"
#include "kernel/mean.h"

enum { BLOCK = 512 }; /* rows: their means stay in the first level cache */

static uint64_t count_block(const double *value, size_t nrow, size_t ncol, double threshold)
{
	double mean[BLOCK];
	uint64_t above = 0, missing = 0;
	gx_mean_rows(value, nrow, ncol, mean);
	gx_count_columns(mean, nrow, 1, threshold, false, &above, &missing);
	return above;
}

static uint64_t count(const double *value, size_t nrow, size_t ncol, double threshold,
		      int nthread)
{
	uint64_t above = 0;
#pragma omp parallel for schedule(static) num_threads(nthread) reduction(+ : above)
	for (size_t i = 0; i < nrow; i += BLOCK)
		above += count_block(value + i * ncol, nrow - i < BLOCK ? nrow - i : BLOCK, ncol,
				     threshold);
	return above;
}

int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr, "usage: count_kernel FILE ROWS COLUMNS THRESHOLD THREADS REPEATS\n");
		return 2;
	}
	size_t nrow = strtoull(argv[2], NULL, 10), ncol = strtoull(argv[3], NULL, 10);
	double threshold = strtod(argv[4], NULL);
	int nthread = atoi(argv[5]), repeats = atoi(argv[6]);
	void *memory = NULL;
	FILE *in = fopen(argv[1], "rb");
	if (!in || posix_memalign(&memory, 64, nrow * ncol * sizeof(double)) != 0 ||
	    fseek(in, -(long)(nrow * ncol * sizeof(double)), SEEK_END) != 0 ||
	    fread(memory, sizeof(double), nrow * ncol, in) != nrow * ncol) {
		perror(argv[1]);
		return 3;
	}
	fclose(in);
	const double *value = memory;
	uint64_t expected = count(value, nrow, ncol, threshold, nthread);
	printf("%llu\n", (unsigned long long)expected);
	fflush(stdout);
	for (int c = getchar(); c != EOF; c = getchar()) {
		if (c != '\n')
			continue;
		for (int i = 0; i < repeats; i++) {
			double start = omp_get_wtime();
			if (count(value, nrow, ncol, threshold, nthread) != expected)
				return 1;
			printf("%.9f ", omp_get_wtime() - start);
		}
		printf("\n");
		fflush(stdout);
	}
	free(memory);
	return 0;
}
