#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-reduce --add: sums of networks against R's, in any order and tree, and sums of matrices.

load lib.bash

setup() {
	work
	sim=$data/networks/sim
}

# ranks N ...: ranked networks of these data sets, the missing pairs filled.
ranks() {
	local n
	for n in "$@"; do
		gx-correlate "$sim/d$n.expr.tsv" 2>/dev/null | gx-rank --fill median -b -o "d$n.gxm" ||
			return 1
	done
}

# is REFERENCE UNIT TOLERANCE NETWORK: each value by the unit is that of the reference.
is() {
	gx-convert "$4" | awk -F '\t' -v OFS='\t' -v unit="$2" 'NR > 1 {
		for (i = 2; i <= NF; i++) $i = sprintf("%.17g", $i / unit)
	} { print }' >scaled
	python3 "$tests/check_network.py" scaled "$sim/agg/$1.lower.tsv.gz" "$3"
}

# fact NETWORK KEY: what the head of a network says.
fact() {
	python3 "$tests/gxm_reader.py" facts "$1" | sed -nE "s/^(network-)?$2 //p"
}

# small: a network of three genes as a full table, and two more data sets of other genes.
small() {
	printf 'gene\tx\ty\ta\nx\t1\t0.5\t0.25\ny\t0.5\t1\t-0.5\na\t0.25\t-0.5\t1\n' >one.tsv
	printf 'gene\ta\tx\tb\na\t1\t0.75\t0.1\nx\t0.75\t1\t0.2\nb\t0.1\t0.2\t1\n' >two.tsv
	gx-rank -b -o one.gxm one.tsv
	gx-rank -b -o two.gxm two.tsv
}

@test "the sum of five networks is R's sum, and its ranks are R's ranks" {
	ranks 1 2 3 4 5
	succeeds gx-reduce --add -b -o sum.gxm d?.gxm
	# 2^46 is one; a sum of five is within a few last digits of R's doubles.
	is d1-5.pearson.sum.R 70368744177664 2e-13 sum.gxm
	gx-rank -b -o again.gxm sum.gxm
	is d1-5.pearson.agg.R "$(fact again.gxm max)" 1e-15 again.gxm
}

@test "order and tree of a sum do not show, in any byte" {
	ranks 1 2 3 4 5
	gx-reduce --add -b -o want d1.gxm d2.gxm d3.gxm d4.gxm d5.gxm
	gx-reduce --add -b d5.gxm d3.gxm d1.gxm d4.gxm d2.gxm | cmp - want
	gx-reduce --add -b -o left.gxm d4.gxm d2.gxm
	gx-reduce --add -b -o right.gxm d5.gxm d1.gxm d3.gxm
	gx-reduce --add -b right.gxm left.gxm | cmp - want
	# One after the other, as the study does it, and through pipes.
	cp d3.gxm running.gxm
	for n in 5 1 2 4; do
		gx-reduce --add -b -o next.gxm running.gxm "d$n.gxm"
		mv next.gxm running.gxm
	done
	same want running.gxm
	cat left.gxm | gx-reduce --add -b right.gxm - | cmp - want
	gx-reduce --add -b <(cat d1.gxm) <(gzip -c d2.gxm) d3.gxm <(cat d4.gxm) d5.gxm | cmp - want
	for t in 2 3 7; do
		gx-reduce --add -b -t "$t" d?.gxm | cmp - want
	done
	mkdir all
	mv d?.gxm all
	gx-reduce --add -b all | cmp - want
	[[ $(fact want networks) -eq 5 ]]
}

@test "names that are implied are those that are written out" {
	gx-simulate -n 50 -m 9 | gx-correlate -b | gx-rank -b -o named.gxm
	gx-simulate -n 50 -m 9 --seed 2 -b | gx-correlate -b | gx-rank -b -o implied.gxm
	gx-reduce --add -b -o sum.gxm named.gxm implied.gxm
	gx-reduce --add -b implied.gxm named.gxm | cmp - sum.gxm
	[[ $(gx-convert sum.gxm | sed -n '51s/\t.*//p') == g50 ]]
	gx-simulate -n 51 -m 9 -b | gx-correlate -b | gx-rank -b -o more.gxm
	refuses 1 "50 genes" gx-reduce --add named.gxm more.gxm
}

@test "a sum says what it is of, and one network is a sum of one" {
	ranks 1 2
	gx-reduce --add -b -o sum.gxm d1.gxm d2.gxm
	gx-reduce --add -b -o one.gxm d1.gxm
	[[ $(fact sum.gxm provenance) == "sum rank integer fill:median n=2 of="???????????????? ]]
	[[ $(fact one.gxm provenance) == "sum rank integer fill:median n=1 of=$(gx-info --quick d1.gxm | sed -n 's/^stored_digest //p')" ]]
	[[ $(fact one.gxm max) -eq 70368744177664 ]]
	# In text the sum is exact.
	gx-reduce --add d1.gxm d2.gxm >text
	gx-convert sum.gxm | cmp - text
	gx-reduce --add -f edges d1.gxm d2.gxm >edges
	gx-convert -f edges sum.gxm | cmp - edges
}

