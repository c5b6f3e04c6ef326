/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* SIGRTMAX, MAP_ANONYMOUS, syscall */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#if defined(__x86_64__)
#define FILTERED AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTERED AUDIT_ARCH_AARCH64
#endif
#endif

/* ---- signals ---- */

/*
 * Those of a fault end the child. All that come from outside are for the parent, and the child
 * ends with that: it must not look as if it had failed when a terminal is closed.
 */
static bool is_default(int number)
{
	static const int of_itself[] = { SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT, SIGSYS,
					 SIGTRAP, SIGXCPU, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN,
					 SIGTTOU, SIGURG,  SIGWINCH };
	for (size_t i = 0; i < sizeof of_itself / sizeof *of_itself; i++)
		if (number == of_itself[i])
			return true;
	return false;
}

static void set_signals(void)
{
	for (int number = 1; number <= SIGRTMAX; number++) {
		struct sigaction action = { .sa_handler = is_default(number) ? SIG_DFL : SIG_IGN };
#ifdef GX_SANITIZED
		if (is_default(number)) /* a sanitizer tells of them */
			continue;
#endif
		sigaction(number, &action, NULL);
	}
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- descriptors ---- */

static void close_from(unsigned first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
#endif
	struct rlimit limit;
	rlim_t most = 1 << 20;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < most)
		most = limit.rlim_cur;
	for (unsigned fd = first; fd < most; fd++)
		close((int)fd);
}

/* Both get the numbers that the filter knows. */
static void keep(int data, int socket)
{
	/* Out of the way of each other first. */
	data = fcntl(data, F_DUPFD, GX_CONFINED_SOCKET + 1);
	socket = fcntl(socket, F_DUPFD, GX_CONFINED_SOCKET + 1);
	if (data < 0 || socket < 0 || dup2(data, GX_CONFINED_DATA) < 0 ||
	    dup2(socket, GX_CONFINED_SOCKET) < 0)
		_exit(1);
	close_from(GX_CONFINED_SOCKET + 1);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
#ifndef GX_SANITIZED
	close(STDERR_FILENO);
#endif
}

/* ---- limits ---- */

