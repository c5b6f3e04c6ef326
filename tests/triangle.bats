#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Networks as triangles in GXM: read, refused where damaged, cut, joined, and written as
# full matrices and as edges.

load lib.bash

setup() {
	work
}

forge() {
	python3 "$tests/forge_triangle.py" "$@"
}

reader() {
	python3 "$tests/gxm_reader.py" "$@"
}

# symmetric N [NAMES]: a table of a symmetric matrix, every pair another value, some missing.
symmetric() {
	awk -v n="$1" 'BEGIN {
		printf "gene"
		for (j = 1; j <= n; j++) printf "\tx%d", j
		print ""
		for (i = 1; i <= n; i++) {
			printf "x%d", i
			for (j = 1; j <= n; j++) {
				a = i < j ? i : j; b = i < j ? j : i
				v = (a * 7919 + b * 104729) % 2003
				printf a < b && v % 41 == 7 ? "\tNA" : "\t%g", v / 64 - 9
			}
			print ""
		}
	}'
}

# edges_of TABLE: what -f edges has of it, by another program.
edges_of() {
	awk -F '\t' -v OFS='\t' 'NR == 1 { for (j = 2; j <= NF; j++) name[j] = $j
			print "gene1", "gene2", "value"; next }
		{ for (j = 2; j < NR; j++) print $1, name[j], $j }' "$1"
}

@test "a reader written from the page reads triangles as gx does, and gx-convert keeps their bytes" {
	local layout names n
	for layout in 1 2 3; do
		for names in none plain odd; do
			for n in 1 2 7 400; do
				((n < 400)) || [[ $names == plain ]] || continue
				forge write n.gxm $layout $n names=$names missing=1 kind="rank integer fill:median" \
					networks=52 max=18446744073709551614 median=0 mean=7 identity=network:0123456789abcdef \
					provenance="correlate pearson"
				reader matrix n.gxm >want
				gx-convert n.gxm >got
				same want got
				gx-convert -b n.gxm >got
				same n.gxm got
				gx-convert -b -t 4 <n.gxm >got
				same n.gxm got
				cat n.gxm | gx-convert -b -t 3 >got
				same n.gxm got
				four_ways n.gxm gx-convert
				same "$out" want
			done
		done
	done
	reader facts n.gxm >facts
	grep -x 'network-kind rank integer fill:median' facts
	grep -x 'network-max 18446744073709551614' facts
	grep -x 'rows 7' facts
	[[ $(sed -n 's/^digest //p' facts) == $(sed -n 's/^stored_digest //p' <(gx-info n.gxm)) ]]
}

@test "each byte of a triangle changed is refused, by gx and by the reader" {
	local layout
	for layout in 1 2 3; do
		forge write n.gxm $layout 3 names=plain
		reader damage n.gxm
		python3 "$tests/check_damage.py" bits n.gxm
	done
}

@test "random flips and cuts in triangles of several blocks, and with several threads" {
	local layout at
	for layout in 1 2 3; do
		forge write n.gxm $layout 400 names=plain
		python3 "$tests/check_damage.py" random n.gxm 400
		OMP_NUM_THREADS=4 python3 "$tests/check_damage.py" random n.gxm 100
		for at in 1 100 127 128 3000 100000 -1 -64 -200; do
			head -c $at n.gxm >cut
			refuses 1 cut gx-means cut
			refuses 1 "<stdin>" gx-means < <(cat cut)
			exits 1 gx-convert -b < <(cat cut)
			exits 1 reader facts "$out"
		done
	done
}

