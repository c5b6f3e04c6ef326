#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What happens by accident: outputs among the inputs of directories, names that promise what is
# not written, options that contradict each other, a threshold that nobody chose, records that
# lost what they are of. Each message's advice is taken, and must give the right answer.
# (tests/contract.bats has what all commands promise.)

load lib.bash

setup() {
	work
	gx-simulate -n 60 -m 3 --dist lognormal -o s.gxm
	gx-convert s.gxm >s.tsv
}

# ---- outputs among the inputs ----

@test "a file of a 10x directory is not written over" {
	local file
	mkdir d
	printf '%%%%MatrixMarket matrix coordinate integer general\n2 2 2\n1 1 5\n2 2 7\n' >d/matrix.mtx
	printf 'c1\nc2\n' >d/barcodes.tsv
	printf 'e1\tx\ne2\ty\n' >d/genes.tsv
	gx-means d >want
	cp -r d kept
	for file in matrix.mtx barcodes.tsv genes.tsv; do
		refuses 2 "d/$file: -o d/$file is the same file" gx-means d -f tsv -o "d/$file"
		exits 2 bash -c 'gx-means d >>"$0"' "d/$file"
		grep -qF "d/$file: standard output is the same file" "$err"
		diff -r kept d
	done
	gx-means d -o d/means.tsv # beside them it does no harm
	same want d/means.tsv
}

@test "the sum among the records, and the whole among the parts" {
	local k
	mkdir records parts
	for k in 1 2 3; do
		gx-threshold -T 1 -p $k/3 s.gxm -o records/$k
		gx-convert -b -p $k/3 s.gxm -o parts/$k.gxm
	done
	gx-threshold -T 1 s.gxm >want
	refuses 2 "records/2: -o records/2 is the same file" gx-reduce records -o records/2
	refuses 2 "records/2: -o records/2 is the same file" gx-reduce records/[123] -o records/2
	# Where it does not exist yet it is none of the records; the second time it is one.
	gx-reduce records -o records/whole
	same want records/whole
	refuses 2 "records/whole: -o records/whole is the same file" gx-reduce records -o records/whole
	exits 2 bash -c 'gx-reduce records >records/whole'
	grep -qF 'records/whole: standard output is the same file, which is empty now' "$err"
	rm records/whole
	gx-reduce records >whole # "write to another file"
	same want whole
	refuses 2 "parts/2.gxm: -o parts/2.gxm is the same file" gx-reduce --join parts -o parts/2.gxm
	gx-reduce --join parts -o whole.gxm
	gx-convert whole.gxm | same s.tsv -
}

@test "records: what says which part it is of is told by it; --unverified asks for names" {
	local k
	for k in 1 2; do gx-threshold -T 1 -p $k/2 s.gxm >r$k; done
	refuses 1 "are the same part twice" gx-reduce r1 r2 r1
	gx-threshold -T 1 s.gxm | same - <(gx-reduce r1 r2) # "leave one of them out"
	mkdir d
	cp r1 d/one
	cp r2 d/two
	refuses 1 "are the same part twice" gx-reduce d d/two
	refuses 2 "d/one: named twice: name it once, or add --repeated" gx-reduce --unverified d d/one
	refuses 2 "named twice" gx-reduce --unverified d d
	ln d/one again
	refuses 2 "d/one and again are the same file" gx-reduce --unverified d again
	gx-reduce --unverified -c d >once
	gx-threshold -T 1 s.gxm -c | same - once
	gx-reduce --unverified --repeated -c d d | same - <(awk '{ print 2 * $1 }' once)
	refuses 2 "--repeated is for --unverified" gx-reduce --repeated d
}

@test "operands of which one is a 10x directory, a pipe or a device" {
	mkdir d
	printf '%%%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 5\n' >d/matrix.mtx
	refuses 2 "d: named twice" gx-means d d
	refuses 2 "d and ./d/ are the same file" gx-means d ./d/
	# What comes over a pipe is never the same: two pipes are two inputs.
	gx-means <(cat s.tsv) <(cat s.tsv) >got
	gx-means --repeated s.tsv s.tsv | same - got
}

