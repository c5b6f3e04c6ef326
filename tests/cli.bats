#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line: --help as wide as the terminal, what is said of options that other tools
# have, of slips and of half a name. What a message advises is done, and gives the right answer.

load lib.bash

setup() {
	work
	printf 'id:a:b:len\ng1:1:3:9\ng2:ND:5:9\n' >colons.txt
	printf 'gene\ta\tb\tc\ng1\t1\t3\t8\ng2\tNA\t5\t5\n' >t.tsv
	printf 'a,x\nb,x\nc,NA\n' >sheet
	printf 'g1\t1\t3\ng2\t4\t5\n' >bare.tsv
	printf 'n\tgene\ta\tb\n1\tx1\t2\t3\n2\tx2\t4\t6\n' >second.tsv
}

# ---- --help ----

@test "--help: no line is wider than COLUMNS, but examples and names; no word is lost" {
	local c width
	for c in $(programs); do
		help_of "$c" | sed '/^Examples:/,$d' | tr -s ' \n' '\n' >words
		for width in 40 41 58 59 60 79 80 81 120; do
			COLUMNS=$width "$c" --help | sed '/^Examples:/,$d' >help
			awk -v width=$width 'length > width && !/^  .*--[^ ]+( [^ ]+)?$/' help >wide
			[[ ! -s wide ]] || note "$c, $width: $(cat wide)"
			tr -s ' \n' '\n' <help | same words -
		done
		# Nothing sensible is narrower.
		COLUMNS=40 "$c" --help >help
		for width in 1 7 39; do
			COLUMNS=$width "$c" --help | same help -
		done
		COLUMNS=80 "$c" --help >help
		for width in '' 0 -5 x 80x; do
			COLUMNS=$width "$c" --help | same help -
		done
		(unset COLUMNS && "$c" --help) | same help -
	done
}

@test "--help: as wide as the terminal; COLUMNS goes before" {
	local width
	for width in 50 100; do
		COLUMNS=$width gx-means --help >want
		env -u COLUMNS script -qec "stty cols $width && gx-means --help" /dev/null </dev/null |
			tr -d '\r' >got
		same want got
	done
	COLUMNS=70 gx-means --help >want
	COLUMNS=70 script -qec 'stty cols 100 && gx-means --help' /dev/null </dev/null |
		tr -d '\r' | same want -
}

@test "--help: own options first, then the shared ones under headings, examples last" {
	gx-means --help | grep -E '^[A-Z]' >headings
	cut -d : -f 1 headings >words
	printf '%s\n' Usage 'Writes the mean of each gene of a matrix of genes x samples.' Options \
		'Reading a table' 'Naming files' 'Writing a matrix' 'Working on a part' 'Every filter' \
		'Exit status' Manual Examples | diff - words >&2
	gx-means --help | sed -n '/^Options:/,/^$/p' >own
	grep -q -- '--skip-na' own
	lacks -- '--delimiter' own
	# A command without them has no such heading.
	gx-simulate --help >help
	lacks '^Reading a table' help
	gx-joblog --help >help
	lacks '^Writing a matrix' help
}

# ---- names of other tools ----

