/* SPDX-License-Identifier: MIT */
/* Tics are in the axis, ascending, round, neither too many nor too few, and those expected. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/tics.h"
#include "unit.h"

static void expect(const char *want, const double *tic, size_t n, const char *what)
{
	char text[512] = "";
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.6g",
			 i ? " " : "", tic[i]);
	unit_text(text, want, "%s", what);
	unit_report("%s", what);
}

static void check_shape(double low, double high, int base, size_t most)
{
	double tic[GX_TICS_MAX];
	size_t n = base ? gx_tics_logarithmic(low, high, base, most, tic)
			: gx_tics_linear(low, high, most, tic);
	unit_check(n >= 1 && n <= most, "[%g, %g], base %d: %zu tics of %zu", low, high, base, n,
		  most);
	for (size_t i = 0; i < n; i++)
		unit_check(tic[i] >= low * (1 - 1e-6) && tic[i] <= high * (1 + 1e-6) &&
				  (i == 0 || tic[i] > tic[i - 1]),
			  "[%g, %g], base %d: tic %zu is %g", low, high, base, i, tic[i]);
}

int main(void)
{
	double tic[GX_TICS_MAX];
	expect("0.001 0.01 0.1", tic, gx_tics_logarithmic(5e-4, 0.3, 10, 3, tic), "powers");
	expect("0.001 0.003 0.01 0.03 0.1 0.3", tic,
	       gx_tics_logarithmic(5e-4, 0.3, 10, 7, tic), "1 and 3");
	expect("0.001 0.002 0.005 0.01 0.02", tic, gx_tics_logarithmic(8e-4, 0.03, 10, 7, tic),
	       "1, 2 and 5");
	expect("0.021 0.022 0.023 0.024", tic, gx_tics_logarithmic(0.0205, 0.0242, 10, 6, tic),
	       "within a decade");
	expect("1 4 16 64", tic, gx_tics_logarithmic(0.5, 70, 2, 5, tic), "every second one");
	expect("0.5 1 2 4", tic, gx_tics_logarithmic(0.5, 4, 2, 8, tic), "both ends");
	expect("0 0.5 1", tic, gx_tics_linear(0, 1.1, 4, tic), "linear");
	expect("-1 0 1", tic, gx_tics_linear(-1, 1, 4, tic), "below 0");
	for (double low = 1e-6; low < 1e3; low *= 1.37)
		for (double span = 1.03; span < 1e8; span *= 1.71)
			for (size_t most = 3; most <= GX_TICS_MAX; most++) {
				check_shape(low, low * span, 10, most);
				check_shape(low, low * span, 2, most);
				check_shape(low, low * span, 0, most);
			}
	unit_report("axes of all lengths");
	return unit_end();
}
