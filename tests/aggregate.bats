#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/aggregate: the study of co-expression networks, against curves that other programs
# computed, in its three forms; stopped, resumed, and with data that is wrong.

load lib.bash

aggregate=$repo/examples/aggregate
sim=$data/networks/sim
# As the reference curves were made: EGAD's sizes of 10 and 1000 are exclusive.
like_reference=("$sim/annot.tsv" --fill median --min-size 11 --max-size 999)

setup_file() {
	bats_require_minimum_version 1.5.0
	# One study for the tests that only look.
	cd "$BATS_FILE_TMPDIR" || return 1
	export PARALLEL_HOME=$PWD/.parallel
	mkdir "$PARALLEL_HOME" sets
	for k in 1 2 3 4 5; do
		cp "$sim/d$k.expr.tsv" sets/d$k.tsv
	done
	"$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial \
		>table 2>said || cat said >&2
}

setup() {
	work
	export PARALLEL_HOME=$PWD/.parallel TMPDIR=$PWD/tmp
	mkdir "$PARALLEL_HOME" tmp
	cp -r "$BATS_FILE_TMPDIR/sets" .
	cp "$BATS_FILE_TMPDIR/table" .
}

forms() {
	echo serial pool
	if command -v parallel >/dev/null; then
		echo parallel
	fi
}

# near WANT TABLE MOST: the same orders, steps and data sets, and no mean further away than 1e-9 but in
# at most MOST lines, where it is 3e-5.
near() {
	paste "$1" "$2" | awk -F '\t' -v most="$3" '
		function far(x, y) { return x > y ? x - y : y - x }
		NR == 1 { next }
		$1 != $6 || $2 != $7 || $3 != $8 { print "another order: " $0; exit bad = 1 }
		{
			d = far($4, $9)
			if (far($5, $10) > d) d = far($5, $10)
			if (d > 1e-9) { n++; print }
			if (d > 3e-5) { print "too far: " d; bad = 1 }
		}
		END { exit bad || n > most || NR < 50 }' >differs || note "$(cat differs)"
}

# Where two networks have the same largest rank many pairs of their sum are tied. R and NumPy add
# quotients, and so does gx in fixed point: a sum is rounded, and which ties stay differs. It
# moves half ranks.
@test "aggregate: the curves of R and of a program in Python, by their folds" {
	near "$sim/perm/perm_auroc.pearson.stride3.min10.gxref.tsv" table 6
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial \
		--folds block:3
	near "$sim/perm/perm_auroc.pearson.block3.min10.R.tsv" "$out" 6
}

@test "aggregate: all orders end in the same, to the byte; RESULTS has the curves" {
	local at=$BATS_FILE_TMPDIR/sets.aggregate
	[[ $(awk -F '\t' '$2 == 5 { print $4, $5 }' table | sort -u | wc -l) == 1 ]]
	same "$sim/orders.tsv" "$at/orders.tsv"
	same table "$at/table.tsv"
	gx-reduce --add -b --genes "$at/genes" --fill median -o backwards.gxm "$at"/networks/d{5,2,4,1,3}.gxm
	same backwards.gxm "$at/aggregate.gxm"
	[[ $(wc -l <"$at/steps.tsv") == 6 ]]
	[[ $(awk -F '\t' 'NR == 6 { print $4 - $3 + ($2 - $3) ^ 2 < 1e-18 }' "$at/steps.tsv") == 1 ]]
	[[ ! -e $at/running ]]
	lacks . < <(find "$at" -name '*.gxtmp.*')
	if command -v gnuplot >/dev/null; then
		grep -q '</svg>' "$at/curves.svg"
	fi
	# A sum that is another one is refused, by its order.
	cp -r "$at" other
	rm other/orders/7.tsv
	gx-reduce --add -b --genes "$at/genes" --fill median -o other/aggregate.gxm "$at"/networks/d{5,2,4,1}.gxm
	exits 1 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial other
	grep -q 'the sum of all in this order is not aggregate.gxm' "$err"
	grep -q 'order 7, step 5, data set d5: stopped, exit code 1' "$err"
	[[ ! -s $out && ! -e other/orders/7.tsv && ! -e other/running ]]
}

