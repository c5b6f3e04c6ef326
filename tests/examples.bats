#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The recipes of examples/ as they stand, under the real engines: each result is compared with
# the record of the whole, made in one piece. Where an engine is not installed its tests are
# skipped, unless GX_ENGINES=required. The servers are tests/engines/*: on loopback or in
# namespaces, ended by teardown, or by themselves.

load lib.bash

examples=$repo/examples engines=$tests/engines

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_FILE_TMPDIR" || return 1
	gx-simulate -n 2000 -m 8 -o m.gxm
	gx-simulate -n 2000 -m 8 -o m.tsv
	gx-means -b m.gxm | gx-threshold >whole
	gx-means -b m.tsv | gx-threshold -T 12 >text.whole
}

setup() {
	work
	cp "$BATS_FILE_TMPDIR"/{m.gxm,m.tsv,whole,text.whole} .
	export PARALLEL_HOME=$BATS_TEST_TMPDIR/.parallel TMPDIR=$BATS_TEST_TMPDIR
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/.cache OMPI_ALLOW_RUN_AS_ROOT=1
	export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
	# Parts of milliseconds: twice the median is nothing.
	export LIMIT=60 JOBS=2 GX_ENGINE_LIMIT=300
	export FAIL=$PWD/fail
	mkdir -p "$PARALLEL_HOME" "$FAIL"
}

teardown() {
	[[ ! -d $BATS_TEST_TMPDIR/slurm ]] || "$engines/slurm-down" "$BATS_TEST_TMPDIR/slurm"
	[[ ! -d $BATS_TEST_TMPDIR/ssh ]] || "$engines/sshd-down" "$BATS_TEST_TMPDIR/ssh"
	[[ ! -d $BATS_TEST_TMPDIR/hosts ]] || "$engines/hosts-down" "$BATS_TEST_TMPDIR/hosts"
}

# needs PROGRAM ...: an engine that is not there skips the test, or fails it where all are
# demanded.
needs() {
	local program
	for program; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null && continue
		[[ ${GX_ENGINES:-} != required ]] || note "$program is not installed" || return 1
		skip "$program is not installed"
	done
}

# permitted COMMAND ...: 77 means that the machine does not allow it.
permitted() {
	local status=0
	"$@" || status=$?
	((status != 77)) || skip "not permitted here: namespaces"
	return "$status"
}

# From here on gx-means is one that fails, or is slow, for part K as often as $FAIL/K says:
# "3 fail" or "1 sleep".
unsteady() {
	mkdir -p stub
	cat >stub/gx-means <<-STUB
		#!/usr/bin/env bash
		for word; do
			k=\${word%%/*}
			[[ \$word == [0-9]*/[0-9]* && -s \$FAIL/\$k ]] || continue
			read -r times what <"\$FAIL/\$k"
			((times > 0)) || continue
			echo "\$((times - 1)) \$what" >"\$FAIL/\$k"
			[[ \$what == sleep ]] && exec sleep 60
			echo "gx-means: part \$k: as the test wants it" >&2
			exit 3
		done
		\${PACE:-:}
		exec "$GX_BIN/gx-means" "\$@"
	STUB
	chmod +x stub/gx-means
	PATH=$PWD/stub:$PATH
}

# fails COMMAND ...: whatever its code. (A line that begins with ! never fails a test.)
fails() {
	! "$@"
}

tasks() {
	awk 'NR > 1' "$1" | wc -l
}

# ---- the threshold ----