# ---- the name of the output ----

@test "a name that promises another format is refused, and the two ways out work" {
	local extension
	gx-means s.tsv >want
	for extension in xlsx XLSX xls gct mtx npz parquet rds RData h5ad h5 loom json zip pkl; do
		refuses 2 "-o x.$extension: gx does not write" gx-means s.tsv -o x.$extension
		refuses 2 "gx does not write" gx-means --explain s.tsv -o x.$extension
		[[ ! -e x.$extension ]]
		gx-means s.tsv -f tsv -o x.$extension # "say with -f what is to be in it"
		same want x.$extension
	done
	refuses 2 "gx does not write HDF5" gx-convert --transpose s.tsv -o x.h5ad
	refuses 2 "gx does not write MatrixMarket" gx-simulate -n 3 -o x.mtx
	refuses 2 "gx does not write GCT" gx-threshold -T 1 --pass --any s.tsv -o y.gct
	refuses 2 "gx does not write NPZ" gx-reduce --join s.gxm -o y.npz
	for extension in txt tsv tab out TSV; do
		gx-means s.tsv -o y.$extension # "give the file such a name"
		same want y.$extension
	done
}

@test "what is no matrix may have any name: records, and JSON of what writes JSON" {
	# A record is text, whatever its file is called.
	gx-threshold -T 1 s.tsv >want
	gx-threshold -T 1 s.tsv -o record.json
	same want record.json
	gx-reduce -o sum.json record.json
	same want sum.json
	gx-reduce -c -o count.xlsx record.json
	gx-reduce -c record.json | same - count.xlsx
	gx-info --json s.tsv -o facts.json
	gx-info --json s.tsv | same - facts.json
	gx-time --runs 2 --warmup 0 --cores 1 --strategies serial,simd --runs-out runs.tsv s.gxm >table.tsv
	gx-time --recorded runs.tsv --json -o race.json
	gx-time --recorded runs.tsv --json | same - race.json
	printf 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n1\t:\t1.000\t2.000\t0\t0\t0\t0\ttrue\n' >log
	gx-joblog --json log -o jobs.json
	gx-joblog --json log | same - jobs.json
	for name in facts race jobs; do
		python3 -m json.tool $name.json >read
	done
}

@test "the extension tells the format in any case" {
	local extension
	for extension in csv gxm npy; do
		gx-means s.tsv -f $extension -o want
		gx-means s.tsv -o "x.${extension^^}"
		same want "x.${extension^^}"
		gx-means s.tsv -o "x.${extension^}"
		same want "x.${extension^}"
	done
}

@test "compressed output: the pipe that is named writes what the name says" {
	local name line
	gx-means s.gxm >want
	for name in x.tsv.gz x.TSV.GZ x.gxm.gz x.csv.zst x.tsv.bz2 x.xz; do
		refuses 2 "leave -o out and pipe it" gx-means s.gxm -o "$name"
		line=$(sed -nE 's/.*pipe it: \.\.\.(.*)/gx-means s.gxm\1/p' "$err")
		bash -o pipefail -c "$line"
		case $name in
		*.bz2) bzcat "$name" ;;
		*.xz) xzcat "$name" ;;
		*) gx-convert "$name" ;;
		esac >got
		same want got
	done
	[[ $(gzip -dc x.gxm.gz | gx-info --quick) == *"format GXM"* ]]
	[[ $(gx-info --quick x.csv.zst) == *"delimiter comma"* ]]
}

# ---- options that contradict each other ----

@test "rules of --pass exclude each other, in any order; one may be said twice" {
	local one other
	for one in --any --all '--at-least 2'; do
		for other in --any --all '--at-least 2'; do
			[[ $one != "$other" ]] || continue
			refuses 2 "${one% 2} and ${other% 2} exclude each other" \
				gx-threshold --pass -T 1 $one $other s.tsv
		done
		succeeds gx-threshold --pass -T 1 $one $one s.tsv
	done
	gx-threshold --pass -T 1 --at-least 3 --at-least 2 s.tsv | same - <(gx-threshold --pass -T 1 --at-least 2 s.tsv)
}

