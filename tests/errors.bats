#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Messages, word for word: what went wrong, where, and what to do about it.

load lib.bash

setup() {
	work
	table >t.tsv
	gx-simulate -n 10 -m 2 -o s.gxm
}

# says CODE MESSAGE command ...: that exit code, nothing on stdout, and on stderr this
# message alone behind the program's name (and, for wrong usage, where to read on).
says() {
	local code=$1 message=$2
	shift 2
	exits "$code" "$@" || return 1
	[[ ! -s $out ]] || note "on stdout: $(head -c 200 "$out" | tr -d '\0')" || return 1
	{
		printf '%s: %s\n' "$1" "$message"
		((code != 2)) || printf "Try '%s --help'\n" "$1"
	} >expected
	diff -u expected "$err" >&2
}

@test "the command line" {
	says 2 "unknown option --nonsense" gx-means --nonsense
	says 2 "unknown option -z" gx-means -bz
	says 2 "--output: a value must follow" gx-means --output
	says 2 "--skip-na=1: takes no value" gx-means --skip-na=1
	says 2 "-f xls: the formats are tsv, csv, gxm and npy" gx-means -f xls t.tsv
	says 2 "-t x: not a number of threads from 0 to 8192" gx-means -t x t.tsv
	says 2 "-t 8193: not a number of threads from 0 to 8192" gx-means -t 8193 t.tsv
	says 2 "-o '': name a file" gx-means t.tsv -o ''
	says 2 "-o .: a directory: name a file" gx-means t.tsv -o .
	says 2 "-o t.gz: compressed output is not written: leave -o out and pipe it: ... | gzip > t.gz" \
		gx-means t.tsv -o t.gz
	says 2 "-n x: not a whole number from 0 (k, M and G may follow)" gx-simulate -n x
	says 2 "-T abc: not a finite number" gx-threshold -T abc t.tsv
	says 2 "-T nan: not a finite number" gx-threshold -T nan t.tsv
	says 2 "-T -inf: not a finite number" gx-threshold -T -inf t.tsv
	says 2 "t.tsv: takes no operands" gx-simulate t.tsv
}

@test "parts" {
	says 2 "-p 0/3: parts count from 1: 1/N to N/N (--array=1-N)" gx-means -p 0/3 t.tsv
	says 2 "-p 4/3: K is above N: the parts are 1/N to N/N" gx-means -p 4/3 t.tsv
	says 2 "-p x: a part is K/N, such as 3/8" gx-means -p x t.tsv
	says 2 "--part takes one operand: join the others first (gx-reduce --join)" \
		gx-means -p 1/2 t.tsv t.tsv
	says 2 "<stdin>: --part 1/2: text on a pipe cannot be cut: name a file, or write it once with gx-convert -b -o m.gxm" \
		gx-means -p 1/2 < <(cat t.tsv)
	gzip -k t.tsv
	says 2 "t.tsv.gz: --part 1/2: compressed text cannot be cut: write it once with gx-convert -b -o m.gxm, and cut that" \
		gx-means -p 1/2 t.tsv.gz
	gx-means -b s.gxm -o d.gxm
	says 2 "d.gxm: --part 1/2: a filter made this stream from another input: cut the source, or write it with gx-convert -b to start anew" \
		gx-means -p 1/2 d.gxm
	gx-simulate -n 10 -m 2 -p 2/3 -o p.gxm
	says 2 "p.gxm: --part 1/2: it is itself a part: a part is cut from the whole (gx-reduce --join makes it)" \
		gx-means -p 1/2 p.gxm
}

@test "gx-simulate" {
	says 2 "-m 0: a matrix has at least one sample" gx-simulate -m 0
	says 2 "-m 8589934593: the generator numbers 8589934592 samples at most" gx-simulate -m 8589934593
	says 2 "--dist gamma: the distributions are exponential, uniform, normal, lognormal and nbinom" \
		gx-simulate --dist gamma
	says 2 "--scale must be above 0 and at most 1e300" gx-simulate --scale 0
}

