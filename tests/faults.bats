#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/sweep, and the fault campaign in short; `make check-faults` is the long one, under
# all engines.

load lib.bash

sweep=$repo/examples/sweep

setup() {
	work
	[[ -z ${GX_SANITIZED:-} ]] || skip "hundreds of processes: too slow for this build"
	export PARALLEL_HOME=$BATS_TEST_TMPDIR/.parallel TMPDIR=$BATS_TEST_TMPDIR
	mkdir -p "$PARALLEL_HOME"
	gx-simulate -n 500 -m 8 -o m.gxm
	gx-means -b m.gxm | gx-threshold >whole
}

inodes() {
	(cd "$1" && stat -c '%n %i %y' -- *)
}

@test "sweep: the record of the whole on stdout; called again it makes nothing again" {
	exits 0 "$sweep" m.gxm 9 --engine xargs
	same whole "$out"
	same whole m.gxm.sweep/record
	grep -q 'sweep: .* of 500 rows lie above 12 in column mean' "$err"
	inodes m.gxm.sweep/records >before
	exits 0 "$sweep" m.gxm 9 --engine xargs
	same whole "$out"
	inodes m.gxm.sweep/records | cmp - before
	rm m.gxm.sweep/records/4
	exits 0 "$sweep" m.gxm 9 --engine xargs
	grep -qx 'sweep: round 1: 1 of 9 parts, by xargs' "$err"
	same whole "$out"
	inodes m.gxm.sweep/records | grep -v '^4 ' | cmp - <(grep -v '^4 ' before)
}

@test "sweep: more parts than rows, odd names, text and npy with and without their digest" {
	mkdir "my data"
	gx-convert m.gxm -o "my data/a b'c \$x.tsv"
	gx-convert m.gxm -o m.npy
	for matrix in m.gxm m.npy "my data/a b'c \$x.tsv"; do
		gx-means -b "$matrix" | gx-threshold -T 9.50 >want
		exits 0 "$sweep" "$matrix" 7 -T 9.50 --engine xargs --jobs 3 "at $matrix"
		same want "$out"
		exits 0 "$sweep" --quick "$matrix" 7 -T 9.5 --engine xargs "at $matrix"
		same want "$out"
	done
	gx-simulate -n 5 -m 3 -o five.gxm
	gx-means -b five.gxm | gx-threshold >want
	exits 0 "$sweep" five.gxm 12 --engine xargs
	same want "$out"
}

@test "sweep under GNU parallel keeps the joblog of all rounds, by part" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	exits 0 "$sweep" m.gxm 6 --jobs 2
	same whole "$out"
	rm m.gxm.sweep/records/[25]
	exits 0 "$sweep" m.gxm 6 --jobs 2
	same whole "$out"
	gx-joblog m.gxm.sweep/sweep.log >said 2>warned
	[[ ! -s warned ]]
	grep -qxP 'jobs\t6' said
	grep -qxP 'attempts\t8' said
}

@test "sweep: exit codes" {
	refused() {
		exits "$1" "$sweep" "${@:3}" || return 1
		[[ ! -s $out ]] || note "on stdout: $(cat "$out")" || return 1
		grep -qF -e "$2" "$err" || note "'$2' is not in: $(cat "$err")"
	}
	refused 2 'which matrix' m.gxm
	refused 2 'no option --nonsense' m.gxm 3 --nonsense
	refused 2 'no engine oar' m.gxm 3 --engine oar
	refused 2 "N is '0': a number from 1 to 1000000" m.gxm 0
	refused 2 "--jobs is '50%': a number from 1 on" m.gxm 3 --jobs=50%
	refused 2 '--transfer is for --engine ssh' m.gxm 3 --transfer
	refused 2 'needs a value' m.gxm 3 -T
	refused 2 '-T x' m.gxm 3 -T x
	refused 2 '-T NaN' m.gxm 3 -T NaN
	refused 2 'not a finite number' m.gxm 3 -T '12; touch hacked'
	refused 3 'there is no such file' absent.gxm 3
	gx-convert m.gxm -o text.tsv
	refused 2 'say the threshold with -T' text.tsv 3
	[[ ! -e text.tsv.sweep ]]
	TMPDIR=$PWD/absent refused 3 'no such directory' m.gxm 3 at --engine xargs
	mkdir tenx
	refused 1 'a directory without matrix.mtx' tenx 3
	gx-convert m.gxm -f tsv | gzip >m.tsv.gz
	refused 2 'gx-convert -b' m.tsv.gz 3
	printf 'gene\ta\ng1\t1\ng2\t2\ng3\tbad\n' >bad.tsv
	refused 1 "bad.tsv:4:2: not a number" bad.tsv 2 -T 12 --engine xargs
	# Without a look at all of it first, the parts find it.
	refused 75 "bad.tsv:4:2: not a number" bad.tsv 3 -T 12 --engine xargs --quick
	grep -qx 'sweep: missing after three rounds: 3' "$err"
	exits 0 "$sweep" m.gxm 4 --engine xargs at
	refused 1 "its 'parts' was 4, and now is 5" m.gxm 5 --engine xargs at
	refused 1 "its 'threshold' was 12, and now is 13" m.gxm 4 -T 13 --engine xargs at
	# The result is there, but could not be told.
	exits 3 bash -c '"$1" m.gxm 4 --engine xargs at >/dev/full' _ "$sweep"
}

