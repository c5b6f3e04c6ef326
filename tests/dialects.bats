#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Tables as they are out there: read right without a word, or by an option, or refused with
# the way out. The plain ones are in formats.bats.

load lib.bash
load text.bash

setup() {
	work
}

# misused TEXT OPTION ...: exit 2, and the message begins so.
misused() {
	local want=$1
	shift
	refuses 2 "gx-means: $want" gx-means "$@"
	grep -qF "Try 'gx-means --help'" "$err"
}

both=$'gene\ta\tb\ng1\t1\t2\ng2\t3\t4'

# ---- tables of cases ----

@test "45 dialects: right, or refused with these words" {
	python3 "$tests/check_dialects.py" cases
}

@test "random tables in random dialects are read back, to the bit and byte, in parts too" {
	python3 "$tests/check_dialects.py" random $([[ -n ${GX_SANITIZED-} ]] && echo 60 || echo 300)
}

@test "parts of files in dialects, 1 to 100 of them, add up to the whole" {
	python3 "$tests/check_dialects.py" parts
}

@test "published tables of GCT, GCT 1.3 and 10x have the means made elsewhere" {
	local table
	for table in p100.gct chr1.gene_tpm.gct filtered_feature_bc_matrix; do
		python3 "$tests/check_means.py" "$tests/dialects/published/$table" \
			"$tests/dialects/published/$table.means.tsv"
	done
}

@test "full published tables in dialects have the means made elsewhere" {
	[[ -d $full ]] || skip "the full tables are not here ($full)"
	local table
	for table in GSE42872_series_matrix.txt.gz all_aml_train.gct featureCounts_count-matrix.txt \
		pombe_quiescence_microarray.csv chr1.bam.gene_tpm.gct.gz test_p100.gct \
		filtered_feature_bc_matrix; do
		python3 "$tests/check_means.py" "$full/$table" "$full/$table.means.tsv"
	done
}

# ---- what stands before the rows ----

@test "comments, padded or not, with other delimiters in them; # is a byte elsewhere" {
	from '##,,,\n# a\tb\n#\ngene,a,b\n#g1,1,2\ng#2,3,4\n'
	table_is $'gene\ta\tb\n#g1\t1\t2\ng#2\t3\t4'
	from '# one\r\ngene\ta#1\r\ng1\t1\r\n'
	table_is $'gene\ta#1\ng1\t1'
	from '# one\n# two\n'
	says ':2: comments or blank lines, and no table: is the file whole?'
	from '# one\n\ngene\ta\ng1\t1\n'
	table_is $'gene\ta\ng1\t1'
}

@test "GCT 1.2: padded by a spreadsheet, descriptions of any bytes, counts that are right" {
	from '#1.2\t\t\t\r\n2\t2\t\t\r\nName\tDescription\ta\tb\r\ng1\t"5'"'"' ""x"" #1\t1\t2\r\ng2\t"q" r\t3\t4\r\n'
	table_is "$both"
	from '#1.2\n2\t2\nName\tDescription\ta\tb\ng1\t"q" r\t1\t2\ng2\t"\t3\t4\n'
	table_is "$both"
	from '#1.2\n0\t2\nName\tDescription\ta\tb\n'
	table_is $'gene\ta\tb'
	from '#1.2\n3\t2\nName\tDescription\ta\tb\ng1\td\t1\t2\ng2\td\t3\t4\n'
	says ': GCT 1.2: 2 rows where its head declares 3: the file was cut off or glued: fetch it again'
	from '#1.2\n1\t2\nName\tDescription\ta\tb\ng1\td\t1\t2\ng2\td\t3\t4\n'
	says ': GCT 1.2: 2 rows where its head declares 1: the file was cut off or glued: fetch it again'
	from '#1.2\n1\t3\nName\tDescription\ta\tb\ng1\td\t1\t2\n'
	says ':3: GCT: 4 fields in the header where its counts say 5: is the file whole? (--skip-lines 2 reads it as a table without counts)'
	from '#1.2\n1\nName\tDescription\ta\tb\ng1\td\t1\t2\n'
	says ':2: GCT 1.2: the second line has two counts: rows and columns'
	from '#1.2\n1\tx\nName\tDescription\ta\tb\ng1\td\t1\t2\n'
	says ':2: GCT 1.2: the second line has two counts: rows and columns'
	from '#1.2\n'
	says ':1: GCT: cut off: the line with the counts is missing'
	from '#1.2\n1\t2\n'
	says ':2: GCT: cut off: its header is missing'
	from '#1.2\n2\t2\nName\tDescription\ta\tb\ng1\td\t1\t2\ng2\td\t3\n'
	refuses 1 't:5: 3 fields where 4 are expected' gx-threshold t
}

