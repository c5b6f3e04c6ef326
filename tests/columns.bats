#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which columns of a table are samples: what is known, what is refused, and that the advice of
# each refusal, taken as it stands, reads the table.

load lib.bash

setup() {
	work
}

# from TEXT: the file t, of printf's text.
from() {
	# shellcheck disable=SC2059
	printf "$1" >t
}

# table_is TEXT OPTION ...: names and values of t, from a file and a pipe, with four threads, and
# its means in three parts.
table_is() {
	local want=$1 k
	shift
	prints "$want" gx-convert "$@" t || return 1
	prints "$want" gx-convert -t 4 "$@" < <(cat t) || return 1
	for k in 1 2 3; do
		gx-means -H "$@" -p $k/3 t || note "part $k/3: $*" || return 1
	done >parts
	gx-means -H "$@" t | cmp - parts
}

# says TEXT OPTION ...: exit 1 from file and pipe and in each of two parts, and the message has
# this text behind the name of the input; it is left in $message.
says() {
	local want=$1 k
	shift
	refuses 1 "t$want" gx-means "$@" t || return 1
	message=$(cat "$err")
	refuses 1 "<stdin>$want" gx-means -t 4 "$@" < <(cat t) || return 1
	for k in 1 2; do
		exits 1 gx-means "$@" -p $k/2 t || return 1
		[[ $(cat "$err") == "$message" ]] || note "part $k/2: $(cat "$err")" || return 1
	done
}

# later TEXT OPTION ...: the same of a row behind the first two, which not every part has.
later() {
	local want=$1
	shift
	refuses 1 "t$want" gx-means "$@" t || return 1
	message=$(cat "$err")
	refuses 1 "<stdin>$want" gx-means -t 4 "$@" < <(cat t)
}

# taken TEXT OPTION ...: the first options that $message names, taken by a shell as they stand
# behind the options there were, give this table.
taken() {
	local want=$1 option="--(all-columns|(id-column|columns|skip-columns|na) ([^ ();:']|\\\$\(seq[^)]*\)|'[^']*')+)"
	shift
	# shellcheck disable=SC2001
	advice=$(sed -E "s/^[^:]*:[0-9:]* //" <<<"$message" | grep -oE -- "$option( $option)*" | sed -n 1p)
	[[ $advice == --* ]] || note "no advice: $message" || return 1
	bash -c "gx-convert $* $advice t" >got || note "$advice: exit $? ($message)" || return 1
	cmp got <(printf '%s\n' "$want") || note "$advice:" "$(cat got)"
}

both=$'gene\ta\tb\ng1\t1\t2\ng2\t3\t4'

# ---- lists ----

@test "ranges pass over the column of names, and end where the table does" {
	from 'gene\ta\tb\tc\td\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8\n'
	table_is $'gene\tb\tc\td\ng1\t2\t3\t4\ng2\t6\t7\t8' --columns 3-
	table_is $'gene\tb\tc\ng1\t2\t3\ng2\t6\t7' --columns 3-4
	table_is $'gene\ta\td\ng1\t1\t4\ng2\t5\t8' --skip-columns 3-4
	table_is $'gene\ta\tb\tc\td\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8' --columns 1-
	table_is $'gene\tgene\ta\tc\td\n2\tNA\t1\t3\t4\n6\tNA\t5\t7\t8' --id-column b --columns 1- --na g1,g2
	table_is $'gene\td\n2\t4\n6\t8' --id-column b --skip-columns 1-4
	refuses 2 "--columns: there is no column '3-6' among the 5 of the file" gx-means --columns 3-6 t
	refuses 2 "--columns: there is no column '4-3' among the 5 of the file" gx-means --columns 4-3 t
	refuses 2 "--columns: there is no column '6-' among the 5 of the file" gx-means --columns 6- t
	refuses 2 "--skip-columns: column 1 names the genes (--id-column chooses another one, or none)" \
		gx-means --skip-columns gene t
}