# recipe NAME MATRIX [THRESHOLD]: what it prints, or leaves, is the record of the whole in
# `got`; engines are stubs that run what they are given.
recipe() {
	local name=$1 matrix=$2 arguments=("${@:3}") k
	rm -rf records got ./*above*
	case $name in
	mpi/rank)
		for k in 0 1; do
			OMPI_COMM_WORLD_RANK=$k OMPI_COMM_WORLD_SIZE=2 \
				"$examples/mpi/rank" "$matrix" "${arguments[@]}" || return
		done
		gx-reduce records >got
		;;
	slurm/array.sbatch)
		for k in 1 2; do
			SLURM_ARRAY_TASK_ID=$k bash "$examples/$name" "$matrix" "${arguments[0]-}" 2 || return
		done
		gx-reduce records >got
		;;
	slurm/nodes.sbatch)
		SLURM_ARRAY_TASK_ID=1 bash "$examples/$name" "$matrix" "${arguments[0]-}" 1 2 || return
		gx-reduce records >got
		;;
	sweep)
		rm -rf "$matrix.sweep"
		"$examples/sweep" "$matrix" 3 --engine xargs ${arguments[0]:+-T "${arguments[0]}"} >got
		;;
	*) "$examples/$name" "$matrix" "${arguments[@]}" >got ;;
	esac
}

@test "recipes hand a threshold on only where their user gave it" {
	local name matrix
	for matrix in m.gxm m.tsv; do
		gx-means -b $matrix | gx-threshold -T 9.5 >other
		for name in parallel/parts xargs/parts mpi/rank slurm/array.sbatch slurm/nodes.sbatch sweep; do
			[[ $name != parallel* ]] || command -v parallel >/dev/null || continue
			exits 0 recipe $name $matrix 9.5
			same other got || note "$name"
			if [[ $matrix == m.gxm ]]; then
				exits 0 recipe $name $matrix # 12, for gx-simulate made it
				same whole got || note "$name"
				exits 0 recipe $name $matrix ''
				same whole got || note "$name"
				continue
			fi
			# xargs has a code of its own, and its recipes say that parts are missing.
			fails recipe $name $matrix >/dev/null 2>said
			grep -q 'say the threshold with -T' said || note "$name: $(cat said)"
			[[ ! -s got ]]
			fails compgen -G '*above*'
		done
	done
	exits 2 "$examples/parallel/blocks" m.tsv
}

# ---- GNU parallel ----

@test "parallel/parts: the whole, from GXM and text, whatever the file is called" {
	needs parallel
	succeeds "$examples/parallel/parts" m.gxm 12 8
	same whole "$out"
	mkdir -p "my data"
	cp m.tsv "my data/a b'c.tsv"
	succeeds "$examples/parallel/parts" "my data/a b'c.tsv" 12 5 "my data"
	same text.whole "$out"
	# Called again: nothing is run, and the same is printed.
	joblog=m.gxm.above12.of8/joblog
	[[ $(tasks $joblog) == 8 ]]
	cp $joblog before
	succeeds "$examples/parallel/parts" m.gxm 12 8
	same whole "$out"
	same before $joblog
}

@test "recipes: what is wrong is said before anything is made, with gx's exit code" {
	needs parallel
	for recipe in parallel/parts xargs/parts slurm/submit "parallel/hosts :"; do
		[[ $recipe != slurm* ]] || command -v sbatch >/dev/null || continue
		call=("$examples/${recipe%% *}")
		[[ $recipe != *" :" ]] || call+=(:)
		exits 2 "${call[@]}" m.gxm 12 0
		exits 2 "${call[@]}" m.gxm 12 abc
		exits 2 "${call[@]}" m.gxm '12; touch hacked' 3
		exits 2 "${call[@]}" m.gxm NaN 3
		exits 3 "${call[@]}" absent 12 3
		[[ ! -s $out && $(grep -c ^gx-threshold: "$err") == 1 ]] || note "$recipe: $(cat "$err")"
	done
	fails compgen -G 'absent*'
	fails compgen -G 'm.*above*'
	[[ ! -e hacked ]]
	for name in x.npy x.csv x.tsv.gz; do
		exits 2 "$examples/parallel/simulate" $name 3 -n 9 -m 2
		[[ ! -e $name ]]
	done
	exits 2 "$examples/parallel/simulate" x.gxm -n 9 -m 2
	grep -q "N is '-n'" "$err"
}

@test "recipes: names that shells, parallel and xargs would read" {
	needs parallel
	mkdir names
	for name in 'a{}b{#}' 'a{= $_="x" =}' 'a%j#b' 'a\b$(touch hacked)' ' a&b;'; do
		cp m.gxm "names/$name"
		succeeds "$examples/parallel/parts" "names/$name" 12 3 "p$name"
		same whole "$out"
		succeeds "$examples/xargs/parts" "names/$name" 12 3 "x$name"
		same whole "$out"
		[[ $(ls -d p* x* | wc -l) == 2 && $(ls names | wc -l) == 1 && ! -e hacked ]]
		rm -r names/* p* x*
	done
}

@test "recipes: whatever GNU parallel's configuration says, and CDPATH" {
	needs parallel
	export CDPATH=$PWD/elsewhere
	mkdir -p elsewhere/examples/parallel elsewhere/m.gxm.above12.of3
	gx-means -b m.tsv | gx-threshold -T 12 | cut -f 1-6,11 >want
	for words in --tag --line-buffer --dry-run '-j 1' "--joblog $PWD/other"; do
		echo "$words" >"$PARALLEL_HOME/config"
		rm -rf m.gxm.above*
		succeeds "$examples/parallel/parts" m.gxm 12 3
		same whole "$out"
		succeeds "$examples/parallel/simulate" got.tsv 3 -n 2000 -m 8
		same m.tsv got.tsv
		succeeds "$examples/parallel/blocks" m.tsv 12 50k
		cut -f 1-6,11 "$out" | cmp - want
	done
	[[ ! -e other ]]
}

@test "parallel/parts --dry-run: the very commands, and nothing else" {
	needs parallel
	succeeds "$examples/parallel/parts" --dry-run m.gxm 12 4 d
	[[ ! -e d ]]
	cp "$out" commands
	[[ $(grep -c '^gx-means' commands) == 4 && $(grep -c '^# ' commands) -gt 5 ]]
	grep -qx $'# last\t500' commands
	mkdir -p d/m.gxm.above12.of4/records
	bash -e commands
	gx-reduce d/*/records | cmp - whole
}