@test "aggregate: three forms, one table; the joblog of each; called again it makes nothing again" {
	head -n 4 "$sim/orders.tsv" >few.tsv
	head -n 16 table >want
	for form in $(forms); do
		jobs=(-j 2)
		[[ $form != serial ]] || jobs=()
		exits 0 "$aggregate" sets "${like_reference[@]}" --order-file few.tsv --form $form "${jobs[@]}" \
			--joblog $form.joblog "in $form"
		same want "$out"
		grep -q 'aggregate: 5 data sets of 200 genes, 3 orders, . at a time: takes .* [kM]B more of disk in .*, and .* MB of memory' "$err"
		[[ $(cut -f 1 $form.joblog | sort | paste -s) == $'1\t2\t3\tSeq' ]] || note "$(cat $form.joblog)"
		gx-joblog $form.joblog >facts
		grep -qx $'failed\t0' facts || note "$(cat facts)"
		ls -i "in $form/networks" "in $form/orders" >before
		exits 0 "$aggregate" sets "${like_reference[@]}" --order-file few.tsv --form $form "${jobs[@]}" "in $form"
		same want "$out"
		ls -i "in $form/networks" "in $form/orders" | cmp - before
		# What another form left goes on.
		rm "in $form/orders/2.tsv" "in $form/networks/d4.gxm"
		exits 0 "$aggregate" sets "${like_reference[@]}" --order-file few.tsv --form pool "in $form"
		same want "$out"
	done
	[[ -z $(ls tmp) ]]
}

@test "aggregate: random orders are what the seed and splitmix64 say, and go on" {
	cat >orders.py <<-'END'
		import sys
		def numbers(state):
		    while True:
		        state = state + 0x9e3779b97f4a7c15 & 2**64 - 1
		        z = state
		        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & 2**64 - 1
		        z = (z ^ z >> 27) * 0x94d049bb133111eb & 2**64 - 1
		        yield z ^ z >> 31
		known = numbers(1234567)
		assert [next(known) for _ in range(3)] == [
		    6457827717110365317, 3203168211198807973, 9817491932198370423]
		seed, orders, names = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
		z = numbers(seed)
		def below(n):
		    while True:
		        x = next(z) >> 1
		        if x < 2**63 // n * n:
		            return x % n
		print("perm", *(f"step{i + 1}" for i in range(len(names))), sep="\t")
		for k in range(orders):
		    order = list(names)
		    for i in range(len(names) - 1, 0, -1):
		        j = below(i + 1)
		        order[i], order[j] = order[j], order[i]
		    print(k + 1, *order, sep="\t")
	END
	for seed in 0 1 42 999999999999999999; do
		exits 0 "$aggregate" sets "${like_reference[@]}" --orders 30 --seed $seed --dry-run
		grep -o $'# [0-9].*' "$out" | grep -v 'data sets of' | sed 's/^# //; s/: /\t/; s/, /\t/g' >got
		python3 orders.py $seed 30 d1 d2 d3 d4 d5 | tail -n +2 | cmp - got
	done
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 1 --form serial r
	python3 orders.py 1 1 d1 d2 d3 d4 d5 | cmp - r/orders.tsv
	ls -i r/orders >before
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 2 --form serial r
	[[ $(wc -l <"$out") == 11 && $(ls -i r/orders | grep -cxf before) == 1 ]]
	exits 1 "$aggregate" sets "${like_reference[@]}" --orders 2 --seed 2 --form serial r
	grep -q 'r is of another study: its order 1 was another one: name another directory' "$err"
}

