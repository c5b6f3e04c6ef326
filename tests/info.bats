#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-info: what a matrix was recognised as, and what is in it.

load lib.bash

setup() {
	work
}

# value KEY FILE: what a key has.
value() {
	sed -n "s/^$1 //p" "$2"
}

# info_has "KEY VALUE" ... of ./info.
info_has() {
	local line
	for line; do
		grep -qxF -e "$line" info || note "no line '$line' in:" "$(cat info)" || return 1
	done
}

# The keys and values of JSON, as the text has them; fails where the two differ.
json_is_text() {
	gx-info "$@" >info
	gx-info --json "$@" >json
	python3 - <<-'END'
		import json
		with open("json", encoding="utf-8") as f:
		    pairs = json.load(f, object_pairs_hook=list)
		with open("info", encoding="utf-8") as f:
		    text = [tuple(line.rstrip("\n").split(" ", 1)) for line in f]
		assert len({key for key, _ in pairs}) == len(pairs), "a key comes twice"
		assert [key for key, _ in pairs] == [key for key, _ in text], (pairs, text)
		for (key, value), (_, shown) in zip(pairs, text):
		    if value is None:
		        assert shown == ".", (key, shown)
		    elif isinstance(value, str):
		        assert shown == value, (key, shown)
		    else:
		        assert float(shown) == value, (key, shown)
	END
}

@test "every key of a text table, with what it has" {
	printf '# made by x\ngene\tdesc\ta\tb\ta\nx\tt\t1\t-2.5\tNA\ny\tt\t0\tInf\t\ny\tt\tNA\tnull\t-\nz\tt\t7\t-0\t3\n' >t.tsv
	gx-info --provenance --skip-columns desc --na - t.tsv >info
	info_has 'file t.tsv' 'format text, table' 'delimiter tab' 'header with a corner cell' \
		'first_row_on_line 3' 'id_column 1' 'skipped_columns desc' 'na_tokens NA,(empty),null,-' \
		'genes 4' 'samples 3' 'missing 5' 'rows_all_missing 1' 'zeros 2' 'negative 1' \
		'infinite 1' 'integers_only no' 'minimum -2.5' 'maximum Inf' 'repeated_gene_names 1' \
		'repeated_sample_names 1' 'names_like_dates 0' 'unit bytes' 'first 0' \
		'id_column_name gene' 'sample_columns 3-5' 'first_sample a' 'last_sample a' 'empty_gene_names 0' \
		'padded_gene_names 0' 'empty_sample_names 0' 'padded_sample_names 0' \
		'numeric_sample_names 0' 'samples_all_missing 0' \
		'odd repeated_gene_names,repeated_sample_names,infinite' \
		"last $(stat -c %s t.tsv)" "of $(stat -c %s t.tsv)" 'work .'
	gx-threshold -T 12 --skip-columns desc --na - t.tsv >record
	info_has "digest $(field digest record)" "input $(field input record)"
	[[ $(wc -l <info) -eq 39 ]] # and no other
	json_is_text --skip-columns desc --na - t.tsv
	json_is_text --provenance --skip-columns desc --na - t.tsv
	gx-info --skip-columns desc --na - t.tsv >info
	lacks -E '^(unit|first|last|of) ' info
	succeeds gx-info --skip-columns desc --na - t.tsv -o written
	same info written
}

