#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-simulate: the generator, the distributions, the parts.

load lib.bash

setup() {
	work
}

@test "the oracle's own Philox gives the published answers" {
	python3 "$tests/check_generator.py" known-answers
}

@test "every cell is the function of seed, row and column that DESIGN names" {
	python3 "$tests/check_generator.py" cells
}

@test "every distribution has its moments, and counts their probabilities" {
	python3 "$tests/check_generator.py" distributions
}

@test "part K of N has the rows of the whole, in every distribution" {
	python3 "$tests/check_generator.py" parts
}

@test "the identity is of what determines the values, and of nothing else" {
	python3 "$tests/check_generator.py" identity
}

@test "the digest is the sum of XXH3-64 over the rows" {
	python3 "$tests/check_generator.py" digests
}

# Made by this test's own command on x86-64 once the cells were those of the oracle (above);
# the generator must never give others.
@test "the digests of some simulations never change" {
	local dist shape digest
	while read -r dist digest shape; do
		# shellcheck disable=SC2086
		gx-simulate -b --dist "$dist" $shape | gx-threshold >record
		[[ $(field digest record) == "$digest" ]] ||
			note "$dist $shape: $(field digest record), not $digest"
	done <<-END
		exponential ebac780e266e3d4a -n 200 -m 7
		exponential d91ec9c768440c6b -n 33 -m 50 -s 7
		uniform 7e8ed4e0fa99e867 -n 200 -m 7
		uniform 72b07cd65853f070 -n 33 -m 50 -s 7
		normal 705d3afa815484b4 -n 200 -m 7
		normal cf46e05434485b76 -n 33 -m 50 -s 7
		lognormal 3c7f7c5f1eb33965 -n 200 -m 7
		lognormal 1830fb7bb6d988e4 -n 33 -m 50 -s 7
		nbinom 6e3afeca31f79a44 -n 200 -m 7
		nbinom 1213cd9a777a137f -n 33 -m 50 -s 7
		nbinom dbbbd026e8c213b2 -n 200 -m 7 --dispersion 0
	END
}

@test "modules: every cell is the function of seed, row, column and module that the page names" {
	python3 "$tests/check_generator.py" module-cells
}

@test "modules: the annotation is of genes and modules alone" {
	python3 "$tests/check_generator.py" module-annotation
}

@test "modules: correlations are those of the page" {
	python3 "$tests/check_generator.py" module-correlations
}

@test "modules: neighbour voting finds them, with the defaults and 30 samples" {
	python3 "$tests/check_generator.py" module-votes
}

@test "modules: gx-vote finds them in the network of gx-correlate and gx-rank" {
	local filter dist
	for filter in gx-correlate gx-rank gx-vote; do
		[[ -x $GX_BIN/$filter ]] || skip "there is no $filter"
	done
	for dist in normal lognormal exponential nbinom; do
		gx-simulate -b -n 2000 -m 30 --modules 20 --dist $dist --annotation terms.tsv |
			gx-correlate -b | gx-rank -b | gx-vote --annotation terms.tsv -o votes
		[[ $(wc -l <votes) == 21 ]]
		awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "auroc") at = i }
			NR > 1 { sum += $at }
			END { exit !(sum / (NR - 1) >= 0.8 && sum / (NR - 1) <= 1) }' votes ||
			note "$dist: $(cat votes)"
	done
}

# Made by this test's own command once the cells were those of the oracle (above).
@test "modules: the digests of some simulations never change" {
	local dist digest options
	while read -r dist digest options; do
		# shellcheck disable=SC2086
		gx-simulate -b --dist "$dist" $options | gx-threshold >record
		[[ $(field digest record) == "$digest" ]] ||
			note "$dist $options: $(field digest record), not $digest"
	done <<-END
		exponential d9f926d0e76f18e0 -n 200 -m 7 --modules 20
		exponential c819490fa68d95fe -n 33 -m 50 -s 7 --modules 3 --strength 0.5
		uniform a7973971e4e16eb3 -n 200 -m 7 --modules 20
		normal d94fdd3ded01e997 -n 200 -m 7 --modules 20
		lognormal 3e3f6ff645306b2f -n 200 -m 7 --modules 20
		nbinom 6375bd17f4ebf90a -n 200 -m 7 --modules 20
	END
}

