#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-correlate: against the networks of R, WGCNA, propr and NumPy, and on its own terms.

load lib.bash

setup() {
	work
	sim=$data/networks/sim
}

# is REFERENCE TOLERANCE PAIRS-LEFT-OUT -- OPTION ... TABLE: the network is the reference's.
is() {
	local reference=$sim/net/$1.lower.tsv.gz tolerance=$2 left_out=()
	shift 2
	while [[ $1 != -- ]]; do
		left_out+=("$1")
		shift
	done
	shift
	gx-correlate "$@" >got 2>warned || note "gx-correlate $*: $(cat warned)" || return 1
	python3 "$tests/check_network.py" got "$reference" "$tolerance" "${left_out[@]}" >said ||
		note "gx-correlate $*: $(cat said)"
}

# cells N M: a table of N genes and M samples without a pattern; fields from 5 on are missing
# now and then with a third argument.
cells() {
	awk -v n="$1" -v m="$2" -v holes="${3-}" 'BEGIN {
		printf "gene"
		for (j = 1; j <= m; j++) printf "\tc%d", j
		print ""
		for (i = x = 1; i <= n; i++) {
			printf "gene%d", i
			for (j = 1; j <= m; j++) {
				x = x * 16807 % 2147483647
				if (holes && x % 23 == 0) printf "\tNA"
				else printf "\t%.5g", x / 1e8
			}
			print ""
		}
	}'
}

# join_parts N OPTION ...: N parts of a network, put together.
join_parts() {
	local n=$1 k
	shift
	rm -f part.*
	for ((k = 1; k <= n; k++)); do
		gx-correlate -b --part "$k/$n" -o "part.$k.gxm" "$@" || return 1
	done
	gx-reduce --join -b part.*.gxm
}

# quietly COMMAND: without its warnings.
quietly() {
	"$@" 2>/dev/null
}

# ---- other programs ----

@test "Pearson's correlations are R's and NumPy's" {
	for d in d1 d3 d5; do
		is $d.pearson.R 1e-12 -- $sim/$d.expr.tsv
	done
	is d1.pearson.numpy 1e-12 -- $sim/d1.expr.tsv
}

@test "Spearman's correlations are R's" {
	is d1.spearman.R 1e-12 -- --method spearman $sim/d1.expr.tsv
}

@test "rho, phi, phi_s and vlr of counts are propr's" {
	is d1.rho.propr 1e-12 -- --method rho $sim/d1.counts.tsv
	is d3.rho.propr 1e-12 -- --method rho $sim/d3.counts.tsv
	# phi is not symmetric: its lower half is kept, as is propr's here.
	is d1.phi.propr 1e-12 -- --method phi $sim/d1.counts.tsv
	is d1.phs.propr 1e-12 -- --method phi_s $sim/d1.counts.tsv
	is d1.vlr.propr 1e-12 -- --method vlr $sim/d1.counts.tsv
}

@test "pairwise correlations are R's and WGCNA's" {
	is d6.pearson.pairwise.R 1e-12 -- --pairwise --min-obs 2 $sim/d6.expr.tsv
	is d6.spearman.pairwise.R 1e-12 -- --method spearman --pairwise --min-obs 2 $sim/d6.expr.tsv
	# WGCNA sums such pairs in one pass, which costs digits. And of pairs with one common
	# sample, which have no correlation, it makes 1, -1 or -0.78: those are left out.
	is d6.pearson.pairwise.WGCNA 1e-10 G0021:G0002 G0021:G0085 G0021:G0109 G0021:G0179 -- \
		--pairwise --min-obs 2 $sim/d6.expr.tsv
}

@test "real microarrays: Pearson and Spearman are R's" {
	local real=${GX_NETWORKS:-$repo/../shared/networks}/gse20141 method
	[[ -d $real ]] || skip "the real data is not here ($real)"
	for method in pearson spearman; do
		awk 'BEGIN { FS = OFS = "\t" } NR > 1 { NF = NR } { print }' $real/net/$method.R.tsv >want
		gx-correlate --method $method $real/expr.tsv >got
		python3 "$tests/check_network.py" got want 1e-12
	done
}

# ---- the same bits ----

@test "file, pipe and threads: the same bytes, for every method" {
	local options
	cells 150 37 >t.tsv
	cells 90 41 holes >h.tsv
	for options in '' '--method spearman' '--method rho' '--method phi' '--method phi_s' \
		'--method vlr' '--min 0.2' '--top 9'; do
		# shellcheck disable=SC2086
		four_ways t.tsv gx-correlate $options
	done
	# A text pipe is identified by its digest alone; GXM says what it is at its end.
	gx-convert -b -o h.gxm h.tsv
	for options in -b '-b --pairwise' '-b --pairwise --method spearman'; do
		# shellcheck disable=SC2086
		four_ways h.gxm quietly gx-correlate $options
	done
}