@test "GCT 1.3: annotations of rows and columns are passed over, as the counts say" {
	from '#1.3\n2\t2\t1\t2\nid\tw\ta\tb\ntype\tna\tx\ty\ndose\tna\t5\t6\ng1\t10\t1\t2\ng2\t\t3\t4\n'
	table_is "$both"
	from '#1.3\n2\t2\t0\t0\nid\ta\tb\ng1\t1\t2\ng2\t3\t4\n'
	table_is "$both"
	from '#1.3\n3\t2\t0\t0\nid\ta\tb\ng1\t1\t2\ng2\t3\t4\n'
	says ': GCT 1.3: 2 rows where its head declares 3: the file was cut off or glued: fetch it again'
	from '#1.3\n2\t2\t1\t1\nid\ta\tb\nx\t1\t2\ng1\t1\t2\ng2\t3\t4\n'
	says ':3: GCT: 3 fields in the header where its counts say 4: is the file whole? (--skip-lines 2 reads it as a table without counts)'
	from '#1.3\n2\t2\t1\nid\tw\ta\tb\ng1\t1\t2\n'
	says ':2: GCT 1.3: the second line has four counts: rows, columns, row and column annotations'
	from '#1.3\n2\t2\t0\t3\nid\ta\tb\nx\t1\t2\n'
	says ':4: cut off among the annotations of the columns'
}

@test "GCT whose header begins like another known table: its counts say what is no sample" {
	from '#1.3\n2\t2\t2\t0\ngene_id\tgene_name\tentrez\ta\tb\ng1\tA\t7157\t1\t2\ng2\tB\t672\t3\t4\n'
	table_is "$both"
	gx-means --explain t | grep -x 'format	text, GCT 1.3'
	from '#1.3\n2\t2\t2\t0\nUID\tGWEIGHT\tz\ta\tb\ng1\t9\t8\t1\t2\nEWEIGHT\t6\t5\t3\t4\n'
	table_is $'gene\ta\tb\ng1\t1\t2\nEWEIGHT\t3\t4'
	# The names are in the first column, and all annotations may be fewer than that table has.
	from '#1.3\n2\t4\t0\t0\nGID\tYORF\tNAME\tGWEIGHT\ta\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8\n'
	table_is $'gene\tYORF\tNAME\tGWEIGHT\ta\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8'
	from '#1.2\n2\t2\nGID\tUID\tNAME\tGWEIGHT\ng1\tx\t1\t2\ng2\ty\t3\t4\n'
	table_is $'gene\tNAME\tGWEIGHT\ng1\t1\t2\ng2\t3\t4'
}

@test "GCT with --no-header: its counts are checked, and say what is no sample" {
	from '#1.3\n1\t1\t4000000000\t0\ng1\t1\t2\n'
	says ':3: GCT: 3 fields in the first row where its counts say 4000000002: is the file whole? (--skip-lines 2 reads it as a table without counts)' --no-header
	from '#1.3\n2\t2\t2\t0\ng1\tA\t7157\t1\t2\ng2\tB\t672\t3\t4\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --no-header
	from '#1.2\n2\t2\ng1\t5\t1\t2\ng2\td\t3\t4\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --no-header
	sed -i 2s/2$/3/ t
	says ':3: GCT: 4 fields in the first row where its counts say 5: is the file whole? (--skip-lines 2 reads it as a table without counts)' --no-header
}

@test "GCT: the names from another of its columns, and never a value" {
	from '#1.2\n1\t2\nName\tDescription\ta\tb\n7\tTP53\t1\t2\n'
	table_is $'gene\ta\tb\nTP53\t1\t2' --id-column Description
	table_is $'gene\ta\tb\nTP53\t1\t2' --id-column 2 --skip-columns Name
	table_is $'gene\ta\tb\ng1\t1\t2' --id-column none
	from '#1.3\n1\t2\t2\t0\nid\tw\tsymbol\ta\tb\n7\t8\tTP53\t1\t2\n'
	table_is $'gene\ta\tb\nTP53\t1\t2' --id-column symbol
}

