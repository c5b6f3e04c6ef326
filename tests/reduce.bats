#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-reduce: the verified whole, or why not.

load lib.bash

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_FILE_TMPDIR" || return 1
	gx-simulate -n 55 -m 3 -o s.gxm
	gx-simulate -n 55 -m 3 >s.tsv
	local k
	mkdir parts text
	for k in 1 2 3 4; do
		gx-threshold -T 5 -p $k/4 s.gxm -o parts/$k
		gx-threshold -T 5 -p $k/4 s.tsv -o text/$k
	done
	gx-threshold -T 5 s.gxm >whole
	gx-threshold -T 5 s.tsv >text.whole
}

setup() {
	work
	cp -r "$BATS_FILE_TMPDIR"/{s.gxm,s.tsv,parts,text,whole,text.whole} .
}

# forge LINE ...: a record of lines of twelve fields (blanks between, _ for a blank within),
# with a sound check.
forge() {
	python3 - "$@" <<-'END'
		import sys
		import oracle
		lines = [[f.replace("_", " ") for f in line.split()] for line in sys.argv[1:]]
		sys.stdout.buffer.write(oracle.record_bytes(lines))
	END
}

@test "files in any order, a directory, a stream: the bytes of the whole" {
	prints "$(cat whole)" gx-reduce parts/3 parts/1 parts/4 parts/2
	prints "$(cat whole)" gx-reduce parts
	prints "$(cat whole)" gx-reduce parts/
	prints "$(cat whole)" gx-reduce < <(cat parts/4 parts/2 parts/1 parts/3)
	prints "$(cat whole)" gx-reduce - < <(cat parts/*)
	cat parts/2 parts/3 >middle
	prints "$(cat whole)" gx-reduce parts/1 middle parts/4
	prints "$(cat whole)" gx-reduce parts/1 - parts/4 <middle
	prints "$(cat whole)" gx-reduce whole
	prints "$(cat text.whole)" gx-reduce text
	gx-reduce parts -o out
	same whole out
	prints $'28\n38\n30' gx-reduce -c parts
	gx-threshold -c -T 5 s.gxm | cmp - <(gx-reduce -c parts)
}

@test "trees of any shape reduce to the bytes of the whole" {
	gx-simulate -n 300 -m 2 -o s.npy
	gzip -dc "$data/oligodendroglioma.counts.matrix.gz" | cut -f 1-9 >t.tsv
	python3 "$tests/check_tree.py" s.gxm 80 6
	python3 "$tests/check_tree.py" t.tsv 60 6
	python3 "$tests/check_tree.py" s.npy 30 6
}

@test "a gap: exit 75, nothing on stdout, each gap on stderr" {
	refuses 75 "gx-reduce: missing: rows 0 to 14 of 55" gx-reduce parts/2 parts/3 parts/4
	refuses 75 "missing: rows 42 to 55 of 55" gx-reduce parts/1 parts/2 parts/3
	refuses 75 "missing: rows 14 to 28 of 55" gx-reduce parts/1 parts/3
	grep -qF "missing: rows 42 to 55 of 55" "$err"
	grep -qF -- "--missing=N" "$err"
	refuses 75 "missing: rows 14 to 55 of 55" gx-reduce -c parts/1
	refuses 75 "missing: bytes 0 to" gx-reduce text/2 text/3 text/4
	refuses 75 "missing" gx-reduce parts/1 -o out
	[[ ! -e out ]]
}

@test "the same part twice, and overlaps: exit 1, both named" {
	cp parts/2 again
	refuses 1 "again" gx-reduce parts again
	grep -qF "parts/2" "$err"
	grep -qF "the same part twice" "$err"
	gx-threshold -T 5 -p 1/3 s.gxm >third
	refuses 1 "overlap" gx-reduce parts/1 parts/2 third
	grep -qF third "$err"
	refuses 1 "whole" gx-reduce parts whole
	# An overlap goes before a gap, in any order.
	refuses 1 "the same part twice" gx-reduce parts/2 again
	refuses 1 "overlap" gx-reduce --partial third parts/2
	refuses 1 "the same part twice" gx-reduce --missing=4 parts/2 again
	refuses 1 "the same part twice" gx-reduce text/1 text/1 text/2 text/3 text/4
}

@test "another input, threshold, column or work: exit 1, both files named" {
	local what
	mkdir other
	gx-simulate -n 55 -m 3 -s 2 -b | gx-threshold -T 5 -p 2/4 >other/seed
	gx-simulate -n 56 -m 3 -b | gx-threshold -T 5 -p 2/4 >other/size
	gx-threshold -T 5.5 -p 2/4 s.gxm >other/threshold
	gx-threshold -T 5 --below -p 2/4 s.gxm >other/below
	gx-means -b -p 2/4 s.gxm | gx-threshold -T 5 >other/means
	gx-means -b -p 2/4 s.gxm --skip-na | gx-threshold -T 5 >other/skip-na
	gx-threshold -b --pass --any -T 0 -p 2/4 s.gxm | gx-threshold -T 5 >other/pass
	gx-simulate -n 55 -m 2 -b | gx-threshold -T 5 -p 2/4 >other/columns
	gx-simulate -n 55 -m 3 -f npy | gx-threshold -T 5 -p 2/4 >other/npy
	for what in seed size threshold below means skip-na pass columns npy; do
		refuses 1 "other/$what" gx-reduce parts/1 other/$what parts/3 parts/4
		grep -qF parts/1 "$err"
		refuses 1 "other/$what" gx-reduce other/$what parts/1 # before any gap
		refuses 1 "other/$what" gx-reduce --partial parts/1 other/$what
		refuses 1 "other/$what" gx-reduce --missing=4 parts/1 other/$what
	done
	gx-means -b --skip-na -p 1/4 s.gxm | gx-threshold -T 5 >one
	refuses 1 "work" gx-reduce one other/means
	# The same bytes changed in between: another text.
	sed 's/^g50\t./g50\t9/' s.tsv >changed
	gx-threshold -T 5 -p 4/4 changed >text/4
	refuses 1 "text/4" gx-reduce text
}

@test "1.0 and 1e0 are one threshold" {
	gx-threshold -T 1.0 -p 1/2 s.gxm >a
	gx-threshold -T 1e0 -p 2/2 s.gxm >b
	succeeds gx-reduce a b
}

@test "with and without provenance do not mix; without is refused with the cure" {
	gx-threshold -T 5 <s.gxm -p 1/4 >with
	cat s.tsv | gx-threshold -T 5 >without
	refuses 1 "without" gx-reduce with without
	grep -qF "with " "$err"
	refuses 1 "without" gx-reduce --unverified parts without
	local how
	for how in '' --partial --missing=3 -c; do
		refuses 1 "add -b to gx-means, or name the file" gx-reduce $how without
		lacks -e --unverified "$err" # no way out: it would not miss a part
	done
	sed 22,\$d s.tsv | gx-threshold -T 5 >w1
	{ head -1 s.tsv; tail -n +22 s.tsv; } | gx-threshold -T 5 >w2
	succeeds gx-reduce --unverified w1 w2
	[[ $(cut -f 1-4,11 "$out") == "$(cut -f 1-4,11 without)" ]]
	cp "$out" sum
	[[ $(field unit sum)$(field first sum)$(field last sum)$(field of sum)$(field input sum) == ..... ]]
	gx-reduce --unverified -c w1 w2 | cmp - <(tail -n +2 without | cut -f 2)
	# Sums of sums, and ranges are not looked at.
	succeeds gx-reduce --unverified --repeated sum sum w1
	succeeds gx-reduce --unverified --repeated parts/1 parts/1
	refuses 2 "named twice" gx-reduce --unverified parts/1 parts/1
	cat s.tsv | gx-threshold -T 6 >t6
	refuses 1 "threshold" gx-reduce --unverified w1 t6
	cat s.tsv | gx-threshold -T 5 --below >below
	refuses 1 "work" gx-reduce --unverified w1 below
	refuses 75 "no record" gx-reduce --unverified "$(mkdir -p none && echo none)"
}

@test "a damaged check is refused, also with --unverified, and goes before gaps" {
	local field
	for field in 2 3 4 5 6 7 8 9 10 11 12 13; do
		awk -F '\t' -v OFS='\t' -v k=$field 'NR == 3 { sub(/[0-9a-z]$/, "", $k); $k = $k "1" } 1' \
			parts/2 >bad
		cmp -s bad parts/2 && continue
		refuses 1 "bad" gx-reduce parts/1 bad
		refuses 1 "bad" gx-reduce bad
		refuses 1 "bad" gx-reduce --unverified bad parts/1
		refuses 1 "bad" gx-reduce --partial parts/1 bad
	done
	sed 's/$/\r/' parts/2 >bad
	refuses 1 "bad" gx-reduce bad
	head -c -1 parts/2 >bad
	refuses 1 "bad" gx-reduce bad
	sed 's/^s1\t\([0-9]*\)\t/s1\t0\1\t/' parts/2 >bad
	refuses 1 "bad:" gx-reduce bad
	{ cat parts/2; echo; } >bad
	refuses 1 "bad" gx-reduce bad
	{ cat parts/2; echo Summary; } >bad
	refuses 1 "bad" gx-reduce bad
	{ echo Warning; cat parts/2; } >bad
	refuses 1 "bad:1: not a record" gx-reduce bad
}

@test "records that are sound and cannot be: refused, never summed" {
	local good='s1 1 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb'
	forge "$good" >good
	succeeds gx-reduce good
	local bad
	for bad in \
		's1 1 2 0 5 value_above rows 2 1 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 5 value_above rows 0 3 2 00000000000000aa simulation:00000000000000bb' \
		's1 01 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 -1 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1.0 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 5.0 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 NA value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 Inf value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 5 value_above lines 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 5 value_above rows 0 2 2 00000000000000AA simulation:00000000000000bb' \
		's1 1 2 0 5 value_above rows 0 2 2 aa simulation:00000000000000bb' \
		's1 1 2 0 5 value_above rows 0 2 99999999999999999999 00000000000000aa simulation:00000000000000bb' \
		's1 1 2 0 5 value_above rows 0 2' \
		's1 3 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 0 2 3 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 2 2 1 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 18446744073709551614 2 4 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 0 2 0 5 value_above rows 2 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 0 1 0 5 value_above bytes 50 50 90 00000000000000aa text:00000000000000bb' \
		's1 0 41 0 5 value_above bytes 50 90 90 00000000000000aa text:00000000000000bb' \
		's1 0 3 0 5 pass_any_above:1_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' \
		's1 0 9 0 5 value_above rows 0 8 . 00000000000000aa .' \
		's1 0 0 0 5 value_above rows 8 0 . 00000000000000aa .' \
		's1 1 2 0 5 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb more'; do
		forge "$bad" >bad
		refuses 1 "bad" gx-reduce bad
		refuses 1 "bad" gx-reduce --unverified bad
	done
	# Lines of one record that are not of one part.
	forge "$good" 's2 1 2 0 5 value_above rows 0 1 2 00000000000000aa simulation:00000000000000bb' >bad
	refuses 1 "bad" gx-reduce bad
	forge "$good" 's2 1 2 0 6 value_above rows 0 2 2 00000000000000aa simulation:00000000000000bb' >bad
	refuses 1 "bad" gx-reduce bad
	head -1 whole >bad
	refuses 1 "bad" gx-reduce bad
}

@test "sums beyond 64 bits are refused, and digests are sums modulo 2^64" {
	local most=18446744073709551614 fields='5 value_above . . . . ffffffffffffffff .' what
	forge "s1 1 2 0 $fields" >small
	forge "s1 $most $most 0 $fields" >count
	forge "s1 0 $most 0 $fields" >rows
	forge "s1 0 $most $most $fields" >na
	for what in count rows na; do
		succeeds gx-reduce --unverified $what
		refuses 1 "the sum of '" gx-reduce --unverified --repeated $what $what
		refuses 1 "is beyond 64 bits" gx-reduce --unverified --repeated -c $what small $what
		refuses 1 "small: with it the sum of 'rows' is beyond 64 bits" gx-reduce --unverified rows small
	done
	# 2^64 - 1 is no number in a record.
	forge "s1 0 1 0 $fields" >one
	refuses 1 "one: with it the sum of 'rows'" gx-reduce --unverified rows one
	prints $'0' gx-reduce --unverified --repeated -c one one
	gx-reduce --unverified --repeated one one >sum
	[[ $(field digest sum) == fffffffffffffffe ]]
	# With ranges: what no two parts of an input can have.
	forge "s1 $most $most 0 1 value_above bytes 0 50 100 00000000000000aa text:0123456789abcdef" >a
	forge "s1 $most $most 0 1 value_above bytes 50 100 100 00000000000000aa text:0123456789abcdef" >b
	refuses 1 "a:2: it cannot be: there are more rows than its range has" gx-reduce a b
	forge "s1 $most $most 0 1 value_above bytes 0 $most $most 00000000000000aa text:0123456789abcdef" >all
	succeeds gx-reduce all
	same all "$out"
}

@test "digests: digest:HEX must be the sum, --digest HEX demands it of any input" {
	local k digest
	# GXM without an identity of its own.
	python3 - >d.gxm <<-'END'
		import sys
		import oracle
		rows = [[float(i), 10.0 - i] for i in range(10)]
		sys.stdout.buffer.write(oracle.Segment(2, rows).bytes())
	END
	for k in 1 2 3; do gx-threshold -T 5 -p $k/3 d.gxm >d.$k; done
	digest=$(field input d.1)
	succeeds gx-reduce d.1 d.2 d.3
	cp "$out" sum
	[[ $(field input sum) == digest:$(field digest sum) ]]
	succeeds gx-reduce --digest "${digest#digest:}" d.1 d.2 d.3
	refuses 1 "digest" gx-reduce --digest 0123456789abcdef d.1 d.2 d.3
	refuses 1 "0123456789abcdef" gx-reduce --digest=0123456789abcdef parts
	succeeds gx-reduce --digest "$(field digest whole)" parts
	refuses 75 "missing" gx-reduce --digest 0123456789abcdef parts/1
	# Another input by its digest: sound records that do not sum up.
	forge "s1 1 1 0 5 value_above rows 0 1 2 00000000000000aa digest:00000000000000bb" >a
	forge "s1 1 1 0 5 value_above rows 1 2 2 0000000000000011 digest:00000000000000bb" >b
	succeeds gx-reduce a b
	forge "s1 1 1 0 5 value_above rows 1 2 2 0000000000000012 digest:00000000000000bb" >b
	refuses 1 "00000000000000bb" gx-reduce a b
	refuses 1 "00000000000000bb" gx-reduce --partial a b
	refuses 1 "00000000000000bb" gx-reduce --missing=2 a b
	for k in 1234 0123456789ABCDEF 0123456789abcdeg 0123456789abcdef0 '' x; do
		refuses 2 "--digest" gx-reduce --digest "$k" parts
	done
}

@test "--missing=N: the parts to run again, a line each, or an array" {
	prints $'1\n3' gx-reduce --missing=4 parts/2 parts/4
	prints 1,3 gx-reduce --missing=4,array parts/2 parts/4
	prints 1-3 gx-reduce --missing=4,array parts/4
	prints 1-2,4 gx-reduce --missing=4,array parts/3
	prints $'1\n2\n3\n4' gx-reduce --missing=4 "$(mkdir -p none && echo none)"
	prints 1-4 gx-reduce --missing=4,array none
	prints 1 gx-reduce --missing=1,array none
	prints $'2\n3\n4' gx-reduce --missing=4 text/1
	# Complete: nothing at all.
	succeeds gx-reduce --missing=4 parts
	[[ ! -s $out ]]
	succeeds gx-reduce --missing=4,array parts
	[[ ! -s $out ]]
	# It says what GNU parallel has to do, and then it is done.
	rm parts/1 parts/3
	gx-reduce --missing=4 parts | parallel -k 'gx-threshold -T 5 -p {}/4 s.gxm -o parts/{}'
	gx-reduce parts | cmp - whole
	refuses 1 "not whole parts of 3" gx-reduce --missing=3 parts/1
	refuses 1 "not whole parts of 7" gx-reduce --missing=7,array text/2 text/1
	local n
	for n in 0 x -1 '' 4,list 4, ,array 1.5 99999999999999999999; do
		refuses 2 "--missing" gx-reduce "--missing=$n" parts
	done
}

@test "--missing: a list of which one part is wrong is not begun" {
	local rest='00000000000000aa simulation:00000000000000bb'
	forge "s1 0 2 0 5 value_above rows 100000 100002 200000 $rest" >two
	forge "s1 0 1 0 5 value_above rows 150001 150002 200000 $rest" >one
	succeeds gx-reduce --missing=100000 two
	[[ $(wc -l <"$out") == 99999 && $(stat -c %s "$out") -gt 500000 ]]
	refuses 1 "rows 100002 to 150001 of 200000 are missing, which is not whole parts of 100000" \
		gx-reduce --missing=100000 two one
	refuses 1 "not whole parts of 100000" gx-reduce --missing=100000,array two one
}

@test "--missing with more parts than rows, and after other cuts of the same" {
	gx-simulate -n 5 -m 1 -o five.gxm
	gx-threshold -p 2/9 five.gxm >two
	prints $'1\n3\n4\n5' gx-reduce --missing=9 two
	gx-threshold -p 1/2 s.gxm >half
	prints $'5\n6\n7\n8' gx-reduce --missing=8 half
	gx-simulate -n 100 -m 1 -o hundred.gxm
	local k
	for k in 1 2 3 7 50 98 99; do gx-threshold -p $k/100 hundred.gxm; done >some
	prints 4-6,8-49,51-97,100 gx-reduce --missing=100,array some
	for k in 5 6 7; do gx-threshold -p $k/9 five.gxm; done >empties
	succeeds gx-reduce --missing=9,array empties
	[[ $(cat "$out") == 1-4 ]]
}

@test "empty parts may repeat, and are no gap" {
	local k
	gx-simulate -n 2 -m 2 -o two.gxm
	gx-threshold two.gxm >want
	for k in 1 2 3 4 5; do gx-threshold -p $k/5 two.gxm >e.$k; done
	prints "$(cat want)" gx-reduce e.1 e.2 e.3 e.4 e.5
	prints "$(cat want)" gx-reduce e.5 e.3 e.1 e.3 e.4 e.2 e.5
	prints "$(cat want)" gx-reduce e.1 e.2
	refuses 75 "missing" gx-reduce e.3 e.4
	# A matrix without rows.
	gx-simulate -n 0 -m 2 -o none.gxm
	for k in 1 2 3; do gx-threshold -p $k/3 none.gxm >n.$k; done
	gx-threshold none.gxm | cmp - <(gx-reduce n.1 n.2 n.3)
	gx-threshold none.gxm | cmp - <(gx-reduce n.2)
}

@test "--partial: a record for each contiguous range, in order" {
	gx-reduce --partial parts/4 parts/1 parts/2 >partial
	[[ $(grep -c '^column' partial) == 2 ]]
	[[ $(grep '^s1' partial | cut -f 8,9) == $'0\t28\n42\t55' ]]
	prints "$(cat whole)" gx-reduce partial parts/3
	prints "$(cat whole)" gx-reduce --partial partial parts/3
	prints "$(cat partial)" gx-reduce --partial partial
	prints "$(cat parts/2)" gx-reduce --partial parts/2
	refuses 75 "no record" gx-reduce --partial "$(mkdir -p none && echo none)"
	refuses 1 "digest" gx-reduce --partial --digest 0123456789abcdef parts
}

@test "text parts in bytes: with rows and without, each must be there" {
	local n k
	printf 'gene\ta\nx\t1\nlonglonglonglonglong\t20\ny\t3\n' >t.tsv
	gx-threshold -T 12 t.tsv >want
	for n in 2 3 8 20 44; do
		rm -f p.*
		for ((k = 1; k <= n; k++)); do gx-threshold -T 12 -p $k/$n t.tsv >p.$k; done
		prints "$(cat want)" gx-reduce p.*
		[[ $n == 2 ]] && continue
		# One without rows is as needed as any other, and as unique.
		k=$(grep -l $'^a\t0\t0\t0' p.* | sed -n 1p)
		refuses 1 "the same part twice" gx-reduce p.* "$k"
		mv "$k" aside
		refuses 75 "missing: bytes" gx-reduce p.*
	done
}

@test "directories: what parallel leaves, hidden files, temporaries, links, below and below" {
	mkdir -p d/1/a d/1/b d/.hidden d/deep/er
	cp parts/1 d/1/a/stdout
	: >d/1/a/stderr
	echo noise >d/1/a/seq
	cp parts/2 d/1/b/stdout
	echo "a warning" >d/1/b/stderr
	cp parts/3 d/deep/er/three
	cp parts/4 d/four
	prints "$(cat whole)" gx-reduce d
	echo noise | tee d/.x d/.hidden/y d/four.err d/four.seq d/five.gxtmp.123 >/dev/null
	mkfifo d/fifo
	prints "$(cat whole)" gx-reduce d
	ln -s ../parts d/link # a link to a directory is not walked
	prints "$(cat whole)" gx-reduce d
	echo "not a record" >d/log
	refuses 1 "d/log" gx-reduce d
	: >d/log
	refuses 1 "d/log" gx-reduce d
	rm d/log
	cp s.gxm d/matrix
	refuses 1 "d/matrix" gx-reduce d
	rm d/matrix
	rm d/four
	refuses 75 "missing" gx-reduce d
	prints 4 gx-reduce --missing=4 d
	# Named by itself, a file is what it is called for.
	cp parts/4 stderr
	prints "$(cat whole)" gx-reduce d stderr
}

@test "a directory without any record: 75" {
	mkdir -p none/deep/.hidden
	echo x >none/.x
	echo x >none/deep/stderr
	refuses 75 "no record" gx-reduce none
	refuses 75 "no part" gx-reduce --join none
	refuses 3 "absent: No such file" gx-reduce absent
	refuses 1 "s.gxm" gx-reduce s.gxm
	grep -qF -- --join "$err"
	refuses 1 "s.tsv:1: not a record" gx-reduce s.tsv
}

@test "--join: files in any order, a directory, a stream; the bytes of the whole" {
	local n k
	for n in 1 2 3 7 100; do
		rm -rf j
		mkdir j
		for ((k = 1; k <= n; k++)); do gx-simulate -n 55 -m 3 -b -p $k/$n >j/$((7919 * k % 101)); done
		gx-reduce --join -b j | cmp - s.gxm
		gx-reduce --join -b j/ -t 4 | cmp - s.gxm
		gx-reduce --join j | cmp - s.tsv
		gx-reduce --join j -o out.gxm
		same s.gxm out.gxm
		for ((k = 1; k <= n; k++)); do gx-simulate -n 55 -m 3 -b -p $k/$n; done >stream
		gx-reduce --join -b <stream | cmp - s.gxm
		cat stream | gx-reduce --join -b | cmp - s.gxm
		gx-reduce --join -b stream | cmp - s.gxm
	done
	gx-reduce --join -b s.gxm | cmp - s.gxm
	# Blocks of every number of rows are made blocks of one size.
	gx-simulate -n 50000 -m 3 -o big.gxm
	for k in 1 2 3; do gx-simulate -n 50000 -m 3 -p $k/3 -o b.$k.gxm; done
	gx-reduce --join -b b.3.gxm b.1.gxm b.2.gxm | cmp - big.gxm
	cat b.?.gxm | gx-reduce --join -b | cmp - big.gxm
}

@test "--join: gap 75, overlap 1, another source 1, nothing written" {
	local k
	for k in 1 2 3; do gx-simulate -n 55 -m 3 -b -p $k/3 -o j$k; done
	refuses 75 "missing: rows 19 to 37 of 55" gx-reduce --join -b j1 j3
	refuses 75 "missing" gx-reduce --join -b j1 j2
	refuses 75 "missing" gx-reduce --join -b j2 j3
	refuses 75 "" gx-reduce --join < <(cat j1 j3)
	exits 75 gx-reduce --join -b -o out < <(cat j1 j2)
	exits 75 gx-reduce --join -b -o out j1 j2
	exits 75 gx-reduce --join -b -o out < <(cat j2 j3)
	[[ ! -e out ]]
	refuses 1 "twice" gx-reduce --join -b j1 j2 j3 j2
	gx-simulate -n 55 -m 3 -b -p 2/4 -o q2
	refuses 1 "overlap" gx-reduce --join -b j1 q2 j2 j3
	refuses 1 "" gx-reduce --join < <(cat j2 j1 j3)
	exits 1 gx-reduce --join -b -o out < <(cat j1 j1 j2 j3)
	gx-simulate -n 55 -m 3 -b -s 2 -p 2/3 -o other
	refuses 1 "other" gx-reduce --join -b j1 other j3
	gx-simulate -n 55 -m 4 -b -p 2/3 -o wide
	refuses 1 "wide" gx-reduce --join -b j1 wide j3
	exits 1 gx-reduce --join -b -o out < <(cat j1 other j3)
	[[ ! -e out ]]
	refuses 1 "s.tsv" gx-reduce --join s.tsv
	grep -qF -- -H "$err"
	refuses 1 "j1" gx-reduce j1
	head -c -64 j2 >cut
	refuses 1 "cut" gx-reduce --join -b j1 cut j3
}

# replaced_while_joined NAME: joins a.gxm and b.gxm into a pipe that is read only when NAME is
# in the place of b.gxm. All heads are read before the first byte is written, and the pipe is
# full long before the first part is.
replaced_while_joined() {
	cp b.kept b.gxm
	{
		local code=0
		gx-reduce --join -b a.gxm b.gxm 2>err || code=$?
		echo $code >status
	} | {
		dd bs=1 count=1 of=got status=none
		cp "$1" new.gxm
		mv new.gxm b.gxm
		cat >>got
	}
}

@test "--join: a part that is replaced between plan and reading is exit 1" {
	gx-simulate -n 60000 -m 10 -o whole.gxm
	gx-simulate -n 60000 -m 10 -p 1/2 -o a.gxm
	gx-simulate -b -n 60000 -m 10 -p 2/2 -o b.kept
	# Replaced by itself, as a job does that runs again.
	replaced_while_joined b.kept
	[[ $(cat status) == 0 && ! -s err ]]
	same got whole.gxm
	gx-simulate -b -n 60000 -m 10 -s 2 -p 2/2 -o seed
	gx-simulate -b -n 60000 -m 10 -p 2/3 -o third
	gx-simulate -b -n 60000 -m 11 -p 2/2 -o wide
	gx-convert -b -p 2/2 whole.gxm -o derived
	gx-threshold --pass --any -T 40 -p 2/2 -b whole.gxm -o passed
	head -c 1000000 b.kept >cut
	{ cat b.kept; head -c 64 b.kept; } >long
	local name what
	while read -r name what; do
		replaced_while_joined $name
		[[ $(cat status) == 1 ]] || note "$name: exit $(cat status)"
		grep -qF "gx-reduce: b.gxm: it was replaced while the parts were joined, and has $what now" err ||
			note "$name: $(cat err)"
	done <<-'END'
		seed another input
		a.gxm other rows
		third other rows
		wide other columns
		derived other steps of work
		passed other steps of work
		cut other rows
		long other rows
	END
	gx-convert a.gxm >table
	replaced_while_joined table
	[[ $(cat status) == 1 ]]
	grep -qF "b.gxm: not GXM" err
}

@test "--join: parts with the same ranges and sums that were exchanged for others" {
	local name
	# What a simulation made has no other rows under one identity: forge some.
	python3 - <<-'END'
		import oracle
		nrow, ncol = 40000, 8

		def write(name, first, rows, **more):
		    more = dict(dict(identity="simulation:00000000000000aa", provenance="made"), **more)
		    with open(name, "wb") as file:
		        file.write(oracle.Segment(ncol, rows, first=first, whole=nrow, **more).bytes())

		half = nrow // 2
		low = [[i * 0.5 + j for j in range(ncol)] for i in range(half)]
		high = low[:]
		write("a.gxm", 0, low)
		write("b.kept", half, high)
		high[7] = [v + 1 for v in high[7]]
		write("rows", half, high)
		high[7] = low[7]
		write("names", half, high, names=[f"x{i}" for i in range(half)])
		write("provenance", half, high, provenance="made otherwise")
	END
	for name in rows names provenance; do
		replaced_while_joined $name
		[[ $(cat status) == 1 ]] || note "$name: exit $(cat status)"
		grep -qE "b.gxm: it was replaced while the parts were joined, and has other (steps|names|rows) .*now" err
	done
}

@test "--join: a file that was to hold what was replaced meanwhile does not appear" {
	gx-simulate -n 300000 -m 10 -p 1/2 -o a.gxm
	gx-simulate -b -n 300000 -m 10 -p 2/2 -o b.kept
	gx-simulate -b -n 300000 -m 10 -p 2/2 -s 2 -o seed
	local pid tries code
	# Stopped after its plan and before it opens the second part.
	for ((tries = 0; tries < 50; tries++)); do
		cp b.kept b.gxm
		cp seed new.gxm
		gx-reduce --join -o out.csv a.gxm b.gxm 2>err &
		pid=$!
		until compgen -G 'out.csv*' >/dev/null; do kill -0 $pid || break; done
		kill -STOP $pid
		readlink /proc/$pid/fd/* | grep -F /b.gxm >found || break
		kill -CONT $pid
		wait $pid
		rm out.csv
	done
	mv new.gxm b.gxm
	kill -CONT $pid
	code=0
	wait $pid || code=$?
	[[ $code == 1 ]]
	grep -qF "b.gxm: it was replaced while the parts were joined, and has another input now" err
	compgen -G 'out.csv*' >left || true
	[[ ! -s left ]]
}

@test "--join keeps and merges source facts: its record is that of the whole" {
	local k f
	for f in s.gxm s.tsv; do
		gx-means -b $f >m
		gx-threshold -T 9 m >want
		for k in 1 2 3; do gx-means -b -p $k/3 $f -o m.$k; done
		gx-reduce --join -b m.3 m.1 m.2 >joined
		gx-threshold -T 9 joined | cmp - want
		cat m.1 m.2 m.3 | gx-reduce --join -b | cmp - joined
		gx-means m >names
		gx-means joined | cmp - names
		refuses 2 "cut the source" gx-means -p 1/2 joined
		refuses 75 "missing" gx-reduce --join m.1 m.3
		gx-means -b --skip-na -p 2/3 $f -o m.2
		refuses 1 "m.2" gx-reduce --join m.1 m.2 m.3
	done
	succeeds gx-reduce --join -b --digest "$(field digest whole)" s.gxm
	exits 1 gx-reduce --join -b --digest 0123456789abcdef s.gxm -o out
	[[ ! -e out ]]
}

# joins_to WANT N command ...: the N parts that the command makes join to the file WANT, as
# files and as a stream.
joins_to() {
	local want=$1 n=$2 k
	shift 2
	rm -rf few
	mkdir few
	for ((k = 1; k <= n; k++)); do "$@" -p $k/$n -o few/$k.gxm || return 1; done
	gx-reduce --join -b few >got || note "$n parts: $*" || return 1
	same "$want" got || note "$n parts: $*" || return 1
	for ((k = 1; k <= n; k++)); do cat few/$k.gxm; done >stream
	gx-reduce --join -b <stream >got || note "a stream of $n parts: $*" || return 1
	same "$want" got || note "a stream of $n parts: $*" || return 1
	cat stream | gx-reduce --join -b | same "$want" - || note "a pipe of $n parts: $*"
}

@test "--join: more parts than rows, for all that makes parts" {
	local n nrow file
	for nrow in 0 1 3; do
		gx-simulate -n $nrow -m 2 -o made.gxm
		gx-simulate -n $nrow -m 2 -o made.npy
		gx-simulate -n $nrow -m 2 | sed 's/^g/gene/' >made.tsv
		python3 - $nrow <<-'END'
			import sys
			import oracle
			nrow = int(sys.argv[1])
			with open("named.gxm", "wb") as file:
			    file.write(oracle.Segment(2, [[i + 0.5, 7.0] for i in range(nrow)], columns=["a", "b"],
			                              names=[f"x{i}" for i in range(nrow)]).bytes())
		END
		gx-convert -b made.gxm -o plain.gxm
		for n in 1 2 5; do
			joins_to made.gxm $n gx-simulate -b -n $nrow -m 2
			for file in made.gxm made.npy made.tsv named.gxm plain.gxm; do
				gx-convert -b $file >want
				joins_to want $n gx-convert -b $file
				gx-means -b $file >want
				joins_to want $n gx-means -b $file
				gx-threshold --pass --any -T 3 -b $file >want
				joins_to want $n gx-threshold --pass --any -T 3 -b $file
			done
		done
	done
	# The whole is a source, which can be cut; steps of work are kept where there are any.
	gx-simulate -n 30 -m 2 -o made.gxm
	gx-convert -b made.gxm >want
	joins_to want 3 gx-convert -b made.gxm
	gx-threshold -T 5 -p 2/3 want | cmp - <(gx-threshold -T 5 -p 2/3 got)
	local k
	for k in 1 2 3; do gx-convert -b --columns 2 -p $k/3 made.gxm; done | gx-reduce --join -b >got
	gx-threshold -T 5 got | cmp - <(gx-threshold --columns 2 -T 5 made.gxm)
}

@test "--join: facts that say of more work than the header are refused" {
	python3 - <<-'END'
		import oracle
		facts = ("identity simulation:00000000000000aa\nunit rows\nfirst {}\nlast {}\nof 2\n"
		         "digest 0000000000000000\nwork mean\n")
		for k in (0, 1):
		    with open(str(k), "wb") as file:
		        file.write(oracle.Segment(1, [[1.0]], first=k, whole=2,
		                                  source=facts.format(k, k + 1)).bytes())
	END
	refuses 1 "'mean' was done to them" gx-reduce --join 0 1
	cat 0 1 >both
	exits 1 gx-reduce --join -o out <both
	grep -qF "'mean' was done to them" "$err"
	[[ ! -e out ]]
}

@test "options that do not go together are exit 2" {
	local options
	for options in '--join -c' '--join --partial' '--join --unverified' -b -H \
		'-f tsv' '-f npy' '--partial --missing=3' '--partial --unverified' \
		'--missing=3 --unverified' '-c --missing=3' '-c --partial'; do
		# shellcheck disable=SC2086
		refuses 2 "--" gx-reduce $options parts
	done
	refuses 2 "unknown option -p" gx-reduce -p 1/2 parts
}

@test "many parts: 3,000 records as files, as a stream, and gone" {
	mkdir many
	gx-simulate -n 3000 -m 1 -o many.gxm
	local k
	for ((k = 1; k <= 150; k++)); do gx-threshold -p $k/3000 many.gxm >many/$k; done
	python3 - >rest <<-'END'
		import struct
		import sys
		import oracle
		s = oracle.gxm_read(open("many.gxm", "rb").read())[0]
		for i in range(150, 3000):
		    v = struct.unpack("<d", struct.pack("<Q", s["bits"][i][0]))[0]
		    sys.stdout.buffer.write(oracle.record_bytes([("s1", int(v > 12), 1, 0, 12, "value above",
		        "rows", i, i + 1, 3000, oracle.matrix_digest([[v]]), s["identity"])]))
	END
	gx-threshold many.gxm | cmp - <(gx-reduce many rest)
	gx-threshold many.gxm | cmp - <(cat rest many/* | gx-reduce)
	prints 151-3000 gx-reduce --missing=3000,array many
	[[ $(gx-reduce --missing=3000 rest | wc -l) == 150 ]]
}

# in_memory KIB command ...: with no more address space than that.
in_memory() {
	(
		[[ ${GX_SANITIZED:-} ]] || ulimit -v "$1"
		shift
		exec "$@"
	)
}

@test "10,000 parts: as files, as a stream and as a tree, in 24 MiB" {
	python3 "$tests/forge_records.py" many 10000 1
	in_memory 24576 gx-reduce many | cmp - many.whole
	find many -type f -exec cat {} + >stream
	in_memory 24576 gx-reduce stream | cmp - many.whole
	cat stream | in_memory 24576 gx-reduce | cmp - many.whole
	# A hundred inner nodes, of parts that lie far from each other as well.
	mkdir inner far
	local k
	for ((k = 0; k < 100; k++)); do
		gx-reduce --partial $(seq -f 'many/%.0f' $((k * 100 + 1)) $((k * 100 + 100))) -o inner/$k
		gx-reduce --partial $(seq -f 'many/%.0f' $((k + 1)) 100 10000) -o far/$k
	done
	[[ $(wc -l <inner/7) == 2 && $(wc -l <far/7) == 200 ]]
	in_memory 24576 gx-reduce inner | cmp - many.whole
	in_memory 24576 gx-reduce far | cmp - many.whole
	# Every second one is lost: each is named.
	seq -f 'many/%.0f' 2 2 10000 | xargs rm
	in_memory 24576 gx-reduce --missing=10000 many | cmp - <(seq 2 2 10000)
	refuses 75 "5000 gaps" gx-reduce many
	[[ $(wc -l <"$err") == 21 ]]
}

@test "100 parts of 100 columns" {
	python3 "$tests/forge_records.py" wide 100 100
	in_memory 24576 gx-reduce wide | cmp - wide.whole
	cat wide/* | in_memory 24576 gx-reduce | cmp - wide.whole
}

@test "a record that a job is still writing is refused, and what to do is said" {
	local n size hint="is still writing it"
	size=$(stat -c %s parts/2)
	cp parts/2 two
	for ((n = 1; n < size; n += 5)); do
		head -c $n two >parts/2
		refuses 1 "$hint" gx-reduce parts
	done
	# Whole lines, but not all.
	head -n 3 two >parts/2
	refuses 1 "parts/2:1: damaged: its check is wrong" gx-reduce parts
	: >parts/2
	refuses 1 "parts/2: no record in it: it is empty (is a job still writing it?" gx-reduce parts
	# Named by itself it is one that was lost.
	head -c 150 two >parts/2
	refuses 1 "parts/2:2: cut off: the line has no end: run that part again" gx-reduce parts/2
	lacks -F "$hint" "$err"
	cp two parts/2
	prints "$(cat whole)" gx-reduce parts
}

@test "what is no record is refused by its first bytes, however much there is" {
	mkdir d e
	truncate -s 1G d/sparse
	head -1 whole >e/header
	cp whole nul
	truncate -s 1G e/header nul
	(
		[[ ${GX_SANITIZED:-} ]] || ulimit -v 40000
		refuses 1 "/dev/zero:1: not a record" gx-reduce /dev/zero
		refuses 1 "d/sparse:1: not a record" gx-reduce d
		refuses 1 "e/header:2: damaged: not a line of a record" gx-reduce e
		refuses 1 "nul:5: damaged: not a line of a record" gx-reduce nul
		refuses 1 "<stdin>:1: not a record" gx-reduce < <(yes)
		refuses 1 "<stdin>:1: not a record" gx-reduce < <(yes column)
		refuses 1 "<stdin>:1: not a record" gx-reduce < <(gzip -c </dev/zero)
		refuses 1 "<stdin>:2: damaged: not a line of a record" gx-reduce < <(head -1 whole; cat /dev/zero)
		refuses 1 "<stdin>:2: damaged: not a line of a record" gx-reduce < <(head -1 whole; yes)
		refuses 1 "<stdin>:5: damaged: not a line of a record" gx-reduce < <(cat whole; yes)
		refuses 1 "a binary matrix, not a record" gx-reduce < <(cat s.gxm; yes)
	)
}

@test "a record is read as it comes, and only its numbers are held" {
	# In pieces of every size; and a stream that would not fit as a text.
	local n
	for n in 1 2 7 73 74 75 150 4096; do
		cat parts/4 parts/2 parts/1 parts/3 | dd obs=$n status=none | gx-reduce | cmp - whole
	done
	python3 - >many <<-'END'
		import sys
		import oracle
		wide = 300000
		for k in (0, 1):
		    sys.stdout.buffer.write(oracle.record_bytes(
		        (f"s{j + 1}", j % 2, 1, 0, 12, "value above", "rows", k, k + 1, 2, "00000000000000aa",
		         "simulation:00000000000000aa") for j in range(wide)))
	END
	[[ $(stat -c %s many) -gt 60000000 ]]
	(
		# Twice 24 bytes a column, twice its name, and growth.
		[[ ${GX_SANITIZED:-} ]] || ulimit -v 60000
		gx-reduce -c many | sort | uniq -c | sed 's/^ *//' >counts
		cat many | gx-reduce -c | sort | uniq -c | sed 's/^ *//' | same counts -
	)
	printf '150000 0\n150000 2\n' | same - counts
}

