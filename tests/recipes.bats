#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How the recipes of examples/ behave on the command line, before any engine is asked: --help,
# options that do not exist, copies; and how sweep ends when it is stopped or has no scheduler.
# What they compute is in examples.bats and faults.bats.

load lib.bash

examples=$repo/examples

setup() {
	work
	export PARALLEL_HOME=$PWD/.parallel TMPDIR=$BATS_TEST_TMPDIR
	mkdir "$PARALLEL_HOME"
	unset "${!SLURM_@}" "${!OMPI_@}" "${!PMI_@}"
	gx-simulate -n 200 -m 4 -o m.gxm
	gx-simulate -n 200 -m 4 -o m.tsv
	printf '8\n' >thresholds
	printf '1\n' >seeds
	make_engines
}

# Engines that do nothing but say that they were called, and how.
make_engines() {
	mkdir stub
	for engine in sbatch srun squeue scancel parallel xargs mpirun ssh rsync mkdir gx-convert gx-reduce; do
		printf '#!/bin/sh\necho "%s $*" >>"%s/called"\nexit 1\n' $engine "$PWD" >stub/$engine
	done
	chmod +x stub/*
}
with_engines() {
	PATH=$PWD/stub:$PATH "$@"
}

# recipes: all that are called by a shell, wherever they are in examples/.
recipes() {
	(cd "$examples" && find . -type f ! -name '*.md' ! -name Snakefile | sed 's,^\./,,' | sort)
}
# operands RECIPE: what it would run with, in the array call.
operands() {
	case $1 in
	demo) call=(m.tsv) ;;
	pool) call=('gx-means {}' m.gxm) ;;
	aggregate) call=(m.gxm thresholds) ;;
	sweep) call=(m.gxm 4) ;;
	fetch) call=(list files) ;;
	parallel/grid) call=(thresholds seeds 200 4) ;;
	parallel/hosts) call=(1/: m.gxm 12 4) ;;
	parallel/simulate) call=(made.gxm 4 -n 9) ;;
	slurm-scaling.sbatch) call=(m.gxm scaling --runs 3) ;;
	slurm/nodes.sbatch) call=(m.gxm 12 2 2) ;;
	slurm/reduce.sbatch) call=(records 4 sum.tsv) ;;
	parallel/blocks) call=(m.tsv 12) ;;
	*) call=(m.gxm 12 4) ;;
	esac
}
# head_of RECIPE: the comment at its top, without the marks.
head_of() {
	awk 'NR == 1 { next } !/^#/ { exit } /^# / { print substr($0, 3) } /^#$/ { print "" }' "$examples/$1"
}

@test "recipes: all of them are known here, and each has a usage at its top" {
	[[ $(recipes | wc -l) -ge 15 ]]
	while read -r recipe; do
		[[ $(head -n 1 "$examples/$recipe") == '#!/usr/bin/env bash' ]]
		bash -n "$examples/$recipe"
		head_of "$recipe" | grep "^  .*${recipe##*/}" || note "$recipe: no usage"
	done < <(recipes)
}

@test "recipes: --help prints the head, wherever it stands, and does nothing else" {
	while read -r recipe; do
		head_of "$recipe" >want
		operands "$recipe"
		ls >before
		for words in --help -h "m.gxm --help" all; do
			[[ $words != all ]] || words="${call[*]} --help"
			read -ra words <<<"$words"
			with_engines exits 0 bash "$examples/$recipe" "${words[@]}"
			same want "$out"
			[[ ! -s $err && ! -e called ]] || note "$recipe ${words[*]}: $(cat "$err" called)"
		done
		ls | diff before - >&2
	done < <(recipes)
}

