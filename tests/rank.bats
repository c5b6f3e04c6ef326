#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-rank: against the ranks of EGAD, its port to Python and pyMN, and on its own terms.

load lib.bash

setup() {
	work
	sim=$data/networks/sim
	real=${GX_NETWORKS:-$repo/../shared/networks}/gse20141
}

# network NAME: the raw network as text, a full matrix.
network() {
	gzip -dc "$sim/net/$1.lower.tsv.gz" | awk 'BEGIN { FS = OFS = "\t" }
		NR == 1 { print; next }
		{ name[NR] = $1; for (j = 2; j <= NR; j++) value[NR, j] = value[j, NR] = $j }
		END {
			for (i = 2; i <= NR; i++) {
				printf "%s", name[i]
				for (j = 2; j <= NR; j++) printf "\t%s", value[i, j]
				print ""
			}
		}' >"$1.tsv"
}

# is REFERENCE RANKS CELLS -- OPTION ... NETWORK: the ranks are the reference's, to so many
# ranks among so many cells.
is() {
	local reference=$1 tolerance
	tolerance=$(awk -v ranks="$2" -v cells="$3" 'BEGIN { printf "%.17g", ranks / cells }')
	shift 4
	gx-rank "$@" >got 2>said || note "gx-rank $*: $(cat said)" || return 1
	python3 "$tests/check_network.py" got "$reference" "$tolerance" >said ||
		note "gx-rank $*: $(cat said)"
}

# lower TABLE: its lower triangle.
lower() {
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { NF = NR } { print }' "$1"
}

# cells N: a symmetric network of N genes without a pattern; with a second argument values are
# missing now and then.
cells() {
	awk -v n="$1" -v holes="${2-}" 'BEGIN {
		for (i = x = 1; i <= n; i++)
			for (j = 1; j <= i; j++) {
				x = x * 16807 % 2147483647
				value[i, j] = value[j, i] = i == j ? 1 : holes && x % 23 == 0 ? "NA" : x / 1.1e9 - 1
			}
		printf "gene"
		for (j = 1; j <= n; j++) printf "\tg%d", j
		print ""
		for (i = 1; i <= n; i++) {
			printf "g%d", i
			for (j = 1; j <= n; j++) printf "\t%s", value[i, j]
			print ""
		}
	}'
}

# ---- other programs ----

@test "EGAD's ranks in R: Pearson, Spearman, rho, a pair with r = 1, absolute values" {
	local d
	for d in d1.pearson d1.spearman d5.pearson; do
		network $d.R
		is "$sim/rank/$d.rank.R.lower.tsv.gz" 0 40000 -- --method egad $d.R.tsv
	done
	is "$sim/rank/d1.pearson.absrank.R.lower.tsv.gz" 0 40000 -- --method egad-abs d1.pearson.R.tsv
	# propr's matrix is not symmetric in the last bit, and of these ranks one half was kept.
	network d1.rho.propr
	is "$sim/rank/d1.rho.rank.R.lower.tsv.gz" 1.01 40000 -- --method egad d1.rho.propr.tsv
}

@test "missing pairs: kept as EGAD keeps them, and filled with R's median" {
	network d3.pearson.R
	is "$sim/rank/d3.pearson.rank.R.lower.tsv.gz" 0 40000 -- --method egad --fill keep d3.pearson.R.tsv
	is "$sim/rank/d3.pearson.rank.medfill.R.lower.tsv.gz" 0 40000 -- \
		--method egad --fill median d3.pearson.R.tsv
	# Whole numbers, divided by the largest: the median is the mean of two, a half rounded up.
	gx-rank --fill median d3.pearson.R.tsv | awk 'BEGIN { FS = OFS = "\t" }
		NR == 2 { most = $2 }
		NR > 1 { for (j = 2; j <= NF; j++) $j = sprintf("%.17g", $j / most) }
		{ print }' >got
	python3 "$tests/check_network.py" got "$sim/rank/d3.pearson.rank.medfill.R.lower.tsv.gz" 1e-5
}

