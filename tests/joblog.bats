#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-joblog: joblogs that GNU parallel writes here, forged ones, and what is none.

load lib.bash

setup() {
	work
}

check() {
	python3 "$tests/check_joblog.py" "$@"
}

# value KEY FILE: of the TSV.
value() {
	awk -F '\t' -v key="$1" '$1 == key { print $2; n++ } END { exit n != 1 }' "$2" ||
		note "no single $1 in: $(cat "$2")"
}

# says FILE KEY VALUE ...: what gx-joblog says of a joblog.
says() {
	local file=$1 got
	shift
	succeeds gx-joblog "$file" || return 1
	while (($#)); do
		got=$(value "$1" "$out") || return 1
		[[ $got == "$2" ]] || note "$1 is $got, expected $2: $(cat "$file")" || return 1
		shift 2
	done
}

header() {
	printf 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n'
}

# job SEQ HOST START RUN EXITVAL SIGNAL COMMAND: its line.
job() {
	printf '%s\t%s\t%s\t%10s\t0\t0\t%s\t%s\t%s\n' "$@"
}

# Eight jobs in two slots of two hosts, one of them much longer.
small() {
	header
	job 1 n1 100.000 10.000 0 0 'echo 1'
	job 2 n2 100.000 10.000 0 0 'echo 2'
	job 3 n1 110.100 10.000 1 0 'echo 3'
	job 4 n2 110.100 9.900 0 0 'echo 4'
	job 6 n2 120.100 10.000 0 9 'echo 6'
	job 7 n2 130.200 9.800 -1 15 'echo 7'
	job 5 n1 120.200 79.800 0 0 'echo 5'
	job 3 n1 200.000 10.000 0 0 'echo 3'
}

# ---- facts ----

@test "a small joblog, by hand" {
	small >s.log
	says s.log jobs 7 attempts 8 done 5 failed 0 killed 1 timed_out 1 skipped 0 missing 0 \
		to_run_again '6 7' started 100 wall 110 run_time 149.5 run_time_lost 29.8 idle 0.1 \
		slots 2 running_mean 1.359091 running_peak 2 speed_up 1.359091 efficiency 0.679545 \
		overhead_median 0.1 overhead_total 0.5 idle_at_start 0 idle_at_end 70 \
		running_over_time '1.981818 1.981818 1.990909 1.636364 1 1 1 1 1 1' \
		run_time_median 10 run_time_max 79.8 stragglers 1 longest_stragglers 5 \
		hosts 2 host_1 n1 host_1_jobs 3 host_1_failed 0 host_2_failed 2 host_2_run_time 39.7
}

@test "times have up to six decimals, and are rounded there" {
	{ header; job 1 : 100.0000005 1.00000049 0 0 a; job 2 : 100.5 .0 0 0 b; } >d.log
	refuses 1 "d.log:3:4: not a run time" gx-joblog d.log
	sed -i 's/ \.0/0.0/' d.log
	says d.log started 100.000001 wall 1 running_peak 2
}

@test "every fact is that of a second computation, for forged joblogs of all kinds" {
	check random
}

@test "and for joblogs that were recorded" {
	local n
	for n in 1 2 5; do
		parallel -j$n --joblog r$n.log 'sleep 0.0{}; exit $(({} % 4 == 0))' ::: {1..9} || true
	done
	cat r5.log >crlf.log
	sed -i 's/$/\r/' crlf.log
	header >empty.log
	tail -n +2 r2.log >bare.log # as parallel --joblog +FILE makes it
	check facts r1.log r2.log r5.log crlf.log empty.log bare.log
	for n in 1 2 5; do
		succeeds gx-joblog r$n.log
		(($(value running_peak "$out") <= n))
	done
}

@test "order of lines, compression, pipe and file: the same facts" {
	check forge 7 >f.log
	gx-joblog f.log >want
	gzip -c f.log >f.log.gz
	gx-joblog f.log.gz | same - want
	cat f.log | gx-joblog | same - want
	gx-joblog <f.log | same - want
	gx-joblog -o out f.log
	same out want
}

@test "no job: zeros, and what is not known" {
	header >h.log
	says h.log jobs 0 attempts 0 wall 0 slots 0 missing 0 hosts 0 efficiency . started . \
		run_time_median . to_run_again . running_over_time .
	prints 'nothing to say yet: no job has ended' gx-joblog --advice h.log
	[[ -z $(gx-joblog --failed h.log) ]]
	succeeds gx-joblog --json h.log
	python3 -m json.tool "$out" >/dev/null
}

# ---- what parallel does ----

@test "jobs that fail, are killed, time out and are skipped" {
	parallel -j4 --timeout 3 --joblog k.log ::: true 'exit 3' 'kill -9 $$' 'kill -TERM $$' \
		'sleep 20' || true
	says k.log jobs 5 attempts 5 done 1 failed 1 killed 2 timed_out 1 to_run_again '2 3 4 5'
	parallel --joblog s.log 'echo {= $_ eq "b" and skip() =}' ::: a b c || true
	says s.log jobs 3 done 2 skipped 1 failed 0 to_run_again .
	[[ -z $(gx-joblog --failed s.log) ]]
}

@test "--retries leaves the last attempt, --resume-failed adds one" {
	parallel --retries 3 --joblog t.log 'echo x >>tried.{}; exit {}' ::: 0 1 || true
	[[ $(wc -l <tried.1) == 3 ]]
	says t.log jobs 2 attempts 2 done 1 failed 1
	rm -f tried.*
	parallel --resume-failed --joblog t.log 'echo x >>tried.{}; exit {}' ::: 0 1 || true
	[[ ! -e tried.0 ]]
	says t.log jobs 2 attempts 3 done 1 failed 1
	parallel --joblog u.log 'true {}; [ -e made ]' ::: 1 2 || true
	says u.log failed 2
	touch made
	parallel --resume-failed --joblog u.log 'true {}; [ -e made ]' ::: 1 2
	says u.log jobs 2 attempts 4 done 2 failed 0 to_run_again .
	[[ -z $(gx-joblog --failed u.log) ]]
}

@test "a job that --halt killed has no line: it is missing" {
	parallel -j2 --halt now,fail=1 --joblog h.log ::: 'sleep 20' 'sleep 0.2; exit 7' 'true' || true
	says h.log jobs 1 failed 1 missing 1
	exits 0 gx-joblog --advice h.log
	grep -q '^failing: .* 1 failed, .* 1 below the last Seq are missing' "$out"
}

@test "--failed | parallel runs them again, with tabs, quotes, and in the order of Seq" {
	mkdir done
	printf '%s\n' 'a b' $'tab\there' "it's" '$HOME "x" \\' '*' '{}' 'é' ' lead' >names
	parallel -j1 --joblog f.log 'false {}' :::: names || true
	says f.log jobs 8 failed 8
	succeeds gx-joblog --failed f.log
	[[ $(wc -l <"$out") == 8 ]]
	tail -n +2 f.log | cut -f 9- | same - "$out"
	# The same commands, with something that succeeds in place of false.
	gx-joblog --failed f.log | sed 's/^false/printf "%s\\n" >>got/' | parallel -j1
	same names got
	# And what succeeds at last is printed no more.
	printf '%s\n' '[ -e ok ] && touch done/1' 'true' '[ -e ok ] && touch done/3' |
		parallel --joblog g.log || true
	touch ok
	gx-joblog --failed g.log | parallel
	[[ -e done/1 && -e done/3 ]]
}

@test "commands of several lines need --null, and then run" {
	printf 'printf "%%s" a >one\nexit 1\0true\0false\t2\0' | parallel -j1 -0 --joblog n.log || true
	says n.log jobs 3 failed 2
	refuses 1 "n.log:2: this command has several lines" gx-joblog --failed n.log
	succeeds gx-joblog --failed --null n.log
	printf 'printf "%%s" a >one\nexit 1\0false\t2\0' | same - "$out"
	rm one
	gx-joblog --failed -0 n.log | parallel -0 || true
	[[ $(cat one) == a ]]
}

@test "two runs in one joblog: a warning, since numbers collide" {
	parallel --joblog +two.log ::: false true || true
	says two.log jobs 2 failed 1
	parallel --joblog +two.log ::: 'echo other' >other
	exits 0 gx-joblog two.log
	grep -qE '^gx-joblog: two.log:3: a Seq has another command than on line [12] \(1 of them\)' "$err"
	[[ $(wc -l <"$err") == 1 ]]
}

# ---- what is no joblog ----

@test "what is no joblog is refused, with its line and field" {
	check hostile
}

@test "what is no joblog is refused by its first bytes, however much there is" {
	small >s.log
	cp s.log sparse
	truncate -s 1G sparse
	local none='not a joblog of GNU parallel' damaged='the line is damaged, or this is no joblog'
	(
		[[ ${GX_SANITIZED:-} ]] || ulimit -v 40000
		refuses 1 "/dev/zero:1: $none" gx-joblog /dev/zero
		refuses 1 "<stdin>:1: $none" gx-joblog < <(yes)
		refuses 1 "<stdin>:1: $none" gx-joblog - < <(yes 1 | tr '\n' 1)
		refuses 1 "<stdin>:1: $none" gx-joblog < <(gzip -c </dev/zero)
		refuses 1 "<stdin>:1: $none" gx-joblog < <(tr '\0' x </dev/zero)
		refuses 1 "<stdin>:1: $none" gx-joblog < <(printf 'Seq\tHo'; cat /dev/zero)
		refuses 1 "<stdin>:1: $none" gx-joblog < <(header | tr -d '\n'; cat /dev/zero)
		refuses 1 "<stdin>:1: $none" gx-joblog < <(printf '1\t:\t1.5\t'; cat /dev/zero)
		refuses 1 "sparse:10: $damaged" gx-joblog sparse
		refuses 1 "<stdin>:10: $damaged" gx-joblog < <(cat s.log; tr '\0' 7 </dev/zero)
		refuses 1 "<stdin>:10: $damaged" gx-joblog < <(cat s.log; tr '\0' x </dev/zero)
		refuses 1 "<stdin>:10: $damaged" gx-joblog < <(cat s.log; printf '9\t:\t1\t'; tr '\0' 7 </dev/zero)
		refuses 1 "<stdin>:10: 1 field, and a line of a joblog has 9" gx-joblog < <(cat s.log; yes)
	)
}

@test "a joblog that is cut anywhere has its whole lines, and says so" {
	small | sed 5,\$d >s.log
	check cut s.log
	exits 0 gx-joblog --failed <(small | head -c -3)
	grep -qF 'the last line has no end: it is left out' "$err"
}

@test "wrong usage" {
	small >s.log
	refuses 2 "give one joblog at a time" gx-joblog s.log s.log
	refuses 2 "--failed prints only commands" gx-joblog --failed --json s.log
	refuses 2 "--failed prints only commands" gx-joblog --failed --advice s.log
	refuses 2 "--failed prints only commands: leave out --table" gx-joblog --failed --table s.log
	refuses 2 "--json and --table: choose one of them" gx-joblog --json --table s.log
	refuses 2 "--advice and --table: choose one of them" gx-joblog --advice --table s.log
	# Each of them alone.
	gx-joblog --json s.log | python3 -c 'import json, sys; json.load(sys.stdin)'
	gx-joblog --advice s.log >shown
	gx-joblog --table s.log >>shown
	[[ -s shown ]]
	refuses 2 "--null needs --failed" gx-joblog -0 s.log
	refuses 2 "x.gif: the name must end in .svg, .pdf, .png or .txt" gx-joblog --plot x.gif s.log
	refuses 2 "''" gx-joblog --plot '' s.log
	refuses 2 "give one joblog at a time" gx-joblog --explain s.log s.log
	refuses 3 "absent.log: No such file" gx-joblog --explain absent.log
}

@test "long lines and many of them: in bounded memory" {
	{
		header
		printf '1\t:\t1.5\t 1.5\t0\t0\t1\t0\t'
		head -c 10000000 /dev/zero | tr '\0' x
		echo
		job 2 : 3 1 0 0 true
	} >long.log
	says long.log jobs 2 failed 1
	gx-joblog --failed long.log | wc -c | grep -x 10000001
	[[ -z ${GX_SANITIZED-} ]] || return 0
	awk 'BEGIN {
		print "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand"
		for (i = 1; i <= 200000; i++)
			printf "%d\tn%d\t%.3f\t%10.3f\t0\t0\t0\t0\tjob %d\n", i, i % 7, 1e9 + int(i / 64), 0.9, i
	}' >many.log
	# 110 bytes a line are 22 MB.
	(ulimit -v 40000 && gx-joblog many.log) >many
	[[ $(value jobs many) == 200000 && $(value slots many) == 70 ]]
}

# ---- other forms ----

@test "on a terminal: a table, without control bytes" {
	small >s.log
	sed -i 's/\tn2\t/\tn\xc2\x9b2\xff\t/; s/echo 1/\x1b[2J\x07/' s.log
	check terminal s.log
}

@test "--table: the same to a pipe and a file, and what it says of the overhead" {
	small >s.log
	gx-joblog --table s.log | cat >shown
	grep -qx 'jobs         7 in 8 attempts: 5 done, 1 killed, 1 timed out' shown
	grep -qx '  waiting    0.0% before their first job, 0.2% between, 31.8% at the end' shown
	gx-joblog --table -o file s.log
	same shown file
	gx-joblog --explain --table s.log >said
	grep -qx 'output_format	table' said
}

@test "--json escapes the names of hosts" {
	{ header; job 1 'a"b\c é' 1 1 0 0 true; } >j.log
	succeeds gx-joblog --json --advice j.log
	python3 -c 'import json, sys
data = json.load(open(sys.argv[1], encoding="utf-8"))
assert data["hosts"][0]["name"] == "a\"b\\c é", data
assert data["advice"][0].startswith("fine: 1 jobs done"), data' "$out"
}

# equal N SLOTS RUN GAP: N jobs of RUN seconds, GAP between them.
equal() {
	header
	awk -v n="$1" -v slots="$2" -v run="$3" -v gap="$4" 'BEGIN { for (i = 0; i < n; i++)
		printf "%d\t:\t%.3f\t%10.3f\t0\t0\t0\t0\tjob\n",
			i + 1, 1000 + int(i / slots) * (run + gap), run }'
}