@test "recipes: an unknown option is refused, wherever it stands, before anything is made" {
	while read -r recipe; do
		operands "$recipe"
		ls >before
		for place in 0 1 ${#call[@]}; do
			for option in --frobnicate -Q --dry-runs; do
				with_engines exits 2 bash "$examples/$recipe" "${call[@]:0:place}" $option "${call[@]:place}"
				[[ ! -s $out && ! -e called ]] || note "$recipe: $(cat "$out" called)"
				grep -qe "$option" "$err" || note "$recipe: $(cat "$err")"
				grep -q "usage: .*${recipe##*/}" "$err" || note "$recipe: $(cat "$err")"
			done
		done
		# None of what it needs, and too much of it.
		[[ $recipe == pool ]] || with_engines exits 2 bash "$examples/$recipe" "${call[@]}" too many words of all
		grep -q usage: "$err"
		[[ $recipe == demo ]] || with_engines exits 2 bash "$examples/$recipe"
		[[ $recipe == demo ]] || grep -q usage: "$err"
		[[ ! -e called ]] || note "$recipe: $(cat called)"
		ls | diff before - >&2
	done < <(recipes)
}

# wrong TEXT RECIPE WORD ...: refused with this text as wrong usage, before anything is made.
wrong() {
	ls -R >before
	with_engines exits 2 bash "$examples/$2" "${@:3}"
	grep -qF -- "$1" "$err" || note "$2 ${*:3}: $(cat "$err")" || return 1
	grep -q "usage: .*${2##*/}" "$err" || note "$2: $(cat "$err")" || return 1
	[[ ! -s $out && ! -e called ]] || note "$2 ${*:3}: $(cat "$out" called)" || return 1
	ls -R | diff before - >&2
}

@test "recipes: numbers of parts that are none, and an operand too many, before anything is made" {
	export SLURM_ARRAY_TASK_ID=1
	local n recipe
	for n in 0 08 1.5 D 1000001 99999999999 99999999999999999999999; do
		wrong "N is '$n': a number from 1 to 1000000" parallel/simulate made.tsv "$n"
		wrong "N is '$n': a number from 1 to 1000000" sweep m.gxm "$n"
		for recipe in slurm/submit slurm/array.sbatch parallel/parts xargs/parts; do
			wrong "N is '$n': a number from 1 to 1000000" $recipe m.gxm 3 "$n"
		done
		wrong "N is '$n': a number from 1 to 1000000" parallel/hosts 1/: m.gxm 3 "$n"
		wrong "N is '$n': a number from 1 to 1000000" slurm/reduce.sbatch records "$n" sum.tsv
	done
	wrong "P is 'D': a number from 1 on" slurm/nodes.sbatch m.gxm 12 4 D
	wrong "NODES is '0': a number from 1 on" slurm/nodes.sbatch m.gxm 12 0 4
	wrong "NODES x P are 1001000 parts: at most 1000000" slurm/nodes.sbatch m.gxm 12 1001 1000
	for recipe in slurm/submit slurm/array.sbatch parallel/parts xargs/parts; do
		wrong "E: one operand too many" $recipe m.gxm 12 4 D E
	done
	for recipe in parallel/blocks slurm/nodes.sbatch slurm/reduce.sbatch parallel/hosts parallel/grid mpi/rank sweep; do
		operands $recipe
		[[ $recipe != parallel/hosts && $recipe != slurm/nodes.sbatch ]] || call+=(D)
		[[ $recipe != parallel/blocks && $recipe != mpi/rank && $recipe != sweep ]] || call=(m.gxm 4 D)
		wrong "E: one operand too many" $recipe "${call[@]}" E
	done
	wrong "E: one operand too many" demo m.tsv E
}

@test "recipes: an array task without an array, a threshold that is none: before anything is made" {
	wrong "SLURM_ARRAY_TASK_ID is not set: submit it with sbatch --array=1-100" slurm/array.sbatch m.gxm
	wrong "SLURM_ARRAY_TASK_ID is not set: submit it with sbatch --array=1-4" slurm/nodes.sbatch m.gxm 12 4 2
	with_engines exits 2 "$examples/parallel/blocks" m.tsv x
	grep -qF 'gx-threshold: -T x: not a finite number' "$err" || note "$(cat "$err")"
	[[ ! -s $out && ! -e called ]]
}

@test "recipes: a threshold below zero is none, and what an option would break is refused" {
	rm -r stub
	gx-means m.tsv | awk -F '\t' -v OFS='\t' 'NR > 1 { $2 -= 20 } { print }' >below.tsv
	gx-means -b below.tsv | gx-threshold -T -12.5 >want
	succeeds "$examples/xargs/parts" below.tsv -12.5 3
	same want "$out"
	# Each part of simulate would write to it, or say that it is the whole.
	for option in '-o other' '--part 1/2' -b; do
		exits 2 "$examples/parallel/simulate" made.tsv 3 -n 9 $option
		grep -q 'usage: simulate' "$err"
	done
	for option in '--cores 2' '--runs-out x' '-o x'; do
		exits 2 bash "$examples/slurm-scaling.sbatch" m.gxm scaling $option
		grep -q 'usage: bash slurm-scaling' "$err"
	done
	[[ ! -e made.tsv && ! -e other && ! -e scaling ]]
}

@test "recipes: submit says what is not there: the scheduler, the scripts beside it" {
	cp "$examples/slurm/submit" .
	with_engines exits 3 ./submit m.gxm 12 4
	grep -q 'array.sbatch is not there: it belongs beside this script' "$err"
	rm stub/sbatch
	few=$PWD/few
	mkdir few
	for program in bash env dirname realpath sed; do
		ln -s "$(type -P $program)" few/
	done
	for recipe in slurm/submit slurm-scaling.sbatch; do
		PATH=$few exits 3 "$(type -P bash)" "$examples/$recipe" m.gxm
		grep -q 'sbatch is not on PATH' "$err"
	done
	[[ ! -e called ]]
}

@test "snakemake: help, a setting that does not exist, none at all" {
	command -v snakemake >/dev/null || skip "snakemake is not installed"
	mkdir flow
	flow() {
		snakemake -q all -s "$examples/snakemake/Snakefile" -j 1 -d flow "$@"
	}
	succeeds flow --config help=yes
	sed -n '/^[^#]/q; /^$/q; s/^# \{0,1\}//p' "$examples/snakemake/Snakefile" >want
	same want "$out"
	exits 2 flow --config matrix="$PWD/m.gxm" treshold=3
	grep -qx 'Snakefile: no setting treshold: usage: --config matrix=FILE .*' "$err"
	exits 2 flow
	grep -qx 'Snakefile: which matrix: usage: --config matrix=FILE .*' "$err"
	[[ -z $(ls flow) ]]
}

# ---- demo ----

@test "demo: the same record, with GNU parallel, without it, of any table, from an installed copy" {
	rm stub/parallel
	run_demo() {
		exits 0 "$@"
		grep -c 'the same record, byte for byte' "$out"
	}
	if command -v parallel >/dev/null; then
		[[ $(run_demo "$examples/demo" m.tsv) == 2 ]]
		grep -q 'in 8 parts under GNU parallel:' .stdout
	fi
	# The one of moreutils.
	printf '#!/bin/sh\necho "parallel: invalid option" >&2\nexit 1\n' >stub/parallel
	chmod +x stub/parallel
	rm stub/xargs stub/mkdir stub/gx-*
	cp m.tsv "my table's {} \$x.tsv"
	[[ $(with_engines run_demo "$examples/demo" "my table's {} \$x.tsv") == 2 ]]
	grep -q 'in 8 parts under xargs:' .stdout
	cp "$examples/demo" .
	[[ $(with_engines run_demo ./demo) == 1 ]]
	exits 3 ./demo absent.tsv
}

# ---- sweep: stopped, and without a scheduler ----

# Parts that take a while, so that there is something to stop.
slow_parts() {
	rm -rf stub
	mkdir stub
	cat >stub/gx-means <<-STUB
		#!/bin/sh
		case \$* in *--explain*) ;; *) sleep 0.3 ;; esac
		exec "$GX_BIN/gx-means" "\$@"
	STUB
	chmod +x stub/gx-means
}

