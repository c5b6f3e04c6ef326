#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/pool: the same command on many files one by one, in pools, all at once. Times are those
# of the machine; tested is what must hold of any, and what is taken of tables with given numbers.

load lib.bash

pool=$repo/examples/pool

setup() {
	work
	command -v parallel >/dev/null || [[ $BATS_TEST_DESCRIPTION == *table* ]] || skip "GNU parallel is not installed"
	export PARALLEL_HOME=$PWD/.parallel TMPDIR=$PWD/tmp
	mkdir "$PARALLEL_HOME" tmp
	names='way at_once ran files cores runs time median memory slots_busy cores_busy note'
}

# running_in DIR: processes that work in it, a line each.
running_in() {
	local link
	for link in /proc/[0-9]*/cwd; do
		[[ $(readlink "$link" 2>/dev/null) == "$1" ]] || continue
		echo "$(tr -dc 0-9 <<<"$link") $(tr '\0' ' ' <"${link%/cwd}/cmdline")"
	done 2>/dev/null
}

# fixed FILE: a table of lines "way at_once time median memory cores_busy", _ for a blank; 52
# files, 2 cores, 3 runs; a time of . is a way that was left out.
fixed() {
	awk -v names="$names" -v OFS='\t' '
		BEGIN { gsub(/ /, "\t", names); print names }
		{
			gsub(/_/, " ", $1)
			if ($3 == ".") print $1, $2, ".", 52, 2, 3, ".", ".", ".", ".", ".", "52 jobs are too much"
			else print $1, $2, $2, 52, 2, 3, $3, $4, $5, 0.9, $6, "."
		}' >"$1"
}
takes() { # WAY: of the table `fixed`
	succeeds "$pool" --choose fixed
	[[ $(sed -n 's/^take: \([^,]*\),.*/\1/p' "$out") == "$1" ]] || note "not $1: $(cat "$out")"
}

@test "pool: of a table the fastest is taken, and of those alike within noise the least memory" {
	# All ways differ by more than noise: it is the fastest, whatever memory it takes.
	printf '%s\n' 'one_by_one 1 10 10.1 1e6 0.45' 'pool_of_2 2 5.1 5.2 2e6 0.9' 'pool_of_10 10 4 4.1 1e9 0.95' \
		'pool_of_20 20 6 6.1 2e9 0.9' 'all_at_once 52 7 7 5e9 0.9' | fixed fixed
	takes 'pool of 10'
	grep -qx 'take: pool of 10, 4.000 s, 2.50 times as fast as one by one' "$out"
	grep -qx 'why: it is the fastest by more than 5%' "$out"
	grep -qx 'cores: 2, busy for 95.0% of their time; one by one for 45.0%' "$out"
	# 5% is noise: 4.19 is as fast as 4.
	sed -i 's/5\.1\t5\.2/4.19\t4.2/' fixed
	takes 'pool of 2'
	grep -q '^why: as fast as the fastest within 5%: pool of 2, pool of 10; .* least memory: 2.0 MB' "$out"
	# A median 10% above the fastest run is more noise; 50% above it is not more than 20%.
	sed -i 's/4\.19\t4\.2/4.35\t4.4/' fixed
	takes 'pool of 10'
	sed -i 's/\t4\t4\.1\t/\t4\t4.4\t/' fixed
	takes 'pool of 2'
	sed -i 's/\t4\t4\.4\t/\t4\t6\t/; s/4\.35\t4\.4/4.7\t4.8/' fixed
	takes 'pool of 2'
	grep -q '^noise: the median run of pool of 10 took 50% longer' "$out"
	sed -i 's/4\.7\t4\.8/4.85\t4.9/' fixed
	takes 'pool of 10'
	# Nothing gained by many at once.
	printf '%s\n' 'one_by_one 1 10 10 1e6 1' 'pool_of_2 2 9.9 10 2e6 1' 'all_at_once 52 9.8 10 5e7 1' | fixed fixed
	takes 'one by one'
	lacks 'times as fast' "$out"
}