# advised LOG WORD ...: the advice on it has these first words, a line each.
advised() {
	exits 0 gx-joblog --advice "$1"
	sed 's/:.*//' "$out" | same - <(printf '%s\n' "${@:2}") || note "$(cat "$out")"
}

@test "--advice: fine, and the shares of the table" {
	equal 80 8 10 0.01 >fine.log
	prints 'fine: 80 jobs done, 8 slots busy for 99.9% of their time: they waited for 0.0% of it before their first job, 0.1% between jobs and 0.0% at the end' \
		gx-joblog --advice fine.log
}

@test "--advice: too small, by the total of the overhead; with that much more work it is fine" {
	# 0.19 times a run of 0.01 is 5%: 9.5 times the work, so 10.
	equal 800 4 0.02 0.01 >tiny.log
	advised tiny.log 'too small'
	grep -qF 'too small: a slot needs 0.010 s (mean) between two jobs, and a job runs for 0.020 s (median): slots waited for 7.960 s between jobs, 33.2% of their time: give a job 10 times the work: 80 parts, or parallel -n 10' "$out"
	equal 80 4 0.2 0.01 >larger.log
	advised larger.log fine
	# More than there are jobs: one for each slot, and nothing is between.
	equal 12 4 0.02 0.1 >few.log
	advised few.log 'too small'
	grep -qF ': the work is too small for 4 slots: give each slot one job, 4 parts, or use fewer slots (parallel -j)' "$out"
	equal 4 4 0.06 0.1 >four.log
	advised four.log fine
	# Fewer slots, each with one job.
	equal 2 2 0.12 0 >two.log
	advised two.log fine
	# The jobs are equally long, and not uneven.
	{ equal 12 8 1 1; job 13 : 1004 1 0 0 a; } >thirteen.log
	advised thirteen.log 'too small'
	grep -qF 'give each slot one job, 8 parts' "$out"
	equal 8 8 2 1 >eight.log
	advised eight.log fine
	# Jobs of less than a millisecond.
	equal 100 1 0 0.01 >none.log
	advised none.log 'too small'
	grep -qF ': the work is too small for parallel: run it as one job' "$out"
	equal 1 1 0.05 0 >one.log
	advised one.log fine
}

