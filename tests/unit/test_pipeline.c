/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: each piece once, committed in the order of fetch, whatever the threads do
 * and however long each step takes; slots that are never in two hands.
 */
#include "bytes/pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

enum { MOST_THREADS = 8, PIECES = 400 };

enum state { FREE, FETCHED, WORKED };

struct slot {
	size_t number;
	enum state state;
	uint64_t value;
};

/* What all threads see. Violations are counted: checks are not for several threads. */
struct run {
	size_t npiece, nslot;
	unsigned delays;  /* of 16 steps, those that take a while */
	size_t wait_for;  /* the work of piece 0 waits until so many are fetched; 0: it does not */
	pthread_t caller; /* where nthread is 1: all steps are its */
	bool alone;

	atomic_int fetching, committing;
	atomic_size_t fetched, worked, committed;
	atomic_bool ended;
	atomic_int together, behind_end, out_of_order, wrong_slot, elsewhere, late;
	atomic_int times[PIECES];
	uint64_t sum; /* depends on the order of commits */
};

/* Not for unit_draw, whose state has no lock. */
static void dawdle(const struct run *r, size_t number, unsigned step)
{
	uint64_t z = (number * 3 + step + unit_seed() * 977) * UINT64_C(0x9e3779b97f4a7c15);
	z ^= z >> 29;
	if (z % 16 < r->delays)
		unit_pause((double)(z >> 8 & 255) * 1e-6);
}

static void note_thread(struct run *r)
{
	if (r->alone && !pthread_equal(pthread_self(), r->caller))
		r->elsewhere++;
}

static bool fetch(void *context, void *at)
{
	struct run *r = context;
	struct slot *s = at;
	note_thread(r);
	if (r->fetching++)
		r->together++;
	if (r->ended)
		r->behind_end++;
	bool more = r->fetched < r->npiece;
	if (more) {
		if (s->state != FREE)
			r->wrong_slot++;
		dawdle(r, r->fetched, 0);
		s->number = r->fetched;
		s->state = FETCHED;
		r->fetched++;
		if (r->fetched - r->committed > r->nslot)
			r->wrong_slot++;
	} else {
		r->ended = true;
	}
	r->fetching--;
	return more;
}

static void work(void *context, void *at)
{
	struct run *r = context;
	struct slot *s = at;
	note_thread(r);
	if (s->state != FETCHED)
		r->wrong_slot++;
	for (double until = unit_now() + 20; s->number == 0 && r->fetched < r->wait_for;) {
		if (unit_now() > until) {
			r->late++;
			break;
		}
		unit_pause(0.0001);
	}
	dawdle(r, s->number, 1);
	s->value = s->number * 2654435761u;
	s->state = WORKED;
	r->worked++;
}

static void commit(void *context, void *at)
{
	struct run *r = context;
	struct slot *s = at;
	note_thread(r);
	if (r->committing++)
		r->together++;
	if (s->state != WORKED)
		r->wrong_slot++;
	if (s->number != r->committed)
		r->out_of_order++;
	dawdle(r, s->number, 2);
	r->times[s->number]++;
	r->sum = (r->sum ^ s->value) * UINT64_C(0x100000001b3);
	s->state = FREE;
	r->committed++;
	r->committing--;
}