@test "sweep touches nothing in a directory of somebody else" {
	mkdir -p own/parts
	echo mine | tee own/todo own/record own/parts/1 own/a.gxtmp.1
	cp -r own before
	exits 2 "$sweep" m.gxm 3 own --engine xargs
	grep -q 'own has files that are not of a sweep' "$err"
	diff -r before own
	# Nor does it leave a directory behind when what was asked for cannot be.
	exits 2 "$sweep" m.gxm 3 new -T x --engine xargs
	exits 3 "$sweep" absent 3 new --engine xargs
	[[ ! -e new ]]
}

@test "sweep --help is the text at its top; options as --jobs=2" {
	succeeds "$sweep" --help
	cp "$out" help
	grep -q '^  sweep MATRIX N' help
	for option in $(sed -nE 's/^\t(-[-a-zT|h ]+)\).*/\1/p' "$sweep" | tr '|' ' '); do
		grep -qe "^  .*$option\b" help || note "$option is not in the help"
	done
	exits 0 "$sweep" m.gxm 3 --engine=xargs --jobs=2 --quick at
	same whole "$out"
}

@test "sweep: what a user's environment may have set" {
	# A relative directory that CDPATH has too, somewhere else.
	mkdir -p elsewhere/at
	CDPATH=$PWD/elsewhere exits 0 "$sweep" m.gxm 3 at --engine xargs
	same whole "$out"
	[[ -s at/record && -z $(ls elsewhere/at) ]]
	again='"$1" m.gxm 3 at2 --engine "$2" && rm at2/records/2 && exec "$1" m.gxm 3 at2 --engine "$2"'
	for engine in xargs parallel; do
		[[ $engine == xargs ]] || command -v parallel >/dev/null || continue
		rm -rf at2
		exits 0 bash -c "set -C; shopt -s failglob; export SHELLOPTS BASHOPTS; $again" _ "$sweep" $engine
		cat whole whole | cmp - "$out"
		lacks -E 'cannot overwrite|no match' "$err"
	done
	exits 0 env OMP_NUM_THREADS=4 POSIXLY_CORRECT=1 SHELL=/bin/false PARALLEL_SHELL=/bin/false \
		LC_ALL=de_DE.UTF-8 "$sweep" m.gxm 3 at3 --engine xargs
	same whole "$out"
	exits 0 "$sweep" m.gxm 3 at4 --engine xargs <&-
	same whole "$out"
}

@test "sweep under GNU parallel: neither its configuration nor the shell matters" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	for words in --tag --line-buffer --dry-run --quote --pipe '-N 2' '-j 1' "--joblog $PWD/other"; do
		echo "$words" >"$PARALLEL_HOME/config"
		rm -rf at
		PARALLEL_SHELL=/bin/false exits 0 "$sweep" m.gxm 3 at
		same whole "$out"
		[[ ! -e other && $(grep -c . at/sweep.log) == 4 ]]
	done
	# Another program of that name.
	mkdir stub
	printf '#!/bin/sh\nexit 1\n' >stub/parallel
	chmod +x stub/parallel
	PATH=$PWD/stub:$PATH exits 3 "$sweep" m.gxm 3 at
	grep -q 'not GNU parallel' "$err"
}

@test "sweep: names that shells, parallel, xargs and awk would read" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	for name in 'a{}b{#}' 'a{= $_="x" =}' $'a\nb' 'a%j%a' 'a\b$(touch hacked)`touch hacked`' '-T' '#; & *'; do
		mkdir here
		cp m.gxm "here/$name"
		for engine in parallel xargs; do
			exits 0 "$sweep" "here/$name" 3 --engine $engine "$engine$name"
			same whole "$out"
		done
		[[ ! -e hacked && $(find . -name hacked | wc -l) == 0 ]]
		rm -r here
	done
}

