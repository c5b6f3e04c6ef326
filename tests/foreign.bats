#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files that are no matrix which gx reads: each is named, with what to do; and that is done
# here, and gives the right table. tests/unit/test_foreign.c has an example of every kind.

load lib.bash

setup() {
	work
	printf 'gene\ts1\ts2\nTSPAN6\t10\t20\nTNMD\t0\t3\n' >t.tsv
	means=$'gene\tmean\nTSPAN6\t15\nTNMD\t1.5'
}

# python TEXT: with NumPy and SciPy, or the test is skipped.
python() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -c 'import numpy, scipy.io, scipy.sparse' 2>/dev/null; then
			"$python" -W ignore -c "import numpy as np, scipy.io, scipy.sparse; $1"
			return
		fi
	done
	skip "needs NumPy and SciPy"
}

# needs PROGRAM: or the test is skipped.
needs() {
	command -v "$1" >/dev/null || skip "needs $1"
}

# is FILE TEXT: the file is refused with this phrase, from a pipe too, under gzip, by each
# filter and each part.
is() {
	refuses 1 "$2" gx-means "$1" || return 1
	refuses 1 "$2" gx-threshold -p 2/3 "$1" || return 1
	refuses 1 "$2" gx-info --quick < <(cat "$1") || return 1
	gzip -c "$1" >packed.gz
	refuses 1 "$2" gx-convert --transposed packed.gz || return 1
	refuses 1 "$2" gx-means --explain "$1"
}

