#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# AnnData, MuData, 10x, loom, GCTX and ARCHS4 in forms that the reference files of hdf5.bats do not
# have: make_cells.py writes them with h5py.

load lib.bash

setup() {
	local python
	work
	needs_hdf5
	python=$(python_with h5py) || skip "no Python with h5py"
	"$python" -W ignore "$tests/make_cells.py"
}

# genes NAMES ARGUMENT ...: the names of the rows, with blanks between, are these.
genes() {
	local want=$1
	shift
	succeeds gx-convert "$@" || return 1
	tail -n +2 "$out" | cut -f 1 | paste -sd ' ' >names
	[[ $(<names) == "$want" ]] || note "$*: genes $(<names), expected $want"
}

# samples NAMES ARGUMENT ...: the same of the columns.
samples() {
	local want=$1
	shift
	succeeds gx-convert "$@" || return 1
	head -n 1 "$out" | cut -f 2- | tr '\t' ' ' >names
	[[ $(<names) == "$want" ]] || note "$*: samples $(<names), expected $want"
}

# says CODE ARGUMENT ... -- TEXT ...: gx-convert fails with it, and its message has each text.
says() {
	local code=$1 call=() text
	shift
	while [[ $1 != -- ]]; do
		call+=("$1")
		shift
	done
	shift
	for text; do
		refuses "$code" "$text" gx-convert "${call[@]}" || return 1
	done
}

@test "columns of var: categories, masks, numbers, references" {
	genes 'g0 g1 g2 g3' columns.h5ad
	genes 'a b b a' --id-column nullable columns.h5ad
	genes 'q p p q' --id-column old columns.h5ad
	genes '5 7 100 3' --id-column entrez columns.h5ad
	genes 'g1 g2 g3 g4' --id-column none columns.h5ad
	samples 's1 s2 s3' --sample-column none columns.h5ad
	says 1 --id-column masked columns.h5ad -- 'name 3 in /var/masked is missing'
	says 1 --id-column missing columns.h5ad -- 'name 3 in /var/missing is missing'
	says 1 --id-column beyond columns.h5ad -- '/var/beyond is damaged' 'row 3 is of category 2'
	says 1 --id-column dangling columns.h5ad -- 'the categories of /var/dangling are not there'
	says 1 --id-column short columns.h5ad -- '3 names in /var/short for 4 genes of /X'
	says 2 --id-column embedding columns.h5ad -- '/var/embedding has 2 dimensions'
	for c in gone / ../obs/_index __categories; do
		says 2 --id-column "$c" columns.h5ad -- "there is no column '$c' in /var" 'entrez' '_index, '
	done
}

@test "frames that do not say what names them: both sides are asked for in one message" {
	says 2 no_names.h5ad -- '--id-column NAME of /var (symbol) or none' \
		'--sample-column NAME of /obs (well) or none'
	says 2 --id-column symbol no_names.h5ad -- 'what names its samples: choose --sample-column'
	genes 'a b c d' --id-column symbol --sample-column none no_names.h5ad
	samples 'x y z' --id-column none --sample-column well no_names.h5ad
}

@test "before anndata 0.7: records with categories beside them, raw.X" {
	genes 'g0 g1 g2 g3' before07.h5ad
	genes 'only only only only' --id-column k before07.h5ad
	genes '0 1 2 3' --id-column number before07.h5ad
	genes 't t t t' --id-column text before07.h5ad
	says 1 --id-column gone before07.h5ad -- 'name 1 in /var/gone is missing'
	says 2 --id-column other before07.h5ad -- 'index, k, number, text, gone'
	gx-convert --id-column k --dataset raw/X before07.h5ad >a
	gx-convert --id-column k --dataset raw.X before07.h5ad >b
	same a b
	prints $'gene\tc0\tc1\tc2\nraw\t0\t8\t16\nraw\t2\t10\t18\nraw\t4\t12\t20\nraw\t6\t14\t22' cat a
}

@test "what is no genes x samples: the matrices that there are" {
	local d
	for d in obsm/X_pca obs var/entrez raw/X layers/gone; do
		says 2 --dataset "$d" columns.h5ad -- '/X (3 x 4)' '--dataset'
	done
	says 1 text.h5ad -- '/X is no matrix'
	says 1 vector.h5ad -- '/X is no matrix'
	says 1 none.h5ad -- 'no matrix'
	says 1 none.h5mu -- '/mod is missing'
	genes 'g0 g1 g2 g3' soft.h5ad
	genes 'g0 g1 g2 g3' one.h5mu
	genes 'g1 g2 g3' many.h5
}

