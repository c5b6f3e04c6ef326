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
	refused 2 'count from 1' m.gxm 0
	refused 2 'needs a value' m.gxm 3 -T
	refused 2 '-T x' m.gxm 3 -T x
	refused 3 'there is no such file' absent.gxm 3
	gx-convert m.gxm -f tsv | gzip >m.tsv.gz
	refused 2 'gx-convert -b' m.tsv.gz 3
	printf 'gene\ta\ng1\t1\ng2\tbad\ng3\t2\n' >bad.tsv
	refused 1 "bad.tsv:3:2: not a number" bad.tsv 2 --engine xargs
	# Without a look at all of it first, the parts find it.
	refused 75 "bad.tsv:3:2: not a number" bad.tsv 3 --engine xargs --quick
	grep -qx 'sweep: missing after three rounds: 2' "$err"
	exits 0 "$sweep" m.gxm 4 --engine xargs at
	refused 1 "its 'parts' was 4, and now is 5" m.gxm 5 --engine xargs at
	refused 1 "its 'threshold' was 12, and now is 13" m.gxm 4 -T 13 --engine xargs at
}

@test "forty faults under GNU parallel and xargs: the exact record, or refused with the cause" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	"$tests/faults/run" --engine parallel,xargs --faults 40 --seed 1 >campaign || note "$(cat campaign)"
	tail -n 1 campaign | grep -x '40 passed, 0 failed, 0 skipped'
}

@test "the campaign notices a reducer that does not look at the digest" {
	mkdir spoiled
	ln -s "$GX_BIN"/* spoiled
	rm spoiled/gx-reduce
	cat >spoiled/gx-reduce <<-STUB
		#!/usr/bin/env bash
		for ((i = 1; i <= \$#; i++)); do
			[[ \${!i} != --digest ]] || set -- "\${@:1:i-1}" "\${@:i+2}"
		done
		exec "$GX_BIN/gx-reduce" "\$@"
	STUB
	chmod +x spoiled/gx-reduce
	exits 1 env GX_BIN="$PWD/spoiled" "$tests/faults/run" --engine xargs --faults 20 --seed 3
	grep -q 'failed: record with a wrong digest.*wrong number' "$out"
	grep -qE '^wrong numbers [1-9]' "$out"
}