@test "sweep: after Ctrl-C it says the line that goes on, which does" {
	slow_parts
	cp m.gxm "a b's.gxm"
	gx-means -b m.gxm | gx-threshold -T 9.5 >whole
	for engine in xargs parallel; do
		command -v $engine >/dev/null || continue
		rm -rf "in $engine"
		with_engines exits 130 press_ctrl_c "in $engine/records" \
			"$examples/sweep" "a b's.gxm" 12 -T 9.5 --jobs 2 --engine $engine "in $engine"
		line=$(sed -n 's/^sweep: what is done is kept; to go on, the same line: //p' "$out")
		[[ -n $line ]] || note "$(cat "$out")"
		done_first=$(ls "in $engine/records" | wc -l)
		((done_first > 0 && done_first < 12)) || note "$engine: $done_first of 12: $(cat "$out")"
		[[ -z $(find "in $engine" -name '*.gxtmp.*') ]]
		bash -c "$line" >got 2>err || note "$(cat err)"
		same whole got
		grep -q "round 1: $((12 - done_first)) of 12 parts" err
	done
	# And by a copy that is called by its name alone.
	cp "$examples/sweep" stub/my-sweep
	with_engines exits 130 press_ctrl_c m.gxm.sweep/records my-sweep m.gxm 12 -T 9.5 --engine xargs
	line=$(sed -n 's/^sweep: what is done is kept; to go on, the same line: //p' "$out")
	with_engines bash -c "$line" 2>err | same - whole
}

