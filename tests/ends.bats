#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How a run begins and ends where something is broken: standard descriptors that are closed,
# pipes that nobody reads, names of descriptors, signals, threads that cannot start. Whatever
# it is, nothing unfinished is left, and the exit code tells.

load lib.bash

setup() {
	work
	table >t.tsv
}

teardown() {
	[[ -z ${holder:-} ]] || kill "$holder" 2>/dev/null || true
}

# check_ends WHAT ...: see there. Exit 77: it cannot be tried here.
check_ends() {
	python3 "$tests/check_ends.py" "$@"
}

nothing_left() {
	if compgen -G '*.gxtmp.*'; then
		note "left behind"
	fi
}

# wait_for_temporary FILE: what $running writes, as $temporary.
wait_for_temporary() {
	until temporary=$(compgen -G "${1:0:100}*.gxtmp.*"); do
		kill -0 $running || note "it has ended: $(cat held.err)" || return 1
		sleep 0.01
	done
}

# held FILE command ...: starts it with a table of 200000 rows as standard input, of which
# only the first half comes before `release`; waits until FILE.gxtmp.PID is there. Its name
# is in $temporary.
held() {
	local file=$1
	shift
	mkfifo slow
	(
		exec 3>&-
		printf 'gene\ta\tb\n'
		seq 100000 | sed 's/.*/g\t1\t2/'
		until [[ -e go ]]; do sleep 0.01; done
		seq 100000 | sed 's/.*/g\t1\t2/'
	) >slow 2>/dev/null &
	holder=$!
	"$@" -o "$file" <slow >held.out 2>held.err &
	running=$!
	wait_for_temporary "$file"
}

# release CODE: lets it go on; it must end so.
release() {
	local code=0
	: >go
	wait $running || code=$?
	wait $holder || true
	holder=
	((code == $1)) || note "exit $code, expected $1: $(cat held.err)"
}

# ---- standard descriptors ----

@test "closed standard descriptors: no file of ours takes their number" {
	local c
	for c in $(commands); do
		example_of "$c"
		"${example[@]}" -o want </dev/null
		"${example[@]}" --progress -v -o got1 </dev/null 2>&-
		"${example[@]}" --progress -v -o got2 <&- 2>/dev/null
		"${example[@]}" --progress -v -o got3 <&- >&- 2>&-
		[[ $c == gx-time ]] || same want got1 got2 got3
		[[ -s got1 && -s got2 && -s got3 ]]
		rm got?
	done
	nothing_left
}

@test "what is closed is filled, and nothing else has its number" {
	local fd
	rows 3000 10 >m.tsv
	mkfifo fifo
	(
		head -n 2000 m.tsv
		until [[ -e go ]]; do sleep 0.01; done
		tail -n +2001 m.tsv
	) >fifo &
	holder=$!
	gx-convert -o out fifo <&- >&- 2>&- &
	running=$!
	wait_for_temporary out
	for fd in 0 1 2; do
		[[ $(readlink /proc/$running/fd/$fd) == /dev/null ]] || note "$fd: $(ls -l /proc/$running/fd)"
	done
	release 0
	same m.tsv out
	# The first operand is not standard input.
	refuses 3 "<stdin>: " gx-means t.tsv - <&-
}

@test "a progress line does not land in the result when stderr is closed" {
	gx-simulate -n 60000 -m 10 -o m.tsv
	mkfifo slow
	(
		head -n 30000 m.tsv
		until [[ -e go ]]; do sleep 0.01; done
		tail -n +30001 m.tsv
	) >slow &
	holder=$!
	gx-convert -o out.tsv <slow 2>&- &
	running=$!
	wait_for_temporary out.tsv
	kill -USR1 $running
	release 0
	same m.tsv out.tsv
}

@test "a closed standard output or input: exit 3, and what the message says helps" {
	local c code
	for c in $(commands); do
		example_of "$c"
		code=0
		"${example[@]}" >&- 2>err </dev/null || code=$?
		((code == 3)) || note "$c: exit $code"
		grep -qFx "$c: <stdout>: it is closed: redirect it, or name a file with -o" err
		"${example[@]}" -o out >&- </dev/null
		"${example[@]}" >redirected </dev/null
		[[ -s out && -s redirected ]]
		for option in --help --explain; do
			code=0
			"$c" "${example[@]:1}" $option >&- 2>err </dev/null || code=$?
			((code == 3)) || note "$c $option: exit $code"
			grep -q "^$c: <stdout>: " err
		done
		reads_stdin "$c" || continue
		refuses 3 "<stdin>: " "$c" <&-
	done
}