@test "modules: the same bytes with any number of threads, in every format, in parts" {
	local format dist t k
	for dist in normal exponential nbinom; do
		local options=(--dist "$dist" -n 3000 -m 17 --modules 7)
		for format in tsv csv gxm npy; do
			gx-simulate "${options[@]}" -f $format >want
			for t in 2 5; do
				gx-simulate "${options[@]}" -f $format -t $t >got
				same want got
			done
			gx-simulate "${options[@]}" -f $format -o file --annotation terms
			same want file
		done
		gx-simulate "${options[@]}" -b >whole.gxm
		gx-threshold -T 1 whole.gxm >want
		gx-simulate "${options[@]}" | gx-threshold -T 1 >got
		[[ $(field digest got) == "$(field digest want)" ]]
		for ((k = 1; k <= 7; k++)); do
			gx-simulate "${options[@]}" -b -p $k/7 --annotation terms.$k -o p.$k
			same terms terms.$k
		done
		gx-reduce --join -b p.? | cmp - whole.gxm
	done
}

@test "modules are in the provenance; without them nothing is said" {
	gx-simulate -b -n 10 -m 3 --modules 5 | gx-info >info
	grep -qF 'simulate philox4x32-10 exponential scale=10 seed=1 genes=10 samples=3 modules=5 strength=0.2' info
	gx-simulate -b -n 10 -m 3 | gx-info >info
	[[ $(grep -c 'modules\|strength' info) == 0 ]]
}

@test "modules: what cannot be is exit 2, and leaves nothing" {
	refuses 2 "--modules 0: write at least 1" gx-simulate -n 10 -m 3 --modules 0
	refuses 2 "--modules 6: 10 genes have room for 5 at most" gx-simulate -n 10 -m 3 --modules 6
	refuses 2 "room for 0 at most" gx-simulate -n 1 -m 3 --modules 1
	refuses 2 "--modules" gx-simulate -n 10 --modules x
	refuses 2 "--modules" gx-simulate -n 10 --modules -1
	local strength
	for strength in 0 1 -0.5 1.5; do
		refuses 2 "--strength must be above 0 and below 1" \
			gx-simulate -n 10 --modules 2 --strength $strength
	done
	refuses 2 "--strength" gx-simulate -n 10 --modules 2 --strength NA
	refuses 2 "--strength has no effect without --modules" gx-simulate -n 10 --strength 0.5
	refuses 2 "--annotation has nothing to tell without --modules" \
		gx-simulate -n 10 --annotation terms
	refuses 2 "--dispersion must be above 0 with --modules" \
		gx-simulate -n 10 --modules 2 --dist nbinom --dispersion 0
	refuses 2 "--mean + 11.7 x --sd must be at most 709 with --modules" \
		gx-simulate -n 10 --modules 2 --dist lognormal --sd 61
	gx-simulate -n 10 -m 3 --dist lognormal --sd 61 -o wide
	[[ $(ls) == wide ]]
}

@test "modules: an annotation and a matrix in one file are refused" {
	local two=(gx-simulate -n 10 -m 3 --modules 2)
	refuses 2 "-o is written there" "${two[@]}" -o one --annotation one
	refuses 2 "-o is written there" "${two[@]}" -o ./one --annotation one
	[[ ! -e one ]]
	echo old >one
	ln -s one link
	refuses 2 "is written there" "${two[@]}" -o one --annotation link
	ln one hard
	refuses 2 "is written there" "${two[@]}" -o hard --annotation one
	exits 2 bash -c '"$@" --annotation one >>one' _ "${two[@]}"
	[[ $(cat one) == old ]]
	mkdir d
	refuses 2 "--annotation" "${two[@]}" --annotation d
	refuses 3 "--annotation" "${two[@]}" --annotation absent/terms
	[[ $(ls) == $'d\nhard\nlink\none' ]]
}