@test "rank.py's ranks, and pyMN's" {
	network d1.pearson.R
	is "$sim/rank/d1.pearson_R_input.rank.py.lower.tsv.gz" 0 40000 -- --method rankpy d1.pearson.R.tsv
	is "$sim/rank/d1.pearson_R_input.rank.pymn.lower.tsv.gz" 0 40000 -- --method pymn d1.pearson.R.tsv
	# Made from numpy's matrix, whose halves differ: by half a rank.
	network d1.pearson.numpy
	is "$sim/rank/d1.pearson.rank.py.lower.tsv.gz" 0.51 40000 -- --method rankpy d1.pearson.numpy.tsv
	# 594 pairs are missing here: the mean fills them.
	network d3.pearson.R
	is "$sim/rank/d3.pearson.rank.py.lower.tsv.gz" 0.51 38812 -- \
		--method rankpy --fill mean d3.pearson.R.tsv
}

@test "real microarrays: EGAD's ranks, in R and in Python" {
	local method
	[[ -d $real ]] || skip "the real data is not here ($real)"
	for method in pearson spearman; do
		lower "$real/rank/$method.rank.R.tsv" >want
		is want 0 62500 -- --method egad "$real/net/$method.R.tsv"
	done
	lower "$real/rank/pearson.rank.py.tsv" >want
	is want 0.51 62500 -- --method rankpy "$real/net/pearson.R.tsv"
}

@test "from expression to ranks: gx-correlate's networks have EGAD's ranks, pearson and spearman" {
	local d method
	for d in d1 d5; do
		gx-correlate -b "$sim/$d.expr.tsv" >n.gxm
		is "$sim/rank/$d.pearson.rank.R.lower.tsv.gz" 0 40000 -- --method egad n.gxm
	done
	gx-correlate -b --method spearman "$sim/d1.expr.tsv" >n.gxm
	is "$sim/rank/d1.spearman.rank.R.lower.tsv.gz" 0 40000 -- --method egad n.gxm
	gx-correlate -b --method rho "$sim/d1.counts.tsv" >n.gxm
	is "$sim/rank/d1.rho.rank.R.lower.tsv.gz" 1.01 40000 -- --method egad n.gxm
}

# ---- by hand ----

@test "ranks by hand: ties, the diagonal, all methods" {
	printf 'gene\ta\tb\tc\na\t1\t-2\t0.5\nb\t-2\t1\t0.5\nc\t0.5\t0.5\t1\n' >t.tsv
	# -2 twice: ranks 1 and 2; 0.5 four times: 3 to 6; 1 three times: 7 to 9.
	prints $'gene\ta\tb\tc\na\t16\t3\t9\nb\t3\t16\t9\nc\t9\t9\t16' gx-rank t.tsv
	prints $'gene\ta\tb\tc\na\t1\t0.1875\t0.5625\nb\t0.1875\t1\t0.5625\nc\t0.5625\t0.5625\t1' \
		gx-rank --method egad t.tsv
	# Without signs 2 is the largest, 8 and 9.
	prints $'gene\ta\tb\tc\na\t1\t1\t0.29411764705882354\nb\t1\t1\t0.29411764705882354\nc\t0.29411764705882354\t0.29411764705882354\t1' \
		gx-rank --method egad-abs t.tsv
	# Downwards 1 has the ranks 1 to 3, 0.5 4 to 7, -2 8 and 9.
	prints $'gene\ta\tb\tc\na\t17\t17\t11\nb\t17\t17\t11\nc\t11\t11\t17' gx-rank --distance t.tsv
	prints $'gene\ta\tb\tc\na\t1\t0.07142857142857142\t0.5\nb\t0.07142857142857142\t1\t0.5\nc\t0.5\t0.5\t1' \
		gx-rank --method pymn t.tsv
	# (8 - 1) / 9 on the diagonal, (1.5 - 1) / 9 and (4.5 - 1) / 9 beside it.
	prints $'gene\ta\tb\tc\na\t0.7777777777777778\t0.05555555555555555\t0.3888888888888889\nb\t0.05555555555555555\t0.7777777777777778\t0.3888888888888889\nc\t0.3888888888888889\t0.3888888888888889\t0.7777777777777778' \
		gx-rank --method rankpy t.tsv
	# The diagonal counts as it is, and is set then; rank.py sets it before.
	printf 'gene\ta\tb\na\t-5\t3\nb\t3\t9\n' >t.tsv
	prints $'gene\ta\tb\na\t8\t5\nb\t5\t8' gx-rank t.tsv
	prints $'gene\ta\tb\na\t0.125\t0.625\nb\t0.625\t0.125' gx-rank --method rankpy t.tsv
	prints $'gene\ta\na\t2' gx-rank <(printf 'gene\ta\na\t7\n')
	prints $'gene\ta\na\t1' gx-rank --method pymn <(printf 'gene\ta\na\t7\n')
}