# gaps N SLOTS RUN SHORT LONG OF PERIOD: N jobs of RUN milliseconds. Of each PERIOD gaps of a slot
# OF are LONG milliseconds, and the others SHORT.
gaps() {
	header
	awk -v n="$1" -v slots="$2" -v run="$3" -v short="$4" -v long="$5" -v of="$6" \
		-v period="$7" 'BEGIN { for (i = 0; i < n; i++) {
		slot = i % slots; k = int(i / slots)
		printf "%d\t:\t%.3f\t%10.3f\t0\t0\t0\t0\tjob\n", i + 1,
			1000 + at[slot] / 1000, run / 1000
		at[slot] += run + (k % period < of ? long : short) } }'
}

@test "--advice: too small, where gaps are of many lengths; with more work it is fine" {
	# Most jobs start at once, as jobs of a few milliseconds do: the median is no measure.
	gaps 200 2 5 0 20 3 10 >true.log
	says true.log overhead_median 0
	advised true.log 'too small'
	grep -qF 'needs 0.006 s (mean) between two jobs, and a job runs for 0.005 s (median)' "$out"
	grep -qF 'give a job 23 times the work: 8 parts, or parallel -n 23' "$out"
	gaps 200 2 115 0 20 3 10 >true.larger.log
	advised true.larger.log fine
	gaps 200 2 10 4 40 3 10 >spread.log
	advised spread.log 'too small'
	grep -qF 'give a job 29 times the work: 6 parts, or parallel -n 29' "$out"
	gaps 200 2 290 4 40 3 10 >spread.larger.log
	advised spread.larger.log fine
	# A busy machine: 4% of the gaps are more than half, and the others are still too much.
	gaps 200 1 6 2 100 1 25 >busy.log
	advised busy.log 'too small'
	# Without these the run was fine.
	gaps 200 1 200 2 1000 1 25 >held.log
	advised held.log waiting
	gaps 200 1 200 2 2 1 25 >free.log
	advised free.log fine
	# As jobs of parallel do.
	seq 60 | parallel -j2 --joblog q.log true
	exits 0 gx-joblog --advice q.log
	grep -qE '^(too small|waiting)' "$out"
}

