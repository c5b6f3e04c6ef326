#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-time: the answers agree, a wrong one is caught, and the figures follow from the runs.
# Nothing here is about how long anything takes.

load lib.bash
load time.bash

setup() {
	work
	quick=(--runs 1 --warmup 0)
}

@test "all strategies have one answer, that of the pipeline, on random matrices" {
	local n m count
	while read -r n m; do
		random_table "$n" "$m" 7 >t.tsv
		gx-means -b t.tsv | gx-threshold -T 12 >record
		succeeds gx-time "${quick[@]}" --cores 1,2,3 t.tsv
		[[ $(strategies_of "$out") == \
			"openmp parallel parallel-start processes read serial shared simd xargs xargs-start" ]]
		count="$(field count record) rows above, $(field na record) missing, of $n"
		grep -qxF "# answer	$count" "$out" || note "not $count: $(cat "$out")"
	done <<-END
		1 1
		2 3
		3 50
		700 9
		5000 17
	END
}

@test "a GXM file is cut as it is, other input is copied, from a pipe too" {
	gx-simulate -n 3000 -m 7 -o m.gxm
	gx-convert m.gxm -o m.tsv
	local answer="" way
	for way in "m.gxm" "m.tsv" "- <m.tsv" "<m.gxm" "--columns 2,4,6 m.gxm"; do
		bash -c "gx-time ${quick[*]} --cores 2 $way" >table 2>err || note "$(cat err)"
		[[ ! -s err ]]
		grep '^# answer' table >>answers
	done
	[[ $(head -4 answers | sort -u | wc -l) == 1 ]]
	cat m.tsv | gx-time "${quick[@]}" --cores 2 >table
	grep -q '^# input	<stdin>: 3000 x 7' table
}

@test "without an operand: simulated; but a pipe is read, and must not be empty" {
	succeeds gx-time "${quick[@]}" -n 1000 -m 4 --strategies serial,simd </dev/null
	grep -q '^# input	simulated, exponential, seed 1: 1000 x 4' "$out"
	gx-simulate -n 1000 -m 4 -b | gx-means -b | gx-threshold -T 12 >record
	grep -qF "answer	$(field count record) rows above" "$out"
	succeeds gx-time "${quick[@]}" --strategies serial </dev/null
	grep -q '200000 x 50' "$out"
	refuses 1 "<stdin>" gx-time "${quick[@]}" < <(:)
	refuses 1 "<stdin>" gx-time "${quick[@]}" - </dev/null
	refuses 2 "--genes, --samples and --seed" gx-time -n 5 example.tsv
}

@test "a strategy made to be wrong is caught: exit 1, named, nothing ranked" {
	table >t.tsv
	local s
	refuses 1 "simd on 1 core disagrees" wrong_one simd "${quick[@]}" --cores 2 t.tsv
	for s in openmp processes shared xargs parallel xargs-start; do
		refuses 1 "$s on 2 cores disagrees" wrong_one "$s" "${quick[@]}" --cores 2 t.tsv
		grep -q "nothing is ranked" "$err"
	done
	for s in rowsum dot; do
		refuses 1 "openmp on 2 cores disagrees" wrong_one openmp "${quick[@]}" --work $s --cores 2 t.tsv
	done
	refuses 1 "double-blocked on 1 core disagrees: entry 9, 9" \
		wrong_one double-blocked "${quick[@]}" --work matmul --size 9 --cores 1
	refuses 1 "batched on 2 cores disagrees: 4 tasks were done, not 5" \
		wrong_one batched "${quick[@]}" --work tasks --tasks 5 --cores 2
	for s in simd openmp; do
		refuses 1 "$s on 1 core disagrees: the rank of genes 20 and 19 is" \
			wrong_one $s "${quick[@]}" --work network -n 20 -m 6 --cores 1
		grep -q "nothing is ranked" "$err"
		refuses 1 "$s on 1 core disagrees: the AUROC of term 2 is" \
			wrong_one $s-auroc "${quick[@]}" --work network -n 20 -m 6 --cores 1
	done
	# The first one is taken for right, whatever it says.
	refuses 1 "openmp on 2 cores disagrees" wrong_one loop "${quick[@]}" --work network -n 20 -m 6 --cores 2
	succeeds wrong_one nobody "${quick[@]}" --strategies serial,simd t.tsv
	succeeds wrong_one nobody "${quick[@]}" --work network -n 20 -m 6 --cores 1
}

@test "the other works: loops, SIMD, OpenMP and BLAS agree" {
	random_table 400 13 3 >t.tsv
	local w
	for w in rowsum dot; do
		exits 0 gx-time "${quick[@]}" --work $w --cores 1,2 t.tsv
		grep -q "openmp	2" "$out"
		if ! grep -q "blas is left out" "$err"; then
			grep -q "^blas	2" "$out"
			[[ ! -s $err ]]
		fi
	done
	refuses 1 "a dot product needs two" gx-time --work dot - < <(printf 'gene\ta\ng\t1\n')
	exits 0 gx-time "${quick[@]}" --work matmul --size 33 --cores 1,2
	for w in int64-naive int64-blocked double-naive double-blocked; do
		grep -q "^$w	2" "$out"
	done
	succeeds gx-time "${quick[@]}" --work tasks --tasks 7 --cores 1,2
	[[ $(strategies_of "$out") == "batched loop parallel processes threads xargs" ]]
	grep -q "its overhead is below 5%" "$out"
}

@test "a step on networks: loops and kernels agree, of any matrix, on any number of cores" {
	local n m
	while read -r n m; do
		succeeds gx-time "${quick[@]}" --work network -n "$n" -m "$m" --cores 1,2,5
		[[ $(strategies_of "$out") == "loop openmp simd" ]]
		grep -qE "^openmp	5	1	" "$out"
		grep -qE "^# answer	mean AUROC [01]\.[0-9]{6} of $((n / 10)) terms?$" "$out" ||
			note "$(grep answer "$out")"
		# Pairs a second, those of a gene with itself among them.
		awk -F '\t' -v n="$n" '/^#/ { next } !at { for (i = 1; i <= NF; i++) if ($i == "rate") at = i; next }
			{ pairs = $at * $6 } pairs < n * (n + 1) / 2 - 1 || pairs > n * (n + 1) / 2 + 1 { exit 1 }' "$out"
	done <<-END
		10 4
		11 5
		99 6
		137 30
		300 8
	END
	# Modules are found; the same matrix in a file, and without modules, where there is nothing to find.
	gx-simulate -n 400 -m 60 --modules 4 -o modules.gxm
	gx-simulate -n 400 -m 60 -o none.gxm
	succeeds gx-time "${quick[@]}" --work network -n 400 --strategies simd
	grep -q "^# input	simulated, exponential, seed 1, 4 modules: 400 x 60" "$out"
	grep '^# answer' "$out" >simulated
	awk '{ exit !($5 > 0.6 && $5 < 1) }' simulated || note "$(cat simulated)"
	succeeds gx-time "${quick[@]}" --work network --strategies openmp --cores 2 modules.gxm
	grep '^# answer' "$out" | same - simulated
	succeeds gx-time "${quick[@]}" --work network --strategies loop - <none.gxm
	awk '/^# answer/ { exit !($5 > 0.45 && $5 < 0.55) }' "$out" || note "$(grep answer "$out")"
	# Missing values and genes that do not vary.
	random_table 60 12 4 | sed '5s/\t[^\t]*/\t1/g' >t.tsv
	succeeds gx-time "${quick[@]}" --work network t.tsv --cores 1,2
	[[ $(strategies_of "$out") == "loop openmp simd" ]]
}