@test "pool: of a table, memory that is about as much, not known, and ways that were left out" {
	# 5% more memory is as much: then the fewest at a time. (Not the order of the lines.)
	printf '%s\n' 'pool_of_20 20 2 2 100e6 0.9' 'pool_of_10 10 2 2 104e6 0.9' 'one_by_one 1 9 9 1e6 0.4' | fixed fixed
	takes 'pool of 10'
	sed -i 's/104e6/120e6/' fixed
	takes 'pool of 20'
	sed -i 's/120e6/./' fixed
	takes 'pool of 10'
	grep -q 'it runs the fewest at a time' "$out"
	printf '%s\n' 'one_by_one 1 9 9 1e6 0.4' 'pool_of_2 2 5 5 2e6 0.9' 'all_at_once 52 . . . .' | fixed fixed
	takes 'pool of 2'
	grep -qx 'all at once   left out: 52 jobs are too much' "$out"
	# Two milliseconds are nothing to a joblog.
	printf '%s\n' 'one_by_one 1 0.011 0.011 1e6 0.4' 'pool_of_2 2 0.009 0.009 2e6 0.9' | fixed fixed
	takes 'one by one'
	# Lines that no study left.
	wrong() { # TEXT SED
		sed "$2" fixed >other
		exits 1 "$pool" --choose other
		grep -qF "pool: other: $1" "$err" || note "$(cat "$err")"
		[[ ! -s $out ]]
	}
	wrong 'line 1: its columns' '1s/memory/bytes/'
	wrong 'line 2: 11 fields' '2s/\t\.$//'
	wrong 'line 3: no time' '3s/0\.009/fast/'
	wrong 'line 3: no time, or a median below it' '3s/0\.009/1/'
	wrong 'line 2: slots_busy and cores_busy are from 0 to 1' '2s/\t0\.4\t/\t1.4\t/'
	wrong 'line 2: memory is a number' '2s/1e6/much/'
	wrong 'line 2: at_once' '2s/\t52\t/\t0\t/'
	wrong 'no way in it was run' '2,$d'
	exits 3 "$pool" --choose absent
	exits 2 "$pool" --choose fixed more
	exits 3 bash -c '"$1" --choose fixed >/dev/full' _ "$pool"
}

# five_ways TABLE N: a line for each way with what must hold of any run, in both forms.
five_ways() {
	awk -F '\t' -v n="$2" -v names="$names" '
		NR == 1 { gsub(/\t/, " "); if ($0 != names) { print "columns: " $0; exit bad = 1 } next }
		{ way[NR - 2] = $1; if ($1 == "one by one" && $3 != 1) bad = 1 }
		NF != 12 || $4 != n || $7 <= 0 || $8 < $7 || $3 < 1 || $3 > $2 { print; bad = 1 }
		$10 < 0 || $10 > 1 || $11 == "." || $11 < 0 || $11 > 1 || $12 != "." { print; bad = 1 }
		# A shell and a program: less than that was not looked at, and more is no main job.
		$9 == "." || $9 < 1e5 || $9 > 60 * 1e7 { print; bad = 1 }
		END { exit bad || NR != 6 || way[0] way[1] way[2] way[3] way[4] != \
			"one by onepool of 2pool of 10pool of 20all at once" }' "$1" >&2 || note "$(cat "$1")" || return 1
	[[ $(grep -cE '^(one by one|pool of (2|10|20)|all at once) +[0-9]+ +[0-9.]+ s +[0-9.]+ s +[0-9.]+ [kM]?B +[0-9.]+% +[0-9.]+%$' "$out") == 5 ]] ||
		note "$(cat "$out")"
}