@test "GEO series matrix: between its markers, whatever the metadata hold" {
	local head='!Series_title\t"x y"\n!Sample_data\t"one\rtwo\n\n3\t4\n"\n\n'
	local rows='"ID_REF"\t"a"\t"b"\n"g1"\t1\t2\n"g2"\t3\t4\n'
	from "$head!series_matrix_table_begin\n$rows!series_matrix_table_end\n"
	table_is "$both"
	gzip -c t | gx-convert | cmp - <(echo "$both")
	from "$head!series_matrix_table_begin\n$rows!series_matrix_table_end"
	table_is "$both"
	from "$head!series_matrix_table_begin\r\n${rows//\\n/\\r\\n}!series_matrix_table_end\r\n"
	table_is "$both"
	from "$head!series_matrix_table_begin\n$rows\n!series_matrix_table_end\n!more\tx\n\n"
	table_is "$both"
	from "$head!series_matrix_table_begin\n\"ID_REF\"\t\"a\"\n!series_matrix_table_end\n"
	refuses 1 'the table of GEO has no rows: the data are in the supplementary files of the series' gx-means t
	from "$head!series_matrix_table_begin\n$rows"
	says ': GEO series matrix: its last line, !series_matrix_table_end, is missing: the file was cut off: fetch it again'
	from "$head!series_matrix_table_begin\n${rows}!series_matrix_tab"
	refuses 1 "t:" gx-means t
	from "$head"
	says ':6: metadata of GEO, and no table (!series_matrix_table_begin) in it: is the file whole? if so, the data are in the supplementary files of the series, or of its samples'
	from "$head!series_matrix_table_begin\n"
	says ':7: cut off: the table has no header'
	from "$head!series_matrix_table_begin\n\"ID_REF\"\t\"a\"\n\"7\"\t1\n!series_matrix_table_end\n"
	table_is $'gene\ta\n7\t1'
}

@test "a GEO table of many pieces: its end is found, or missed, in file and pipe" {
	{
		printf '!x\n!series_matrix_table_begin\n'
		rows 40000 3
		printf '!series_matrix_table_end\n'
	} >t
	rows 40000 3 | gx-means >want
	gx-means t | cmp - want
	gx-means -t 4 t | cmp - want
	cat t | gx-means | cmp - want
	head -n -1 t >cut
	exits 1 gx-threshold cut
	exits 1 gx-threshold -p 1/2 cut
	exits 1 gx-threshold < <(cat cut)
}

@test "a GEO table with rows or another table behind its end: refused, file, pipe and part" {
	local one behind
	one=$'!series_matrix_table_begin\n"ID_REF"\t"a"\ng1\t1\n!series_matrix_table_end\n'
	for behind in "$one" $'g2\t2\n' $'!x\ty\n\n'"$one"; do
		printf '%s' "$one$behind" >t
		run -1 --separate-stderr gx-means t
		[[ $stderr == *"behind its end, !series_matrix_table_end, there is more"* && -z $output ]]
		run -1 --separate-stderr gx-means -p 1/2 t
		run -1 --separate-stderr gx-means < <(cat t)
		[[ $stderr == *"were files glued together"* ]]
	done
	printf '%s\n!more\tx\n\n' "$one" >t
	run -0 --separate-stderr gx-means t
	[[ $output == $'gene\tmean\ng1\t1' ]]
}

