/* SPDX-License-Identifier: MIT */
#include "race/blas.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/simd.h"

/*
 * Constants and prototypes of the C interface, in the common build whose integers have 32
 * bits. They are written out here, as the header comes with a BLAS and none is needed to build.
 */
enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111 };
typedef double dot_function(int n, const double *x, int stepx, const double *y, int stepy);
typedef void gemv_function(int order, int transpose, int m, int n, double alpha,
			   const double *a, int stride, const double *x, int stepx,
			   double beta, double *y, int stepy);
typedef void gemm_function(int order, int transpose_a, int transpose_b, int m, int n, int k,
			   double alpha, const double *a, int stride_a, const double *b,
			   int stride_b, double beta, double *c, int stride_c);

static struct {
	void *library;
	dot_function *dot;
	gemv_function *gemv;
	gemm_function *gemm;
	void (*set_threads)(int n);
	char name[160];
} blas;

/* A function that dlsym finds. ISO C has no cast from a data pointer to a function's. */
static bool find(void *library, const char *name, void *function, size_t size)
{
	void *found = dlsym(library, name);
	memcpy(function, &found, size);
	return found != NULL;
}

/* OpenBLAS describes itself in a line of words, which tell whether its integers have 64 bits. */
static const char *configuration(void *library)
{
	char *(*get_config)(void);
	if (!find(library, "openblas_get_config", &get_config, sizeof get_config))
		return "";
	return get_config();
}

static void set_name(const char *file, const char *config)
{
	snprintf(blas.name, sizeof blas.name, "%s", *config ? config : file);
	size_t n = strlen(blas.name);
	while (n && blas.name[n - 1] == ' ')
		blas.name[--n] = 0;
}

/* Takes the library if it has all that is needed, else says what is wrong with it. */
static bool take(void *library, const char *file, const char **wrong)
{
	const char *config = configuration(library);
	if (strstr(config, "USE64BITINT")) {
		*wrong = "its integers are 64 bits";
		return false;
	}
	if (!find(library, "cblas_ddot", &blas.dot, sizeof blas.dot) ||
	    !find(library, "cblas_dgemv", &blas.gemv, sizeof blas.gemv) ||
	    !find(library, "cblas_dgemm", &blas.gemm, sizeof blas.gemm)) {
		*wrong = "it lacks cblas_ddot, cblas_dgemv or cblas_dgemm";
		return false;
	}
	find(library, "openblas_set_num_threads", &blas.set_threads, sizeof blas.set_threads);
	set_name(file, config);
	blas.library = library;
	return true;
}

static void add_why(char *why, size_t room, const char *file, const char *wrong)
{
	size_t n = strlen(why), nfile = strlen(file);
	/* dlopen's words begin with the name of the file. */
	if (strncmp(wrong, file, nfile) == 0 && wrong[nfile] == ':')
		wrong += nfile + strspn(wrong + nfile, ": ");
	snprintf(why + n, room - n, "%s%s: %s", n ? "; " : "", file, wrong);
}

/*
 * An OpenBLAS that is older than the CPU may take it for one of 2004 (Prescott), and runs at a
 * fifth of its speed, which would be no fair race. Then it is loaded again and told to take the
 * kernels for the level that ours run at, unless the user chose some.
 */
static void *load(const char *file)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	const char *level = gx_simd_level();
	const char *core = strcmp(level, "x86-64-v4") == 0   ? "SKYLAKEX"
			   : strcmp(level, "x86-64-v3") == 0 ? "HASWELL"
							     : NULL;
	if (!library || !core || getenv("OPENBLAS_CORETYPE") ||
	    !strstr(configuration(library), "Prescott"))
		return library;
	dlclose(library);
	setenv("OPENBLAS_CORETYPE", core, 0);
	return dlopen(file, RTLD_NOW | RTLD_LOCAL);
}

bool gx_blas_load(const char **why)
{
	static const char *const files[] = { "libopenblas.so.0", "libopenblas.so",
					     "libcblas.so.3", "libblas.so.3" };
	static char said[1024];
	if (blas.library)
		return true;
	/*
	 * OpenBLAS's threads spin for 30 ms after a product, on CPUs where something else
	 * is measured by then. It reads this setting when it is loaded. 4 (2^4 cycles) is
	 * the least that it accepts, and made no product slower.
	 */
	setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);
	said[0] = 0;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *wrong = "it cannot be loaded";
		void *library = load(files[i]);
		if (library && take(library, files[i], &wrong))
			return true;
		const char *error = library ? NULL : dlerror();
		add_why(said, sizeof said, files[i], error ? error : wrong);
		if (library)
			dlclose(library);
	}
	*why = said;
	return false;
}

const char *gx_blas_name(void)
{
	return blas.name;
}

bool gx_blas_threads(int nthread)
{
	if (!blas.set_threads)
		return false;
	blas.set_threads(nthread);
	return true;
}

/* How many of `left` things a call may take: more than an int holds are several calls. */
static int at_once(size_t left)
{
	return left < INT_MAX ? (int)left : INT_MAX;
}

double gx_blas_dot(const double *x, const double *y, size_t n)
{
	double sum = 0;
	for (size_t j = 0; j < n;) {
		int some = at_once(n - j);
		sum += blas.dot(some, x + j, 1, y + j, 1);
		j += (size_t)some;
	}
	return sum;
}

void gx_blas_sum_rows(const double *value, size_t nrow, size_t ncol, const double *ones,
		      double *sum)
{
	if (ncol > INT_MAX) {
		for (size_t i = 0; i < nrow; i++)
			sum[i] = gx_blas_dot(value + i * ncol, ones, ncol);
		return;
	}
	for (size_t i = 0; i < nrow;) {
		int some = at_once(nrow - i), n = (int)ncol;
		blas.gemv(ROW_MAJOR, NO_TRANSPOSE, some, n, 1, value + i * ncol, n, ones, 1, 0,
			  sum + i, 1);
		i += (size_t)some;
	}
}

void gx_blas_product(const double *a, const double *b, size_t n, double *c)
{
	int m = (int)n; /* no memory holds n x n values of an n that an int does not */
	blas.gemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, m, m, m, 1, a, m, b, m, 0, c, m);
}
