/* SPDX-License-Identifier: MIT */
#include "race/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* A process and its parent. */
struct process {
	pid_t pid, parent;
};

/* The parent of a process by /proc; 0 where it is gone. */
static pid_t parent_of(const char *pid)
{
	char path[64], line[512];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	line[n < 0 ? 0 : n] = 0;
	/* PID (NAME) STATE PARENT, and a name may have parentheses and blanks. */
	const char *name_end = strrchr(line, ')');
	int parent;
	return name_end && sscanf(name_end, ") %*c %d", &parent) == 1 ? parent : 0;
}

static size_t list_processes(struct process **list)
{
	DIR *proc = opendir("/proc");
	size_t n = 0, room = 0;
	*list = NULL;
	struct dirent *entry;
	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (n == room) {
			room = room ? 2 * room : 256;
			*list = gx_reallocate(*list, room, sizeof **list);
		}
		(*list)[n++] = (struct process){ atoi(entry->d_name), parent_of(entry->d_name) };
	}
	if (proc)
		closedir(proc);
	return n;
}

static bool is_below(const struct process *list, size_t n, pid_t pid, pid_t ancestor)
{
	for (size_t depth = 0; pid && pid != ancestor && depth < n; depth++) {
		size_t i = 0;
		while (i < n && list[i].pid != pid)
			i++;
		pid = i < n ? list[i].parent : 0;
	}
	return pid == ancestor;
}

void gx_descendants_signal(int number)
{
	struct process *list;
	size_t n = list_processes(&list);
	pid_t self = getpid();
	for (size_t i = 0; i < n; i++)
		if (list[i].pid != self && is_below(list, n, list[i].parent, self))
			kill(list[i].pid, number);
	free(list);
}