@test "GEO dataset (SOFT): IDENTIFIER is passed over; families and samples are refused" {
	from '^DATASET = GDS1\n!dataset_x = y\n#ID_REF = z\n!dataset_table_begin\nID_REF\tIDENTIFIER\ta\tb\ng1\tTP53\t1\t2\ng2\t7\t3\t4\n!dataset_table_end\n'
	table_is "$both"
	table_is $'gene\ta\tb\nTP53\t1\t2\n7\t3\t4' --id-column IDENTIFIER --skip-columns ID_REF
	sed 's/^g1/1/; s/^g2/2/' t >t2
	mv t2 t
	table_is $'gene\ta\tb\nTP53\t1\t2\n7\t3\t4' --id-column IDENTIFIER
	sed -i '$d' t
	says ': GEO dataset (SOFT): its last line, !dataset_table_end, is missing: the file was cut off: fetch it again'
	local why='a SOFT file of a whole family or of one sample has several tables, none of them a matrix: fetch the series matrix'
	from '^PLATFORM = G\n!x\n!platform_table_begin\nID\tx\n!platform_table_end\n'
	says ":3: $why"
	from '^SAMPLE = G\n!sample_table_begin\nID_REF\tVALUE\n1\t2\n!sample_table_end\n'
	says ":2: $why"
}

@test "leading columns of featureCounts, nf-core, cBioPortal, PCL and CDT are no samples" {
	from '# Program:featureCounts; Command:"a" "b"\tx\nGeneid\tChr\tStart\tEnd\tStrand\tLength\ta\tb\ng1\t1;1\t5;9\t7;11\t+;+\t6\t1\t2\ng2\t1\t5\t7\t-\t3\t3\t4\n'
	table_is "$both"
	# A table of annotations alone has no samples, nor where each line ends in a delimiter.
	from 'Geneid\tChr\tStart\tEnd\tStrand\tLength\ng1\t1\t5\t7\t+\t6\n'
	exits 1 gx-means t
	from 'YORF\tGWEIGHT\t\nEWEIGHT\t1\t\ng1\t1\t\n'
	says ':1: no column of it is a sample: nothing is left to read'
	from 'gene_id\tgene_name\ta\tb\ng1\t5\t1\t2\ng2\t6\t3\t4\n'
	table_is "$both"
	from 'tx\tgene_id\ta\tb\ng1\t5\t1\t2\ng2\t6\t3\t4\n'
	table_is "$both"
	from 'Hugo_Symbol\tEntrez_Gene_Id\ta\tb\ng1\t5\t1\t2\ng2\t6\t3\t4\n'
	table_is "$both"
	local names
	for names in YORF UID; do
		from "$names\tNAME\tGWEIGHT\ta\tb\nEWEIGHT\t\t\t1\t1\n5\tg1\t1\t1\t2\n6\tg2\t1\t3\t4\n"
		table_is "$both"
		from "$names\tGWEIGHT\ta\tb\nEWEIGHT\t\t1\t1\ng1\t1\t1\t2\ng2\t1\t3\t4\n"
		table_is "$both"
		from "GID\t$names\tNAME\tGWEIGHT\ta\tb\nAID\t\t\t\tARRY0X\tARRY1X\nEWEIGHT\t\t\t\t1\t1\nGENE0X\t5\tg1\t1\t1\t2\nGENE1X\t6\tg2\t1\t3\t4\n"
		table_is "$both"
	done
	from 'GID\tYORF\tGWEIGHT\ta\tb\nAID\t\t\tARRY0X\tARRY1X\nGENE0X\tg1\t1\t1\t2\nGENE1X\tg2\t1\t3\t4\n'
	table_is "$both"
	# EWEIGHT is a gene like others elsewhere, and a header that is not quite one of these is none.
	from 'gene\ta\tb\nEWEIGHT\t1\t2\n'
	table_is $'gene\ta\tb\nEWEIGHT\t1\t2'
	from 'Geneid\tChr\tStart\tEnd\tLength\ta\ng1\t1\t5\t7\t3\t1\n'
	table_is $'gene\tChr\tStart\tEnd\tLength\ta\ng1\t1\t5\t7\t3\t1' --all-columns
	says ":1: no sample has such a name: columns 2 'Chr', 3 'Start', 4 'End', 5 'Length': --columns 6 (--all-columns where they are samples)"
	from 'Geneid\tChr\ta\ng1\tchrX\t1\n'
	says ":2:2: not a number: 'chrX' (text: column 2 'Chr': --skip-columns 2)"
}

