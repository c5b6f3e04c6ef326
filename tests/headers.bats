#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which line of a text table is its header. What a message advises is done here, too.

load lib.bash
load text.bash

setup() {
	work
}

# read_as ROWS OPTION ...: t means these rows (from gx-convert -H), from a file, a pipe and
# parts, with one thread and four; and its record is that of its parts.
read_as() {
	local want=$1 k
	shift
	printf '%s' "$want${want:+
}" >want
	succeeds gx-convert -H "$@" t || return 1
	cmp "$out" want || return 1
	succeeds gx-convert -H -t 4 "$@" t || return 1
	cmp "$out" want || return 1
	succeeds gx-convert -H "$@" < <(cat t) || return 1
	cmp "$out" want || return 1
	for k in 1 2 3 4 5 6 7; do gx-convert -H "$@" -p $k/7 t || return 1; done >parts
	[[ $(<parts) == "$want" ]] || note "parts: $(cat parts)" || return 1
	for k in 1 2 3 4 5 6 7; do gx-threshold -T 1 "$@" -p $k/7 t || return 1; done >records
	gx-reduce records >sum || return 1
	gx-threshold -T 1 "$@" t | cmp - sum
}

# refused TEXT OPTION ...: exit 1 with TEXT in the message, from a file, a pipe and each part.
refused() {
	local want=$1 k
	shift
	refuses 1 "$want" gx-means "$@" t || return 1
	refuses 1 "$want" gx-means "$@" < <(cat t) || return 1
	for k in 1 2 3; do refuses 1 "$want" gx-means "$@" -p $k/3 t || return 1; done
}

# samples TEXT OPTION ...: the header that gx-convert writes.
samples() {
	local want=$1
	shift
	[[ $(gx-convert "$@" t | sed -n 1p) == "$want" ]] || note "$(gx-convert "$@" t | sed -n 1p)"
}

rows=$'g1\t1\t2\ng2\t3\t4'
body='g1\t1\t2\ng2\t3\t4\n'

@test "titles, blank lines and comments above the header are passed over" {
	local top
	for top in '\n' '\n\r\n' '\t\t\n' ',,,\n' 'Supplementary Table 2. Counts, of all genes\n' \
		'Table S1\n\n' 'Table S1\t\t\n' 'Table S1\nsee the methods\n\n' '# made by x\nTable S1\n# more\n' \
		'Table S1\n#gene\tx\ty\n' '"Table S1, quoted"\n' 'Table S1\t\t\t\t\n'; do
		from "${top}gene\ta\tb\n$body"
		read_as "$rows" || note "$top" || return 1
		samples $'gene\ta\tb' || return 1
		from "${top}\ta\tb\n$body"
		read_as "$rows" || note "$top" || return 1
		samples $'gene\ta\tb' || return 1
	done
}

@test "titles above commas, spaces and short headers" {
	from 'Table S1\ngene,a,b\ng1,1,2\ng2,3,4\n'
	read_as "$rows"
	from 'Table S1,,\n\ngene,a,b\ng1,1,2\ng2,3,4\n'
	read_as "$rows"
	from 'Counts\ngene a b\ng1 1 2\ng2 3 4\n'
	read_as "$rows"
	from 'Table S1\na\tb\n'"$body"
	read_as "$rows"
	from 'Table S1;;\ngene;a;b\ng1;1,0;2\ng2;3;4\n'
	read_as "$rows" --delimiter ';' --decimal-comma
	from 'Table S1\ngene\t1\t2\n'"$body"
	read_as "$rows"
	samples $'gene\t1\t2'
	from 'Table S1. Counts\n0\t12\t24\ng1\t1\t2\t3\ng2\t4\t5\t6\n'
	read_as $'g1\t1\t2\t3\ng2\t4\t5\t6'
	samples $'gene\t0\t12\t24'
	from 'counts (raw)\n24\t25\n'"$body"
	read_as "$rows"
	from 'counts (raw)\n\ngene\ta\tb\ng1\t1,0\t2\ng2\t3\t4\n'
	read_as "$rows" --decimal-comma
	# Two rows are looked at; a header of a title alone is valid.
	from 'Table S1\ngene\ta\tb\n'
	read_as ''
}