@test "0 and -0 are equal, infinities are values" {
	printf 'gene\ta\tb\tc\na\t1\t0\t-0\nb\t0\t1\tInf\nc\t-0\tInf\t1\n' >t.tsv
	prints $'gene\ta\tb\tc\na\t17\t5\t5\nb\t5\t17\t17\nc\t5\t17\t17' gx-rank t.tsv
}

@test "--distance: the smallest is the nearest" {
	cells 30 >t.tsv
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { for (j = 2; j <= NF; j++) $j = -$j } { print }' t.tsv >d.tsv
	gx-rank t.tsv >want
	gx-rank --distance d.tsv | cmp - want
	# rank.py's diagonal is 1 of a similarity, and 0 of a distance.
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { for (j = 2; j <= NF; j++) $j = int(($j + 2) * 1e6) } { print }' t.tsv >d.tsv
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { for (j = 2; j <= NF; j++) $j = -$j } { print }' d.tsv >t.tsv
	gx-rank --method rankpy t.tsv >want
	gx-rank --method rankpy --distance d.tsv | cmp - want
}

# ---- missing pairs ----

@test "missing pairs are refused with their number, the first of them and the way out, which works" {
	printf 'gene\ta\tb\tc\na\t1\t2\tNA\nb\t2\t1\tNA\nc\tNA\tNA\t1\n' >t.tsv
	refuses 1 "t.tsv: 2 pairs have no value, first 'c' with 'a': give them the median or the mean of the ranks (--fill median, --fill mean), or keep them missing" \
		gx-rank t.tsv
	refuses 1 "2 pairs have no value" gx-rank --fill error --method egad t.tsv
	refuses 1 "2 pairs have no value" gx-rank --fill error --method pymn t.tsv
	gx-convert --triangle -b t.tsv >t.gxm
	refuses 1 "t.gxm: 2 pairs have no value, first 'c' with 'a'" gx-rank t.gxm
	# 1 three times: ranks 1 to 3; 2 twice: 4 and 5. With the diagonal at 9: 9 9 9 9 9.
	prints $'gene\ta\tb\tc\na\t9\t9\t9\nb\t9\t9\t9\nc\t9\t9\t9' gx-rank --fill median t.tsv
	prints $'gene\ta\tb\tc\na\t1\t1\tNA\nb\t1\t1\tNA\nc\tNA\tNA\t1' \
		gx-rank --method egad --fill keep t.tsv
	# pyMN's own is 0.
	prints $'gene\ta\tb\tc\na\t1\t1\t0\nb\t1\t1\t0\nc\t0\t0\t1' gx-rank --method pymn t.tsv
	prints $'gene\ta\tb\tc\na\t1\t1\tNA\nb\t1\t1\tNA\nc\tNA\tNA\t1' \
		gx-rank --method pymn --fill keep t.tsv
	refuses 2 "--fill keep: whole numbers have no missing value: --method egad" gx-rank --fill keep t.tsv
	# A diagonal that is missing is not a pair.
	printf 'gene\ta\tb\na\tNA\t2\nb\t2\t1\n' >t.tsv
	prints $'gene\ta\tb\na\t5\t5\nb\t5\t5' gx-rank t.tsv
	printf 'gene\ta\tb\na\tNA\tNA\nb\tNA\tNA\n' >t.tsv
	refuses 1 "t.tsv: no pair has a value: there is nothing to rank" gx-rank --fill mean t.tsv
}