@test "a column that is chosen and passed over is refused, however each list says it" {
	from 'gene\ta\tb\tc\ng1\t1\t2\t3\ng2\t5\t6\t7\n'
	local lists
	for lists in 2,3:3 a,b:b 2-3:b b:3- 2-:3; do
		refuses 2 "column 3 is chosen by --columns and passed over by --skip-columns" \
			gx-means --columns ${lists%:*} --skip-columns ${lists#*:} t
	done
	# Lists that agree are no contradiction.
	table_is $'gene\ta\tb\ng1\t1\t2\ng2\t5\t6' --columns 2,3 --skip-columns 4
}

@test "what is a number and a name is refused, and both spellings read" {
	from 'GENE\t1\t2\t3\nTSPAN6\t10\t20\t30\nTNMD\t0\t3\t6\n'
	refuses 2 "--columns: '2' is the number of one column and the name of another: name:2 or number:2" \
		gx-means --columns 2 t
	table_is $'gene\t2\t3\nTSPAN6\t20\t30\nTNMD\t3\t6' --columns name:2,name:3
	table_is $'gene\t1\t2\nTSPAN6\t10\t20\nTNMD\t0\t3' --columns number:2,number:3
	table_is $'gene\t2\nTSPAN6\t20\nTNMD\t3' --columns '"2"'
	table_is $'gene\t1\t2\nTSPAN6\t10\t20\nTNMD\t0\t3' --columns number:2-3
	# A number that no column has is a name.
	from 'gene\t0\ts\t9\ng1\t5\t6\t7\n'
	table_is $'gene\t0\ng1\t5' --columns 0
	table_is $'gene\t9\ng1\t7' --columns 9
	from 'gene\t2-3\tb\ng1\t5\t6\n'
	refuses 2 "--columns: '2-3' is a range of numbers and the name of a column: name:2-3 or number:2-3" \
		gx-means --columns 2-3 t
	table_is $'gene\t2-3\ng1\t5' --columns name:2-3
	table_is $'gene\t2-3\tb\ng1\t5\t6' --columns number:2-3
	from 'gene\tname:3\t3\ng1\t5\t6\n'
	refuses 2 "--columns: 'name:3' is the name of one column, and chooses another: put what is a name in quotes: '\"name:3\"'" \
		gx-means --columns name:3 t
	table_is $'gene\tname:3\ng1\t5' --columns '"name:3"'
	table_is $'gene\t3\ng1\t6' --columns 'name:"3"'
}

@test "names with commas, colons and quotes stand in quotes, here and in --id-column" {
	from '"a,b"\t"c ""d"""\te:f\n1\t2\t3\n4\t5\t6\n'
	table_is $'gene\tc "d"\n3\t2\n6\t5' --id-column '"e:f"' --columns '"c ""d"""'
	table_is $'gene\te:f\n1\t3\n4\t6' --columns e:f
	refuses 2 '--columns: a quote is not closed, or text follows it:' gx-means --columns '"a,b' t
	refuses 2 '--columns: a quote is not closed, or text follows it:' gx-means --columns '"a"b' t
}

@test "--delimiter takes the words that gx-info prints" {
	local word c
	while read -r word c; do
		from "gene${c}a|b${c}c\ng1${c}1${c}2\n"
		table_is $'gene\ta|b\tc\ng1\t1\t2' --delimiter "$word"
		gx-info --delimiter "$word" t | grep -x "delimiter ${word/\\t/tab}"
	done <<-'END'
		tab \t
		\t \t
		comma ,
		semicolon ;
	END
	from 'gene a|b c\ng1 1 2\n'
	table_is $'gene\ta|b\tc\ng1\t1\t2' --delimiter space
	refuses 2 "--delimiter tabs: a delimiter is one character, tab, comma, space, semicolon or whitespace" \
		gx-means --delimiter tabs t
}

# ---- known tables ----

@test "known tables whose other columns are samples are read" {
	from 'NAME\tDESCRIPTION\ta\tb\ng1\tna\t1\t2\ng2\t7\t3\t4\n'
	table_is "$both"
	from 'Name\tDescription\ta\tb\ng1\tna\t1\t2\ng2\t7\t3\t4\n'
	table_is "$both"
	from 'GeneID\tChr\tStart\tEnd\tStrand\tLength\ta\tb\ng1\t1\t1\t9\t+\t9\t1\t2\ng2\t1\t5\t7\t-\t3\t3\t4\n'
	table_is "$both"
	from 'gene_id\ttranscript_id(s)\tlength\teffective_length\ta\tb\ng1\tt1,t2\t9\t8\t1\t2\ng2\tt3\t9\t8\t3\t4\n'
	table_is "$both"
	table_is "$both" --all-columns
	# The counts of GCT say what its columns are: no known head is looked for.
	from '#1.3\n1\t3\t1\t0\nName\tx\tLength\tEffectiveLength\tTPM\ng1\t9\t1\t2\t3\n'
	table_is $'gene\tLength\tEffectiveLength\tTPM\ng1\t1\t2\t3'
}

@test "several measures of one sample are refused, and the first advised is one of them" {
	from 'Name\tLength\tEffectiveLength\tTPM\tNumReads\nt1\t1924\t1746.98\t11129.2\t102.328\nt2\t557\t380.6\t0.0\t0.5\n'
	says ":1: Salmon: annotation: 'Length', 'EffectiveLength'; choose one of several measures of one sample: columns 4 'TPM', 5 'NumReads': --columns TPM"
	taken $'gene\tTPM\nt1\t11129.2\nt2\t0'
	table_is $'gene\tNumReads\nt1\t102.328\nt2\t0.5' --columns NumReads
	table_is $'gene\tNumReads\nt1\t102.328\nt2\t0.5' --skip-columns TPM
	table_is $'gene\tTPM\tNumReads\nt1\t11129.2\t102.328\nt2\t0\t0.5' --all-columns
	from 'target_id\tlength\teff_length\test_counts\ttpm\nt1\t9\t8\t5\t6\nt2\t9\t8\t7\t8\n'
	says ":1: kallisto: annotation: 'length', 'eff_length'; choose one"
	taken $'gene\test_counts\nt1\t5\nt2\t7'
	from 'gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\ng1\tt1,t2\t9\t8\t1\t2\t3\ng2\tt3\t9\t8\t4\t5\t6\n'
	says ":1: RSEM genes: annotation: 'transcript_id(s)', 'length', 'effective_length'; choose one"
	taken $'gene\texpected_count\ng1\t1\ng2\t4'
	says ":1: RSEM genes:" --skip-columns 2
	from 'transcript_id\tgene_id\tlength\teffective_length\texpected_count\tTPM\tFPKM\tIsoPct\nt1\tg1\t9\t8\t1\t2\t3\t4\nt2\tg1\t9\t8\t5\t6\t7\t8\n'
	says ":1: RSEM isoforms:"
	taken $'gene\texpected_count\nt1\t1\nt2\t5'
	from 'Gene ID\tGene Name\tReference\tStrand\tStart\tEnd\tCoverage\tFPKM\tTPM\ng1\tA\t1\t+\t1\t9\t1\t2\t3\ng2\tB\t1\t-\t1\t9\t4\t5\t6\n'
	says ":1: StringTie genes:"
	taken $'gene\tCoverage\ng1\t1\ng2\t4'
	from 't_id\tchr\tstrand\tstart\tend\tt_name\tnum_exons\tlength\tgene_id\tgene_name\tcov\tFPKM\n1\t1\t+\t1\t9\tA\t3\t9\tG\tS\t5\t6\n2\t1\t+\t1\t9\tB\t3\t9\tG\tS\t7\t8\n'
	says ":1: StringTie transcripts:"
	taken $'gene\tcov\nA\t5\nB\t7'
	# Measures by their names alone; and what is one measure, or has samples beside it, is read.
	from 'gene\traw_count\tRPKM\ng1\t1\t2\ng2\t3\t4\n'
	says ":1: choose one of several measures of one sample: columns 2 'raw_count', 3 'RPKM': --columns raw_count"
	taken $'gene\traw_count\ng1\t1\ng2\t3'
	from 'gene\traw_count\ts2\ng1\t1\t2\ng2\t3\t4\n'
	table_is $'gene\traw_count\ts2\ng1\t1\t2\ng2\t3\t4'
	from 'gene\tTPM\ng1\t1\n'
	table_is $'gene\tTPM\ng1\t1'
	from 'gene\traw_count\tscaled_estimate\ttranscript_id\ng1\t1\t2\tuc1,uc2\ng2\t3\t4\tuc3\n'
	says ":2:4: not a number: 'uc1,uc2' (text: column 4 'transcript_id'; choose one of several"
	taken $'gene\traw_count\ng1\t1\ng2\t3'
}

@test "several measures of each sample are refused, and all columns of the first are advised" {
	from 'gene\tA_TPM\tA_NumReads\ng1\t1\t2\ng2\t3\t4\n'
	says ":1: choose one of several measures of each sample: columns 2 'A_TPM', 3 'A_NumReads': --columns 2"
	taken $'gene\tA_TPM\ng1\t1\ng2\t3'
	table_is $'gene\tA_TPM\tA_NumReads\ng1\t1\t2\ng2\t3\t4' --all-columns
	from 'gene\tA.TPM\tA.FPKM\tB.TPM\tB.FPKM\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8\n'
	says ":1: choose one of several measures of each sample: columns 2 'A.TPM', 3 'A.FPKM', 4 'B.TPM', 5 'B.FPKM': --columns 2,4"
	taken $'gene\tA.TPM\tB.TPM\ng1\t1\t3\ng2\t5\t7'
	from 'gene\tlength\tTPM A\tFPKM A\tTPM B\tFPKM B\ng1\t9\t1\t2\t3\t4\ng2\t9\t5\t6\t7\t8\n'
	says ":1: no sample has such a name: column 2 'length'; choose one of several measures of each sample:"
	taken $'gene\tTPM A\tTPM B\ng1\t1\t3\ng2\t5\t7'
	from 'gene\tdesc\tA_est_counts\tA_TPM\ng1\tx\t1\t2\ng2\ty\t3\t4\n'
	says ":2:2: not a number: 'x' (text: column 2 'desc'; choose one of several measures of each sample:"
	taken $'gene\tA_est_counts\ng1\t1\ng2\t3'
	# One measure of each is a table of samples, be it the same one or not.
	local second
	for second in B_TPM B_FPKM TPM_B A_b a_NumReads TPM; do
		from "gene\\tA_TPM\\t$second\\ng1\\t1\\t2\\n"
		table_is $'gene\tA_TPM\t'"$second"$'\ng1\t1\t2'
	done
}

@test "Cufflinks and Cuffdiff: all that are no samples are named at once" {
	local place='tracking_id\tclass_code\tnearest_ref_id\tgene_id\tgene_short_name\ttss_id\tlocus\tlength\tcoverage'
	from "$place\\tFPKM\\tFPKM_conf_lo\\tFPKM_conf_hi\\tFPKM_status\\nX1\\t-\\t-\\tG\\tA\\t-\\t1:1-9\\t-\\t-\\t5\\t4\\t6\\tOK\\nX2\\t-\\t-\\tG\\tA\\t-\\t1:1-9\\t-\\t-\\t7\\t6\\t8\\tOK\\n"
	says ":2:13: not a number: 'OK' (text: column 13 'FPKM_status'; no sample has such a name: columns 11 'FPKM_conf_lo', 12 'FPKM_conf_hi': --columns 10)"
	taken $'gene\tFPKM\nX1\t5\nX2\t7'
	from "$place\\tC_FPKM\\tC_conf_lo\\tC_conf_hi\\tC_status\\tG_FPKM\\tG_conf_lo\\tG_conf_hi\\tG_status\\nX1\\t-\\t-\\tG\\tA\\t-\\t1:1-9\\t9\\t-\\t5\\t4\\t6\\tOK\\t50\\t4\\t6\\tOK\\n"
	says ":2:13: not a number: 'OK' (text: columns 13 'C_status', 17 'G_status';"
	taken $'gene\tC_FPKM\tG_FPKM\nX1\t5\t50'
	from 'tracking_id\tC_count\tC_count_variance\tC_count_uncertainty_var\tC_count_dispersion_var\tC_status\tG_count\tG_count_variance\tG_count_uncertainty_var\tG_count_dispersion_var\tG_status\nX1\t10\t400\t0\t400\tOK\t20\t900\t0\t900\tOK\nX2\t0\t0\t0\t0\tOK\t4\t16\t0\t16\tOK\n'
	says ":2:6: not a number: 'OK' (text: columns 6 'C_status', 11 'G_status'; no sample has such a name: columns 3 'C_count_variance'"
	taken $'gene\tC_count\tG_count\nX1\t10\t20\nX2\t0\t4'
	says ":2:11: not a number: 'OK'" --skip-columns 6
	taken $'gene\tC_count\tG_count\nX1\t10\t20\nX2\t0\t4' --skip-columns 6
	says ":1: Cuffdiff: no sample has such a name:" --skip-columns 6,11
	taken $'gene\tC_count\tG_count\nX1\t10\t20\nX2\t0\t4' --skip-columns 6,11
	from 'tracking_id\tcondition\treplicate\traw_frags\tinternal_scaled_frags\texternal_scaled_frags\tFPKM\teffective_length\tstatus\nX1\tC\t0\t1\t2\t3\t4\t-\tOK\nX1\tC\t1\t5\t6\t7\t8\t-\tOK\n'
	says ":2:8: not a number: '-' (text: columns 8 'effective_length', 9 'status'; choose one of several measures"
	taken $'gene\traw_frags\nX1\t1\nX1\t5'
}

@test "MaxQuant: annotations among intensities, until one measure is chosen" {
	from 'Protein IDs\tMajority protein IDs\tFasta headers\tPeptides\tIntensity A\tIntensity B\tLFQ intensity A\tLFQ intensity B\tReverse\nP1\tP1\tx\t3\t1\t2\t5\t6\t\nP2;P3\tP2\ty\t4\t3\t4\t7\t8\t+\n'
	says ":1: MaxQuant: annotations, and several measures of each sample: choose one: --columns 7,8 takes 'LFQ intensity ...'"
	taken $'gene\tLFQ intensity A\tLFQ intensity B\nP1\t5\t6\nP2;P3\t7\t8'
	says ":1: MaxQuant:" --skip-columns 3
	says ":1: MaxQuant:" --all-columns
	table_is $'gene\tIntensity A\tIntensity B\nP1\t1\t2\nP2;P3\t3\t4' --columns 'Intensity A,Intensity B'
	from 'Protein IDs\tMajority protein IDs\tx\nP1\tP1\t3\n'
	says ":1: MaxQuant: annotations, and several measures of each sample: choose the columns of one with --columns"
	table_is $'gene\tx\nP1\t3' --columns x
}

@test "STAR: four lines of the head, and one strand of three" {
	local head='N_unmapped\t1\t2\t3\nN_multimapping\t4\t5\t6\nN_noFeature\t7\t8\t9\nN_ambiguous\t1\t2\t3\n'
	from "${head}g1\\t10\\t11\\t12\\ng2\\t20\\t21\\t22\\n"
	says ":1: STAR ReadsPerGene: choose one of several measures of one sample: columns 2 'unstranded', 3 'forward', 4 'reverse': --columns unstranded"
	taken $'gene\tunstranded\ng1\t10\ng2\t20'
	table_is $'gene\treverse\ng1\t12\ng2\t22' --columns 4
	table_is $'gene\tforward\ng1\t11\ng2\t21' --columns forward --no-header
	table_is $'gene\treverse\ng1\t12\ng2\t22' --skip-columns 2,3
	gx-info --columns 2 t >info
	grep -x 'format text, STAR ReadsPerGene' info
	grep -x 'first_row_on_line 5' info
	from "$head"
	table_is $'gene\treverse' --columns reverse
	# Three of the four lines are not STAR's.
	from 'N_unmapped\t1\t2\t3\nN_multimapping\t4\t5\t6\nN_noFeature\t7\t8\t9\n'
	table_is $'gene\ts1\ts2\ts3\nN_unmapped\t1\t2\t3\nN_multimapping\t4\t5\t6\nN_noFeature\t7\t8\t9' --no-header
	# As GDC writes them, with a header and a comment.
	from '# gene-model: GENCODE v36\ngene_id\tgene_name\tgene_type\tunstranded\tstranded_first\nN_unmapped\t\t\t1\t2\nN_multimapping\t\t\t3\t4\nN_noFeature\t\t\t5\t6\nN_ambiguous\t\t\t7\t8\ng1\tA\tx\t10\t11\ng2\tB\ty\t20\t21\n'
	says ":2: STAR counts of GDC: annotation: 'gene_name', 'gene_type'; choose one"
	taken $'gene\tunstranded\ng1\t10\ng2\t20'
	# htseq-count: nothing at its start tells it.
	from 'g1\t5\ng2\t6\n__no_feature\t7\n'
	table_is $'gene\ts1\ng1\t5\ng2\t6\n__no_feature\t7' --no-header
}

@test "BED: its place names no gene" {
	from 'chr\tstart\tend\tgene_id\ta\tb\nchr1\t1\t2\tg1\t1\t2\nchr1\t3\t4\tg2\t3\t4\n'
	says ":1: a table like BED: the columns 1 'chr', 2 'start' and 3 'end' are a place, and no name: --id-column gene_id --skip-columns 1,2,3"
	taken "$both"
	says ":1: a table like BED" --skip-columns 4
	says ":1: a table like BED" --columns 5,6
	table_is "$both" --id-column gene_id
	from 'Chr\tstart\tend\tpid\tgid\tstrand\ta\tb\n1\t1\t2\tg1\tG\t+\t1\t2\n1\t3\t4\tg2\tG\t-\t3\t4\n'
	says ":1: a table like BED"
	taken "$both"
	[[ $advice == '--id-column pid --skip-columns 1,2,3,5,6' ]]
	from 'chr\tstart\tend\tgene\ta\nchr1\t1\t2\t7157\t1\nchr1\t3\t4\t672\t3\n'
	says ":1: a table like BED"
	taken $'gene\ta\n7157\t1\n672\t3'
	from 'chrom\tchromStart\tchromEnd\ta\tb\nchr1\t1\t2\t1\t2\nchr1\t3\t4\t3\t4\n'
	says ":1: a table like BED"
	taken "$both"
	table_is $'gene\ta\tb\nchr1\t1\t2\nchr1\t3\t4' --id-column 1
}

# ---- names that no sample has ----

@test "a column of numbers whose name no sample has is refused until an option covers it" {
	from 'ID_REF\ta\tDetection Pval\tb\tDetection Pval\ng1\t1\t0.5\t2\t0.1\ng2\t3\t0.5\t4\t0.1\n'
	says ":1: no sample has such a name: columns 3 'Detection Pval', 5 'Detection Pval': --skip-columns 3,5 (--all-columns where they are samples)"
	taken "$both"
	says ":1: no sample has such a name: column 5 'Detection Pval': --skip-columns 3,5" --skip-columns 3
	table_is "$both" --columns a,b
	table_is $'gene\ta\tDetection Pval\tb\tDetection Pval\ng1\t1\t0.5\t2\t0.1\ng2\t3\t0.5\t4\t0.1' --all-columns
	table_is $'gene\ta\tDetection Pval\tb\ng1\t1\t0.5\t2\ng2\t3\t0.5\t4' --all-columns --skip-columns 5
	refuses 2 "--columns and --all-columns: which columns are samples is said twice" \
		gx-means --all-columns --columns a t
	# Missing values in both rows are numbers that are missing.
	from 'gene\ta\tlength\ng1\t1\tNA\ng2\t3\t\n'
	says ":1: no sample has such a name: column 3 'length': --skip-columns 3"
	taken $'gene\ta\ng1\t1\ng2\t3'
	# Where nothing is left but such names, there are no samples to advise.
	from 'gene\tlength\ng1\t1\n'
	says ":1: no sample has such a name: column 2 'length'; no column is left to be a sample: (--all-columns where they are samples)"
	taken $'gene\tlength\ng1\t1'
	# Names that begin or go on otherwise are samples; a header alone has no numbers.
	from 'gene\tday_start\tStrand1\tSample.Length_2\tlengthy\tB\tF\ng1\t1\t2\t3\t4\t5\t6\n'
	table_is $'gene\tday_start\tStrand1\tSample.Length_2\tlengthy\tB\tF\ng1\t1\t2\t3\t4\t5\t6'
	from 'gene\tlength\n'
	prints $'gene\tlength' gx-convert t
}

@test "BioMart: the names of all its columns of numbers are known" {
	from 'gene\tChromosome/scaffold name\tGene start (bp)\tA\ng1\t1\t100\t5\ng2\t2\t200\t6\n'
	says ":1: no sample has such a name: columns 2 'Chromosome/scaffold name', 3 'Gene start (bp)': --columns 4 (--all-columns where they are samples)"
	taken $'gene\tA\ng1\t5\ng2\t6'
}

@test "many of them: the list is whole, and a shell counts it" {
	awk 'BEGIN {
		printf "gene"; for (j = 1; j <= 400; j++) printf "\ts%d\ts%d.Detection Pval", j, j
		for (i = 1; i <= 2; i++) { printf "\ng%d", i; for (j = 1; j <= 400; j++) printf "\t%d\t0.5", i * j }
		print ""
	}' >t
	says ":1: no sample has such a name: columns 3 's1.Detection Pval', 5 's2.Detection Pval'"
	[[ $message == *" and 388 more: --skip-columns \$(seq -s, 3 2 801) ("* ]]
	taken "$(awk 'BEGIN {
		printf "gene"; for (j = 1; j <= 400; j++) printf "\ts%d", j
		for (i = 1; i <= 2; i++) { printf "\ng%d", i; for (j = 1; j <= 400; j++) printf "\t%d", i * j }
		print ""
	}')"
}