@test "modules: a full disk ends both outputs, whichever it was" {
	[[ -c /dev/full ]] || skip "no /dev/full"
	refuses 3 "/dev/full: No space left on device" \
		gx-simulate -n 10 -m 3 --modules 2 -o m.tsv --annotation /dev/full
	refuses 3 "/dev/full: No space left on device" \
		gx-simulate -n 10 -m 3 --modules 2 --annotation /dev/full
	refuses 3 "/dev/full: No space left on device" \
		gx-simulate -n 10 -m 3 --modules 2 -o /dev/full --annotation terms
	refuses 3 "/dev/full: No space left on device" \
		gx-simulate -n 100k -m 30 --modules 2 -o /dev/full --annotation terms
	[[ -z $(ls) ]]
}

@test "modules: an old annotation stays until the matrix is whole" {
	echo old >terms
	[[ -c /dev/full ]] || skip "no /dev/full"
	exits 3 gx-simulate -n 10 -m 3 --modules 2 -o /dev/full --annotation terms
	[[ $(ls; cat terms) == $'terms\nold' ]]
	gx-simulate -n 4 -m 3 --modules 2 --annotation terms >m.tsv
	[[ $(cat terms) == $'gene\tterm\ng1\tmodule1\ng2\tmodule2' ]]
	# It goes where it is named, a pipe too.
	gx-simulate -n 4 -m 3 --modules 2 -o other.tsv --annotation /dev/stdout | cmp - terms
	same m.tsv other.tsv
}

@test "modules: --explain says them, and writes nothing" {
	succeeds gx-simulate -n 10 -m 3 --modules 2 --annotation terms -o m.gxm --explain
	grep -qxF $'annotation\tterms' "$out"
	grep -qxF $'output\tm.gxm' "$out"
	grep -q '^made_by.*modules=2 strength=0.2$' "$out"
	refuses 3 "--annotation absent/terms" \
		gx-simulate -n 10 --modules 2 --annotation absent/terms --explain
	refuses 2 "-o is written there" \
		gx-simulate -n 10 --modules 2 --annotation m -o m --explain
	[[ -z $(ls) ]]
}

@test "the headline: the count at 12 is what the gamma distribution says, and never changes" {
	gx-simulate -b -n 200000 -m 50 | gx-means -b | gx-threshold -T 12 >record
	local count
	count=$(field count record)
	# 200,000 x P(Gamma(50) > 60) = 16,881; sd 124; five of them.
	((count > 16881 - 620 && count < 16881 + 620))
	[[ $count == 16945 && $(field digest record) == 4666b51da8675895 ]]
	[[ $(field rows record) == 200000 && $(field na record) == 0 ]]
	# The defaults are these, with exponential values of mean 10 and seed 1.
	gx-simulate -b --dist exponential --scale 10 -s 1 | gx-means -b | gx-threshold >again
	same record again
}

@test "expected counts at 12 for other seeds" {
	local seed count
	for seed in 2 3 18446744073709551615; do
		count=$(gx-simulate -b -s $seed | gx-means -b | gx-threshold -c)
		((count > 16881 - 620 && count < 16881 + 620)) || note "seed $seed: $count"
	done
}

@test "the same bytes with any number of threads, in every format" {
	local format dist t
	for format in tsv csv gxm npy; do
		for dist in exponential nbinom; do
			gx-simulate --dist $dist -n 3000 -m 17 -f $format >want
			for t in 2 4 7; do
				gx-simulate --dist $dist -n 3000 -m 17 -f $format -t $t >got
				same want got
			done
			gx-simulate --dist $dist -n 3000 -m 17 -f $format -o file
			same want file
		done
	done
}