# ---- the input changes while its parts run ----

# in_parts FILE CHANGE: part 1 of 2, the change, part 2.
in_parts() {
	rm -f one two
	gx-threshold -T 5 -p 1/2 "$1" >one
	eval "$2"
	gx-threshold -T 5 -p 2/2 "$1" >two 2>part.err
}

@test "GXM that changes between its parts is always found" {
	gx-simulate -n 20000 -m 9 -o m.gxm
	gx-simulate -n 20000 -m 9 -s 2 -o other.gxm
	gx-convert -b other.gxm -o new.gxm # without an identity of its own
	gx-convert -b m.gxm -o old.gxm
	cp m.gxm kept.gxm
	in_parts m.gxm 'cp other.gxm m.gxm'
	refuses 1 "differ in 'input'" gx-reduce one two
	cp old.gxm m.gxm
	in_parts m.gxm 'cp new.gxm m.gxm'
	refuses 1 "differ in 'input'" gx-reduce one two
	# One byte, in the part that is still to run.
	cp kept.gxm m.gxm
	run -1 in_parts m.gxm 'printf X | dd of=m.gxm bs=1 seek=1000000 conv=notrunc status=none'
	grep -qF "damaged (checksum): rows" part.err
	# More rows behind it.
	cp kept.gxm m.gxm
	run -1 in_parts m.gxm 'cat kept.gxm >>m.gxm'
	grep -qF "does not continue" part.err
	cp kept.gxm m.gxm
	in_parts m.gxm true
	succeeds gx-reduce one two
}