@test "--advice: one long gap between equal jobs is waiting, and they are not uneven" {
	{
		equal 300 2 1 0.001 | sed '$d'
		job 300 : 1180.000 1 0 0 job
	} >one.log
	advised one.log waiting
	grep -q 'before Seq 300: was the run resumed' "$out"
	# Equal jobs, a slot more than they fill: with a multiple of the slots it is fine.
	equal 33 8 10 0 >more.log
	advised more.log 'too uneven'
	grep -qE ': cut the work into 32 parts$' "$out"
	equal 32 8 10.3 0 >multiple.log
	advised multiple.log fine
}

@test "--advice: the median gap is as long as the median job, and overhead is still small" {
	# A hundred short jobs beside long ones: their gaps are 1% of the time.
	{
		equal 100 1 0.01 0.01
		job 101 : 1002.000 90 0 0 long
	} >long.log
	says long.log overhead_share 0.5 overhead_total 1 overhead_total_share 0.01087
	advised long.log fine
	grep -qF '1.1% between jobs' "$out"
}

@test "--advice: too uneven; with more parts, or the longest first, it is fine" {
	equal 9 8 10 0.01 >nine.log
	advised nine.log 'too uneven'
	grep -qE '^too uneven: 8 slots were idle at the end for 4[0-9]\.[0-9]% of their time: 9 jobs .* cut the work into 32 parts or more$' "$out"
	equal 32 8 2.8 0.01 >cut.log
	advised cut.log fine
	{ equal 80 8 10 0.01; job 81 : 1100.100 100.000 0 0 long; } >long.log
	advised long.log 'too uneven'
	grep -qE ' 1 of them above 200% of it, Seq 81 with 100.000 s: start the longest jobs first$' "$out"
	{
		header
		job 81 : 1000 100.000 0 0 long
		equal 70 7 10 0.01 | sed 1d
		local i
		for i in {71..80}; do
			job $i : $((1000 + 10 * (i - 71) + (i > 71))) 9.000 0 0 job
		done
	} >first.log
	advised first.log fine
}

