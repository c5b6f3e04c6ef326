#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# With GNU parallel and xargs: parts as jobs, and what is left of jobs that failed.

load lib.bash

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_FILE_TMPDIR" || return 1
	gx-simulate -n 3000 -m 8 -o s.gxm
	gx-simulate -n 3000 -m 8 >s.tsv
	gx-threshold -T 5 s.gxm >record
	gx-threshold -T 5 s.tsv >text.record
	gx-means s.gxm >means
}

setup() {
	work
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	cp "$BATS_FILE_TMPDIR"/{s.gxm,s.tsv,record,text.record,means} .
	export PARALLEL_HOME=$BATS_TEST_TMPDIR/.parallel TMPDIR=$BATS_TEST_TMPDIR
	mkdir -p "$PARALLEL_HOME"
}

# Its own notices aside, parallel is as it comes.
jobs() {
	parallel -j2 "$@" 2>>parallel.err
}

@test "the headline in parts prints the count of the whole" {
	local count
	count=$(gx-simulate -b -n 20000 -m 50 | gx-means -b | gx-threshold -T 12 | tee whole | field count /dev/stdin)
	gx-simulate -n 20000 -m 50 -o m.gxm
	jobs 'gx-means -b --part {}/8 m.gxm | gx-threshold -T 12' ::: {1..8} | gx-reduce >got
	same whole got
	[[ $(field count got) == "$count" && $count -gt 0 ]]
	# Each job may make its own part.
	jobs 'gx-simulate -b -n 20000 -m 50 -p {}/8 | gx-means -b | gx-threshold -T 12' ::: {1..8} |
		gx-reduce | cmp - whole
	# {#} of {##} is a part as well.
	jobs --plus 'gx-means -b --part {#}/{##} m.gxm | gx-threshold -T 12' ::: a b c d e |
		gx-reduce | cmp - whole
}

@test "parallel -k joins text parts with -H to the whole" {
	local f
	for f in s.gxm s.tsv; do
		{ head -1 means; jobs -k "gx-means -H -p {}/7 $f" ::: {1..7}; } >got
		same means got
	done
	{ gx-simulate -n 0 -m 8; jobs -k 'gx-simulate -n 3000 -m 8 -H -p {}/5' ::: {1..5}; } | cmp - s.tsv
	# A part of text without rows, with the header of all.
	{ head -1 s.tsv; jobs -k 'gx-threshold --pass --all -T 9 -H -p {}/30 s.tsv' ::: {1..30}; } >got
	gx-threshold --pass --all -T 9 s.tsv | cmp - got
}

@test "parallel -k joins binary parts; gx-reduce --join makes them the whole" {
	jobs -k 'gx-simulate -b -n 3000 -m 8 -p {}/7' ::: {1..7} >joined
	gx-threshold -T 5 joined | cmp - record
	gx-threshold -T 5 <joined | cmp - record
	gx-reduce --join -b <joined | cmp - s.gxm
	jobs -k 'gx-simulate -b -n 3000 -m 8 -p {}/7' ::: {1..7} | gx-reduce --join -b | cmp - s.gxm
	jobs 'gx-simulate -n 3000 -m 8 -p {}/7 -o j.{}.gxm' ::: {1..7}
	gx-reduce --join -b j.*.gxm | cmp - s.gxm
}

@test "parts of a pipe: each job reads the stream that it is given" {
	jobs 'cat s.gxm | gx-threshold -T 5 -p {}/4' ::: {1..4} | gx-reduce | cmp - record
}

@test "--results: the directory is reduced as it is" {
	jobs --results results 'echo a warning >&2; gx-threshold -T 5 -p {}/6 s.gxm' ::: {1..6} >/dev/null
	gx-reduce results | cmp - record
	jobs --results 'out/{}' 'gx-threshold -T 5 -p {}/6 s.tsv' ::: {1..6} >/dev/null
	gx-reduce out | cmp - text.record
	jobs --results results2 'gx-simulate -b -n 3000 -m 8 -p {}/3' ::: {1..3} >/dev/null
	gx-reduce --join -b results2 | cmp - s.gxm
}