@test "aggregate: what is of another study is not mixed with it" {
	cp -r "$BATS_FILE_TMPDIR/sets.aggregate" r
	at_first=(sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial)
	other() { # TEXT OPTION ...
		exits 1 "$aggregate" "${at_first[@]}" "${@:2}" r
		grep -q "r is of another study: its $1" "$err" || note "$(cat "$err")"
		[[ ! -s $out ]]
	}
	other "'plan' was another one (< method pearson > method spearman)" --method spearman
	other "'plan' .*< min_size 11 > min_size 21" --min-size 21
	other "'plan'" --prepare cat
	printf 'G0001\tGO:00011\n' >>sets/d1.tsv
	sed -i '$d' sets/d1.tsv
	sed -i '2s/\t[^\t]*$/\t3/' sets/d1.tsv
	other "'sets' .*d1 table 200 20"
	cp "$BATS_FILE_TMPDIR/sets/d1.tsv" sets/
	cp "$sim/annot.tsv" terms
	echo "G0001	GO:00011" >>terms
	exits 1 "$aggregate" sets terms "${at_first[@]:2}" r
	grep -q "its 'annotation' was another one" "$err"
	exits 0 "$aggregate" "${at_first[@]}" r
	same table "$out"
	mkdir mine
	touch mine/thesis
	exits 2 "$aggregate" "${at_first[@]}" mine
	grep -q 'mine has files that are not of a study' "$err"
	exits 2 "$aggregate" "${at_first[@]}" sets/results
	grep -q 'results in the directory of the data sets' "$err"
	[[ $(ls mine) == thesis && ! -e sets/results ]]
}

@test "aggregate: networks, ranked or not, in GXM and text, are taken as they are" {
	mkdir nets
	gx-correlate -o nets/d1.gxm sets/d1.tsv
	gx-correlate -o nets/d2.tsv sets/d2.tsv
	gx-correlate -b sets/d3.tsv | gx-rank --fill median -b -o nets/d3.gxm
	gzip -c sets/d4.tsv >nets/d4.tsv.gz
	gx-convert -o nets/d5.csv sets/d5.tsv
	head -n 3 "$sim/orders.tsv" >few.tsv
	exits 0 "$aggregate" nets "${like_reference[@]}" --order-file few.tsv --form serial
	head -n 11 table | same - "$out"
	[[ $(cut -f 2 nets.aggregate/sets | paste -s) == $'network\tnetwork\tranks\ttable\ttable' ]]
	[[ -L nets.aggregate/networks/d3.gxm ]]
	gx-convert -f npy -o nets/d6.npy nets/d1.gxm
	exits 1 "$aggregate" nets "${like_reference[@]}" other
	grep -q 'd6.npy: as many samples as genes, and no names: is it a network?' "$err"
}

@test "aggregate: --prepare, as --help shows it, makes log2(CPM + 1) of counts" {
	mkdir counts
	cp "$sim/d1.counts.tsv" counts/d1.tsv
	gx-convert -o counts/d2.csv "$sim/d2.counts.tsv"
	rm sets/d[345].tsv
	"$aggregate" --help | sed -n '/--prepare "awk/,/^ *print }/p' >words
	[[ $(wc -l <words) == 5 ]]
	# The expression was written with six digits.
	sed -i 's/\\$j = \(log.*log(2)\)$/\\$j = sprintf("%.6g", \1)/' words
	sed -i 's/"%.6g"/\\"%.6g\\"/' words
	eval "options=($(cat words))"
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 1 --form serial
	mv "$out" want
	exits 0 "$aggregate" counts "${like_reference[@]}" --orders 1 --form serial "${options[@]}"
	same want "$out"
	# A filter that fails on the way does not leave the network of half a table.
	exits 1 "$aggregate" counts "${like_reference[@]}" --orders 1 --form serial --prepare 'head -n 50; exit 1' half
	grep -q 'data set d1 (.*): stopped, exit code 1' "$err"
	[[ -z $(ls half/networks) ]]
}

@test "aggregate: genes of a file, that a data set may lack; common genes" {
	awk 'NR % 3 != 2' sets/d2.tsv >d2.tsv
	mv d2.tsv sets/
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 2 --form serial
	[[ $(awk -F '\t' '$2 == 5 { print $4 }' "$out" | sort -u | wc -l) == 1 ]]
	cut -f 1 sets/d2.tsv | tail -n +2 | cmp - sets.aggregate/genes
	# In its order, whatever the data sets have.
	cut -f 1 sets/d1.tsv | tail -n +2 | tac >names
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 2 --genes names --form serial file
	same names file/genes
	[[ $(awk -F '\t' '$2 == 5 { print $4 }' "$out" | sort -u | wc -l) == 1 ]]
	rm sets/d3.tsv # which has missing pairs
	exits 1 "$aggregate" sets "$sim/annot.tsv" --orders 2 --genes names --form serial refused
	grep -q -e '--fill' "$err"
	grep -q 'the sum of all data sets: stopped' "$err"
	exits 0 "$aggregate" sets "$sim/annot.tsv" --orders 2 --genes names --fill skip --form serial skip
}