@test "a step on networks: what it needs, its table, JSON, plot and recorded runs" {
	refuses 1 "the matrix is 9 x 60: two networks need at least 10 genes and 4 samples" \
		gx-time --work network -n 9
	refuses 1 "the matrix is 10 x 3: two networks need" gx-time --work network -n 10 -m 3
	refuses 1 "the matrix has 46341 genes: a network is raced of at most 46340" \
		gx-time --work network -n 46341 -m 4
	refuses 2 "the strategies of this work are loop, simd, openmp, numpy" \
		gx-time --work network --strategies serial
	refuses 2 "--strategies python: it is another program, which races with --peers alone: add that" \
		gx-time -n 20 -m 3 --runs 1 --warmup 0 --strategies serial,python
	exits 0 gx-time -n 20 -m 3 --runs 1 --warmup 0 --strategies serial,python --cores 1 --peers
	[[ $(strategies_of "$out") == "python serial" ]]
	refuses 2 "--size has no effect with --work network" gx-time --work network --size 3
	refuses 2 "--threshold has no effect with --work network" gx-time --work network -T 3
	succeeds gx-time --work network --explain
	grep -qxF "genes	2000" "$out"
	grep -qxF "samples	60" "$out"
	succeeds gx-time --runs 3 --warmup 1 --work network -n 50 -m 8 --cores 1,2 --runs-out runs -o table
	python3 "$tests/check_time.py" table runs table
	succeeds gx-time --recorded --json runs -o json
	python3 "$tests/check_time.py" json table json
	succeeds gx-time --recorded --markdown runs
	grep -qE '^\| strategy .*\| Mpairs/s \|' "$out"
	gx-time "${quick[@]}" --work network -n 60 -m 8 --runs-out other >/dev/null
	refuses 1 "but simulated, exponential, seed 1, 1 module: 50 x 8 in the file before" \
		gx-time --recorded runs other
	command -v gnuplot >/dev/null || return 0
	succeeds gx-time --recorded runs --plot p.svg
	python3 "$tests/check_time.py" svg p.svg loop simd openmp
}

@test "the matrix lies on the pages that are told, and workers do not count it again" {
	succeeds gx-time "${quick[@]}" -n 40000 -m 50 --cores 1,2 --strategies serial,shared,processes
	grep -qE "^# pages	([0-9]+ [KMG]iB( \([0-9]+%\))?|unknown)$" "$out"
	# 16 MB: what processes have been sent is a second copy. (Sanitizers have memory of their own.)
	[[ -n ${GX_SANITIZED:-} ]] || awk -F '\t' '/^#/ { next } !at { for (i = 1; i <= NF; i++) if ($i == "peak_bytes") at = i; next }
		{ copies = $1 == "processes" ? 2 : 1 }
		$at != "NA" && ($at < copies * 15.9e6 || $at > copies * 16e6 + (12 + 4 * $2) * 1e6) { print; bad = 1 }
		END { exit bad }' "$out" || note "$(cat "$out")"
	# A system without huge pages.
	succeeds python3 -c 'import ctypes, os, sys
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0) # PR_SET_THP_DISABLE
os.execvp(sys.argv[1], sys.argv[1:])' gx-time "${quick[@]}" -n 40000 -m 50 --cores 1 --strategies serial,shared
	grep -qE "^# pages	[0-9]+ [KMG]iB$" "$out"
	# No matrix, no pages.
	succeeds gx-time "${quick[@]}" --work tasks --tasks 3 --cores 1 --strategies loop
	lacks "^# pages" "$out"
}

@test "the figures are those that follow from the single runs" {
	gx-simulate -n 4000 -m 5 -o m.gxm
	succeeds gx-time --runs 9 --warmup 1 --cores 1,2,3 m.gxm --runs-out runs.tsv -o table.tsv
	python3 "$tests/check_time.py" table runs.tsv table.tsv
	succeeds gx-time --recorded runs.tsv -o again.tsv
	same table.tsv again.tsv
	succeeds gx-time --recorded --json runs.tsv -o table.json
	python3 "$tests/check_time.py" json table.tsv table.json
	succeeds gx-time "${quick[@]}" --cores 1,2 m.gxm --runs-out runs.tsv -o table.tsv
	python3 "$tests/check_time.py" table runs.tsv table.tsv
	succeeds gx-time --runs 3 --work tasks --tasks 4 --cores 1,2 --runs-out tasks.tsv -o table.tsv
	python3 "$tests/check_time.py" table tasks.tsv table.tsv
}

@test "runs that were recorded elsewhere: figures as NumPy has them" {
	python3 - >runs.tsv <<-'END'
		import random
		r = random.Random(5)
		print("# gx-time runs 1\n# work\tmeans\n# input\tm.gxm: 10 x 2\n# note\ta note")
		print("strategy\tcores\torder\tseconds\twhole\tprocessor\tpeak\tprocesses\tamount")
		order = 0
		for name, base, workers in (("serial", 9, 0), ("simd", 3, 0), ("openmp", 3.01, 0), ("xargs", 5, 1), ("read", 2, 0)):
		    for cores in (1, 2, 4) if name not in ("serial", "simd") else (1,):
		        for i in range(23):
		            order += 1
		            s = base / cores**0.8 * (1 + 0.02 * r.random()) * (3 if i == 7 else 1)
		            print(name, cores, order, s, "NA", s * 0.9, 1e6 + order, cores if workers else "NA", 160, sep="\t")
	END
	succeeds gx-time --recorded runs.tsv -o table.tsv
	python3 "$tests/check_time.py" table runs.tsv table.tsv
	[[ $(grep -c '^# conclusion	outliers of' table.tsv) == 11 ]]
	grep -q '^# note	a note$' table.tsv
}

@test "files of runs are joined; those of another race, and what is none, are refused" {
	gx-simulate -n 400 -m 5 -o m.gxm
	gx-time --runs 3 --cores 1 m.gxm --runs-out one >/dev/null
	gx-time --runs 2 --cores 2 m.gxm --runs-out two >/dev/null
	succeeds gx-time --recorded one two
	[[ $(awk '$1 == "serial" { print $3 }' "$out") == 5 ]]
	[[ $(awk '$1 == "openmp" && $2 == 2 { print $3, $14 != "NA" }' "$out") == "2 1" ]]
	succeeds gx-time --recorded --runs-out three one two
	cp "$out" first
	succeeds gx-time --recorded three
	same first "$out"

	gx-time "${quick[@]}" -T 13 m.gxm --runs-out other >/dev/null
	refuses 1 "other:13: threshold is 13, but 12 in the file before" gx-time --recorded one other
	refuses 1 "m.gxm:1: not a file of runs" gx-time --recorded m.gxm
	refuses 1 "<stdin>: empty" gx-time --recorded - </dev/null
	refuses 3 "nosuch: No such file" gx-time --recorded nosuch
	head -c -3 one >cut
	refuses 1 "the last line is cut" gx-time --recorded cut
	sed '$s/\t[^\t]*$//' one >short
	refuses 1 "fewer than the nine fields of a run" gx-time --recorded short
	sed '$s/$/\t1/' one >long
	refuses 1 "more than the nine fields of a run" gx-time --recorded long
	sed '$s/\t1\t/\t1.5\t/' one >half
	refuses 1 "not a number of cores" gx-time --recorded half
	sed '$s/[0-9.e-]*$/-1/' one >negative
	refuses 1 "not a number that a run can have" gx-time --recorded negative
	sed '$s/[0-9.e-]*$/nan/' one >nan
	refuses 1 "not a number that a run can have" gx-time --recorded nan
	grep '^#' one >none
	refuses 1 "it has no runs" gx-time --recorded none
	refuses 2 "--runs has no effect with --recorded" gx-time --recorded --runs 3 one
}