@test "programs that are started have standard descriptors, whatever we were started with" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	example_of gx-joblog
	"${example[@]}" --plot want.svg -o want
	"${example[@]}" --plot got.svg -o got <&- >&- 2>&-
	same want got
	[[ $(wc -c <want.svg) == $(wc -c <got.svg) ]]
	gx-time example.tsv --runs 1 --warmup 0 -o raced <&- >&- 2>&-
	gx-time --work tasks --tasks 5 --strategies loop,processes,xargs --runs 1 --warmup 0 \
		--cores 1 -o raced <&- >&- 2>&-
	grep -q processes raced
	grep -q xargs raced
}

# ---- pipes that nobody reads, and slow ones ----

@test "nobody reads standard error: the exit code stays, and nothing is left" {
	local c
	printf 'gene\ta\ng1\t1\ng2\tx\n' >bad.tsv
	for c in $(commands); do
		exits 2 check_ends deaf "$c" --nonsense
		example_of "$c"
		exits 0 check_ends deaf "${example[@]}" --progress -v -o got </dev/null
		[[ -s got ]]
	done
	rows 20000 5 >m.tsv
	printf 'bad\tx\t1\t1\t1\t1\n' >>m.tsv
	exits 1 check_ends deaf gx-convert -b m.tsv -o out
	exits 1 check_ends deaf gx-convert -b -t 4 m.tsv -o out
	exits 1 check_ends deaf gx-means bad.tsv
	nothing_left
	[[ ! -e out ]]
}

@test "nobody reads standard error: SIGUSR1 does not end the run" {
	held out python3 "$tests/check_ends.py" deaf gx-convert --progress -
	kill -USR1 $running
	sleep 0.05
	kill -USR1 $running
	release 0
	[[ $(wc -l <out) == 200001 ]]
}

@test "nobody reads standard output: dead of SIGPIPE, without a word" {
	rows 20000 20 >m.tsv
	exits 141 check_ends mute gx-convert m.tsv
	[[ ! -s $err ]]
	exits 141 check_ends mute gx-convert --help
	exits 141 check_ends mute gx-convert m.tsv -o /dev/stdout
	[[ ! -s $err ]]
}

@test "non-blocking output and messages wait for their reader" {
	rows 3000 20 >m.tsv
	succeeds check_ends nonblocking gx-convert m.tsv
	same m.tsv "$out"
	gx-convert -b m.tsv -o m.gxm
	succeeds check_ends nonblocking gx-convert -b -t 3 m.tsv
	same m.gxm "$out"
	succeeds check_ends nonblocking gx-convert m.tsv -o /dev/stdout
	same m.tsv "$out"
	for option in --help --explain; do
		gx-convert m.tsv $option >want
		succeeds check_ends nonblocking gx-convert m.tsv $option
		same want "$out"
	done
	exits 3 gx-convert absent
	cp "$err" want
	exits 3 check_ends nonblocking gx-convert absent
	same want "$err"
}

# ---- names of descriptors ----

@test "-o /dev/stdout and its other names: the descriptor itself, at its place" {
	local name names
	gx-means t.tsv >means
	{ echo first; cat means; } >appended
	{ cat appended; echo last; } >between
	ln -s /dev/stdout link
	ln -s link further
	ln -s /dev/fd folder
	ln -s folder/1 through
	names=(/dev/stdout /dev/fd/1 /proc/self/fd/1 /proc/thread-self/fd/1 //dev/./fd/1 link further
		folder/1 through "$PWD/folder/1")
	for name in "${names[@]}"; do
		printf 'first\n' >log
		ln -f log same.log
		succeeds gx-means t.tsv -o "$name" --explain
		gx-means t.tsv -o "$name" >>log
		same appended log || note "$name"
		# It is still the same file, and not a new one of that name.
		same log same.log
		# From the offset on, and what is written later comes behind.
		{ echo first; gx-means t.tsv -o "$name"; echo last; } >log
		same between log || note "$name"
	done
	bash -c 'echo first && exec gx-means t.tsv -o /proc/$$/fd/1' >log
	same appended log
	nothing_left
}