@test "sweep: two at once in one directory: the second one waits, and has nothing to do" {
	mkdir stub
	printf '#!/bin/sh\ncase $* in *--explain*) ;; *) sleep 0.3 ;; esac\nexec "%s/gx-means" "$@"\n' \
		"$GX_BIN" >stub/gx-means
	chmod +x stub/gx-means
	PATH=$PWD/stub:$PATH "$sweep" m.gxm 6 at --engine xargs --jobs 1 >one 2>one.err &
	until [[ -n $(ls at/records 2>/dev/null) ]]; do
		sleep 0.02
	done
	exits 0 "$sweep" m.gxm 6 at --engine xargs
	wait $!
	grep -q 'another sweep, or jobs that one left, work here: waiting' "$err"
	lacks 'round' "$err"
	same whole one "$out"
}

@test "forty faults under GNU parallel and xargs: the exact record, or refused with the cause" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	"$tests/faults/run" --engine parallel,xargs --faults 40 --seed 1 >campaign || note "$(cat campaign)"
	tail -n 1 campaign | grep -x '40 passed, 0 failed, 0 skipped'
}

# campaign_of CHANGE: the campaign in a tree of its own, in which the sweep is another.
campaign_of() {
	mkdir -p tree/tests tree/examples
	cp -r "$tests"/{faults,oracle.py} tree/tests
	sed -e "$1" "$sweep" >tree/examples/sweep
	chmod +x tree/examples/sweep
	fails cmp -s "$sweep" tree/examples/sweep
}
fails() {
	! "$@"
}

@test "the campaign notices a sweep that makes records again" {
	campaign_of 's/^rm -f record$/rm -f record records\/1?/'
	exits 1 tree/tests/faults/run --engine xargs --faults 6 --seed 3
	grep -qE 'made again without need [1-9]' "$out"
}

@test "the campaign notices a sweep that leaves temporary files" {
	campaign_of 's/^cat record .*/cp record record.gxtmp.1; cat record/'
	exits 1 tree/tests/faults/run --engine xargs --faults 6 --seed 3
	grep -qE 'temporary files left [1-9]' "$out"
	campaign_of 's/^cat record .*/touch todo; cat record/'
	exits 1 tree/tests/faults/run --engine xargs --faults 6 --seed 3
	grep -qE 'temporary files left [1-9]' "$out"
}

# spoiled BODY: a directory of the binaries, with a gx-reduce that is this script.
spoiled() {
	mkdir spoiled
	ln -s "$GX_BIN"/* spoiled
	rm spoiled/gx-reduce
	printf '#!/usr/bin/env bash\nreal=%q\n%s\n' "$GX_BIN/gx-reduce" "$1" >spoiled/gx-reduce
	chmod +x spoiled/gx-reduce
}

@test "the campaign notices a reducer that accepts gaps, or does not look at the check" {
	spoiled '"$real" "$@"
		status=$?
		((status != 75)) || exec "$real" --partial "$@"
		exit $status'
	exits 1 env GX_BIN="$PWD/spoiled" "$tests/faults/run" --engine xargs --faults 35 --seed 1
	grep -qE '^wrong numbers [1-9]' "$out"
	rm -r spoiled
	# It makes the checks right before it looks.
	spoiled "PYTHONPATH=$(printf %q "$tests") python3 - \"\${@: -1}\" <<-'END'
		import os, sys, oracle
		for name in os.listdir(sys.argv[1]) if os.path.isdir(sys.argv[1]) else []:
		    path = os.path.join(sys.argv[1], name)
		    lines = open(path, errors='replace').read().split('\\n')
		    fields = lines[1].split('\\t') if len(lines) == 3 else []
		    if len(fields) == 13 and fields[0] == 'mean':
		        made = oracle.record_bytes([fields[:12]])
		        if made != open(path, 'rb').read():
		            open(path, 'wb').write(made)
	END
	exec \"\$real\" \"\$@\""
	exits 1 env GX_BIN="$PWD/spoiled" "$tests/faults/run" --engine xargs --faults 35 --seed 1
	grep -q 'failed: another count in a record.*wrong number' "$out"
}

@test "the campaign notices a reducer that does not look at the digest" {
	spoiled 'for ((i = 1; i <= $#; i++)); do
			[[ ${!i} != --digest ]] || set -- "${@:1:i-1}" "${@:i+2}"
		done
		exec "$real" "$@"'
	exits 1 env GX_BIN="$PWD/spoiled" "$tests/faults/run" --engine xargs --faults 35 --seed 1
	grep -q 'failed: record with a wrong digest.*wrong number' "$out"
	grep -qE '^wrong numbers [1-9]' "$out"
}