@test "--advice: late; with more work, or fewer slots, it is fine" {
	{ header; job 1 : 100 10 0 0 a; job 2 : 104 6 0 0 b; } >late.log
	advised late.log late
	grep -q '^late: 2 slots waited for their first job, 4.000 s in all, 20.0% of their time' "$out"
	{ header; job 1 : 100 100 0 0 a; job 2 : 104 96 0 0 b; } >more.log
	advised more.log fine
	{ header; job 1 : 100 10 0 0 a; job 2 : 110.1 6 0 0 b; } >fewer.log
	advised fewer.log fine
}

@test "--advice: waiting, where few gaps are most of the time and larger jobs would not help" {
	{ equal 20 2 10 0.01; job 21 : 1900 200 0 0 a; job 22 : 1900 200 0 0 b; } >wait.log
	advised wait.log waiting
	grep -qF 'waiting: slots waited for 1600.000 s between jobs, 72.7% of their time; the median is 0.010 s, the longest 799.910 s, before Seq 21: was the run resumed' "$out"
	{ equal 20 2 10 0.01; job 21 : 1100.1 200 0 0 a; job 22 : 1100.1 200 0 0 b; } >on.log
	advised on.log fine
	# Several slots, few jobs, and one night.
	{ equal 16 4 10 0.01; equal 4 4 10 0 | sed 1d | sed 's/^./2&/; s/	1000/	87400/'; } >night.log
	advised night.log failing waiting
	# A run that was resumed the next day: its only gap is no cost of a job.
	{ header; job 1 : 1000 10 1 0 a; job 1 : 87400 10 0 0 a; } >retried.log
	advised retried.log waiting
	grep -qF 'the longest 86390.000 s, before Seq 1' "$out"
}