/* The soft limit and the hard one: never above what they are. */
static void limit_to(int resource, rlim_t most)
{
	struct rlimit limit;
	if (getrlimit(resource, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_cur < most ? limit.rlim_cur : most;
	limit.rlim_max = limit.rlim_cur;
	setrlimit(resource, &limit);
}

#ifndef GX_SANITIZED
/* Bytes of address space that this process has; 0: not known. */
static uint64_t address_space(void)
{
	char text[32] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	return n <= 0 ? 0 : strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}
#endif

/* RLIMIT_NPROC counts all processes of the user, so it is no limit for one. */
static void set_limits(uint64_t memory)
{
	(void)memory;
	limit_to(RLIMIT_CORE, 0);
	limit_to(RLIMIT_FSIZE, 0);
#ifndef GX_SANITIZED
	uint64_t had = address_space();
	if (had)
		limit_to(RLIMIT_AS, had + memory);
	limit_to(RLIMIT_NOFILE, 0); /* those that are open stay so */
#endif
}

/* ---- system calls ---- */

#ifdef FILTERED

/* What an argument of a call must be: this number, or without these bits. */
struct test {
	enum { IS, HAS_NOT } what;
	unsigned argument;
	uint32_t value;
};

/* A call that is allowed, if its arguments pass. */
struct rule {
	int number;
	unsigned ntest;
	struct test test[2];
};

enum { RULES_MOST = 40, RULE_MOST = 1 + 3 * 2 + 1 };

#define FIELD(field) ((uint32_t)offsetof(struct seccomp_data, field))
#define LOAD(offset) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define JUMP(how, value, yes, no) \
	(struct sock_filter) BPF_JUMP(BPF_JMP | (how) | BPF_K, value, yes, no)
#define RETURN(what) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, what)
/* What is not allowed fails, so that the library can go on without it. */
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)

/*
 * Writes a rule as instructions of the filter, with the number of the call loaded, and returns how
 * many. Descriptors and flags are in the lower half of an argument: the kernel drops the upper one.
 */
static size_t put_rule(const struct rule *rule, struct sock_filter *out)
{
	size_t n = 0;
	out[n++] = JUMP(BPF_JEQ, (uint32_t)rule->number, 0, (unsigned char)(3 * rule->ntest + 1));
	for (unsigned i = 0; i < rule->ntest; i++) {
		const struct test *test = &rule->test[i];
		out[n++] = LOAD(FIELD(args) + 8 * test->argument);
		out[n++] = test->what == IS ? JUMP(BPF_JEQ, test->value, 1, 0)
					    : JUMP(BPF_JSET, test->value, 0, 1);
		out[n++] = REFUSE;
	}
	out[n++] = RETURN(SECCOMP_RET_ALLOW);
	return n;
}

static size_t list_rules(struct rule *rule)
{
	const uint32_t none = UINT32_MAX; /* no descriptor */
	const struct rule rules[] = {
		{ SYS_pread64, 1, { { IS, 0, GX_CONFINED_DATA } } },
		{ SYS_recvfrom, 1, { { IS, 0, GX_CONFINED_SOCKET } } },
		{ SYS_sendto, 1, { { IS, 0, GX_CONFINED_SOCKET } } },
		/* Memory that cannot be executed, and is no file: who opened it may write it. */
		{ SYS_mmap, 2, { { HAS_NOT, 2, PROT_EXEC }, { IS, 4, none } } },
		{ SYS_mprotect, 1, { { HAS_NOT, 2, PROT_EXEC } } },
		{ SYS_munmap, 0, { { 0 } } },
		{ SYS_mremap, 0, { { 0 } } },
		{ SYS_brk, 0, { { 0 } } },
		{ SYS_madvise, 0, { { 0 } } },
		{ SYS_futex, 0, { { 0 } } },
		{ SYS_exit, 0, { { 0 } } },
		{ SYS_exit_group, 0, { { 0 } } },
		{ SYS_rt_sigreturn, 0, { { 0 } } },
		{ SYS_rt_sigprocmask, 0, { { 0 } } },
		/* abort sends itself a signal. */
		{ SYS_rt_sigaction, 0, { { 0 } } },
		{ SYS_tgkill, 1, { { IS, 0, (uint32_t)getpid() } } },
		{ SYS_clock_gettime, 0, { { 0 } } },
		{ SYS_gettimeofday, 0, { { 0 } } },
		{ SYS_getpid, 0, { { 0 } } },
		{ SYS_gettid, 0, { { 0 } } },
		{ SYS_restart_syscall, 0, { { 0 } } },
		{ SYS_getrandom, 0, { { 0 } } },
#ifdef SYS_time
		{ SYS_time, 0, { { 0 } } },
#endif
#ifdef GX_SANITIZED
		{ SYS_write, 1, { { IS, 0, STDERR_FILENO } } },
		{ SYS_sigaltstack, 0, { { 0 } } },
		{ SYS_sched_yield, 0, { { 0 } } },
#endif
	};
	size_t n = sizeof rules / sizeof *rules;
	_Static_assert(sizeof rules / sizeof *rules <= RULES_MOST, "room for all rules");
	for (size_t i = 0; i < n; i++)
		rule[i] = rules[i];
	return n;
}

static void filter_calls(void)
{
	struct rule rules[RULES_MOST];
	struct sock_filter code[4 + RULES_MOST * RULE_MOST + 1];
	size_t n = 0, nrule = list_rules(rules);
	code[n++] = LOAD(FIELD(arch));
	code[n++] = JUMP(BPF_JEQ, FILTERED, 1, 0);
	code[n++] = RETURN(SECCOMP_RET_KILL); /* the numbers are those of another machine */
	code[n++] = LOAD(FIELD(nr));
	for (size_t i = 0; i < nrule; i++)
		n += put_rule(&rules[i], code + n);
	code[n++] = REFUSE;
	struct sock_fprog program = { (unsigned short)n, code };
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#endif

void gx_confine(long parent, int data, int socket, uint64_t memory)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may be gone already. */
	if (getppid() != parent)
		_exit(0);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#else
	(void)parent;
#endif
	set_signals();
	keep(data, socket);
	set_limits(memory);
#ifdef FILTERED
	filter_calls();
#endif
}
