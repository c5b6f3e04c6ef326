/* SPDX-License-Identifier: MIT */
/*
 * What a text table costs with the C library: the values at the end of FILE (raw doubles,
 * or an npy file of them) as TSV with printf's 17 digits, which is what it takes to be
 * read back.
 *
 *	printf_matrix FILE ROWS COLUMNS
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: printf_matrix FILE ROWS COLUMNS\n");
		return 2;
	}
	size_t nrow = strtoull(argv[2], NULL, 10), ncol = strtoull(argv[3], NULL, 10);
	FILE *in = fopen(argv[1], "rb");
	double *row = malloc(ncol * sizeof *row);
	if (!in || !row || fseek(in, -(long)(nrow * ncol * sizeof *row), SEEK_END) != 0) {
		perror(argv[1]);
		return 3;
	}
	static char buffer[1 << 18];
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	fputs("gene", stdout);
	for (size_t j = 0; j < ncol; j++)
		printf("\ts%zu", j + 1);
	putchar('\n');
	for (size_t i = 0; i < nrow; i++) {
		if (fread(row, sizeof *row, ncol, in) != ncol) {
			fprintf(stderr, "printf_matrix: %s is too short\n", argv[1]);
			return 1;
		}
		printf("g%zu", i + 1);
		for (size_t j = 0; j < ncol; j++)
			printf("\t%.17g", row[j]);
		putchar('\n');
	}
	free(row);
	fclose(in);
	return fflush(stdout) == 0 ? 0 : 3;
}