@test "a list that no message has room for: --columns with the samples, which their names tell" {
	# Text at random places and at the end: neither those that stay nor the others can be said in short.
	awk 'BEGIN {
		x = 1; m = 1500
		printf "gene"
		for (j = 1; j <= m; j++) {
			x = x * 16807 % 2147483647
			text[j] = x % 2 || j == m
			printf "\t%s%d", text[j] ? "note" : "sample", j
		}
		for (i = 1; i <= 2; i++) {
			printf "\ng%d", i
			for (j = 1; j <= m; j++) printf "\t%s", text[j] ? "x" : i * j
		}
		print ""
	}' >t
	later ":2:"
	[[ $message == *": choose the samples with --columns)" ]] || note "$message"
	gx-convert --columns "$(sed -n 1p t | tr '\t' '\n' | grep sample | paste -sd ,)" t >got
	cut -f "1,$(sed -n 1p t | tr '\t' '\n' | grep -n sample | cut -d : -f 1 | paste -sd ,)" t | cmp - got
}

# ---- the column of names ----

@test "with --id-column elsewhere the first column is no sample if it numbers the rows or is called like ids" {
	from '"","gene_id","a","b"\n"1","g1",1,2\n"2","g2",3,4\n'
	says ":2:2: not a number: 'g1' (column 1 has no name, and numbers the rows: --id-column gene_id)"
	taken "$both"
	from '"","gene_id","a","b"\n"17","g1",1,2\n"9","g2",3,4\n'
	says ":2:2: not a number: 'g1' (column 1 has no name, and numbers the rows: --id-column gene_id)"
	taken "$both"
	from 'n\tgene\tdesc\ta\tb\n0\tg1\tx\t1\t2\n1\tg2\ty\t3\t4\n'
	says ":2:2: not a number: 'g1' (column 1 numbers the rows: --id-column gene --skip-columns 3)"
	taken "$both"
	from '\tgene_id\ta\tb\n1\t7157\t1\t2\n2\t672\t3\t4\n'
	says ":1: column 1 has no name, and numbers the rows: --id-column gene_id"
	taken $'gene\ta\tb\n7157\t1\t2\n672\t3\t4'
	from '\tsymbol\ta\tb\n1\t7157\t1\t2\n2\t672\t3\t4\n'
	says ":1: column 1 has no name, and numbers the rows: --id-column symbol"
	taken $'gene\ta\tb\n7157\t1\t2\n672\t3\t4'
	from '\tX\tY\n1\t7\t8\n2\t9\t10\n'
	table_is $'gene\tX\tY\n1\t7\t8\n2\t9\t10'
	# Entrez's 1 and 2 are genes: the column is called so.
	from 'gene_id\tsymbol\ta\tb\n1\tA1BG\t1\t2\n2\tA2M\t3\t4\n'
	says ":2:2: not a number: 'A1BG' (text: column 2 'symbol': --skip-columns 2)"
	taken $'gene\ta\tb\n1\t1\t2\n2\t3\t4'
	from 'probe\tsymbol\ta\tb\n77\tg1\t1\t2\n99\tg2\t3\t4\n'
	table_is "$both" --id-column symbol
	from 'a\tb\tsymbol\n1\t2\tg1\n3\t4\tg2\n'
	table_is "$both" --id-column symbol
	from 'a\tb\tsymbol\n1\t2\tg1\n2\t4\tg2\n'
	table_is $'gene\tb\ng1\t2\ng2\t4' --id-column symbol
	table_is $'gene\ta\tb\ng1\t1\t2\ng2\t2\t4' --id-column symbol --columns a,b
	# Names of rows that R writes are none under "none" either, where the others have names.
	from 'a\tb\n1\t1\t2\n7\t3\t4\n'
	table_is "$both" --id-column none
	from 'gene\ta\tb\n7157\t1\t2\n672\t3\t4\n'
	says ":1: no sample has such a name: column 1 'gene'" --id-column none
	taken "$both" --id-column none
}

