/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* SIGSTKFLT, SIGRTMAX */
#include "base/ending.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/terminal.h"

enum { UNFINISHED = 32 };
enum { FREE, TAKEN, LISTED };

/* Read by signal handlers: what it has is written before it is LISTED. */
struct gx_unfinished {
	atomic_int state;
	pid_t owner;
	int directory;
	char name[NAME_MAX + 1];
	atomic_bool known; /* device and inode: the file is there */
	dev_t device;
	ino_t inode;
};

static struct gx_unfinished unfinished[UNFINISHED];
static atomic_bool ending, regular;
static void (*unexpected_exit)(void);

/* ---- files that are not whole yet ---- */

/* Whether the name is that of another file, or of none. What cannot be asked is ours. */
static bool is_another(const struct gx_unfinished *file)
{
	struct stat there;
	if (fstatat(file->directory, file->name, &there, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	return atomic_load(&file->known) &&
	       (there.st_dev != file->device || there.st_ino != file->inode);
}

static void remove_listed(const struct gx_unfinished *file)
{
	if (atomic_load(&file->state) == LISTED && file->owner == getpid() &&
	    !is_another(file))
		unlinkat(file->directory, file->name, 0);
}

/* The handlers of signals call it. Another thread may make a file right behind. */
static void remove_all(void)
{
	atomic_store(&ending, true);
	for (size_t i = 0; i < UNFINISHED; i++)
		remove_listed(&unfinished[i]);
}

static struct gx_unfinished *take(void)
{
	for (size_t i = 0; i < UNFINISHED; i++) {
		int state = FREE;
		if (atomic_compare_exchange_strong(&unfinished[i].state, &state, TAKEN))
			return &unfinished[i];
	}
	assert(!"more than 32 files at a time");
	abort();
}

struct gx_unfinished *gx_unfinished_make(int directory, const char *name, mode_t mode, int *fd)
{
	struct gx_unfinished *file = take();
	file->owner = getpid();
	file->directory = directory;
	file->name[0] = 0;
	strncat(file->name, name, NAME_MAX);
	atomic_store(&file->known, false);
	/* Before it is there: a signal may come right behind. */
	atomic_store(&file->state, LISTED);
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
	*fd = openat(directory, file->name, flags, mode);
	if (*fd < 0 && errno == EEXIST) {
		/* Left by a killed process that had our number. */
		unlinkat(directory, file->name, 0);
		*fd = openat(directory, file->name, flags, mode);
	}
	int error = errno;
	struct stat made;
	if (*fd >= 0 && fstat(*fd, &made) == 0) {
		file->device = made.st_dev;
		file->inode = made.st_ino;
		atomic_store(&file->known, true);
		if (atomic_load(&ending))
			remove_listed(file);
		return file;
	}
	if (*fd >= 0) {
		error = errno;
		close(*fd);
		*fd = -1;
		unlinkat(directory, file->name, 0);
	}
	gx_unfinished_forget(file);
	errno = error;
	return NULL;
}

bool gx_unfinished_is_there(const struct gx_unfinished *file)
{
	return !is_another(file);
}

void gx_unfinished_forget(struct gx_unfinished *file)
{
	atomic_store(&file->state, FREE);
}

void gx_unfinished_remove(struct gx_unfinished *file)
{
	remove_listed(file);
	gx_unfinished_forget(file);
}

/* ---- the ends ---- */

void gx_end(int code)
{
	remove_all();
	_exit(code);
}

static void die_of(int number)
{
	remove_all();
	gx_terminal_leave_at_once();
	/*
	 * The handler was reset (SA_RESETHAND) and the signal is not blocked (SA_NODEFER): this
	 * one ends the process.
	 */
	raise(number);
}

/* Those that do not end a process by default. KILL and STOP cannot be caught. */
static bool is_harmless(int number)
{
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN,
					SIGTTOU, SIGURG,  SIGWINCH };
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (number == harmless[i])
			return true;
	return false;
}

void gx_ending_catch_signals(void)
{
	/* A file that grows beyond `ulimit -f` is an error of write(2), with a message. */
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGXFSZ, &ignore, NULL);
	struct sigaction action = { .sa_handler = die_of };
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	for (int number = 1; number <= SIGRTMAX; number++) {
		struct sigaction old;
		/*
		 * What is ignored, or caught (by a sanitizer), stays so. SIGUSR1 asks for progress
		 * (bytes/progress.h): until then nothing is unfinished.
		 */
		if (!is_harmless(number) && number != SIGUSR1 && sigaction(number, NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(number, &action, NULL);
	}
}

void gx_ending_is_regular(void)
{
	atomic_store(&regular, true);
}

static void at_exit(void)
{
	if (!atomic_load(&regular))
		unexpected_exit();
	remove_all();
}

void gx_ending_watch(void (*unexpected)(void))
{
	unexpected_exit = unexpected;
	atexit(at_exit);
}
