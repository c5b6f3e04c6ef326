#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-threshold: counts as records, and rows passed on.

load lib.bash

setup() {
	work
}

@test "records, field by field, of whole and parts, file and pipe, in every format" {
	python3 "$tests/check_record.py"
}

@test "the check is XXH3 of what the manual says, by another program" {
	command -v xxhsum >/dev/null || skip "xxhsum is not installed"
	table >t.tsv
	gx-threshold -T 2 t.tsv >record
	[[ $(sed $'2,$s/[^\t]*$//' record | xxhsum -H3 | grep -oE '[0-9a-f]{16}') == "$(field check record)" ]]
}

@test "strictly above, strictly below; missing values are neither and are told" {
	printf 'gene\ta\tb\nx\t12\tNA\ny\t12.000000000000002\t-1\nz\t11.999999999999998\t\nw\tInf\t-Inf\n' >t.tsv
	gx-threshold -T 12 t.tsv >record
	[[ $(cut -f 1-6 record) == $'column\tcount\trows\tna\tthreshold\twork\na\t2\t4\t0\t12\tvalue above\nb\t0\t4\t2\t12\tvalue above' ]]
	gx-threshold -T 12 --below t.tsv >record
	[[ $(cut -f 1-6 record) == $'column\tcount\trows\tna\tthreshold\twork\na\t1\t4\t0\t12\tvalue below\nb\t2\t4\t2\t12\tvalue below' ]]
}

@test "-c prints the bare count of each column" {
	table >t.tsv
	prints $'2\n1' gx-threshold -c -T 3 t.tsv
	prints $'1\n1' gx-threshold -c -T 3 --below t.tsv
	prints 2 gx-threshold -c -T 3 < <(gx-means -b --skip-na t.tsv)
	prints $'2\n1' gx-threshold -c -T 3 <t.tsv
	four_ways t.tsv gx-threshold -c -T 3
}

@test "the record of GXM, npy and compressed text is one, however it comes" {
	gx-simulate -n 4000 -m 30 -o s.gxm
	gx-simulate -n 4000 -m 30 -o s.npy
	gx-simulate -n 4000 -m 30 | gzip >s.tsv.gz
	gx-simulate -n 4000 -m 30 | zstd -q >s.tsv.zst
	local f
	for f in s.gxm s.npy s.tsv.gz s.tsv.zst; do
		four_ways "$f" gx-threshold -T 5
		cut -f 1-4,11 "$out" >"$f.counts"
	done
	same s.*.counts
	# Compressed text is [0, n) of n by its own end.
	gx-threshold -T 12 s.tsv.gz >record
	[[ $(field of record) == 4000 && $(field last record) == 4000 && $(field unit record) == rows ]]
	[[ $(field input record) == "digest:$(field digest record)" ]]
}

@test "text from a pipe says that it does not know the whole" {
	table | gx-threshold -T 12 >record
	[[ $(field unit record) == rows && $(field first record) == 0 && $(field last record) == 3 ]]
	[[ $(field of record) == . && $(field input record) == . ]]
	table >t.tsv
	gx-threshold -T 12 <t.tsv >stdin # a regular file at its start is a file
	gx-threshold -T 12 t.tsv | cmp - stdin
	# A file that something was read of is a pipe.
	{ printf 'read before\n'; table; } >longer
	{
		read -r line
		gx-threshold -T 12 >rest
	} <longer
	[[ $line == 'read before' && $(field of rest) == . && $(field rows rest) == 3 ]]
}

@test "one digest in TSV, CSV, npy and GXM, of the whole and summed over parts" {
	local f n k digest
	gx-simulate -n 150 -m 9 >m.tsv
	gx-simulate -n 150 -m 9 -f csv >m.csv
	gx-simulate -n 150 -m 9 -o m.gxm
	gx-simulate -n 150 -m 9 -o m.npy
	gx-threshold m.gxm >record
	digest=$(field digest record)
	for f in m.tsv m.csv m.gxm m.npy; do
		gx-threshold -T 12 $f >whole
		[[ $(field digest whole) == "$digest" ]] || note "$f: another digest"
		for n in 1 2 3 7 100; do
			for ((k = 1; k <= n; k++)); do
				gx-threshold -T 12 -p $k/$n $f
			done >parts
			gx-reduce --digest "$digest" parts | cmp - whole
			gx-reduce <parts | cmp - whole
		done
	done
}