# turn_digit FILE SHARE: another digit at that share of the file; nothing else changes.
turn_digit() {
	python3 - "$@" <<-'END'
		import sys
		with open(sys.argv[1], "r+b") as file:
		    text = file.read()
		    at = int(len(text) * float(sys.argv[2]))
		    while not text[at:at + 1].isdigit() or text[at - 2:at] == b"\ng":
		        at += 1
		    file.seek(at)
		    file.write(b"1" if text[at:at + 1] != b"1" else b"2")
	END
}

@test "parts that were read in other ways are never one: options are not glued" {
	{ printf 'gene\tc1\tc2\tc3\n'; seq 40 | sed 's/.*/g&\t&\t7\t&/'; } >m.tsv
	local one two
	while IFS='|' read -r one two; do
		eval "gx-threshold -T 5 -p 1/2 $one m.tsv >one"
		eval "gx-threshold -T 5 -p 2/2 $two m.tsv >two"
		refuses 1 "differ in 'input'" gx-reduce one two
		eval "gx-threshold -T 5 -p 2/2 $one m.tsv >two"
		succeeds gx-reduce one two
	done <<-'END'
		--na 'A skip-blank'|--na A --skip-blank
		--na 'A skip-blank '|--na A --skip-blank
		--na 'A decimal-comma skip-blank'|--na A --decimal-comma --skip-blank
		--na A|--na 'A '
		--na ''|
		--delimiter tab|
		--columns c1,c2,c3 --na x|--columns 2,3,4 --na x
		--na 'x no-header'|--na x
	END
}