@test "one name above rows of one value is a header, whatever stands above it" {
	from 'a\ng1\t1\ng2\t3\n'
	read_as $'g1\t1\ng2\t3'
	samples $'gene\ta'
	from 'a\n\t1\n'
	read_as $'\t1'
	from 'Table S1\n\na\ng1\t1\ng2\t3\n'
	read_as $'g1\t1\ng2\t3'
	samples $'gene\ta'
	from 'Table S1\ngene\ta\ng1\t1\ng2\t3\n'
	read_as $'g1\t1\ng2\t3'
	samples $'gene\ta'
	# Two readings: both are said, and both are right when they are done.
	from 'a\ng1\tND\ng2\t3\n'
	refused "'ND' is no number: if it is a missing value, use --na with that token; if line 1 is a title and this line the header, use --skip-lines 1"
	read_as $'g1\tNA\ng2\t3' --na ND
	read_as $'g2\t3' --skip-lines 1
	from 'a\n\t1\ng2\t3\n'
	refused ':2: a value without a name: if line 1 is a title and this line the header, use --skip-lines 1; if line 1 is the header and this line a row, use --header'
	samples $'gene\t1' --skip-lines 1
	read_as $'\t1\ng2\t3' --header
	from 'x\ny\n\na\n\t1\ng2\t3\n'
	refused ':5: a value without a name: if line 4 is a title and this line the header, use --skip-lines 4; if line 4 is the header and this line a row, use --header --skip-lines 3'
	read_as $'\t1\ng2\t3' --header --skip-lines 3
}

@test "notes of more than one field: the line where the table seems to begin" {
	from 'Lab\tx\nDate\t2020\tx\ngene\ta\tb\tc\td\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8\n'
	refused ':2: this is no row: the table seems to begin on line 3: --skip-lines 2'
	read_as $'g1\t1\t2\t3\t4\ng2\t5\t6\t7\t8' --skip-lines 2
	from 'Counts, of all genes\ngene,a,b\ng1,1,2\ng2,3,4\n'
	refused ':2: this is no row: the table seems to begin on line 2: --skip-lines 1'
	read_as "$rows" --skip-lines 1
	from 'Samples\t3\nDate\t2020\ngene\ta\tb\tc\ng1\t1\t2\t3\n'
	refused 'the table seems to begin on line 3: --skip-lines 2'
	read_as $'g1\t1\t2\t3' --skip-lines 2
	from 'counts of all genes\n'"$body"
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as "$rows" --skip-lines 1 --no-header
	refused 'the table seems to begin on line 2: --skip-lines 1' --no-header
	from 'Table S1\t\t\n'"$body"
	refused ':1: a title, and no header: the table seems to begin on line 2: --skip-lines 1'
	refused 'use --no-header' --skip-lines 1
	read_as "$rows" --skip-lines 1 --no-header
	from 'Table S1\tcounts\n#gene\ta\tb\tc\ng1\t1\t2\t3\ng2\t4\t5\t6\n'
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as $'g1\t1\t2\t3\ng2\t4\t5\t6' --skip-lines 1
	# Rows whose names are numbers, and one odd cell, are rows all the same.
	from '8-Mar\t29\t9\nSep-01\t2\t3\n2.31E+19\t217\t4\n'
	refused 'use --no-header if it is a row'
	from '75\t151\t90\n76\t18\t43\n77\t71\t<0.1\n78\t54\t44\n'
	refused 'use --no-header if it is a row'
	# A title alone, above blank lines; words of titles are no fields of the table.
	from 'GSE1\n\n\n'"$body"
	refused ':1: this is no header: the table seems to begin on line 4: --skip-lines 3'
	read_as "$rows" --skip-lines 3 --no-header
	from 'GSE1\ncounts (raw)\n'"$body"
	refused 'the table seems to begin on line 3: --skip-lines 2'
	from 'Counts of all genes, of mice\n\ncounts (raw)\n'"$body"
	refused 'the table seems to begin on line 4: --skip-lines 3'
	from 'Table S1. Counts, of all genes\ng1\t1,5\t2\ng2\t3\t4\n'
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as $'g1\t1.5\t2\ng2\t3\t4' --skip-lines 1 --no-header --decimal-comma
	from 'GSE1\n\ng1,1,2\ng2,3,4\n'
	refused 'the table seems to begin on line 3: --skip-lines 2'
	# A header that ends in a delimiter, which the rows do not.
	from 'Table S1\nTP53\t1\t2\t\n'"$body"
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as "$rows" --skip-lines 1 --header
	# Two lines of text, between commas or quoted: the upper one has the names.
	from 'Table S1,x\ngene,a,b\nid,raw,raw\ng1,1,2\ng2,3,4\n'
	refused 'the table seems to begin on line 2: --skip-lines 1'
	refused ':3: a second header line: take it out: sed 3d' --skip-lines 1
	# A row that was cut is no table that begins there.
	from 'gene\ta\tb\ng1\t1\ng2\t3\t4\n'
	refused ':2: 2 fields where the header has 3: a row has as many fields as the header, or one more'
}