@test "any number of threads and parts: the same bytes" {
	local options t n
	gx-simulate -n 700 -m 30 --dist normal -o m.gxm
	cells 120 41 holes >h.tsv
	for options in 'm.gxm' '--method spearman m.gxm' '--pairwise h.tsv' \
		'--pairwise --method spearman h.tsv'; do
		# shellcheck disable=SC2086
		gx-correlate -b $options >whole
		for t in 2 3 7; do
			# shellcheck disable=SC2086
			gx-correlate -b -t $t $options | cmp - whole
		done
		for n in 1 2 3 7; do
			# shellcheck disable=SC2086
			join_parts $n $options | cmp - whole
		done
	done
}

@test "parts have equal work, and more of them than rows are empty" {
	local k
	gx-simulate -n 100 -m 5 -o m.gxm
	for k in 1 2 3 4; do
		gx-correlate --explain -b --part $k/4 m.gxm
	done | awk '$1 == "first" || $1 == "last" { print $2 }' >rows
	# 5,050 values: row i is in part K from i (i + 1) / 2 >= (K - 1) / 4 of them on.
	printf '%s\n' 0 50 50 71 71 87 87 100 | cmp - rows
	cells 3 5 >t.tsv
	gx-correlate -b t.tsv >whole
	join_parts 9 t.tsv | cmp - whole
}

@test "a pair has the same value wherever its genes stand" {
	cells 60 23 >t.tsv
	{
		sed -n 1p t.tsv
		sed 1d t.tsv | tac
	} >r.tsv
	gx-correlate -f edges t.tsv | awk 'NR > 1 { print $1 < $2 ? $1 " " $2 : $2 " " $1, $3 }' |
		sort >forward
	gx-correlate -f edges r.tsv | awk 'NR > 1 { print $1 < $2 ? $1 " " $2 : $2 " " $1, $3 }' |
		sort >back
	[[ $(wc -l <forward) == 1770 ]]
	same forward back
}

# ---- what there is no correlation of ----

@test "a gene without variance: missing, but for the diagonal, and one warning" {
	printf 'gene\ta\tb\tc\nx\t1\t2\t4\ny\t7.1\t7.1\t7.1\nz\t3\t2\t1\nw\t0\t-0\t0\n' >t.tsv
	exits 0 gx-correlate t.tsv
	printf '%s\n' $'gene\tx\ty\tz\tw' $'x\t1\tNA\t-0.9819805060619659\tNA' $'y\tNA\t1\tNA\tNA' \
		$'z\t-0.9819805060619659\tNA\t1\tNA' $'w\tNA\tNA\tNA\t1' | cmp - "$out"
	[[ $(cat "$err") == "gx-correlate: 2 genes without variance: missing with every other gene" ]]
	exits 0 gx-correlate --method spearman t.tsv
	[[ $(wc -l <"$err") == 1 ]]
	printf '%s\n' $'gene\tx\ty\tz\tw' $'x\t1\tNA\t-1\tNA' $'y\tNA\t1\tNA\tNA' \
		$'z\t-1\tNA\t1\tNA' $'w\tNA\tNA\tNA\t1' | cmp - "$out"
}

@test "missing and infinite values: missing pairs, and what --pairwise makes of them" {
	printf 'gene\ta\tb\tc\td\nx\t1\t2\t4\t3\ny\tNA\t1\t2\t4\nz\t1\tInf\t2\t3\nv\t\t\t\t\nw\t4\t3\t2\t0\n' >t.tsv
	exits 0 gx-correlate t.tsv
	[[ $(sed -n 2p "$out") == $'x\t1\tNA\tNA\tNA\t-0.680336051416609' ]]
	[[ $(cat "$err") == "gx-correlate: 3 genes with missing or infinite values: missing with every other gene: --pairwise takes the samples that both genes of a pair have" ]]
	succeeds gx-correlate --pairwise t.tsv
	# What x and y have in common, alone.
	printf 'gene\ta\tb\tc\nx\t2\t4\t3\ny\t1\t2\t4\n' >xy.tsv
	[[ $(sed -n 2p "$out" | cut -f 3) == $(gx-correlate xy.tsv | sed -n 2p | cut -f 3) ]]
	[[ $(sed -n 4p "$out") == $'z\tNA\tNA\t1\tNA\tNA' ]]
	[[ $(sed -n 5p "$out") == $'v\tNA\tNA\tNA\tNA\tNA' ]]
	succeeds gx-correlate --pairwise --min-obs 4 t.tsv
	[[ $(sed -n 2p "$out") == $'x\t1\tNA\tNA\tNA\t-0.680336051416609' ]]
	# Ranks know what to do with an infinity.
	exits 0 gx-correlate --method spearman t.tsv
	[[ $(sed -n 2p "$out") == $'x\t1\tNA\t0.2\tNA\t-0.8' ]]
}