@test "--pass: any, all, at least; above and below; names and missing values kept" {
	printf 'gene\ta\tb\tc\nx\t1\t2\t3\n"y y"\t20\tNA\t3\nz,z\t20\t30\t40\nw\tNA\t\tnan\n' >t.tsv
	prints $'gene\ta\tb\tc\ny y\t20\tNA\t3\nz,z\t20\t30\t40' gx-threshold -T 12 --pass --any t.tsv
	prints $'gene\ta\tb\tc\nz,z\t20\t30\t40' gx-threshold -T 12 --pass --all t.tsv
	prints $'gene\ta\tb\tc\ny y\t20\tNA\t3\nz,z\t20\t30\t40' gx-threshold --pass --at-least 2 -T 2 t.tsv
	prints $'gene\ta\tb\tc\nz,z\t20\t30\t40' gx-threshold -T 12 --pass --at-least 3 t.tsv
	prints $'gene\ta\tb\tc\nx\t1\t2\t3\ny y\t20\tNA\t3' gx-threshold -T 12 --pass --any --below t.tsv
	prints $'gene\ta\tb\tc\nx\t1\t2\t3' gx-threshold -T 12 --pass --all --below t.tsv
	prints $'gene\ta\tb\tc' gx-threshold --pass --all -T 1e300 t.tsv
	prints $'gene,a,b,c\n"z,z",20,30,40' gx-threshold -T 12 --pass --all -f csv t.tsv
	prints $'z,z\t20\t30\t40' gx-threshold -T 12 --pass --all -H t.tsv
}

@test "--pass of one column needs no rule; of more it does" {
	table >t.tsv
	prints $'gene\tmean\ng2\t17' gx-threshold -T 12 --pass < <(gx-means -b t.tsv)
	refuses 2 "2 columns" gx-threshold --pass t.tsv
	refuses 2 "--any" gx-threshold --pass t.tsv
	refuses 2 "from 1 to 2" gx-threshold --pass --at-least 3 t.tsv
	refuses 2 "from 1 to 2" gx-threshold --pass --at-least 0 t.tsv
}

@test "rows without names keep their number in the whole as name" {
	local k
	gx-simulate -n 40 -m 2 -o s.gxm
	gx-simulate -n 40 -m 2 -o s.npy
	gx-simulate -n 40 -m 2 | awk 'NR == 1 || $2 > 12 || $3 > 12' >want
	[[ $(wc -l <want) -gt 5 ]]
	for f in s.gxm s.npy; do
		four_ways $f gx-threshold -T 12 --pass --any
		same want "$out"
		for k in 1 2 3; do
			gx-threshold -T 12 --pass --any -H -p $k/3 $f
		done | cmp - <(tail -n +2 want)
		gx-threshold -T 12 --pass --any -b $f | gx-threshold -T 12 --pass --any | cmp - want
		gx-threshold --pass --any -b -T 1 $f | gx-threshold -T 12 --pass --any | cmp - want
		gx-threshold -T 12 --pass --any -b $f | gx-means | cut -f 1 | cmp - <(cut -f 1 want)
	done
}

@test "parts of passed rows, one behind the other, are the passed whole, by coverage" {
	local n k f
	gx-simulate -n 300 -m 4 -o s.gxm
	gx-simulate -n 300 -m 4 >s.tsv
	gx-simulate -n 300 -m 4 -o s.npy
	for f in s.gxm s.tsv s.npy; do
		gx-threshold --pass --all -T 4 -b $f >whole
		gx-threshold -T 9 whole >record
		for n in 3 7 100; do
			rm -f p.*
			for ((k = 1; k <= n; k++)); do
				gx-threshold --pass --all -T 4 -b -p $k/$n $f -o "p.$(printf %03d $k)"
			done
			cat p.* | gx-threshold -T 9 | cmp - record
			gx-threshold -T 9 p.* | cmp - record
			gx-reduce --join -b p.* | gx-threshold -T 9 | cmp - record
			for k in p.*; do gx-threshold -T 9 "$k"; done | gx-reduce | cmp - record
			# One is missing, or comes twice.
			rm p.002
			refuses 75 "missing" gx-reduce --join -b p.*
			refuses 1 "continue" gx-threshold -T 9 p.*
			refuses 1 "continue" gx-threshold -T 9 < <(cat p.*)
			refuses 1 "continue" gx-threshold -T 9 < <(cat p.001 p.001)
		done
	done
}