@test "--skip-lines: before anything is recognised, in each operand, and in the identity" {
	from 'x\ty\tz\tw\n#1.2\n1\t2\nName\tDescription\ta\tb\ng1\tNA\t1\t2\n'
	read_as $'g1\t1\t2' --skip-lines 1
	from '\xef\xbb\xbfx\n!Series\n!series_matrix_table_begin\n"ID_REF"\t"a"\n"g1"\t5\n!series_matrix_table_end\n'
	prints $'gene\tmean\ng1\t5' gx-means --skip-lines 1 t
	from "1\\n2\\n3\\ngene\ta\tb\\n$body"
	read_as "$rows" --skip-lines 3
	printf 'x\ty\tz\nx\n5\t6\ngene\ta\tb\ng3\t5\t6\n' >u
	prints "$rows"$'\ng3\t5\t6' gx-convert -H --skip-lines 3 t u
	refuses 1 't: --skip-lines 7: it has 6 lines: there is no table behind them' gx-means --skip-lines 7 t
	# The numbers of lines in messages stay those of the file.
	printf 'x\ngene\ta\ng1\tx\n' >t
	refuses 1 't:3:2:' gx-means --skip-lines 1 t
	gx-simulate -n 2 -m 2 -b -o m.gxm
	refuses 2 '--skip-lines says how text is to be read' gx-means --skip-lines 1 m.gxm
	printf 'gene\ta\n\ngene\tb\ng1\t1\n' >t
	gx-threshold -T 0 --skip-lines 1 t >one
	gx-threshold -T 0 --skip-lines 2 t >two
	[[ $(cut -f 12 one) != "$(cut -f 12 two)" ]]
	refuses 2 '--skip-lines x: not a whole number' gx-means --skip-lines x t
}

@test "--comment: another byte above the table, after GCT and GEO are recognised" {
	from "%% made by x\\n%% more\\ngene\ta\tb\\n$body"
	read_as "$rows" --comment %
	from "; x\\n%%gene\ta\tb\\n$body"
	read_as "$rows" --comment ';'
	from "%% made by x\\n%%gene\ta\tb\\n$body"
	read_as "$rows" --comment %
	samples $'gene\ta\tb' --comment %
	from '#1.2\n1\t1\nName\tDescription\ta\ng1\tNA\t1\n'
	read_as $'g1\t1' --comment %
	# Then # is a byte like others.
	from "#gene\ta\tb\\n$body"
	read_as "$rows" --comment %
	refuses 2 '--comment ab: a comment begins with one character' gx-means --comment ab t
	refuses 2 '--comment g: a comment begins with one character' gx-means --comment g t
}

@test "a first line of values is a row, and said so, unless its corner names ids" {
	local first word
	for first in 'g0\t0\t5\n' 'g0\tNA\t5\n' 'g0\tInf\t-5\n' '"g0"\t"0"\t" 7 "\n' 'g0\t\t5\n' '1\t2\t3\n'; do
		from "$first$body"
		refused ':1: the first line looks like a row and not like a header' || return 1
		exits 0 gx-convert -H --no-header t || return 1
		[[ $(wc -l <"$out") == 3 ]] || note "$first" || return 1
		read_as "$rows" --header || return 1
	done
	for word in gene Gene_ID GENE.NAME 'gene symbol' ID_REF id '' X Probe.Set.ID feature Peptide Barcode cell \
		sample rowname time transcript_id '"tracking_id"' 'OTU ID' 'Systematic.name' Unnamed:\ 0; do
		from "$word\t0\t1\n$body"
		read_as "$rows" || note "$word" || return 1
	done
	# One field shorter than the rows.
	from "1\t2\\n$body"
	read_as "$rows"
	# Only the columns kept are judged, and of them those with a value below.
	from 'g0\tx\t0\t1\n'"g1\ty\t1\t2\\n"
	refused 'its field 3 is the value' --skip-columns 2
	from 'g0\ta\t0\n'"g1\t1\tNA\\n"
	read_as $'g1\t1\tNA'
	from 'g0\t0\tb\n'"g1\t1\t\\n"
	refused 'its field 2 is the value'
	refuses 2 '--header and --no-header: the first line cannot be both' gx-means --header --no-header t
}