@test "the table of gx-time is JSON or Markdown" {
	refuses 2 "--json and --markdown: choose one of them" gx-time --json --markdown
	refuses 2 "--json and --markdown: choose one of them" gx-time --markdown --json
}

@test "parameters that a distribution does not take are refused" {
	local kind parameter
	while read -r kind parameter; do
		refuses 2 "${parameter% *} has no effect with --dist $kind" gx-simulate -n 2 --dist $kind $parameter
		refuses 2 "${parameter% *} has no effect with --dist $kind" gx-simulate -n 2 $parameter --dist $kind
	done <<-'END'
		exponential --mean 3
		exponential --sd 3
		uniform --dispersion 1
		uniform --mean 1
		normal --scale 2
		lognormal --scale 2
		lognormal --dispersion 1
		nbinom --scale 2
	END
	refuses 2 "--mean has no effect with --dist exponential" gx-simulate --mean 3
}

# ---- the threshold that nobody chose ----

@test "12 holds for what gx-simulate made, however it comes" {
	local k file
	gx-threshold -T 12 s.gxm >want
	gx-threshold s.gxm | same want -
	gx-threshold -t 4 <s.gxm | same want -
	cat s.gxm | gx-threshold | same want -
	gzip -c s.gxm >s.gxm.gz
	gx-threshold s.gxm.gz | same want -
	gx-simulate -n 60 -m 3 --dist lognormal -b | gx-threshold | same want -
	for k in 1 2 3; do gx-threshold -p $k/3 s.gxm; done | gx-reduce | same want -
	for k in 1 2 3; do gx-convert -b -p $k/3 s.gxm; done | gx-threshold | same want -
	# Of what was made of it the end of the stream tells.
	gx-means -b s.gxm -o means.gxm
	gx-threshold -T 12 means.gxm >want
	gx-threshold means.gxm | same want -
	gx-means -b s.gxm | gx-threshold | same want -
	gx-simulate -n 60 -m 3 --dist lognormal -b | gx-means -b | gx-threshold | same want -
	for k in 1 2 3; do gx-means -b -p $k/3 s.gxm | gx-threshold; done | gx-reduce | same want -
	for file in s.gxm means.gxm; do
		succeeds gx-threshold --explain $file
		cat $file | succeeds gx-threshold --explain
	done
}

@test "of anything else the threshold must be said, and then it is counted" {
	local file way
	gx-convert s.tsv -o t.gxm
	gx-convert s.gxm -o s.npy
	gx-means -b s.tsv -o means.gxm
	gzip -c s.tsv >s.tsv.gz
	for file in s.tsv s.npy t.gxm means.gxm s.tsv.gz; do
		for way in '' -c '-t 4' --below; do
			refuses 2 "say the threshold with -T" gx-threshold $way $file
			refuses 2 "say the threshold with -T" gx-threshold $way < <(cat $file)
			refuses 2 "say the threshold with -T" gx-threshold $way $file -o x
			[[ ! -e x ]]
			succeeds gx-threshold $way -T 12 $file
		done
		[[ $file == *.gxm ]] || refuses 2 "say the threshold with -T" gx-threshold --explain $file
	done
	refuses 2 "say the threshold with -T" gx-threshold s.gxm t.gxm
	refuses 2 "say the threshold with -T" gx-threshold --repeated --explain s.gxm s.gxm
	refuses 2 "say the threshold with -T" gx-threshold -p 1/2 s.tsv
	# The simulated matrix itself is the user's own once it is text.
	refuses 2 "say the threshold with -T" gx-threshold < <(gx-simulate -n 5)
	gx-threshold -T 12 s.tsv | cut -f 1-5 | same - <(gx-threshold s.gxm | cut -f 1-5)
}

