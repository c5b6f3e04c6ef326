/* SPDX-License-Identifier: MIT */
/* What is said of the machine, against what the system says elsewhere; confining. */
#define _GNU_SOURCE /* sched_getaffinity */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gx.h"
#include "base/simd.h"
#include "base/processors.h"
#include "race/machine.h"
#include "unit.h"

static const char *const keys[] = { "gx",     "cpu",  "simd",	  "cores", "quota",
				    "memory", "load", "governor", "kernel" };
enum { KEYS = sizeof keys / sizeof *keys };

/* What a shell command says in its first line, without the LF. */
static void ask(const char *command, char *line, size_t room)
{
	FILE *f = popen(command, "r");
	line[0] = 0;
	if (f && !fgets(line, (int)room, f))
		line[0] = 0;
	if (f)
		pclose(f);
	line[strcspn(line, "\n")] = 0;
}

static int allowed_now(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

static bool is_clean(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	size_t n = strlen(text);
	return n > 0 && text[0] != ' ' && text[n - 1] != ' ';
}

static void test_values(char *value[KEYS])
{
	char want[512], text[256];
	unit_text(value[0], GX_VERSION, "gx");
	unit_text(value[2], gx_simd_level(), "simd");
	unit_report("version and SIMD level");

	ask("grep -m1 '^model name' /proc/cpuinfo | sed 's/^[^:]*: *//; s/  */ /g; s/ $//'", want,
	    sizeof want);
	unit_text(value[1], *want ? want : "unknown", "cpu");
	unit_report("the model of the CPU");

	ask("nproc --all; :", text, sizeof text);
	snprintf(want, sizeof want, "%d of %ld", allowed_now(), sysconf(_SC_NPROCESSORS_ONLN));
	unit_text(value[3], want, "cores");
	unit_check(atoi(text) >= allowed_now(), "%d CPUs of %s", allowed_now(), text);
	unit_report("CPUs allowed of those online");

	double quota = gx_processors_quota(), said;
	unit_check(quota > 0 ? sscanf(value[4], "%lf", &said) == 1 &&
				       said > 0.999 * quota && said < 1.001 * quota
			     : strcmp(value[4], "none") == 0,
		   "quota: got '%s', want %g", value[4], quota);
	unit_report("the quota, or none");

	ask("free -k 2>/dev/null | awk '/^Mem/ { printf \"%.1f GiB\", $2 / 1048576 }'", want,
	    sizeof want);
	if (!*want)
		ask("awk '/^MemTotal/ { printf \"%.1f GiB\", $2 / 1048576 }' /proc/meminfo", want,
		    sizeof want);
	unit_text(value[5], want, "memory");
	unit_report("memory");

	double load[3];
	int end = 0;
	unit_check(sscanf(value[6], "%lf %lf %lf%n", load, load + 1, load + 2, &end) == 3 &&
			   value[6][end] == 0,
		   "load: got '%s'", value[6]);
	unit_report("three averages of the load");

	ask("cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null || echo none",
	    want, sizeof want);
	unit_text(value[7], want, "governor");
	unit_report("the governor, or none");
	ask("uname -srm", want, sizeof want);
	unit_text(value[8], want, "kernel");
	unit_report("the kernel");
}

static void test_facts(void)
{
	struct gx_facts told = { 0 };
	gx_machine_facts(&told);
	const struct gx_names facts = told.list;
	bool good = facts.n == 2 * KEYS && gx_names_sound(facts.text, facts.nbyte, facts.n);
	unit_test(good, "facts are pairs");
	if (!good)
		return;
	char *value[KEYS], *p = facts.text;
	for (size_t i = 0; i < KEYS; i++) {
		unit_text(p, keys[i], "key %zu", i);
		value[i] = p + strlen(p) + 1;
		unit_check(is_clean(value[i]), "%s: '%s' is clean", keys[i], value[i]);
		p = value[i] + strlen(value[i]) + 1;
	}
	unit_report("in this order, values in one line of visible bytes");
	test_values(value);
	gx_facts_free(&told);
}

/* In a process of its own: what is confined once stays so in the tests after. */
static void test_confine(void)
{
	int all = allowed_now();
	cpu_set_t before, after, one;
	sched_getaffinity(0, sizeof before, &before);
	for (int n = 1; n <= all + 1; n++) {
		int want = n < all ? n : all;
		unit_equal((uint64_t)gx_processors_confine(n), (uint64_t)want, "confined to %d", n);
		unit_equal((uint64_t)allowed_now(), (uint64_t)want, "allowed of %d", n);
		sched_getaffinity(0, sizeof one, &one);
		CPU_AND(&after, &one, &before);
		unit_check(CPU_EQUAL(&after, &one), "of %d none that was not allowed", n);
	}
	unit_report("the first n of the CPUs, more than there are is all");

	gx_processors_confine(1);
	pid_t pid = fork();
	if (pid == 0)
		_exit(allowed_now() == 1 && gx_processors_confine(0) == all ? 0 : 1);
	int status;
	waitpid(pid, &status, 0);
	unit_test(status == 0, "what is started inherits it");

	struct gx_facts told = { 0 };
	gx_machine_facts(&told);
	const struct gx_names facts = told.list;
	char want[64];
	snprintf(want, sizeof want, "cores%c%d of %ld", 0, all, sysconf(_SC_NPROCESSORS_ONLN));
	size_t n = 6 + strlen(want + 6);
	bool good = false;
	for (size_t i = 0; i + n < facts.nbyte && !good; i++)
		good = memcmp(facts.text + i, want, n) == 0;
	unit_test(good, "facts tell what was allowed before");
	gx_facts_free(&told);

	good = gx_processors_confine(-1) == all && gx_processors_confine(1) == 1 &&
	       gx_processors_confine(0) == all;
	sched_getaffinity(0, sizeof after, &after);
	unit_test(good && CPU_EQUAL(&before, &after), "0 gives all of them back");
}

int main(void)
{
	test_facts();
	test_confine();
	return unit_end();
}