@test "a job that fails: its part is named, run again, and all is well" {
	mkdir parts
	local code=0
	jobs --joblog log '[ {} != 3 ] && gx-threshold -T 5 -p {}/5 s.gxm -o parts/{}' ::: {1..5} || code=$?
	((code == 1))
	awk -F '\t' 'NR > 1 && $7 != 0 { n++ } END { exit n != 1 }' log
	refuses 75 "missing: rows 1200 to 1800 of 3000" gx-reduce parts
	gx-reduce --missing=5 parts | jobs 'gx-threshold -T 5 -p {}/5 s.gxm -o parts/{}'
	gx-reduce parts | cmp - record
	# The array form is what sbatch --array takes.
	rm parts/2 parts/3 parts/5
	prints 2-3,5 gx-reduce --missing=5,array parts
	# Nothing missing: nothing to do.
	gx-reduce --missing=5 parts | parallel -j1 -r 'echo {}' >todo 2>/dev/null || true
	[[ $(wc -l <todo) == 3 ]]
}

@test "--joblog, --resume-failed and --retry-failed; the exit codes are ours" {
	printf 'gene\ta\nx\tbad\n' >bad.tsv
	local code=0
	jobs --joblog log 'gx-threshold -T 12 {}' ::: s.tsv bad.tsv absent.tsv --nonsense >/dev/null || code=$?
	((code == 3))
	[[ $(tail -n +2 log | sort -n | cut -f 7 | tr '\n' ' ') == '0 1 3 2 ' ]]
	[[ $(tail -n +2 log | cut -f 8 | sort -u) == 0 ]]
	printf 'gene\ta\nx\t1\n' >bad.tsv
	cp bad.tsv absent.tsv
	code=0
	jobs --joblog log --retry-failed >again || code=$?
	((code == 1)) # --nonsense is still nonsense
	[[ $(grep -c '^a' again) == 2 ]]
}

@test "--halt now,fail=1 gives the code of the job that failed" {
	local code=0
	jobs --halt now,fail=1 'gx-threshold -T 12 -p {}/3 absent.tsv' ::: 1 2 3 >/dev/null || code=$?
	((code == 3))
	code=0
	jobs --halt now,fail=1 'gx-reduce {}' ::: "$(mkdir -p none && echo none)" >/dev/null || code=$?
	((code == 75))
}

@test "a job killed by --timeout is logged by its signal and leaves nothing" {
	local code=0
	parallel -j1 --timeout 1 --joblog log 'exec gx-simulate -n 3000000000 -m 50 -b -s {} -o big.gxm' ::: 1 2>err || code=$?
	((code != 0))
	[[ ! -e big.gxm ]]
	! compgen -G 'big.gxm.gxtmp.*' >/dev/null || note "left behind"
	tail -1 log | awk -F '\t' '{ exit !($8 == 15) }' || note "$(cat log)"
}

@test "xargs -P: parts as processes, and no code stops it" {
	seq 8 | xargs -P 2 -I{} sh -c 'gx-threshold -T 5 -p {}/8 s.gxm >x.{}'
	gx-reduce x.* | cmp - record
	seq 5 | xargs -P 2 -I{} gx-threshold -T 5 -p {}/5 s.gxm -o y.{}
	gx-reduce y.* | cmp - record
	# 255 would stop all: every failing job is run to the end.
	printf '%s\n' absent.tsv --nonsense /dev/null s.tsv | xargs -P 1 -I{} sh -c 'gx-threshold -c -T 5 {} >>out 2>>err; c=$?; echo $c >>codes; exit $c' || code=$?
	((code == 123))
	[[ $(tr '\n' ' ' <codes) == '3 2 1 0 ' ]]
}

@test "jobs read what they are told: parallel's and xargs' empty standard input is an error" {
	local code=0
	jobs -a <(echo 1) --joblog log 'gx-means' >out || code=$?
	[[ ! -s out ]]
	((code == 1))
	code=0
	echo 1 | xargs -I{} gx-means 2>err || code=$?
	((code == 123))
	grep -qF "no data on standard input" err
}

@test "--pipe with --header: blocks of a table are tables" {
	jobs -k --pipe --block 20k --header : 'gx-means -H' <s.tsv | cmp - <(tail -n +2 means)
	jobs --pipe --block 20k --header : 'gx-threshold -T 5' <s.tsv | gx-reduce --unverified -c |
		cmp - <(gx-reduce -c record)
}