# advice BEGIN [END]: what the last message says between these, or behind BEGIN.
advice() {
	local text
	text=$(cat "$err")
	[[ $text == *"$1"*"${2-}"* ]] || note "$text" || return 1
	text=${text#*"$1"}
	[[ -z ${2-} ]] || text=${text%%"$2"*}
	printf '%s' "$text"
}

@test "lines that end in CR alone: of a table, GCT, comments, GEO, MatrixMarket" {
	local cr="lines end in CR alone, as on old Macs: convert them: tr '\\r' '\\n'" file
	tr '\n' '\r' <t.tsv >table
	printf '#1.2\t\t\t\r2\t2\t\t\rNAME\tDescription\ts1\ts2\rTSPAN6\td1\t10\t20\rTNMD\td2\t0\t3\r' >gct
	printf '# a comment\r# another\r' | cat - table >comments
	{
		printf '!Series_title\t"x"\r!series_matrix_table_begin\r'
		cat table
		printf '!series_matrix_table_end\r'
	} >geo
	for file in table gct comments geo; do
		is $file "$file:1: $cr" || is $file ":1: $cr"
		prints "$means" gx-means < <(tr '\r' '\n' <$file)
		# An editor may have put one line end behind it.
		{ cat $file; printf '\n'; } >with_end
		is with_end ":1: $cr"
	done
	printf '%%%%MatrixMarket matrix coordinate real general\r1 2 1\r1 1 4\r' >m.mtx
	is m.mtx "m.mtx:1: $cr" || is m.mtx ":1: $cr"
	prints $'gene\tmean\ng1\t2' gx-means < <(tr '\r' '\n' <m.mtx)
}

@test "lines that end in CR CR LF; a CR within a comment is nobody's business" {
	sed 's/$/\r\r/' t.tsv >twice
	is twice ":1: lines end in CR CR LF, as a conversion that was made twice leaves them: take the CRs away: tr -d '\\r'"
	prints "$means" gx-means < <(tr -d '\r' <twice)
	{ printf '# 10%%\r# 20%%\r# 30%%\n'; cat t.tsv; } >progress
	prints "$means" gx-means progress
}

@test "UTF-16 and UTF-32, with a mark and without, and what converts them" {
	local encoding
	for encoding in UTF-16 UTF-32; do
		iconv -f UTF-8 -t $encoding t.tsv >x
		is x "$encoding text: convert it: iconv -f $encoding -t UTF-8"
		prints "$means" gx-means < <(iconv -f $encoding -t UTF-8 x)
	done
	for encoding in UTF-16LE UTF-16BE; do
		iconv -f UTF-8 -t $encoding t.tsv >x
		is x "UTF-16 text without a mark: convert it: iconv -f $encoding -t UTF-8"
		prints "$means" gx-means < <(iconv -f $encoding -t UTF-8 x)
	done
}

@test "a tar archive, of old and of today, compressed too: tar xf FILE" {
	mkdir in
	cp t.tsv in/GSM1_counts.txt
	local format
	for format in v7 ustar gnu posix; do
		tar -C in --format=$format -cf x.tar GSM1_counts.txt
		is x.tar 'not a matrix that gx reads but a tar archive: unpack it: tar xf FILE'
		rm -f GSM1_counts.txt
		tar xf x.tar
		prints "$means" gx-means GSM1_counts.txt
	done
	refuses 1 "the first in it is 'GSM1_counts.txt'" gx-means < <(tar -C in --format=gnu -cf - GSM1_counts.txt)
	tar -cf empty.tar -T /dev/null
	is empty.tar 'NUL bytes where data should begin, as an empty tar archive'
}

@test "a zip archive: unzip -p FILE, or with a name; a spreadsheet; an empty one" {
	needs zip
	needs unzip
	cp t.tsv "the counts of all samples, normalised, as they were published.txt"
	zip -q x.zip the*
	is x.zip 'a zip archive: unzip -p FILE | gx-..., or unzip -p FILE NAME | gx-... where several are in it'
	is x.zip ": the first in it is 'the counts of all samples, normalised, as they were publishe...'"
	prints "$means" gx-means < <(unzip -p x.zip)
	printf 'not this\n' >readme.txt
	zip -q two.zip t.tsv readme.txt
	is two.zip ": the first in it is 't.tsv'"
	prints "$means" gx-means < <(unzip -p two.zip t.tsv)
	mkdir -p xl
	cp t.tsv '[Content_Types].xml'
	zip -q x.xlsx '[Content_Types].xml'
	is x.xlsx 'a spreadsheet (.xlsx, .ods): save the sheet as tab-separated text'
	zip -q empty.zip t.tsv
	zip -qd empty.zip t.tsv 2>/dev/null || true
	[[ ! -e empty.zip ]] || is empty.zip 'an empty zip archive'
	printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >empty.zip
	is empty.zip 'an empty zip archive: fetch or make it again'
}

@test "npz of NumPy and of SciPy: the line of Python that makes a file of it" {
	python "np.savez('x.npz', values=[[10., 20], [0, 3]])"
	is x.npz "an npz of NumPy, an archive of arrays: in Python: np.save('x.npy', np.load('FILE')['NAME']): the first in it is 'values.npy'"
	python "np.savez_compressed('y.npz', values=[[10., 20], [0, 3]])"
	is y.npz "the first in it is 'values.npy'"
	local line
	line=$(advice 'in Python: ' ': the first')
	line=${line/FILE/y.npz}
	python "${line/NAME/values}"
	prints $'gene\tmean\ng1\t15\ng2\t1.5' gx-means x.npy
	local format
	for format in csr csc coo; do
		# Symmetric as well: it must not be written as half of itself.
		python "scipy.sparse.save_npz('s.npz', scipy.sparse.${format}_matrix([[1., 2], [2, 0]]))"
		is s.npz 'a sparse matrix of SciPy (npz): in Python: '
		line=$(advice 'in Python: ')
		rm -f x.mtx
		python "${line/FILE/s.npz}"
		prints $'gene\tmean\ng1\t1.5\ng2\t1' gx-means x.mtx
	done
}

@test "npy of objects, text, dates, records ...: the line of Python that makes numbers of them" {
	local make said line
	while IFS='|' read -r make said; do
		python "import datetime
a = np.array([[10., 20], [0, 3]])
np.save('o.npy', $make)"
		refuses 1 "o.npy: npy: $said" gx-means o.npy
		refuses 1 "<stdin>: npy: $said" gx-means < <(cat o.npy)
		refuses 1 "o.npy: npy: $said" gx-threshold -T 1 -p 1/2 o.npy
		line=$(advice ': npy: ')
		line=${line#*columns: }
		line=${line#*NumPy: }
		line=${line% (import*}
		python "import numpy.lib.recfunctions
${line/FILE/o.npy}"
		if [[ $make == *bool* ]]; then
			prints $'gene\tmean\ng1\t1\ng2\t0.5' gx-means x.npy
		else
			prints $'gene\tmean\ng1\t15\ng2\t1.5' gx-means x.npy
		fi
	done <<-'END'
		a.astype(object)|values of type '|O', objects of Python, are not read: convert them in NumPy: np.save(
		a.astype(str)|values of type '<U32', no plain numbers, are not read
		a.astype('S5')|values of type '|S5', no plain numbers, are not read
		a.astype('i8').astype('M8[ns]')|values of type '<M8[ns]', dates or times, are not read
		a.astype('i8').astype('>m8[s]')|values of type '>m8[s]', dates or times, are not read
		a.astype(bool)|values of type '|b1', no plain numbers, are not read
		a.astype('c16')|values of type '<c16', complex numbers, are not read
		a.astype('f2')|values of type '<f2', no plain numbers, are not read
		np.array([(10, 20), (0, 3)], dtype=[('a', 'f8'), ('b', 'i4')])|records of several fields are not read: write them as columns
	END
	python "np.save('o.npy', np.zeros((2, 2), 'V3'))"
	refuses 1 "o.npy: npy: values of type '|V3' are not read: make numbers of them in NumPy, and save those" gx-means o.npy
	# A date that is missing is missing.
	python "np.save('o.npy', np.array([['NaT', 5]], 'M8[s]'))"
	refuses 1 "dates or times" gx-means o.npy
	line=$(advice 'NumPy: ')
	python "${line/FILE/o.npy}"
	prints $'gene\tmean\ng1\t5' gx-means --skip-na x.npy
}

@test "MATLAB and SQLite: the command that makes a matrix of it" {
	python "scipy.io.savemat('x.mat', {'counts': np.array([[10., 20], [0, 3]])})"
	is x.mat "a MATLAB file: in Python: np.save('x.npy', scipy.io.loadmat('FILE')['NAME'])"
	local line
	line=$(advice 'in Python: ')
	line=${line/FILE/x.mat}
	python "${line/NAME/counts}"
	prints $'gene\tmean\ng1\t15\ng2\t1.5' gx-means x.npy
	needs sqlite3
	printf '%s\n' 'create table counts (gene text, s1 real, s2 real);' \
		"insert into counts values ('TSPAN6', 10, 20), ('TNMD', 0, 3);" | sqlite3 x.db
	is x.db "an SQLite database: sqlite3 -header -tabs FILE 'SELECT * FROM NAME' | gx-..."
	prints "$means" gx-means < <(sqlite3 -header -tabs x.db 'SELECT * FROM counts')
}

@test "HDF5: the line that the message has, for a file of any name, a pipe, a part, several files" {
	needs_hdf5
	local said='an HDF5 file (h5ad, loom, 10x .h5 ...), which gx-convert reads: ' name line
	gx-convert -b -o want.gxm "$data/cells.h5ad"
	gx-means want.gxm >want
	[[ $(sed -n 2p want) == Gene0000$'\t'* ]]
	for name in cells.h5ad "day 1's \$(touch hacked).h5ad" -b.h5ad; do
		cp "$data/cells.h5ad" "./$name"
		refuses 1 "$name: $said" gx-means -- "$name"
		line=$(advice "$said")
		[[ $line == "gx-convert -b "*" | gx-means -" ]]
		eval "$line" | same want -
		[[ ! -e hacked ]]
	done
	for c in gx-correlate gx-info gx-rank gx-threshold gx-time gx-vote; do
		[[ $c == gx-info ]] || refuses 1 "${said}gx-convert -b cells.h5ad | $c -" $c cells.h5ad
	done
	refuses 1 "<stdin>: $said" gx-means <cells.h5ad
	eval "$(advice "$said")" <cells.h5ad | same want -
	gzip -k cells.h5ad
	refuses 1 "cells.h5ad.gz: $said" gx-means cells.h5ad.gz
	eval "$(advice "$said")" | same want -
	# What wants a file gets one.
	rows 12 9 | gx-correlate -b -o network.gxm
	for words in 'gx-means -p 1/2 cells.h5ad' 'gx-means cells.h5ad t.tsv' 'gx-reduce --join cells.h5ad' \
		'gx-reduce --add cells.h5ad' 'gx-vote --annotation cells.h5ad network.gxm'; do
		refuses 1 "cells.h5ad: ${said}write it once with gx-convert -b -o m.gxm cells.h5ad" $words
	done
	eval "$(advice 'write it once with ')"
	same want.gxm m.gxm
}

@test "HDF5: its options in other filters, and what other tools call them" {
	needs_hdf5
	gx-convert -b "$data/cells.h5ad" | gx-means >want
	refuses 2 '--dataset: it is for HDF5, which gx-convert reads: gx-convert -b, with the option, and a pipe' \
		gx-means --dataset X "$data/cells.h5ad"
	gx-convert -b --dataset X "$data/cells.h5ad" | gx-means | same - want
	refuses 2 '--sample-column=barcode: it is for HDF5' gx-threshold -T 2 --sample-column=barcode x
	refuses 2 '--key: write --dataset PATH' gx-convert --key X "$data/cells.h5ad"
	refuses 2 '--layer=X: write --dataset PATH' gx-info --layer=X "$data/cells.h5ad"
}

@test "HDF5 behind anything, as a user block or MATLAB has it; and what only looks like it" {
	needs_hdf5
	local at
	for at in 0 512 1024 32768; do
		{
			head -c $at /dev/zero | tr '\0' x
			printf '\x89HDF\r\n\x1a\n'
		} >x
		is_hdf5 x
	done
	{
		printf 'a text\n'
		head -c 1017 /dev/zero
		printf '\x89HDF\r\n\x1a\n'
	} >x
	is_hdf5 x
	printf 'MATLAB 7.3 MAT-file, Platform: GLNXA64' >x
	is_hdf5 x
	# A text that was copied as if it were one.
	printf '\x89HDF\n\x1a\n' >x
	is_hdf5 x
	for at in 256 1000 16383; do
		{
			head -c $at /dev/zero | tr '\0' x
			printf '\x89HDF\r\n\x1a\n'
		} >x
		exits 1 gx-means x
		lacks HDF5 "$err"
	done
	# In a matrix it is a value.
	python3 - <<-'END'
		import struct
		row = list(struct.unpack("<d", b"\x89HDF\r\n\x1a\n")) * 512
		print("gene", *range(512), sep="\t", file=open("t", "w"))
		print("g", *map(repr, row), sep="\t", file=open("t", "a"))
	END
	gx-convert --header -f npy -o x.npy t
	[[ $(head -c 520 x.npy | tail -c 8 | od -An -tx1) == ' 89 48 44 46 0d 0a 1a 0a' ]]
	gx-means x.npy >got
	gx-convert --header -b -o x.gxm t
	gx-means x.gxm | cut -f 2 | same - <(cut -f 2 got)
}
is_hdf5() {
	refuses 1 'an HDF5 file (h5ad, loom, 10x .h5 ...), which gx-convert reads: ' gx-means "$1"
	refuses 1 'an HDF5 file (h5ad, loom, 10x .h5 ...), which gx-convert reads: ' gx-means < <(cat "$1")
	gzip -c "$1" >packed.gz
	refuses 1 'an HDF5 file (h5ad, loom, 10x .h5 ...), which gx-convert reads: ' gx-threshold -p 1/2 packed.gz
}

@test "--dataset and --sample-column where nothing is HDF5: wrong usage" {
	gx-simulate -n 3 -m 2 -o m.gxm
	gx-convert -o m.npy m.gxm
	local file kind
	while read -r file kind; do
		refuses 2 "$file: --dataset says what of an HDF5 file is to be read, and this is $kind" gx-convert --dataset /X $file
		refuses 2 "$file: --sample-column says what of an HDF5 file is to be read, and this is $kind" gx-info --sample-column none $file
	done <<-'END'
		t.tsv text
		m.gxm GXM
		m.npy npy
	END
	refuses 2 "--dataset '': say which, by its path in the file, such as /X" gx-convert --dataset '' t.tsv
	refuses 2 "--sample-column ''" gx-convert --sample-column= t.tsv
}

@test "compression that is not decoded on the way: the program that decodes it" {
	local pack name unpack
	while IFS='|' read -r pack name unpack; do
		command -v ${pack%% *} >/dev/null || continue
		$pack <t.tsv >packed
		is packed "$name data: pipe it through $unpack"
		prints "$means" gx-means < <($unpack <packed)
	done <<-'END'
		xz -c|xz|xzcat
		xz --format=lzma -c|lzma|xzcat
		bzip2 -c|bzip2|bzcat
		lz4 -qc|lz4|lz4cat
	END
	# As compress writes it, in codes of nine bits, each a letter.
	python3 - <<-'END'
		codes = sum(c << 9 * i for i, c in enumerate(open("t.tsv", "rb").read()))
		open("packed", "wb").write(b"\x1f\x9d\x90" + codes.to_bytes(codes.bit_length() // 8 + 1, "little"))
	END
	is packed 'data of compress (.Z): pipe it through gzip -dc'
	prints "$means" gx-means < <(gzip -dc packed)
}

@test "an Excel workbook of old, Arrow, R data, pickles, and what sequencers write: named" {
	local bytes word
	while IFS='|' read -r bytes word; do
		# shellcheck disable=SC2059
		printf "$bytes" >x
		is x "$word"
	done <<-'END'
		\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0|an Excel workbook of old (.xls), or another OLE2 file: save the sheet as tab-separated text
		ARROW1\0\0\xff\xff|Arrow data (Feather): in Python: pd.read_feather('FILE').to_csv('x.tsv', sep='\t', index=False)
		FEA1\0\0\0\0|Feather data: in Python
		RDX3\nX\n|R data: in R, write.table(x, "x.tsv", sep="\t") (x by load("FILE"))
		X\n\0\0\0\3|R data: in R, write.table(x, "x.tsv", sep="\t") (x <- readRDS("FILE"))
		\x80\x04\x95\x01|a pickle of Python
		BAM\1\0|alignments, not counts of them
		##fileformat=VCFv4.2\n#CHROM\tPOS\n|variants (VCF), not genes x samples
		@r1\nACGT\n+\nIIII\n|reads (FASTQ), not counts of them
		>s1\nACGT\n|sequences (FASTA), not a table
		{"error": "not found"}\n|JSON, not a table
		%%PDF-1.7\n|an image or a document, not the data (PDF)
		#!/bin/sh\necho x\n|a script, not what it writes: run it
	END
}

@test "RES of GSEA: the line of awk that makes a table of it; CLS has no values" {
	printf 'Description\tAccession\ts1\t\ts2\t\n\tscan 1\t\tscan 2\t\n2\nd1\tTSPAN6\t10\tP\t20\tA\nd2\tTNMD\t0\tA\t3\tM\n' >x.res
	is x.res 'a RES file of GSEA, with a call beside each value: awk '
	local line
	line="awk $(advice ': awk ' ' FILE | gx-...')"
	prints "$means" gx-means < <(eval "$line x.res")
	# Without the last TAB of the header the names would be shifted by one.
	sed -i '1s/\t$//' x.res
	is x.res 'a RES file of GSEA'
	gx-convert < <(eval "$line x.res") | cmp - t.tsv
	sed -i 's/$/\r/' x.res
	is x.res 'a RES file of GSEA'
	gx-convert < <(eval "$line x.res") | cmp - t.tsv
	printf '2 2 1\n# a b\n0 1\n' >x.cls
	is x.cls 'a CLS file of GSEA, the classes of samples and no values: name the table itself'
	printf '#numeric\n#profile\n1 2\n' >x.cls
	is x.cls 'a CLS file of GSEA, profiles of samples and no genes: name the table itself'
}

@test "RCC of nanoString: the line of sed, and the options, that read it" {
	{
		printf '<Header>\nFileVersion,1.7\nSoftwareVersion,4.0.0.3\n</Header>\n\n'
		printf '<Sample_Attributes>\nID,01\n</Sample_Attributes>\n\n'
		printf '<Code_Summary>\nCodeClass,Name,Accession,Count\n'
		printf 'Endogenous,TSPAN6,NM_1.4,15\nPositive,POS_A(128),ERCC_1.1,1.5\n'
		printf '</Code_Summary>\n\n<Messages>\n\n</Messages>\n'
	} >x.RCC
	local file line options
	sed 's/$/\r/' x.RCC >crlf.RCC
	for file in x.RCC crlf.RCC; do
		is $file 'an RCC file of nanoString, one sample: sed '
		line="sed $(advice ': sed ' ' FILE | gx-...')"
		options=$(advice ' FILE | gx-... ')
		# shellcheck disable=SC2086
		prints $'gene\tmean\nTSPAN6\t15\nPOS_A(128)\t1.5' gx-means $options < <(eval "$line $file")
	done
}

# genomestudio N: an export of N samples, each with a p-value beside its signal.
genomestudio() {
	awk -v n="$1" 'BEGIN {
		printf "Illumina Inc. GenomeStudio version 1.9.0\r\nNormalization = none\r\n"
		printf "Array Content = x.bgx.xml\r\nError Model = none\r\n\r\n"
		printf "TargetID\tProbeID"
		for (j = 1; j <= n; j++) printf "\tA%d.AVG_Signal\tA%d.Detection Pval", j, j
		printf "\r\n7A5\t6450255"
		for (j = 1; j <= n; j++) printf "\t%d\t0.2", 100 * j
		printf "\r\nA1BG\t2570615"
		for (j = 1; j <= n; j++) printf "\t%d\t0.1", 10 * j
		printf "\r\n"
	}' >x.txt
}

@test "an export of GenomeStudio: the line where its table begins, and the options that read it" {
	genomestudio 2
	is x.txt 'an export of Illumina GenomeStudio, whose table begins on line 6: read it with --skip-lines 5 --id-column ProbeID --columns A1.AVG_Signal,A2.AVG_Signal'
	sed '1s/Genome/Bead/' x.txt >bead.txt
	is bead.txt 'an export of Illumina BeadStudio, whose table begins on line 6'
	# Its other form of head, and commas.
	{
		printf '[Header]\nGSGT Version,1.9.4\nNum Samples,1,,,\n[Sample Probe Profile]\n'
		printf 'PROBE_ID,SYMBOL,AVG_Signal-A1,Detection-A1\nILMN_1,TSPAN6,15,0\nILMN_2,TNMD,1.5,0\n'
	} >header.csv
	is header.csv "an export of Illumina's software, whose table begins on line 5: read it with --skip-lines 4 --id-column PROBE_ID --columns AVG_Signal-A1"
	prints $'gene\tmean\nILMN_1\t15\nILMN_2\t1.5' gx-means --skip-lines 4 --id-column PROBE_ID --columns AVG_Signal-A1 header.csv
	# What --skip-lines does.
	prints $'gene\tmean\n6450255\t150\n2570615\t15' gx-means --id-column ProbeID \
		--columns A1.AVG_Signal,A2.AVG_Signal < <(tail -n +6 x.txt)
	genomestudio 30
	is x.txt '--skip-lines 5 --id-column ProbeID --columns 3,5,7,9,11,13,15,17,19,21,'
	# As many as no message has room for.
	genomestudio 900
	is x.txt "--columns \"\$(sed -n 6p FILE | tr '\\t' '\\n' | grep -ni 'AVG_Signal' | cut -d: -f1 | paste -sd, -)\""
	local options
	options=$(advice 'read it with --skip-lines 5 ')
	eval "gx-means ${options//FILE/x.txt} <(tail -n +6 x.txt)" >got
	printf 'gene\tmean\n6450255\t45050\n2570615\t4505\n' | cmp - got
}

@test "the options that a message about an export names read it, in each part too" {
	local n options k
	for n in 1 2 30; do
		genomestudio $n
		refuses 1 'read it with --skip-lines 5 ' gx-means x.txt
		options=$(advice 'read it with ')
		# shellcheck disable=SC2086
		gx-means $options x.txt >got
		awk -v n=$n 'BEGIN { printf "gene\tmean\n6450255\t%g\n2570615\t%g\n", 50 * (n + 1), 5 * (n + 1) }' | cmp - got
		for k in 1 2 3; do
			# shellcheck disable=SC2086
			gx-threshold -T 1 -p $k/3 $options x.txt
		done | gx-reduce >sum
		# shellcheck disable=SC2086
		gx-threshold -T 1 $options x.txt | cmp - sum
	done
}

@test "exports of Agilent, of one colour and two, and of GenePix" {
	local signals="gProcessedSignal"
	{
		printf 'TYPE\ttext\ttext\nFEPARAMS\tProtocol_Name\tx\nDATA\ta\tb\n*\n'
		printf 'TYPE\tfloat\nSTATS\tgx\nDATA\t1\n*\n'
		printf 'TYPE\tinteger\tinteger\ttext\tfloat\tfloat\n'
		printf 'FEATURES\tFeatureNum\tRow\tProbeName\tgProcessedSignal\tgMeanSignal\n'
		printf 'DATA\t1\t1\tA_23\t15\t900\nDATA\t2\t1\tA_24\t1.5\t800\n'
	} >one.txt
	is one.txt 'an export of Agilent Feature Extraction, whose table begins on line 10: read it with --skip-lines 9 --id-column ProbeName --columns gProcessedSignal'
	prints $'gene\tmean\nA_23\t15\nA_24\t1.5' gx-means --id-column ProbeName --columns "$signals" < <(tail -n +10 one.txt)
	sed 's/gMeanSignal/rProcessedSignal/' one.txt >two.txt
	is two.txt '--columns gProcessedSignal,rProcessedSignal'
	sed 's/gProcessedSignal/gNoise/' one.txt >mean.txt
	is mean.txt '--columns gMeanSignal'
	# A table that begins with TYPE is none of these.
	printf 'TYPE\ts1\nx\t15\n' >t
	prints $'gene\tmean\nx\t15' gx-means t
	{
		printf 'ATF\t1.0\n2\t5\n"Type=GenePix Results 3"\n"Wavelengths=635\t532"\n'
		printf '"Block"\t"Row"\t"ID"\t"F635 Median"\t"F532 Median"\n1\t1\t"P1"\t10\t20\n1\t2\t"P2"\t0\t3\n'
	} >x.gpr
	is x.gpr 'an export of GenePix, whose table begins on line 5: read it with --skip-lines 4 --id-column ID --columns 4,5'
	prints $'gene\tmean\nP1\t15\nP2\t1.5' gx-means --id-column ID --columns 4,5 < <(tail -n +5 x.gpr)
	printf 'ATF\t1\ng2\t2\n' >t
	prints $'gene\tmean\nATF\t1\ng2\t2' gx-means --no-header t
}

@test "a GEO series without rows, or without a table: where its data are" {
	local url=ftp://ftp.ncbi.nlm.nih.gov/geo/series/GSE1nnn/GSE1/suppl/GSE1_counts.txt.gz
	local begin='!series_matrix_table_begin' end='!series_matrix_table_end'
	printf '!Series_title\t"x"\n!Series_supplementary_file\t"%s"\n' $url >one
	{ cat one; printf '%s\n"ID_REF"\t"GSM1"\n%s\n' $begin $end; } >x
	is x ":4: the table of GEO has no rows: the data are in the supplementary files of the series: $url"
	sed 's/$/\r/' x >crlf
	is crlf ":4: the table of GEO has no rows: the data are in the supplementary files of the series: $url"
	sed 4d x >none
	is none ":4: the table of GEO has no rows: the data are in the supplementary files of the series: $url"
	sed 2d x >unnamed
	is unnamed ":3: the table of GEO has no rows: the data are in the supplementary files of the series, or of its samples"
	sed 's/"ftp.*"/"NONE"/' x >unnamed
	is unnamed "of the series, or of its samples"
	sed '2p' x >two
	is two "of the series: $url ..."
	is one ":2: metadata of GEO, and no table ($begin) in it: is the file whole? if so, the data are in the supplementary files of the series: $url"
	# One row is a table, and a header alone is one elsewhere.
	{ head -4 x; printf '"1"\t15\n%s\n' $end; } >row
	prints $'gene\tmean\n1\t15' gx-means row
	prints $'gene\ta' gx-convert < <(printf 'gene\ta\n')
}

@test "what is no table is no table in several operands either, and none of it is written" {
	tar -cf x.tar t.tsv
	refuses 1 'x.tar: not a matrix that gx reads but a tar archive' gx-means t.tsv x.tar
	refuses 1 'a tar archive' gx-convert t.tsv x.tar -o out.gxm
	[[ ! -e out.gxm ]]
}

@test "foreign text is looked at behind blanks and a byte order mark, in any case" {
	printf '\xef\xbb\xbf\n  <!doctype HTML>\n' >x
	is x 'an HTML or XML page, not the data: look with a browser at what the server said'
	printf '\r\n{\r\n "a": 1}\r\n' >x
	is x 'JSON, not a table'
}

@test "a record and a joblog are tables of no genes: the program that reads them" {
	gx-threshold -T 3 t.tsv >record
	is record ':1: not a matrix that gx reads but a record of gx-threshold: gx-reduce adds it'
	refuses 1 'a record of gx-threshold: gx-reduce adds it' gx-reduce --join record
	refuses 1 'a record of gx-threshold: gx-reduce adds it' gx-means --skip-columns 5-12 record
	gx-reduce record | cmp - record
	{
		printf 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n'
		printf '1\t:\t1700000000.000\t     1.500\t0\t0\t0\t0\ttrue\n'
	} >joblog
	is joblog ':1: not a matrix that gx reads but a joblog of GNU parallel: gx-joblog reads it'
	gx-joblog joblog >/dev/null
	# Who says where the table begins is believed.
	{ printf 'a note\n'; cat record; } >noted
	prints $'gene\tmean\ns1\t1\ns2\t1' gx-means --skip-lines 1 --columns count noted
}