@test "parallel/parts: a part that fails is tried again; or named, and run by the next call" {
	needs parallel
	unsteady
	echo 2 fail >fail/3
	succeeds "$examples/parallel/parts" m.gxm 12 6 once
	same whole "$out"
	# Three attempts are all.
	echo 3 fail >fail/3
	exits 75 "$examples/parallel/parts" m.gxm 12 6 again
	[[ ! -s $out ]]
	grep -q 'missing: 3.*; what they said is in /.*/again/.*/logs' "$err"
	grep -q 'part 3: as the test wants it' again/*/logs/3.err
	succeeds "$examples/parallel/parts" m.gxm 12 6 again
	same whole "$out"
	[[ $(tasks again/*/joblog) == 7 ]]
}

@test "parallel/parts: a part whose record was lost is run again, whatever the joblog says" {
	needs parallel
	succeeds "$examples/parallel/parts" m.gxm 12 6
	rm m.gxm.above12.of6/records/[25]
	succeeds "$examples/parallel/parts" m.gxm 12 6
	same whole "$out"
	[[ $(tasks m.gxm.above12.of6/joblog) == 8 ]]
	# Damaged: it is named, and run again when it is removed.
	sed -i 's/mean/moan/' m.gxm.above12.of6/records/3
	exits 1 "$examples/parallel/parts" m.gxm 12 6
	grep -q 'records/3:' "$err"
	rm m.gxm.above12.of6/records/3
	succeeds "$examples/parallel/parts" m.gxm 12 6
	same whole "$out"
}