@test "npy of passed rows: a file is patched at the end, a pipe is refused" {
	gx-simulate -n 100 -m 3 -o s.gxm
	gx-threshold -T 12 --pass --any s.gxm -o p.npy
	gx-threshold -T 12 --pass --any s.gxm >p.tsv
	gx-means p.npy | cut -f 2 | cmp - <(gx-means p.tsv | cut -f 2)
	{ gx-threshold -T 12 --pass --any -f npy s.gxm 2>err || echo $? >code; } | cat >piped
	[[ $(cat code) == 2 && ! -s piped ]]
	grep -qF 'write a file (-o m.npy)' err
	gx-threshold -T 12 --pass --any -f npy s.gxm >r.npy # stdout is a file
	same p.npy r.npy
	# Behind other bytes of the same file; what is appended cannot be patched.
	{ printf 'before'; gx-threshold -T 12 --pass --any -f npy s.gxm; } >behind
	tail -c +7 behind | cmp - p.npy
	printf 'before' >appended
	code=0
	gx-threshold -T 12 --pass --any -f npy s.gxm >>appended 2>err || code=$?
	((code == 2))
	[[ $(cat appended) == before ]]
}

@test "options that do not go together are exit 2" {
	table >t.tsv
	refuses 2 "--pass" gx-threshold --pass -c --any t.tsv
	refuses 2 "--pass" gx-threshold --any t.tsv
	refuses 2 "--pass" gx-threshold --at-least 1 t.tsv
	local options
	for options in -b -H '-f tsv' '-f npy'; do
		# shellcheck disable=SC2086
		refuses 2 "a record is always TSV" gx-threshold $options t.tsv
	done
	for options in nan inf -inf abc '' 1x 0x10 1,5 ' 1' NA 1e999; do
		refuses 2 "-T" gx-threshold -T "$options" t.tsv
	done
	prints $'3\n2' gx-threshold -c -T -1e-310 t.tsv
}

@test "--part of a part is refused, however it comes; of all parts, joined, it is that of the whole" {
	local k
	gx-simulate -n 100 -m 3 -o whole.gxm
	for k in 1 2 3; do gx-simulate -b -n 100 -m 3 -p $k/3 -o part.$k; done
	for k in 1/2 1/3 2/3 3/3 1/100 100/100; do
		refuses 2 "it is itself a part" gx-threshold -p $k part.1
		refuses 2 "it is itself a part" gx-threshold -p $k part.2
		# On a pipe the rows of others may follow those of the first.
		refuses 1 "--part needs the whole: it has 34 of 100 rows: join its parts first (gx-reduce --join)" \
			gx-threshold -p $k < <(cat part.1)
		refuses 1 "--part needs the whole: it has 67 of 100 rows" \
			gx-threshold -p $k < <(cat part.1 part.2)
		refuses 2 "it is itself a part" gx-threshold -p $k < <(cat part.2)
		gx-threshold -T 12 -p $k whole.gxm >want
		cat part.{1,2,3} | gx-threshold -T 12 -p $k | cmp - want
		gx-reduce --join -b part.* | gx-threshold -T 12 -p $k | cmp - want
	done
}

@test "-o x.gxm of a record is a record still" {
	table >t.tsv
	gx-threshold -T 12 t.tsv >want
	code=0
	gx-threshold -T 12 t.tsv -o r.gxm 2>err || code=$?
	# Either it is text under any name, or it is refused as a format for a record.
	if ((code == 0)); then
		same want r.gxm
	else
		((code == 2))
		[[ ! -e r.gxm ]]
	fi
}

@test "gx-threshold with four threads counts what one counts, of every width" {
	local m
	for m in 1 2 7 8 9 63 64 65 1000; do
		gx-simulate -n 700 -m $m -o s.gxm
		gx-threshold s.gxm >want
		gx-threshold -t 4 s.gxm | cmp - want
		gx-simulate -n 700 -m $m | gx-threshold -T 12 -c -t 3 | cmp - <(tail -n +2 want | cut -f 2)
	done
}
