# SPDX-License-Identifier: MIT
# A network in memory as R makes it, in count_kernel.c's manner: for each line on standard input
# the seconds of one call. OPENBLAS_NUM_THREADS=1 goes before it.
#
#	Rscript --vanilla network_R.R cor MATRIX.npy         cor of the genes
#	Rscript --vanilla network_R.R WGCNA MATRIX.npy       WGCNA's cor
#	Rscript --vanilla network_R.R frankv NETWORK.npy     data.table's ranks of all cells
#
# The first line that it prints is of the result: the mean row, counted from 1, weighed by the
# cells.

argument <- commandArgs(TRUE)
what <- argument[1]
if (Sys.getenv("OPENBLAS_NUM_THREADS") != "1")
	stop("set OPENBLAS_NUM_THREADS=1: the race is of one thread")

# Rows of npy lie one behind the other, and so do columns of R: genes become columns, which is
# what cor wants.
read_npy <- function(path) {
	from <- file(path, "rb")
	on.exit(close(from))
	start <- readBin(from, "raw", 10)
	stopifnot(start[1:7] == as.raw(c(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1)))
	header <- readChar(from, as.integer(start[9]) + 256L * as.integer(start[10]),
			   useBytes = TRUE)
	stopifnot(grepl("'<f8'", header), grepl("'fortran_order': False", header))
	shape <- as.numeric(regmatches(sub(".*'shape'", "", header),
				       gregexpr("[0-9]+", sub(".*'shape'", "", header)))[[1]])
	matrix(readBin(from, "double", prod(shape)), shape[2], shape[1])
}

value <- read_npy(argument[2])
call <- switch(what,
	cor = function() stats::cor(value),
	WGCNA = {
		suppressPackageStartupMessages(library(WGCNA))
		disableWGCNAThreads()
		function() WGCNA::cor(value, nThreads = 1)
	},
	frankv = {
		suppressPackageStartupMessages(library(data.table))
		setDTthreads(1)
		value <- as.vector(value)
		# As R's rank keeps missing values: without them, which is all that is raced.
		function() frankv(value, ties.method = "average", na.last = "keep")
	})

result <- call()
result <- colSums(matrix(result, round(sqrt(length(result)))))
cat(sprintf("%.15g\n", sum(seq_along(result) * result) / sum(result)))
flush(stdout())
rm(result)
lines <- file("stdin", "r")
while (length(readLines(lines, 1)) == 1) {
	start <- Sys.time()
	result <- call()
	seconds <- as.numeric(Sys.time() - start, units = "secs")
	rm(result)
	cat(sprintf("%.9f\n", seconds))
	flush(stdout())
}