static uint64_t run(size_t npiece, int nthread, unsigned delays, size_t wait_for)
{
	size_t nslot = gx_pipeline_slots(nthread);
	struct slot *slots = unit_allocate(nslot, sizeof *slots);
	void **pointers = unit_allocate(nslot, sizeof *pointers);
	for (size_t i = 0; i < nslot; i++)
		pointers[i] = &slots[i];
	struct run *r = unit_allocate(1, sizeof *r);
	r->npiece = npiece;
	r->nslot = nslot;
	r->delays = delays;
	r->wait_for = wait_for;
	r->alone = nthread == 1;
	r->caller = pthread_self();
	const struct gx_pipeline pipeline = { r, fetch, work, commit };
	gx_pipeline_run(&pipeline, pointers, nthread);

	const struct {
		const char *what;
		size_t got, want;
	} facts[] = {
		{ "pieces fetched", r->fetched, npiece },
		{ "pieces worked on", r->worked, npiece },
		{ "pieces committed", r->committed, npiece },
		{ "fetches or commits at a time with another", (size_t)r->together, 0 },
		{ "fetches behind the end", (size_t)r->behind_end, 0 },
		{ "commits out of order", (size_t)r->out_of_order, 0 },
		{ "slots in other hands", (size_t)r->wrong_slot, 0 },
		{ "steps of one thread in another", (size_t)r->elsewhere, 0 },
		{ "waits in vain", (size_t)r->late, 0 },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		unit_equal(facts[i].got, facts[i].want, "%zu pieces, %d threads, delays %u: %s",
			   npiece, nthread, delays, facts[i].what);
	for (size_t i = 0; i < npiece; i++)
		unit_equal((uint64_t)r->times[i], 1, "%zu pieces, %d threads: times of piece %zu",
			   npiece, nthread, i);
	uint64_t sum = r->sum;
	free(r);
	free(pointers);
	free(slots);
	return sum;
}

static void test_order(void)
{
	for (int nthread = 1; nthread <= MOST_THREADS; nthread++)
		for (size_t npiece = 0; npiece <= 2 * gx_pipeline_slots(nthread) + 3; npiece++)
			run(npiece, nthread, 0, 0);
	unit_report("every piece once and in order, for few pieces and many threads");
	for (unsigned delays = 1; delays <= 16; delays += 5) {
		uint64_t want = run(PIECES / 4, 1, 0, 0);
		for (int nthread = 1; nthread <= MOST_THREADS; nthread++)
			unit_equal(run(PIECES / 4, nthread, delays, 0), want,
				   "what %d threads made", nthread);
	}
	unit_report("the same of many, with steps of uneven length");
	for (int repeat = 0; repeat < 30; repeat++)
		run(PIECES, 2 + repeat % (MOST_THREADS - 1), 0, 0);
	unit_report("the same without a pause, often");
}

static void test_slots(void)
{
	unit_equal(gx_pipeline_slots(1), 1, "slots of one thread");
	for (int nthread = 2; nthread <= MOST_THREADS; nthread++)
		unit_check(gx_pipeline_slots(nthread) > (size_t)nthread,
			   "%d threads have more than %zu slots", nthread,
			   gx_pipeline_slots(nthread));
	unit_report("more slots than threads, but one for one");
	/*
	 * While one piece takes long, others go on until all slots are taken, but for the other
	 * one of that thread, and no further.
	 */
	for (int nthread = 2; nthread <= MOST_THREADS; nthread++)
		run(PIECES / 8, nthread, 0, gx_pipeline_slots(nthread) - 1);
	unit_report("a slow piece holds up nobody as long as there is a slot");
}

static void check_threads(const char *text, int want)
{
	if (text)
		setenv("OMP_NUM_THREADS", text, 1);
	else
		unsetenv("OMP_NUM_THREADS");
	unit_equal((uint64_t)gx_pipeline_threads(), (uint64_t)want, "OMP_NUM_THREADS=%s",
		   text ? text : "(unset)");
}

static void test_threads(void)
{
	check_threads(NULL, 1);
	check_threads("", 1);
	check_threads("1", 1);
	check_threads("3", 3);
	check_threads("8192", 8192);
	check_threads("4,2", 4);
	check_threads("0", 1);
	check_threads("-2", 1);
	check_threads("8193", 1);
	check_threads("99999999999999999999", 1);
	check_threads("2x", 1);
	check_threads("x", 1);
	check_threads(NULL, 1);
	unit_report("OMP_NUM_THREADS is the default where it is a number of threads");
}

int main(void)
{
	alarm(300); /* a deadlock is a failure */
	test_slots();
	test_order();
	test_threads();
	return unit_end();
}