@test "--advice: failing, until nothing fails" {
	small >s.log
	exits 0 gx-joblog --advice s.log
	grep -qF 'failing: of 7 jobs 0 failed, 1 were killed and 1 timed out, and 0 below the last Seq are missing: run parallel --resume-failed, or gx-joblog --failed | parallel' "$out"
	parallel -j1 --joblog f.log 'true {}; [ -e made ]' ::: 1 2 || true
	exits 0 gx-joblog --advice f.log
	grep -q '^failing: of 2 jobs 2 failed' "$out"
	touch made
	parallel -j1 --resume-failed --joblog f.log 'true {}; [ -e made ]' ::: 1 2
	exits 0 gx-joblog --advice f.log
	lacks '^failing' "$out"
}

# ---- timelines ----

plots() {
	command -v gnuplot >/dev/null || skip "no gnuplot"
}

@test "a timeline has a bar for each attempt in the colour of its end" {
	plots
	small >s.log
	check forge 3 >f3.log
	check forge 11 >f11.log
	equal 1 1 5 0 >one.log
	equal 1 1 0 0 >zero.log
	equal 3000 16 1 0.1 >many.log
	header >none.log
	check picture s.log f3.log f11.log one.log zero.log many.log none.log
	# Beside the facts, and they are the same.
	gx-joblog s.log >want
	gx-joblog --plot p.svg s.log | same - want
	! compgen -G '*.gxtmp.*' >/dev/null || note "it left a temporary file"
}

@test "more bars than pixels are drawn together, and what went wrong is still there" {
	plots
	{
		equal 30000 2 0.01 0.001
		job 30001 : 1010 0.001 1 0 bad
		job 30002 long 1000 40 0 9 a
		job 30003 long 1040 40 0 9 b
	} >m.log
	gx-joblog --plot m.svg m.log >facts
	[[ $(value failed facts) == 1 && $(value killed facts) == 2 ]]
	# One of the legend, and one.
	grep -c "polygon fill = 'rgb(208, *49, *45)'" m.svg | grep -x 2
	grep -c "polygon fill = 'rgb(142, *68, *173)'" m.svg | grep -x 3
	(($(grep -c 'polygon fill' m.svg) < 3000))
}