@test "-o /dev/fd/N: a file, a pipe, standard error; npy patches its header there" {
	gx-means t.tsv >means
	gx-means t.tsv -o /dev/fd/7 7>got
	same means got
	gx-means t.tsv -o /dev/stderr 2>got
	same means got
	gx-means t.tsv -o >(cat >got2; echo done >end)
	until [[ -e end ]]; do sleep 0.01; done
	same means got2
	gx-simulate -n 20 -m 2 -b >m.gxm
	gx-convert -f npy m.gxm >m.npy
	{ printf head; gx-convert -f npy m.gxm -o /dev/stdout; } >got
	{ printf head; cat m.npy; } >want
	same want got
}

@test "-o a descriptor that was not given to us, or only to read: exit 3, --explain too" {
	local n option
	gx-means t.tsv >means
	for option in "" --explain; do
		# Whatever number our own files have, it is not for the result.
		for n in {3..9}; do
			refuses 3 "-o /dev/fd/$n: descriptor $n is closed: redirect it, or name a file" \
				gx-means t.tsv -o /dev/fd/$n $option 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		done
		refuses 3 "-o /dev/fd/99999999999: descriptor" gx-means t.tsv -o /dev/fd/99999999999 $option
		refuses 3 "-o /dev/fd/5: descriptor 5 can only be read: redirect it, or name a file" \
			gx-means t.tsv -o /dev/fd/5 $option 5<t.tsv
		refuses 3 "-o /dev/stdin: descriptor 0 can only be read" gx-means t.tsv -o /dev/stdin $option <t.tsv
	done
	refuses 3 "No such file or directory" gx-means t.tsv -o /dev/fd/07 7>got
	# Those that we filled are closed.
	exits 3 bash -c 'exec gx-means t.tsv -o /dev/stderr 2>&-'
	exits 3 bash -c 'exec gx-means t.tsv -o /dev/stdout >&-'
	grep -qF 'gx-means: -o /dev/stdout: descriptor 1 is closed' "$err"
	table | cmp - t.tsv
	# What the messages advise.
	gx-means t.tsv -o /dev/fd/5 5>got
	same means got
}

@test "a device and a fifo are written directly, all else is made beside it" {
	gx-means t.tsv >means
	mkfifo fifo
	ln -s fifo to-fifo
	cat fifo >got &
	gx-means t.tsv -o to-fifo
	wait $!
	same means got
	[[ -p fifo && -L to-fifo ]]
	echo old >file
	ln file hard
	gx-means t.tsv -o file
	same means file
	[[ $(cat hard) == old ]]
}

# ---- names ----