@test "how a table was read: delimiter, header, ids, columns, kind" {
	local text want
	while IFS='|' read -r text want; do
		# shellcheck disable=SC2059
		printf "$text" >t
		gx-info t >info
		# shellcheck disable=SC2086
		IFS=, read -ra lines <<<"$want"
		info_has "${lines[@]}"
	done <<-'END'
		a b\nx 1 2\n|delimiter space,header one field short,first_row_on_line 2
		\xef\xbb\xbf,a\nx,1\n|delimiter comma,header with a corner cell
		gene\ta\t\nx\t1\t\n|trailing_delimiter yes,samples 1
		Geneid\tChr\tStart\tEnd\tStrand\tLength\ta\nx\t1\t2\t3\t+\t5\t6\n|samples 1,id_column 1
		#1.2\n1\t1\nName\tDescription\ta\nx\ty\t1\n|declared_rows 1,skipped_columns Description,first_row_on_line 4
	END
	gx-info t | grep -x 'format text, GCT 1.2'
	printf 'x;1,5\n' >t
	gx-info --no-header --delimiter ';' --decimal-comma t >info
	info_has "delimiter semicolon" 'header none' 'first_row_on_line 1' 'maximum 1.5' 'integers_only no'
	printf 'a   b\n1   2\n' >t
	gx-info --delimiter whitespace --id-column none t >info
	info_has 'delimiter whitespace' 'id_column none' 'repeated_gene_names 0'
	printf '!x\n!series_matrix_table_begin\n"ID_REF"\t"a"\n"1"\t2\n!series_matrix_table_end\n' >t
	gx-info t | grep -x 'format text, GEO series matrix'
	printf 'cell\tx\ty\na\t1\t2\n' >t
	gx-info --provenance --transposed t >info
	info_has 'transposed yes' 'genes 2' 'samples 1' 'unit rows' 'of 2' 'gene_columns 2-3'
	gzip -c t >t.gz
	gx-info --provenance t.gz >info
	info_has 'compression gzip' 'genes 1' 'samples 2' 'unit rows'
	zstd -q t -o t.zst
	gx-info t.zst | grep -x 'compression zstd'
	cat t | gx-info --provenance >info
	info_has 'file <stdin>' 'of .' 'input .'
}

@test "GXM, npy and MatrixMarket: what they are, and one digest with text" {
	gx-simulate -n 40 -m 3 --dist nbinom -o s.gxm
	gx-convert s.gxm -o s.npy
	gx-convert s.gxm -o s.tsv
	{
		printf '%%%%MatrixMarket matrix coordinate integer general\n40 3 120\n'
		tail -n +2 s.tsv | awk '{ print NR, 1, $2; print NR, 3, $4; print NR, 2, $3 }'
	} >s.mtx
	local f key
	for f in s.gxm s.npy s.tsv s.mtx; do
		gx-info --provenance "$f" >"$f.info"
		[[ $(value digest "$f.info") == "$(field digest <(gx-threshold -T 12 "$f"))" ]]
		[[ $(value input "$f.info") == "$(field input <(gx-threshold -T 12 "$f"))" ]]
		for key in genes samples missing zeros negative integers_only minimum maximum digest; do
			[[ -n $(value $key "$f.info") ]]
			[[ $(value $key "$f.info") == "$(value $key s.gxm.info)" ]] || note "$f: $key"
		done
		gx-info --provenance -t 4 "$f" | cmp - "$f.info"
		json_is_text "$f"
	done
	cp s.gxm.info info
	info_has 'rows_named no' 'columns_named no' 'genes 40' 'samples 3' 'unit rows' 'first 0' 'of 40' \
		'integers_only yes'
	grep -q '^format GXM' info
	grep -q '^made_by .*nbinom' info
	cp s.npy.info info
	info_has 'format npy' 'type f8' 'order C'
	cp s.mtx.info info
	info_has 'format MatrixMarket' 'entries 120'
	# A stream that was made of another one.
	gx-means -b -p 2/3 s.gxm | gx-info --provenance >info
	info_has 'work mean' 'unit rows' 'of 40' "input $(value input s.gxm.info)" 'genes 13' 'samples 1' \
		"input_digest $(field digest <(gx-threshold -p 2/3 s.gxm))"
}

@test "a part is surveyed alone, and counts of parts add up" {
	rows 100 4 >t.tsv
	gx-info t.tsv >whole
	local k key sum
	for k in 1 2 3; do
		gx-info --provenance --part $k/3 t.tsv >part.$k
	done
	for key in genes missing zeros negative; do
		sum=$(($(value $key part.1) + $(value $key part.2) + $(value $key part.3)))
		[[ $sum == "$(value $key whole)" ]]
	done
	[[ $(value last part.1) == "$(value first part.2)" ]]
	gx-info t.tsv -t 4 | cmp - whole
	gx-info --json <t.tsv | python3 -m json.tool >/dev/null
}