@test "headers, blocks and indexes that are forged under sound checksums" {
	forge wrong wrong
	[[ $(ls wrong | wc -l) -gt 120 ]]
	local file command
	python3 - <<-'END'
		import os, gxm_reader
		for name in os.listdir("wrong"):
		    with open("wrong/" + name, "rb") as file:
		        assert not gxm_reader.sound(file.read()), name
	END
	for file in wrong/*; do
		for command in gx-means 'gx-threshold -T 1' 'gx-convert -b' gx-convert gx-rank; do
			# Rows that do not fit are what sanitizers see best.
			[[ -z ${GX_SANITIZED-} || $command == gx-means || $file == *.more.* ]] || continue
			exits 1 $command "$file"
			grep -qF "$file" "$err"
			exits 1 $command < <(cat "$file")
			grep -qF '<stdin>' "$err"
		done
	done
}

@test "sizes that are lies take no memory" {
	[[ -z ${GX_SANITIZED-} ]] || skip "sanitizers need room of their own"
	forge wrong wrong
	local file
	for file in wrong/genes.* wrong/header.n* wrong/trailer.n*; do
		exits 1 bash -c "ulimit -v 200000; exec gx-convert -b '$file'"
		exits 1 bash -c "ulimit -v 200000; cat '$file' | gx-means"
	done
}

@test "parts are cut, and joined to the bytes of the whole" {
	local layout n k
	for layout in 1 2 3; do
		forge write n.gxm $layout 300 names=plain identity=network:0123456789abcdef kind=x max=5
		for n in 1 2 3 7 40; do
			rm -rf parts
			mkdir parts
			for ((k = 1; k <= n; k++)); do
				gx-convert -b -p $k/$n -t 2 n.gxm -o parts/$(printf %02d $k)
				cat n.gxm | gx-convert -b -p $k/$n | cmp - parts/$(printf %02d $k)
			done
			gx-reduce --join -b parts/* | cmp - n.gxm
			gx-reduce --join -b -t 3 $(ls -r parts/*) | cmp - n.gxm
			cat parts/* | gx-reduce --join -b | cmp - n.gxm
			cat parts/* >all.gxm
			reader matrix all.gxm | cmp - <(gx-convert n.gxm)
			gx-convert all.gxm | cmp - <(gx-convert n.gxm)
			cat all.gxm | gx-means | cmp - <(gx-means n.gxm)
			gx-convert -b all.gxm | cmp - n.gxm
		done
	done
	# Without an identity parts know each other by the digest, which a pipe tells too late.
	forge write n.gxm 3 60
	refuses 2 "write it to a file first (-o m.gxm)" gx-convert -b --part 1/2 < <(cat n.gxm)
	cat n.gxm | gx-convert -b -o m.gxm
	for k in 1 2; do gx-convert -b --part $k/2 m.gxm -o half.$k; done
	gx-reduce --join -b half.? | cmp - n.gxm
	# More parts than rows: some are empty.
	forge write n.gxm 2 3
	for k in 1 2 3 4 5 6 7 8 9; do gx-convert -b -p $k/9 n.gxm -o few.$k; done
	gx-reduce --join -b few.? | cmp - n.gxm
	reader facts few.9 >/dev/null
	# Parts have equal numbers of values.
	forge write n.gxm 1 100
	for k in 1 2 3 4; do gx-convert -b -p $k/4 n.gxm | reader facts | sed -n 's/^\(first\|rows\) //p'; done |
		paste -sd ' ' >got
	[[ $(cat got) == "0 50 50 21 71 16 87 13" ]]
}

@test "parts that are missing, of other networks, or alone" {
	forge write n.gxm 2 30 identity=network:00000000000000aa
	local k command
	for k in 1 2 3; do gx-convert -b -p $k/3 n.gxm -o p$k.gxm; done
	refuses 75 "missing" gx-reduce --join -b p1.gxm p3.gxm
	refuses 75 "missing" gx-reduce --join -b < <(cat p1.gxm p2.gxm)
	refuses 1 "overlap" gx-reduce --join -b < <(cat p1.gxm p1.gxm)
	for command in gx-means 'gx-threshold -T 1' 'gx-threshold --pass --any -T 1' gx-convert \
		'gx-convert -f npy' 'gx-convert -f edges' 'gx-convert --transpose'; do
		refuses 1 "gx-reduce --join" $command p2.gxm
		refuses 1 "gx-reduce --join" $command p1.gxm
		refuses 1 "gx-reduce --join" $command < <(cat p1.gxm p2.gxm)
		refuses 1 "gx-reduce --join" $command < <(cat p2.gxm)
	done
	# On a pipe nobody knows how many parts follow.
	refuses 1 "gx-reduce --join" gx-convert -b < <(cat p1.gxm p2.gxm p3.gxm)
	refuses 1 "gx-reduce --join" gx-convert -b n.gxm p1.gxm
	symmetric 9 >full.tsv
	gx-convert -b full.tsv -o full.gxm
	for k in 1 2; do gx-convert -b -p $k/2 full.gxm -o f$k.gxm; done
	refuses 2 "gx-reduce --join" gx-convert --triangle -b f1.gxm
	gx-reduce --join -b f1.gxm f2.gxm | gx-convert --triangle -b | cmp - <(gx-convert --triangle -b full.tsv)
	local other
	for other in "kind=y" "max=7" "networks=2" "identity=network:00000000000000ab" "provenance=z" \
		"names=plain"; do
		forge write o.gxm 2 30 identity=network:00000000000000aa "$other"
		gx-convert -b -p 2/3 o.gxm -o o2.gxm
		refuses 1 "not parts of one matrix" gx-reduce --join -b p1.gxm o2.gxm p3.gxm
		refuses 1 "" gx-reduce --join -b < <(cat p1.gxm o2.gxm p3.gxm)
		cat p1.gxm o2.gxm p3.gxm >mixed.gxm
		refuses 1 "segment 2" gx-means mixed.gxm
		exits 1 reader facts mixed.gxm
	done
	# Networks that do not say which they are have their digest for that.
	gx-convert --triangle -b full.tsv -o a.gxm
	sed '2,$s/\t[^\t]*$/\t3/' full.tsv | gx-convert --triangle --symmetrize lower -b -o b.gxm
	for k in 1 2 3; do
		gx-convert -b -p $k/3 a.gxm -o a$k.gxm
		gx-convert -b -p $k/3 b.gxm -o b$k.gxm
		[[ $(sed -n 's/^input //p' <(gx-info a$k.gxm)) == "digest:$(sed -n 's/^digest //p' <(gx-info a.gxm))" ]]
	done
	exits 1 cmp a.gxm b.gxm
	gx-reduce --join -b a?.gxm | cmp - a.gxm
	cat a?.gxm | gx-reduce --join -b | cmp - a.gxm
	cat a?.gxm >all.gxm
	gx-convert -b all.gxm | cmp - a.gxm
	reader facts all.gxm
	refuses 1 "not parts of one matrix" gx-reduce --join -b a1.gxm a2.gxm b3.gxm
	refuses 1 "of another matrix" gx-reduce --join -b < <(cat a1.gxm a2.gxm b3.gxm)
	refuses 2 "write it to a file first" gx-convert -b -p 2/3 < <(cat a.gxm)
	forge write o.gxm 3 30 identity=network:00000000000000aa
	gx-convert -b -p 2/3 o.gxm -o o2.gxm
	refuses 1 "not parts of one matrix" gx-reduce --join -b p1.gxm o2.gxm p3.gxm
	exits 1 gx-means < <(cat p1.gxm o2.gxm p3.gxm)
}

@test "several networks, and chosen genes of one, are full rows" {
	symmetric 20 >n.tsv
	gx-convert --triangle -b n.tsv -o n.gxm
	gx-convert --repeated n.tsv n.tsv >want
	gx-convert --repeated n.gxm n.gxm | cmp - want
	gx-convert -b n.gxm n.tsv | gx-convert | cmp - want
	gx-convert -b n.tsv n.gxm -t 3 | gx-convert | cmp - want
	gx-convert -b --columns x3,x7 n.gxm | gx-convert | cmp - <(gx-convert --columns x3,x7 n.tsv)
	gx-means --columns x3,x7 n.gxm | cmp - <(gx-means --columns x3,x7 n.tsv)
	refuses 1 "not a network" gx-convert -f edges --columns x3,x7 n.gxm
}

@test "text, npy, full GXM and triangle: each of them makes each other" {
	symmetric 300 >n.tsv
	gx-convert n.tsv >want.tsv
	gx-convert --triangle -b n.tsv -o n.gxm
	reader facts n.gxm | grep -x 'layout 1'
	gx-convert n.gxm | cmp - want.tsv
	gx-convert -f csv n.gxm | gx-convert | cmp - want.tsv
	gx-convert -f npy n.tsv -o want.npy
	gx-convert -f npy n.gxm | cmp - want.npy
	gx-convert -b n.tsv -o full.gxm
	local file t
	for file in n.tsv full.gxm n.gxm; do
		for t in 1 2 3 4 5 6 7; do
			gx-convert --triangle -b -t $t $file | cmp - n.gxm
			cat $file | gx-convert --triangle -b -t $t | cmp - n.gxm
		done
	done
	# npy has no names; the triangle of it none either, and its text those that rows would have.
	gx-convert --triangle -b want.npy -o unnamed.gxm
	reader facts unnamed.gxm | grep -x 'rows 300'
	[[ $(gx-convert unnamed.gxm | sed -n 1p | cut -f 1-3) == $'gene\tg1\tg2' ]]
	gx-convert -f npy unnamed.gxm | cmp - want.npy
	# A full one in GXM of a triangle: by way of text, as -b keeps the triangle.
	gx-convert n.gxm | gx-convert -b | gx-convert --triangle -b | cmp - n.gxm
}

@test "-f edges: pairs in their order, missing ones too, names in quotes where they must be" {
	symmetric 60 >n.tsv
	gx-convert --triangle -b n.tsv -o n.gxm
	edges_of <(gx-convert n.gxm) >want
	grep -q 'NA$' want
	four_ways n.gxm gx-convert -f edges
	same "$out" want
	gx-convert -f edges n.tsv | cmp - want
	local t k
	for t in 1 2 3 4 5 6 7; do gx-convert -f edges -t $t n.gxm | cmp - want; done
	gx-convert -f edges -H n.gxm | cmp - <(tail -n +2 want)
	for k in 1 2 3; do gx-convert -f edges -H -p $k/3 n.gxm; done | cmp - <(tail -n +2 want)
	gx-convert -f edges --digits 3 n.gxm | cmp - <(edges_of <(gx-convert --digits 3 n.gxm))
	forge write odd.gxm 2 4 names=odd
	gx-convert -f edges odd.gxm >got
	[[ $(sed -n 2p got) == $'"a\tb"\t"""quoted"""\t'* && $(sed -n 5p got) == $'NA\t"""quoted"""\t'* ]]
	# Whole numbers have all their digits.
	forge write big.gxm 3 4 big=1
	gx-convert -f edges big.gxm >got
	[[ $(sed -n 2p got) == $'g2\tg1\t9223372036854779629' ]]
	refuses 1 "above 2^53" gx-convert big.gxm
	refuses 1 "above 2^53" gx-means big.gxm
	gx-convert -b big.gxm | cmp - big.gxm
}

@test "--top and --min: the largest, with all ties at the end, in the order of the triangle" {
	python3 - <<-'END' >n.tsv
		n = 40
		print("\t".join(["gene"] + ["x%d" % j for j in range(n)]))
		for i in range(n):
		    print("\t".join(["x%d" % i] + ["NA" if abs(i - j) == 7 else str((i * j) % 11 - 3) for j in range(n)]))
	END
	gx-convert --triangle -b n.tsv -o n.gxm
	edges_of n.tsv >all
	local top t
	# top_of N: by another program.
	top_of() {
		python3 - "$1" <<-'END'
			import sys
			lines = open("all").read().splitlines()
			value = lambda line: float(line.split("\t")[2])
			there = [line for line in lines[1:] if not line.endswith("NA")]
			n = int(sys.argv[1])
			least = sorted(map(value, there), reverse=True)[:n][-1]
			print("\n".join(lines[:1] + [line for line in there if value(line) >= least]))
		END
	}
	for top in 1 2 10 71 72 73 400 100000; do
		top_of $top >want
		for t in 1 2 3 7; do gx-convert --top $top -t $t n.gxm | cmp - want; done
		cat n.gxm | gx-convert --top $top | cmp - want
		gx-convert --top $top n.tsv | cmp - want
	done
	awk -F '\t' 'NR == 1 || ($3 != "NA" && $3 >= 4)' all >want
	gx-convert --min 4 n.gxm | cmp - want
	top_of 30 | awk -F '\t' 'NR == 1 || $3 >= 7' >want
	gx-convert --min 7 --top 30 n.gxm | cmp - want
	prints $'gene1\tgene2\tvalue' gx-convert --min 100 n.gxm
	# Large whole numbers that are one double are not one value.
	forge write big.gxm 3 30 big=1
	gx-convert -f edges -H big.gxm >edges
	python3 - >want <<-'END'
		lines = open("edges").read().splitlines()
		value = lambda line: int(line.split("\t")[2])
		least = sorted(map(value, lines))[-5]
		print("\n".join(line for line in lines if value(line) >= least))
	END
	gx-convert --top 5 -H big.gxm | cmp - want
	refuses 2 "--top" gx-convert --top 3 -f tsv n.gxm
	refuses 2 "--min" gx-convert --min 3 -b n.gxm
	refuses 2 "--part" gx-convert --top 3 -p 1/2 n.gxm
}

@test "--symmetrize, and matrices that are no networks" {
	printf 'gene\ta\tb\tc\na\t1\t2\t3\nb\t2.5\t4\t5\nc\t3\t9\tNA\n' >n.tsv
	refuses 1 "2 pairs have two values, and the largest difference is 'c' to 'b': 9, and back 5" \
		gx-convert --triangle -b n.tsv
	refuses 1 "--symmetrize lower or mean" gx-convert -f edges n.tsv
	gx-convert --triangle --symmetrize lower -b n.tsv -o lower.gxm
	prints $'gene\ta\tb\tc\na\t1\t2.5\t3\nb\t2.5\t4\t9\nc\t3\t9\tNA' gx-convert lower.gxm
	gx-convert --triangle --symmetrize mean -b n.tsv -o mean.gxm
	prints $'gene\ta\tb\tc\na\t1\t2.25\t3\nb\t2.25\t4\t7\nc\t3\t7\tNA' gx-convert mean.gxm
	prints $'gene1\tgene2\tvalue\nb\ta\t2.25\nc\ta\t3\nc\tb\t7' gx-convert -f edges --symmetrize mean n.tsv
	printf 'gene\ta\tb\na\t1\t2\nb\t2\t1\nc\t3\t3\n' >high.tsv
	refuses 1 "it has 3 rows and 2 columns" gx-convert --triangle -b high.tsv
	printf 'gene\ta\tb\na\t1\t2\nc\t2\t1\n' >other.tsv
	refuses 1 "row 2 is 'c' and column 2 is 'b'" gx-convert --triangle -b other.tsv
	refuses 2 "--symmetrize is for" gx-convert --symmetrize mean n.tsv
	refuses 2 "lower or mean" gx-convert --triangle --symmetrize upper n.tsv
	refuses 2 "its own transpose" gx-convert --triangle --transpose n.tsv
	# Where one half lacks a value the difference has no size.
	printf 'gene\ta\tb\na\t1\tNA\nb\t2\t1\n' >half.tsv
	refuses 1 "--symmetrize" gx-convert --triangle -b half.tsv
	gx-convert --triangle --symmetrize lower half.tsv >got
	[[ $(sed -n 2p got) == $'a\t1\t2' ]]
}

@test "a network that does not fit in memory: its size is said, and none of it is taken" {
	[[ -z ${GX_SANITIZED-} ]] || skip "sanitizers need room of their own"
	# A real header of many genes; rows would follow.
	python3 - <<-'END'
		import forge_triangle
		s = forge_triangle.Triangle(1, 3)
		s.header.update(ncol=200000, whole=200000, nrow=200000)
		open("huge.gxm", "wb").write(s.bytes()[:256])
	END
	local command
	for command in gx-convert 'gx-convert -f npy' 'gx-threshold --pass --any -T 1'; do
		refuses 3 "200000 genes" bash -c "ulimit -v 4000000; cat huge.gxm | $command"
		grep -qE '1(60|49)(\.[0-9])? G(i)?B' "$err"
	done
}

@test "means and counts of a network, while its triangle streams by, are those of the full matrix" {
	local layout n k o t
	for layout in 1 2 3; do
		for n in 1 2 9 300; do
			forge write n.gxm $layout $n names=plain missing=1
			gx-convert n.gxm | gx-convert -b -o full.gxm
			for o in '' --skip-na --with-n '--skip-na --with-n -b'; do
				gx-means $o full.gxm >want
				[[ $o != *-b* ]] || gx-convert want >want.tsv
				for t in 1 2 3 4 5 6 7; do
					gx-means $o -t $t n.gxm >got
					[[ $o == *-b* ]] || same got want
					[[ $o != *-b* ]] || gx-convert got | cmp - want.tsv
				done
				cat n.gxm | gx-means $o | cmp - got
				for k in 1 2 3; do gx-means $o -p $k/3 n.gxm | gx-convert | cmp - <(gx-means $o -p $k/3 full.gxm | gx-convert); done
			done
			for o in '' --below; do
				gx-threshold -T 7 $o full.gxm | cut -f 1-10 >want
				for t in 1 2 3 4 5 6 7; do
					gx-threshold -T 7 $o -t $t n.gxm | cut -f 1-10 | cmp - want
				done
				gx-threshold -T 7 $o -c full.gxm >want
				gx-threshold -T 7 $o -c < <(cat n.gxm) | cmp - want
				gx-threshold -T 7 $o n.gxm >whole
				[[ $(field digest whole) == $(sed -n 's/^digest //p' <(reader facts n.gxm)) ]]
				for k in 1 2 3 4 5; do
					gx-threshold -T 7 $o -p $k/5 n.gxm >r$k
					cut -f 1-10 r$k | cmp - <(gx-threshold -T 7 $o -p $k/5 full.gxm | cut -f 1-10)
					cat n.gxm | gx-threshold -T 7 $o -p $k/5 | cmp - r$k
				done
				gx-reduce r? | cmp - whole
				gx-means -p 2/3 -b n.gxm | gx-threshold -T 7 $o | cut -f 1-10 >got
				gx-means -p 2/3 -b full.gxm | gx-threshold -T 7 $o | cut -f 1-10 | cmp - got
			done
		done
	done
	# Names that there are not: the genes are numbered.
	forge write n.gxm 2 7
	[[ $(gx-means n.gxm -p 2/3 | cut -f 1 | paste -sd ' ') == "gene g4 g5" ]]
	[[ $(gx-threshold -T 1 n.gxm | cut -f 1 | paste -sd ' ') == "column g1 g2 g3 g4 g5 g6 g7" ]]
}

@test "a network that streams by takes some bytes a gene; --pass takes all of it" {
	[[ -z ${GX_SANITIZED-} ]] || skip "sanitizers need room of their own"
	gx-simulate -n 3000 -m 3000 -f npy -o full.npy
	gx-convert --triangle --symmetrize lower -b full.npy -o n.gxm # 36 MB
	rm full.npy
	gx-means n.gxm >want
	gx-threshold -T 12 n.gxm >want.record
	(ulimit -v 24000 && gx-means n.gxm) | cmp - want
	(ulimit -v 24000 && cat n.gxm | gx-means) | cmp - want
	(ulimit -v 24000 && gx-threshold -T 12 n.gxm) | cmp - want.record
	refuses 3 "3000 genes" bash -c 'ulimit -v 24000 && exec gx-threshold --pass --any -T 12 n.gxm'
	refuses 3 "3000 genes" bash -c 'ulimit -v 24000 && exec gx-convert n.gxm'
}

# told KEY FILE: what gx-info said.
told() {
	sed -n "s/^$1 //p" "$2"
}

@test "gx-info: a triangle streams by, and what is in it is what is in the full matrix" {
	local layout n key t
	for layout in 1 2 3; do
		for n in 2 9 300; do
			forge write n.gxm $layout $n names=plain missing=1 kind="rank integer" max=12 median=7 networks=3
			gx-info --full-digest n.gxm >info
			gx-convert n.gxm >full.tsv
			gx-info full.tsv >full.info
			for key in genes samples first_sample last_sample missing rows_all_missing zeros negative infinite \
				integers_only minimum maximum samples_all_missing odd repeated_gene_names; do
				[[ $(told $key info) == "$(told $key full.info)" ]] || note "$key: $(cat info full.info)"
			done
			[[ $(told full_digest info) == "$(told digest full.info)" ]]
			[[ $(told digest info) == "$(told digest <(reader facts n.gxm))" ]]
			[[ $(told digest info) == "$(told stored_digest info)" ]]
			[[ $(told kind info) == "rank integer" && $(told networks info) == 3 ]]
			[[ $(told max info) == 12 && $(told median info) == 7 && $(told mean info) == . ]]
			for t in 1 2 3 5; do gx-info --full-digest -t $t n.gxm | cmp - info; done
			gx-info --full-digest < <(cat n.gxm) | grep -v '^file\|^stored' >piped
			grep -v '^file\|^stored' info | cmp - piped
			# What its triangle would have, of a full one in any format.
			gx-convert --triangle -b full.tsv >made.gxm
			[[ $(told triangle_digest full.info) == "$(told digest <(gx-info made.gxm))" ]]
			for t in 1 3; do
				gx-convert -f npy n.gxm | gx-info -t $t >npy.info
				[[ $(told triangle_digest npy.info) == "$(told triangle_digest full.info)" ]]
				gx-convert -b full.tsv | gx-info -t $t --full-digest >gxm.info
				[[ $(told triangle_digest gxm.info) == "$(told triangle_digest full.info)" ]]
				[[ $(told full_digest gxm.info) == "$(told digest full.info)" ]]
			done
		done
	done
	gx-info --json n.gxm | python3 -c '
import json, sys
told = json.load(sys.stdin)
assert (told["kind"], told["networks"], told["mean"], told["genes"]) == ("rank integer", 3, None, 300)'
	# A gene without a value.
	printf 'gene\ta\tb\tc\na\t1\tNA\t-2\nb\tNA\tNA\tNA\nc\t-2\tNA\t0\n' | gx-convert --triangle -b -o gap.gxm
	gx-info gap.gxm >info
	grep -x 'missing 5' info
	grep -x 'rows_all_missing 1' info
	grep -x 'first_sample_all_missing b' info
	grep -x 'negative 2' info
	grep -x 'zeros 1' info
	# Names that there are not are genes' names.
	forge write n.gxm 2 3
	[[ $(gx-info --names n.gxm | paste -sd ' ') == "g1 g2 g3" ]]
}

@test "gx-info: no triangle_digest of what is no network" {
	printf 'gene\ta\tb\na\t1\t2\nb\t2\t3\n' >n.tsv
	gx-info n.tsv | grep '^triangle_digest '
	local k=0 text
	for text in 'gene\ta\tb\na\t1\t2\nb\t2.5\t3\n' 'gene\ta\tb\na\t1\t2\nc\t2\t3\n' \
		'gene\ta\tb\nb\t1\t2\na\t2\t3\n' 'gene\ta\tb\na\t1\t2\nb\t2\t3\nc\t1\t1\n' \
		'gene\ta\tb\na\t1\t2\n' 'gene\ta\tb\tc\na\t1\t2\t3\nb\t2\t3\t3\n' \
		'gene\ta\tb\na\t1\tNA\nb\t2\t3\n' 'gene\ta\tb\na\t1\t2\nb\t-2\t3\n'; do
		printf "$text" >x.tsv
		gx-info x.tsv >info
		lacks '^triangle_digest' info
		gx-info -t 2 < <(cat x.tsv) >info
		lacks '^triangle_digest' info
		k=$((k + 1))
	done
	((k == 8))
	# Zeros of both signs are one value, and so are missing ones.
	printf 'gene\ta\tb\tc\na\t1\t0\tNA\nb\t-0\t3\tnan\nc\tNA\tNaN\t5\n' >x.tsv
	gx-info x.tsv >info
	[[ $(told triangle_digest info) == "$(told digest <(gx-convert --triangle -b x.tsv | gx-info))" ]]
}

@test "gx-info: a part of a triangle, its range and its digest; digests of parts add up" {
	forge write n.gxm 2 50 names=plain identity=network:0123456789abcdef
	local k sum=0 digest
	for k in 1 2 3; do
		gx-convert -b -p $k/3 n.gxm -o p$k.gxm
		gx-info p$k.gxm >info
		gx-info -p $k/3 n.gxm | grep -v '^file\|stored_digest' >cut
		grep -v '^file\|stored_digest' info | cmp - cut
		[[ $(told genes info) == 50 && $(told unit info) == rows && $(told of info) == 50 ]]
		[[ $(told first info) == "$(told first <(reader facts p$k.gxm))" ]]
		[[ $(told input info) == network:0123456789abcdef ]]
		digest=$(told digest info)
		sum=$((sum + 0x$digest))
		lacks '_all_missing\|full_digest' info
		cat p$k.gxm | gx-info | grep -v '^file' | cmp - <(grep -v '^file\|^stored' info)
		gx-info --quick p$k.gxm >info
		[[ $(told of info) == 50 && $(told genes info) == 50 ]]
		refuses 1 "gx-reduce --join" gx-info --full-digest p$k.gxm
	done
	[[ $(printf %016x $sum) == "$(told digest <(gx-info n.gxm))" ]]
	cat p1.gxm p2.gxm p3.gxm | gx-info | grep -v '^file\|^seg' | cmp - <(gx-info n.gxm | grep -v '^file\|^seg\|^stored')
	refuses 1 "gx-reduce --join" gx-info --full-digest < <(cat p1.gxm p2.gxm)
	refuses 2 "--full-digest" gx-info --full-digest --quick n.gxm
	forge write big.gxm 3 9 big=1
	refuses 1 "above 2^53" gx-info --full-digest big.gxm
	gx-info big.gxm | grep -x 'integers_only yes'
}