@test "--json, --markdown, and the table of a terminal" {
	gx-simulate -n 400 -m 5 -o m.gxm
	gx-time --runs 2 --cores 1,2 m.gxm --runs-out runs >/dev/null
	succeeds gx-time --recorded --markdown runs
	grep -qE '^\| serial +\| +1 \|' "$out"
	[[ $(grep -c '^|' "$out") == $(($(grep -cv '^#' runs) / 2 + 2)) ]]
	[[ $(grep '^|' "$out" | tr -cd '|\n' | sort -u | wc -l) == 1 ]]
	grep -q '^- cpu: ' "$out"
	command -v script >/dev/null || skip "no script(1)"
	script -qec "gx-time --recorded runs" typed </dev/null >/dev/null
	grep -qE '^strategy +cores +median' typed
	grep -qE '^kernel +Linux' typed
	# No line of the table is broken, and what had no room is named.
	script -qec "stty cols 80; gx-time --recorded runs" typed </dev/null >/dev/null
	tr -d '\r' <typed | awk '/^strategy/ { at = 1 } /^$/ { at = 0 } at && length > 80 { exit 1 } at { n++ } END { exit n < 5 }'
	grep -q "not shown, as the terminal is too narrow: MiB, serial" typed
	script -qec "stty cols 300; gx-time --recorded runs" typed </dev/null >/dev/null
	lacks "not shown" typed
	grep -qE '^strategy .* MiB .* difference' typed
	# A race on a terminal shows how far it is, and takes that away again.
	script -qec "gx-time --runs 40 --strategies serial,xargs -n 20000 -m 20" typed </dev/null >/dev/null
	grep -qaE "[0-9]+ runs of [0-9]+, [0-9]+%, .* s, .*ETA" typed || note "$(head -c 600 typed | cat -v)"
	grep -q $'\r\033\\[K' typed
}

@test "what limits one core or threads: reading alone, computing, or waiting" {
	limits work=means 'cores=2 of 2' >got <<-END
		serial 1 0.060 0.059 - 80
		simd   1 0.020 0.020 - 80
		openmp 1 0.020 0.020 - 80
		openmp 2 0.012 0.023 - 80
		openmp 4 0.012 0.023 - 80
		read   1 0.018 0.018 - 80
		read   2 0.009 0.018 - 80
		read   4 0.009 0.018 - 80
	END
	same got - <<-END
		serial on 1 core is limited by compute
		simd on 1 core is limited by memory bandwidth
		openmp on 2 cores is limited by compute
	END
	says "simd on 1 core is limited by memory bandwidth: it reads 4.00 GB/s, 90% of what reading alone gets on as many cores"
	says "serial on 1 core is limited by compute: its core is busy for 98% of the time, and reading alone takes 30% of it"
	says "openmp on 2 cores is limited by compute: its cores are busy for 96% of the time, and reading alone takes 75% of it"
	# The bound is 80%; more cores than there are say nothing, and fewer may be all that ran.
	limits work=rowsum 'cores=4 of 4' >got <<-END
		simd   1 0.0225 0.0225 - 80
		openmp 8 0.0300 0.0900 - 80
		blas   4 0.0300 0.0900 - 80
		read   1 0.0180 0.0180 - 80
		read   4 0.0290 0.1160 - 80
		read   8 0.0290 0.1160 - 80
	END
	same got - <<-END
		simd on 1 core is limited by memory bandwidth
		openmp on 8 cores is limited by waiting
		blas on 4 cores is limited by waiting
	END
	says "blas on 4 cores is limited by waiting: its cores are busy for only 75% of the time"
	# A quota is a number of cores too.
	limits work=means 'cores=4 of 4' quota=1.5 >got <<-END
		openmp 2 0.012 0.023 - 80
		openmp 4 0.012 0.023 - 80
	END
	same got - <<<"openmp on 2 cores not known"
	says "what limits openmp on 2 cores is not known: read did not race on 2 cores: add it to --strategies"
	limits work=means 'cores=4 of 4' quota=none >got <<-END
		openmp 2 0.000012 0.000023 - 80
		openmp 4 0.000012 0.000023 - 80
		read   4 0.000010 0.000023 - 80
	END
	same got - <<<"openmp on 4 cores not known"
	says "what limits openmp on 4 cores is not known: 12 us is too short to tell: give it more work"
}

@test "what limits workers: their start, copying, or the sums" {
	local sums='
		openmp 2 0.012 0.023 - 80
		read   2 0.011 0.022 - 80'
	limits work=means >got <<-END
		processes 2 0.050 0.060 2 80
		shared    2 0.015 0.030 2 80$sums
	END
	same got - <<-END
		processes on 2 cores is limited by copying
		shared on 2 cores is limited by memory bandwidth
		openmp on 2 cores is limited by memory bandwidth
	END
	says "processes on 2 cores is limited by copying: it is 70% of its time: 80.0 MB go through pipes, and shared, which copies nothing, is faster by 35 ms"
	says "shared on 2 cores is limited by memory bandwidth: 80% of its time is what openmp takes on as many cores: it reads 6.67 GB/s, 92% of"
	limits work=means >got <<-END
		processes 2 0.045 0.060 2 80
		shared    2 0.040 0.030 2 80$sums
	END
	same got - <<-END
		processes on 2 cores not known
		shared on 2 cores is limited by start-up
		openmp on 2 cores is limited by memory bandwidth
	END
	says "processes on 2 cores is not known: the start of its workers was not measured, only that of shared, 28 ms"
	says "shared on 2 cores is limited by start-up: it is 70% of its time: 2 workers cost 28 ms, by which shared is slower than openmp"
	# A busy machine: shared, which does less, took longer.
	limits work=means >got <<-END
		processes 2 0.038 0.060 2 80
		shared    2 0.040 0.030 2 80$sums
	END
	same got - <<-END
		processes on 2 cores not known
		shared on 2 cores is limited by start-up
		openmp on 2 cores is limited by memory bandwidth
	END
	says "shared, which does less, took 2 ms longer: run it again on a machine that is not busy"
	limits work=means >got <<-END
		processes 2 0.035 0.060 2 80
		shared    2 0.022 0.030 2 80$sums
	END
	same got - <<-END
		processes on 2 cores is limited by nothing alone
		shared on 2 cores is limited by memory bandwidth
		openmp on 2 cores is limited by memory bandwidth
	END
	says "processes on 2 cores is limited by nothing alone: start-up is 29% of its time, the sums 34%, copying 37%"
	# What they are compared with did not race; on one core SIMD will do.
	limits work=means >got <<-END
		processes 2 0.050 0.060 2 80
		openmp    2 0.012 0.023 - 80
	END
	same got - <<-END
		processes on 2 cores not known
		openmp on 2 cores not known
	END
	says "what limits processes on 2 cores is not known: shared did not race on 2 cores: add it to --strategies"
	limits work=means >got <<-END
		shared 2 0.040 0.030 2 80
	END
	says "openmp did not race on 2 cores: add it to --strategies"
	limits work=means >got <<-END
		shared 1 0.040 0.030 1 80
		simd   1 0.010 0.010 - 80
	END
	same got - <<-END
		shared on 1 core is limited by start-up
		simd on 1 core not known
	END
}