@test "two rows that are called by one small number: the names are a sample, it seems" {
	from 'a\tb\tc\n0\t1\t2\n0\t3\t4\n'
	says ":2: the first two rows are both called '0': where column 1 is a sample, and no column names the rows: --id-column none; where it names them: --id-column 1"
	taken $'gene\ta\tb\tc\ng1\t0\t1\t2\ng2\t0\t3\t4'
	table_is $'gene\tb\tc\n0\t1\t2\n0\t3\t4' --id-column 1
	from '7\t1\t2\n7\t3\t4\n'
	says ":1: the first two rows are both called '7'" --no-header
	from 'a\tb\n7157\t1\n7157\t3\n'
	table_is $'gene\tb\n7157\t1\n7157\t3'
	from 'a\tb\n1\t1\n2\t3\n'
	table_is $'gene\tb\n1\t1\n2\t3'
}

# ---- one look, whole advice ----

@test "all columns of text are named at once, and the numbers left of them" {
	from 'gene\tdesc\tlen\ttype\ta\tb\ng1\tx\t9\tu\t1\t2\ng2\ty\t8\tv\t3\t4\n'
	says ":2:2: not a number: 'x' (text: columns 2 'desc', 4 'type'; numbers left of text: column 3 'len': --columns 5,6 (numbers left of text that are samples: add them))"
	taken "$both"
	from 'gene\td1\td2\td3\td4\td5\ta\tb\tc\td\ng1\tp\tq\tr\ts\tt\t1\t2\t3\t4\ng2\tp\tq\tr\ts\tt\t5\t6\t7\t8\n'
	says ":2:2: not a number: 'p' (text: columns 2 'd1', 3 'd2', 4 'd3', 5 'd4', 6 'd5': --columns 7-10)"
	taken $'gene\ta\tb\tc\td\ng1\t1\t2\t3\t4\ng2\t5\t6\t7\t8'
	# Text behind each sample, or at the end, leaves the numbers before it alone.
	from 'gene\ta\tcall1\tb\tcall2\ng1\t1\tP\t2\tA\ng2\t3\tP\t4\tP\n'
	says ":2:3: not a number: 'P' (text: columns 3 'call1', 5 'call2': --skip-columns 3,5)"
	taken "$both"
	# Text that stands in one row alone, beside a missing value in the other.
	from 'gene\tdesc\ta\tb\ng1\tNA\t1\t2\ng2\tx\t3\t4\n'
	says ":3:2: not a number: 'x' (text: column 2 'desc': --skip-columns 2)"
	taken "$both"
	from 'gene\tdesc\ta\tb\ng1\tNA\t1\t2\ng2\t\t3\t4\ng3\tx\t5\t6\n'
	later ":4:2: not a number: 'x' (text: column 2 'desc': --skip-columns 2)"
	taken "$both"$'\ng3\t5\t6'
	from 'g1\tx\t1\t2\ng2\ty\t3\t4\n'
	says ":1:2: not a number: 'x' (text: column 2: --skip-columns 2)" --no-header
	taken $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' --no-header
	# What was chosen before stays chosen.
	from 'gene\tx1\tx2\ta\tb\ng1\tx\t5\t1\t2\ng2\ty\t6\t3\t4\n'
	says ":2:2: not a number: 'x' (text: column 2 'x1': --columns 4,5)" --columns 2,4,5
	taken "$both" --columns 2,4,5
	says ":2:2: not a number: 'x' (text: column 2 'x1': --skip-columns 2,3)" --skip-columns 3
	taken "$both" --skip-columns 3
	says ":2:2: not a number: 'x' (text: column 2 'x1': --skip-columns 2)" --all-columns
	taken $'gene\tx2\ta\tb\ng1\t5\t1\t2\ng2\t6\t3\t4' --all-columns
	from 'gene\tdesc\ng1\tx\ng2\ty\n'
	says ":2:2: not a number: 'x' (text: column 2 'desc'; no column is left to be a sample: are these more lines of a header, or has it no numbers?)"
}

