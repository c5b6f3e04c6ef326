#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-means: against exact sums of real tables, and on its own terms.

load lib.bash

setup() {
	work
}

@test "means of published tables are those of exact sums" {
	local table
	for table in arabidopsis_root_hormones.csv es.mef.fpkm.matrix \
		oligodendroglioma.counts.matrix.gz; do
		python3 "$tests/check_means.py" "$data/$table"
	done
	head -n 2001 "$data/GSE96870_counts_cerebellum.csv" >cerebellum.csv
	python3 "$tests/check_means.py" cerebellum.csv
}

@test "means of full tables are those made elsewhere" {
	[[ -d $full ]] || skip "the full tables are not here ($full)"
	local table
	for table in GSE96870_counts_cerebellum.csv arabidopsis_root_hormones_raw_counts.csv \
		es.mef.fpkm.matrix oligodendroglioma_expression_downsampled.counts.matrix.gz \
		osmFISH_prep_expression.txt visium_DG_expr.txt.gz; do
		python3 "$tests/check_means.py" "$full/$table" "$full/$table.means.tsv"
	done
}

@test "eight lanes and one tree: the very bits, with holes, infinities and zeros" {
	python3 "$tests/check_formats.py" means
}

@test "a missing value makes a missing mean; --skip-na averages what is there" {
	printf 'gene\ta\tb\tc\nx\t1\t2\t6\ny\t1\tNA\t6\nz\tNA\t\tnull\n' >t.tsv
	prints $'gene\tmean\nx\t3\ny\tNA\nz\tNA' gx-means t.tsv
	prints $'gene\tmean\nx\t3\ny\t3.5\nz\tNA' gx-means --skip-na t.tsv
	prints $'gene\tmean\tn\nx\t3\t3\ny\t3.5\t2\nz\tNA\t0' gx-means --skip-na --with-n t.tsv
	prints $'gene\tmean\tn\nx\t3\t3\ny\tNA\t2\nz\tNA\t0' gx-means --with-n t.tsv
}

@test "infinities are numbers: Inf, -Inf, and NA where both meet" {
	printf 'gene\ta\tb\nx\tInf\t1\ny\t-inf\t1\nz\tInf\t-Inf\nw\t1e308\t1e308\n' >t.tsv
	prints $'gene\tmean\nx\tInf\ny\t-Inf\nz\tNA\nw\tInf' gx-means t.tsv
}

@test "file, pipe, -t 1 and -t 4: the same bytes" {
	rows 3000 30 >t.tsv
	local options
	for options in '' --skip-na '--with-n --skip-na' '-f csv' '-H'; do
		# shellcheck disable=SC2086
		four_ways t.tsv gx-means $options
	done
	gx-simulate -n 5000 -m 20 -o s.gxm
	gx-simulate -n 5000 -m 20 -o s.npy
	for options in '' -b '-f npy'; do
		# shellcheck disable=SC2086
		four_ways s.gxm gx-means $options
		# shellcheck disable=SC2086
		four_ways s.npy gx-means $options
	done
	gx-means s.gxm >gxm
	gx-means s.npy >npy
	gx-simulate -n 5000 -m 20 | gx-means >text
	same gxm npy text
}

@test "text parts with -H, one behind the other, are the whole" {
	local n k file
	rows 60 3 >t.tsv
	gx-simulate -n 60 -m 3 -o s.gxm
	gx-simulate -n 60 -m 3 -o s.npy
	for file in t.tsv s.gxm s.npy; do
		gx-means $file | tail -n +2 >want
		for n in 1 2 3 7 100; do
			for ((k = 1; k <= n; k++)); do
				gx-means -H -p $k/$n $file
			done >got
			same want got || note "$n parts of $file"
		done
	done
}

@test "a part of GXM or npy on a pipe is that of the file" {
	local k file
	gx-simulate -n 3000 -m 40 -o s.gxm
	gx-simulate -n 3000 -m 40 -o s.npy
	for file in s.gxm s.npy; do
		for k in 1 2 3; do
			gx-means -b -p $k/3 $file >want
			cat $file | gx-means -b -p $k/3 >pipe
			gx-means -b -p $k/3 <$file >stdin
			gx-means -b -p $k/3 -t 4 $file >threads
			same want pipe stdin threads
		done
	done
}

@test "binary parts join to the binary whole" {
	local n k file
	gx-simulate -n 700 -m 3 -o s.gxm
	gx-simulate -n 700 -m 3 -o s.npy
	for file in s.gxm s.npy; do
		gx-means -b $file >want
		for n in 1 2 3 7; do
			rm -f p.*
			for ((k = 1; k <= n; k++)); do
				gx-means -b -p $k/$n $file -o p.$k.gxm
			done
			gx-reduce --join -b p.* >got
			same want got
			gx-threshold -T 5 p.?.gxm >record
			gx-threshold -T 5 want | cmp - record
		done
	done
}

@test "a wide matrix, with more columns than lanes, blocks or buffers" {
	local m
	for m in 1 7 8 9 32767 32768 32769 70000; do
		gx-simulate -n 3 -m $m -b >s.gxm
		gx-means s.gxm >gxm
		gx-simulate -n 3 -m $m >s.tsv
		gx-means s.tsv >text
		gx-means -t 4 s.tsv >threads
		same gxm text threads
	done
}

@test "memory does not grow with the rows" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	gx-simulate -n 300000 -m 20 -o s.gxm # 48 MB
	(ulimit -v 40000 && gx-means -H s.gxm) | wc -l >lines
	[[ $(cat lines) == 300000 ]]
	(ulimit -v 40000 && cat s.gxm | gx-means -H) | wc -l | cmp - lines
	gx-simulate -n 100000 -m 20 -f npy | (ulimit -v 40000 && gx-means -H) | wc -l >lines
	[[ $(cat lines) == 100000 ]]
	gx-simulate -n 100000 -m 20 | (ulimit -v 40000 && gx-means -H) | wc -l >lines
	[[ $(cat lines) == 100000 ]]
}
