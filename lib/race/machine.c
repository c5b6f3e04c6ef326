/* SPDX-License-Identifier: MIT */
#include "race/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/gx.h"
#include "base/pages.h"
#include "base/processors.h"
#include "base/simd.h"
#include "base/utf8.h"

enum { FACT = 256, LINE = 4096 };

/* ---- the facts ---- */

/* Finds the first line that begins with `key`, and keeps the rest of it; "": there is none. */
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

/* Adds a fact. A terminal or a table would obey no byte of it. */
static void add(struct gx_facts *facts, const char *key, const char *value)
{
	char text[FACT];
	size_t n = gx_visible_line(value, strlen(value), text, sizeof text);
	gx_facts_tell(facts, key, "%s", n ? text : "unknown");
}

static void add_cpu(struct gx_facts *facts)
{
	char line[LINE];
	read_line("/proc/cpuinfo", "model name", line);
	const char *colon = strchr(line, ':');
	add(facts, "cpu", colon ? colon + 1 : "");
}

static void add_cores(struct gx_facts *facts)
{
	char text[FACT] = "";
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int n = gx_processors_allowed();
	if (n > 0 && online > 0)
		snprintf(text, sizeof text, "%d of %ld", n, online);
	add(facts, "cores", text);

	double quota = gx_processors_quota();
	snprintf(text, sizeof text, "%g", quota);
	add(facts, "quota", quota > 0 ? text : "none");
}

static void add_memory(struct gx_facts *facts)
{
	char line[LINE], text[FACT] = "";
	unsigned long long kib;
	read_line("/proc/meminfo", "MemTotal:", line);
	if (sscanf(line, "%llu kB", &kib) == 1)
		snprintf(text, sizeof text, "%.1f GiB", (double)kib / (1024 * 1024));
	add(facts, "memory", text);
}

static void add_load(struct gx_facts *facts)
{
	char line[LINE], text[FACT] = "";
	double load[3];
	read_line("/proc/loadavg", "", line);
	if (sscanf(line, "%lf %lf %lf", load, load + 1, load + 2) == 3)
		snprintf(text, sizeof text, "%.2f %.2f %.2f", load[0], load[1], load[2]);
	add(facts, "load", text);
}

static void add_governor(struct gx_facts *facts)
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

static void add_kernel(struct gx_facts *facts)
{
	struct utsname u;
	char text[sizeof u.sysname + sizeof u.release + sizeof u.machine] = "";
	if (uname(&u) == 0)
		snprintf(text, sizeof text, "%s %s %s", u.sysname, u.release, u.machine);
	add(facts, "kernel", text);
}

void gx_machine_facts(struct gx_facts *facts)
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

static void print_size(size_t nbyte, char text[], size_t room)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
	size_t unit = 0;
	for (; unit < 3 && nbyte >= 1024 && nbyte % 1024 == 0; unit++)
		nbyte /= 1024;
	snprintf(text, room, "%zu %s", nbyte, units[unit]);
}

void gx_machine_page_fact(struct gx_facts *facts, const void *value)
{
	char size[32], text[FACT] = "";
	struct gx_pages_use use = gx_pages_use(value);
	if (use.huge && use.huge_page) {
		print_size(use.huge_page, size, sizeof size);
		/* Rounded down: 100% is all of it. */
		snprintf(text, sizeof text, "%s (%d%%)", size,
			 (int)(100 * (double)use.huge / (double)use.resident));
	} else if (use.resident) {
		print_size(use.page, text, sizeof text);
	}
	add(facts, "pages", text);
}