@test "one odd cell: --na where the other row has a number there" {
	from 'gene\ta\tb\ng1\tND\t2\ng2\t3\t4\n'
	says ":2:2: not a number: 'ND' (missing value: --na ND; no sample: column 2 'a': --skip-columns 2)"
	taken $'gene\ta\tb\ng1\tNA\t2\ng2\t3\t4'
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\t< 5\t6\n'
	later ":4:2: not a number: '< 5' (missing value: --na '< 5';"
	taken "$both"$'\ng3\tNA\t6'
	from 'gene\ta\tb\tc\ng1\t1\t2\t3\ng2\t4\t5\t6\ng3\tND\tLOW\t9\n'
	later ":4:2: not a number: 'ND' (missing values: --na ND,LOW; no sample: columns 2 'a', 3 'b': --columns 4)"
	taken $'gene\ta\tb\tc\ng1\t1\t2\t3\ng2\t4\t5\t6\ng3\tNA\tNA\t9'
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\tit'"'"'s, no\t6\n'
	later ":4:2: not a number: 'it's, no' (text among numbers: write NA where values are missing)"
}

@test "a row without any value gets both readings" {
	from 'gene\ta\tb\ng1\tND\tND\ng2\t3\t4\n'
	says ":2:2: not a number: 'ND' (no value of this row is one: missing values: --na ND; a line that is no row: take it out)"
	taken $'gene\ta\tb\ng1\tNA\tNA\ng2\t3\t4'
	sed -i 2d t
	table_is $'gene\ta\tb\ng2\t3\t4'
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\tND\tND\n'
	later ":4:2: not a number: 'ND' (no value of this row is one: missing values: --na ND;"
	taken "$both"$'\ng3\tNA\tNA'
}