@test "a first line of values: transposed, other id columns, no ids, tokens of the user" {
	from 'sample\t7157\t672\ns1\t1\t2\ns2\t3\t4\n'
	prints $'7157\t1\t3\n672\t2\t4' gx-convert -H --transposed t
	from 's0\t7157\t672\ns1\t1\t2\n'
	refuses 1 'looks like a row' gx-convert --transposed t
	from '0\t1\tgene\n1\t2\tg1\n3\t4\tg2\n'
	read_as $'g1\t1\t2\ng2\t3\t4' --id-column 3
	from '5\t6\n1\t2\n'
	refused "with --id-column none where no column names the genes" --id-column 1
	prints $'g1\t5\t6\ng2\t1\t2' gx-convert -H --no-header --id-column none t
	from 'g0\tND\t0\ng1\t1\t2\n'
	refused 'its field 2 is the value' --na ND
	from 'g0;1,5;2\ng1;1,0;2\n'
	refused "its field 2 is the value '1,5'" --delimiter ';' --decimal-comma
	from 'g0;9;1.5\ng1;1;NA\n'
	refused "its field 2 is the value '9'" --delimiter ';' --decimal-comma
	# A row alone is none the less one.
	from 'g0\t5\t7\n'
	refused 'looks like a row'
	read_as $'g0\t5\t7' --no-header
	from 'gene\t5\t7\n'
	read_as ''
}

@test "the comment directly above the rows is the header where it fits them" {
	local comment
	for comment in '#gene\ta\tb' '#OTU ID\ta\tb' '# gene\ta\tb' '#a\tb' '#\ta\tb' '##x\n#gene\ta\tb'; do
		from "$comment\n$body"
		read_as "$rows" || note "$comment" || return 1
		[[ $(gx-convert t | sed -n 1p) == $'gene\ta\tb' ]] || note "$comment" || return 1
	done
	from '#gene,a,b\ng1,1,2\ng2,3,4\n'
	read_as "$rows"
	from 'Table S1\n#gene\ta\tb\n'"$body"
	read_as "$rows"
	# Not where a blank line is between, nor above a header, nor under --no-header, nor #!.
	from '#gene\ta\tb\n\n'"$body"
	refused 'looks like a row'
	from '# group\tx\ty\ngene\ta\tb\n'"$body"
	samples $'gene\ta\tb'
	from '# group\tx\ty\ngene\t1\t2\n'"$body"
	samples $'gene\t1\t2'
	from '# group\tx\ty\n\t1\t2\n'"$body"
	samples $'gene\t1\t2'
	from '# group\tx\ty\n1\t2\n'"$body"
	samples $'gene\t1\t2'
	from '#gene\ta\tb\n'"$body"
	samples $'gene\ts1\ts2' --no-header
	from '#!{Type}\tE\tE\n'"$body"
	refused 'looks like a row'
	from '#gene\t\t\n'"$body"
	refused 'looks like a row'
}