@test "parallel/parts: stops soon when many fail, and goes on from there" {
	needs parallel
	unsteady
	for k in {1..40}; do
		echo 3 fail >fail/$k
	done
	exits 75 "$examples/parallel/parts" m.gxm 12 40
	[[ $(tasks m.gxm.above12.of40/joblog) -lt 20 ]]
	rm fail/*
	succeeds "$examples/parallel/parts" m.gxm 12 40
	same whole "$out"
}

@test "parallel/parts: --timeout 200% ends a part that hangs, and it is tried again" {
	needs parallel
	unsteady
	echo 1 sleep >fail/6
	export PACE='sleep 0.8'
	unset LIMIT
	exits 0 "$examples/parallel/parts" m.gxm 12 6
	same whole "$out"
	grep -q 'killed because it timed out' "$err"
}

@test "parallel/parts: a matrix that changed meanwhile is refused" {
	needs parallel
	unsteady
	echo 9 fail >fail/2
	exits 75 "$examples/parallel/parts" m.gxm 12 4
	rm fail/2
	gx-simulate -n 2000 -m 8 -s 2 -o m.gxm
	exits 1 "$examples/parallel/parts" m.gxm 12 4
	[[ ! -s $out ]]
	# All were done before it changed: the records agree, but not with the file.
	rm -r m.gxm.above*
	cp "$BATS_FILE_TMPDIR/m.gxm" .
	succeeds "$examples/parallel/parts" m.gxm 12 4
	gx-simulate -n 2000 -m 8 -s 2 -o m.gxm
	exits 1 "$examples/parallel/parts" m.gxm 12 4
	[[ ! -s $out ]]
}

@test "parallel/blocks: --pipe-part; its digest is that of the table, or there is no sum" {
	needs parallel
	succeeds "$examples/parallel/blocks" m.tsv 12 20k
	cut -f 1-6,11 text.whole >want
	cut -f 1-6,11 "$out" | cmp - want
	[[ $(field first "$out") == . && $(field input "$out") == . ]]
	# A block is lost: parallel prints the others, and they alone are no sum.
	mkdir stub
	cat >stub/gx-means <<-STUB
		#!/bin/sh
		! mkdir "$PWD/lost" 2>/dev/null || exit 3
		exec "$GX_BIN/gx-means" "\$@"
	STUB
	chmod +x stub/gx-means
	PATH=$PWD/stub:$PATH exits 1 "$examples/parallel/blocks" m.tsv 12 20k
	[[ ! -s $out && -d lost ]]
	grep -q 'the rows that were seen have the digest' "$err"
}

@test "parallel/grid: thresholds x seeds, and pairs of them" {
	needs parallel
	printf '%s\n' 8 10 12.5 >thresholds
	printf '%s\n' 1 2 7 >seeds
	printf 'threshold\tseed\tcount\n' >want
	printf 'threshold\tseed\tcount\n' >pairs
	for t in 8 10 12.5; do
		for s in 1 2 7; do
			line=$(printf '%s\t%s\t' $t $s && gx-simulate -n 500 -m 6 -s $s | gx-means | gx-threshold -c -T $t)
			echo "$line" >>want
			[[ $t$s != 81 && $t$s != 102 && $t$s != 12.57 ]] || echo "$line" >>pairs
		done
	done
	succeeds "$examples/parallel/grid" thresholds seeds 500 6
	same want "$out"
	succeeds "$examples/parallel/grid" --link thresholds seeds 500 6
	same pairs "$out"
	echo 9 >>seeds
	exits 1 "$examples/parallel/grid" --link thresholds seeds 500 6
	echo nine >>seeds
	fails "$examples/parallel/grid" thresholds seeds 500 6 2>grid.err
	grep -q nine grid.err
}

@test "parallel/simulate: the bytes of the whole, binary and text; a failure leaves no file" {
	needs parallel
	succeeds "$examples/parallel/simulate" got.gxm 8 -n 2000 -m 8
	same m.gxm got.gxm
	succeeds "$examples/parallel/simulate" got.tsv 5 -n 2000 -m 8
	same m.tsv got.tsv
	gx-simulate -n 99 -m 3 -s 4 --dist nbinom -o want.gxm
	succeeds "$examples/parallel/simulate" "a b.gxm" 3 -n 99 -m 3 -s 4 --dist nbinom
	same want.gxm "a b.gxm"
	fails "$examples/parallel/simulate" bad.tsv 3 -n 9 -m 2 --dist none 2>simulate.err
	fails "$examples/parallel/simulate" bad.gxm 3 -n 9 -m 2 --dist none 2>simulate.err
	fails compgen -G 'bad*'
}

# ---- xargs ----

@test "xargs/parts: the whole; a part that fails is named, and run by the next call" {
	unsteady
	echo 1 fail >fail/2
	exits 75 "$examples/xargs/parts" m.gxm 12 8
	[[ ! -s $out ]]
	succeeds "$examples/xargs/parts" m.gxm 12 8
	same whole "$out"
	succeeds "$examples/xargs/parts" m.tsv 12 7 "my parts"
	same text.whole "$out"
}

# ---- several hosts ----

@test "parallel/hosts: parts travel to hosts and records back; nothing stays there" {
	needs parallel sshd ssh rsync
	"$engines/sshd-up" ssh 2
	export PARALLEL_SSH="ssh -F $PWD/ssh/ssh_config" PLACE=$PWD/there
	mkdir there
	succeeds "$examples/parallel/hosts" 2/n1,2/n2 m.gxm 12 6
	same whole "$out"
	[[ $(awk 'NR > 1 { print $2 }' m.gxm.above12.of6/joblog | sort -u | wc -l) == 2 ]]
	[[ -z $(ls -A there) ]]
	succeeds "$examples/parallel/hosts" 2/n1,2/n2 m.tsv 12 3
	same text.whole "$out"
	rm m.tsv.above12.of3/records/2
	succeeds "$examples/parallel/hosts" 2/n1,2/n2 m.tsv 12 3
	same text.whole "$out"
}

@test "parallel/hosts: a host dies on the way, and the others do its parts" {
	needs parallel sshd ssh rsync
	unsteady
	export PACE='sleep 0.3'
	"$engines/sshd-up" ssh 2
	export PARALLEL_SSH="ssh -F $PWD/ssh/ssh_config" PLACE=$PWD/there
	mkdir there
	"$examples/parallel/hosts" 2/n1,2/n2 m.gxm 12 10 >got 2>err &
	hosts=$!
	until [[ $(find m.gxm.above12.of10/records -type f 2>/dev/null | wc -l) -ge 2 ]]; do
		sleep 0.05
	done
	"$engines/sshd-down" ssh n2
	# When a host dies between a job and the return of its record, parallel takes it for done.
	status=0
	wait $hosts || status=$?
	if ((status)); then
		((status == 75)) || note "$(cat err)"
		"$examples/parallel/hosts" 2/n1 m.gxm 12 10 >got 2>err || note "$(cat err)"
	fi
	same whole got
	[[ $(awk 'NR > 1 && $2 == "2/n1" || $2 == "n1"' m.gxm.above12.of10/joblog | wc -l) -gt 5 ]]
}

@test "parallel/hosts: a host that lacks gx is named before anything is sent" {
	needs parallel sshd ssh rsync
	! PATH=/usr/bin:/bin command -v gx-means || skip "gx is in /usr/bin"
	"$engines/sshd-up" ssh 2 1
	export PARALLEL_SSH="ssh -F $PWD/ssh/ssh_config" PLACE=$PWD/there
	mkdir there
	exits 3 "$examples/parallel/hosts" 2/n1,2/n2 m.gxm 12 4
	grep -q '^n2: gx is not installed there' "$err"
	fails grep -q '^n1' "$err"
	[[ ! -s $out && -z $(ls m.gxm.above12.of4/parts) ]]
	exits 3 "$examples/sweep" m.gxm 4 --engine ssh --hosts 2/n1,2/n2
	grep -q 'gx is not installed, or not on the PATH of ssh commands, on: n2' "$err"
	exits 3 "$examples/sweep" m.gxm 4 --engine ssh --hosts 2/nowhere
	grep -q 'no host answers' "$err"
	# A list in a file; and a name with braces, over hosts that share no files.
	printf '1/n1\n1/n1.again\n' >hosts
	sed 's/^Host n1$/Host n1 n1.again/' ssh/ssh_config >ssh/config
	cp m.gxm 'a{}.gxm'
	PARALLEL_SSH="ssh -F $PWD/ssh/config" exits 0 "$examples/sweep" 'a{}.gxm' 4 --engine ssh \
		--transfer --hosts hosts
	same whole "$out"
	[[ $(tasks 'a{}.gxm.sweep/sweep.log') == 4 ]]
}

# ---- Slurm ----

cluster() {
	needs sbatch slurmctld slurmd munged
	"$engines/slurm-up" slurm 2 8
	export SLURM_CONF=$PWD/slurm/slurm.conf
}

@test "slurm: an array, a task that fails, the list to submit again, the sum" {
	cluster
	unsteady
	echo 1 fail >fail/3
	echo 1 fail >fail/4
	succeeds "$examples/slurm/submit" m.gxm 12 12
	{
		read -r array
		read -r reducer
	} <"$out"
	exits 1 "$engines/slurm-wait" "$array"
	[[ $(cut -d ' ' -f 2- "$out" | sort) == $'3 FAILED 1:0\n4 FAILED 1:0' ]]
	exits 1 "$engines/slurm-wait" "$reducer"
	grep -q 'FAILED 75:0' "$out"
	grep -qx '3-4' "gx-$reducer.log"
	[[ ! -e m.gxm.above12.of12.tsv ]]
	succeeds "$examples/slurm/submit" m.gxm 12 12
	{
		read -r array
		read -r reducer
	} <"$out"
	succeeds "$engines/slurm-wait" "$array" "$reducer"
	same whole m.gxm.above12.of12.tsv
	[[ $(find . -name "gx-${array}_*.log" | wc -l) == 2 ]]
}

@test "slurm: an array of nodes, and xargs over the cores of each" {
	cluster
	array=$(sbatch --parsable --array=1-2 --cpus-per-task=3 "$examples/slurm/nodes.sbatch" m.tsv 12 2 3)
	sum=$(sbatch --parsable --dependency="afterany:$array" "$examples/slurm/reduce.sbatch" records 6 sum.tsv)
	succeeds "$engines/slurm-wait" "$array" "$sum"
	same text.whole sum.tsv
	[[ $(ls records | wc -l) == 6 ]]
}

@test "slurm-scaling.sbatch: an array over numbers of cores, one table and one picture" {
	cluster
	needs gnuplot
	race=(--runs 6 --warmup 0 --strategies serial,simd,openmp,xargs)
	CORES="1 2 4" SBATCH_OPTIONS=--oversubscribe succeeds \
		bash "$examples/slurm-scaling.sbatch" m.gxm scaling "${race[@]}"
	succeeds "$engines/slurm-wait" "$(cat "$out")"
	[[ ! -s scaling/slurm-join.out ]] || note "$(cat scaling/slurm-join.out)"
	# The joined table has each strategy on each number of cores, and speed-ups across tasks.
	[[ $(grep -c '^openmp' scaling/table.tsv) == 3 ]]
	awk -F '\t' '$1 == "serial" && $3 != 18 { exit 1 }
		$1 == "openmp" && $14 == "NA" { exit 1 }' scaling/table.tsv
	grep -q "^| xargs  *|  *4 |" scaling/table.md
	grep -q '<svg' scaling/speedup.svg
}

@test "mpi/rank under srun: rank and size are the part" {
	cluster
	srun -Q -n 5 "$examples/mpi/rank" m.gxm
	gx-reduce records | cmp - whole
}

# ---- mpirun ----

# Open MPI listens on all interfaces: in a network of its own, where that is permitted.
ranks() {
	local alone=()
	! unshare --net true 2>/dev/null ||
		alone=(unshare --net sh -c 'ip link set lo up && exec "$@"' _)
	"${alone[@]}" timeout -k 5 60 mpirun -n "$@"
}

@test "mpi/rank under mpirun: uneven blocks, as MPI_Scatterv would be given them" {
	needs mpirun ip
	ranks 4 "$examples/mpi/rank" m.tsv 12
	gx-reduce records | cmp - text.whole
	# Five rows on two ranks are three and two.
	gx-simulate -n 5 -m 3 -o five.gxm
	ranks 2 "$examples/mpi/rank" five.gxm 12 five
	[[ $(field first five/1) == 0 && $(field last five/1) == 3 ]]
	[[ $(field first five/2) == 3 && $(field last five/2) == 5 ]]
	gx-means -b five.gxm | gx-threshold >five.whole
	gx-reduce five | cmp - five.whole
	# More ranks than rows: empty parts are parts.
	ranks 7 "$examples/mpi/rank" five.gxm 12 seven
	gx-reduce seven | cmp - five.whole
}

# ---- Snakemake ----

@test "snakemake: plan, parts, sum; resumed after a part that failed" {
	needs snakemake
	unsteady
	echo 1 fail >fail/2
	make_it() {
		snakemake -q all -s "$examples/snakemake/Snakefile" -j 2 -d flow --config matrix="$PWD/m.gxm" parts=4
	}
	exits 1 make_it
	[[ ! -e flow/whole.tsv && ! -e flow/of4/above12/2 ]]
	exits 0 make_it
	same whole flow/whole.tsv
}

# ---- what engines get wrong ----

@test "--pipe-part with --retries or --resume-failed runs wrong blocks: gx refuses the sum" {
	needs parallel
	digest=$(gx-info m.tsv | sed -n 's/^digest //p')
	# The second block fails once.
	cat >job <<-'JOB'
		#!/usr/bin/env bash
		if [[ $1 == 2 ]] && rm "$FAIL/once" 2>/dev/null; then
			cat >/dev/null
			exit 1
		fi
		gx-means -b | gx-threshold -T 12
	JOB
	chmod +x job
	blocks() {
		parallel -j1 --pipe-part -a m.tsv --block 20k --header : "$@" ./job '{#}' 2>>parallel.err
	}
	# A parallel where it is right again adds up to the digest; otherwise there is no sum.
	right_or_refused() {
		refuses 1 "does not say which part" gx-reduce "$1"
		if [[ $(gx-reduce --unverified -c "$1") == "$(field count text.whole)" ]]; then
			succeeds gx-reduce --unverified --digest "$digest" "$1"
		else
			refuses 1 "the rows that were seen have the digest" \
				gx-reduce --unverified --digest "$digest" "$1"
		fi
	}
	# The blocks move up by one, so that the last job finds none: gx-means says so.
	echo >fail/once
	status=0
	blocks --retries 3 >retried || status=$?
	((status == 0)) || grep -q 'no data on standard input' parallel.err
	right_or_refused retried
	# The first block once more in place of the second, and exit 0.
	echo >fail/once
	fails blocks --joblog joblog >resumed
	blocks --joblog joblog --resume-failed >>resumed
	right_or_refused resumed
	# What 20221122 does, on any version: a block in place of another.
	parallel -j1 --pipe-part -a m.tsv --block 20k --header : 'gx-means -b | gx-threshold -T 12 >records.{#}'
	gx-reduce --unverified --digest "$digest" records.* >sum
	cp records.3 records.2
	succeeds gx-reduce --unverified records.*
	refuses 1 "does not say which part" gx-reduce records.*
	refuses 1 "the rows that were seen have the digest" \
		gx-reduce --unverified --digest "$digest" records.*
	# Parts by argument are right, however often they are tried.
	unsteady
	echo 2 fail >fail/2
	parallel -j1 --retries 3 'gx-means -b --part {}/4 m.tsv | gx-threshold -T 12' ::: {1..4} 2>parallel.err |
		gx-reduce | cmp - text.whole
}

@test "--resume-failed with another N mixes 1/2 with 2/3 and 3/3: no sum" {
	needs parallel
	mkdir records
	unsteady
	echo 1 fail >fail/2
	fails parallel -j1 --joblog joblog 'gx-means -b -p {}/2 m.gxm | gx-threshold -o records/{}' ::: 1 2 2>parallel.err
	parallel -j1 --joblog joblog --resume-failed \
		'gx-means -b -p {}/3 m.gxm | gx-threshold -o records/{}' ::: 1 2 3 2>parallel.err
	[[ $(ls records | tr '\n' ' ') == '1 2 3 ' && $(field last records/1) == 1000 ]]
	refuses 1 overlap gx-reduce records
	# The other way: 1/3 is kept, and 2/2 leaves a gap; it is not whole thirds or halves.
	rm records/*
	gx-means -b -p 1/3 m.gxm | gx-threshold -o records/1
	gx-means -b -p 2/2 m.gxm | gx-threshold -o records/2
	refuses 75 "rows 667 to 1000 of 2000" gx-reduce records
	refuses 1 "whole parts" gx-reduce --missing=2 records
}

# mixed FILE: what mpirun and srun make of ranks that write the records FILE.1 and FILE.2 at
# once: pieces of one inside a line of the other.
mixed() {
	local size
	size=$(stat -c %s "$1.1")
	head -c $((size - 40)) "$1.1"
	head -c 100 "$1.2"
	tail -c 40 "$1.1"
	tail -c +101 "$1.2"
}

@test "records mixed on one standard output are refused, wherever the cut is" {
	gx-threshold -T 12 -p 1/2 m.gxm >r.1
	gx-threshold -T 12 -p 2/2 m.gxm >r.2
	cat r.1 r.2 | gx-reduce >sum
	mixed r >mix
	refuses 1 '' gx-reduce mix
	refuses 1 '' gx-reduce --partial mix
	refuses 1 '' gx-reduce --missing=2 mix
	# Every cut that is inside of a record.
	size=$(stat -c %s r.1)
	refused=0
	for ((cut = 1; cut < size; cut += 37)); do
		{
			head -c $cut r.1
			cat r.2
			tail -c +$((cut + 1)) r.1
		} >mix
		refuses 1 '' gx-reduce mix
		refused=$((refused + 1))
	done
	((refused > 20))
	# Whole lines in turns, as a tool that keeps lines would mix them.
	paste -d '\n' r.1 r.2 >mix
	refuses 1 '' gx-reduce mix
}

@test "ranks and jobs that write records on one standard output: the whole, or refused" {
	needs mpirun ip
	gx-simulate -n 400 -m 300 -o wide.gxm
	gx-threshold -T 12 wide.gxm >wide.whole
	cat >rank <<-'RANK'
		#!/bin/sh
		exec gx-threshold -T 12 -p $((OMPI_COMM_WORLD_RANK + 1))/$OMPI_COMM_WORLD_SIZE wide.gxm
	RANK
	chmod +x rank
	for try in 1 2 3; do
		ranks 6 ./rank >mpi.out
		seq 12 | xargs -P 6 -I{} gx-threshold -T 12 -p {}/12 wide.gxm >xargs.out
		for stream in mpi.out xargs.out; do
			status=0
			gx-reduce $stream >sum 2>err || status=$?
			if ((status == 0)); then
				same wide.whole sum
			else
				((status == 1))
				[[ ! -s sum ]]
			fi
		done
	done
}

# ---- the engines themselves ----

listening() {
	ss -Hltn | awk '{ print $4 }' | sort
}
# left DIR: the servers whose command line names a file of it.
left() {
	(. "$engines/common.bash" && servers "$1" munged slurmctld slurmd slurmstepd sshd)
}

@test "engines: what went up goes down, twice at once, and only on loopback" {
	needs sbatch slurmctld slurmd munged sshd ss
	"$engines/sshd-up" ssh 2 &
	"$engines/sshd-up" other 2
	wait $!
	"$engines/slurm-up" slurm 1
	[[ $(left "$PWD/ssh/" | wc -l) == 2 && $(left "$PWD/other/" | wc -l) == 2 ]]
	[[ $(left "$PWD/slurm/" | wc -l) == 3 ]]
	ports=$(sed -n 's/^SlurmctldPort=//p' slurm/slurm.conf)
	listening | grep -x "127.0.0.1:$ports"
	[[ -z $(listening | grep -E "^(0.0.0.0|\*|\[::\]):$ports\$") ]]
	# A job and a command that would go on for long.
	job=$(SLURM_CONF=$PWD/slurm/slurm.conf sbatch --parsable -o /dev/null --wrap 'exec sleep 1234.5')
	ssh -F other/ssh_config n2 'exec sleep 1234.25' &
	until pgrep -fx 'sleep 1234.5' && pgrep -fx 'sleep 1234.25'; do
		sleep 0.1
	done
	"$engines/slurm-down" slurm
	"$engines/sshd-down" other
	fails wait $!
	fails pgrep -fx 'sleep 1234.*'
	[[ -z $(left "$PWD/slurm/") && -z $(left "$PWD/other/") ]]
	[[ $(left "$PWD/ssh/" | wc -l) == 2 ]]
}

@test "engines: servers end by themselves after the limit" {
	needs sbatch slurmctld slurmd munged sshd
	# Slurm's machines come in a second, or on a busy machine in half a minute.
	GX_ENGINE_LIMIT=20 "$engines/slurm-up" slurm 1
	GX_ENGINE_LIMIT=10 "$engines/sshd-up" ssh 1
	[[ -n $(left "$PWD/ssh/") && -n $(left "$PWD/slurm/") ]]
	# Even when what they wrote is gone.
	mv ssh elsewhere
	for _ in {1..300}; do
		[[ -n $(left "$PWD/ssh/")$(left "$PWD/slurm/") ]] || return 0
		sleep 0.1
	done
	note "still there: $(left "$PWD/")"
}

@test "engines: machines of their own; the power of one goes" {
	needs ip unshare slurmctld slurmd munged sshd
	permitted "$engines/cluster-up" hosts 2
	on=$PWD/hosts/on
	[[ $($on h1 hostname) == h1 ]]
	$on h0 env SLURM_CONF="$PWD/hosts/slurm.conf" srun -Q -N2 -n2 "$examples/mpi/rank" m.gxm
	gx-reduce records | cmp - whole
	[[ $($on h0 ssh -F hosts/ssh_config h2 'echo $GX_HOST') == h2 ]]
	$on h2 sleep 1234.75 &
	until pgrep -fx 'sleep 1234.75'; do
		sleep 0.05
	done
	kill -9 "$(cat hosts/h2.pid)"
	fails wait $!
	fails $on h0 ssh -F hosts/ssh_config h2 true
	"$engines/hosts-down" hosts
	[[ -z $(left "$PWD/hosts/") ]]
}