@test "commas: a hint for what may be a decimal one, and no other" {
	from 'gene\ta\tb\ng1\t1,5\t2\ng2\t3\t-4,0\n'
	says ":2:2: not a number: '1,5' (a decimal comma: --decimal-comma; commas between thousands must go)"
	table_is $'gene\ta\tb\ng1\t1.5\t2\ng2\t3\t-4' --decimal-comma
	# Text beside it: both are said.
	from 'gene\td\ta\tb\ng1\tx\t1,5\t2\ng2\ty\t3\t-4,0\n'
	says ":2:2: not a number: 'x' (text: column 2 'd': --skip-columns 2 (and a decimal comma: --decimal-comma; commas between thousands must go))"
	table_is $'gene\ta\tb\ng1\t1.5\t2\ng2\t3\t-4' --skip-columns 2 --decimal-comma
	local token
	for token in 1,234,56 1,2345,678 1.5,2 t1,t2 1,5e3 , ; do
		from "gene\\ta\\tb\\ng1\\t$token\\t2\\ng2\\t3\\t4\\n"
		says ":2:2: not a number: '$token' (text among numbers: write NA where values are missing)"
	done
}

@test "commas beside a point, or two in a number, are no decimal ones" {
	local rows thousands="commas between thousands must go; a decimal comma beside points must be a point"
	for rows in 'g1\t1,234\t2.5\ng2\t3\t4\n' 'g1\t2.5\t1,234\ng2\t3\t4\n' \
		'g1\t1,234\t2\ng2\t3\t2.5\n' 'g1\t2\t3.5\ng2\t1,234\t4\n' \
		'g1\t1,234,567\t2\ng2\t3\t4\n' 'g1\t-1,234.5\t2\ng2\t3\t4\n'; do
		from "gene\\ta\\tb\\n$rows"
		says ":"
		[[ $message == *"($thousands)" ]] || note "$message"
		tr -d , <t >plain
		gx-means -H plain >means
		[[ $(wc -l <means) == 2 ]] || note "$(cat means)"
	done
	from 'gene\ta\tb\ng1\t1.5\t2,5\ng2\t3\t4\n'
	says ":2:3: not a number: '2,5' ($thousands)"
	tr , . <t >plain
	mv plain t
	table_is $'gene\ta\tb\ng1\t1.5\t2.5\ng2\t3\t4'
	# Behind the first two rows, and where the user says that commas are decimal ones.
	from 'gene\ta\tb\ng1\t1\t2.5\ng2\t3\t4\ng3\t1,234\t5\n'
	later ":4:2: not a number: '1,234' ($thousands)"
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\t1,234\t5.5\n'
	later ":4:2: not a number: '1,234' ($thousands)"
	from 'gene\ta\tb\ng1\t1.5\t2,5\ng2\t3\t4\n'
	says ":2:2: not a number: '1.5' (--decimal-comma is for numbers without points: leave it out where the point is the decimal one; points and commas between thousands must go)" --decimal-comma
	# A point in names of rows, and in a column of text, proves nothing; text beside it is named.
	from 'gene\td\ta\n1.1\tx.1\t2,5\n1.2\ty\t4\n'
	says ":2:2: not a number: 'x.1' (text: column 2 'd': --skip-columns 2 (and a decimal comma: --decimal-comma;"
	table_is $'gene\ta\n1.1\t2.5\n1.2\t4' --skip-columns 2 --decimal-comma
	from 'gene\td\ta\tb\ng1\tx\t1,234,567\t5\ng2\ty\t4\t6\n'
	says ":2:2: not a number: 'x' (text: column 2 'd': --skip-columns 2 (and $thousands))"
}