# Wrong words | what the message has | the words that it advises | what they print
advice() {
	cat <<-'END'
		gx-means -d : --columns 3,4 colons.txt|-d: write --delimiter C|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-means --sep=: --columns 3,4 colons.txt|--sep=:: write --delimiter C|gx-means --delimiter=: --columns 3,4 colons.txt|g1 6;g2 7
		gx-means -sep : --columns 3,4 colons.txt|-sep: write --delimiter C|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-means -F: --columns 3,4 colons.txt|-F: write --delimiter C|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-means --separator : --columns 3,4 colons.txt|--separator: write --delimiter C|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-means --seperator : --columns 3,4 colons.txt|--seperator: write --delimiter C|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-means -j 2 t.tsv|-j: write -t N (--threads)|gx-means -t 2 t.tsv|g1 4;g2 NA
		gx-means -@2 t.tsv|-@: write -t N (--threads)|gx-means -t2 t.tsv|g1 4;g2 NA
		gx-means --nthreads 2 t.tsv|--nthreads: write -t N (--threads)|gx-means --threads 2 t.tsv|g1 4;g2 NA
		gx-means --cores=2 t.tsv|--cores=2: write -t N (--threads)|gx-means --threads=2 t.tsv|g1 4;g2 NA
		gx-means -threads 2 t.tsv|-threads: write -t N (--threads)|gx-means --threads 2 t.tsv|g1 4;g2 NA
		gx-means --groupby sheet t.tsv|--groupby: write --groups FILE|gx-means --groups sheet t.tsv|g1 2;g2 NA
		gx-means --metadata=sheet t.tsv|--metadata=sheet: write --groups FILE|gx-means --groups=sheet t.tsv|g1 2;g2 NA
		gx-means --groups sheet --group-column 2 t.tsv|--group-column: write --by COLUMN|gx-means --groups sheet --by 2 t.tsv|g1 2;g2 NA
		gx-means --na-rm t.tsv|--na-rm: write --skip-na|gx-means --skip-na t.tsv|g1 4;g2 5
		gx-means --na.rm=TRUE t.tsv|--na.rm=TRUE: write --skip-na|gx-means --skip-na t.tsv|g1 4;g2 5
		gx-means --skipna t.tsv|--skipna: write --skip-na|gx-means --skip-na t.tsv|g1 4;g2 5
		gx-means --skip_na t.tsv|--skip_na: write --skip-na|gx-means --skip-na t.tsv|g1 4;g2 5
		gx-means --na-strings ND --delimiter : --columns 2,3 colons.txt|--na-strings: write --na LIST|gx-means --na ND --delimiter : --columns 2,3 colons.txt|g1 2;g2 NA
		gx-means -i t.tsv|-i: name the file without an option: gx-means FILE|gx-means t.tsv|g1 4;g2 NA
		gx-means --input=t.tsv|--input=t.tsv: name the file without an option: gx-means FILE|gx-means t.tsv|g1 4;g2 NA
		gx-means --no-headers bare.tsv|--no-headers: write --no-header|gx-means --no-header bare.tsv|g1 2;g2 4.5
		gx-means --header=FALSE bare.tsv|if it is a row, write --no-header|gx-means --no-header bare.tsv|g1 2;g2 4.5
		gx-means --header=TRUE t.tsv|the first line is the header without an option|gx-means t.tsv|g1 4;g2 NA
		gx-means --index-col gene --skip-columns n second.tsv|--index-col: write --id-column COLUMN|gx-means --id-column gene --skip-columns n second.tsv|x1 2.5;x2 5
		gx-means -id 2 --skip-columns 1 second.tsv|-id: write --id-column COLUMN|gx-means --id-column 2 --skip-columns 1 second.tsv|x1 2.5;x2 5
		gx-means --usecols a,c t.tsv|--usecols: write --columns LIST|gx-means --columns a,c t.tsv|g1 4.5;g2 NA
		gx-means --drop a t.tsv|--drop: write --skip-columns LIST|gx-means --skip-columns a t.tsv|g1 5.5;g2 5
		gx-means --chunk 1/1 t.tsv|--chunk: write -p K/N (--part)|gx-means -p 1/1 t.tsv|g1 4;g2 NA
		gx-means -q t.tsv|-q: leave it away|gx-means t.tsv|g1 4;g2 NA
		gx-means --tab t.tsv|--tab: write --delimiter tab|gx-means --delimiter tab t.tsv|g1 4;g2 NA
		gx-means -O csv t.tsv|-O: write -o FILE to name the file, -f FORMAT to say how|gx-means -f csv t.tsv|gene,mean;g1,4;g2,NA
		gx-means --tsv t.tsv|--tsv: write -f tsv for the output|gx-means -f tsv t.tsv|g1 4;g2 NA
		gx-means --dlimiter : --columns 3,4 colons.txt|--dlimiter: did you mean --delimiter?|gx-means --delimiter : --columns 3,4 colons.txt|g1 6;g2 7
		gx-threshold -c --tresh 4 t.tsv|--tresh: did you mean --threshold?|gx-threshold -c --threshold 4 t.tsv|0;1;2
		gx-threshold -c --cutoff=4 t.tsv|--cutoff=4: write -T X (--threshold)|gx-threshold -c -T 4 t.tsv|0;1;2
		gx-threshold -c -T 4 --lt t.tsv|--lt: write --below|gx-threshold -c -T 4 --below t.tsv|1;1;0
		gx-simulate --nrow 1 --samples 1|--nrow: write -n N (--genes)|gx-simulate -n 1 --samples 1|g1 1.1128389502102018
		gx-spectrum --nperseg 2 t.tsv|--nperseg: write --length N|gx-spectrum --length 2 t.tsv|
		gx-spectrum --noverlap=1 t.tsv|--noverlap=1: write --overlap N|gx-spectrum --overlap 1 t.tsv|
		gx-spectrum --fs 0.5 t.tsv|--fs: write --rate R|gx-spectrum --rate 0.5 t.tsv|
		gx-spectrum --scaling spectrum t.tsv|--scaling: write --scale NAME|gx-spectrum --scale spectrum t.tsv|
		gx-info --output-format=json t.tsv|--output-format=json: write --json|gx-info --json t.tsv|
	END
}

@test "options of other tools: exit 2, gx's is named, and does it" {
	local wrong message right want tried=0
	while IFS='|' read -r wrong message right want; do
		refuses 2 "$message" $wrong </dev/null
		succeeds $right </dev/null
		[[ -z $want ]] ||
			sed 's/\t/ /' "$out" | grep -v '^gene ' | paste -sd ';' | diff - <(echo "$want") >&2 ||
			note "$right"
		tried=$((tried + 1))
	done < <(advice)
	[[ $tried -ge 30 ]]
	# The other half of what is said of -O.
	succeeds gx-means -o named t.tsv
	gx-means t.tsv | same - named
}