# as_hdf5 TABLE FILE: as h5py writes a matrix and its names.
as_hdf5() {
	/usr/bin/python3 - "$@" <<-'END'
		import sys
		import h5py
		rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
		with h5py.File(sys.argv[2], "w") as file:
		    values = [[float("nan") if x == "NA" else float(x) for x in row[1:]] for row in rows[1:]]
		    file.create_dataset("data", data=values, compression="gzip", fletcher32=True)
		    file["genes"] = [row[0] for row in rows[1:]]
		    file["samples"] = rows[0][1:]
	END
}

@test "aggregate: data sets in HDF5, tables and a network, among others" {
	/usr/bin/python3 -c 'import h5py' 2>/dev/null || skip "needs h5py"
	needs_hdf5
	as_hdf5 sets/d1.tsv sets/d1.h5
	gx-correlate sets/d2.tsv >network
	as_hdf5 network sets/d2.hdf5
	as_hdf5 sets/d4.tsv d4.h5
	gzip -c d4.h5 >sets/d4.h5.gz
	rm sets/d[124].tsv
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial --dry-run
	grep -qF $'gx-convert -b '"$(realpath sets)"'/d1.h5 | gx-correlate -b --method pearson | gx-rank' "$out"
	grep -qF $'gx-convert -b '"$(realpath sets)"'/d2.hdf5 | gx-rank --fill median -b -o' "$out"
	for form in $(forms); do
		exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form $form "r $form"
		same table "$out"
	done
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 1 --form serial --prepare cat prepared
	cmp "r serial/networks/d1.gxm" prepared/networks/d1.gxm
	# Of as many genes as samples, without names: it may be either.
	/usr/bin/python3 -c 'import h5py; h5py.File("sets/d6.h5", "w")["x"] = [[1., 2.], [3., 4.]]'
	exits 1 "$aggregate" sets "${like_reference[@]}" --orders 1 --form serial other
	grep -q 'as many samples as genes, and no names: is it a network' "$err"
}

@test "aggregate: data that is wrong ends it, with the name" {
	head -n 3 "$sim/orders.tsv" >few.tsv
	run_it() { # CODE TEXT OPTION ...
		exits "$1" "$aggregate" sets "${like_reference[@]}" --orders 2 "${@:3}"
		grep -q -e "$2" "$err" || note "$(cat "$err")"
		[[ ! -s $out && -z $(ls tmp) ]]
		[[ ! -d sets.aggregate || -z $(find sets.aggregate -name 'running*' -o -name '*.gxtmp.*') ]]
		rm -rf sets.aggregate
	}
	for form in $(forms); do
		run_it 1 'data set d3 (.*/sets/d3.tsv): stopped, exit code 1' --fill '' --form $form
		grep -q -e '--fill' "$err"
	done
	printf 'G0201\t1\n' >>sets/d2.tsv
	run_it 1 'data set d2: stopped: mend .*/sets/d2.tsv, or take it away'
	cp "$BATS_FILE_TMPDIR/sets/d2.tsv" sets/
	cp sets/d2.tsv sets/d2.csv
	run_it 1 'd2.csv and .*d2.tsv: both data sets are called d2: rename one'
	rm sets/d2.csv
	sed 's/^G/ENSG/' sets/d4.tsv >d4.tsv
	mv d4.tsv sets/
	run_it 1 'no gene is in all data sets: d4 has none' --form serial
	cp "$BATS_FILE_TMPDIR/sets/d4.tsv" sets/
	like_reference[0]=terms
	printf 'gene\tterm\nENSG1\tt\nENSG2\tt\n' >terms
	run_it 1 'are the names of one kind' --form serial
	printf 'gene\tterm\nG0001\tt\nG0002\tt\n' >terms
	run_it 1 'say other sizes with --min-size' --form serial
	rm -r sets
	mkdir sets
	run_it 1 'no data sets: it is empty'
	rm -r sets
	run_it 3 'sets: there is no such directory'
}

