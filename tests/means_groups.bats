#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-means --groups: the mean of each gene in each group of a sample sheet.

load lib.bash

setup() {
	work
	spectra=$tests/spectra
}

# small > m.tsv and s.tsv: four samples, in two groups.
small() {
	printf 'gene\ta\tb\tc\td\ng1\t1\t2\t3\t4\ng2\t10\tNA\t30\t40\n' >m.tsv
	printf 'a\tx\nb\ty\nc\tx\nd\ty\n' >s.tsv
}

# grouped 'LINE, LINE ...': what small's matrix gives with a sheet of these lines (printf's format).
grouped() {
	# shellcheck disable=SC2059
	printf "$1" >sheet
	gx-means --groups sheet "${@:2}" m.tsv
}

@test "the tables that were made with exact sums, within 4 units in the last place" {
	cd "$spectra"
	local case options
	while read -r case options; do
		# shellcheck disable=SC2086
		gx-means $options groups/matrix.tsv >"$BATS_TEST_TMPDIR/got.tsv"
		python3 "$tests/check_groups.py" "$BATS_TEST_TMPDIR/got.tsv" "expected/$case.tsv"
	done <<-'CASES'
		groups --groups groups/groups.tsv
		groups_skip_na --groups groups/groups.tsv --skip-na
		groups_sheet --groups groups/sheet.csv --by tissue
		groups_sheet --groups groups/sheet.csv --by 4
	CASES
}

@test "matrices and sheets by chance: the bits, the order of the groups, the step" {
	python3 "$tests/check_groups.py" random
}

@test "a group has the bits of gx-means --columns with its samples" {
	local group options samples
	for options in '' --skip-na '--skip-na --with-n'; do
		for group in liver brain lung eye; do
			samples=$(awk -v g=$group '$2 == g { printf "%s%s", n++ ? "," : "", $1 }' \
				"$spectra/groups/groups.tsv")
			# shellcheck disable=SC2086
			gx-means -H $options --columns "$samples" "$spectra/groups/matrix.tsv" |
				cut -f 2- >$group
		done
		# shellcheck disable=SC2086
		gx-means -H $options --groups "$spectra/groups/groups.tsv" "$spectra/groups/matrix.tsv" |
			cut -f 2- >got
		paste liver brain lung eye | cmp - got
	done
}

@test "a published table and its sheet: five conditions of three samples" {
	local condition columns=1 i table=$data/arabidopsis_root_hormones.csv
	{
		echo sample,condition
		for condition in control IAA ABA MeJA ACC; do
			for i in 1 2 3; do echo "root_${condition}_$i,$condition"; done
		done
	} >samples.csv
	gx-means --groups samples.csv --by condition "$table" >got
	[[ $(head -n 1 got) == $'gene\tcontrol\tIAA\tABA\tMeJA\tACC' ]]
	awk -F , 'NR > 1 { printf "%s", $1
		for (k = 0; k < 5; k++) printf "\t%.9f", ($(3*k+2) + $(3*k+3) + $(3*k+4)) / 3
		print "" }' "$table" >want
	tail -n +2 got | awk -F '\t' '{ printf "%s", $1
		for (k = 2; k <= 6; k++) printf "\t%.9f", $k
		print "" }' | cmp - want
}

@test "file, pipe, threads and formats: the same bytes" {
	local options
	cp "$spectra/groups/groups.tsv" g.tsv
	for options in '' --skip-na '--with-n -f csv'; do
		# shellcheck disable=SC2086
		four_ways "$spectra/groups/matrix.tsv" gx-means --groups g.tsv $options
	done
	gx-simulate -n 5000 -m 20 -o s.gxm
	gx-simulate -n 5000 -m 20 -o s.npy
	gx-simulate -n 5000 -m 20 -o s.tsv
	for ((i = 20; i; i--)); do echo "s$i,g$((i % 3))"; done >s.csv
	four_ways s.gxm gx-means --groups s.csv -b
	for options in '' --skip-na --with-n '-f npy'; do
		# shellcheck disable=SC2086
		four_ways s.gxm gx-means --groups s.csv $options
		cp "$out" gxm
		# shellcheck disable=SC2086
		four_ways s.npy gx-means --groups s.csv $options
		cp "$out" npy
		# shellcheck disable=SC2086
		gx-means --groups s.csv $options s.tsv >text
		same gxm npy text || note "$options"
	done
	gzip -k s.csv
	gx-means --groups s.csv.gz s.gxm >zipped
	gx-means --groups - s.gxm <s.csv >stdin
	gx-means --groups <(cat s.csv) s.gxm >fifo
	gx-means --groups s.csv s.gxm >file
	same file zipped stdin fifo
}

