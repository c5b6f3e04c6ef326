/* SPDX-License-Identifier: MIT */
#include "race/programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"

void gx_programs_prefer_own(const char *name)
{
	char path[4096], both[12288];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	const char *old = getenv("PATH");
	if (n <= 0)
		return;
	path[n] = 0;
	char *slash = strrchr(path, '/');
	if (!slash)
		return;
	*slash = 0;
	snprintf(both, sizeof both, "%s/%s", path, name);
	if (access(both, X_OK) == 0 &&
	    (size_t)snprintf(both, sizeof both, "%s%s%s", path, old ? ":" : "",
			     old ? old : "") < sizeof both)
		setenv("PATH", both, 1);
}

bool gx_program_exists(const char *name)
{
	char path[4096];
	if (strchr(name, '/'))
		return access(name, X_OK) == 0;
	const char *at = getenv("PATH");
	for (; at && *at; at += *at == ':') {
		size_t n = strcspn(at, ":");
		snprintf(path, sizeof path, "%.*s/%s", (int)n, n ? at : ".", name);
		struct stat status;
		if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
		    access(path, X_OK) == 0)
			return true;
		at += n;
	}
	return false;
}

void gx_shell_quote(char *line, size_t room, const char *text)
{
	size_t at = strlen(line);
	if (at + 3 + 4 * strlen(text) >= room)
		gx_die(GX_EXIT_IO, "%s: the path is too long", text);
	line[at++] = '\'';
	for (; *text; text++) {
		if (*text == '\'') {
			memcpy(line + at, "'\\'", 3);
			at += 3;
		}
		line[at++] = *text;
	}
	line[at++] = '\'';
	line[at] = 0;
}