@test "the same command twice at once, in one directory: the same bytes" {
	jobs -n0 'gx-means -b s.gxm -o twice.gxm' ::: {1..12}
	gx-means -b s.gxm | cmp - twice.gxm
	! compgen -G '*.gxtmp.*' >/dev/null || note "left behind"
}

@test "nothing of the environment says which part it is" {
	PARALLEL_SEQ=3 PARALLEL_JOBSLOT=2 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=4 \
		SLURM_CPUS_PER_TASK=2 gx-threshold -T 5 s.gxm | cmp - record
}

@test "a directory is reduced while jobs write into it: the whole, or 75 and what is missing" {
	local code whole=0 missing=0 k
	mkdir d
	{
		for k in {1..20}; do gx-threshold -T 5 -p $k/20 s.gxm -o d/$k; done
		# Jobs that run again replace their file; some remove it first.
		for k in {1..40}; do
			((k % 3)) || rm d/$((k % 20 + 1))
			gx-threshold -T 5 -p $((k % 20 + 1))/20 s.gxm -o d/$((k % 20 + 1))
		done
		touch done
	} 3>&- &
	while [[ ! -e done ]]; do
		code=0
		gx-reduce d >got 2>err || code=$?
		case $code in
		0)
			same record got
			whole=$((whole + 1))
			;;
		75)
			[[ ! -s got ]]
			grep -qE 'missing: rows|no record in what was named' err
			missing=$((missing + 1))
			;;
		*) note "exit $code: $(cat err)" ;;
		esac
	done
	wait $!
	gx-reduce d | cmp - record
	((missing > 0)) || note "it was never reduced before its end"
	# What is only replaced is never missing.
	rm done
	{
		for k in {1..40}; do gx-threshold -T 5 -p $((k % 20 + 1))/20 s.gxm -o d/$((k % 20 + 1)); done
		touch done
	} 3>&- &
	k=0
	until [[ -e done ]] && ((k >= 3)); do
		gx-reduce d | cmp - record
		k=$((k + 1))
	done
	wait $!
}

# stalled CHANGE FILE command ...: the command, whose output is not taken until the change
# is made; its exit code. It has read some of FILE then, and not all.
stalled() {
	local change=$1 code=0
	shift 2
	rm -f fifo
	mkfifo fifo
	{
		head -c 1 >/dev/null
		eval "$change"
		cat >/dev/null
	} <fifo 3>&- &
	"$@" >fifo 2>err || code=$?
	wait $!
	return $code
}

@test "a file that changes while it is read: exit 1, and says so" {
	local file code name
	gx-simulate -n 40000 -m 20 -o big.gxm
	gx-convert big.gxm -o big.npy
	gx-convert big.gxm -o big.tsv
	gzip -1 -c big.tsv >big.tsv.gz
	python3 "$tests/bgzip.py" <big.tsv >blocks.tsv.gz
	for file in big.gxm big.npy big.tsv big.tsv.gz blocks.tsv.gz; do
		for change in 'printf x >>now' 'printf 7 | dd of=now bs=1 seek=70 conv=notrunc status=none' \
			'truncate -s -200 now'; do
			cp $file now
			code=0
			stalled "$change" now gx-convert -f tsv now || code=$?
			((code == 1)) || note "$file: $change: exit $code"
			grep -qE '^gx-convert: now' err
			# What was cut, or is compressed, is damaged as well.
			[[ $change == trunc* || $file == *.gz ]] || grep -qF "it changed while it was read" err || note "$file: $(cat err)"
		done
		# Another file of that name leaves the one that is open as it is.
		cp $file now
		cp $file other
		stalled 'mv other now' now gx-convert -f tsv now
		[[ ! -s err ]]
	done
	cp big.tsv now
	code=0
	stalled 'printf x >>now' now gx-convert -f tsv <now || code=$?
	((code == 1))
	grep -qF "<stdin>: it changed while it was read" err
	code=0
	stalled 'printf x >>now' now gx-convert -t 2 -p 1/2 now || code=$?
	((code == 1))
}
