/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity, CPU_ALLOC */
#include "race/machine.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/gx.h"
#include "base/simd.h"
#include "bytes/pipeline.h"

enum { FACT = 256, LINE = 4096 };

/* ---- the affinity mask ---- */

/* The CPUs allowed when they were first asked for; `set` is NULL where nobody tells. */
struct allowed {
	cpu_set_t *set;
	int ncpu; /* that `set` has room for */
	int n;	  /* in the set; 0: not known */
};

static struct allowed at_first;

/* The kernel refuses (EINVAL) a set that is smaller than its own, which may be large. */
static void ask_allowed(void)
{
	for (int ncpu = CPU_SETSIZE; ncpu <= 1 << 20; ncpu *= 2) {
		cpu_set_t *set = CPU_ALLOC((size_t)ncpu);
		size_t size = CPU_ALLOC_SIZE((size_t)ncpu);
		if (set && sched_getaffinity(0, size, set) == 0) {
			at_first = (struct allowed){ set, ncpu, CPU_COUNT_S(size, set) };
			return;
		}
		int why = errno;
		CPU_FREE(set);
		if (why != EINVAL)
			return;
	}
}

/* Any thread may be the first to ask. */
static const struct allowed *allowed(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, ask_allowed);
	return &at_first;
}

int gx_machine_confine(int n)
{
	const struct allowed *all = allowed();
	if (!all->set)
		return gx_threads_available();
	size_t size = CPU_ALLOC_SIZE((size_t)all->ncpu);
	cpu_set_t *some = CPU_ALLOC((size_t)all->ncpu);
	if (!some)
		return gx_threads_available();
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

/* ---- the facts ---- */

/* The first line of a file that begins with `key`, what is behind it; "" where there is none. */
static void read_line(const char *path, const char *key, char line[LINE])
{
	line[0] = 0;
	FILE *f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, LINE, f)) {
		size_t n = strlen(key);
		if (strncmp(line, key, n) == 0) {
			memmove(line, line + n, strlen(line + n) + 1);
			fclose(f);
			return;
		}
	}
	line[0] = 0;
	fclose(f);
}

/* Adds a pair. The value is one line without bytes that a terminal or a table would obey. */
static void add(struct gx_names *facts, const char *key, const char *value)
{
	char text[FACT];
	size_t n = 0;
	for (const char *p = value; *p && n < sizeof text; p++) {
		unsigned char c = (unsigned char)*p;
		bool blank = c <= ' ' || c == 0x7f;
		if (!blank)
			text[n++] = *p;
		else if (n && text[n - 1] != ' ')
			text[n++] = ' ';
	}
	n -= n && text[n - 1] == ' ';
	gx_names_add(facts, key, strlen(key));
	gx_names_add(facts, n ? text : "unknown", n ? n : strlen("unknown"));
}

static void add_cpu(struct gx_names *facts)
{
	char line[LINE];
	read_line("/proc/cpuinfo", "model name", line);
	const char *colon = strchr(line, ':');
	add(facts, "cpu", colon ? colon + 1 : "");
}

static void add_cores(struct gx_names *facts)
{
	char text[FACT] = "";
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int n = allowed()->n;
	if (n > 0 && online > 0)
		snprintf(text, sizeof text, "%d of %ld", n, online);
	add(facts, "cores", text);

	double quota = gx_threads_quota();
	snprintf(text, sizeof text, "%g", quota);
	add(facts, "quota", quota > 0 ? text : "none");
}

static void add_memory(struct gx_names *facts)
{
	char line[LINE], text[FACT] = "";
	unsigned long long kib;
	read_line("/proc/meminfo", "MemTotal:", line);
	if (sscanf(line, "%llu kB", &kib) == 1)
		snprintf(text, sizeof text, "%.1f GiB", (double)kib / (1024 * 1024));
	add(facts, "memory", text);
}

static void add_load(struct gx_names *facts)
{
	char line[LINE], text[FACT] = "";
	double load[3];
	read_line("/proc/loadavg", "", line);
	if (sscanf(line, "%lf %lf %lf", load, load + 1, load + 2) == 3)
		snprintf(text, sizeof text, "%.2f %.2f %.2f", load[0], load[1], load[2]);
	add(facts, "load", text);
}

static void add_governor(struct gx_names *facts)
{
	static const char directory[] = "/sys/devices/system/cpu/cpu0/cpufreq";
	char path[sizeof directory + 32], line[LINE];
	snprintf(path, sizeof path, "%s/scaling_governor", directory);
	read_line(path, "", line);
	/* A virtual machine has no such directory: nobody there governs a frequency. */
	bool none = !line[0] && access(directory, F_OK) != 0 &&
		    access("/sys/devices/system/cpu", F_OK) == 0;
	add(facts, "governor", none ? "none" : line);
}

static void add_kernel(struct gx_names *facts)
{
	struct utsname u;
	char text[sizeof u.sysname + sizeof u.release + sizeof u.machine] = "";
	if (uname(&u) == 0)
		snprintf(text, sizeof text, "%s %s %s", u.sysname, u.release, u.machine);
	add(facts, "kernel", text);
}

void gx_machine_facts(struct gx_names *facts)
{
	add(facts, "gx", GX_VERSION);
	add_cpu(facts);
	add(facts, "simd", gx_simd_level());
	add_cores(facts);
	add_memory(facts);
	add_load(facts);
	add_governor(facts);
	add_kernel(facts);
}