@test "more lines of a header: no advice is better than an empty one" {
	local rows
	for rows in 'id\tx\ty\nsub\tz\tz\nh\t8\t9\n' 'g\tx\ty\nh\tx\ty\n'; do
		from "gene\\ta\\tb\\n$rows"
		says ":2:2: not a number: 'x' (text: columns 2 'a', 3 'b'; no column is left to be a sample: are these more lines of a header, or has it no numbers?)"
	done
	from 'gene\ta\tb\nid\tx\ty\nsub\tz\tz\nh\t8\t9\n'
	sed -i 2,3d t
	table_is $'gene\ta\tb\nh\t8\t9'
	# A length is no sample, and text is none: there is no more to say.
	from 'gene\tlength\tdesc\ng\t9\tx\nh\t8\ty\n'
	says ":2:3: not a number: 'x' (text: column 3 'desc'; no sample has such a name: column 2 'length'; no column is left to be a sample)"
}

@test "one sample: a second header line, or a missing value" {
	from 'gene\ta\nid\tx\nh\t8\n'
	says ":2:2: not a number: 'x' (missing value: --na x; a second header line: take it out: sed 2d)"
	taken $'gene\ta\nid\tNA\nh\t8'
	sed -i 2d t
	table_is $'gene\ta\nh\t8'
	# Elsewhere it is a missing value alone.
	from 'gene\ta\ng\tx\nh\t8\n'
	says ":2:2: not a number: 'x' (missing value: --na x)"
	from 'gene\ta\nh\t8\nid\tx\n'
	says ":3:2: not a number: 'x' (missing value: --na x)"
}

