/* SPDX-License-Identifier: MIT */
/* Tasks that only sleep, as Python runs them. peers.py has the strategies. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "race/contest_tasks.h"
#include "race/peers.h"

static enum gx_race_outcome race_peer(void *work, const struct gx_contestant *self,
				      double limit, struct gx_run *run,
				      char reason[GX_REASON_MAX])
{
	const struct gx_tasks *tasks = work;
	const struct gx_peers *peers = self->detail;
	char arguments[128];
	snprintf(arguments, sizeof arguments, "%" PRIu64 " %s %d", tasks->contest->ntask,
		 tasks->seconds, self->cores);
	struct gx_launched launched;
	gx_peers_run(tasks->race, peers, self->strategy, arguments, self->cores, limit,
		     &launched);
	enum gx_race_outcome outcome = GX_LEFT_OUT;
	uint64_t done, parts;
	double seconds;
	if (launched.status != 0) {
		outcome = gx_launched_failure(&launched, limit, false, reason);
	} else if (sscanf(launched.out, "%" SCNu64 " %" SCNu64 " %lf", &done, &parts,
			  &seconds) != 3 ||
		   !(seconds > 0 && seconds <= launched.seconds)) {
		snprintf(reason, GX_REASON_MAX, "it did not print its three numbers");
	} else {
		run->seconds = seconds;
		run->whole = launched.seconds;
		run->processor = launched.processor;
		run->peak = (double)launched.peak;
		run->processes = (double)parts;
		run->amount = (double)tasks->contest->ntask;
		outcome = gx_tasks_compare(tasks, self->strategy, done, reason);
	}
	gx_launched_free(&launched);
	return outcome;
}

void gx_contest_add_task_peers(struct gx_race *race, const struct gx_tasks *tasks)
{
	static const char *const strategies[] = { "python-threads", "multiprocessing", "dask", "ray",
						  "ray-batched" };
	const struct gx_contest *contest = tasks->contest;
	struct gx_peers *peers = gx_peers_begin(race, contest->python, "tasks",
						contest->strategies, strategies[0]);
	for (size_t p = 0; p < sizeof strategies / sizeof *strategies; p++) {
		if (!gx_contest_wants(contest, strategies[p]) ||
		    !gx_peers_have(race, peers, strategies[p]))
			continue;
		for (size_t i = 0; i < contest->ncores; i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategies[p],
						  .cores = contest->cores[i],
						  .run = race_peer,
						  .detail = peers });
	}
}