@test "aggregate: an order file that is none of these data sets" {
	wrong() { # TEXT LINE ...
		printf '%b\n' "${@:2}" >bad.tsv
		exits 1 "$aggregate" sets "${like_reference[@]}" --order-file bad.tsv
		grep -qx "aggregate: bad.tsv: $1" "$err" || note "$(cat "$err")"
		[[ ! -e sets.aggregate ]]
	}
	head='perm\ta\tb\tc\td\te'
	wrong 'no order in it: .*' "$head"
	wrong 'line 3: no data set is called d6' "$head" '1\td1\td2\td3\td4\td5' '2\td1\td2\td3\td4\td6'
	wrong 'line 2: d1 is there twice' "$head" '1\td1\td2\td3\td1\td5'
	wrong 'line 2: 4 data sets, and there are 5' "$head" '1\td1\td2\td3\td4'
	wrong 'line 3: no name of the order, or one that was there' "$head" '1\td1\td2\td3\td4\td5' '1\td1\td2\td3\td5\td4'
}

@test "aggregate: one data set alone, names with blanks, and others that shells would read" {
	rm sets/d[1345].tsv
	exits 0 "$aggregate" sets "${like_reference[@]}" --orders 2 --form serial
	[[ $(wc -l <"$out") == 3 ]]
	mkdir 'a {} b'
	mv sets/d2.tsv "a {} b/a  b'c \$(touch hacked) .tsv"
	cp "$BATS_FILE_TMPDIR/sets/d1.tsv" 'a {} b/-x[1]{}.tsv'
	for form in $(forms); do
		exits 0 "$aggregate" 'a {} b' "${like_reference[@]}" --orders 2 --form $form "r {} $form"
		[[ $(wc -l <"$out") == 5 && ! -e hacked ]]
		[[ $(cut -f 3 "$out" | sort -u | paste -s) == $'-x[1]{}\ta  b\'c $(touch hacked) \tdataset' ]]
		mv "$out" got.$form
	done
	same got.*
}

# Votes that take a while, so that there is something to stop.
slow_votes() {
	mkdir -p stub
	cat >stub/gx-vote <<-STUB
		#!/bin/sh
		sleep 0.2
		exec "$GX_BIN/gx-vote" "\$@"
	STUB
	chmod +x stub/gx-vote
	PATH=$PWD/stub:$PATH
}

# running_in DIR: processes that work in it, a line each: number and command.
running_in() {
	local link
	for link in /proc/[0-9]*/cwd; do
		[[ $(readlink "$link" 2>/dev/null) == "$PWD/$1" ]] || continue
		echo "$(tr -dc 0-9 <<<"$link") $(tr '\0' ' ' <"${link%/cwd}/cmdline")"
	done 2>/dev/null
}

@test "aggregate: after Ctrl-C nothing runs on, and the line that it says goes on" {
	slow_votes
	head -n 6 "$sim/orders.tsv" >few.tsv
	head -n 26 table >want
	for form in $(forms); do
		jobs=(-j 2) # with one for each of them, all would be done before the key is pressed
		[[ $form != serial ]] || jobs=()
		exits 130 press_ctrl_c "in $form/orders" "$aggregate" sets "${like_reference[@]}" \
			--order-file few.tsv --form $form "${jobs[@]}" "in $form"
		line=$(sed -n 's/^aggregate: what is done is kept; to go on, the same line: //p' "$out")
		[[ -n $line ]] || note "$(cat "$out")"
		[[ -z $(running_in "in $form") ]] || note "$(running_in "in $form")"
		[[ -z $(ls tmp) && -z $(find "in $form" -name 'running*' -o -name '*.gxtmp.*') ]]
		first=$(ls "in $form/orders" | wc -l)
		((first > 0 && first < 5)) || note "$form: $first of 5: $(cat "$out")"
		PATH=$GX_BIN:$PATH bash -c "$line" >got 2>said || note "$(cat said)"
		same want got
		grep -q "round 1: $((5 - first)) of 5 orders" said || note "$(cat said)"
	done
}