@test "what limits a pipeline: its start, measured on one row, copying, or the sums" {
	local sums='
		openmp 2 0.012 0.023 - 80
		read   2 0.004 0.008 - 80'
	limits work=means >got <<-END
		xargs          2 0.050 0.050 2 80
		parallel       2 0.200 0.200 2 80
		xargs-start    2 0.010 0.010 - -
		parallel-start 2 0.160 0.160 - -$sums
	END
	same got - <<-END
		xargs on 2 cores is limited by copying
		parallel on 2 cores is limited by start-up
		openmp on 2 cores is limited by compute
	END
	says "xargs on 2 cores is limited by copying: it is 56% of its time: 80.0 MB go from the file to the filters, in 28 ms that neither start-up nor the sums take"
	says "parallel on 2 cores is limited by start-up: it is 80% of its time: the same line on one row takes 160 ms"
	limits work=means >got <<-END
		xargs       2 0.022 0.022 2 80
		xargs-start 2 0.006 0.006 - -$sums
	END
	same got - <<-END
		xargs on 2 cores is limited by compute
		openmp on 2 cores is limited by compute
	END
	says "xargs on 2 cores is limited by compute: 55% of its time is what openmp takes on as many cores: its cores are busy for 96%"
	limits work=means >got <<-END
		xargs       2 0.030 0.022 2 80
		xargs-start 2 0.009 0.006 - -$sums
	END
	same got - <<-END
		xargs on 2 cores is limited by nothing alone
		openmp on 2 cores is limited by compute
	END
	limits work=means >got <<-END
		xargs       2 0.030 0.022 2 80
		xargs-start 1 0.009 0.006 - -$sums
	END
	says "what limits xargs on 2 cores is not known: xargs-start did not race on 2 cores: add it to --strategies"
	# The starts are measured, and not ranked.
	limits work=means >got <<-END
		xargs       2 0.030 0.022 2 80
		xargs-start 2 0.009 0.006 - -
	END
	says "what limits xargs on 2 cores is not known: openmp did not race on 2 cores: add it to --strategies"
	says "fastest: xargs on 2 cores, 30 ms; nothing else was raced"
	grep -qE '^xargs-start	2	6	0	NA	0.009	' table
}

@test "what limits Python, as far as it shows" {
	limits work=means >got <<-END
		python          1 2.000 2.300 - 80 2.3
		numpy           1 0.025 0.300 - 80 0.3
		numba-prange    2 0.020 0.300 - 80 0.3
		multiprocessing 2 0.080 0.300 2 80 0.3
		read            1 0.022 0.022 - 80
		read            2 0.011 0.022 - 80
	END
	same got - <<-END
		python on 1 core is limited by compute
		numpy on 1 core is limited by memory bandwidth
		numba-prange on 2 cores not known
		multiprocessing on 2 cores is limited by copying
	END
	says "python on 1 core is limited by compute: reading alone takes 1.1% of its time"
	says "what limits numba-prange on 2 cores is not known: reading alone takes 55% of its time, and how busy its cores are in the rest was not measured"
	says "multiprocessing on 2 cores is limited by copying: 80.0 MB go to the pool, and numpy, which copies nothing, takes 31% of its time on one core"
	limits work=means >got <<-END
		multiprocessing 2 0.080 0.300 2 80 0.3
	END
	says "numpy did not race on 1 core: add it to --strategies"
	limits work=means >got <<-END
		numpy           1 0.060 0.300 - 80 0.3
		multiprocessing 2 0.080 0.300 2 80 0.3
	END
	says "what limits multiprocessing on 2 cores is not known: numpy takes 75% of its time on one core"
}

@test "what limits threads of Python, ranks of MPI, and a card" {
	limits work=means 'cores=4 of 4' >got <<-END
		python-threads 1 0.700 0.700 - 80 0.9
		python-threads 4 0.690 0.700 - 80 0.9
		mpi4py         4 0.040 0.300 4 80 0.8
		numpy          1 0.012 0.012 - 80 0.2
		cupy           1 0.001 0.012 - 80 3
		cupy-pinned    1 0.004 0.012 - 80 3
		cupy-pageable  1 0.020 0.012 - 80 3
		read           1 0.010 0.010 - 80
		read           4 0.005 0.020 - 80
	END
	same got - <<-END
		python-threads on 4 cores is limited by the lock of Python (GIL)
		mpi4py on 4 cores is limited by copying
		numpy on 1 core is limited by memory bandwidth
		cupy on 1 core not known
		cupy-pinned on 1 core is limited by copying
		cupy-pageable on 1 core is limited by copying
	END
	says "python-threads on 4 cores is limited by the lock of Python (GIL): 4 threads take 99% of the time of one, as only one runs at a time"
	says "mpi4py on 4 cores is limited by copying: 80.0 MB go to the ranks, and numpy, which copies nothing, takes 30% of its time on one core"
	says "cupy on 1 core is not known: how fast the card reads its memory was not measured"
	says "cupy-pinned on 1 core is limited by copying: 80.0 MB go to the card, and cupy, which has them there, takes 25% of its time"
	# A Python without the lock; a card that copies fast; what they are compared with did not race.
	limits work=means 'cores=4 of 4' >got <<-END
		python-threads 1 0.700 0.700 - 80 0.9
		python-threads 4 0.200 0.700 - 80 0.9
		cupy           1 0.003 0.012 - 80 3
		cupy-pinned    1 0.004 0.012 - 80 3
		read           1 0.010 0.010 - 80
		read           4 0.005 0.020 - 80
	END
	lacks "is limited by" table
	says "cupy-pinned on 1 core is not known: cupy, which copies nothing, takes 75% of its time"
	limits work=means >got <<-END
		python-threads 4 0.690 0.700 - 80 0.9
		cupy-pinned    1 0.004 0.012 - 80 3
	END
	says "python-threads on 4 cores is not known: it did not race on 1 core: add 1 to --cores"
	says "cupy-pinned on 1 core is not known: cupy did not race on 1 core: add it to --strategies"
}