@test "networks of doubles are added in the order of the operands" {
	for n in 1 2; do gx-correlate -b -o "c$n.gxm" "$sim/d$n.expr.tsv"; done
	gx-correlate -b -o c3.gxm "$sim/d3.expr.tsv" 2>warned
	gx-reduce --add -o sum.tsv c1.gxm c2.gxm c3.gxm
	python3 - "$sim" <<-'END'
		import csv
		from subprocess import check_output
		def table(command):
		    rows = [l.split("\t") for l in check_output(command, text=True).splitlines()]
		    return [[float("nan") if v == "NA" else float(v) for v in r[1:]] for r in rows[1:]]
		parts = [table(["gx-convert", f"c{n}.gxm"]) for n in (1, 2, 3)]
		got = table(["cat", "sum.tsv"])
		for i, row in enumerate(got):
		    for j, value in enumerate(row):
		        want = (parts[0][i][j] + parts[1][i][j]) + parts[2][i][j]
		        assert value == want or (value != value and want != want), (i, j, value, want)
	END
}

@test "matrices of values are added, and what only looks like a network is refused" {
	printf 'gene\ta\tb\ng1\t1\t2\ng2\tNA\t0.1\n' >m1.tsv
	printf 'gene\ta\tb\ng1\t10\t20\ng2\t3\t0.2\n' >m2.tsv
	prints $'gene\ta\tb\ng1\t11\t22\ng2\tNA\t0.30000000000000004' gx-reduce --add m1.tsv m2.tsv
	prints $'gene\ta\tb\ng1\t11\t22\ng2\tNA\t0.30000000000000004' gx-reduce --add m1.tsv <(cat m2.tsv)
	gx-convert -b m2.tsv >m2.gxm
	prints $'gene\ta\tb\ng1\t11\t22\ng2\tNA\t0.30000000000000004' gx-reduce --add m1.tsv m2.gxm
	prints $'gene\ta\tb\ng1\t2\t4\ng2\tNA\t0.2' gx-reduce --add --repeated m1.tsv m1.tsv
	refuses 2 "--repeated" gx-reduce --add m1.tsv m1.tsv
	printf 'gene\tb\ta\ng1\t10\t20\n' >turned.tsv
	refuses 1 "one shape" gx-reduce --add m1.tsv <(printf 'gene\ta\ng1\t10\n')
	refuses 1 "gx-convert --columns" gx-reduce --add m1.tsv turned.tsv
	refuses 1 "g3" gx-reduce --add m1.tsv <(printf 'gene\ta\tb\ng1\t1\t2\ng3\t3\t4\n')
	refuses 1 "more rows" gx-reduce --add m1.tsv <(printf 'gene\ta\tb\ng1\t1\t2\n')
	refuses 2 "--genes and --fill are for networks" gx-reduce --add --genes common m1.tsv m2.tsv
	small
	refuses 1 "--as-values" gx-reduce --add one.tsv one.tsv --repeated
	prints $'gene\tx\ty\ta\nx\t2\t1\t0.5\ny\t1\t2\t-1\na\t0.5\t-1\t2' \
		gx-reduce --add --as-values --repeated one.tsv one.tsv
	# As networks of doubles: the sum is one, too.
	gx-reduce --add --symmetrize mean --repeated -b one.tsv one.tsv >sum.gxm
	prints $'gene\tx\ty\ta\nx\t2\t1\t0.5\ny\t1\t2\t-1\na\t0.5\t-1\t2' gx-convert sum.gxm
}

