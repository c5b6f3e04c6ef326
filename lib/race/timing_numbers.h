/* SPDX-License-Identifier: MIT */
/* Numbers for people: few digits, none lost to rounding, and no exponents. */
#ifndef GX_TIMING_NUMBERS_H
#define GX_TIMING_NUMBERS_H

enum { GX_NUMBER_ROOM = 40 };

/* Each writes to `text`, and returns it; "" for NaN. */

/* Three digits and a unit: "1.23 ms"; "< 0" for what is below 0. */
const char *gx_show_seconds(double seconds, char text[GX_NUMBER_ROOM]);
/* Two decimals; whole numbers from 99.5 on; two digits below 1: "0.0015". */
const char *gx_show_ratio(double x, char text[GX_NUMBER_ROOM]);
/* 1 is "100%"; two digits below 10%: "0.15%". */
const char *gx_show_percent(double x, char text[GX_NUMBER_ROOM]);
/* Three digits: "0.00123", "12.3", "12345". */
const char *gx_show_number(double x, char text[GX_NUMBER_ROOM]);

#endif