@test "--json of any names, and of numbers that JSON has not" {
	printf 'gene\t"a""\\b"\t\xc3\xa9\nSep-01"\t1\t2\n\xff\t3\tInf\n' >'t "1"\.tsv'
	gx-info --json 't "1"\.tsv' >json
	python3 -c 'import json; d = json.load(open("json", encoding="utf-8"))
assert d["file"] == "t \"1\"\\.tsv" and d["maximum"] == "Inf" and d["genes"] == 2, d'
	printf 'gene\tde"s\\c\xe9\ta\nMar-1\t1\tNA\n' >t
	gx-info --json --skip-columns 2 t >json
	python3 -c 'import json; d = json.load(open("json", encoding="utf-8"))
assert d["minimum"] is None and d["maximum"] is None, d
assert d["skipped_columns"] == "de\"s\\c\xe9", d
assert d["first_name_like_a_date"] == "Mar-1" and d["names_like_dates"] == 1, d
assert d["missing"] == 1 and d["rows_all_missing"] == 1, d'
	printf 'gene\ta\n' >t
	json_is_text t
	[[ $(value genes info) == 0 && $(value minimum info) == . ]]
}

@test "--json is UTF-8 whatever a name is made of; facts hold nothing that a terminal obeys" {
	# A surrogate, what is above Unicode, too long a form, half a character, controls of C1.
	local bytes file
	for bytes in '\xed\xa0\x80' '\xf4\x90\x80\x80' '\xe0\x80\xaf' '\xc3' '\xc2\x9b' '\xc2\x85x'; do
		printf "gene\ts${bytes}e\ta\nx\t1\t2\n" >t
		gx-info --json --skip-columns 2 t >json
		python3 -c 'import json; d = json.load(open("json", encoding="utf-8"))
s = d["skipped_columns"]
assert s[0] == "s" and s[-1] == "e" and len(s) > 2, s'
		gx-info --skip-columns 2 t >info
		iconv -f UTF-8 -t UTF-8 info >again
		cmp info again
		lacks -P '\xc2[\x80-\x9f]' info
		file=$(printf "f${bytes}\x1b[31m.tsv")
		cp t "$file"
		gx-info --skip-columns 2 "$file" | grep -a '^file f' >info
		gx-means --skip-columns 2 --explain "$file" | grep -a '^file' >>info
		iconv -f UTF-8 -t UTF-8 info >again
		cmp info again
		LC_ALL=C.UTF-8 lacks -P '[\x00-\x08\x0b-\x1f\x7f]' info
	done
	printf 'gene\ts\xc2\x9be\ta\nx\t1\t2\n' >t
	gx-info --json --skip-columns 2 t | grep -F '"s\u009be"'
}

@test "repeated names are counted: each that was there before" {
	{
		printf 'gene\ta\tb\ta\ta\n'
		printf '%s\t1\t2\t3\t4\n' x y x x z y '' ''
	} >t.tsv
	gx-info t.tsv >info
	info_has 'repeated_gene_names 4' 'repeated_sample_names 2'
	# Over many pieces, and with threads.
	{
		printf 'gene\ta\n'
		seq 100000 | sed 's/$/\t1/'
		seq 5 5 100000 | sed 's/$/\t2/'
	} >t.tsv
	gx-info t.tsv >info
	info_has 'genes 120000' 'repeated_gene_names 20000'
	gx-info -t 4 t.tsv | cmp - info
}

@test "names that a spreadsheet made dates of" {
	local name
	printf 'gene\ta\n' >head
	for name in Sep-01 1-Mar 2021-03-01 2.31E+19 1-SEP 01-Sep 9-Sept Mar-01 sep-2 Dec-2021 1-Dec-21 \
		3/1/2021 03/01/21 2.31e+09 10-Oct; do
		printf 'x\t1\n%s\t2\ny\t3\n' "$name" | cat head - >t
		gx-info t >info
		info_has 'names_like_dates 1' "first_name_like_a_date $name"
	done
	printf '%s\t1\n' SEPT1 MARCH1 1-8D Sep 1-Ma 1-March1 MARC1 DEC1 2310001E19 2.31 1e5 2.31E-19 \
		2021 21-03-01 2021-3-1 HLA-A NKX2-1 Mars-01 Sepp-1 7892501 ENSG00000000003.14 1/2 3-4 \
		Sep- Sep-x -01 '' | cat head - >t
	gx-info t >info
	info_has 'genes 27' 'names_like_dates 0'
	lacks first_name info
	printf '%s\t1\n' SEPT1 2-Mar 1-Mar | cat head - >t
	gx-info t >info
	info_has 'names_like_dates 2' 'first_name_like_a_date 2-Mar'
}

