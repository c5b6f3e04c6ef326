/* SPDX-License-Identifier: MIT */
#include "bytes/pipeline.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"

/*
 * libgomp's threads spin while they wait, which on shared cores costs a process 5 ms where
 * sleeping costs 0.2 ms. It reads the policy once, when it starts: before that, and only
 * where the user has not said otherwise, we ask for sleep. (libgomp is linked statically,
 * so constructor priorities order the two; LLVM's runtime starts at the first region.)
 */
__attribute__((constructor(101))) static void wait_asleep(void)
{
	setenv("OMP_WAIT_POLICY", "passive", 0);
}

int gx_pipeline_threads(void)
{
	const char *text = getenv("OMP_NUM_THREADS");
	char *end;
	long n = text ? strtol(text, &end, 10) : 0;
	return text && (*end == 0 || *end == ',') && n >= 1 && n <= 1024 ? (int)n : 1;
}

size_t gx_pipeline_slots(int nthread)
{
	/* One that each thread works on and one that waits for its turn to be committed. */
	return nthread == 1 ? 1 : 2 * (size_t)nthread;
}

/* Slots are used in turn: piece number i is in slot i mod nslot. */
struct turn {
	const struct gx_pipeline *pipeline;
	void *const *slots;
	size_t nslot;
	pthread_mutex_t fetching, lock;
	pthread_cond_t freed;
	size_t fetched, committed;
	bool *done; /* of each slot: its work is done and waits to be committed */
	bool ended, committing;
};

/* Claims the next piece; false at the end. Waits until the slot that it needs is free. */
static bool fetch_next(struct turn *t, size_t *number)
{
	pthread_mutex_lock(&t->fetching);
	bool more = !t->ended;
	if (more) {
		pthread_mutex_lock(&t->lock);
		while (t->fetched - t->committed == t->nslot)
			pthread_cond_wait(&t->freed, &t->lock);
		pthread_mutex_unlock(&t->lock);
		*number = t->fetched;
		more = t->pipeline->fetch(t->pipeline->context,
					  t->slots[*number % t->nslot]);
		t->ended = !more;
		if (more) {
			pthread_mutex_lock(&t->lock);
			t->fetched++;
			pthread_mutex_unlock(&t->lock);
		}
	}
	pthread_mutex_unlock(&t->fetching);
	return more;
}

/*
 * Leaves the finished piece and goes on: whoever holds the next one in order commits it and
 * all that follow it, so that nobody waits for another's turn.
 */
static void finish(struct turn *t, size_t number)
{
	pthread_mutex_lock(&t->lock);
	t->done[number % t->nslot] = true;
	while (!t->committing && t->done[t->committed % t->nslot]) {
		size_t slot = t->committed % t->nslot;
		t->committing = true;
		pthread_mutex_unlock(&t->lock);
		t->pipeline->commit(t->pipeline->context, t->slots[slot]);
		pthread_mutex_lock(&t->lock);
		t->committing = false;
		t->done[slot] = false;
		t->committed++;
		pthread_cond_signal(&t->freed);
	}
	pthread_mutex_unlock(&t->lock);
}

/* What each thread does. */
static void *take_turns(void *turn)
{
	struct turn *t = turn;
	size_t number;
	while (fetch_next(t, &number)) {
		t->pipeline->work(t->pipeline->context, t->slots[number % t->nslot]);
		finish(t, number);
	}
	return NULL;
}

#ifdef GX_PIPELINE_PTHREADS
/*
 * ThreadSanitizer does not see how libgomp's threads wait for each other, and reports races
 * where there are none. In a build for it, and in no other, threads are started by hand.
 */
static void take_turns_in_threads(struct turn *t, int nthread)
{
	pthread_t *other = gx_allocate((size_t)nthread, sizeof *other);
	for (int i = 1; i < nthread; i++)
		if (pthread_create(&other[i], NULL, take_turns, t) != 0)
			gx_die(GX_EXIT_IO, "no thread can be started: use -t 1");
	take_turns(t);
	for (int i = 1; i < nthread; i++)
		pthread_join(other[i], NULL);
	free(other);
}
#else
static void take_turns_in_threads(struct turn *t, int nthread)
{
#pragma omp parallel num_threads(nthread)
	take_turns(t);
}
#endif

void gx_pipeline_run(const struct gx_pipeline *pipeline, void *const slots[], int nthread)
{
	if (nthread == 1) {
		while (pipeline->fetch(pipeline->context, slots[0])) {
			pipeline->work(pipeline->context, slots[0]);
			pipeline->commit(pipeline->context, slots[0]);
		}
		return;
	}
	struct turn t = { .pipeline = pipeline,
			  .slots = slots,
			  .nslot = gx_pipeline_slots(nthread),
			  .fetching = PTHREAD_MUTEX_INITIALIZER,
			  .lock = PTHREAD_MUTEX_INITIALIZER,
			  .freed = PTHREAD_COND_INITIALIZER };
	t.done = gx_allocate_zeroed(t.nslot, sizeof *t.done);
	take_turns_in_threads(&t, nthread);
	free(t.done);
	pthread_cond_destroy(&t.freed);
	pthread_mutex_destroy(&t.lock);
	pthread_mutex_destroy(&t.fetching);
}
