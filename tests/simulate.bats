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