@test "damage is found: a bit flipped anywhere in GXM is exit 1" {
	gx-simulate -n 200 -m 5 -o s.gxm
	gx-info s.gxm >/dev/null
	local size at
	size=$(stat -c %s s.gxm)
	for at in 20 130 200 $((size / 2)) $((size - 300)) $((size - 20)); do
		cp s.gxm bad.gxm
		python3 -c 'import sys
at = int(sys.argv[1])
with open("bad.gxm", "r+b") as f:
    f.seek(at); byte = f.read(1)[0]; f.seek(at); f.write(bytes([byte ^ 4]))' "$at"
		refuses 1 "bad.gxm" gx-info bad.gxm
		refuses 1 "bad.gxm" gx-info --json bad.gxm
		refuses 1 "<stdin>" gx-info < <(cat bad.gxm)
	done
	printf 'gene\ta\nx\t1\ny\tz\n' >t
	refuses 1 "t:3:2" gx-info t
}

@test "--quick reads head and trailer: no more, and no less" {
	gx-simulate -n 20000 -m 50 -o s.gxm
	gx-info --quick s.gxm >info
	info_has 'file s.gxm' 'genes 20000' 'samples 50'
	lacks -E '^(missing|digest|minimum) ' info
	# A damaged block is not noticed, damage in the head and in the trailer is.
	cp s.gxm block.gxm
	printf 'x' | dd of=block.gxm bs=1 seek=300000 conv=notrunc status=none
	gx-info --quick block.gxm | tail -n +2 | cmp - <(tail -n +2 info)
	refuses 1 "block.gxm" gx-info block.gxm
	local at
	for at in 20 $(($(stat -c %s s.gxm) - 40)) $(($(stat -c %s s.gxm) - 100)); do
		cp s.gxm bad.gxm
		printf 'x' | dd of=bad.gxm bs=1 seek="$at" conv=notrunc status=none
		refuses 1 "bad.gxm" gx-info --quick bad.gxm
	done
	head -c -64 s.gxm >cut.gxm
	refuses 1 "cut.gxm" gx-info --quick cut.gxm
	gx-simulate -n 30 -m 4 -o s.npy
	gx-info --quick s.npy >info
	info_has 'genes 30' 'samples 4'
	printf 'gene\ta\tb\nx\t1\n' >t
	exits 1 gx-info --quick t
	# The first two rows are of the head.
	printf 'gene\ta\tb\nx\t1\t2\ny\t1\t2\nz\tbad\t2\n' >t
	gx-info --quick --json t >json
	python3 -c 'import json; d = json.load(open("json")); assert d["samples"] == 2 and d["genes"] is None'
}

@test "--quick drains its standard input too" {
	gx-simulate -n 200000 -m 5 -b -o s.gxm
	python3 "$tests/check_process.py" drains gx-info --quick <s.gxm
}

@test "gx-info writes text: no -f, -b or -H" {
	table >t.tsv
	refuses 2 "unknown option -b" gx-info -b t.tsv
	refuses 2 "unknown option -H" gx-info -H t.tsv
	refuses 2 "unknown option --format" gx-info --format csv t.tsv
}

@test "several operands are one matrix" {
	table >a.tsv
	table | sed 's/^g/h/' >b.tsv
	gx-info --provenance a.tsv b.tsv >info
	info_has 'genes 6' 'repeated_gene_names 0' 'missing 2' 'of 6' \
		"digest $(field digest <(gx-threshold -T 12 a.tsv b.tsv))"
	gx-info --repeated a.tsv a.tsv >info
	info_has 'genes 6' 'repeated_gene_names 3'
}