@test "-o a name of any length that the file system takes" {
	local n name letters
	gx-means t.tsv >means
	mkdir d
	for n in 230 241 242 246 250 254 255; do
		letters=$(printf 'x%.0s' $(seq $n))
		gx-means t.tsv -o "d/$letters"
		same means "d/$letters"
		# Of two bytes each: none is cut in its middle.
		name=$(printf 'é%.0s' $(seq $((n / 2))))
		gx-means t.tsv -o "d/${letters:0:n % 2}$name"
		same means "d/${letters:0:n % 2}$name"
		[[ $(ls d | wc -l) == 2 ]]
		rm d/*
	done
	for option in "" --explain; do
		refuses 3 "File name too long" gx-means t.tsv -o "d/${letters}x" $option
	done
	[[ -z $(ls d) ]]
}

@test "the temporary name of a long one: shortened, 16 digits of its hash, .gxtmp.PID" {
	local name first
	mkdir d
	name=$(printf 'é%.0s' {1..127})
	# Whatever the length of the PID, a cut by bytes would part a character of one of them.
	for first in x ''; do
		held "d/$first$name" gx-convert -b -
		temporary=${temporary#d/}
		[[ $temporary =~ ^x?(é)+[0-9a-f]{16}\.gxtmp\.$running$ ]] || note "$temporary"
		((${#temporary} > 250 && ${#temporary} <= 255)) # in bytes: the locale is C
		kill -TERM $running
		release 143
		[[ -z $(ls d) ]]
		rm go slow
	done
}

# ---- what is left ----

@test "every signal that ends a process removes what is unfinished" {
	check_ends killed gx-convert -b -
}

@test "what is ignored stays ignored" {
	(
		trap '' USR2 ALRM
		held out gx-convert -b -
		kill -USR2 $running
		kill -ALRM $running
		release 0
	)
	[[ -s out ]]
}

@test "the temporary file was taken away: exit 3; another of its name is not ours to remove" {
	held out gx-convert -
	rm "$temporary"
	release 3
	grep -qF "was taken away by another process" held.err
	[[ ! -e out ]]
	rm go slow
	held out gx-convert -
	rm "$temporary"
	echo mine >"$temporary"
	release 3
	[[ $(cat "$temporary") == mine && ! -e out ]]
	rm go slow "$temporary"
	held out gx-convert -
	rm "$temporary"
	echo mine >"$temporary"
	kill -TERM $running
	release 143
	[[ $(cat "$temporary") == mine ]]
}

@test "the directory moved meanwhile: the file appears there, or nothing is left there" {
	mkdir d
	held d/out gx-convert -
	mv d e
	mkdir d
	kill -TERM $running
	release 143
	[[ -z $(find d e -type f) ]] || note "$(find d e)"
	rm go slow
	held d/out gx-convert -
	mv d f
	release 0
	[[ $(ls f) == out && $(wc -l <f/out) == 200001 && ! -e d ]]
}

@test "the system cannot tell of a file that it is writing: exit 3, nothing left" {
	local fd code refused=0
	gx-convert -b t.tsv -o want
	for fd in {3..8}; do
		rm -f out
		code=0
		check_ends without newfstatat:EIO:0=$fd fstat:EIO:0=$fd -- \
			gx-convert -b t.tsv -o out 2>err || code=$?
		((code != 77)) || skip "no seccomp"
		((code != 127)) || continue # the loader of a dynamic program has that number
		nothing_left
		if ((code == 0)); then
			same want out
			continue
		fi
		((code == 3)) || note "exit $code: $(cat err)"
		[[ ! -e out ]]
		! grep -qFx "gx-convert: -o out: Input/output error" err || refused=1
	done
	((refused))
}

@test "no file without a name (NFS): one with a name for a moment, and nothing left" {
	local code=0
	mkdir tmp
	rows 2000 700 >m.tsv
	TMPDIR=$PWD/tmp gx-convert -b --transposed m.tsv -o want
	TMPDIR=$PWD/tmp check_ends without openat:EOPNOTSUPP:2=O_TMPFILE -- \
		gx-convert -b --transposed m.tsv -o got || code=$?
	((code != 77)) || skip "no seccomp"
	((code == 0))
	same want got
	[[ -z $(ls tmp) ]]
	TMPDIR=$PWD/absent refuses 3 "$PWD/absent: no room to transpose in (TMPDIR names another place): No such file or directory" \
		gx-convert -b --transposed m.tsv
	# What it advises.
	TMPDIR=$PWD/tmp succeeds gx-convert -b --transposed m.tsv
}

@test "set-user-ID is kept for its owner alone" {
	echo old >out
	chmod 4755 out
	if [[ $(id -u) == 0 ]]; then
		gx-means t.tsv -o out
		[[ $(stat -c %a out) == 4755 ]]
		chown 65534:65534 out
		chmod 6755 out
		gx-means t.tsv -o out
		[[ $(stat -c '%u %a' out) == '0 755' ]] || note "$(stat -c '%u %a' out)"
		chown 0:65534 out
		chmod 6755 out
		gx-means t.tsv -o out
		[[ $(stat -c '%u %a' out) == '0 4755' ]] || note "$(stat -c '%u %a' out)"
	else
		skip "not root: nobody else's file can be made here"
	fi
}

# ---- threads that cannot start ----

words="no more threads could be started, or there was no memory for them: ask for fewer threads, or raise the limits on processes and memory (ulimit -u, -v)"

# threadless command ...: exit 3 with our words, nothing on stdout, nothing left.
threadless() {
	exits 3 "$@" -o out || return 1
	grep -qFx "gx-convert: $words" "$err" || note "$(cat "$err")" || return 1
	[[ ! -e out ]] && nothing_left || return 1
	exits 3 "$@" || return 1
	grep -qFx "gx-convert: $words" "$err"
}

@test "no thread can be started: exit 3, nothing left; with -t 1 it runs" {
	local none=(check_ends without clone:EAGAIN clone3:EAGAIN --) code=0
	export ASAN_OPTIONS=detect_leaks=0 # it needs a thread
	"${none[@]}" gx-convert --version >/dev/null || code=$?
	((code != 77)) || skip "no seccomp"
	rows 5000 20 >m.tsv
	threadless "${none[@]}" gx-convert -t 4 -b m.tsv
	# What it advises.
	"${none[@]}" gx-convert -t 1 -b m.tsv >got
	gx-convert -b m.tsv | cmp - got
	# Ends without a thread are as always.
	exits 2 "${none[@]}" gx-convert --nonsense
	exits 3 "${none[@]}" gx-convert absent
	exits 0 "${none[@]}" gx-convert --help
	exits 0 "${none[@]}" gx-convert --explain m.tsv
}

@test "no thread can be started: limits on memory and processes" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "sanitizers need terabytes of addresses"
	rows 5000 20 >m.tsv
	threadless bash -c 'ulimit -v 20000 && exec gx-convert -t 4 -b m.tsv "$@"' _
	(ulimit -v 20000 && gx-convert -t 1 -b m.tsv >got)
	gx-convert -b m.tsv | cmp - got
	local as=() place runs=0 code=0
	if [[ $(id -u) == 0 ]]; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fi
	# Nobody may not read the place where it was built, nor this one.
	place=$(mktemp -d /tmp/gx-ends.XXXXXX)
	cp "$(command -v gx-convert)" m.tsv "$place"
	chmod -R a+rX "$place"
	"${as[@]}" "$place/gx-convert" --explain "$place/m.tsv" >/dev/null 2>&1 || runs=$?
	"${as[@]}" bash -c 'ulimit -u 1 && exec "$1/gx-convert" -t 4 -b "$1/m.tsv"' _ "$place" \
		>/dev/null 2>said || code=$?
	rm -r "$place"
	((runs == 0)) || skip "nobody cannot run a program here"
	[[ $code == 3 ]] || note "exit $code: $(cat said)"
	grep -qFx "gx-convert: $words" said || note "$(cat said)"
}

# ---- controls, pipes ----

@test "controls of C1, and what is no UTF-8, do not reach the terminal" {
	printf 'gene\ta\tb\ng1\t\xc2\x9b31m\t2\n' >c1.tsv
	refuses 1 "c1.tsv:2:2: not a number: '\\xc2\\x9b31m'" gx-means c1.tsv
	printf 'gene\ta\tb\ng1\t\x9b31m\xff\t2\n' >c1.tsv
	refuses 1 "'\\x9b31m\\xff'" gx-means c1.tsv
	# Characters that are only shown stay, and none is cut in its middle.
	printf 'gene\ta\tb\ng1\tMüller\t2\n' >name.tsv
	refuses 1 "'Müller'" gx-means name.tsv
	printf 'gene\ta\tb\ng1\t%sé%s\t2\n' "$(printf 'y%.0s' {1..59})" yyy >name.tsv
	refuses 1 "'$(printf 'y%.0s' {1..59})...'" gx-means name.tsv
	refuses 3 "no??31mfile: No such file or directory" gx-means $'no\xc2\x9b31mfile'
	refuses 3 "no?file: No such file or directory" gx-means $'no\x9bfile'
	refuses 3 "näme: No such file or directory" gx-means näme
}

@test "controls of C1 do not reach a plot of text" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	example_of gx-joblog
	sed '2s/\t:\t/\tho\xc2\x9bst\t/' example.joblog >c1.joblog
	gx-joblog c1.joblog --plot p.txt >/dev/null
	grep -q 'ho??st' p.txt
	lacks -a $'\xc2\x9b' p.txt
}

@test "eighty filters that wait leave their user pipes of the usual size" {
	local code=0
	check_ends pipes 80 gx-simulate -n 100000000 -m 50 -b >said || code=$?
	((code != 77)) || skip "this user has too many pipes already"
	((code == 0)) || note "$(cat said)"
}