@test "what is wrong with the header or the first row" {
	from '1\t2\t3\n4\t5\t6\n'
	says ":1: the first line looks like a row and not like a header: its field 2 is the value '2': use --no-header if it is a row (with --id-column none where no column names the genes), --header if these are the names of samples"
	from 'gene;a b;c\ng1;1,5;2\n'
	refuses 1 "t:" gx-means t
	from 'gene\ta\tb\n\ng1\t1\t2\n'
	says ':2: a blank line among the rows: was something lost here, or glued? (--skip-blank passes over it)'
	from 'gene\ng1\n'
	says ':1: one field a line: a table has a gene column and samples, between TABs, commas or single spaces (--delimiter says what else)'
	from 'gene\ta\t"b\ng1\t1\t2\n'
	says ':1: a quote is not closed on this line, or text follows it'
	from 'gene\ta\tb\ng1\t1\n'
	says ':2: 2 fields where the header has 3: a row has as many fields as the header, or one more'
	from 'gene\ta\tb\ng1\t1\t2\t\t\n'
	exits 1 gx-means t
}

@test "bytes of other programs, under gzip too, with the command that converts them" {
	local bytes word
	while IFS='|' read -r bytes word; do
		from "$bytes"
		refuses 1 "$word" gx-means t
		gzip -c t >t.gz
		refuses 1 "$word" gx-means t.gz
		refuses 1 "$word" gx-info t.gz
		refuses 1 "$word" gx-info --quick < <(cat t.gz)
		refuses 1 "$word" gx-convert --transposed t
	done <<-'END'
		\xff\xfeg\x00|UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8
		\xfe\xff\x00g|UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8
		PK\x03\x04\x14|a zip archive, such as a spreadsheet (.xlsx): save the sheet as tab-separated text
		X\n\x00\x00\x00\x03|R data: in R, write.table(x, "x.tsv", sep="\t")
		RDX3\nX\n\x00\x00|R data: in R, write.table(x, "x.tsv", sep="\t")
		PAR1\x15\x04\x15|a Parquet file: convert it with pandas: pd.read_parquet('x').to_csv('x.tsv', sep='\t')
		version https://git-lfs.github.com/spec/v1\noid sha256:0\n|a git-lfs pointer, not the data: fetch it with git lfs pull
		<!DOCTYPE html>\n|an HTML or XML page, not the data: look with a browser at what the server said
		\n <HTML>\n|an HTML or XML page, not the data: look with a browser at what the server said
	END
}

@test "genes that are called like the first bytes of other formats are genes" {
	local gene
	for gene in RDX PAR1 BZh PK X; do
		from "$gene\tTP53\ns1\t1\t2\n"
		table_is $'gene\ts1\n'"$gene"$'\t1\nTP53\t2' --transposed
		from "$gene\t1\t2\n"
		table_is $'gene\ts1\ts2\n'"$gene"$'\t1\t2' --no-header
	done
}

# ---- what the user says ----

@test "--delimiter: a character, tab, space, whitespace" {
	from 'gene|a,1|b\ng1|1|2\ng2|3|4\n'
	table_is $'gene\ta,1\tb\ng1\t1\t2\ng2\t3\t4' --delimiter '|'
	from 'gene,x\ta\tb\ng1\t1\t2\ng2\t3\t4\n'
	table_is "$both" --delimiter tab
	from 'gene a b\ng1 1 2\ng2 3 4\n'
	table_is "$both" --delimiter space
	table_is "$both" --delimiter ' '
	from '  gene   a \t b  \r\n g1  1\t\t2\r\n"g 2"   3 4   \r\n'
	table_is $'gene\ta\tb\ng1\t1\t2\ng 2\t3\t4' --delimiter whitespace
	from 'a   b\n  g1  8.5e+003   2\n  g2 3    4\n'
	table_is $'gene\ta\tb\ng1\t8500\t2\ng2\t3\t4' --delimiter whitespace
	from 'gene;a;b\ng1;1;2\n'
	table_is $'gene\ta\tb\ng1\t1\t2' --delimiter ';'
	# Two of them are an empty field, which is a missing value where the user said so.
	from 'gene a b\ng1  2\n'
	table_is $'gene\ta\tb\ng1\tNA\t2' --delimiter space
	says ':2: several spaces between fields: --delimiter whitespace takes them as one (--delimiter space as empty fields between them)'
	local bad
	for bad in '' ab e 1 . - + '"' $'\n' $'\r' tabs; do
		misused '--delimiter' --delimiter "$bad" t
	done
}