@test "of several operands each has its own facts" {
	table >a.tsv
	table | sed 's/^g/h/' | tr '\t' , >b.csv
	gx-convert a.tsv -b -o c.gxm
	gx-info a.tsv b.csv c.gxm >info
	grep -E '^(file|format|delimiter|operands|genes) ' info | cmp - <(
		printf '%s\n' 'file a.tsv' 'format text, table' 'delimiter tab' 'file b.csv' \
			'format text, table' 'delimiter comma' 'file c.gxm' 'format GXM 1' 'operands 3' 'genes 9'
	)
	# What stood for missing values is known of those that were read.
	[[ $(grep -c '^na_tokens NA$' info) == 2 ]]
	# A pipe between files is known when its turn has come.
	gx-info a.tsv <(cat b.csv) c.gxm | sed 's,^file /dev/fd/.*,file b.csv,' >pipe
	diff <(grep -v '^input' info) <(grep -v '^input' pipe)
	gx-info - b.csv c.gxm <a.tsv | sed 's,^file <stdin>,file a.tsv,' | same - pipe
	gx-info --quick a.tsv <(cat b.csv) c.gxm | grep -cE '^(format|na_tokens) ' | grep -x 2
	gx-info --json a.tsv b.csv >json
	python3 - <<-'END'
		import json
		with open("json", encoding="utf-8") as f:
		    d = json.load(f)
		assert [o["file"] for o in d["operands"]] == ["a.tsv", "b.csv"], d
		assert [o["delimiter"] for o in d["operands"]] == ["tab", "comma"], d
		assert "delimiter" not in d and d["genes"] == 6, d
	END
	# -v and --explain tell of each, too.
	exits 0 gx-means -v a.tsv b.csv
	grep 'input: a\.tsv: text, table, delimiter tab' "$err"
	grep 'input: b\.csv: text, table, delimiter comma.*, 2 columns$' "$err"
	gx-means --explain a.tsv b.csv | grep -E '^(file|delimiter|operands)' | cmp - <(
		printf '%s\t%s\n' file a.tsv delimiter tab file b.csv delimiter comma operands 2
	)
}

@test "--names: those of the samples, one a line, as they are" {
	printf 'gene,a b,"c,d", e,\xc3\xa9\x9b\nx,1,2,3,4\n' >t.csv
	printf 'a b\nc,d\n e\n\xc3\xa9\x9b\n' >want
	gx-info --names t.csv | cmp - want
	gx-info --names -o named t.csv
	same want named
	gx-info --names <(cat t.csv) | cmp - want
	gx-info --names --repeated t.csv t.csv | cmp - want
	gx-convert -b t.csv | gx-info --names | cmp - want
	gx-info --names --columns 3 t.csv | cmp - <(printf 'c,d\n')
	printf 'gene\tx y\tz\na\t1\t2\nb\t3\t4\n' >t.tsv
	prints $'a\nb' gx-info --names --transposed t.tsv
	prints $'s1\ns2\ns3' gx-info --names < <(gx-simulate -b -n 2 -m 3)
	gx-info --names --json t.csv >json
	python3 -c 'import json; d = json.load(open("json", encoding="utf-8"))
assert d == {"sample_names": ["a b", "c,d", " e", "\u00e9\u009b"]}, d'
	# Each name chooses its column.
	gx-info --names t.tsv | while read -r name; do
		gx-convert --columns "name:$name" t.tsv
	done | cmp - <(printf 'gene\tx y\na\t1\nb\t3\ngene\tz\na\t2\nb\t4\n')
	# Only the head is read; its pipe is drained.
	printf 'gene\ta\nx\t1\ny\t2\nz\tbad\n' >bad.tsv
	gx-simulate -n 200000 -m 5 -b -o s.gxm
	python3 "$tests/check_process.py" drains gx-info --names <s.gxm
	refuses 2 "--names prints the names of the samples and nothing else: leave out --provenance" \
		gx-info --names --provenance t.tsv
	prints $'x y\nz' gx-info --names t.tsv
	refuses 2 "--provenance is about the rows that were read, and --quick reads none: leave out one of them" \
		gx-info --quick --provenance t.tsv
	gx-info --quick t.tsv | grep -x 'samples 2'
	gx-info --provenance t.tsv | grep -x 'genes 2'
	prints a gx-info --names bad.tsv
}