@test "parts joined by cat, by operands and by --join are the whole" {
	local n k
	gx-simulate -n 23 -m 5 -b >whole.gxm
	gx-simulate -n 23 -m 5 >whole.tsv
	gx-threshold -T 3 whole.gxm >whole.record
	gx-means whole.gxm >whole.means
	for n in 1 2 3 7 100; do
		rm -f p.*
		for ((k = 1; k <= n; k++)); do
			gx-simulate -n 23 -m 5 -b -p $k/$n -o "p.$(printf %03d $k)"
			gx-simulate -n 23 -m 5 -H -p $k/$n
		done >text
		tail -n +2 whole.tsv | cmp - text
		cat p.* >joined
		gx-threshold -T 3 joined | cmp - whole.record
		gx-threshold -T 3 <joined | cmp - whole.record
		cat joined | gx-threshold -T 3 -t 4 | cmp - whole.record
		gx-threshold -T 3 p.* | cmp - whole.record
		gx-threshold -T 3 -t 4 p.* | cmp - whole.record
		gx-means joined | cmp - whole.means
		gx-means p.* | cmp - whole.means
		gx-reduce --join p.* -b | cmp - whole.gxm
		gx-reduce --join -b <joined | cmp - whole.gxm
	done
}

@test "the header of a part names the whole; its rows keep their numbers" {
	gx-simulate -n 10 -m 2 >whole
	gx-simulate -n 10 -m 2 -p 2/3 >part
	[[ $(head -1 part) == $'gene\ts1\ts2' ]]
	sed -n '6,8p' whole | cmp - <(tail -n +2 part)
}

@test "an empty simulation is a matrix: 0 genes" {
	prints $'gene\ts1\ts2' gx-simulate -n 0 -m 2
	gx-simulate -n 0 -m 2 -b | gx-threshold -T 12 >record
	[[ $(field rows record) == 0 && $(field last record) == 0 && $(field of record) == 0 ]]
	prints $'gene\ts1\ts2' gx-simulate -n 3 -m 2 -p 5/5
	gx-simulate -n 0 -m 2 -f npy | gx-means >out
	[[ $(cat out) == $'gene\tmean' ]]
}

@test "k, M and G in counts" {
	[[ $(gx-simulate -H -n 2k -m 1 | wc -l) == 2000 ]]
	[[ $(gx-simulate -H -n 1M -m 1 -p 1/1000 | wc -l) == 1000 ]]
	gx-simulate -b -n 3G -m 1 -p 1/3000000000 | gx-threshold >record
	[[ $(field of record) == 3000000000 && $(field last record) == 1 ]]
}

@test "what is out of its domain is exit 2" {
	local options
	while read -ra options; do
		refuses 2 "${options[-2]}" gx-simulate "${options[@]}"
	done <<-END
		--scale 0
		--scale -1
		--scale nan
		--scale inf
		--scale 1e301
		--dist gamma
		--dist normal --sd -1
		--dist normal --sd NA
		--dist normal --mean x
		--dist lognormal --sd 1000
		--dist nbinom --dispersion -1
		--dist nbinom --mean 0
		-m 0
		-m 8589934593
		-n -1
		-n 1.5
		-n x
		-n 18446744073709551616
		-n 18446744073709551615
		-s -1
		-s 18446744073709551616
		-p 0/3
		-p 4/3
		-p 1/0
		-p 0/0
		-p x
		-p 3
		-p 1/
		-p /3
		-p 1/3/5
		-p +1/3
		-p 1.0/3
		-p 18446744073709551617/3
	END
	refuses 2 "m.tsv: takes no operands" gx-simulate m.tsv
	refuses 2 "larger than any file" gx-simulate -n 1000000000000000 -m 8000000000
}

@test "memory does not grow with the rows" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	(ulimit -v 60000 && gx-simulate -b -n 3M -m 4 | gx-means -b | gx-threshold -c) >count
	[[ $(wc -l <count) == 1 ]]
}