@test "an option with one hyphen is not taken for a letter and a value" {
	# Of getopt it is -o with the value utput.
	refuses 2 "-output: write -o FILE (--output)" gx-means -output x t.tsv
	refuses 2 "-outfile: write -o FILE (--output)" gx-means -outfile x t.tsv
	[[ ! -e x && ! -e utput && ! -e utfile ]]
	refuses 2 "-format: write -f FORMAT (--format)" gx-means -format csv t.tsv
	refuses 2 "-part=1/2: write -p K/N (--part)" gx-means -part=1/2 t.tsv
	# A value that stands behind its letter is one all the same.
	succeeds gx-means -oput t.tsv
	succeeds gx-means -fcsv -oother.csv -t2 t.tsv
	gx-means -f csv t.tsv | same - other.csv
	# And what is a value of another option is not looked at.
	printf '%s\n' 'gene:-sep:-output' g1:1:3 >odd.txt
	prints $'gene\tmean\ng1\t3' gx-means --delimiter : --columns -output odd.txt
}

@test "a hint that is not right for a command is not given" {
	local words
	while IFS='|' read -r words message; do
		exits 2 $words </dev/null
		[[ $(sed -n 1p "$err") == "${words%% *}: $message" ]] || note "$words: $(cat "$err")"
	done <<-'END'
		gx-info --na-rm t.tsv|unknown option --na-rm
		gx-reduce --skipna|unknown option --skipna
		gx-simulate -d ,|unknown option -d
		gx-simulate --sep=,|unknown option --sep=,
		gx-simulate -i t.tsv|unknown option -i
		gx-simulate --no-headers|unknown option --no-headers
		gx-joblog --header=FALSE|unknown option --header=FALSE
		gx-info --csv t.tsv|unknown option --csv: leave it away: input is recognised without it
		gx-means --cutoff 3 t.tsv|unknown option --cutoff
		gx-means --nonsense|unknown option --nonsense
		gx-threshold --skipna t.tsv|unknown option --skipna
	END
}

@test "what hints name are options of gx" {
	local c name
	for c in $(commands); do
		options_of "$c"
	done | sort -u >options
	# The second of each entry; what follows it is words.
	tr '\n' ' ' <"$repo/lib/command/hints.c" | sed 's/" *"//g' |
		grep -oE '\{ "[^"]*",[[:space:]]+"[^"]*",' | sed -E 's/.*"([^"]*)",$/\1/' | sort -u >named
	[[ $(wc -l <named) -ge 25 ]]
	comm -13 options named >missing
	[[ ! -s missing ]] || note "$(cat missing)"
}
options_of() {
	help_of "$1" | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p'
}

@test "half a name that several options have lists them" {
	local word
	refuses 2 'unknown option --skip-: write --skip-lines N; or is it --skip-' gx-means --skip- t.tsv
	for word in --skip-na --skip-columns --skip-blank --skip-lines; do
		grep -qF -e "$word" "$err" || note "$(cat "$err")"
	done
	lacks -e --transposed "$err"
	refuses 2 "--ver: could be --verbose or --version" gx-means --ver t.tsv
	refuses 2 "--p=1/2: could be --part or --progress" gx-means --p=1/2 t.tsv
	# One that only one has is that one.
	prints $'gene\tmean\ng1\t4\ng2\t5' gx-means --skip-n t.tsv
}

@test "help, version and the like as operands, where there is no such file" {
	refuses 2 "help: no such file: write gx-means --help" gx-means help
	succeeds gx-means --help
	refuses 2 "help: no such file: write gx-simulate --help" gx-simulate help
	refuses 2 "usage: no such file: write gx-info --help" gx-info usage
	refuses 2 "version: no such file: write gx-reduce --version" gx-reduce version
	succeeds gx-reduce --version
	grep -qx "gx-reduce (gx) $(sed -n 's/^#define GX_VERSION "\(.*\)"/\1/p' "$repo/lib/base/gx.h")" "$out"
	refuses 2 "unknown option --usage: write -h (--help)" gx-means --usage
	refuses 2 "FALSE: no such file: an option is given or left away" gx-means --skip-na FALSE t.tsv
	# A file of that name is read.
	local name
	for name in help version FALSE; do
		cp t.tsv "$name"
		gx-means t.tsv >want
		succeeds gx-means "$name"
		same want "$out"
	done
}

@test "a dash of a word processor is named, and what to write" {
	refuses 2 "–skip-na: this dash is no hyphen: write --skip-na" gx-means –skip-na t.tsv
	refuses 2 "—skip-na: this dash is no hyphen: write --skip-na" gx-means —skip-na t.tsv
	refuses 2 "–t: this dash is no hyphen: write -t" gx-means –t 2 t.tsv
	refuses 2 "−−part=1/2: this dash is no hyphen: write --part=1/2" gx-means −−part=1/2 t.tsv
	cp t.tsv –t
	gx-means t.tsv >want
	succeeds gx-means –t
	same want "$out"
}

# ---- start ----

@test "what gx asks a filter is answered by every one" {
	local c
	for c in $(commands); do
		succeeds "$c" --gx-about
		[[ $(wc -l <"$out") == 1 ]]
		grep -qE "^$c	(compute|make|gather|measure)	[^	]+\$" "$out" || note "$(cat "$out")"
	done
}
