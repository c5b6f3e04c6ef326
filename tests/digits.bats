#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --digits N: text with fewer digits, and nothing else changed.

load lib.bash

setup() {
	work
}

numbers() {
	printf 'gene\ta\tb\n'
	printf 'g1\t0.333333333333\t2.5\ng2\t999.96\tNA\ng3\t-Inf\t-0\ng4\t123456789\t1e-7\ng5\t2.675\t9.995e-5\n'
}

@test "digits are those of the exact value: random doubles, subnormals, ties, against decimal" {
	python3 "$tests/check_digits.py" "${SEED:-1}"
}

@test "the shortest form is the default; what is short enough is left as it is" {
	numbers >t.tsv
	gx-convert t.tsv | cmp - <(gx-convert --digits 17 t.tsv)
	prints $'gene\ta\tb\ng1\t0.333\t2.5\ng2\t1000\tNA\ng3\t-Inf\t-0\ng4\t123000000\t1e-07\ng5\t2.67\t0.0001' \
		gx-convert --digits 3 t.tsv
	prints $'gene,a,b\ng1,0.3,2\ng2,1000,NA\ng3,-Inf,-0\ng4,100000000,1e-07\ng5,3,0.0001' \
		gx-convert --digits 1 -f csv t.tsv
	four_ways t.tsv gx-convert --digits 4
}

@test "every command that writes a matrix as text" {
	gx-simulate -n 300 -m 5 --digits 4 | awk 'NR > 1 { for (i = 2; i <= 6; i++) {
		digits = $i; sub(/e.*/, "", digits); gsub(/[-.]/, "", digits); sub(/^0+/, "", digits)
		if (length(digits) > 4) exit 1 } } END { exit NR != 301 }'
	gx-simulate -n 300 -m 5 -o s.gxm
	gx-simulate -n 300 -m 5 --digits 4 | cmp - <(gx-convert --digits 4 s.gxm)
	gx-means -b s.gxm | gx-convert --digits 5 - | cmp - <(gx-means --digits 5 s.gxm)
	gx-threshold --pass --any -T 30 -b s.gxm | gx-convert --digits 6 - |
		cmp - <(gx-threshold --pass --any -T 30 --digits 6 s.gxm)
	gx-simulate -n 300 -m 5 -b --part 1/2 >1.gxm
	gx-simulate -n 300 -m 5 -b --part 2/2 >2.gxm
	gx-reduce --join --digits 7 1.gxm 2.gxm | cmp - <(gx-convert --digits 7 s.gxm)
	gx-convert --transpose --digits 2 s.gxm | cmp - <(gx-convert --transpose s.gxm | gx-convert --digits 2)
}

@test "parts with fewer digits follow each other, with any number of threads" {
	local k
	gx-simulate -n 20000 -m 7 -o s.gxm
	gx-convert --digits 5 s.gxm >whole
	gx-convert -t 4 --digits 5 s.gxm | cmp - whole
	{
		head -n 1 whole
		for k in 1 2 3 4 5 6 7; do
			gx-convert -H --digits 5 --part $k/7 s.gxm
		done
	} | cmp - whole
}

@test "digits are of text alone" {
	table >t.tsv
	refuses 2 "--digits 3: GXM keeps numbers as they are" gx-means --digits 3 -b t.tsv
	refuses 2 "--digits 3: GXM keeps numbers as they are" gx-simulate --digits 3 -n 3 -m 2 -o t.gxm
	refuses 2 "--digits 3: npy keeps numbers as they are" gx-convert --digits 3 -f npy t.tsv
	[[ ! -e t.gxm ]]
	refuses 2 "-f, -b, -H and --digits are for --pass" gx-threshold -T 1 --digits 3 t.tsv
	gx-threshold -T 1 t.tsv >t.record
	refuses 2 "-f, -b, -H and --digits are for --join" gx-reduce --digits 3 t.record
	refuses 2 "unknown option --digits" gx-info --digits 3 t.tsv
	# What the message advises.
	succeeds gx-convert --digits 3 -f tsv -o t.gxm t.tsv
	cmp t.gxm t.tsv
	succeeds gx-convert --digits 3 -f csv t.tsv
}

@test "a number of digits is from 1 to 17" {
	local n
	table >t.tsv
	for n in 0 18 -1 3.5 x '' 1k 99999999999999999999; do
		refuses 2 "--digits $n: not a number of digits from 1 to 17" gx-means --digits "$n" t.tsv
	done
}

@test "--explain says how many digits" {
	table >t.tsv
	gx-means --digits 4 --explain t.tsv | grep -x $'digits\t4'
	gx-means --explain t.tsv | lacks '^digits'
}