@test "genes that differ: common, union, a file; the median, the mean or nothing for the others" {
	small
	refuses 1 "--genes common, union or FILE" gx-reduce --add one.gxm two.gxm
	# q of one.tsv: y-a 2 (two cells of nine), x-a 6, x-y 10, the diagonal 16; of two.tsv a-b 3,
	# x-b 7, a-x 11. In units of the largest, 2^46.
	one() { echo $((($1 * 140737488355328 + $2) / (2 * $2))); }
	max1=$(fact one.gxm max) max2=$(fact two.gxm max)
	gx-convert -f edges one.gxm | tail -n +2 >q1
	gx-convert -f edges two.gxm | tail -n +2 >q2
	xa1=$(awk '$1 == "a" && $2 == "x" { print $3 }' q1)
	xa2=$(awk '$1 == "x" && $2 == "a" { print $3 }' q2)
	xa=$(($(one "$xa1" "$max1") + $(one "$xa2" "$max2")))
	prints $'gene1\tgene2\tvalue\na\tx\t'"$xa" gx-reduce --add --genes common -f edges one.gxm two.gxm
	refuses 1 "--fill median, mean or skip" gx-reduce --add --genes union one.gxm two.gxm
	xy1=$(awk '$1 == "y" && $2 == "x" { print $3 }' q1)
	for how in median mean skip; do
		case $how in
		skip) fill=0 ;;
		*) fill=$(one "$(fact two.gxm $how)" "$max2") ;;
		esac
		succeeds gx-reduce --add --genes union --fill $how -f edges one.gxm two.gxm
		[[ $(awk '{ print $1, $2 }' "$out" | tail -n +2 | tr '\n' ,) == "y x,a x,a y,b x,b y,b a," ]]
		[[ $(awk '$1 == "y" && $2 == "x" { print $3 }' "$out") -eq $(($(one "$xy1" "$max1") + fill)) ]]
		# Genes that neither has together count both fills.
		[[ $how != skip ]] || [[ $(awk '$1 == "b" && $2 == "y" { print $3 }' "$out") -eq 0 ]]
	done
	printf 'a\nx\nb\ny\n' >genes
	gx-reduce --add --genes genes --fill mean -b one.gxm two.gxm >ab
	gx-reduce --add --genes genes --fill mean -b two.gxm one.gxm | cmp - ab
	# Step by step it is the same sum: what was filled once is there.
	gx-reduce --add --genes genes --fill mean -b one.gxm >step1.gxm
	gx-reduce --add --genes genes --fill mean -b step1.gxm two.gxm | cmp - ab
	gx-reduce --add --genes genes --fill mean -b <(cat two.gxm) step1.gxm | cmp - ab
	gx-reduce --add --genes genes --fill mean -b -t 3 one.gxm two.gxm | cmp - ab
}

@test "a list that all networks have in its order changes nothing but what the sum says" {
	ranks 1 2
	gx-reduce --add d1.gxm d2.gxm >plain
	gx-convert d1.gxm | tail -n +2 | cut -f 1 >genes
	gx-reduce --add --genes genes d1.gxm d2.gxm | cmp - plain
	tac genes >turned
	gx-reduce --add --genes turned -b d1.gxm d2.gxm >turned.gxm
	gx-convert -f edges turned.gxm | awk -F '\t' 'NR > 1 { print $2, $1, $3 }' | sort >got
	gx-reduce --add -f edges d1.gxm d2.gxm | awk -F '\t' 'NR > 1 { print $1, $2, $3 }' | sort | cmp - got
}

@test "bad lists of genes" {
	small
	printf 'x\ny\nx\n' >twice
	refuses 1 "there twice" gx-reduce --add --genes twice --fill mean one.gxm
	printf 'x\n\ny\n' >blank
	refuses 1 "blank:2: a blank line" gx-reduce --add --genes blank --fill mean one.gxm
	printf 'x\tTERM\n' >two-columns
	refuses 1 "cut -f 1" gx-reduce --add --genes two-columns --fill mean one.gxm
	: >empty
	refuses 1 "empty" gx-reduce --add --genes empty --fill mean one.gxm
	refuses 3 "not-there" gx-reduce --add --genes not-there --fill mean one.gxm
	printf 'gene\tx\tx\nx\t1\t0.5\nx\t0.5\t1\n' | gx-convert --triangle -b -o same.gxm
	refuses 1 "there twice" gx-reduce --add --genes union --fill skip same.gxm
	gx-convert --triangle -b -o plain.gxm one.tsv
	printf 'x\ny\nz\n' >more
	refuses 1 "--fill skip" gx-reduce --add --genes more --fill mean plain.gxm
	succeeds gx-reduce --add --genes more --fill skip -f edges plain.gxm
	refuses 1 "a network has two at least" gx-reduce --add --genes common one.gxm <(
		printf 'gene\tp\tq\np\t1\t0.5\nq\t0.5\t1\n' | gx-rank -b
	)
}

