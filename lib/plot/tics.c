/* SPDX-License-Identifier: MIT */
#include "plot/tics.h"

#include <math.h>

/* Rounding must not lose a tic at the end of the axis. */
static const double slack = 1e-9;

size_t gx_tics_linear(double low, double high, size_t most, double tic[GX_TICS_MAX])
{
	static const double digits[] = { 1, 2, 5 };
	int power = (int)floor(log10((high - low) / (double)most));
	for (;; power++)
		for (size_t d = 0; d < sizeof digits / sizeof *digits; d++) {
			double step = digits[d] * pow(10, power);
			double first = ceil(low / step - slack) + 0.0; /* not -0 */
			double last = floor(high / step + slack);
			if (last - first + 1 > (double)most)
				continue;
			size_t n = 0;
			for (double k = first; k <= last; k++)
				tic[n++] = k * step;
			return n;
		}
}

/* Digits times every stride-th power of the base; returns how many there are. `most` fit. */
static size_t list(double low, double high, int base, const double *digit, size_t ndigit,
		   int stride, size_t most, double tic[GX_TICS_MAX])
{
	size_t n = 0;
	int from = (int)floor(log(low) / log(base) - slack);
	int to = (int)ceil(log(high) / log(base) + slack);
	for (int power = from; power <= to; power++)
		for (size_t d = 0; d < ndigit && power % stride == 0; d++) {
			double x = digit[d] * pow(base, power);
			if (x < low * (1 - slack) || x > high * (1 + slack))
				continue;
			if (n < most)
				tic[n] = x;
			n++;
		}
	return n;
}

size_t gx_tics_logarithmic(double low, double high, int base, size_t most,
			   double tic[GX_TICS_MAX])
{
	static const double digits[][3] = { { 1, 2, 5 }, { 1, 3 }, { 1 } };
	size_t n = 0;
	for (size_t k = base == 10 ? 0 : 2; k < 3; k++) {
		n = list(low, high, base, digits[k], 3 - k, 1, most, tic);
		if (n <= most)
			break;
	}
	if (n < 3)
		return gx_tics_linear(low, high, most, tic);
	for (int stride = 2; n > most; stride++)
		n = list(low, high, base, digits[2], 1, stride, most, tic);
	return n;
}
