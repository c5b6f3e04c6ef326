#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Text of a file is read by ranges of 256 KiB, which threads claim: each line once, whatever
# lies across the bounds. The tables here are written as gx writes them, so that what comes out
# is what went in.

load lib.bash

PIECE=262144

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_FILE_TMPDIR" || return 1
	python3 - "$PIECE" <<-'END'
		import random, sys
		piece = int(sys.argv[1])
		draw = random.Random(1)

		def head(columns):
		    return "gene\t" + "\t".join(f"s{j + 1}" for j in range(columns)) + "\n"

		def row(number, columns, name=None):
		    values = (str(draw.randrange(1000)) for _ in range(columns))
		    return f"{name or f'g{number}'}\t" + "\t".join(values) + "\n"

		def rows(columns, count):
		    return "".join(row(i + 1, columns) for i in range(count))

		def write(name, text):
		    with open(name, "w", newline="") as f:
		        f.write(text)

		plain = head(7) + rows(7, 30000)
		write("plain.tsv", plain)
		write("crlf", plain.replace("\n", "\r\n"))
		write("no-end", plain[:-1])
		# Rows that end where a range does, one byte before it and one byte behind it; the last
		# range of the file has no byte, one, or a row that began before it alone.
		for name, past in (("at-bound.tsv", 0), ("before-bound.tsv", -1), ("behind-bound.tsv", 1)):
		    text = head(3)
		    begin = len(text)
		    for end in (begin + k * piece + past for k in (1, 2, 3)):
		        while len(text) < end - 200:
		            text += row(len(text), 3)
		        values = "\t1\t2\t3\n"
		        text += "n" * (end - len(text) - len(values)) + values
		    write(name, text)
		# Lines that are longer than one range, than three; one that begins with a range's last byte.
		write("long.tsv", head(150000) + rows(150000, 5))
		names = ["a" * (5 * piece), "b", "c" * (piece - 3), "d", "e" * (2 * piece + 1), "f"]
		write("names.tsv", head(2) + "".join(row(0, 2, name) for name in names))
		series = ("!Series_title\t\"x\"\n!series_matrix_table_begin\n" +
		          "\"ID_REF\"\t" + "\t".join(f"\"GSM{j}\"" for j in range(7)) + "\n")
		body = rows(7, 20000)
		write("series", series + body + "!series_matrix_table_end\n")
		write("series.tsv", "gene\t" + "\t".join(f"GSM{j}" for j in range(7)) + "\n" + body)
	END
}

setup() {
	work
	cp -s "$BATS_FILE_TMPDIR"/* .
}

# alike TRUTH FILE [OPTION ...]: every number of threads gives TRUTH, and so does a pipe.
alike() {
	local truth=$1 file=$2 n
	shift 2
	for n in 1 2 3 7 16; do
		gx-convert "$@" -t $n "$file" >out 2>err || note "$file -t $n: $(cat err)" || return 1
		cmp out "$truth" || note "$file -t $n" || return 1
	done
	gx-convert "$@" -t 3 <"$file" | cmp - "$truth" || note "$file: standard input" || return 1
	# shellcheck disable=SC2002
	cat "$file" | gx-convert "$@" -t 3 | cmp - "$truth" || note "$file: a pipe"
}

# parts_alike FILE N: N parts, by all numbers of threads, are the rows of the whole.
parts_alike() {
	local k n
	gx-convert -b "$1" >whole.gxm
	for n in 1 2 7; do
		for k in $(seq "$2"); do
			gx-means -t $n --part "$k/$2" "$1" || return 1
		done >"means.$n"
		cmp "means.$n" means.1 || note "$1 in $2 parts, -t $n" || return 1
	done
	grep -v '^gene	' means.1 >rows || [[ $? == 1 ]] || return 1
	gx-means whole.gxm | grep -v '^gene	' | cut -f 1,2 | cmp - <(cut -f 1,2 rows) ||
		note "$1 in $2 parts: other rows than the whole"
}

@test "every number of threads, LF and CR LF, with and without a last line end" {
	local f
	alike plain.tsv plain.tsv
	for f in crlf no-end; do
		alike plain.tsv $f
	done
}

@test "rows that end at a bound, before it and behind it; a last range without a line" {
	local f
	for f in at-bound before-bound behind-bound; do
		alike $f.tsv $f.tsv
	done
}

@test "lines and names that are longer than ranges" {
	alike long.tsv long.tsv
	alike names.tsv names.tsv
}

@test "a line behind the rows that ends them" {
	alike series.tsv series
}

@test "parts of each of them, by every number of threads" {
	local f
	for f in plain.tsv crlf at-bound.tsv behind-bound.tsv names.tsv series; do
		parts_alike $f 5
	done
	parts_alike plain.tsv 1
	parts_alike names.tsv 40
}

@test "what is wrong is told by its line, the first one first, whatever the threads" {
	local n place
	for place in 2:3 9000:4 15001:2 30001:8; do
		awk -F '\t' -v OFS='\t' -v at="$place" 'BEGIN { split(at, p, ":") }
			NR == p[1] || NR == 30001 { $p[2] = "what" } { print }' plain.tsv >wrong.tsv
		for n in 1 2 3 7 16; do
			exits 1 gx-convert -t $n wrong.tsv
			grep -qF "wrong.tsv:$place: not a number: 'what'" "$err" ||
				note "-t $n: $(cat "$err")" || return 1
			# What came out is rows before it, and no other.
			(($(wc -l <"$out") < ${place%:*}))
			cmp -n "$(wc -c <"$out")" "$out" plain.tsv
		done
	done
}

@test "a blank line in the middle is found by line, wherever ranges are cut" {
	local n
	sed '20000s/$/\n/' plain.tsv >blank.tsv
	for n in 1 2 7; do
		exits 1 gx-convert -t $n blank.tsv
		grep -qF 'blank.tsv:20001: a blank line among the rows' "$err" || note "$(cat "$err")"
	done
	alike plain.tsv blank.tsv --skip-blank
	# Blank lines at the end alone are none.
	{ cat plain.tsv; seq 100000 | tr -d 0-9; } >blank-end.tsv
	alike plain.tsv blank-end.tsv
}

@test "a file that is cut while it is read is refused, whatever the threads" {
	local n code pid
	for n in 1 2 7; do
		tail -n +2 plain.tsv >body
		cat plain.tsv body body body >shrinks.tsv
		mkfifo fifo
		gx-convert -t $n shrinks.tsv >fifo 2>said &
		pid=$! code=0
		exec 5<fifo
		head -c 1000 <&5 >got
		truncate -s 900000 shrinks.tsv
		cat <&5 >>got
		exec 5<&-
		wait $pid || code=$?
		[[ $code == 1 ]] || note "-t $n: exit $code: $(cat said)"
		grep -q 'while it was read' said || note "-t $n: $(cat said)"
		# What came before it are rows of the file, in order.
		head -n -1 got >lines
		cmp -n "$(wc -c <lines)" lines <(cat plain.tsv body body body)
		rm fifo
	done
}

@test "a file of which the system tells no size, and a FIFO, are read in order" {
	mkfifo fifo
	cat plain.tsv >fifo &
	gx-convert -t 3 fifo | cmp - plain.tsv
	wait
	# Standard input that stands behind the first line of a file is no range of it.
	{
		IFS= read -r _
		gx-convert -t 3 --no-header >behind
	} <plain.tsv
	tail -n +2 behind | cmp - <(tail -n +2 plain.tsv)
}
