/* SPDX-License-Identifier: MIT */
#include "bytes/pipeline.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"

static const char policy[] = "OMP_WAIT_POLICY";
static bool policy_is_ours;

/*
 * libgomp's threads spin while they wait, which on shared cores costs a process 5 ms where
 * sleeping costs 0.2 ms. It reads the policy once, when it starts: before that, and only
 * where the user has not said otherwise, we ask for sleep. (libgomp is linked statically,
 * so constructor priorities order the two; LLVM's runtime starts when it is first called.)
 */
__attribute__((constructor(101))) static void wait_asleep(void)
{
	policy_is_ours = !getenv(policy) && setenv(policy, "passive", 0) == 0;
}

void gx_pipeline_restore_environment(void)
{
	if (!policy_is_ours)
		return;
	(void)omp_get_max_threads(); /* now every runtime has read it */
	unsetenv(policy);
	policy_is_ours = false;
}

int gx_pipeline_threads(void)
{
	const char *text = getenv("OMP_NUM_THREADS");
	char *end;
	long n = text ? strtol(text, &end, 10) : 0;
	bool good = text && (*end == 0 || *end == ',') && n >= 1 && n <= GX_THREADS_MAX;
	return good ? (int)n : 1;
}

/* Of each thread: one that it works on, and one that waits for its turn to be committed. */
enum { OWN = 2 };

size_t gx_pipeline_slots(int nthread)
{
	return nthread == 1 ? 1 : OWN * (size_t)nthread;
}

/*
 * A thread and its slots. It goes back to the one that it used last, where that is free: its
 * buffers are in the cache of this core. (When all slots went round, pieces were always put
 * where another core had been: 16 threads took 3 % more time on text.)
 *
 * On 16 cores mutexes that spin, and a spin before the wait for a slot, made no difference:
 * with pieces of 256 KiB a thread is here once in 70 us (GXM) to 400 us (text).
 */
struct worker {
	struct turn *turn;
	pthread_cond_t freed;
	void *const *slots; /* OWN */
	bool busy[OWN];	    /* not yet committed; under the lock */
	size_t last;	    /* the slot that was used last */
};

/* A piece that is done and waits to be committed. */
struct done {
	struct worker *worker; /* NULL: it is not done */
	size_t slot;	       /* of that worker */
};

struct turn {
	const struct gx_pipeline *pipeline;
	pthread_mutex_t fetching, lock;
	size_t fetched; /* pieces; under `fetching` */
	bool ended;	/* the same */
	/* Under `lock`. At most nslot pieces are on their way: piece i is in done[i mod nslot]. */
	struct done *done;
	size_t nslot, committed;
	bool committing;
};

/* The slot to use next, where one is free; else OWN. */
static size_t look_for_slot(const struct worker *w)
{
	for (size_t i = 0; i < OWN; i++) {
		size_t slot = (w->last + i) % OWN;
		if (!w->busy[slot])
			return slot;
	}
	return OWN;
}

/* Waits until a slot of this thread is free. Called and left under the lock. */
static size_t take_slot(struct worker *w)
{
	size_t slot;
	while ((slot = look_for_slot(w)) == OWN)
		pthread_cond_wait(&w->freed, &w->turn->lock);
	w->busy[slot] = true;
	w->last = slot;
	return slot;
}

/* Claims the next piece; false at the end. */
static bool fetch_next(struct turn *t, void *slot, size_t *number)
{
	pthread_mutex_lock(&t->fetching);
	bool more = !t->ended && t->pipeline->fetch(t->pipeline->context, slot);
	t->ended = !more;
	*number = t->fetched;
	t->fetched += more;
	pthread_mutex_unlock(&t->fetching);
	return more;
}

/*
 * Leaves the finished piece and goes on: whoever holds the next one in order commits it and
 * all that follow it, so that nobody waits for another's turn. Called and left under the lock.
 */
static void finish(struct worker *w, size_t slot, size_t number)
{
	struct turn *t = w->turn;
	t->done[number % t->nslot] = (struct done){ w, slot };
	while (!t->committing && t->done[t->committed % t->nslot].worker) {
		struct done *next = &t->done[t->committed % t->nslot];
		struct worker *owner = next->worker;
		t->committing = true;
		pthread_mutex_unlock(&t->lock);
		t->pipeline->commit(t->pipeline->context, owner->slots[next->slot]);
		pthread_mutex_lock(&t->lock);
		t->committing = false;
		next->worker = NULL;
		owner->busy[next->slot] = false;
		t->committed++;
		if (owner != w)
			pthread_cond_signal(&owner->freed);
	}
}