@test "the header again among the rows, and what cures it" {
	local again
	while IFS='|' read -r head again; do
		from "$head\n$body$again\ng3\t5\t6\n"
		refuses 1 't:4: the header again: were tables put behind each other? name the files one by one, or take this line out: sed 4d' gx-means t || return 1
		refuses 1 ':4: the header again' gx-means -t 4 t || return 1
		refuses 1 ':4: the header again' gx-means < <(cat t) || return 1
		refuses 1 't:4: the header again' gx-means -p 2/2 t || return 1
		prints "$rows"$'\ng3\t5\t6' gx-convert -H < <(sed 4d t) || return 1
	done <<-'END'
		gene\ta\tb|gene\ta\tb
		gene\t0\t1|gene\t0\t1
		gene\ta\tb|"gene"\t"a"\t"b"
		gene\ta\tb|#gene\ta\tb
		gene\ta\tb|a\tb
		gene\ta\tb|\xef\xbb\xbfgene\ta\tb
		gene\ta\tb|gene\ta\tb\t
		gene\tNA\t2|gene\tNA\t2
		\t1\t2|\t1\t2
		a\tb|a\tb
		a\tb|gene\ta\tb
		0\t1|0\t1
		0\t1|gene\t0\t1
		#gene\ta\tb|#gene\ta\tb
		#gene\ta\tb|gene\ta\tb
	END
	# Files one by one, as it says.
	printf 'gene\ta\tb\ng1\t1\t2\n' >t
	printf 'gene\ta\tb\ng2\t3\t4\n' >u
	prints "$rows" gx-convert -H t u
	# Above rows that have a field more, and below titles.
	from 'Table S1\ngene\ta\tb\ng1\t1\t2\t\ngene\ta\tb\ng2\t3\t4\t\n'
	refused '--trailing-delimiter'
	refused ':4: the header again: were tables put behind each other? name the files one by one, or take this line out: sed 4d' --trailing-delimiter
	prints "$rows" gx-convert -H --trailing-delimiter < <(sed 4d t)
	from '#locus\ta\tb\ng1\tx\t1\t2\n#locus\ta\tb\ng2\ty\t3\t4\n'
	refused ':3: the header again'
	prints "$rows" gx-convert -H --header --skip-columns 2 < <(sed 3d t)
	from '#a\tb\tc\ng1\t1\t2\tx\ng2\t3\t4\ty\n#a\tb\tc\ng3\t5\t6\tz\n'
	refused "text: column 4 'c': --skip-columns 4"
	refuses 1 ':4: the header again' gx-means --skip-columns 4 t
	# A gene with the values that name the samples is a gene.
	from 'gene\t1\t2\n'"$body"
	read_as "$rows"
	from '1\t2\n'"$body"
	read_as "$rows"
	from 'gene\t1\t2\n'"$body"
	prints $'gene\t1\t2\n'"$rows" gx-convert -H --no-header t
}

@test "a second header line, and how to go on" {
	from 'Hybridization REF\ta\tb\ngene_id\tcount\tcount\n'"$body"
	refused ':2: a second header line: take it out: sed 2d'
	prints "$rows" gx-convert -H < <(sed 2d t)
	from 'T: gene\ta\tb\n#!{Type}E\tE\tE\n#!{C:x}\ty\tz\n'"$body"
	refused ":2: a second header line, as Perseus writes them: take such lines out: grep -v '^#!'"
	prints "$rows" gx-convert -H < <(grep -v '^#!' t)
	from '"T: gene"\t"a"\t"b"\n"#!{Type}E"\t"E"\t"E"\n'"$body"
	refused "grep -v '^\"#!'"
	prints "$rows" gx-convert -H < <(grep -v '^"#!' t)
	# Above a value that is missing.
	from 'symbol\ta\tb\nsymbol\tcount\tcount\ng1\t1\t\ng2\t3\t4\n'
	refused ':2: a second header line: take it out: sed 2d'
	prints $'g1\t1\tNA\ng2\t3\t4' gx-convert -H < <(sed 2d t)
	# The last column has no name, and nothing in the first rows.
	from 'gene\ta\t\n#!{Type}E\tE\tE\n#!{C}\tx\tx\ng1\t1\t\ng2\t3\t\n'
	refused ":2: a second header line, as Perseus writes them: take such lines out: grep -v '^#!'"
	# Words between blanks may be a note as well.
	from '"id" "a" "b"\n"probe" "raw" "raw"\ng1 1 2\ng2 3 4\n'
	refused ':2: a second header line: take it out: sed 2d'
	prints "$rows" gx-convert -H < <(sed 2d t)
	from 'gene of mice\nprobe a b\ng1 1 2\ng2 3 4\n'
	refused ':2: a second header line: take it out: sed 2d; or, where line 1 is a title, use --skip-lines 1'
	# The first line lacks the name of its last column alone.
	from 'time,a,\nsymbol,raw,raw\ng1,1,\ng2,3,\ng3,5,6\n'
	refused ':2: a second header line: take it out: sed 2d'
	prints $'g1\t1\ng2\t3' gx-convert -H < <(sed '2d;5d' t)
	from 'gene\ta\tb\t\t\t\nid\traw\traw\t\t\t\ng1\t1\t2\t\t\t\ng2\t3\t4\t\t\t\n'
	refuses 1 'sed 2d' gx-means t
	[[ $(cat "$err") != *'is a title'* ]]
	from 'Sample\t3\t\t\ngene\ta\tb\tc\ng1\t1\t2\t3\ng2\t4\t5\t6\n'
	refused ':2: a second header line: take it out: sed 2d; or, where line 1 is a title, use --skip-lines 1'
	read_as $'g1\t1\t2\t3\ng2\t4\t5\t6' --skip-lines 1
	# Below a title, and without a corner.
	from 'Table S1\t\t\nTP53\ta\tb\nid\traw\traw\n'"$body"
	refused ':3: a second header line: take it out: sed 3d; or, where line 2 is a title, use --skip-lines 2'
	prints "$rows" gx-convert -H < <(sed 3d t)
	# A gene without numbers is none.
	from 'gene\ta\tb\ng1\tND\tND\ng2\t3\t4\n'
	refuses 1 "'ND'" gx-means t
	read_as $'g1\tNA\tNA\ng2\t3\t4' --na ND
}