@test "sparse: what does not belong together is told before a value is read" {
	says 1 no_shape.h5ad -- '/X is no matrix' 'shape'
	says 1 no_kind.h5ad -- '/X is no matrix' 'csr_matrix'
	says 1 no_data.h5ad -- '/X/data is missing'
	says 1 float_indptr.h5ad -- '/X/indptr has numbers with a fraction'
	says 1 flat_data.h5ad -- '/X/data has 2 dimensions'
	says 1 no_indptr.h5ad -- 'indptr of /X has 0 numbers'
	says 1 turned.h5ad -- 'indptr of /X has 4 numbers, and 4 samples'
	says 1 negative.h5ad -- 'indptr of /X'
}

@test "10x: kinds of features" {
	says 2 kinds.h5 -- 'Gene Expression (2), Peaks (1), Custom (1)' '--feature-type'
	genes 'a b c d' --feature-type all kinds.h5
	genes 'b d' --feature-type 'peaks, custom' kinds.h5
	genes 'A C' --id-column 2 --feature-type 'Gene Expression' kinds.h5
	genes 'g1' --id-column none --feature-type Custom kinds.h5
	prints $'gene\tc0\tc1\tc2\nb\t0\t2\t0\nd\t0\t0\t0' gx-convert --feature-type Peaks,Custom kinds.h5
	genes 'a b c d' one_kind.h5
	genes 'a b c d' --feature-type all no_kinds.h5
	says 2 --feature-type Peaks no_kinds.h5 -- 'no kinds of features are in it'
	says 1 empty_kind.h5 -- 'feature 2 has no kind'
	says 1 few_kinds.h5 -- '1 kind in /matrix/features/feature_type for 4 features'
	gx-info kinds.h5 >info
	grep -q '^feature_types Gene Expression:2,Peaks:1,Custom:1$' info
	grep -q '^genes 4$' info
}

@test "10x: columns by name and number, and shapes that are none" {
	genes 'A B C D' --id-column name no_kinds.h5
	genes 'Peaks Peaks Peaks Peaks' --id-column 3 one_kind.h5
	says 2 --id-column 4 no_kinds.h5 -- "there is no column '4'" 'id, name'
	says 2 --sample-column data no_kinds.h5 -- "there is no column 'data'" 'barcodes'
	samples 'c0 c1 c2' --sample-column barcodes --dataset /matrix no_kinds.h5
	says 2 --dataset matrix/data no_kinds.h5 -- '/matrix (4 x 3)'
	says 1 bad_shape.h5 -- '/matrix/shape is not two numbers'
	says 1 huge_shape.h5 -- 'for 1099511627776 genes'
	says 1 --id-column none huge_shape.h5 -- 'huge_shape.h5'
	says 1 few_barcodes.h5 -- '1 name in /matrix/barcodes for 3 samples'
}

@test "loom before version 3: characters by number" {
	# A quote in front stands in quotes.
	local decoded='α<b>&amp; &#0;&#10;&#55296;&#1114112; """& &; &#12" 😀é€'
	genes "$decoded" loom2.loom
	genes "$decoded" loom0.loom
	genes '&#945;&lt;b&gt;&amp;amp; &#0;&#10;&#55296;&#1114112; &quot;& &; &#12 &#128512;&#233;&#8364;' \
		loom3.loom
	says 2 --id-column map loom3.loom -- '/row_attrs/map has 2 dimensions'
}

@test "ARCHS4 and GCTX: lengths agree; blanks behind names" {
	says 1 archs4.h5 -- '3 names in /meta/genes for 4 genes of /data/expression'
	says 2 --id-column gone archs4.h5 -- 'Sample_geo_accession, gene_symbols'
	genes 'w x y z' --id-column gene_symbols --sample-column Sample_title archs4.h5
	genes 'a b  c d' blanks.gctx
	samples '1 2 3' blanks.gctx
	says 2 --dataset 0/DATA/1/matrix blanks.gctx -- '/0/DATA/0/matrix (3 x 4)'
	says 2 --transposed blanks.gctx -- '--transposed'
}