@test "files" {
	says 3 "absent.tsv: No such file or directory" gx-means absent.tsv
	says 3 "-o absent/x: No such file or directory" gx-means t.tsv -o absent/x
	: >empty
	says 1 "empty: the file is empty: there is no matrix in it" gx-means empty
	says 1 "<stdin>: no data on standard input: did you mean to name a file?" gx-means </dev/null
	if [[ -c /dev/full ]]; then
		says 3 "/dev/full: No space left on device" gx-means t.tsv -o /dev/full
	fi
}

@test "tables" {
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\tx1.5\n' >b
	says 1 "b:3:3: not a number: 'x1.5' (missing value: --na x1.5; no sample: column 3 'b': --skip-columns 3)" \
		gx-means -b b -o out
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\n' >b
	says 1 "b:3: 2 fields where 3 are expected: a row was cut, glued or shifted" gx-threshold b
	printf 'gene\ta\tb\nx\t1\t2\n\ny\t3\t4\n' >b
	says 1 "b:3: a blank line among the rows: was something lost here, or glued? (--skip-blank passes over it)" \
		gx-threshold b
	printf 'gene\ta\tb\nx\t1\t2\n"y\t3\t4\n' >b
	says 1 "b:3:1: a quote is not closed on this line: '\"y\\x093\\x094'" gx-threshold b
	printf 'gene\ta\tb\nx\t1\t2\n"y"z\t3\t4\n' >b
	says 1 "b:3:1: text follows the closing quote: '\"y\"z\\x093\\x094'" gx-threshold b
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\007\t4\n' >b
	says 1 "b:3:2: the control byte '\\x07' is in no table: is this text, and whole?" gx-threshold b
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\r\t4\n' >b
	says 1 "b:3:2: a CR that ends no line: line ends are LF or CR LF (old Macs: tr '\\r' '\\n')" \
		gx-threshold b
	printf 'gene\ta\tb\nx\t1\n' >b
	says 1 "b:2: 2 fields where the header has 3: a row has as many fields as the header, or one more" \
		gx-threshold b
	printf '\x89HDF\r\n\x1a\n' >b
	exits 1 gx-threshold b
	grep -qF "an HDF5 file (h5ad, loom, 10x .h5 ...)" "$err"
}

@test "GXM" {
	head -c 100 s.gxm >cut
	says 1 "cut: not GXM as gx writes it: it ends within its header: no row can be read: make the file again" \
		gx-threshold cut
	gx-simulate -n 2000 -m 50 -o big.gxm
	head -c 500000 big.gxm >cut
	says 1 "cut: cut off: 655 rows are whole, those behind them are lost: make the file again, or send the stream again" \
		gx-threshold cut
	gx-simulate -b -n 9 -m 2 -p 1/3 >p1
	gx-simulate -b -n 9 -m 2 -p 3/3 >p3
	cat p1 p3 >gap
	exits 1 gx-threshold gap
	grep -qF "gap: segment 2 does not continue the one before it: " "$err"
	grep -qF "join the parts of one matrix in their order (gx-reduce --join)" "$err"
}

@test "npy" {
	gx-simulate -n 5 -m 3 -o s.npy
	head -c 200 s.npy >cut
	says 1 "cut: npy: 200 bytes where its header asks for 248: cut off: write it again" gx-threshold cut
	says 1 "<stdin>: npy: cut off: rows from 1 on are missing: write it again" gx-threshold < <(cat cut)
	{ cat s.npy; echo; } >long
	says 1 "long: npy: 249 bytes where its header asks for 248: bytes follow the array: write it again" \
		gx-threshold long
	says 1 "<stdin>: npy: bytes follow the array: one npy file is one matrix" gx-threshold < <(cat long)
	sed '1s/<f8/<c8/' s.npy >complex
	says 1 "complex: npy: values of type '<c8', complex numbers, are not read: convert them in NumPy: np.save('x.npy', np.load('FILE').real.astype('f8'))" \
		gx-threshold complex
}