@test "which columns were taken as what" {
	printf 'a\tdesc\tid\tb\tc\t\td\n1\tt\tx\t2\t3\tu\t4\n' >t.tsv
	gx-info --id-column id --skip-columns 2,6 t.tsv >info
	info_has 'id_column 3' 'id_column_name id' 'skipped_columns desc,#6' 'sample_columns 1,4-5,7' 'samples 4' \
		'first_sample a' 'last_sample d'
	# They are what --columns takes.
	gx-convert --id-column id --columns "$(value sample_columns info)" t.tsv |
		cmp - <(gx-convert --id-column id --skip-columns 2,6 t.tsv)
	# A list that is too long shows that it is cut.
	awk 'BEGIN { printf "gene"; for (i = 1; i <= 3000; i++) printf "\tc%d", i; print ""
		printf "x"; for (i = 1; i <= 3000; i++) printf "\t%d", i; print "" }' >wide.tsv
	gx-info --skip-columns "$(seq -s , 2 2 3000)" wide.tsv >info
	grep -E '^skipped_columns c1,c3,c5,.*,\.\.\.$' info
	grep -E '^sample_columns 3,5,7,.*,\.\.\.$' info
	info_has 'samples 1500' 'last_sample c3000'
	gx-info wide.tsv >info
	info_has 'skipped_columns none' 'sample_columns 2-3001'
	# A header that is one field short, and rows alone, do not name it.
	printf 'a\tb\nx\t1\t2\n' >t.tsv
	gx-info t.tsv >info
	info_has 'id_column 1' 'sample_columns 2-3'
	lacks id_column_name info
	printf 'x\t1\t2\n' >t.tsv
	gx-info --no-header t.tsv >info
	lacks id_column_name info
}

@test "what looks odd: names that are empty, padded or numbers, samples without values" {
	printf 'gene\ta\tb \t12\t\ta\nx\t1\tNA\t3\t\t5\n y\t1\t\tNA\t4\t5\n\t1\tNA\t3\t\tInf\n' >t.tsv
	gx-info t.tsv >info
	info_has 'empty_gene_names 1' 'padded_gene_names 1' 'empty_sample_names 1' 'padded_sample_names 1' \
		'numeric_sample_names 1' 'repeated_sample_names 1' 'samples_all_missing 1' \
		'first_sample_all_missing b ' 'infinite 1' \
		'odd empty_gene_names,padded_gene_names,repeated_sample_names,empty_sample_names,padded_sample_names,numeric_sample_names,samples_all_missing,infinite'
	gx-info -t 4 t.tsv | cmp - info
	json_is_text t.tsv
	table >t.tsv
	gx-info t.tsv >info
	info_has 'odd nothing' 'samples_all_missing 0'
	lacks first_sample_all_missing info
	printf 'gene\t1e5\t0\t-1.5\tInf\tx1\t1x\t\xc2\xa0b\nx\t1\t2\t3\t4\t5\t6\t7\n' >t.tsv
	gx-info --quick t.tsv >info
	info_has 'numeric_sample_names 4' 'padded_sample_names 1' 'odd padded_sample_names,numeric_sample_names'
	# Over many pieces and parts: a sample has a value in the last one alone.
	{
		printf 'gene\ta\tb\n'
		seq 100000 | sed 's/$/\t1\tNA/'
		printf 'last\tNA\t2\n'
	} >t.tsv
	gx-info t.tsv | grep -x 'samples_all_missing 0'
	gx-info -t 4 t.tsv | grep -x 'samples_all_missing 0'
	gx-info --part 1/2 t.tsv | grep -x 'first_sample_all_missing b'
	printf 'gene\ta\n' >t.tsv
	gx-info t.tsv | grep -x 'samples_all_missing 0'
	printf 'gene\t.\nx\t1\n' >t.tsv
	gx-info --json t.tsv | grep -F '"first_sample": "."'
}

@test "on a terminal the values stand below each other, and nothing is obeyed" {
	printf 'gene\ta\x1b[31m\tb\xc2\x9b\nx\t1\t2\n' >t.tsv
	refuses 1 "" gx-info t.tsv
	gx-convert -b -o t.gxm <(printf 'gene\ta\xc2\x9b\tb\nx\t1\t2\n')
	gx-info t.gxm >info
	python3 "$tests/check_process.py" aligned gx-info t.gxm >shown
	# The same but for the blanks.
	sed -E 's/^([^ ]+) +/\1 /' shown | cmp - info
	# The values begin in one column.
	[[ $(sed -E 's/^([^ ]+ +).*/\1/' shown | awk '{ print length }' | sort -u | wc -l) == 1 ]]
	python3 "$tests/check_process.py" aligned gx-info --names t.gxm | cmp - <(printf 'a??\nb\n')
	gx-info --names t.gxm | cmp - <(printf 'a\xc2\x9b\nb\n')
}