@test "delimiters at the end of the header; a last column without a name" {
	from 'gene\ta\tb\t\n'"$body"
	read_as "$rows"
	from 'gene\ta\tb\t\ng1\t1\t2\t\ng2\t3\t4\t\n'
	read_as "$rows"
	from 'gene\ta\tb\t\ng1\t1\t2\t3\ng2\t3\t4\t5\n'
	refused ':2:4: a value in the last column, which has no name: --skip-columns 4 leaves it out, --all-columns keeps it; or take the delimiter at the end of the header out, where the header lacks the cell above the names of rows'
	read_as "$rows" --skip-columns 4
	read_as $'g1\t1\t2\t3\ng2\t3\t4\t5' --all-columns
	from 'a\tb\tc\t\ng1\t1\t2\t3\n'
	refused ":2:4: a value in the last column, which has no name: give it a name; or take the delimiter at the end of the header out, where the header lacks the cell above the names of rows"
	prints $'gene\ta\tb\tc\ng1\t1\t2\t3' gx-convert < <(sed '1s/.\r*$//' t)
	from 'gene\ta\tb\t\ng1\t1\t2\t3\ng2\t3\t4\t5\n'
	from 'gene\t\ng1\t5\n'
	refused ':2:2: a value in the last column, which has no name: --all-columns keeps it'
	read_as $'g1\t5' --all-columns
	from 'gene\ta\tb\t\ng1\t1\t2\t\ng2\t3\t4\t5\n'
	refuses 1 't:3:4:' gx-means t
}

@test "one line without a row is no table, unless it is a header" {
	local line
	for line in '404: Not Found' 'Not_Found' '{"error": "not found", "code": 404}' '[1,2,3]' 'Permission denied'; do
		printf '%s\n' "$line" >t
		refuses 1 't:' gx-threshold -T 1 t || return 1
		refuses 1 '<stdin>:' gx-means < <(cat t) || return 1
	done
	printf '404: Not Found\n' >t
	refuses 1 "'404: Not Found' is no table" gx-means t
	from 'gene\ta\tb\n'
	read_as ''
	from 'gene a b\n'
	refused '--delimiter space'
	read_as '' --delimiter space
	from 'gene|a|b\n'
	read_as '' --delimiter '|'
}

@test "semicolons in text between commas are no delimiter" {
	from "5'-NT,87,12;13\n7A5,1,12;13\n"
	refused 'use --no-header if it is a row'
	read_as $'5\'-NT\t87\n7A5\t1' --no-header --skip-columns 3
}

@test "semicolons and decimal commas are no titles" {
	local text
	for text in 'gene;a\ng1;1,5\n' 'gene;a\ng1;1,5\ng2;2,5\n' 'gene;a;b\ng1;1,5;2\ng2;1,5\n' 'gene;a;b\ng1;1,5;2,5\ng2;1,5;2,5\n'; do
		from "$text"
		refused "--delimiter ';'" || return 1
	done
	from 'gene;a;b\ng1;1,5;2\ng2;3;4\n'
	read_as $'g1\t1.5\t2\ng2\t3\t4' --delimiter ';' --decimal-comma
}