@test "the number of fields is looked at before its cells" {
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\t4g3\t5\t6\n'
	later ":4: 4 fields where 3 are expected: a row was cut, glued or shifted"
	from 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\ng3\tx\n'
	later ":4: 2 fields where 3 are expected: a row was cut, glued or shifted"
}

# ---- what spreadsheets leave ----

@test "empty columns at the end are none; a value in one is an error" {
	from 'gene,a,b,,,\ng1,1,2,,,\ng2,3,4,, ,\n'
	table_is "$both"
	table_is "$both" --columns 2-
	table_is $'gene\tb\ng1\t2\ng2\t4' --skip-columns a
	refuses 2 "--columns: there is no column '4' among the 3 of the file" gx-means --columns 4 t
	from 'gene,a,b,,,\ng1,1,2,,,\ng2,3,4,5,,\n'
	later ":3:4: '5' in a column without a name that is empty in the first row: name it, or leave it out: --columns 2,3"
	taken "$both"
	# A name, or a value in the first row, makes it one.
	from 'gene,a,c,\ng1,1,,\n'
	table_is $'gene\ta\tc\ng1\t1\tNA'
}

@test "rows of delimiters alone are blank lines" {
	from 'gene,a,b\ng1,1,2\ng2,3,4\n,,\n,,\r\n , ,\n'
	table_is "$both"
	from 'gene,a,b\ng1,1,2\n,,\ng2,3,4\n'
	later ":3: a blank line among the rows"
	table_is "$both" --skip-blank
	from '#1.2\n2\t2\nNAME\tDescription\ta\tb\ng1\tna\t1\t2\ng2\tna\t3\t4\n\t\t\t\n\t\t\t\n'
	table_is "$both"
	from '#1.2\n2\t2\nNAME\tDescription\ta\tb\ng1\tna\t1\t2\n\t\t\t\ng2\tna\t3\t4\n'
	later ":5: a blank line among the rows"
	table_is "$both" --skip-blank
	from '!x\n!series_matrix_table_begin\nID_REF\ta\tb\ng1\t1\t2\ng2\t3\t4\n!series_matrix_table_end\n\t\t\n'
	table_is "$both"
	# Rows of parts are numbered as those of the whole.
	from 'a,b\n1,2\n,\n3,4\n'
	table_is "$both" --skip-blank --id-column none
}

@test "ids behind a first column that names nothing, and names that R and pandas made unique" {
	from 'SRR1\tSRR2\tgene_id\n1\t2\tE1\n3\t4\tE2\n'
	refuses 1 '(where column 1 names the rows: --skip-columns 3; where column 3 does: --id-column gene_id)' gx-means t
	prints $'gene\tmean\nE1\t1.5\nE2\t3.5' gx-means --id-column gene_id t
	prints $'gene\tmean\n1\t2\n3\t4' gx-means --skip-columns 3 t
	# Fractions name nothing.
	from 'SRR1\tSRR2\tgene_id\n1\t2\tE1\n3.5\t4\tE2\n'
	refuses 1 'column 1 names no rows, and column 3 does: --id-column gene_id' gx-means t
	from 'SRR1\tgene_id\n100\tE1\n300\tE2\n'
	refuses 1 '(column 1 names no rows, and column 2 does: --id-column gene_id)' gx-means t
	prints $'gene\tmean\nE1\t100\nE2\t300' gx-means --id-column gene_id t
	from '\tgene_id\n1\tE1\n2\tE2\n'
	refuses 1 '(column 1 has no name, and numbers the rows: no column is left to be a sample)' gx-means t
	# A gene that a spreadsheet made a number is no proof of what a comma is.
	from '\tsymbol\ta\n0\t2.31E+19\t1,5\n1\t2-Mar\t8,4\n'
	refuses 1 '(a decimal comma: --decimal-comma' gx-means t
	refuses 1 '--id-column symbol' gx-means --decimal-comma t
	prints $'gene\tmean\n2.31E+19\t1.5\n2-Mar\t8.4' gx-means --decimal-comma --id-column symbol t
	# A column that is missing in the head has the token of another one.
	from 'gene\tnote\ta\tb\ng1\tNA\t1\tNA\ng2\tNA\t2\tNA\ng3\tx y\t?\t?\n'
	refuses 1 "(text: column 2 'note': --skip-columns 2)" gx-means t
	prints $'gene\ta\tb\ng1\t1\tNA\ng2\t2\tNA\ng3\tNA\tNA' gx-convert --skip-columns 2 --na '?' t
	from '\tgene\ts1\n\tG1\t1\n\tG2\t2\n'
	refuses 1 '--id-column gene' gx-means t
	prints $'gene\tmean\nG1\t1\nG2\t2' gx-means --id-column gene t
	from 's1,s2,s3\n1.5,2,3\n2.5,5,6\n'
	refuses 1 'the first two rows are called by the fractions 1.5 and 2.5' gx-means t
	prints $'g1\t1.5\t2\t3\ng2\t2.5\t5\t6' gx-convert -H --id-column none t
	prints $'1.5\t2\t3\n2.5\t5\t6' gx-convert -H --id-column 1 t
	from 'ID_REF,A,Detection Pval,B,Detection Pval.1\nI1,5,.01,6,.02\nI2,5,.01,6,.02\n'
	refuses 1 '--skip-columns 3,5' gx-means t
	prints $'gene\tmean\nI1\t5.5\nI2\t5.5' gx-means --skip-columns 3,5 t
}