@test "equal rows correlate by exactly 1, opposite ones by -1; of distances the diagonal is 0" {
	printf 'gene\ta\tb\tc\td\nx\t0.1\t0.7\t0.3\t1.9\ny\t0.1\t0.7\t0.3\t1.9\nz\t-0.1\t-0.7\t-0.3\t-1.9\n' >t.tsv
	prints $'gene\tx\ty\tz\nx\t1\t1\t-1\ny\t1\t1\t-1\nz\t-1\t-1\t1' gx-correlate t.tsv
	printf 'gene\ta\tb\tc\nx\t1\t5\t7\ny\t1\t5\t7\nz\t3\t0\t2\n' >t.tsv
	for method in phi phi_s vlr; do
		succeeds gx-correlate --method $method t.tsv
		[[ $(sed -n 2p "$out" | cut -f 1-3) == $'x\t0\t0' ]]
		[[ $(sed -n 4p "$out" | cut -f 4) == 0 ]]
	done
}

@test "values whose squares are 0 or infinite correlate like others" {
	printf 'gene\ta\tb\tc\nx\t1e200\t3e200\t2e200\ny\t1e-200\t3e-200\t4e-200\n' >t.tsv
	printf 'gene\ta\tb\tc\nx\t1\t3\t2\ny\t1\t3\t4\n' >u.tsv
	succeeds gx-correlate --digits 12 t.tsv
	gx-correlate --digits 12 u.tsv | cmp - "$out"
}

# ---- edges ----

@test "edges: all pairs, those from a value on, the largest ones with their ties" {
	cells 30 6 >t.tsv
	gx-correlate t.tsv | awk 'BEGIN { OFS = "\t" }
		NR == 1 { for (i = 2; i <= NF; i++) name[i] = $i; print "gene1", "gene2", "value" }
		NR > 1 { for (j = 2; j < NR; j++) print $1, name[j], $j }' >want
	[[ $(wc -l <want) == 436 ]]
	gx-correlate -f edges t.tsv | cmp - want
	awk 'NR == 1 || $3 >= 0.5' want >from
	gx-correlate --min 0.5 t.tsv | cmp - from
	limit=$(sed 1d want | cut -f 3 | sort -gr | sed -n 20p)
	awk -v limit="$limit" 'NR == 1 || $3 >= limit + 0' want >top
	gx-correlate --top 20 t.tsv | cmp - top
	# Parts of them follow each other.
	for k in 1 2 3; do
		gx-correlate -H --min 0.5 --part $k/3 t.tsv
	done >parts
	sed 1d from | cmp - parts
	printf 'gene\ta\tb\tc\nx\t1\t2\t3\ny\t1\t2\t3\nz\t2\t4\t6\nw\t3\t2\t2\n' >t.tsv
	prints $'gene1\tgene2\tvalue\ny\tx\t1\nz\tx\t1\nz\ty\t1' gx-correlate --top 1 t.tsv
}

# ---- what the stream says ----

@test "the network says what it is of, and what was done" {
	cells 20 6 >t.tsv
	gx-convert -b -o t.gxm t.tsv
	gx-correlate -b t.gxm >a
	gx-correlate -b --method spearman t.gxm >b
	gx-correlate -b --pairwise t.gxm >c
	gx-correlate -b --pairwise --min-obs 4 t.gxm >d
	gx-correlate -b --repeated-genes first t.gxm >e
	sed 's/^gene3\t/gene3\t1/' t.tsv | gx-convert -b | gx-correlate -b >f
	for file in a b c d e f; do
		gx-info $file | grep -E '^(input|made_by) ' | sed 's/$/;/' | tr '\n' ' '
		echo
	done >facts
	[[ $(grep -o 'network:[0-9a-f]*' facts | sort -u | wc -l) == 6 ]]
	[[ $(sed -n 1p facts) == *'made_by correlate pearson;'* ]]
	[[ $(sed -n 4p facts) == *'made_by correlate pearson pairwise min-obs:4;'* ]]
	[[ $(sed -n 5p facts) == *'made_by correlate pearson repeated-genes:first;'* ]]
	# What another filter did before is part of it.
	gx-simulate -n 20 -m 5 | gx-threshold --pass --all -T 0 -b | gx-correlate -b >g
	gx-info g | grep -E '^made_by pass all above:0 correlate pearson$'
}