@test "sweep: Ctrl-C while it waits for another one stops it, and it does not work without the lock" {
	rm -rf stub
	mkdir -p stub at/seen
	# Ctrl-C is pressed when it waits.
	printf '#!/bin/sh\n[ "$1" != 9 ] || touch seen/now\nexec %s "$@"\n' "$(command -v flock)" >stub/flock
	chmod +x stub/flock
	touch at/sweep.lock
	(exec 9>>at/sweep.lock && flock 9 && exec sleep 60) &
	holder=$!
	while flock -n at/sweep.lock true; do
		sleep 0.02
	done
	with_engines exits 130 press_ctrl_c at/seen "$examples/sweep" m.gxm 3 -T 9.5 --engine xargs at || note "$(cat "$out")"
	kill $holder
	grep -q 'to go on, the same line: ' "$out"
	lacks -e 'no locks' -e round "$out"
	[[ -z $(ls at/records) ]]
}

# scheduler SBATCH SQUEUE: stubs with these bodies.
scheduler() {
	rm -rf stub called
	mkdir stub
	printf '#!/bin/sh\necho sbatch >>"%s/called"\n%s\n' "$PWD" "$1" >stub/sbatch
	printf '#!/bin/sh\necho squeue >>"%s/called"\n%s\n' "$PWD" "$2" >stub/squeue
	printf '#!/bin/sh\n:\n' >stub/scancel
	printf '#!/bin/sh\n:\n' >stub/sleep
	chmod +x stub/*
}
gives_up() { # TEXT
	with_engines exits 3 timeout 60 "$examples/sweep" m.gxm 4 -T 9.5 --engine slurm
	[[ ! -s $out && $(grep -c ': round ' "$err") -le 1 ]] || note "$(cat "$err")"
	tail -n 1 "$err" | grep "^sweep: the scheduler cannot be reached.*$1" || note "$(cat "$err")"
	[[ -z $(find m.gxm.sweep -name '*.gxtmp.*') ]]
}

@test "sweep: a scheduler that cannot be reached ends it after one round, with what to do" {
	no='echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1'
	scheduler "$no" "$no"
	gives_up "when it can, the same line"
	lacks sbatch called
	scheduler "$no" :
	gives_up 'sbatch fails; '
	[[ $(grep -c sbatch called) == 1 ]]
	grep -q 'Unable to contact slurm controller' "$err"
	# It goes away while the jobs run.
	scheduler 'cat >/dev/null' "grep -q sbatch '$PWD/called' || exit 0; $no"
	gives_up 'squeue fails, and the jobs may still run; '
	[[ $(grep -c sbatch called) == 1 ]]
	# For a moment: that is none. The jobs are run by sbatch itself.
	scheduler 'export SLURM_ARRAY_TASK_ID; cat >job; for SLURM_ARRAY_TASK_ID in 1 2 3 4; do bash job; done' \
		"[ \$(grep -c squeue '$PWD/called') -lt 6 ] || exit 0; grep -q sbatch '$PWD/called' || exit 0; $no"
	with_engines exits 0 "$examples/sweep" m.gxm 4 -T 9.5 --engine slurm
	gx-means -b m.gxm | gx-threshold -T 9.5 >whole
	same whole "$out"
	# What is complete needs no scheduler.
	scheduler "$no" "$no"
	with_engines exits 0 "$examples/sweep" m.gxm 4 -T 9.5 --engine slurm
	same whole "$out"
	[[ ! -e called ]]
	# What was said, taken.
	rm -r m.gxm.sweep
	gives_up "when it can, the same line"
	line=$(sed -n 's/.*, the same line: //p' "$err")
	scheduler 'export SLURM_ARRAY_TASK_ID; cat >job; for SLURM_ARRAY_TASK_ID in 1 2 3 4; do bash job; done' :
	with_engines bash -c "$line" 2>err | same whole -
}

@test "sweep: tasks of an earlier call that do not leave the queue end it" {
	scheduler : 'echo 1234'
	gives_up 'keeps tasks of an earlier call (squeue --name='
	lacks sbatch called
}