@test "pool: the main job on 52 matrices, five ways, the bytes of a loop; DIR has all of it" {
	mkdir m
	local s
	for s in {1..52}; do
		gx-simulate -n 150 -m 6 -s $s -o m/$s.gxm
		gx-means -b m/$s.gxm | gx-threshold -T 12 >m/$s.want
	done
	exits 0 "$pool" 'gx-means -b {} | gx-threshold -T 12' m/*.gxm --runs 2 --keep kept
	five_ways kept/table.tsv 52
	# Two runs of five ways, by turns.
	[[ $(sed -n 's/^pool: run \(.*\): .*/\1/p' "$err" | paste -s -d ';') == '1 of 2, one by one;1 of 2, pool of 2;'*';2 of 2, all at once' ]]
	[[ $(grep -c '^pool: run' "$err") == 10 && $(wc -l <"$err") == 10 ]] || note "$(cat "$err")"
	# The way to take is one of them, and the one that --choose takes of the table.
	mv "$out" printed
	way=$(sed -n 's/^take: \([^,]*\),.*/\1/p' printed)
	grep -qP "^$way\t" kept/table.tsv
	succeeds "$pool" --choose kept/table.tsv
	same printed "$out"
	# As fast as the fastest but for noise.
	awk -F '\t' -v way="$way" 'NR > 1 { if (!least || $7 < least) { least = $7 } if ($1 == way) time = $7 }
		END { exit time > least * 1.2 + 0.002 }' kept/table.tsv
	k=0
	for s in m/*.gxm; do
		same "${s%.gxm}.want" kept/results/$((k += 1))
	done
	[[ $k == 52 && $(tr '\0' '\n' <kept/files | sed -n 52p) == "$s" ]]
	# A joblog and a timeline of each.
	for s in one pool-2 pool-10 pool-20 all; do
		succeeds gx-joblog kept/$s.joblog
		grep -qP '^done\t52$' "$out"
		grep -q '= done (52)' kept/$s.txt
		awk -F '\t' 'NR > 1 && $9 !~ /^gx-means -b m.[0-9]*.gxm . gx-threshold -T 12$/ { print; exit 1 }' kept/$s.joblog >&2
	done
	[[ -z $(ls tmp) ]]
	exits 2 "$pool" 'cat {}' m/1.gxm --keep kept
	grep -q 'kept is there already' "$err"
}

@test "pool: gx-vote on networks" {
	local k sim=$data/networks/sim
	for k in 1 2 3 4 5; do
		gx-correlate -b "$sim/d$k.expr.tsv" | gx-rank --fill median -b -o n$k.gxm
		gx-vote --mean --annotation "$sim/annot.tsv" n$k.gxm >want.$k
	done
	exits 0 "$pool" "gx-vote --mean --annotation $sim/annot.tsv {}" n?.gxm --runs 1 --pools 2,4 --keep kept
	for k in 1 2 3 4 5; do
		same want.$k kept/results/$k
	done
	[[ $(cut -f 1 kept/table.tsv | paste -s -d ,) == 'way,one by one,pool of 2,pool of 4,all at once' ]]
	grep -q -- '--runs 3 tells noise' "$out"
	# What was said, taken.
	exits 0 "$pool" "gx-vote --mean --annotation $sim/annot.tsv {}" n[12].gxm --runs 3
	lacks 'tells noise' "$out"
}

@test "pool: jobs that wait: as many at a time as were asked for, and so much faster" {
	touch a b c d e f g h
	exits 0 "$pool" 'sleep 1; echo {}' ? --pools 2 --runs 1 --keep kept
	[[ $(awk -F '\t' 'NR > 1 { print $3 }' kept/table.tsv | paste -s) == $'1\t2\t8' ]] || note "$(cat kept/table.tsv)"
	[[ $(sed -n 's/^take: \([^,]*\),.*/\1/p' "$out") == 'all at once' ]] || note "$(cat "$out")"
	[[ $(cat kept/results/8) == h ]]
}

@test "pool: memory of all at one time, and what would not fit is left out with the reason" {
	command -v perl >/dev/null || skip "perl is not installed"
	touch a b c d e f
	# 80 MB each (Perl keeps two), for longer than between two looks.
	hold='perl -e '\''$x = "x" x 40e6; select undef, undef, undef, 1.5; print shift'\'' {}'
	exits 0 "$pool" "$hold" ? --pools 2,3 --runs 1 --memory 300M --keep kept
	awk -F '\t' '{ memory[$1] = $9; note[$1] = $12 }
		END {
			one = memory["one by one"]
			exit !(one > 40e6 && one < 100e6 && memory["pool of 2"] > 1.5 * one && memory["pool of 2"] < 2.5 * one &&
				note["all at once"] ~ /^6 jobs of [0-9]+ MB are [0-9]+ MB, and 300 MB are allowed$/)
		}' kept/table.tsv || note "$(cat kept/table.tsv)"
	grep -q '^all at once   left out: 6 jobs of' "$out"
	[[ ! -e kept/all.joblog ]]
	lacks 'take: all at once' "$out"
}