@test "notes with TABs above the table, and lines that could be titles or headers" {
	local top
	for top in 'samples\t2' 'sub\tx' 'date: 2020\tbatch'; do
		from "$top\ngene\ta\tb\n$body"
		refused 'the table seems to begin on line 2: --skip-lines 1' || return 1
		read_as "$rows" --skip-lines 1 || return 1
	done
	from 'My note\n\nSample: x\tdate\n\ngene\ta\tb\n'"$body"
	refused 'the table seems to begin on line 5: --skip-lines 4'
	read_as "$rows" --skip-lines 4
	from 'note1\tnote2\n#gene\ta\tb\n'"$body"
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as "$rows" --skip-lines 1
	from 'My title with spaces\ngene a b\ng1 1 2\ng2 3 4\n'
	refused 'the table seems to begin on line 2: --skip-lines 1'
	read_as "$rows" --skip-lines 1
	# Two readings, of which each is right for some.
	from 'Mouse liver\tx\ty\ngene\ta\tb\n'"$body"
	refused ':2: a second header line: take it out: sed 2d; or, where line 1 is a title, use --skip-lines 1'
	read_as "$rows" --skip-lines 1
	samples $'gene\ta\tb' --skip-lines 1
	prints "$rows" gx-convert -H < <(sed 2d t)
	from 'gene\ta\tb\ngene\ta\tb\n'"$body"
	refused ':2: the header again'
	prints "$rows" gx-convert -H < <(sed 2d t)
	# All columns without a name at the end.
	from 'gene\ta\tb\t\t\t\ng1\t1\t2\t\t2\t\ng2\t3\t4\t\t3\t\n'
	refused ':2:5: a value in the last column, which has no name: --skip-columns 4-5 leaves out those without a name'
	read_as "$rows" --skip-columns 4-5
}

@test "lines of which each could be the header, and the cures" {
	# A comment that begins with a word for ids is the header above numbers, and an empty row.
	from '# made by x\n#OTU ID\t10317.1\t10317.2\nOTU1\t5.0\t0.0\nOTU2\t5.0\t1.0\n'
	read_as $'OTU1\t5\t0\nOTU2\t5\t1'
	samples $'gene\t10317.1\t10317.2'
	from '#gene\ta\tb\ng1\t\t\ng2\t3\t4\n'
	read_as $'g1\tNA\tNA\ng2\t3\t4'
	from '#gene\ta\tb\nid\t1\t2\ng2\t3\t4\n'
	refused "values under the names of the comment above: if that is the header, take what makes it a comment out: sed '1s/^#*//'; if this line is the header, use --header"
	prints $'id\t1\t2\ng2\t3\t4' gx-convert -H < <(sed '1s/^#*//' t)
	read_as $'g2\t3\t4' --header
	samples $'gene\t1\t2' --header
	from '%%gene\ta\tb\nid\t1\t2\ng2\t3\t4\n'
	refused 'take what makes it a comment out; if this line is the header, use --header' --comment %
	read_as $'id\t1\t2\ng2\t3\t4' --comment !
	# A header that is a field short begins with no word for ids.
	from 'gene\ta\tb\ng1\t1\t2\t3\ng2\t3\t4\t5\n'
	refused ":1: the header is one field shorter than the rows, and 'gene' names ids"
	read_as $'g1\t1\t2\t3\ng2\t3\t4\t5' --header
	from 'Table S1\t\t\ngene\ta\tb\ng1\t1\t2\t3\ng2\t3\t4\t5\n'
	refused "If 'gene' is a sample, use --header --skip-lines 1"
	read_as $'g1\t1\t2\t3\ng2\t3\t4\t5' --header --skip-lines 1
	from 'cell\ttime\ng1\t1\t2\n'
	read_as $'g1\t1\t2'
	# The name of the rows below those of the columns; numbers that name samples below a title.
	from 'sample\ta\tb\ngene\t\t\ng1\t1\t2\ng2\t3\t4\n'
	refused ':2: a second header line: take it out: sed 2d'
	prints "$rows" gx-convert -H < <(sed 2d t)
	from 'group\tctl\ttrt\ngene\t101\t102\ng1\t1\t2\ng2\t3\t4\n'
	refused ":2: 'gene' names ids, not a row: if this line is the header, use --skip-lines 1; if it is a row, --header"
	read_as "$rows" --skip-lines 1
	read_as $'gene\t101\t102\n'"$rows" --header
	from '#1.2\n1\t2\nid\tName\tDescription\ta\tb\n0\tg1\tx\t1\t2\n'
	refused '--skip-lines 2 reads it as a table without counts'
	read_as $'g1\t1\t2' --skip-lines 2 --id-column Name --columns 4-
}
