# SPDX-License-Identifier: MIT
# What the engine scripts share; each sources this first. All that an engine writes is under
# the DIR that its caller names, all servers listen on loopback alone or inside namespaces, and
# they end with the -down script, or by themselves after GX_ENGINE_LIMIT seconds [900].
# shellcheck shell=bash

here=$(cd "$(dirname "$0")" && pwd -P)
limit=${GX_ENGINE_LIMIT:-900}
# A server must not hold what the caller waits for, such as descriptor 3 of bats.
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# needs PROGRAM ...: they are installed.
needs() {
	local program
	for program; do
		command -v "$program" >/dev/null || die "$program is not installed"
	done
}

# until_true SECONDS COMMAND ...: repeats it until it succeeds; fails after that time.
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

# One script at a time chooses ports and starts its servers: whoever runs the tests, from
# whichever copy of the tree, holds a lock on /tmp itself, which leaves no file behind.
# Servers are started by `unlocked`, or they would hold it for life.
lock_ports() {
	exec 9</tmp
	flock -w 120 9 || die "another script starts servers for two minutes already"
}
unlocked() {
	"$@" 9<&- </dev/null
}

# free_ports ADDRESS N: the first of N ports in a row to which nothing listens there, below
# those that the kernel gives to clients.
free_ports() {
	local base port try
	for ((try = 0; try < 200; try++)); do
		base=$((16000 + RANDOM % 16000))
		for ((port = base; port < base + $2; port++)); do
			! (: <>"/dev/tcp/$1/$port") 2>/dev/null || continue 2
		done
		echo "$base"
		return
	done
	die "no $2 free ports in a row on $1"
}

# servers TEXT NAME ...: the processes of these names that have TEXT, such as DIR/, in their
# command line. Pid files would not do: they may be lost with DIR, or old, and the number
# somebody else's by now.
servers() {
	local text=$1 name process is
	shift
	for process in /proc/[0-9]*; do
		{ read -r is <"$process/comm"; } 2>/dev/null || continue
		for name; do
			[[ $is == "$name" ]] || continue
			! { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -qF -- "$text" ||
				echo "${process#/proc/}"
		done
	done
}

# descendants PID: its children, theirs, and so on. (Processes come and go while grep looks.)
descendants() {
	local status
	{ grep -lsE "^PPid:[[:space:]]+$1\$" /proc/[0-9]*/status || :; } | while read -r status; do
		status=${status#/proc/} status=${status%/status}
		echo "$status"
		descendants "$status"
	done
}

# running PID: it has not ended. (Where nobody waits for the dead, they stay as zombies.)
running() {
	grep -qsE '^State:[[:space:]]+[^ZX]' "/proc/$1/status"
}
ended() {
	local process
	for process; do
		! running "$process" || return 1
	done
}

# stop PID ...: TERM, and after five seconds KILL.
stop() {
	(($#)) || return 0
	kill "$@" 2>/dev/null
	until_true 5 ended "$@" && return
	kill -9 "$@" 2>/dev/null
	until_true 5 ended "$@" || die "processes $* do not end"
}

# watchdog DIR DOWN: ends the servers of DIR after the time limit, whatever becomes of the
# caller. call_off DIR: not needed any more. It runs in a session of its own, with its sleep.
watchdog() {
	# shellcheck disable=SC2016 # it is for the other shell
	setsid bash -c 'sleep "$1"; rm -f "$2/watchdog.pid"; exec "$3" "$2"' \
		gx-watchdog "$limit" "$1" "$here/$2" </dev/null >/dev/null 2>&1 9<&- &
	echo $! >"$1/watchdog.pid"
}
call_off() {
	local process
	process=$(cat "$1/watchdog.pid" 2>/dev/null) || return 0
	rm -f "$1/watchdog.pid"
	! grep -qs gx-watchdog "/proc/$process/cmdline" || kill -- "-$process" 2>/dev/null
}