@test "what limits products and tasks" {
	limits work=matmul unit=operation >got <<-END
		double-naive   2 1.000 1.980 - 2000
		double-blocked 2 0.300 0.590 - 2000
		double-blas    2 0.080 0.080 - 2000
	END
	same got - <<-END
		double-naive on 2 cores is limited by compute
		double-blocked on 2 cores is limited by compute
		double-blas on 2 cores is limited by waiting
	END
	says "double-naive on 2 cores is limited by compute: its cores are busy for 99% of the time, at 2.00 Gop/s; double-blas does the same in 8.0% of it"
	limits work=matmul unit=operation >got <<-END
		double-naive   1 1.000 - - 2000
		double-blocked 1 0.600 0.600 - 2000
	END
	same got - <<-END
		double-naive on 1 core not known
		double-blocked on 1 core is limited by compute
	END
	says "the time of its processors was not measured"
	lacks "does the same" table
	limits work=network unit=pair >got <<-END
		loop   1 0.600 0.590 - 2
		simd   1 0.080 0.079 - 2
		openmp 2 0.050 0.060 - 2
		numpy  1 1.800 3.000 - 2 3.1
	END
	same got - <<-END
		loop on 1 core is limited by compute
		simd on 1 core is limited by compute
		openmp on 2 cores is limited by waiting
		numpy on 1 core not known
	END
	says "loop on 1 core is limited by compute: its core is busy for 98% of the time, at 3.33 Mpairs/s; simd does the same in 13% of it"
	says "what limits numpy on 1 core is not known: the time of its processors was not measured for the job alone"
	limits work=tasks unit=task >got <<-END
		loop      1 0.040 0.001 -   0.0002
		processes 2 0.200 0.300 200 0.0002
		batched   2 0.030 0.001 2   0.0002
	END
	same got - <<-END
		loop on 1 core is limited by waiting
		processes on 2 cores is limited by start-up
		batched on 2 cores is limited by waiting
	END
	says "processes on 2 cores is limited by start-up: it is 90% of its time: a process costs 1.8 ms of a core, the tasks in it 200 us"
	says "batched on 2 cores is limited by waiting: the tasks, which sleep, are 67% of its time"
	limits work=tasks unit=task >got <<-END
		processes 2 0.200 0.300 200 0.0002
	END
	says "what limits processes on 2 cores is not known: loop did not race on 1 core: add it to --strategies"
	# Figures that a file does not have are no blanks in a sentence.
	limits work=tasks unit=task >got <<-END
		loop      1 0.040 0.001 - 0.0002
		processes 2 0.200 0.300 - 0.0002
	END
	says "what limits processes on 2 cores is not known: the number of its processes was not measured"
	limits work=matmul unit=operation >got <<-END
		double-naive 1 1.000 0.990 - -
	END
	says "double-naive on 1 core is limited by compute: its core is busy for 99% of the time"
	limits work=means >got <<-END
		processes 2 0.050 0.060 2 -
		shared    2 0.015 0.030 2 -
		openmp    2 0.012 0.023 - -
	END
	says "processes on 2 cores is limited by copying: it is 70% of its time: all rows go through pipes"
}

@test "a limit that is not known for want of a strategy is known with it" {
	gx-simulate -n 30000 -m 30 -o m.gxm
	# On a busy machine a run of milliseconds waits for a core, and then that is what limits it: here
	# none of them waits.
	gx-time "${quick[@]}" --cores 1 --strategies simd,xargs m.gxm --runs-out runs >/dev/null
	awk -F '\t' -v OFS='\t' '$1 == "simd" { $6 = $4 } { print }' runs >prompt
	gx-time --recorded prompt -o table
	says "read did not race on 1 core: add it to --strategies"
	says "xargs-start did not race on 1 core: add it to --strategies"
	gx-time --runs 3 --cores 1 --strategies simd,xargs,read,xargs-start m.gxm --runs-out runs -o table
	python3 "$tests/check_time.py" table runs table
	lacks "did not race" table
}

@test "a machine that was busy when the race began is named" {
	local facts said
	while IFS='|' read -r facts said; do
		eval "limits work=means $facts" >/dev/null <<<"simd 1 0.02 0.02 - 80"
		sed -n 's/^# conclusion\tthe machine/the machine/p' table | same - <(printf %s "${said:+$said$'\n'}") ||
			note "$facts: $(cat table)"
	done <<-'END'
		'load=9.60 4.00 2.00' 'cores=2 of 2'|the machine is busy (load 9.6 on 2 cores): repeat when idle
		'load=1.00 0.00 0.00' 'cores=2 of 2'|the machine is busy (load 1 on 2 cores): repeat when idle
		'load=0.99 9.00 9.00' 'cores=2 of 2'|
		'load=0.50 0.00 0.00' 'cores=1 of 1'|the machine is busy (load 0.5 on 1 core): repeat when idle
		'load=9.60 4.00 2.00' 'cores=2 of 64'|
		'load=32.01 4.00 2.00' 'cores=2 of 64'|the machine is busy (load 32.01 on 64 cores): repeat when idle
		'load=unknown' 'cores=2 of 2'|
		'load=9.60 4.00 2.00' cores=|
		'load=9.60 4.00 2.00'|
		'load=0.10 0.10 0.10; 3.00 0.10 0.10' 'cores=2 of 2'|the machine is busy (load 3 on 2 cores): repeat when idle
		'load=0.10 0.10 0.10; 3.00 0.10 0.10' 'cores=2 of 2; 8 of 8'|
	END
}

@test "small ratios keep their digits, large numbers have no exponent" {
	limits work=means 'cores=2 of 2' >got <<-END
		serial   1 0.001    0.001   - 80
		parallel 1 40       0.900   1 80
		parallel 2 39       0.900   2 80
		shared   1 0.000002 0.00001 1 80
	END
	gx-time --recorded --table runs >shown
	grep -qE '^serial +1 +1 ms +0% +1 ms +1.00 +80.0 ' shown || note "$(cat shown)"
	grep -qE '^parallel +1 +40 s +0% +40 s +0.000025 +0.00200 +0.954 ' shown
	grep -qE '^parallel +2 .* 0.000026 +1.03 +51% +95% +0.00205 .* 19500000 x$' shown
	lacks -E ' 0.00 | [0-9.]+e[+-]' shown
}

@test "--table: for people, to a pipe and to a file, and one form at a time" {
	limits work=means >got <<-END
		serial 1 0.060 0.059 - 80
		simd   1 0.020 0.020 - 80
	END
	unset COLUMNS
	gx-time --recorded --table runs | cat >shown
	grep -qE '^strategy +cores +median .*MiB .*difference$' shown
	grep -q '^fastest: simd on 1 core' shown
	lacks '^#' shown
	gx-time --recorded --table runs -o file
	same shown file
	gx-time --recorded runs | same - table
	# As wide as COLUMNS says, and no sentence is broken within a word.
	COLUMNS=60 gx-time --recorded --table runs >narrow
	awk 'length > 60 { exit 1 }' narrow || note "$(cat narrow)"
	grep -q '^not shown, as the terminal is too narrow: ' narrow
	tr -s '\n ' ' ' <narrow >joined
	grep -qF 'fastest: simd on 1 core, 20 ms; all others are slower by more than the noise ' joined
	refuses 2 "--json and --table: choose one of them" gx-time --recorded --table --json runs
	refuses 2 "--markdown and --table: choose one of them" gx-time --table --markdown -n 10 -m 2
	refuses 2 "--json and --markdown: choose one of them" gx-time --recorded --json --markdown --table runs
}