# ---- bad input ----

@test "a name twice: refused with both rows; the first, or the mean" {
	printf 'gene\ta\tb\tc\nx\t1\t2\t4\ny\t1\t0\t5\nx\t3\t2\t2\nz\t1\t1\t2\n' >t.tsv
	refuses 1 "t.tsv: gene 'x' is there in rows 1 and 3: keep the first of each name or their mean" \
		gx-correlate t.tsv
	printf 'gene\ta\tb\tc\nx\t1\t2\t4\ny\t1\t0\t5\nz\t1\t1\t2\n' | gx-correlate >first
	gx-correlate --repeated-genes first t.tsv | cmp - first
	printf 'gene\ta\tb\tc\nx\t2\t2\t3\ny\t1\t0\t5\nz\t1\t1\t2\n' | gx-correlate >mean
	gx-correlate --repeated-genes mean t.tsv | cmp - mean
	refuses 2 "say first or mean" gx-correlate --repeated-genes last t.tsv
}

@test "log-ratios of what has no logarithm are refused, with gene and sample" {
	local value method
	for method in rho phi phi_s vlr; do
		printf 'gene\ta\tb\nx\t1\t2\ny\t3\t-1\n' >t.tsv
		refuses 1 "t.tsv: gene 'y', sample 'b': -1 has no logarithm: --method $method takes counts" \
			gx-correlate --method $method t.tsv
	done
	for value in NA Inf; do
		printf 'gene\ta\tb\nx\t1\t2\ny\t3\t%s\n' $value >t.tsv
		refuses 1 "gene 'y', sample 'b': $value has no logarithm" gx-correlate --method rho t.tsv
	done
	printf 'gene\ta\tb\nx\t0\t0\ny\t0\t0\n' >t.tsv
	refuses 1 "t.tsv: all values are 0" gx-correlate --method vlr t.tsv
}

@test "one gene or one sample makes no pair; a part makes no network" {
	printf 'gene\ta\tb\nx\t1\t2\n' >t.tsv
	refuses 1 "t.tsv: a network needs two genes, and this has 1" gx-correlate t.tsv
	printf 'gene\ta\nx\t1\ny\t2\n' >t.tsv
	refuses 1 "genes are compared over two samples or more, and this has 1" gx-correlate t.tsv
	gx-simulate -n 20 -m 5 --part 1/2 -o p.gxm
	refuses 1 "p.gxm: a part of a matrix: a network is of all of it: join its parts first" \
		gx-correlate p.gxm
	gx-simulate -n 20 -m 5 -o m.gxm
	gx-means -b --with-n --part 1/2 m.gxm >means.gxm
	refuses 1 "means.gxm: a part of a matrix" gx-correlate means.gxm
}

@test "options without effect, and parts that cannot be, are wrong usage" {
	local format
	cells 5 5 >t.tsv
	refuses 2 "--method kendall: the methods are" gx-correlate --method kendall t.tsv
	refuses 2 "--min-obs needs --pairwise" gx-correlate --min-obs 3 t.tsv
	refuses 2 "--min-obs 1: not a number of samples from 2" gx-correlate --pairwise --min-obs 1 t.tsv
	refuses 2 "--pairwise has no effect with --method rho" gx-correlate --method rho --pairwise t.tsv
	for format in tsv csv npy; do
		refuses 2 "--part: text and npy have full rows" \
			gx-correlate --part 1/2 -f $format -o x t.tsv
	done
	refuses 2 "--top: the largest values of a part" gx-correlate --part 1/2 --top 3 t.tsv
	refuses 2 "chooses edges" gx-correlate --top 3 -b t.tsv
	refuses 2 "chooses edges" gx-correlate --min 0.5 -f tsv t.tsv
	[[ ! -e x ]]
}

@test "memory: the matrix, and bands of rows, never the network" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	gx-simulate -n 6000 -m 30 --dist normal -o m.gxm # a network of 144 MB
	gx-correlate -b m.gxm | cksum >want
	(ulimit -v 40000 && gx-correlate -b m.gxm) | cksum | cmp - want
}
