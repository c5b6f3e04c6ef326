/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity, CPU_ALLOC */
#include "base/processors.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

/* ---- the affinity mask ---- */

struct mask {
	cpu_set_t *set; /* NULL where the system does not tell */
	int ncpu;	/* that `set` has room for */
	int n;		/* CPUs in the set */
};

/* The kernel refuses (EINVAL) a set that is smaller than its own, which may be large. */
static struct mask ask(void)
{
	for (int ncpu = CPU_SETSIZE; ncpu <= 1 << 20; ncpu *= 2) {
		cpu_set_t *set = CPU_ALLOC((size_t)ncpu);
		size_t size = CPU_ALLOC_SIZE((size_t)ncpu);
		if (set && sched_getaffinity(0, size, set) == 0)
			return (struct mask){ set, ncpu, CPU_COUNT_S(size, set) };
		int why = errno;
		CPU_FREE(set);
		if (why != EINVAL)
			break;
	}
	return (struct mask){ 0 };
}

static struct mask at_first;

static void ask_at_first(void)
{
	at_first = ask();
}

static const struct mask *allowed(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, ask_at_first);
	return &at_first;
}

int gx_processors_allowed(void)
{
	return allowed()->n;
}

int gx_processors_confine(int n)
{
	const struct mask *all = allowed();
	if (!all->set)
		return gx_processors_available();
	size_t size = CPU_ALLOC_SIZE((size_t)all->ncpu);
	cpu_set_t *some = CPU_ALLOC((size_t)all->ncpu);
	if (!some)
		return gx_processors_available();
	CPU_ZERO_S(size, some);
	int want = n <= 0 || n > all->n ? all->n : n, taken = 0;
	for (int cpu = 0; cpu < all->ncpu && taken < want; cpu++)
		if (CPU_ISSET_S((size_t)cpu, size, all->set)) {
			CPU_SET_S((size_t)cpu, size, some);
			taken++;
		}
	sched_setaffinity(0, size, some);
	/* What holds is what the kernel says: a CPU may have been taken away since. */
	if (sched_getaffinity(0, size, some) == 0)
		taken = CPU_COUNT_S(size, some);
	CPU_FREE(some);
	return taken;
}

/* ---- the quota ---- */

double gx_processors_quota(void)
{
	char path[4096] = "";
	FILE *f = fopen("/proc/self/cgroup", "re");
	if (!f)
		return 0;
	char line[3072];
	while (fgets(line, sizeof line, f))
		if (strncmp(line, "0::", 3) == 0)
			snprintf(path, sizeof path, "/sys/fs/cgroup%.*s",
				 (int)strcspn(line + 3, "\n"), line + 3);
	fclose(f);

	double least = 0;
	const size_t root = strlen("/sys/fs/cgroup");
	while (strlen(path) >= root) {
		char file[4200];
		snprintf(file, sizeof file, "%s/cpu.max", path);
		f = fopen(file, "re");
		unsigned long long share, period;
		if (f) {
			if (fscanf(f, "%llu %llu", &share, &period) == 2 && period) {
				double n = (double)share / (double)period;
				least = least == 0 || n < least ? n : least;
			}
			fclose(f);
		}
		char *slash = strrchr(path, '/');
		if (!slash || (size_t)(slash - path) < root)
			break;
		*slash = 0;
	}
	return least;
}

int gx_processors_available(void)
{
	struct mask now = ask();
	CPU_FREE(now.set);
	int n = now.n > 0 ? now.n : 1;
	double quota = gx_processors_quota();
	if (quota == 0 || quota >= n)
		return n;
	int whole = (int)quota;
	return whole + (whole < quota); /* part of a CPU is worth a thread */
}