@test "pool: more processes than half of what a user may have are left out" {
	[[ $(id -u) == 0 ]] || skip "only root may have so few and go on"
	touch {a..l}
	exits 0 bash -c 'ulimit -Su 40 && "$@"' _ "$pool" 'sleep 0.2; echo {}' ? --pools 2 --runs 1
	grep -qx 'all at once   left out: 12 jobs are 36 processes, and half of the limit is 20' "$out" || note "$(cat "$out")"
	grep -q '^pool of 2 .*%$' "$out"
}

@test "pool: other bytes are refused, with the file and the way: of every time, and of jobs at once" {
	printf 1 >a
	printf 2 >'b c'
	refused() { # TEXT COMMAND
		exits 1 "$pool" "$2" a 'b c' --pools 2 --runs "${runs:-1}" --keep kept
		grep -qF "$1" "$err" || note "$(cat "$err")"
		[[ ! -s $out && ! -e kept && -z $(ls tmp) ]]
	}
	refused 'pool: a: other bytes all at once, run 1, than one by one, run 1; and once more alone it gives others' \
		'cat {}; date +%N'
	runs=2 refused 'pool: b\ c: other bytes ' 'cat {}; case {} in b*) date +%N ;; esac'
	# Jobs that meet: the second one at a time sees the first.
	refused "the same file alone gives what it gave at first" \
		'if mkdir shared 2>/dev/null; then sleep 1.5; rmdir shared; echo alone; else echo met; fi; : {}'
	# A length alone is a difference too.
	refused 'pool: a: other bytes' 'echo $$ >>seen; wc -l <seen; : {}'
}

@test "pool: a command that fails is named with the file, the way and what it said; no times" {
	printf 1 >a
	printf 2 >"b'
c"
	failing() { # LINE COMMAND
		exits 1 "$pool" "$2" a b* --pools 2
		grep -qxF "$1" "$err" || note "$(cat "$err")"
		[[ ! -s $out && -z $(ls tmp) ]]
	}
	failing "pool: \$'b\\'\\nc': COMMAND failed, one by one: exit code 7" \
		'case {} in b*) echo "as the test wants" >&2; exit 7 ;; esac'
	grep -qx '  as the test wants' "$err"
	# In a pipe, where the last program is content.
	failing 'pool: a: COMMAND failed, one by one: exit code 1' 'gx-means {} | cat'
	failing 'pool: a: COMMAND failed, one by one: signal 9' 'kill -KILL $$ {}'
	failing 'pool: a: COMMAND failed, one by one: exit code 127' 'gx-absent {}'
	grep -qx '  line 1: gx-absent: command not found' "$err"
	# Only where others run too.
	failing "pool: \$'b\\'\\nc': COMMAND failed, all at once: exit code 1" \
		'case {} in a) mkdir busy; sleep 3; rmdir busy ;; *) sleep 1; [[ ! -e busy ]] ;; esac'
}

@test "pool: any names of files, standard input, several lines, directories" {
	hostile=("it's" 'a  b' '$(touch hacked)' $'two\nlines' 'x{}y' '"q"' ';rm *' $'\xff' 'é')
	for name in "${hostile[@]}"; do
		printf '%s' "$name" >"$name"
	done
	mkdir dir
	exits 0 "$pool" 'read -r line && echo "standard input has: $line"
		{ [[ -d {} ]] && ls {}; } || cat {}; printf %s {}' "${hostile[@]}" dir --runs 1 --pools 3 --keep 'to keep' </dev/zero
	k=0
	for name in "${hostile[@]}"; do
		printf '%s%s' "$name" "$name" >want
		same want "to keep/results/$((k += 1))"
	done
	[[ ! -e hacked && $(cat "to keep/results/10") == dir ]]
	printf '%s\0' "${hostile[@]}" dir | cmp - "to keep/files"
	gx-joblog 'to keep/all.joblog' | grep -cP '^done\t10$' | grep -x 1
	# Nothing is printed, or nothing to be run beside.
	exits 0 "$pool" 'true {}' "${hostile[@]}" --runs 1 --pools 2
	grep -q 'COMMAND printed nothing for any file' "$err"
	exits 0 "$pool" 'cat {}' dir/../é --runs 1
	grep -qx 'all at once   left out: with one file it is one by one' "$out"
	grep -q '^take: one by one' "$out"
	grep -qx 'why: no other way was run' "$out"
}