@test "hosts with odd names are drawn as they are" {
	plots
	{
		header
		job 1 "it's <b>_a" 1 5 0 0 x
		job 2 'EOD' 1 5 0 0 x
		job 3 '`touch hit` @x $y' 1 5 0 0 x
		job 4 $'bad\xff' 1 5 0 0 x
		job 5 'a name of more than twenty letters' 1 5 0 0 x
		job 6 $'\xc2\x9b2m\xc3\xa9' 1 5 0 0 x
		job 7 $'of nineteen bytes, \xc3\xa9\xc3\xa9' 1 5 0 0 x
	} >o.log
	gx-joblog --plot o.svg o.log >/dev/null
	[[ ! -e hit ]]
	python3 - <<'END'
import xml.etree.ElementTree as tree
words = [e.text for e in tree.parse("o.svg").iter() if e.tag.endswith("}text")]
for name in ("it's <b>_a", "EOD", "`touch hit` @x $y", "bad?", "a name of more than ~", "??2m\u00e9",
             "of nineteen bytes, ~"):
    assert name in words, (name, words)
END
}

# widest FILE: the characters of its longest line.
widest() {
	python3 -c 'import sys
print(max(len(line) for line in open(sys.argv[1], encoding="utf-8").read().split("\n")))' "$1"
}

@test "a timeline in characters: as wide as the terminal, and no line is longer" {
	local path=$PATH w long=a-host-whose-name-is-longer-than-its-part-of-the-line
	mkdir bare
	ln -s "$(command -v gx-joblog)" bare/
	small >s.log
	sed "s/\tn1\t/\t$long\t/" s.log >a-joblog-whose-name-is-longer-than-a-line-of-most-terminals.log
	# Nobody else draws it.
	for w in 20 21 30 47 80 133 300; do
		PATH=$PWD/bare COLUMNS=$w exits 0 gx-joblog --plot p.txt a-*.log
		[[ ! -s $err ]]
		[[ $(widest p.txt) == "$w" ]] || note "$w: $(cat p.txt)"
		lacks -P '[ \f\t]$' p.txt
	done
	PATH=$path
	unset COLUMNS
	gx-joblog --plot p.txt a-*.log >/dev/null </dev/null 2>/dev/null
	[[ $(widest p.txt) == 80 ]]
	for w in 0 x 8x -3 ''; do
		COLUMNS=$w gx-joblog --plot q.txt a-*.log >/dev/null 2>/dev/null
		same p.txt q.txt
	done
	COLUMNS=5 gx-joblog --plot q.txt a-*.log >/dev/null
	[[ $(widest q.txt) == 20 ]]
	command -v script >/dev/null || skip "no script(1)"
	# Of standard output, and of standard error if that is none.
	script -qec "stty cols 57; gx-joblog --plot p.txt s.log" typed </dev/null >/dev/null
	[[ $(widest p.txt) == 57 ]]
	script -qec "stty cols 61; gx-joblog --plot p.txt s.log >facts" typed </dev/null >/dev/null
	[[ $(widest p.txt) == 61 ]]
}

@test "a timeline in characters, by hand" {
	{
		header
		job 1 : 1000 10 0 0 a
		job 2 : 1000 4 1 0 b
		job 3 : 1005 5 0 9 c
		job 4 : 1010 10 0 0 d
	} >t.log
	COLUMNS=32 gx-joblog --plot t.txt t.log >/dev/null
	same t.txt - <<-'END'
		t.log: 4 jobs, from 1970-01-01 ~
		running 2 |#### #####
		          |#### ######
		          |#####################
		          |#####################
		          |#####################
		   slot 1 ||=========|=========
		        2 |FFFF KKKKK
		          +-----+----+----+-----
		  seconds  0    5   10   15   20
		= done (2)  F failed (1)
		K killed (1)
	END
	# Wide characters take two columns, and controls none.
	{ header; job 1 $'\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97' 1 5 0 0 x; job 2 n 1 5 0 0 x; } >w.log
	COLUMNS=30 gx-joblog --plot w.txt w.log >/dev/null
	grep -q $'^\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97~ ||=' w.txt || note "$(cat w.txt)"
}

@test "the picture does not depend on who draws it" {
	small >s.log
	gx-joblog --plot a.txt s.log >/dev/null
	mkdir home
	echo 'set label "mine" at graph 0.7,0.7' >home/.gnuplot
	(HOME=$PWD/home GNUTERM=png LC_ALL=C.UTF-8 && export HOME GNUTERM LC_ALL &&
		gx-joblog --plot b.txt s.log >/dev/null)
	same a.txt b.txt
}