@test "--pass has no default; what is wrong with the input goes before the threshold" {
	refuses 2 "--pass: say with -T which threshold the rows must be above" gx-threshold --pass --any s.gxm
	refuses 2 "must be below" gx-threshold --pass --any --below s.tsv
	refuses 2 "--pass: say with -T" gx-threshold --explain --pass --any s.gxm
	succeeds gx-threshold --pass --any -T 1 s.gxm
	printf 'gene\ta\ng1\t1\ng2\tx\n' >bad.tsv
	head -c 1000 s.gxm >bad.gxm
	: >empty
	local how file
	for how in '' -c '--pass --any'; do
		refuses 1 "bad.tsv:3:2: not a number" gx-threshold $how bad.tsv
		for file in bad.gxm empty; do
			refuses 1 "$file" gx-threshold $how $file
		done
		refuses 1 "<stdin>" gx-threshold $how </dev/null
		refuses 3 "absent: No such file" gx-threshold $how absent
	done
}

# ---- what is no record, and what lost its provenance ----

# answers FILE: gx-reduce of it gives the record of the means of s.gxm.
answers() {
	gx-means -b s.gxm | gx-threshold -T 1 | same - <(gx-reduce "$1") || note "$(cat "$1")"
}

@test "records without provenance: both cures give the record of the whole" {
	local k
	for k in 1 2; do gx-means -p $k/2 s.gxm | gx-threshold -T 1; done >text
	refuses 1 "add -b to gx-means, or name the file" gx-reduce text
	for k in 1 2; do gx-means -b -p $k/2 s.gxm | gx-threshold -T 1; done >cured
	answers cured
	# Beside one that has it, too.
	{ head -2 cured; tail -2 text; } >mixed
	refuses 1 "add -b to gx-means, or name the file" gx-reduce mixed
	cat s.tsv | gx-threshold -T 1 >piped
	refuses 1 "add -b to gx-means, or name the file" gx-reduce piped
	gx-threshold -T 1 s.tsv | gx-reduce | same - <(gx-threshold -T 1 s.tsv)
	cat s.tsv | gx-means -b >part.gxm
	refuses 1 "make it again, and name the file" gx-reduce --join part.gxm
	refuses 1 "make them again, and name the file" gx-reduce --join < <(cat part.gxm)
	gx-means -b s.tsv >part.gxm
	gx-reduce --join part.gxm | same - <(gx-means s.tsv)
}

@test "what GNU parallel and others put around records is named, and its cure works" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	export PARALLEL_HOME=$PWD
	local job='gx-means -b -p {}/2 s.gxm | gx-threshold -T 1'
	parallel --plain --will-cite "$job" ::: 1 2 >plain
	answers plain
	parallel --plain --will-cite --tag "$job" ::: 1 2 >tagged
	refuses 1 "tagged:1: not a record but one with a tag in front of each line: leave out --tag" gx-reduce tagged
	refuses 1 "leave out --tag and --tagstring" gx-reduce < <(parallel --plain --will-cite --tagstring 'part {}' "$job" ::: 1 2)
	parallel --plain --will-cite "$job -c" ::: 1 2 >counts
	refuses 1 "counts:1: not a record but bare counts: leave -c out of gx-threshold" gx-reduce counts
	gx-reduce -c plain | same - <(awk '{ n += $1 } END { print n }' counts) # "gx-reduce -c prints"
	parallel --plain --will-cite --tag "$job -c" ::: 1 2 >both
	refuses 1 "bare counts with a tag" gx-reduce both
	parallel --plain --will-cite -v "$job" ::: 1 2 >shown
	refuses 1 "something in front of a record" gx-reduce shown
	parallel --plain --will-cite --joblog log "$job" ::: 1 2 >/dev/null
	refuses 1 "a joblog of GNU parallel: gx-joblog reads it" gx-reduce log
	succeeds gx-joblog log
	sed 's/$/\r/' plain >crlf
	refuses 1 "take the CR out: tr -d '\\r'" gx-reduce crlf
	tr -d '\r' <crlf >cured
	answers cured
	tr '\t' , <plain >commas
	refuses 1 "another program wrote anew" gx-reduce commas
	# As --line-buffer does it: two headers, then the lines.
	awk 'NR % 2' plain >mixed
	awk 'NR % 2 == 0' plain >>mixed
	refuses 1 "with --line-buffer and -u of GNU parallel, mix their lines: give each a file, with -o" gx-reduce < <(cat mixed)
	parallel --plain --will-cite --line-buffer "$job -o file{}" ::: 1 2
	cat file1 file2 >files
	answers files
}

