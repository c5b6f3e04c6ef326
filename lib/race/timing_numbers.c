/* SPDX-License-Identifier: MIT */
#include "race/timing_numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many significant digits, and all digits before the point. */
static const char *show(double x, int digits, const char *unit, char text[GX_NUMBER_ROOM])
{
	/* The exponent of the rounded value: 9.996 is 10.0. */
	snprintf(text, GX_NUMBER_ROOM, "%.*e", digits - 1, x);
	const char *exponent = strchr(text, 'e');
	int decimals = exponent ? digits - 1 - atoi(exponent + 1) : 0;
	if (x == 0)
		decimals = 0;
	snprintf(text, GX_NUMBER_ROOM, "%.*f%s", decimals > 0 ? decimals : 0, x, unit);
	return text;
}

static const char *nothing(char text[GX_NUMBER_ROOM])
{
	text[0] = 0;
	return text;
}

const char *gx_show_seconds(double s, char text[GX_NUMBER_ROOM])
{
	if (isnan(s))
		return nothing(text);
	if (s < 0)
		snprintf(text, GX_NUMBER_ROOM, "< 0");
	else if (s < 999.5e-6)
		snprintf(text, GX_NUMBER_ROOM, "%.3g us", 1e6 * s);
	else if (s < 0.9995)
		snprintf(text, GX_NUMBER_ROOM, "%.3g ms", 1e3 * s);
	else
		snprintf(text, GX_NUMBER_ROOM, s < 999.5 ? "%.3g s" : "%.0f s", s);
	return text;
}

const char *gx_show_ratio(double x, char text[GX_NUMBER_ROOM])
{
	if (isnan(x))
		return nothing(text);
	if (fabs(x) < 0.995)
		return show(x, 2, "", text);
	snprintf(text, GX_NUMBER_ROOM, x < 99.5 ? "%.2f" : "%.0f", x);
	return text;
}

const char *gx_show_percent(double x, char text[GX_NUMBER_ROOM])
{
	return isnan(x) ? nothing(text) : show(100 * x, 2, "%", text);
}

const char *gx_show_number(double x, char text[GX_NUMBER_ROOM])
{
	return isnan(x) ? nothing(text) : show(x, 3, "", text);
}