@test "median and mean: of all cells of the full matrix, the diagonal at the largest rank" {
	local fact
	cells 40 holes >t.tsv
	gx-rank -b --fill median t.tsv >q.gxm
	gx-rank --method egad --fill keep t.tsv | awk 'NR > 1 { for (j = 2; j <= NF; j++) if ($j != "NA") print $j }' |
		sort -g >ranks
	most=$(gx-rank -f edges --fill median t.tsv >e.tsv && gx-convert -f tsv q.gxm | awk 'NR == 2 { print $2 }')
	awk -v most="$most" '{ q[NR] = int($1 * most + 0.5); sum += q[NR] }
		END {
			twice = q[int((NR + 1) / 2)] + q[int(NR / 2) + 1]
			print int((twice + 1) / 2), int(sum / NR + 0.5)
		}' ranks >want
	read -r median mean <want
	# The first missing pair of the table has them.
	awk 'NR == 1 { for (j = 2; j <= NF; j++) name[j] = $j }
		NR > 1 { for (j = 2; j < NR; j++) if ($j == "NA") { print $1 "\t" name[j]; exit } }' t.tsv >pair
	[[ $(grep -P "^$(cat pair)\t" e.tsv | cut -f 3) == "$median" ]]
	[[ $(gx-rank -f edges --fill mean t.tsv | grep -P "^$(cat pair)\t" | cut -f 3) == "$mean" ]]
}

# ---- the same bits ----

@test "file, pipe and threads: the same bytes, for every method" {
	local options
	gx-simulate -n 700 -m 30 --dist normal -b | gx-correlate -b >n.gxm
	gx-convert -o n.tsv n.gxm
	for options in '' -b '--method egad' '--method egad-abs' '--method rankpy' '--method pymn' '--min 400000'; do
		# shellcheck disable=SC2086
		four_ways n.gxm gx-rank $options
	done
	# A pipe of text is known by its digest alone: the ranks are the same.
	four_ways n.tsv gx-rank
}

@test "a triangle, a full GXM, text and npy of one network have the same ranks" {
	cells 90 >t.tsv
	gx-rank t.tsv >want
	gx-convert -b -o full.gxm t.tsv
	gx-convert -b --triangle -o triangle.gxm t.tsv
	gx-convert -f npy -o t.npy t.tsv
	gx-rank full.gxm | cmp - want
	gx-rank triangle.gxm | cmp - want
	gx-rank t.npy | sed 1d | cut -f 2- >got
	sed 1d want | cut -f 2- | cmp - got
	# Ranks of ranks, which are whole numbers, are the same ranks.
	gx-rank -b triangle.gxm >q.gxm
	gx-rank q.gxm | cmp - want
	gx-convert -o q.tsv q.gxm
	cmp q.tsv want
	gx-rank -f edges triangle.gxm | sed 1d | cut -f 3 | sort -g | tail -n 1 >largest
	[[ $(gx-rank --top 1 triangle.gxm | sed -n 2p | cut -f 3) == $(cat largest) ]]
}

# ---- what the stream says ----