@test "--no-header: the first line is a row" {
	from 'g1\t1\t2\ng2\t3\t4\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --no-header
	from 'N_unmapped\t5\t5\t5\ng1\t1\t2\t3\n__no_feature\t1\t2\t3\n'
	table_is $'gene\ts1\ts2\ts3\nN_unmapped\t5\t5\t5\ng1\t1\t2\t3\n__no_feature\t1\t2\t3' --no-header
	from '# comment\n1,2\n3,4\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --no-header --id-column none
	table_is $'gene\ts1\n1\t2\n3\t4' --no-header
	table_is $'gene\ts1\n2\t1\n4\t3' --no-header --id-column 2
	table_is $'gene\ts1\n1\t2\n3\t4' --no-header --columns 2
	misused '--columns: there is no column' --no-header --columns s1 t
	from '1\n2\n'
	table_is $'gene\ts1\ng1\t1\ng2\t2' --no-header --id-column none
}

@test "--id-column: by name, by number, none" {
	from 'chr\tsymbol\ta\tb\n1\tg1\t1\t2\n2\tg2\t3\t4\n'
	table_is "$both" --id-column symbol
	table_is "$both" --id-column 2
	table_is "$both" --id-column symbol --skip-columns chr
	table_is "$both" --id-column symbol --columns a,b
	table_is $'gene\tchr\ta\tb\ng1\t1\t1\t2\ng2\t2\t3\t4' --id-column none --skip-columns symbol \
		--all-columns
	from 'a\tb\tid\n1\t2\tg1\n3\t4\tg2\n'
	table_is "$both" --id-column id
	table_is "$both" --id-column 3
	from 'a\tb\n1\t2\n3\t4\n'
	table_is $'gene\ta\tb\ng1\t1\t2\ng2\t3\t4' --id-column none
	# The header that is one short: columns are those of the rows.
	from 'a\tb\ng1\t1\t2\ng2\t3\t4\n'
	table_is "$both" --id-column 1
	table_is "$both" --columns a,b
	table_is $'gene\tb\ng1\t2\ng2\t4' --columns 3
	misused "--id-column: there is no column 'x' among the 3 of the file" --id-column x t
	misused "--id-column: there is no column '4' among the 3 of the file" --id-column 4 t
	misused "--id-column: there is no column '0' among the 3 of the file" --id-column 0 t
	misused "--id-column a,b: one column names the genes" --id-column a,b t
	misused "--id-column '': say which" --id-column '' t
}

@test "--skip-columns and --columns, alone and together; names and numbers" {
	from 'gene\tdesc\ta\tlen\tb\ng1\tx\t1\t9\t2\ng2\ty\t3\t9\t4\n'
	table_is "$both" --skip-columns desc,len
	table_is "$both" --skip-columns 4,2
	table_is "$both" --columns a,b
	table_is "$both" --columns b,a
	table_is "$both" --columns 5,a
	table_is $'gene\tb\ng1\t2\ng2\t4' --skip-columns desc,a,len
	misused "--columns: there is no column 'c' among the 5 of the file" --columns a,c t
	misused "--columns: there is no column '6' among the 5 of the file" --columns 6 t
	misused "--skip-columns: there is no column 'A' among the 5 of the file" --skip-columns A t
	misused "--columns: column 1 names the genes (--id-column chooses another one)" --columns gene,a t
	refuses 1 "no column of it is a sample" gx-means --skip-columns 2,3,4,5 t
	misused "--columns '': say which" --columns '' t
	from 'gene\ta\ta\tb\ng1\t1\t2\t3\n'
	table_is $'gene\ta\ta\ng1\t1\t2' --columns 2,3
	misused "--columns: 2 columns are named 'a': choose by number" --columns a t
	misused "--skip-columns: 2 columns are named 'a': choose by number" --skip-columns a t
	from 'gene\t3\tb\ng1\t1\t2\n'
	misused "--columns: '3' is the number of one column and the name of another" --columns 3 t
	from 'gene\ta\t3\ng1\t1\t2\n'
	table_is $'gene\t3\ng1\t2' --columns 3
}