@test "a record that was encoded or cut on its way, and what is none at all, is named" {
	local fields encoding
	gx-threshold -T 1 s.gxm >record
	{ printf '\xef\xbb\xbf'; cat record; } >marked
	refuses 1 "marked:1: not a record but one with a byte order mark in front: take it away: sed '1s/^\xef\xbb\xbf//'" gx-reduce marked
	sed '1s/^\xef\xbb\xbf//' marked | gx-reduce | cmp - record
	iconv -f UTF-8 -t UTF-16 record >wide
	refuses 1 "wide:1: not a record but UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8" gx-reduce wide
	iconv -f UTF-16 -t UTF-8 wide | gx-reduce | cmp - record
	for encoding in UTF-16LE UTF-16BE; do
		iconv -f UTF-8 -t $encoding record >wide
		refuses 1 "UTF-16 text without a mark: convert it: iconv -f $encoding -t UTF-8" gx-reduce wide
		iconv -f $encoding -t UTF-8 wide | gx-reduce | cmp - record
	done
	for fields in 1-4:9 1,2:11 2-:1 1-12:1; do
		cut -f "${fields%:*}" record >cut
		refuses 1 "cut:1: not a record but one from which columns are missing: ${fields#*:} of 13: take the file that gx-threshold wrote" gx-reduce cut
	done
	printf '404: Not Found' >page
	refuses 1 "page:1: not a record: its first line is not a record's header but '404: Not Found'" gx-reduce page
	printf 'slurmstepd: error: cancelled\nmore\n' >page
	refuses 1 "its first line is not a record's header but 'slurmstepd: error: cancelled'" gx-reduce page
}

@test "the table of --results of GNU parallel: its cure is a directory" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	export PARALLEL_HOME=$PWD
	local job='gx-means -b -p {}/2 s.gxm | gx-threshold -T 1' kind
	for kind in tsv csv; do
		parallel --plain --will-cite --results r.$kind "$job" ::: 1 2 >/dev/null
		refuses 1 "r.$kind:1: not a record but a table of --results of GNU parallel, the records in its fields: run the jobs with --results DIR, and gx-reduce DIR" gx-reduce r.$kind
	done
	parallel --plain --will-cite --results results "$job" ::: 1 2 >/dev/null
	gx-reduce results | cmp - <(gx-means -b s.gxm | gx-threshold -T 1)
}

@test "a matrix is no record, and what to do with it is what is said" {
	local k
	gx-convert s.gxm -o s.npy
	refuses 1 "s.gxm: a binary matrix, not a record: parts of a matrix are put together by --join" gx-reduce s.gxm
	gx-reduce --join s.gxm | same s.tsv -
	refuses 1 "s.npy:1: not a record but a matrix (npy): count it with gx-threshold" gx-reduce s.npy
	gx-threshold -T 1 s.npy | gx-reduce | same - <(gx-threshold -T 1 s.npy)
	for k in 1 2; do gx-convert -b -p $k/2 s.npy >npy$k; done # "to be joined, made with -b"
	gx-reduce --join npy2 npy1 | same - <(gx-convert s.npy)
	refuses 1 "s.tsv:1: not a record but a table: count it with gx-threshold" gx-reduce s.tsv
	gx-threshold -T 1 s.tsv | gx-reduce | same - <(gx-threshold -T 1 s.tsv)
	# "parts of a matrix as text are joined by parallel -k with -H"
	gx-means -p 1/2 s.tsv >joined
	gx-means -H -p 2/2 s.tsv >>joined
	gx-means s.tsv | same - joined
}