@test "text and npy that change between their parts: by the fingerprint, or by --digest" {
	local before after
	rows 30000 9 >m.tsv
	gx-convert -f npy m.tsv -o m.npy
	[[ $(stat -c %s m.tsv) -gt 1000000 ]]
	# Another size; in npy the header, too.
	cp m.tsv kept
	in_parts m.tsv 'tail -n 2 kept >>m.tsv'
	refuses 1 "differ in 'input'" gx-reduce one two
	in_parts m.npy 'gx-convert m.tsv -o m.npy'
	refuses 1 "differ in 'input'" gx-reduce one two
	cp kept m.tsv
	# In a block that the fingerprint has: the last.
	in_parts m.tsv 'turn_digit m.tsv 0.999'
	refuses 1 "differ in 'input'" gx-reduce one two
	cp <(rows 30000 9) m.tsv
	# In one that it has not, in each of the parts: only the digest tells.
	before=$(gx-info m.tsv | sed -n 's/^digest //p')
	in_parts m.tsv 'turn_digit m.tsv 0.3; turn_digit m.tsv 0.7'
	after=$(gx-info m.tsv | sed -n 's/^digest //p')
	[[ $before != "$after" && ${#after} == 16 ]]
	succeeds gx-reduce one two
	refuses 1 "changed while its parts ran" gx-reduce --digest "$before" one two
	refuses 1 "changed while its parts ran" gx-reduce --digest "$after" one two
	in_parts m.tsv true
	succeeds gx-reduce --digest "$after" one two
	refuses 1 "changed while its parts ran" gx-reduce --digest "$before" one two
}

@test "--join: a part that is one of several must be a file" {
	local k
	for k in 1 2; do gx-simulate -b -n 9 -m 3 -p $k/2 -o $k.gxm; done
	refuses 2 "cat all parts in their order into gx-reduce --join" gx-reduce --join - 2.gxm <1.gxm
	refuses 2 "must be a file" gx-reduce --join <(cat 1.gxm) 2.gxm
	# What it advises.
	cat 1.gxm 2.gxm | gx-reduce --join >got
	gx-simulate -n 9 -m 3 | cmp - got
	gx-reduce --join <(cat 1.gxm 2.gxm) | cmp - got
}