@test "parts are the whole: text, gx-reduce --join, and counts for each group" {
	local k n file
	gx-simulate -n 700 -m 20 -o s.gxm
	gx-simulate -n 700 -m 20 -o s.tsv
	for ((i = 1; i <= 20; i++)); do echo "s$i,g$((i % 3))"; done >s.csv
	for n in 1 2 3 7; do
		rm -f p.* r.*
		for ((k = 1; k <= n; k++)); do
			gx-means -H --groups s.csv -p $k/$n s.tsv >p.$k.tsv
			gx-means -b --groups s.csv -p $k/$n s.gxm -o p.$k.gxm
			gx-threshold -T 9 p.$k.gxm >r.$k
		done
		cat p.?.tsv | cmp - <(gx-means -H --groups s.csv s.tsv)
		gx-means -b --groups s.csv s.gxm -o whole.gxm
		gx-reduce --join -b p.?.gxm | cmp - whole.gxm
		gx-reduce r.? | cmp - <(gx-threshold -T 9 whole.gxm)
	done
	[[ $(cut -f 1 r.1 | tr '\n' ' ') == 'column g1 g2 g0 ' ]]
	# Parts of other groups are not of this whole.
	sed 's/g0/g1/' s.csv >other.csv
	gx-means -b --groups other.csv -p 1/7 s.gxm -o p.1.gxm
	exits 1 gx-reduce --join -b p.?.gxm
}