@test "what is no network of the same kind is refused" {
	small
	gx-convert --triangle -b -o plain.gxm one.tsv
	gx-rank --method egad -b -o egad.gxm one.tsv
	gx-rank --fill mean -b -o filled.gxm one.tsv
	refuses 1 "networks of one kind" gx-reduce --add one.gxm plain.gxm
	refuses 1 "networks of one kind" gx-reduce --add one.gxm egad.gxm
	refuses 1 "networks of one kind" gx-reduce --add one.gxm filled.gxm
	refuses 1 "gx-convert --triangle" gx-reduce --add one.gxm one.tsv
	refuses 1 "gx-reduce --join" gx-reduce --add one.gxm <(gx-convert -b --part 1/2 one.gxm)
	gx-simulate -n 5 -m 3 -o m.gxm
	gx-threshold -T 1 m.gxm >record
	refuses 2 "without --add" gx-reduce --add record
	gx-reduce record >sum
	for option in --join -c --missing=2 --partial --unverified; do
		refuses 2 "--add" gx-reduce --add $option one.gxm
	done
	refuses 2 "--digest" gx-reduce --add --digest 0123456789abcdef one.gxm
	for option in '--genes common' '--fill mean' --as-values '--symmetrize lower'; do
		refuses 2 "for --add" gx-reduce $option record
	done
	refuses 2 "for --genes" gx-reduce --add --fill mean one.gxm
	refuses 2 "median, mean or skip" gx-reduce --add --genes union --fill zero one.gxm
	refuses 2 "leave out one" gx-reduce --add --as-values --symmetrize mean one.tsv
	mkdir none
	refuses 75 "no matrix" gx-reduce --add none
}

@test "damage, a full disk, and a network that goes on changing" {
	ranks 1 2
	head -c 50000 d2.gxm >cut.gxm
	refuses 1 "cut.gxm" gx-reduce --add d1.gxm cut.gxm -o sum.gxm
	[[ ! -e sum.gxm ]]
	refuses 1 "-" gx-reduce --add d1.gxm - -o sum.gxm <cut.gxm
	[[ ! -e sum.gxm ]]
	exits 3 gx-reduce --add -b d1.gxm d2.gxm -o /dev/full
	refuses 2 "same file" gx-reduce --add -b d1.gxm d2.gxm -o d1.gxm
}

@test "more files than may be open: the limit is raised, or its way out is said" {
	local i
	small
	mkdir many first second
	for ((i = 0; i < 80; i++)); do cp one.gxm many/$i.gxm; done
	gx-reduce --add -b many >want
	(ulimit -Sn 64 && gx-reduce --add -b many) | cmp - want
	refuses 3 "add some of them first" bash -c 'ulimit -n 64; exec gx-reduce --add -b many'
	cp many/[0-3]*.gxm first
	cp many/[4-9]*.gxm second
	(ulimit -n 64 && gx-reduce --add -b -o a.gxm first && gx-reduce --add -b -o b.gxm second)
	gx-reduce --add -b a.gxm b.gxm | cmp - want
}

@test "a sum of so many that 64 bits overflow is refused" {
	# Of four genes the largest rank is 29, so that the sums are no round numbers.
	printf 'gene\tw\tx\ty\tz\nw\t1\t.1\t.2\t.3\nx\t.1\t1\t.4\t.5\ny\t.2\t.4\t1\t.6\nz\t.3\t.5\t.6\t1\n' |
		gx-rank -b -o one.gxm
	# A sum of sums of itself doubles: 18 times makes 262,144 networks of one.
	gx-reduce --add -b -o sum.gxm one.gxm
	for ((i = 0; i < 17; i++)); do
		gx-reduce --add --repeated -b -o next.gxm sum.gxm sum.gxm
		mv next.gxm sum.gxm
	done
	[[ $(fact sum.gxm networks) -eq 131072 ]]
	refuses 1 "262144 networks" gx-reduce --add --repeated sum.gxm sum.gxm
	# Beyond 2^53 a sum is no double, and text has doubles: binary and edges have it.
	gx-reduce --add -b -o odd.gxm sum.gxm one.gxm
	refuses 1 "gx-rank" gx-convert odd.gxm
	refuses 1 "gx-rank" gx-reduce --add sum.gxm one.gxm
	succeeds gx-convert -f edges odd.gxm
	succeeds gx-rank -b odd.gxm
}

@test "parts of a network to run again" {
	gx-correlate -b -o want "$sim/d1.expr.tsv"
	mkdir parts
	prints $'1\n2\n3\n4\n5\n6\n7' gx-reduce --join --missing=7 parts
	for k in 1 3 4 7; do gx-correlate -b --part "$k/7" -o "parts/$k" "$sim/d1.expr.tsv"; done
	prints $'2\n5\n6' gx-reduce --join --missing=7 parts
	prints 2,5-6 gx-reduce --join --missing=7,array parts
	refuses 1 "say the N" gx-reduce --join --missing=5 parts
	exits 75 gx-reduce --join -b parts
	gx-reduce --join --missing=7 parts | while read -r k; do
		gx-correlate -b --part "$k/7" -o "parts/$k" "$sim/d1.expr.tsv"
	done
	succeeds gx-reduce --join --missing=7 parts
	[[ ! -s $out ]]
	gx-reduce --join -b parts | cmp - want
	refuses 2 "name them" gx-reduce --join --missing=7 <parts/1
}
