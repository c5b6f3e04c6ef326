/* SPDX-License-Identifier: MIT */
/* The strategies of the main job that are programs. */
#ifndef GX_CONTEST_PROGRAMS_H
#define GX_CONTEST_PROGRAMS_H

#include "race/contest_answer.h"

/* Filters of gx under xargs and GNU parallel. */
void gx_contest_add_pipelines(struct gx_race *race, struct gx_means_race *means);

/* What --peers asks for: Python by itself, its modules for arrays and tables, and its pools. */
void gx_contest_add_peers(struct gx_race *race, struct gx_means_race *means);

#endif