@test "gnuplot gets the environment that we were given" {
	mkdir stub
	small >s.log
	printf '#!/bin/sh\nenv | grep ^OMP_ >"$SAID"\necho picture\n' >stub/gnuplot
	chmod +x stub/gnuplot
	export SAID=$PWD/said
	unset OMP_WAIT_POLICY
	PATH=$PWD/stub:$PATH succeeds gx-joblog --plot p.svg s.log
	[[ -e said && ! -s said ]] || note "$(cat said)"
	PATH=$PWD/stub:$PATH OMP_WAIT_POLICY=active succeeds gx-joblog --plot p.svg s.log
	[[ $(cat said) == OMP_WAIT_POLICY=active ]]
}

@test "two outputs in one file are wrong usage, by whatever names" {
	small >s.log
	mkdir d
	ln -s ../new.svg d/dangling.svg
	ln -s d to-d
	: >old.svg
	ln -s ../old.svg d/link.svg
	local one two
	while read -r one two; do
		refuses 2 "--plot $one: -o is written there: name another file" gx-joblog --plot $one -o $two s.log
		refuses 2 "--plot $one: -o is written there" gx-joblog --plot $one -o $two --explain s.log
		[[ ! -e new.svg && ! -s old.svg && ! -e d/x.svg ]]
	done <<-END
		new.svg new.svg
		new.svg ./new.svg
		new.svg $PWD/new.svg
		new.svg d/../new.svg
		d/dangling.svg new.svg
		new.svg d/dangling.svg
		d/x.svg to-d/x.svg
		old.svg old.svg
		old.svg d/link.svg
		d/link.svg ./old.svg
	END
	gx-joblog --plot old.svg s.log >old.svg 2>"$err" && note "it was overwritten"
	grep -qF -- "--plot old.svg: standard output is written there: name another file" "$err"
	plots
	succeeds gx-joblog --plot new.svg -o new.tsv s.log
	succeeds gx-joblog --plot d/new.svg -o to-d/other.svg s.log
	gx-joblog --plot p.svg s.log >other.svg
	[[ -s new.svg && -s d/new.svg && -s p.svg && -s other.svg ]]
}

@test "without gnuplot: one line on stderr, and all the rest" {
	small >s.log
	gx-joblog s.log >want
	mkdir empty
	local joblog
	joblog=$(command -v gx-joblog)
	PATH=$PWD/empty exits 0 "$joblog" --plot p.svg s.log
	same want "$out"
	[[ $(wc -l <"$err") == 1 && ! -e p.svg ]]
	grep -qF 'gnuplot: not found on PATH' "$err"
}

@test "a gnuplot that fails: exit 3 with its words, and no file" {
	mkdir stub
	small >s.log
	printf '#!/bin/sh\ncat\nprintf "\\n it is\\t\\302\\233 M\\303\\266\\377nday\\n" >&2\nexit 1\n' >stub/gnuplot
	chmod +x stub/gnuplot
	PATH=$PWD/stub:$PATH refuses 3 $'p.svg: gnuplot could not draw it: it is M\xc3\xb6?nday' \
		gx-joblog --plot p.svg s.log
	printf '#!/bin/sh\nexit 0\n' >stub/gnuplot
	PATH=$PWD/stub:$PATH refuses 3 "p.svg: gnuplot could not draw it: it gave no picture" \
		gx-joblog --plot p.svg s.log
	printf '#!/bin/sh\nkill -9 $$\n' >stub/gnuplot
	PATH=$PWD/stub:$PATH refuses 3 "p.svg: gnuplot was killed by signal 9" \
		gx-joblog --plot p.svg s.log
	# One that reads nothing and writes much stops nobody.
	printf '#!/bin/sh\nhead -c 300000 /dev/zero\nhead -c 300000 /dev/zero >&2\n' >stub/gnuplot
	equal 20000 4 1 0 >big.log
	PATH=$PWD/stub:$PATH succeeds gx-joblog --plot p.svg big.log
	[[ $(stat -c %s p.svg) == 300000 ]]
	rm p.svg
	refuses 3 "absent/p.svg: No such file" gx-joblog --plot absent/p.svg s.log
	mkdir p.svg
	refuses 2 "p.svg: a directory" gx-joblog --plot p.svg s.log
	! compgen -G '*.gxtmp.*' >/dev/null || note "it left a temporary file"
}