@test "the step: numbers are those of the columns that the reader gives" {
	small
	gx-convert -b -o m.gxm m.tsv
	printf 'a\tx\nc\tx\n' >ac.tsv
	gx-means -b --groups ac.tsv --columns a,c m.gxm | gx-threshold -T 0 >chosen
	gx-convert -b --columns a,c m.gxm | gx-means -b --groups ac.tsv | gx-threshold -T 0 >piped
	[[ $(field work chosen) =~ ^columns:[0-9a-f]{16}' mean groups:'[0-9a-f]{16}' above'$ ]]
	[[ $(field work chosen) == *"$(field work piped)" ]]
	gx-means -b --skip-na --groups s.tsv m.gxm | gx-threshold -T 0 >skipped
	[[ $(field work skipped) =~ ^'mean groups:'[0-9a-f]{16}' skip-na above'$ ]]
	# The same groups by another sheet are the same; other names or columns are not.
	printf 'sample,n,group\nz,,\n"a",1,"x"\nd,,y\nc,,x\nb,,y\na,,x\n' >same.csv
	gx-means -b --groups same.csv --by group m.gxm | cmp - <(gx-means -b --groups s.tsv m.gxm)
	for change in 's/x/z/' 's/y/x/' '1s/x/y/' '1!G;h;$!d'; do
		sed "$change" s.tsv >other.tsv
		gx-means -b --groups other.tsv m.gxm | gx-threshold -T 0 >other
		[[ $(field work other) != "$(gx-means -b --groups s.tsv m.gxm | gx-threshold -T 0 |
			sed -n 2p | cut -f 6)" ]] || note "$change"
	done
}

@test "--columns with --groups: a sample that is not read needs no line" {
	small
	prints $'gene\tx\ng1\t2\ng2\t20' gx-means --groups <(printf 'a,x\nc,x\n') --columns a,c m.tsv
	# The order of the groups is that of the sheet, whatever samples are read.
	prints $'gene\tx\ty\ng1\t3\t4\ng2\t30\t40' gx-means --groups s.tsv --columns c,d m.tsv
	prints $'gene\ty\tx\ng1\t2\t1\ng2\tNA\t10' \
		gx-means --groups <(printf 'd,y\na,x\nb,y\nc,x\n') --columns a,b m.tsv
}

@test "sheets as spreadsheets and R write them" {
	small
	gx-means --groups s.tsv m.tsv >want
	[[ $(cat want) == $'gene\tx\ty\ng1\t2\t3\ng2\t20\tNA' ]]
	local sheet
	for sheet in 'a,x\nb,y\nc,x\nd,y' 'a,x\r\nb,y\r\nc,x\r\nd,y\r\n' '\xef\xbb\xbfa,x\nb,y\nc,x\nd,y\n' \
		'\xef\xbb\xbf"sample"\t"group"\n"a"\t"x"\n"b"\t"y"\n"c"\t"x"\n"d"\t"y"\n' \
		'\n  \na , x\n\n b,y \nc,x\n,,,\nd,y,,\n\n' 'a,x,"1, 2 ""3"""\nb,y,\nc,x\nd,y\n' \
		'"group"\n"a"\t"x"\n"b"\t"y"\n"c"\t"x"\n"d"\t"y"\n' '"","group"\n"a","x"\n"b","y"\n"c","x"\n"d","y"\n' \
		'sample,group,"a note,\nof two lines"\na,x,"one\r\ntwo"\nb,y,\nc,x,\nd,y,\n' \
		'# made by hand, in May\n#sample\tgroup\na\tx, y"\na\tx, y"\nb\ty\nc\tx, y"\nd\ty\n'; do
		grouped "$sheet" | sed '1s/x, y"/x/' | cmp - want || note "$sheet"
	done
}

@test "--by: a name, a number, and the right one where the first line is short" {
	small
	gx-means --groups s.tsv m.tsv >want
	local lines='a,1,x\nb,2,y\nc,1,x\nd,3,y\n' by
	for by in group 3 name:group number:3; do
		grouped "sample,batch,group\n$lines" --by $by | cmp - want
	done
	grouped "#sample,batch,group\n$lines" --by group | cmp - want
	grouped "$lines" --by 3 | cmp - want
	grouped "sample,batch,\"group, of two\"\n$lines" --by 'group, of two' | cmp - want
	grouped "sample,batch,\"group, of two\"\n$lines" --by '"group, of two"' | cmp - want
	grouped "sample,3,group\n$lines" --by number:3 | cmp - want
	refuses 2 "sheet: --by: '3' is the number of one column and the name of another: name:3 or number:3" \
		grouped "sample,3,group\n$lines" --by 3
	refuses 2 "sheet: --by: 2 columns are named 'group': choose by number" \
		grouped "sample,group,group\n$lines" --by group
	refuses 2 "sheet: --by: there is no column 'tissue' among the 3 of the file" \
		grouped "sample,batch,group\n$lines" --by tissue
	refuses 2 "sheet: --by: there is no column '4' among the 3 of the file" grouped "$lines" --by 4
	refuses 2 'one column has the groups' grouped "$lines" --by 2-3
	refuses 2 '--by 3: it is a column of the FILE of --groups' gx-means --by 3 m.tsv
	# A line for each sample in a group of its own.
	grouped 'a,1\nb,2\nc,3\nd,4\n' --by number:1 | cmp - m.tsv
	# R leaves the first name out; so may who adds a last column. Nothing tells them apart.
	refuses 1 "sheet:2: one field more than the first line has names: if R wrote it, 'group' is column 3, else 2: say the number with --by" \
		grouped "batch,group\n$lines" --by group
	grouped "batch,group\n$lines" --by 3 | cmp - want
	refuses 1 'say the number with --by' grouped 'sample,group\na,x,\nb,y,\nc,x,\nd,y,\n' --by group
	grouped 'sample,group\na,x,\nb,y,\nc,x,\nd,y,\n' --by 2 | cmp - want
}

@test "an empty group, NA and . leave a sample out; na and N/A are names" {
	small
	[[ $(grouped 'a,x\nb,\nc,x\nd,NA\n') == $'gene\tx\ng1\t2\ng2\t20' ]]
	[[ $(grouped 'a,.\nb,y\nc," "\nd,y\n') == $'gene\ty\ng1\t3\ng2\tNA' ]]
	[[ $(grouped 'a,na\nb,N/A\nc,na\nd,NA\n' | sed -n 1p) == $'gene\tna\tN/A' ]]
	refuses 1 "sheet: all samples of m.tsv are left out: field 2 of their lines, the group, is empty, NA or .: say with --by which column has the groups" \
		grouped 'a,,x\nb,NA,y\nc,.,x\nd,,y\n'
	grouped 'a,,x\nb,NA,y\nc,.,x\nd,,y\n' --by 3 | cmp - <(gx-means --groups s.tsv m.tsv)
}

@test "a sample without a line, and what the message advises" {
	small
	refuses 1 "sheet: no line for 2 of the 4 samples of m.tsv, 'b', 'd': add them (the group NA leaves a sample out), or read the other samples alone (--columns)" \
		grouped 'a,x\nc,x\n'
	grouped 'a,x\nc,x\n' --columns a,c >chosen
	grouped 'a,x\nc,x\nb,NA\nd,NA\n' | cmp - chosen
	gx-simulate -n 2 -m 9 -o m.tsv
	refuses 1 "no line for 8 of the 9 samples of m.tsv, 's1', 's3', 's4' ...: add" grouped 's2,x\n'
	refuses 1 "no line for 1 of the 19 samples" \
		gx-means --groups "$spectra/groups/lacks_one.tsv" "$spectra/groups/matrix.tsv"
}

@test "a sample with two groups; the same line twice is fine" {
	small
	refuses 1 "sheet:5: the group of sample 'a' is 'y', and on line 1 it was 'x': leave one of these lines" \
		grouped 'a,x\nb,y\nc,x\nd,y\na,y\n'
	refuses 1 "the group of sample 'a' is none, and on line 1 it was 'x'" grouped 'a,x\nb,y\nc,x\nd,y\na,NA\n'
	refuses 1 "the group of sample 'a' is 'x', and on line 1 it was none" grouped 'a,\nb,y\nc,x\nd,y\na,x\n'
	grouped 'a,x\nb,y\nc,x\nd,y\na,x\n' | cmp - <(gx-means --groups s.tsv m.tsv)
	refuses 1 ":20: the group of sample 's14' is 'kidney', and on line 1 it was 'liver'" \
		gx-means --groups "$spectra/groups/two_groups.tsv" "$spectra/groups/matrix.tsv"
}

@test "a file with none of the samples" {
	small
	refuses 1 "sheet: none of the 4 samples of m.tsv is in it: the first is called 'a', and a line begins with 'A': the first field of a line must be the name of a sample" \
		grouped 'sample,group\nA,x\nB,y\n'
	refuses 1 "sheet: nothing is in it: a line for each sample, with its group, is wanted" grouped '\n \n'
	refuses 1 "nothing is in it" grouped ''
}

@test "names that R changed are told as such" {
	printf 'gene\tX1.a\t.b.c\tX_d\ng1\t1\t2\t3\n' >m.tsv
	local sheet='sample,group\n1-a,x\n.b-c,x\n_d,x\n'
	refuses 1 "sheet: none of the 3 samples of m.tsv is in it: the first is called 'X1.a', and a line begins with '1-a': '1-a' of the sheet is 'X1.a' in the matrix, as R changes names: read it there with check.names = FALSE, or put the changed names into the sheet" \
		grouped "$sheet"
	refuses 1 "no line for 2 of the 3 samples of m.tsv, 'X1.a', 'X_d': '1-a' of the sheet is 'X1.a'" \
		grouped '1-a,x\n.b.c,x\n_d,x\n'
	[[ $(grouped 'X1.a,x\n.b.c,x\nX_d,x\n' | sed -n 2p) == $'g1\t2' ]]
	# Not the reason, where it does not explain all of them.
	refuses 1 "add them" grouped '1-a,x\n.b.c,x\n'
}

@test "a line that is short, or long, and what the messages advise" {
	small
	refuses 1 "sheet:3: sample 'b' has 1 field, and its group is field 2: add it (NA leaves the sample out), or say with --by which column has the groups" \
		grouped 'sample,group\na,x\nb\nc,x\nd,y\nnobody\n'
	[[ $(grouped 'sample,group\na,x\nb,NA\nc,x\nd,NA\nnobody\n' | sed -n 2p) == $'g1\t2' ]]
	refuses 1 "sample 'b' has 1 field, and its group is field 2" grouped 'a,1\nb\nc,1\nd\n'
	[[ $(grouped 'a,1\nb\nc,1\nd\n' --by number:1 | sed -n 1p) == $'gene\ta\tb\tc\td' ]]
	# A comma without quotes moves what is behind it.
	refuses 1 "sheet:3: sample 'b' has 4 fields, and lines before it 3: put a field with a comma in it in quotes" \
		grouped 'sample,place,group\na,here,x\nb,there, far,y\nc,here,x\nd,here,y\n' --by 3
	refuses 1 "say the number with --by" \
		grouped 'sample,place,group\na,here,x\nb,there, far,y\nc,here,x\nd,here,y\n' --by group
	grouped 'sample,place,group\na,here,x\nb,"there, far",y\nc,here,x\nd,here,y\n' --by group |
		cmp - <(gx-means --groups s.tsv m.tsv)
}

@test "what is no sample sheet, and what the messages advise" {
	small
	local text='a;x\nb;y\nc;x\nd;y\n'
	refuses 1 "sheet:1: one field, 'a;x': TABs or commas must part a sample and its group: make TABs of the semicolons: tr ';' '\\t'" \
		grouped "$text"
	gx-means --groups <(tr ';' '\t' <sheet) m.tsv | cmp - <(gx-means --groups s.tsv m.tsv)
	refuses 1 "sheet:1: one field, 'a': TABs or commas must part a sample and its group" grouped 'a\nb\nc\nd\n'
	refuses 1 "sheet:1: lines end in CR alone, as on old Macs: convert them: tr '\\r' '\\n'" \
		grouped 'a,x\rb,y\rc,x\rd,y\r'
	gx-means --groups <(tr '\r' '\n' <sheet) m.tsv | cmp - <(gx-means --groups s.tsv m.tsv)
	refuses 1 "sheet: not a sample sheet but UTF-16 text: convert it" \
		grouped '\xff\xfea\0,\0x\0\n\0'
	printf 'PK\3\4\24\0\6\0\10\0\0\0\41\0\0\0\0\0\0\0\0\0\0\0\0\0\23\0\0\0[Content_Types].xml' >x.xlsx
	refuses 1 'x.xlsx: not a sample sheet but a spreadsheet (.xlsx, .ods)' gx-means --groups x.xlsx m.tsv
	refuses 1 'sheet:1: NUL bytes, which are in no text: is this the right file?' grouped 'a,\0x\nb,y\n'
	refuses 1 "sheet:2: a quote at the beginning of a field is not closed, or text follows the one that closes it: double the quotes inside, or take them out" \
		grouped 'a,x\nb,"y\nc,x\nd,y\n'
	refuses 1 'sheet:2: a quote at the beginning' grouped 'a,x\nb,"y" z\nc,x\nd,y\n'
	refuses 1 "sheet:2: a control byte in the group '\\x1b[31my': a column cannot be called so" \
		grouped 'a,x\nb,\033[31my\nc,x\nd,y\n'
	refuses 1 "a control byte in the group" grouped 'a,x\nb,"y\nz"\nc,x\nd,y\n'
	refuses 3 'nowhere.csv' gx-means --groups nowhere.csv m.tsv
	# An unclosed quote takes no more than a mebibyte with it.
	{
		echo 'a,"x'
		seq 1000000
	} >long
	refuses 1 'long:1: a quote at the beginning' gx-means --groups long m.tsv
}

@test "two samples of one name are refused, and one of them can be chosen" {
	printf 'gene\ta\tb\ta\ng1\t1\t2\t3\n' >m.tsv
	gx-convert -b -o m.gxm m.tsv
	printf 'a,x\nb,x\n' >sheet
	refuses 1 "m.gxm: two samples are called 'a', and a line of sheet could mean either: choose one of them by its number (--columns)" \
		gx-means --groups sheet m.gxm
	[[ $(gx-means --groups sheet --columns 2,3 m.gxm | sed -n 2p) == $'g1\t2.5' ]]
}

@test "the sheet is not the matrix, and standard input is read once" {
	small
	refuses 2 'standard input is read once: name the matrix, or the sample sheet, as a file' \
		gx-means --groups - <s.tsv
	refuses 2 'standard input is read once' gx-means --groups - - <s.tsv
	refuses 2 '--groups m.tsv: the matrix is the same file: name the sample sheet' gx-means --groups m.tsv m.tsv
	ln m.tsv other.tsv
	refuses 2 'the matrix is the same file' gx-means --groups other.tsv s.tsv m.tsv
	refuses 2 'the matrix is the same file' gx-means --groups m.tsv <m.tsv
	cp s.tsv o.tsv
	refuses 2 'o.tsv' gx-means --groups o.tsv m.tsv -o o.tsv
	cmp s.tsv o.tsv
}

@test "samples without names are s1 s2 ...; a transposed table; a network is its full matrix" {
	gx-simulate -n 5 -m 4 -f npy >m.npy
	gx-means --groups <(printf 's1,x\ns2,y\ns3,x\ns4,y\n') m.npy >got
	[[ $(sed -n 1p got) == $'gene\tx\ty' ]]
	small
	gx-convert --transpose m.tsv | gx-means --transposed --groups s.tsv | cmp - <(gx-means --groups s.tsv m.tsv)
	rows 12 9 | gx-correlate -b -o n.gxm
	for ((i = 1; i <= 12; i++)); do echo "gene$i,m$((i % 3))"; done >modules.csv
	gx-convert n.gxm | gx-means --groups modules.csv >want
	four_ways n.gxm gx-means --groups modules.csv
	cmp "$out" want
	gx-means -H --groups modules.csv -p 2/3 n.gxm | cmp - <(sed -n 6,9p want)
}

@test "--explain: groups, samples left out, the work; and the run says the same" {
	small
	printf 'a,x\nb,y\nc,x\nd,NA\n' >sheet.csv
	gx-convert -b -o m.gxm m.tsv
	succeeds gx-means -b --groups sheet.csv m.gxm --explain
	grep -qx $'groups\t2' "$out"
	grep -qx $'left_out\t1' "$out"
	gx-means -b --groups sheet.csv m.gxm | gx-threshold -T 1 >record
	[[ $(sed -n 's/^work\t//p' "$out")' above' == "$(field work record)" ]]
	gx-simulate -n 900 -m 4 -o s.gxm
	sed 's/^/s/; y/abcd/1234/' sheet.csv >numbers.csv
	gx-means -b --with-n --groups numbers.csv s.gxm >got
	gx-means -b --with-n --groups numbers.csv s.gxm --explain | grep -x "output_bytes"$'\t'"$(stat -c %s got)"
	# A transposed table is not read: nobody knows its samples.
	gx-convert --transpose m.tsv >turned.tsv
	succeeds gx-means --transposed --groups sheet.csv turned.tsv --explain
	grep -qx $'work\tmean groups' "$out"
	refuses 1 'no line for 1 of the 4' gx-means --groups <(printf 'a,x\nb,y\nc,x\n') m.tsv --explain
}

@test "a group that is called as the counts of another one: exit 1 where they are written" {
	small
	printf 'a,x\nb,n:x\nc,y\nd,y\n' >sheet.csv
	succeeds gx-means --groups sheet.csv m.tsv
	refuses 1 "sheet.csv: two columns would be called 'n:x'" gx-means --with-n --groups sheet.csv m.tsv
	refuses 1 "give one of the groups another name" gx-means --with-n --groups sheet.csv m.tsv --explain
	sed 's/n:x/n_x/' sheet.csv >renamed.csv
	succeeds gx-means --with-n --groups renamed.csv m.tsv
	[[ $(head -n 1 "$out") == $'gene\tx\tn:x\tn_x\tn:n_x\ty\tn:y' ]]
	gx-means --groups sheet.csv m.tsv | cut -f 2- | tail -n +2 >want
	cut -f 2,4,6 "$out" | tail -n +2 | same - want
	# Of a group without a sample here nothing is written.
	printf 'a,x\nb,y\nc,y\nd,y\nelsewhere,n:x\n' >sheet.csv
	succeeds gx-means --with-n --groups sheet.csv m.tsv
}

@test "memory is not columns times groups: as many groups as columns" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	gx-simulate -n 3 -m 100000 -o wide.gxm
	seq 100000 | awk '{ print "s" $1 "\tg" $1 }' >own.tsv
	(ulimit -v 160000 && gx-means -b --groups own.tsv wide.gxm) >got.gxm
	gx-convert -f npy got.gxm | cmp - <(gx-convert -f npy wide.gxm)
}