@test "--na: tokens beside those that always are, numbers among them" {
	from 'gene\ta\tb\ng1\t-\t2\ng2\t.\tNA\ng3\t-999\t4\ng4\t"-"\t 0 \n'
	table_is $'gene\ta\tb\ng1\tNA\t2\ng2\tNA\tNA\ng3\t-999\t4\ng4\tNA\t0' --na -,.
	table_is $'gene\ta\tb\ng1\tNA\t2\ng2\tNA\tNA\ng3\tNA\t4\ng4\tNA\tNA' --na -,.,-999,0
	table_is $'gene\ta\tb\ng1\tNA\t2\ng2\tNA\tNA\ng3\tNA\t4\ng4\tNA\t0' --na -999 --na -,.,-999
	from 'gene\ta\tb\n-\t1\t#N/A\n'
	table_is $'gene\ta\tb\n-\t1\tNA' --na '#N/A,-'
	# The token, to the byte: not another spelling of the number.
	from 'gene\ta\tb\ng\t-999.0\t-99\n'
	table_is $'gene\ta\tb\ng\t-999\t-99' --na -999
}

@test "--decimal-comma" {
	from 'gene;a;b\ng1;1,5;2\ng2;-3,25e2;"4,0"\n'
	table_is $'gene\ta\tb\ng1\t1.5\t2\ng2\t-325\t4' --delimiter ';' --decimal-comma
	from 'gene\ta\tb\ng1\t1,5\t2\n'
	table_is $'gene\ta\tb\ng1\t1.5\t2' --decimal-comma
	from 'gene a\ng1 1,5\n'
	table_is $'gene\ta\ng1\t1.5' --decimal-comma
	from 'gene;a;b\ng1;1.234,5;2\n'
	refuses 1 "t:2:2: not a number: '1.234,5'" gx-means --delimiter ';' --decimal-comma t
	from 'gene;a;b\ng1;1.5;2\n'
	refuses 1 "t:2:2: not a number: '1.5'" gx-means --delimiter ';' --decimal-comma t
	from 'gene,a,b\ng1,1,5,2\n'
	says ':1: commas part the fields, so none of them is a decimal comma: leave --decimal-comma out' \
		--decimal-comma
	misused "--delimiter , and --decimal-comma: which comma is which cannot be told" \
		--decimal-comma --delimiter , t
}

@test "--skip-blank" {
	from 'gene\ta\tb\n\n\r\ng1\t1\t2\n\n\n\ng2\t3\t4\n\n'
	table_is "$both" --skip-blank
	exits 1 gx-means t
}

@test "--trailing-delimiter, and the one that is recognised" {
	from 'gene\ta\tb\ng1\t1\t2\t\ng2\t3\t4\t\n'
	table_is "$both" --trailing-delimiter
	from 'gene\ta\tb\t\ng1\t1\t2\t\ng2\t3\t4\t\n'
	table_is "$both"
	table_is "$both" --trailing-delimiter
	# The header one short, and ended as the rows are.
	from 'a\tb\t\ng1\t1\t2\t\ng2\t3\t4\t\n'
	table_is "$both" --trailing-delimiter
	from 'gene,a,b,\r\ng1,1,2,\r\ng2,3,4,\r\n'
	table_is "$both"
	# A missing value before it is one.
	from 'gene\ta\tb\ng1\t1\t\t\n'
	table_is $'gene\ta\tb\ng1\t1\tNA' --trailing-delimiter
	from 'g1\t1\t2\t\ng2\t3\t4\t\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --trailing-delimiter --no-header
	# A table whose rows do not end so is none the worse for it.
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\n'
	table_is "$both" --trailing-delimiter
	from 'gene\ta\tb\t\ng1\t1\t2\t\ng2\t3\t4\t5\n'
	refuses 1 "t:3:4: '5' behind the delimiter that ends the rows" gx-means t
	from 'gene\ta\tb\t\ng1\t1\t2\t\ng2\t3\t4\n'
	refuses 1 "t:3: 3 fields where 4 are expected" gx-means t
}