@test "gx-threshold" {
	says 2 "--pass: the matrix has 2 columns: say whether a row must be above in --any, in --all or in --at-least N of them" \
		gx-threshold --pass t.tsv
	says 2 "--at-least 3: the matrix has 2 columns: from 1 to 2" gx-threshold --pass --at-least 3 t.tsv
	says 2 "--pass writes rows and -c a count: one of the two" gx-threshold --pass -c t.tsv
	says 2 "--any, --all and --at-least choose rows for --pass" gx-threshold --any t.tsv
	says 2 "-f, -b, -H and --digits are for --pass: a record is always TSV with its header" gx-threshold -b t.tsv
	says 2 "--all and --any exclude each other: say once in how many columns a row must be above" \
		gx-threshold --pass --all --any t.tsv
	says 2 "say the threshold with -T: its default, 12, holds for what gx-simulate made, and for no other matrix" \
		gx-threshold t.tsv
	says 2 "--pass: say with -T which threshold the rows must be below: there is no default for it" \
		gx-threshold --pass --all --below s.gxm
}

@test "gx-reduce" {
	local k
	for k in 1 2 3; do gx-threshold -p $k/3 s.gxm >r$k; done
	exits 75 gx-reduce r2
	diff -u - "$err" <<-END
		gx-reduce: missing: rows 0 to 4 of 10
		gx-reduce: missing: rows 7 to 10 of 10
		gx-reduce: 2 gaps: run what is missing (--missing=N lists the parts K of N)
	END
	says 1 "r1 (rows 0 to 4) and r1 (0 to 4) are the same part twice: leave one of them out" \
		gx-reduce r1 r1
	gx-threshold -p 1/2 s.gxm >half
	says 1 "half (rows 0 to 5) and r2 (4 to 7) overlap: leave one of them out" gx-reduce half r2
	gx-threshold -T 5 -p 2/3 s.gxm >other
	says 1 "r1 and other differ in 'threshold': they are not partial results of one run: leave out those of the other one" \
		gx-reduce r1 other
	gx-threshold -T 12 <(cat t.tsv) >none
	says 1 "none does not say which part of which input it is of: a step before it wrote text: add -b to gx-means, or name the file" \
		gx-reduce none
	sed '2s/\t0\t/\t1\t/' r1 >bad
	says 1 "bad:1: damaged: its check is wrong (a line was changed, lost or added): run that part again" \
		gx-reduce bad
	says 1 "t.tsv:1: not a record but a table: count it with gx-threshold; parts of a matrix as text are joined by parallel -k with -H" \
		gx-reduce t.tsv
	echo made by hand >text
	says 1 "text:1: not a record: its first line is not a record's header but 'made by hand': run that part again" \
		gx-reduce text
	says 1 "s.gxm: a binary matrix, not a record: parts of a matrix are put together by --join" gx-reduce s.gxm
	: >empty
	says 1 "empty: no record in it: it is empty" gx-reduce empty
	says 1 "<stdin>: no record in it: it is empty (did the jobs before it fail?)" gx-reduce </dev/null
	mkdir d
	says 75 "no record in what was named: run the parts first" gx-reduce d
	says 75 "no part in what was named: run the parts first" gx-reduce --join d
	says 1 "rows 4 to 10 of 10 are missing, which is not whole parts of 4: say the N that the parts were cut with" \
		gx-reduce --missing=4 r1
	says 2 "--missing=0: say into how many parts the input was cut: --missing=N or --missing=N,array" \
		gx-reduce --missing=0 r1
	says 2 "--digest 12: a digest is 16 lower-case hex digits" gx-reduce --digest 12 r1
	says 1 "the rows that were seen have the digest $(gx-threshold s.gxm | field digest /dev/stdin), not 0000000000000000: the input is another, or it changed while its parts ran" \
		gx-reduce --digest 0000000000000000 r1 r2 r3
	says 1 "t.tsv: not GXM: --join is for binary parts (gx-... -b --part K/N); parts of text are joined by parallel -k with -H" \
		gx-reduce --join t.tsv
	says 2 "--missing, --partial and --unverified exclude each other" gx-reduce --partial --missing=3 r1
	says 2 "-c prints the count of the whole: it does not go with --missing or --partial" gx-reduce -c --partial r1
	says 2 "--repeated is for --unverified and --add: what says which part it is of counts once" gx-reduce --repeated r1
}

@test "a message is one line, whatever a file is called" {
	local name=$'no\nsuch\033[2Jfile'
	refuses 3 'gx-means: no?such?[2Jfile: No such file or directory' gx-means "$name"
	[[ $(wc -l <"$err") == 1 ]]
}