@test "the network of ranks says what was done, and is a source of its own" {
	local options
	cells 20 >t.tsv
	gx-convert -b --triangle t.tsv >t.gxm
	for options in '' '--fill median' '--fill mean' '--distance' '--method egad' '--method egad --fill keep'; do
		# shellcheck disable=SC2086
		gx-rank -b $options t.gxm | gx-info | grep -E '^(input|made_by) ' | tr '\n' ' '
		echo
	done >facts
	gx-rank -b --symmetrize mean t.tsv | gx-info | grep -E '^(input|made_by) ' | tr '\n' ' ' >>facts
	[[ $(grep -o 'network:[0-9a-f]*' facts | sort -u | wc -l) == 7 ]]
	sed 's/^made_by //; s/ input .*//' facts >made
	printf '%s\n' 'rank integer' 'rank integer fill:median' 'rank integer fill:mean' \
		'rank integer distance' 'rank egad' 'rank egad fill:keep' 'rank integer symmetrize:mean' |
		diff - <(sed '$a\' made)
	# What it was made of comes first.
	gx-simulate -n 20 -m 5 -b | gx-correlate -b | gx-rank -b | gx-info |
		grep -E '^made_by correlate pearson rank integer$'
}

@test "--explain tells the memory that is needed, and what would be written" {
	gx-simulate -n 200 -m 9 -b | gx-correlate -b -o n.gxm
	succeeds gx-rank --explain -o q.gxm n.gxm
	grep -P '^work\tcorrelate pearson rank integer$' "$out"
	[[ ! -e q.gxm ]]
}

# ---- wrong usage and bad input ----

@test "a network that says that it is a distance needs --distance; one that is none refuses it" {
	local method
	gx-simulate -n 12 -m 9 --dist lognormal -o m.gxm
	for method in phi phi_s vlr; do
		gx-correlate -b --method $method m.gxm >n.gxm
		refuses 2 "n.gxm: $method is a distance, small where genes are near: --distance ranks it" gx-rank n.gxm
		succeeds gx-rank --distance n.gxm
	done
	for method in pearson spearman rho; do
		gx-correlate -b --method $method m.gxm >n.gxm
		refuses 2 "n.gxm: $method is large where genes are near: rank it without --distance" \
			gx-rank --distance n.gxm
	done
	gx-rank -b n.gxm >q.gxm
	refuses 2 "rank integer is large where genes are near" gx-rank --distance q.gxm
	gx-correlate -b --method vlr m.gxm >n.gxm
	refuses 2 "--distance: distances have no sign" gx-rank --distance --method egad-abs n.gxm
	succeeds gx-rank --distance --method egad n.gxm
}

@test "options that cannot be: exit 2 with the reason" {
	cells 5 >t.tsv
	refuses 2 "--method kendall: the methods are integer, egad, egad-abs, rankpy and pymn" \
		gx-rank --method kendall t.tsv
	refuses 2 "--fill zero: say error, keep, median or mean" gx-rank --fill zero t.tsv
	refuses 2 "--part 1/2: a rank counts all values of the network, so no part can be ranked by itself" \
		gx-rank --part 1/2 t.tsv
	refuses 2 "one network is ranked at a time: 'u.tsv' is one too many" gx-rank t.tsv u.tsv
	refuses 2 "chooses edges" gx-rank --top 3 -b t.tsv
}

@test "what is no network: not square, other names, halves that differ, a part" {
	rows 3 4 >t.tsv
	refuses 1 "t.tsv: not a network: it has 3 rows and 4 columns" gx-rank t.tsv
	printf 'gene\ta\tb\na\t1\t2\nc\t2\t1\n' >t.tsv
	refuses 1 "t.tsv: not a network: row 2 is 'c' and column 2 is 'b'" gx-rank t.tsv
	printf 'gene\ta\tb\na\t1\t2\nb\t4\t1\n' >t.tsv
	refuses 1 "--symmetrize lower or mean" gx-rank t.tsv
	gx-rank -f edges --symmetrize lower t.tsv >got
	gx-rank -f edges --symmetrize mean t.tsv | cmp - got
	gx-simulate -n 20 -m 5 -o m.gxm
	gx-correlate -b --part 1/2 m.gxm >part.gxm
	refuses 1 "join all parts first (gx-reduce --join)" gx-rank part.gxm
}

@test "memory: about 20.5 bytes a pair; a network that does not fit is refused before it is read" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	gx-simulate -n 4000 -m 20 --dist normal | gx-correlate -b -o n.gxm # 8 million pairs
	gx-rank -b n.gxm >want
	# 164 MB, and what a program takes.
	(ulimit -v 200000 && gx-rank -b n.gxm) | cmp - want
	exits 3 bash -c 'ulimit -v 100000; exec gx-rank -b n.gxm'
	grep -F 'n.gxm: ranking a network of 4000 genes: this needs 0.15' "$err"
	[[ ! -s $out ]]
}