@test "--transposed: rows are samples, with every other option" {
	from 'cell\tg1\tg2\na\t1\t3\nb\t2\t4\n'
	table_is "$both" --transposed
	from 'g1\tg2\na\t1\t3\nb\t2\t4\n'
	table_is "$both" --transposed
	from 'cell;type;g1;g2\na;x;1,5;-\n\nb;y;2;4\n'
	table_is $'gene\ta\tb\ng1\t1.5\t2\ng2\tNA\t4' --transposed --delimiter ';' --decimal-comma --na - \
		--skip-blank --skip-columns type
	table_is $'gene\ta\tb\ng1\t1.5\t2' --transposed --delimiter ';' --decimal-comma --na - \
		--skip-blank --columns g1
	from 'a,1,3\nb,2,4\n'
	table_is $'gene\ta\tb\ng1\t1\t2\ng2\t3\t4' --transposed --no-header
	from '1,3\n2,4\n'
	table_is $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --transposed --no-header --id-column none
	gx-threshold -T 2 --transposed t --no-header --id-column none >record
	[[ $(field unit record) == rows && $(field of record) == 2 ]]
	[[ $(field input record) == "digest:$(field digest record)" ]]
	misused "t: --part 1/2: a transposed table cannot be cut: write it once with gx-convert -b -o m.gxm, and cut that" \
		--transposed -p 1/2 t
	from 'cell\tg1\n'
	says ': --transposed: it has no rows, so there are no samples' --transposed
}

@test "options of text on what is no text: exit 2; --columns and, in a directory, --id-column fit" {
	gx-simulate -n 5 -m 4 -o s.gxm
	gx-simulate -n 5 -m 4 -o s.npy
	printf '%%%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 5\n' >m.mtx
	local file option kind
	for file in s.gxm s.npy m.mtx; do
		case $file in *.gxm) kind=GXM ;; *.npy) kind=npy ;; *) kind=MatrixMarket ;; esac
		for option in '--delimiter tab' --no-header '--skip-columns 1' '--na x' --transposed \
			--decimal-comma --skip-blank --trailing-delimiter; do
			# shellcheck disable=SC2086
			misused "$file: ${option%% *} says how text is to be read, and this is $kind" $option $file
		done
		exits 2 gx-means --id-column 1 $file
		misused "--columns: there is no column 'x'" --columns x $file
	done
	for file in s.gxm s.npy; do
		gx-convert --columns s2,4 $file >got
		gx-convert $file | cut -f 1,3,5 | cmp - got
		cat $file | gx-convert -t 4 --columns 4,2 | cmp - got
		misused "--columns: there is no column '5' among the 4 of the file" --columns 5 $file
		# The digest is of the whole row, and the work says what was chosen.
		gx-threshold -T 12 --columns 2,4 $file >record
		[[ $(field digest record) == "$(field digest <(gx-threshold -T 12 $file))" ]]
		[[ $(field work record) == columns:*' above' ]]
	done
}

@test "a column chosen is the same choice in text, GXM and npy" {
	rows 40 6 >t.tsv
	gx-convert t.tsv -o t.gxm
	gx-convert t.tsv -o t.npy
	gx-means --columns c2,c5,c6 t.tsv >want
	gx-means --columns c2,c5,c6 t.gxm | cmp - want
	gx-means --columns 2,5,6 t.gxm | cmp - want
	gx-means --columns 3,6,7 t.tsv | cmp - want
	gx-means --columns s2,5,6 t.npy | cut -f 2 | cmp - <(cut -f 2 want)
	local k
	for file in t.gxm t.npy t.tsv; do
		gx-threshold -T 12 --columns 2,5,6 $file >whole
		for k in 1 2 3; do gx-threshold -T 12 --columns 2,5,6 -p $k/3 $file; done | gx-reduce | cmp - whole
	done
}

@test "one sample whose name has blanks or commas, and genes too: the TAB before the value tells" {
	from 'my sample\ng 1\t5\ng 2\t6\n'
	table_is $'gene\tmy sample\ng 1\t5\ng 2\t6'
	from 'my sample\n1 2\t5\n3 4\t6\n'
	table_is $'gene\tmy sample\n1 2\t5\n3 4\t6'
	from 'day 3, night\na, b c\tNA\n'
	table_is $'gene\tday 3, night\na, b c\tNA'
	# What is no value behind its TAB is none: commas and blanks part these.
	from 'gene,a\nx\ty,5\n'
	table_is $'gene\ta\n"x\ty"\t5'
	from 'gene a\nx 5\n'
	table_is $'gene\ta\nx\t5'
}
