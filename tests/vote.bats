#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-vote: against the tables of EGAD in R, MATLAB and Python, and on its own terms.

load lib.bash

setup() {
	work
	sim=$data/networks/sim
	edge=$data/networks/edge
	real=$repo/../shared/networks/gse20141
	annotation=$sim/annot.tsv
}

# full NAME: the network of a lower triangle, as NAME.tsv.
full() {
	[[ -f ${1##*/}.tsv ]] || python3 "$tests/check_vote.py" unfold "$sim/$1.lower.tsv.gz" >"${1##*/}.tsv"
}

# is NETWORK FOLDS TABLE [TOLERANCE] [OPTION ...]: the votes are those of the table. Two genes
# of the annotation are in no network, which is told.
is() {
	local network=$1 folds=$2 table=$sim/egad/$3.tsv tolerance=1e-12
	shift 3
	if [[ ${1-} == [0-9]e-* ]]; then
		tolerance=$1
		shift
	fi
	full "$network"
	gx-vote --annotation "$annotation" --folds "$folds" --min-size 1 --max-size 200 "$@" \
		"${network##*/}.tsv" >got 2>err || note "$table: $(cat err)" || return 1
	grep -q '2 of 202 genes are not in the network, with 3 of 1519 pairs' err
	[[ $(wc -l <err) == 1 ]]
	python3 "$tests/check_vote.py" table got "$table" "$tolerance" 200 >said || note "$(cat said)"
}

# ---- against EGAD ----

@test "block folds: EGAD in R, of 3, 5 and 10 folds" {
	local f
	for f in 3 5 10; do is rank/d1.pearson.rank.R block:$f d1.pearson.rank.block$f.R; done
	is agg/d1-5.pearson.agg.R block:3 d1-5.pearson.agg.block3.R
	is rank/d1.spearman.rank.R block:3 d1.spearman.rank.block3.R
	is rank/d3.pearson.rank.medfill.R block:3 d3.pearson.rank.medfill.block3.R
}

@test "negative links: the sizes of votes are ranked, as EGAD does it" {
	is net/d1.pearson.R block:3 d1.pearson.raw.block3.R
}

@test "a file of folds: EGAD in R with its own random ones" {
	local folds=$sim/egad/folds.seed1_3.tsv f
	is rank/d1.pearson.rank.R "$folds" d1.pearson.rank.seed1_3.R
	is agg/d1-5.pearson.agg.R "$folds" d1-5.pearson.agg.seed1_3.R
	# The schemes by file give what they give by name.
	for f in 3 5 10; do
		is rank/d1.pearson.rank.R "$sim/egad/folds.block$f.tsv" d1.pearson.rank.block$f.R
	done
	is agg/d1-5.pearson.agg.R "$sim/egad/folds.mat5.tsv" d1-5.pearson.aggR.mat5
	is agg/d1-5.pearson.agg.R "$sim/egad/folds.py3.tsv" d1-5.pearson.aggR.py3
}

@test "stride folds: EGAD in MATLAB, of 3 and 5 folds" {
	is rank/d1.pearson.rank.R stride:3 d1.pearson.rankR.mat3
	is agg/d1-5.pearson.agg.R stride:3 d1-5.pearson.aggR.mat3
	is agg/d1-5.pearson.agg.R stride:5 d1-5.pearson.aggR.mat5
	is agg/d1-5.pearson.agg.R stride:3 d1-5.pearson.agg.stride3.gxref
	is rank/d1.pearson.rank.R stride:3 d1.pearson.rank.stride3.gxref
	is rank/d1.spearman.rank.R stride:3 d1.spearman.rank.stride3.gxref
}

@test "py folds: EGAD in Python, p with them; they depend on the other terms" {
	is rank/d1.pearson.rank.R py:3 d1.pearson.rankR.py3
	is agg/d1-5.pearson.agg.R py:3 d1-5.pearson.aggR.py3
	is agg/d1-5.pearson.agg.R py:5 d1-5.pearson.aggR.py5
	is rank/d1.pearson.rank.R py:3 d1.pearson.rankR.py3.min10 --min-size 11
	is agg/d1-5.pearson.agg.R py:3 d1-5.pearson.aggR.py3.min10 --min-size 11
}

# Made from full matrices that are not symmetric, of which there is the lower half.
@test "asymmetric networks: nearly the same votes" {
	is rank/d1.rho.rank.R block:3 d1.rho.rank.block3.R 1e-3
	is rank/d1.rho.rank.R stride:3 d1.rho.rank.stride3.gxref 1e-3
	is rank/d1.pearson.rank.py py:3 d1.pearson.rankpy.py3 2e-3
	is agg/d1-5.pearson.agg.py py:3 d1-5.pearson.aggpy.py3 2e-3
}

@test "precision and recall: EGAD in R" {
	is rank/d1.pearson.rank.R block:3 d1.pearson.rank.block3.PR.R --pr
	is agg/d1-5.pearson.agg.R block:3 d1-5.pearson.agg.block3.PR.R --pr
	is agg/d1-5.pearson.agg.R stride:3 d1-5.pearson.agg.stride3.gxref --pr
	[[ $(head -n 1 got) == $'term\tgenes\tprecision\tdegree\tprior\tfolds' ]]
}

@test "real data: EGAD in R, MATLAB and Python" {
	[[ -d $real ]] || skip "../shared/networks is not there"
	local name folds table
	while read -r name folds table; do
		[[ $table == *.PR.* ]] && set -- --pr || set --
		exits 0 gx-vote --annotation "$real/annot.tsv" --folds "${folds/@/$real/egad/}" --min-size 1 \
			--max-size 250 "$@" "$real/rank/$name.tsv"
		python3 "$tests/check_vote.py" table "$out" "$real/egad/$table.tsv" 1e-12 250 >said ||
			note "$(cat said)"
	done <<-END
		pearson.rank.R block:3 pearson.rank.block3.R
		pearson.rank.R block:3 pearson.rank.block3.PR.R
		pearson.rank.R @folds.seed1_3.tsv pearson.rank.seed1_3.R
		pearson.rank.R stride:3 pearson.rank.stride3.gxref
		pearson.rank.R stride:3 pearson.rankR.mat3
		pearson.rank.R py:3 pearson.rankR.py3
		spearman.rank.R block:3 spearman.rank.block3.R
		spearman.rank.R block:3 spearman.rank.block3.PR.R
		spearman.rank.R @folds.seed1_3.tsv spearman.rank.seed1_3.R
		spearman.rank.R stride:3 spearman.rank.stride3.gxref
		spearman.rank.R py:3 spearman.rankR.py3
	END
}

@test "small networks: counted by hand, and genes without links" {
	local f
	for f in 2 3; do
		succeeds gx-vote --annotation "$edge/tiny.annot_matrix.tsv" --min-size 1 --folds block:$f \
			"$edge/tiny.net.tsv"
		python3 "$tests/check_vote.py" table "$out" "$edge/tiny.auroc$f.R.tsv" 1e-12 8
	done
	succeeds gx-vote --annotation "$edge/tiny.annot_matrix.tsv" --min-size 1 --folds block:2 --pr \
		"$edge/tiny.net.tsv"
	python3 "$tests/check_vote.py" table "$out" "$edge/tiny.pr2.R.tsv" 1e-12 8
	succeeds gx-vote --annotation "$edge/tiny.annot_matrix.tsv" --min-size 1 --folds stride:2 \
		"$edge/tiny.net.tsv"
	tr '\t' ' ' <"$out" | diff - <(
		echo term genes auroc degree degree_auroc p folds
		echo T1 4 1 38 0.875 0.004414380476409352 2
		echo T2 5 0.5694444444444444 34.6 0.1 0.3600117092221272 2
	)
	# With 1 on the diagonal there are no genes of degree 0.
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { $NR = 1 } { print }' "$edge/binary.net.tsv" >one.tsv
	succeeds gx-vote --annotation "$edge/binary.annot_matrix.tsv" --folds block:3 one.tsv
	python3 "$tests/check_vote.py" table "$out" "$edge/binary.diag1.auroc3.R.tsv" 1e-12 60
	exits 0 gx-vote --annotation "$edge/binary.annot_matrix.tsv" --folds block:3 "$edge/binary.net.tsv"
	[[ $(cat "$err") == *": 26 genes without links (degree 0): their votes are 0" ]]
	[[ $(wc -l <"$err") == 1 ]]
	# Their votes are 0, so the AUROC is that of the others, and not next to 0 as EGAD's.
	awk -F '\t' 'NR > 1 && !($3 > 0.4 && $3 < 0.6) { print; exit 1 }' "$out"
}

@test "predictions and degrees: EGAD in R; multifunctionality by its definition" {
	full agg/d1-5.pearson.agg.R
	exits 0 gx-vote --annotation "$annotation" --predictions --min-size 11 d1-5.pearson.agg.R.tsv
	python3 "$tests/check_vote.py" matrix "$out" "$sim/egad/d1-5.pearson.agg.predictions.R.tsv" 1e-12
	[[ $(head -c 5 "$out") == $'gene\t' ]]
	exits 0 gx-vote --annotation "$annotation" --multifunctionality --min-size 1 \
		d1-5.pearson.agg.R.tsv
	mv "$out" genes
	[[ $(head -n 1 genes) == $'gene\tterms\tmultifunctionality\trank\tdegree' ]]
	python3 "$tests/check_vote.py" matrix genes "$sim/egad/d1-5.pearson.agg.node_degree.R.tsv" 1e-12
	python3 "$tests/check_vote.py" matrix genes "$sim/egad/multifunc.R.tsv" 1e-12 N.sums=terms
	exits 0 gx-vote --annotation "$annotation" --with-multifunctionality --min-size 1 \
		d1-5.pearson.agg.R.tsv
	[[ $(head -n 1 "$out") == *$'\tfolds\tmultifunctionality_auroc' ]]
	python3 "$tests/check_vote.py" multifunctionality genes "$out" "$annotation" d1-5.pearson.agg.R.tsv
}

# ---- the network ----

# whole N K: a network of N genes of whole numbers below K, in full; g1 g2 ...
whole() {
	awk -v n="$1" -v k="$2" 'BEGIN {
		x = 1
		for (i = 1; i <= n; i++) for (j = 1; j <= i; j++) {
			x = x * 16807 % 2147483647
			y = x % 1000003 / 1000003
			v[i, j] = v[j, i] = sprintf("%.0f", y * k)
		}
		printf "gene"
		for (i = 1; i <= n; i++) printf "\tg%d", i
		print ""
		for (i = 1; i <= n; i++) {
			printf "g%d", i
			for (j = 1; j <= n; j++) printf "\t%s", v[i, j]
			print ""
		}
	}'
}

# labels N: five terms of genes g1 .. gN.
labels() {
	echo $'gene\tterm'
	awk -v n="$1" 'BEGIN {
		for (t = 2; t <= 6; t++)
			for (i = t; i <= n; i += t) if (i % 5 != t % 3) print "g" i "\tT" t
	}'
}

simulated() {
	gx-simulate -n 300 -m 20 --modules 6 --annotation terms.tsv | gx-correlate -b -o correlated.gxm
	gx-rank -b -o ranks.gxm correlated.gxm
}

@test "whole numbers are added up exactly, in 128 bits where they need it" {
	local k
	labels 70 >terms.tsv
	for k in 5 1000000 9007199254740991; do
		whole 70 "$k" >net.tsv
		succeeds gx-vote --annotation terms.tsv --min-size 2 --folds stride:3 net.tsv
		python3 "$tests/check_vote.py" exact "$out" net.tsv terms.tsv 3
	done
	simulated
	# Ranks, and sums of them, as whole numbers and as the doubles of their text.
	cp ranks.gxm again.gxm
	gx-reduce --add -b -o sum.gxm ranks.gxm again.gxm
	for k in ranks sum; do
		gx-convert -o "$k.tsv" "$k.gxm"
		succeeds gx-vote --annotation terms.tsv --min-size 2 "$k.gxm"
		python3 "$tests/check_vote.py" exact "$out" "$k.tsv" terms.tsv 3
	done
}

@test "the same bytes for any number of threads, from a file and a pipe, in every format" {
	local t f how
	simulated
	for f in ranks.gxm correlated.gxm; do
		for how in '' --pr --mean --predictions --multifunctionality; do
			set -- gx-vote --annotation terms.tsv ${how:+"$how"}
			"$@" "$f" >want
			for t in 2 3 7; do "$@" -t $t "$f" | cmp - want; done
			"$@" <"$f" | cmp - want
			cat "$f" | "$@" -t 3 - | cmp - want
		done
	done
	gx-vote --annotation terms.tsv correlated.gxm >want
	gx-convert -o full.tsv correlated.gxm
	gx-convert -o full.csv correlated.gxm
	for f in full.tsv full.csv; do gx-vote --annotation terms.tsv "$f" | cmp - want; done
	gzip -c full.tsv | gx-vote --annotation terms.tsv | cmp - want
}

# Made by this test's own command once the tables were those of EGAD (above).
@test "the digest of some votes never changes, whatever built this" {
	simulated
	gx-vote -b --annotation terms.tsv ranks.gxm >votes.gxm
	[[ $(gx-info votes.gxm | sed -n 's/^digest //p') == 57924b712ffb3ba1 ]]
	gx-vote -b --annotation terms.tsv correlated.gxm >votes.gxm
	[[ $(gx-info votes.gxm | sed -n 's/^digest //p') == 091731b80181c65d ]]
}

@test "a scaled network, other terms, and genes in another order" {
	local name
	simulated
	gx-convert -o full.tsv ranks.gxm
	gx-vote --annotation terms.tsv full.tsv >want
	awk 'BEGIN { FS = OFS = "\t" } NR > 1 { for (j = 2; j <= NF; j++) $j *= 4 } { print }' full.tsv |
		gx-vote --annotation terms.tsv >got
	cut -f 1-3,5- want | cmp - <(cut -f 1-3,5- got)
	# No term changes another one.
	name=$(sed -n 3p want | cut -f 1)
	grep -P "\t$name\$" terms.tsv | gx-vote --annotation - full.tsv | tail -n +2 |
		cmp - <(sed -n 3p want)
	# Folds follow the order of the network, and a file of them the genes.
	gx-vote --annotation terms.tsv --folds block:2 full.tsv >want
	awk -F '\t' 'NR == FNR { n[$2]++; next }
		{ k = i[$2]++; print $2 "\t" $1 "\t" (k < int(n[$2] / 2) ? 1 : k < 2 * int(n[$2] / 2) ? 2 : 0) }' \
		terms.tsv terms.tsv >folds.tsv
	gx-vote --annotation terms.tsv --folds folds.tsv full.tsv | cmp - want
	head -n 1 full.tsv | cut -f 2- | tr '\t' '\n' | sort -r >order
	awk 'BEGIN { FS = OFS = "\t" }
		FILENAME == "order" { name[++n] = $1; next }
		FNR == 1 { for (j = 2; j <= NF; j++) at[$j] = j; next }
		{ row[$1] = $0 }
		END {
			printf "gene"
			for (i = 1; i <= n; i++) printf "\t%s", name[i]
			print ""
			for (i = 1; i <= n; i++) {
				split(row[name[i]], v)
				printf "%s", name[i]
				for (j = 1; j <= n; j++) printf "\t%s", v[at[name[j]]]
				print ""
			}
		}' order full.tsv >turned.tsv
	gx-vote --annotation terms.tsv --folds folds.tsv turned.tsv | cmp - want
}

@test "what is no network, or has missing or infinite links, is refused" {
	printf 'gene\ta\tb\tc\na\t1\t2\t3\nb\t2\t1\t4\nc\t3\t4\t1\n' >net.tsv
	printf 'a\tT\nb\tT\nx\tT\n' >terms.tsv
	sed 's/3$/NA/; s/^c.3/c\tNA/' net.tsv >missing.tsv
	refuses 1 "1 missing pairs, and votes need all of them" gx-vote --annotation terms.tsv missing.tsv
	grep -qF 'gx-rank --fill' "$err"
	sed 's/3$/Inf/; s/^c.3/c\tInf/' net.tsv >infinite.tsv
	exits 1 gx-vote --annotation terms.tsv --min-size 1 infinite.tsv
	grep -qF "the links of gene 'a' have no finite sum" "$err"
	[[ ! -s $out ]]
	sed 's/^b.2/b\t2.5/' net.tsv >asymmetric.tsv
	refuses 1 "--symmetrize lower or mean" gx-vote --annotation terms.tsv asymmetric.tsv
	exits 0 gx-vote --annotation terms.tsv --min-size 1 --symmetrize lower asymmetric.tsv
	[[ $(sed -n 2p "$out" | cut -f 4) == 7 ]]
	refuses 1 "not a network" gx-vote --annotation terms.tsv "$sim/d1.expr.tsv"
}

@test "genes with one name: refused with both rows; the first, or the mean" {
	printf 'gene\ta\tb\ta\tc\na\t1\t2\t4\t3\nb\t2\t1\t6\t5\na\t4\t6\t9\t7\nc\t3\t5\t7\t1\n' >net.tsv
	printf 'a\tT\nb\tT\n' >terms.tsv
	refuses 1 "gene 'a' is there in rows 1 and 3" gx-vote --annotation terms.tsv --min-size 1 net.tsv
	set -- gx-vote --annotation terms.tsv --min-size 1 --multifunctionality
	succeeds "$@" --repeated-genes first net.tsv
	[[ $(cut -f 1,5 "$out" | tr '\t\n' '  ') == "gene degree a 6 b 8 c 9 " ]]
	# a is (1 + 4 + 4 + 9) / 4 to itself, 4 to b, 5 to c.
	succeeds "$@" --repeated-genes mean net.tsv
	[[ $(cut -f 1,5 "$out" | tr '\t\n' '  ') == "gene degree a 13.5 b 10 c 11 " ]]
	gx-convert --triangle -b net.tsv | "$@" --repeated-genes mean - | cmp - "$out"
}

# ---- the annotation ----

@test "pairs, GMT and matrices, packed, binary and from a pipe: the same table" {
	local f
	full rank/d1.pearson.rank.R
	# The 200 genes of the network alone, as the matrix has them.
	awk -F '\t' 'NR == FNR { there[$1]; next } FNR == 1 || $1 in there' d1.pearson.rank.R.tsv \
		"$annotation" >pairs.tsv
	tail -n +2 pairs.tsv >bare.tsv
	awk -F '\t' '!($2 in line) { order[++n] = $2; line[$2] = $2 "\thttp://" $2 }
		{ line[$2] = line[$2] "\t" $1 }
		END { for (i = 1; i <= n; i++) print line[order[i]] }' bare.tsv >terms.gmt
	# Its columns in the order in which the pairs have them.
	awk 'BEGIN { FS = OFS = "\t" } FILENAME == "terms.gmt" { order[++n] = $1; next }
		FNR == 1 { for (j = 2; j <= NF; j++) at[$j] = j }
		{ printf "%s", $1; for (i = 1; i <= n; i++) printf "\t%s", $at[order[i]]; print "" }' \
		terms.gmt "$sim/annot_matrix.tsv" >matrix.tsv
	tr '\t' , <matrix.tsv >matrix.csv
	gx-convert -o matrix.gxm matrix.tsv
	gzip -k matrix.tsv pairs.tsv
	set -- gx-vote --min-size 1 --max-size 200 d1.pearson.rank.R.tsv --annotation
	"$@" pairs.tsv >want
	[[ $(wc -l <want) == 52 ]]
	# The same annotation has the same identity.
	"$@" pairs.tsv -b | gx-info | grep '^work ' >work
	for f in bare.tsv terms.gmt matrix.tsv matrix.csv matrix.gxm matrix.tsv.gz pairs.tsv.gz; do
		succeeds "$@" "$f"
		cmp want "$out"
		cat "$f" | "$@" - | cmp want -
		"$@" "$f" -b | gx-info | grep '^work ' | cmp - work
	done
	zstd -q matrix.gxm
	succeeds "$@" matrix.gxm.zst
	cmp want "$out"
}

@test "annotations that could be two things, or are none: exit 1" {
	whole 12 100 >net.tsv
	set -- gx-vote --min-size 1 net.tsv --annotation
	printf 'gene\tT\ng1\t1\ng2\t0\n' >a
	refuses 1 "it could be a matrix of one term, or genes and terms that are called 0 and 1" "$@" a
	printf 'g1\t1\t1\ng2\t0\t1\n' >a
	refuses 1 "a matrix without a header line, or a GMT" "$@" a
	printf 'g1\tT\ng2\tT\tx\n' >a
	refuses 1 "gene TAB term, with more columns in some lines (cut -f 1,2), or a GMT" "$@" a
	printf 'g1,T\ng2,T\n' >a
	refuses 1 "a:1: no TAB in the line" "$@" a
	: >a
	refuses 1 "a: there is no annotation in it" "$@" a
	refuses 1 "<stdin>: there is no annotation in it" "$@" - </dev/null
	printf 'T\tg1\nT\tg2\n' >a
	refuses 1 "the gene comes first, then the term" "$@" a
	printf 'g1\tT\nx2\tT\n' >a
	refuses 1 "1 of its 2 genes are in the network" "$@" a
	printf 'gene\tT1\tT2\ng1\t1\t0\ng2\t0\t2\n' >a
	refuses 1 "gene 'g2', term 'T2': the value is another number" "$@" a
	printf 'gene\tT1\tT2\ng1\t1\t0\ng2\t0\tNA\n' >a
	refuses 1 "gene 'g2', term 'T2': the value is missing" "$@" a
	refuses 3 "No such file" "$@" nothing
	printf 'g1\tT\ng2\tT\ng3\tU\n' >a
	refuses 1 "no term has 3 to 9 genes of the network, the largest has 2" "$@" a --min-size 3 \
		--max-size 9
}

@test "sizes count the genes of the network, both limits included; the universe" {
	local n
	whole 12 100 >net.tsv
	for n in 2 3 4 5; do
		for ((i = 1; i <= n; i++)); do printf 'g%d\tT%d\n' "$i" "$n"; done
		printf 'x%d\tT%d\n' 1 "$n" 2 "$n"
	done >terms.tsv
	set -- gx-vote --annotation terms.tsv net.tsv
	exits 0 "$@" --min-size 3 --max-size 4
	[[ $(cut -f 1,2 "$out" | tr '\t\n' '  ') == "term genes T3 3 T4 4 " ]]
	[[ $(cat "$err") == "gx-vote: terms.tsv: 2 of 7 genes are not in the network, with 8 of 22 pairs" ]]
	# Five genes are annotated: the others are not even in degrees.
	exits 0 "$@" --min-size 2 --universe annotated
	mv "$out" got
	cut -f 1-6 net.tsv | sed -n 1,6p >small.tsv
	exits 0 gx-vote --annotation terms.tsv small.tsv --min-size 2
	cmp got "$out"
	[[ $(sed -n 5p got | cut -f 3,5-7) == $'NA\tNA\tNA\t0' ]] # all genes have T5
	# A matrix has genes without terms: they count.
	printf 'gene\tT2\tT3\n' >matrix.tsv
	for ((i = 1; i <= 7; i++)); do
		printf 'g%d\t%d\t%d\n' "$i" $((i <= 2)) $((i <= 3))
	done >>matrix.tsv
	cut -f 1-8 net.tsv | sed -n 1,8p >small.tsv
	gx-vote --annotation matrix.tsv small.tsv --min-size 2 >want
	gx-vote --annotation matrix.tsv net.tsv --min-size 2 --universe annotated | cmp - want
}

@test "terms of no gene, of one and of all: missing; folds without a gene are not used" {
	whole 9 100 >net.tsv
	{
		printf 'x\tnone\ng4\tone\ng1\ttwo\ng5\ttwo\n'
		printf 'g%d\tall\n' 1 2 3 4 5 6 7 8 9
	} >terms.tsv
	exits 0 gx-vote --annotation terms.tsv --min-size 0 --folds stride:5 net.tsv
	awk -F '\t' '{ print $1, $2, $3 == "NA", $4 == "NA", $5 == "NA", $6 == "NA", $7 }' "$out" >got
	diff got - <<-END
		term genes 0 0 0 0 folds
		none 0 1 1 1 1 0
		one 1 1 0 0 1 0
		two 2 0 0 0 0 2
		all 9 1 0 1 1 0
	END
	exits 0 gx-vote --annotation terms.tsv --min-size 0 --folds stride:5 --pr net.tsv
	awk -F '\t' 'NR > 1 { print $1, $3 == "NA", $5 == "NA", $6 }' "$out" >got
	diff got - <<-END
		none 1 1 0
		one 1 1 0
		two 0 0 2
		all 1 1 0
	END
}

@test "no AUROC outside [0, 1], of networks of few different values too" {
	local k
	labels 40 >terms.tsv
	for k in 1 2 3; do
		whole 40 $k >net.tsv
		exits 0 gx-vote --annotation terms.tsv --min-size 1 net.tsv
		awk -F '\t' 'NR > 1 && !($3 >= 0 && $3 <= 1 && $5 >= 0 && $5 <= 1) { print; exit 1 }' "$out"
		python3 "$tests/check_vote.py" exact "$out" net.tsv terms.tsv 3
	done
}

# ---- folds ----

@test "folds that do not fit: exit 1, and wrong numbers of them: exit 2" {
	whole 9 100 >net.tsv
	printf 'g1\tT\ng2\tT\ng3\tT\n' >terms.tsv
	set -- gx-vote --annotation terms.tsv --min-size 1 net.tsv --folds
	printf 'T\tg1\t1\nT\tg2\t2\n' >folds
	refuses 1 "no fold of gene 'g3' of the term 'T'" "$@" folds
	printf 'T\tg4\t1\n' >folds
	refuses 1 "folds:1: gene 'g4' is not in the term 'T'" "$@" folds
	printf 'T\tg1\t1\nT\tg2\t-1\n' >folds
	refuses 1 "folds:2:3: not a fold: '-1'" "$@" folds
	printf 'T\tg1\t1\nT\tg1\t2\n' >folds
	refuses 1 "folds:2: gene 'g1' of the term 'T' was there before" "$@" folds
	refuses 3 "No such file" "$@" stride
	refuses 2 "the number of folds is from 2 to 1000" "$@" stride:1
	refuses 2 "the number of folds is from 2 to 1000" "$@" py:x
	printf 'term\tgene\tfold\nT\tg1\t1\nT\tg2\t2\nT\tg3\t3\n' >folds
	succeeds "$@" folds
	cp "$out" want
	"$@" - <folds | cmp - want
	"$@" stride:3 | cmp - want
}

# ---- what is written ----

@test "parts of the terms: joined they are the bytes of the whole, and add up" {
	local k folds
	labels 60 >terms.tsv
	whole 60 1000 >net.tsv
	gx-convert --triangle -o net.gxm net.tsv
	gx-vote --annotation terms.tsv --min-size 2 net.gxm --multifunctionality >/dev/null
	for folds in stride:3 py:4 block:3; do
		set -- gx-vote --annotation terms.tsv --min-size 2 --folds $folds net.gxm
		"$@" -b -o whole.gxm
		for k in 1 2 3; do "$@" -b --part $k/3 -o part$k.gxm; done
		for k in 3 1 2; do printf '%s\n' part$k.gxm; done | xargs gx-reduce --join -b | cmp - whole.gxm
		cat part1.gxm part2.gxm part3.gxm | gx-reduce --join -b | cmp - whole.gxm
		gx-reduce --join part3.gxm part2.gxm part1.gxm | cmp - <("$@")
		# More parts than terms: some are empty.
		for k in {1..8}; do "$@" -b --part $k/8 -o many$k.gxm; done
		gx-reduce --join -b many?.gxm | cmp - whole.gxm
		for k in 1 2 3; do "$@" -H --part $k/3; done | cmp - <("$@" -H)
	done
	gx-threshold -T 0.5 part2.gxm | sed -n 2p | cut -f 7-10 | diff - <(printf 'terms\t2\t4\t5\n')
	exits 75 gx-reduce --join part1.gxm part3.gxm
	grep -qF "missing: terms 2 to 4 of 5" "$err"
	gx-threshold -T 0.5 whole.gxm >want
	for k in 2 3 1; do gx-threshold -T 0.5 part$k.gxm; done >records
	gx-reduce records | cmp - want
	[[ $(sed -n 2p want | cut -f 7) == terms ]]
	head -n 7 records | gx-reduce --missing=3 | cmp - <(printf '1\n3\n')
}

@test "parts of another network, annotation or other folds are not joined" {
	labels 60 >terms.tsv
	whole 60 1000 >net.tsv
	set -- --min-size 2 -b
	gx-vote --annotation terms.tsv "$@" --part 1/2 -o part1 net.tsv
	# Folds of a file are known by what it says.
	gx-vote --annotation terms.tsv --folds py:3 "$@" --part 2/2 -o other net.tsv
	refuses 1 "are not parts of one matrix" gx-reduce --join part1 other
	sed 's/^g4\tT2/g5\tT2/' terms.tsv >changed.tsv
	gx-vote --annotation changed.tsv "$@" --part 2/2 -o other net.tsv
	refuses 1 "are not parts of one matrix" gx-reduce --join part1 other
	whole 60 1001 >other.tsv
	gx-vote --annotation terms.tsv "$@" --part 2/2 -o other other.tsv
	refuses 1 "are not parts of one matrix" gx-reduce --join part1 other
	# From a pipe of text the network has the digest that it has.
	gx-vote --annotation terms.tsv "$@" --part 1/2 -o part1 - <net.tsv
	cat net.tsv | gx-vote --annotation terms.tsv "$@" --part 1/2 -o part1
	cat net.tsv | gx-vote --annotation terms.tsv "$@" --part 2/2 -o part2
	cat net.tsv | gx-vote --annotation terms.tsv "$@" -o whole
	gx-reduce --join -b part1 part2 | cmp - whole
	cat other.tsv | gx-vote --annotation terms.tsv "$@" --part 2/2 -o other
	refuses 1 "are not parts of one matrix" gx-reduce --join part1 other
}

@test "the mean is that of gx-means over the columns, without what is missing" {
	labels 60 >terms.tsv
	printf 'g3\tsingle\n' >>terms.tsv
	whole 60 1000 >net.tsv
	set -- gx-vote --annotation terms.tsv --min-size 1 net.tsv
	"$@" --mean >mean
	[[ $(cut -f 1 mean | tr '\n' ' ') == "term mean " ]]
	"$@" | gx-convert --transpose | gx-means --skip-na | tail -n +2 | cut -f 2 >want
	sed -n 2p mean | cut -f 2- | tr '\t' '\n' | diff - want
	[[ $(wc -l <want) == 6 ]]
}

@test "the first header cell is term, in each text format and behind GXM too" {
	labels 60 >terms.tsv
	whole 60 1000 >net.tsv
	set -- gx-vote --annotation terms.tsv --min-size 2 net.tsv
	"$@" -f csv | cut -d , -f 1 | sed -n 1p >got
	"$@" | sed -n 1p | cut -f 1 >>got
	"$@" -b | gx-convert | sed -n 1p | cut -f 1 >>got
	"$@" -b | gx-means | sed -n 1p | cut -f 1 >>got
	[[ $(tr '\n' ' ' <got) == "term term term term " ]]
	"$@" --digits 3 | sed -n 2p | grep -E '^T2	[0-9]+	0\.[0-9]{1,3}	'
	"$@" -f npy -o votes.npy
	[[ $(gx-info votes.npy | sed -n 's/^genes //p') == 5 ]]
}

@test "wrong usage: exit 2" {
	whole 9 100 >net.tsv
	printf 'g1\tT\ng2\tT\ng3\tT\n' >terms.tsv
	set -- gx-vote --annotation terms.tsv --min-size 1
	refuses 2 "say with --annotation" gx-vote net.tsv
	refuses 2 "one network at a time" "$@" net.tsv net2.tsv
	refuses 2 "standard input is read once" gx-vote --annotation - --min-size 1 - <net.tsv
	refuses 2 "standard input is read once" "$@" --folds - - <net.tsv
	refuses 2 "--max-size 3 is below --min-size 4" "$@" --min-size 4 --max-size 3 net.tsv
	refuses 2 "one of them" "$@" --pr --predictions net.tsv
	refuses 2 "one of them" "$@" --multifunctionality --predictions net.tsv
	refuses 2 "--part cuts the terms, and --predictions writes genes" "$@" --predictions --part 1/2 net.tsv
	refuses 2 "--part cuts the terms, and --multifunctionality" "$@" --multifunctionality --part 1/2 net.tsv
	refuses 2 "--mean with --part" "$@" --mean --part 1/2 net.tsv
	refuses 2 "--mean is of terms" "$@" --mean --predictions net.tsv
	refuses 2 "--with-multifunctionality is a column beside the AUROC" "$@" --pr --with-multifunctionality net.tsv
	refuses 2 "all or annotated" "$@" --universe some net.tsv
	refuses 2 "lower or mean" "$@" --symmetrize upper net.tsv
	refuses 2 "first or mean" "$@" --repeated-genes last net.tsv
}

@test "a part of a network, or what is derived of one, is no network" {
	local rows
	simulated
	gx-simulate -n 300 -m 20 --modules 6 -o m.gxm
	gx-correlate -b --part 1/2 -o half.gxm m.gxm
	refuses 1 "join all parts first (gx-reduce --join)" gx-vote --annotation terms.tsv half.gxm
	# Damage is found.
	rows=$(stat -c %s ranks.gxm)
	cp ranks.gxm bad.gxm
	printf 'x' | dd of=bad.gxm bs=1 seek=$((rows / 2)) conv=notrunc status=none
	exits 1 gx-vote --annotation terms.tsv bad.gxm
	[[ ! -s $out ]]
}

@test "what the messages advise gives votes" {
	simulated
	gx-vote --annotation terms.tsv ranks.gxm >want
	set -- gx-vote --annotation terms.tsv
	refuses 2 "say with --annotation which genes have which terms" gx-vote ranks.gxm
	refuses 2 "add several with gx-reduce --add" "$@" ranks.gxm correlated.gxm
	cp ranks.gxm again.gxm
	gx-reduce --add -b ranks.gxm again.gxm | "$@" | cut -f 1-3 | cmp - <(cut -f 1-3 want)
	refuses 2 "join the parts first (gx-reduce --join)" "$@" --mean --part 1/2 ranks.gxm
	for k in 1 2; do "$@" -b --part $k/2 -o part$k ranks.gxm; done
	gx-reduce --join -b part1 part2 | gx-convert --transpose | gx-means --skip-na | tail -n +2 | cut -f 2 |
		diff - <("$@" --mean ranks.gxm | sed -n 2p | cut -f 2- | tr '\t' '\n')
	# Rows of a full matrix.
	gx-convert -f tsv ranks.gxm | gx-convert -b -o full.gxm
	gx-convert -b --part 1/2 -o half1 full.gxm
	gx-convert -b --part 2/2 -o half2 full.gxm
	refuses 1 "join" "$@" half1
	gx-reduce --join -b half1 half2 | "$@" | cmp - want
	gx-convert -f tsv correlated.gxm | awk 'BEGIN { FS = OFS = "\t" } NR == 4 { $3 = "NA" }
		NR == 3 { $4 = "NA" } { print }' >missing.tsv
	refuses 1 "fill them when the network is ranked (gx-rank --fill median)" "$@" missing.tsv
	gx-rank --fill median -b missing.tsv | "$@" | awk -F '\t' 'NR > 1 && !($3 > 0.5) { exit 1 }'
	# The annotation.
	set -- gx-vote --min-size 1 ranks.gxm --annotation
	printf 'gene\tT\ng1\t1\ng2\t0\ng3\t1\n' >one.tsv
	printf 'g1\tT\ng3\tT\n' >same.tsv
	refuses 1 "convert a matrix with gx-convert -b, or rename the terms" "$@" one.tsv
	"$@" same.tsv >want
	gx-convert -b one.tsv | "$@" - | cmp - want
	printf 'g1\tT\ng3\tT\tnote\n' >more.tsv
	refuses 1 "(cut -f 1,2)" "$@" more.tsv
	cut -f 1,2 more.tsv | "$@" - | cmp - want
	refuses 1 "say other sizes with --min-size and --max-size" gx-vote ranks.gxm --annotation same.tsv
}