@test "aggregate: killed by SIGKILL with all its jobs, it goes on; a job that is killed is run again" {
	slow_votes
	head -n 5 "$sim/orders.tsv" >few.tsv
	head -n 21 table >want
	setsid "$aggregate" sets "${like_reference[@]}" --order-file few.tsv --form serial r >got 2>said &
	# Between the first and the second one nothing runs.
	until [[ -e r/orders/1.tsv ]] && compgen -G 'r/running/order.2.*' >/dev/null; do
		sleep 0.05
	done
	session=$!
	for process in $(ps -s "$session" -o pid=); do
		kill -KILL "$process" || :
	done
	wait "$session" || :
	[[ -n $(ls r/running) && ! -s got ]]
	# One is killed on the way, alone: the number of its process is in the name of its directory.
	cat >stub/gx-vote <<-STUB
		#!/bin/sh
		if [ -e running/order.3.* ] && rm "$PWD/kill" 2>/dev/null; then
			job=\$(echo running/order.3.*)
			kill -KILL \${job##*.}
		fi
		exec "$GX_BIN/gx-vote" "\$@"
	STUB
	touch kill
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file few.tsv --form serial r
	same want "$out"
	grep -q 'round 2: ' "$err" || note "$(cat "$err")"
	[[ -z $(ls tmp) || $(ls tmp | wc -l) == 1 ]] # of what was killed
	[[ ! -e r/running ]]
}

@test "aggregate: a job of its own, as a scheduler runs it, and one that takes too long" {
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial --dry-run r
	[[ ! -e r ]]
	grep -q $'^bash ./aggregate --network 1 .\t# gx-correlate -b --method pearson .*/sets/d1.tsv | gx-rank --fill median -b -o networks/d1.gxm$' "$out"
	grep -q $'^bash ./aggregate --order 10 .\t# 10: d5, d1, d4, d2, d3$' "$out"
	cp -r "$BATS_FILE_TMPDIR/sets.aggregate" r
	rm r/orders/{4,9}.tsv
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form serial --dry-run r
	[[ $(grep -c ^bash "$out") == 2 ]]
	bash -e "$out"
	cmp r/orders/4.tsv "$BATS_FILE_TMPDIR/sets.aggregate/orders/4.tsv"
	for words in '--order 0 r' '--order 1' '--order 1 absent' '--network x r'; do
		exits 2 "$aggregate" $words
	done
	command -v parallel >/dev/null || return 0
	rm r/orders/{4,9}.tsv
	mkdir stub
	printf '#!/bin/sh\nexec sleep 60\n' >stub/gx-vote
	chmod +x stub/gx-vote
	PATH=$PWD/stub:$PATH exits 75 "$aggregate" sets "${like_reference[@]}" \
		--order-file "$sim/orders.tsv" --timeout 1 -j 2 r
	grep -q 'missing after three rounds: orders 4 9' "$err" || note "$(cat "$err")"
	[[ ! -s $out && ! -e r/running ]]
	exits 0 "$aggregate" sets "${like_reference[@]}" --order-file "$sim/orders.tsv" --form pool r
	same table "$out"
}

@test "aggregate: options that make no sense, before anything is made" {
	wrong() { # TEXT OPTION ...
		exits 2 "$aggregate" sets "${like_reference[@]}" "${@:2}"
		grep -qF -e "$1" "$err" || note "$(cat "$err")"
		[[ ! -s $out && ! -e sets.aggregate ]]
	}
	wrong "--orders is '0'" --orders 0
	wrong "--seed is '-1'" --seed -1
	wrong "--seed is '1000000000000000000'" --seed=1000000000000000000
	wrong "--fill is 'zero'" --fill zero
	wrong "--form is 'slurm'" --form slurm
	wrong "--form serial has one job at a time" --form serial -j4
	wrong "--timeout is for --form parallel" --form pool --timeout 10
	wrong "--order-file has the orders" --order-file few --seed 3
	wrong "--min-size is 'many'" --min-size many
	wrong "--method kendall" --method kendall
	wrong "--top" --method 'pearson --top 5'
	wrong "--method is 'pearson; true'" --method 'pearson; true'
	exits 3 "$aggregate" sets absent
	exits 3 "$aggregate" sets "${like_reference[@]}" --genes absent
	exits 3 "$aggregate" sets "${like_reference[@]}" --folds absent
	exits 3 "$aggregate" sets "${like_reference[@]}" -j 999999
	grep -q 'takes .* of disk in .*, and .* of memory, of which .* are free: --jobs [0-9]* fits' "$err"
}