@test "plots: curves for each strategy, levels, the ideal line and the memory's, what is beyond" {
	command -v gnuplot >/dev/null || skip "no gnuplot"
	gx-simulate -n 400 -m 5 -o m.gxm
	gx-time --runs 2 --cores 1,2,4 m.gxm --runs-out runs --plot p.svg >/dev/null
	python3 "$tests/check_time.py" svg p.svg openmp processes shared xargs parallel "memory bandwidth" \
		"serial, on 1 core" "simd, on 1 core"
	lacks 'xargs-start' p.svg
	succeeds gx-time --recorded runs --plot p.png
	[[ $(head -c 8 p.png | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]]
	[[ $(wc -c <p.png) -gt 5000 ]]
	succeeds gx-time --recorded runs --plot p.pdf
	[[ $(head -c 5 p.pdf) == %PDF- ]]
	succeeds gx-time --recorded runs --plot P.PNG
	same p.png P.PNG
	local w
	for w in 20 50 80 200; do
		COLUMNS=$w succeeds gx-time --recorded runs --plot p.txt
		awk -v w=$w 'length > w || / $/ || /\f/ { exit 1 }' p.txt || note "$w: $(cat p.txt)"
	done
	grep -q "openmp" p.txt
	grep -q "efficiency" p.txt
	refuses 2 ".svg" gx-time --recorded runs --plot p.jpeg
	exits 0 gx-time --work tasks --tasks 3 "${quick[@]}" --cores 1 --plot none.svg
	grep -q "none.svg is not drawn: no strategy ran on two numbers of cores: give --cores 1,2 or more" "$err"
	[[ ! -e none.svg ]]
	succeeds gx-time --work tasks --tasks 3 "${quick[@]}" --cores 1,2 --strategies loop,batched --plot none.svg
	[[ -s none.svg ]]
}

@test "plots: cores beyond those that there are, and what is not known without one core" {
	command -v gnuplot >/dev/null || skip "no gnuplot"
	local cores rows
	rows=$(for cores in 1 2 4 8 64; do
		echo "openmp $cores 0.0$((64 - cores / 2)) 0.06 - 80"
	done)
	drawn() {
		forged "work=means" "$@" <<<"$rows" >runs
		succeeds gx-time --recorded runs --plot p.svg
	}
	drawn 'cores=4 of 4'
	grep -q 'beyond the 4 cores that there are' p.svg
	[[ $(grep -ciE "(fill|stroke) *= *'rgb\(232, *232, *232\)'" p.svg) -ge 4 ]] || note "$(grep -i 232 p.svg)"
	drawn 'cores=64 of 64'
	lacks 'beyond' p.svg
	lacks 'rgb(232, 232, 232)' p.svg
	drawn 'cores=64 of 64' quota=1
	grep -q 'beyond the 1 core that there is' p.svg
	drawn cores=unknown
	lacks 'beyond' p.svg
	rows=$(grep -v '^openmp 1 ' <<<"$rows")
	drawn 'cores=4 of 4'
	grep -q 'not known: add 1 to --cores' p.svg
}

@test "what is missing is said in one line, and the rest goes on" {
	local tool
	mkdir few
	for tool in sh seq xargs mkdir sleep; do
		ln -s "$(command -v $tool)" few/
	done
	cp "$GX_BIN"/gx-{time,means,threshold,reduce} few/
	gx-simulate -n 400 -m 5 -o m.gxm
	PATH=$PWD/few exits 0 gx-time "${quick[@]}" --peers --cores 1,2 m.gxm --plot p.svg
	[[ $(grep -c '' "$err") == 3 ]] || note "$(cat "$err")"
	grep -q "parallel is left out: parallel is not on PATH" "$err"
	grep -q "python is left out: python3 does not run" "$err"
	grep -q "gnuplot" "$err"
	grep -q "^# note	parallel is left out" "$out"
	grep -q "^xargs	2" "$out"
	[[ ! -e p.svg ]]
	rm few/xargs few/gx-reduce
	PATH=$PWD/few exits 0 gx-time "${quick[@]}" --cores 1 m.gxm
	grep -q "xargs is left out: gx-reduce is not on PATH" "$err"
	refuses 1 "none of the chosen strategies can run here" env PATH="$PWD/few" gx-time --strategies parallel m.gxm
}

@test "what is raced gets the environment that gx-time was given" {
	mkdir stub
	printf '#!/bin/sh\nenv | grep ^OMP_WAIT >>"$SAID"\nexec %s "$@"\n' "$(command -v xargs)" >stub/xargs
	chmod +x stub/xargs
	export SAID=$PWD/said
	unset OMP_WAIT_POLICY
	: >said
	gx-simulate -n 400 -m 5 -o m.gxm
	PATH=$PWD/stub:$PATH exits 0 gx-time "${quick[@]}" --cores 1 --strategies xargs m.gxm
	[[ ! -s said ]] || note "$(cat said)"
	PATH=$PWD/stub:$PATH OMP_WAIT_POLICY=active exits 0 \
		gx-time "${quick[@]}" --cores 1 --strategies xargs m.gxm
	[[ $(sort -u said) == OMP_WAIT_POLICY=active ]]
}

@test "what the user's own GNU parallel is set to changes nothing" {
	gx-simulate -n 400 -m 5 -o m.gxm
	mkdir home
	echo --tag >home/config
	PARALLEL_HOME=$PWD/home succeeds gx-time "${quick[@]}" --cores 2 m.gxm --strategies serial,parallel
	grep -q "^parallel	2" "$out"
	echo --dry-run >home/config
	PARALLEL_HOME=$PWD/home succeeds gx-time "${quick[@]}" --work tasks --tasks 3 --cores 2 \
		--strategies loop,parallel
	grep -q "^parallel	2" "$out"
}

@test "a pipeline that fails is left out, with its words" {
	gx-simulate -n 400 -m 5 -o m.gxm
	mkdir few
	cp "$GX_BIN"/gx-* few/
	printf '#!/bin/sh\necho "gx-threshold: broken on purpose" >&2\nexit 3\n' >few/gx-threshold
	exits 0 few/gx-time "${quick[@]}" --cores 1 m.gxm
	grep -q "parallel on 1 core is left out: it failed (exit status .*): gx-" "$err"
	grep -q "^openmp	1" "$out"
	lacks "^xargs" "$out"
}

@test "peers: Python's answers agree, ties too" {
	local python
	for python in python3 /usr/bin/python3; do
		"$python" -c 'import numpy' 2>/dev/null && break
	done
	"$python" -c 'import numpy' 2>/dev/null || skip "no NumPy"
	random_table 500 11 9 >t.tsv
	succeeds gx-time "${quick[@]}" --peers --python "$python" --cores 1,2 t.tsv \
		--strategies serial,python,numpy,multiprocessing
	[[ $(strategies_of "$out") == "multiprocessing numpy python serial" ]]
	# Python alone has a time of the whole process, longer than that of the job.
	awk -F '\t' '/^#/ { next } !at { for (i = 1; i <= NF; i++) if ($i == "whole_s") at = i; next }
		($1 == "serial") != ($at == "NA") || ($at != "NA" && $at <= $6) { exit 1 }' "$out"
	# Means that are on the threshold but for rounding.
	printf 'gene\ta\tb\tc\ng1\t0.1\t0.2\t0.3\ng2\t1\t2\t3\n' >tie.tsv
	exits 0 gx-time "${quick[@]}" --peers --python "$python" -T 0.2 --cores 1 tie.tsv \
		--strategies serial,numpy,python
	grep -q "^# note	ties: the mean of 1 row is within 4 units" "$out"
	# A step on networks: all is exact but the last division.
	local n
	for n in 10 77 250; do
		succeeds gx-time "${quick[@]}" --work network -n $n -m 14 --peers --python "$python" --cores 1
		[[ $(strategies_of "$out") == "loop numpy openmp simd" ]]
	done
	succeeds gx-time "${quick[@]}" --work network -n 40 -m 6 --peers --python "$python" --strategies numpy
	refuses 1 "numpy on 1 core disagrees: the mean AUROC is" \
		wrong_one numpy "${quick[@]}" --work network -n 40 -m 6 --peers --python "$python" --cores 1
	if "$python" -c 'import numba' 2>/dev/null; then
		succeeds gx-time "${quick[@]}" --peers --python "$python" --cores 2 t.tsv \
			--strategies serial,numba,numba-prange
		[[ $(strategies_of "$out") == "numba numba-prange serial" ]]
	fi
}

@test "--budget bounds the race, and says so" {
	exits 0 timeout 60 gx-time -n 2000 -m 5 --runs 1000000 --budget 6s --cores 1
	grep -q "^# note	the budget of 6 s was too short for 1000000 runs" "$out"
	[[ ! -s $err ]]
	exits 1 gx-time -n 2000 -m 5 --budget 0.000001
	grep -q "the budget ended before it could run" "$err"
}

@test "nothing is left behind: at the end, by TERM and by KILL" {
	export TMPDIR=$PWD/scratch
	mkdir scratch
	succeeds gx-time "${quick[@]}" -n 1000 -m 5 </dev/null
	[[ -z $(ls -A scratch) ]]
	local s
	for s in TERM KILL; do
		gx-time --runs 100000 -n 1000 -m 5 --strategies serial,xargs >/dev/null 2>&1 </dev/null &
		local pid=$! i
		for i in {1..100}; do
			[[ -n $(ls -A scratch) ]] && break
			sleep 0.02
		done
		[[ -n $(ls -A scratch) ]]
		sleep 0.1
		kill -$s $pid
		local status=0
		wait $pid || status=$?
		((status == 128 + $(kill -l $s))) || note "status $status"
		for i in {1..100}; do
			[[ -z $(ls -A scratch) ]] && break
			sleep 0.05
		done
		[[ -z $(ls -A scratch) ]] || note "left by $s: $(ls -RA scratch)"
	done
}

@test "options without effect, and values out of their domain: exit 2" {
	refuses 2 "--peers has no effect with --work dot" gx-time --work dot --peers
	refuses 2 "--threshold has no effect with --work matmul" gx-time --work matmul -T 3
	refuses 2 "--size has no effect with --work means" gx-time --size 3
	refuses 2 "--tasks has no effect with --work rowsum" gx-time --work rowsum --tasks 3
	refuses 2 "--python needs --peers" gx-time --python python3
	refuses 2 "example.tsv: matmul takes no matrix" gx-time --work matmul example.tsv
	refuses 2 "b: one matrix is raced at a time" gx-time a b
	refuses 2 "--work foo: the works are" gx-time --work foo
	refuses 2 "the strategies of this work are loop" gx-time --work tasks --strategies simd
	local value
	for value in 0 1025 1,,2 1, x 1.5 -1 ''; do
		refuses 2 "--cores $value: give numbers from 1 to 1024" gx-time --cores "$value"
	done
	for value in 0 -1 x 1d '' m; do
		refuses 2 "--budget $value: a time above 0" gx-time --budget "$value"
	done
	refuses 2 "--runs 0: not a whole number" gx-time --runs 0
	refuses 2 "-T x: not a finite number" gx-time -T x
	refuses 2 "it would not fit in memory" gx-time -n 1000G -m 8G
	refuses 3 "No such file" gx-time -n 10 -m 2 --runs-out no/such
	refuses 3 "No such file" gx-time -n 10 -m 2 --plot no/such.svg
	printf 'gene\ta\n' >norows.tsv
	refuses 1 "norows.tsv" gx-time norows.tsv
}

@test "workers that cannot be started, or are gone, are a reason and no hang" {
	gx-simulate -n 3000 -m 7 -o m.gxm
	exits 0 bash -c "ulimit -n 40; timeout 60 gx-time ${quick[*]} --cores 64 --strategies serial,processes m.gxm"
	grep -q "processes on 64 cores is left out: worker .* of 64 could not be started: Too many open files" "$err"
	grep -q "^serial	1" "$out"
	if [[ ! $GX_SANITIZED ]]; then
		# The worker has no memory for the rows that it is sent.
		exits 0 bash -c "ulimit -v 600000; timeout 60 gx-time ${quick[*]} -n 800000 -m 50 --cores 1 --strategies serial,processes"
		grep -q "processes on 1 core is left out: a worker ended before it had received its rows" "$err"
	fi
	mkdir few
	printf '#!/no/such/shell\n' >few/sleep
	chmod +x few/sleep
	PATH=$PWD/few exits 0 "$GX_BIN/gx-time" "${quick[@]}" --work tasks --tasks 5 --cores 2 \
		--strategies loop,processes
	grep -q "processes on 2 cores is left out: a process could not be started: No such file" "$err"
}

@test "workers do not outlive a race that is killed" {
	gx-time --work tasks --tasks 100000 --runs 1 --cores 2 --strategies batched >/dev/null 2>&1 &
	local pid=$! i workers=
	for i in {1..100}; do
		workers=$(pgrep -P $pid -x gx-time | xargs) || :
		[[ $workers == *" "* ]] && break
		sleep 0.02
	done
	[[ $workers == *" "* ]] || note "no workers"
	kill -KILL $pid
	wait $pid || :
	for i in {1..100}; do
		lacks -qs "^State:	[RSD]" $(printf '/proc/%s/status ' $workers) && return
		sleep 0.02
	done
	note "left: $workers"
}

@test "a matrix whose name needs care: a hyphen, quotes, a line end, no UTF-8" {
	gx-simulate -n 300 -m 7 -o m.gxm
	local name
	for name in -m.gxm $'q\'u"o\nt$e.gxm' $'\e[31m\xc2\x9b1m<b>|.gxm' $'\xff.gxm'; do
		cp m.gxm "./$name"
		succeeds gx-time "${quick[@]}" --cores 1,2 --strategies serial,xargs,parallel --runs-out runs -- "$name"
		[[ $(strategies_of "$out") == "parallel serial xargs" ]]
		succeeds gx-time --recorded --json runs
		python3 -c 'import json, sys; json.load(sys.stdin)' <"$out"
		succeeds gx-time --recorded --markdown runs
		lacks -aP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$out"
		iconv -f UTF-8 -t UTF-8 "$out" >/dev/null
		lacks -aF '<b>' "$out" || [[ $(grep -aF '\<b\>' "$out") ]]
		command -v gnuplot >/dev/null || continue
		succeeds gx-time --recorded --plot p.svg runs
		python3 "$tests/check_time.py" svg p.svg xargs parallel
	done
}

@test "what GNU parallel would leave behind is in the scratch directory" {
	export TMPDIR="$PWD/a b'c"
	mkdir "$TMPDIR" few
	printf '#!/bin/sh\n: >"$TMPDIR/par.left"\nexec %s "$@"\n' "$(command -v parallel)" >few/parallel
	chmod +x few/parallel
	gx-simulate -n 300 -m 7 -o m.gxm
	PATH=$PWD/few:$PATH succeeds gx-time "${quick[@]}" --cores 1,2 m.gxm --strategies parallel,xargs
	[[ $(strategies_of "$out") == "parallel xargs" ]]
	PATH=$PWD/few:$PATH succeeds gx-time "${quick[@]}" --cores 2 --work tasks --tasks 3 --strategies parallel
	[[ -z $(ls -A "$TMPDIR") ]] || note "left: $(ls -RA "$TMPDIR")"
}

@test "recorded runs: no bytes that a terminal obeys, no name that is markup" {
	gx-simulate -n 400 -m 5 -o m.gxm
	gx-time --runs 2 --cores 1 --strategies serial,simd m.gxm --runs-out runs >/dev/null
	sed $'s/^simd/\e[2J/' runs >escape
	refuses 1 "a control byte" gx-time --recorded escape
	sed $'s/^# cpu/# c\e[2Jpu/' runs >key
	refuses 1 "key:3: a control byte" gx-time --recorded key
	local name
	for name in 'a|b' 'Simd' '' '<b>' 0123456789012345678901234567890123456789; do
		sed "s/^simd/$name/" runs >named
		refuses 1 "not the name of a strategy" gx-time --recorded named
	done
}

@test "one run tells nothing about noise, and what is not known says why" {
	gx-simulate -n 400 -m 5 -o m.gxm
	gx-time --runs 7 --cores 1,3 m.gxm --runs-out runs >/dev/null
	# A single run, a hundred times slower than anything: no "none", which would say that
	# there is no difference.
	awk -F '\t' -v OFS='\t' '/^#/ || !head++ { print; next }
		$1 == "xargs" && $2 == 3 { if (one++) next; $4 = 100 } { print }' runs >single
	succeeds gx-time --recorded single
	[[ $(awk -F '\t' '$1 == "xargs" && $2 == 3 { print $3, $5 }' "$out") == "1 NA" ]]
	grep -q "conclusion	one run tells nothing about noise, and there is only one of xargs on 3 cores" "$out"
	lacks "all others are slower" "$out"
	lacks "no difference within the noise:.*xargs on 3 cores" "$out"
	lacks "speed-up, efficiency" "$out"
	succeeds gx-time --recorded --json single
	python3 - "$out" <<-'END'
		import json, sys
		for s in json.load(open(sys.argv[1]))["strategies"]:
		    assert (s["difference"] is None) == (
		        s["strategy"] == "read" or s["strategy"].endswith("-start") or s["runs"] == 1), s
	END
	succeeds gx-time --recorded --markdown single
	grep -q '^| xargs *|  *3 |.* x ? |$' "$out"

	awk -F '\t' '/^#/ || !head++ || ($2 == 3 && $1 != "read")' runs >three
	succeeds gx-time --recorded three
	grep -q "conclusion	speed-up, efficiency and serial fraction compare with one core" "$out"
	grep -q "conclusion	the overhead of a process is not known: it is measured against simd" "$out"
	awk -F '\t' '/^#/ || !head++ || $1 == "serial"' runs >alone
	succeeds gx-time --recorded alone
	grep -q "fastest: serial on 1 core, .*; nothing else was raced" "$out"
}

@test "--budget: a slow one takes half of it, and what agreed alone counts" {
	mkdir few
	printf '#!/bin/sh\nexec sleep 100\n' >few/gx-reduce
	chmod +x few/gx-reduce
	cp "$GX_BIN"/gx-{time,means,threshold} few/
	gx-simulate -n 400 -m 5 -o m.gxm
	exits 0 timeout 60 few/gx-time --budget 2s --cores 1 --strategies serial,xargs m.gxm --runs 3
	grep -q "xargs on 1 core is left out: its first run took more than half of the remaining budget" "$err"
	[[ $(awk -F '\t' '$1 == "serial" { print $3 }' "$out") == 3 ]]
	# Sleeping tasks are stopped as programs are.
	exits 1 timeout 60 gx-time --work tasks --tasks 900000 --cores 2 --budget 2s \
		--strategies loop,processes,batched
	grep -q "loop on 1 core is left out: its first run took more than half" "$err"
	grep -q "batched on 2 cores is left out: its first run took more than half" "$err"
	# On one core it has run once, and what the other run leaves is too little for another.
	printf '#!/bin/sh\ncase $1 in *.1) sleep 2.4;; *) sleep 1;; esac\nexec %s "$@"\n' \
		"$GX_BIN/gx-reduce" >few/gx-reduce
	succeeds few/gx-time --budget 6s --cores 1,2 --strategies serial,xargs "${quick[@]}" m.gxm
	grep -q "note	xargs on 1 core: the budget allowed only its first run, which compares" "$out"
	[[ $(awk -F '\t' '$1 == "xargs" { print $2, $3 }' "$out" | xargs) == "1 1 2 1" ]]
}

@test "Python: sums that vanish but for rounding are ties" {
	printf 'gene\ta\tb\tc\td\te\tf\tg\th\ti\n' >z.tsv
	printf 'g%d\t0.1\t0.2\t-0.3\t0.7\t-0.7\t0.6\t-0.6\t1e-3\t-1e-3\n' 1 2 3 >>z.tsv
	exits 0 gx-time "${quick[@]}" --peers -T 0 --cores 1 --strategies serial,python z.tsv
	grep -q "^# note	ties: the mean of 3 rows is within" "$out"
	# An infinite mean is none.
	printf 'gene\ta\tb\ng\tInf\t1\n' >inf.tsv
	exits 0 gx-time "${quick[@]}" --cores 1 --strategies serial inf.tsv
	lacks "ties:" "$out"
}

@test "an output that cannot be written, or a matrix that cannot be held, is refused before the race" {
	refuses 2 "--runs-out x: -o is written there" gx-time -n 10 -m 2 -o x --runs-out x
	refuses 2 "--runs-out ./x: -o is written there" gx-time -n 10 -m 2 -o x --runs-out ./x
	refuses 2 "--plot y.svg: --runs-out is written there" \
		gx-time -n 10 -m 2 --runs-out $PWD/y.svg --plot y.svg
	: >z.svg
	gx-time -n 10 -m 2 --plot z.svg >z.svg 2>"$err" && note "it was overwritten"
	grep -qF -- "--plot z.svg: standard output is written there" "$err"
	[[ ! -e x && ! -e y.svg && ! -s z.svg ]]
	refuses 3 "this machine has" gx-time -n 100G -m 50
	gx-simulate -n 40 -m 5 -o m.gxm
	mkdir few
	cp "$GX_BIN"/gx-{time,means,threshold,reduce} few/
	exits 1 env PATH="$PWD/few" gx-time --strategies parallel m.gxm --plot p.svg
	head -1 "$err" | grep gnuplot
}