@test "pool: wrong usage, before anything is run" {
	printf 1 >a
	printf 2 >b
	ln -s a other
	wrong() { # CODE TEXT WORD ...
		exits "$1" "$pool" "${@:3}"
		grep -qF -e "$2" "$err" || note "$(cat "$err")"
		[[ ! -s $out && ! -e kept && -z $(ls tmp) ]]
	}
	wrong 2 "which command, and which files" --runs 3
	wrong 2 "which files" 'touch ran; cat {}'
	wrong 2 "it has no {}, where the file's name goes" 'touch ran' a b
	wrong 2 "COMMAND has '{}': write {}" "touch ran; cat '{}'" a b
	wrong 2 'COMMAND has "{}": write {}' 'touch ran; cat "{}"' a b
	wrong 2 'COMMAND is not for bash: line ' 'touch ran; if {}' a b
	wrong 2 '/a is named twice' 'touch ran; cat {}' a b ./a
	wrong 2 '/a is named twice' 'touch ran; cat {}' a b other
	wrong 3 'pool: absent: there is no such file' 'touch ran; cat {}' a absent
	wrong 2 "--runs is '0'" 'touch ran; cat {}' a b --runs 0
	wrong 2 "--runs needs a value" 'touch ran; cat {}' a b --runs
	wrong 2 "--pools is '2,x'" 'touch ran; cat {}' a b --pools=2,x
	wrong 2 "--pools is '1'" 'touch ran; cat {}' a b --pools 1
	wrong 2 "--pools is ','" 'touch ran; cat {}' a b --pools ,
	wrong 2 "--pools has 4 twice" 'touch ran; cat {}' a b --pools '4 2 4'
	wrong 2 "--memory is '1.5G': as 500M or 8G" 'touch ran; cat {}' a b --memory 1.5G
	wrong 3 'no/where: there is no such directory' 'touch ran; cat {}' a b --keep no/where/kept
	[[ ! -e ran ]]
	# What was said, taken.
	exits 0 "$pool" 'cat {}' a b --pools '4 2' --memory 500M --runs 1
	mkdir stub
	printf '#!/bin/sh\necho "parallel: invalid option" >&2\nexit 1\n' >stub/parallel
	chmod +x stub/parallel
	PATH=$PWD/stub:$PATH exits 3 "$pool" 'touch ran; cat {}' a b
	grep -q 'not GNU parallel' "$err"
	[[ ! -e ran ]]
}

@test "pool: after Ctrl-C and SIGTERM nothing runs on, and nothing stays" {
	mkdir -p in/seen
	cd in
	touch a b c d
	nothing_left() {
		cd ..
		[[ -z $(ls tmp) && -z $(running_in "$PWD/in") ]] || note "$(ls tmp; running_in "$PWD/in")"
	}
	exits 130 press_ctrl_c seen "$pool" 'touch seen/{}; sleep 60 | cat' a b c d
	nothing_left
	# In a pool, by jobs that do not listen.
	cd in
	rm seen/*
	"$pool" 'if [[ -e seen/d ]]; then trap "" TERM INT; touch seen/again; sleep 60; fi; touch seen/{}' \
		a b c d --keep kept >got 2>said &
	mine=$!
	until [[ -e seen/again ]]; do
		sleep 0.05
	done
	kill -TERM "$mine"
	status=0
	wait "$mine" || status=$?
	[[ $status == 143 && ! -s got && ! -e kept ]] || note "$status $(cat said)"
	nothing_left
}