/* What each thread does. */
static void *take_turns(void *worker)
{
	struct worker *w = worker;
	struct turn *t = w->turn;
	size_t number;
	pthread_mutex_lock(&t->lock);
	for (;;) {
		size_t slot = take_slot(w);
		pthread_mutex_unlock(&t->lock);
		if (!fetch_next(t, w->slots[slot], &number))
			return NULL;
		t->pipeline->work(t->pipeline->context, w->slots[slot]);
		pthread_mutex_lock(&t->lock);
		finish(w, slot, number);
	}
}

#ifdef GX_PIPELINE_PTHREADS
/*
 * ThreadSanitizer does not see how libgomp's threads wait for each other, and reports races
 * where there are none. In a build for it, and in no other, threads are started by hand.
 */
static void take_turns_in_threads(struct worker *workers, int nthread)
{
	pthread_t *other = gx_allocate((size_t)nthread, sizeof *other);
	for (int i = 1; i < nthread; i++)
		if (pthread_create(&other[i], NULL, take_turns, &workers[i]) != 0)
			gx_die(GX_EXIT_IO, "no thread can be started: use -t 1");
	take_turns(&workers[0]);
	for (int i = 1; i < nthread; i++)
		pthread_join(other[i], NULL);
	free(other);
}
#else
static void take_turns_in_threads(struct worker *workers, int nthread)
{
#pragma omp parallel num_threads(nthread)
	take_turns(&workers[omp_get_thread_num()]);
}
#endif

static void run_alone(const struct gx_pipeline *pipeline, void *slot)
{
	while (pipeline->fetch(pipeline->context, slot)) {
		pipeline->work(pipeline->context, slot);
		pipeline->commit(pipeline->context, slot);
	}
}

void gx_pipeline_run(const struct gx_pipeline *pipeline, void *const slots[], int nthread)
{
	if (nthread == 1) {
		run_alone(pipeline, slots[0]);
		return;
	}
	struct turn t = { .pipeline = pipeline,
			  .nslot = gx_pipeline_slots(nthread),
			  .fetching = PTHREAD_MUTEX_INITIALIZER,
			  .lock = PTHREAD_MUTEX_INITIALIZER };
	struct worker *workers = gx_allocate_zeroed((size_t)nthread, sizeof *workers);
	t.done = gx_allocate_zeroed(t.nslot, sizeof *t.done);
	for (int i = 0; i < nthread; i++) {
		workers[i].turn = &t;
		workers[i].slots = slots + OWN * (size_t)i;
		pthread_cond_init(&workers[i].freed, NULL);
	}
	take_turns_in_threads(workers, nthread);
	for (int i = 0; i < nthread; i++)
		pthread_cond_destroy(&workers[i].freed);
	free(t.done);
	free(workers);
	pthread_mutex_destroy(&t.lock);
	pthread_mutex_destroy(&t.fetching);
}

void gx_pipeline_run_in(const struct gx_pipeline *pipeline, size_t slot_size, int nthread,
			void (*release)(void *slot))
{
	size_t nslot = gx_pipeline_slots(nthread);
	void **slots = gx_allocate(nslot, sizeof *slots);
	for (size_t i = 0; i < nslot; i++)
		slots[i] = gx_allocate_zeroed(1, slot_size);
	gx_pipeline_run(pipeline, slots, nthread);
	for (size_t i = 0; i < nslot; i++) {
		if (release)
			release(slots[i]);
		free(slots[i]);
	}
	free(slots);
}

struct counting {
	void *context;
	void (*each)(void *context, size_t i);
	size_t next, n;
};

static bool count_next(void *context, void *slot)
{
	struct counting *counting = context;
	if (counting->next == counting->n)
		return false;
	*(size_t *)slot = counting->next++;
	return true;
}

static void do_one(void *context, void *slot)
{
	const struct counting *counting = context;
	counting->each(counting->context, *(size_t *)slot);
}

static void put_nothing(void *context, void *slot)
{
	(void)context, (void)slot;
}

void gx_pipeline_each(size_t n, int nthread, void *context,
		      void (*each)(void *context, size_t i))
{
	if (nthread == 1 || n < 2) {
		for (size_t i = 0; i < n; i++)
			each(context, i);
		return;
	}
	struct counting counting = { context, each, 0, n };
	const struct gx_pipeline pipeline = { &counting, count_next, do_one, put_nothing };
	gx_pipeline_run_in(&pipeline, sizeof(size_t), nthread, NULL);
}
