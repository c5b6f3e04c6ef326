# SPDX-License-Identifier: MIT
"""Names and numbers as tables have them. Nothing here is taken from gx: what names ids, and
what no sample is called, is what the tables of other programs show."""

import re

# First cells of headers, as words; how they are spelled is drawn.
ID_WORDS = ["gene", "id", "gene id", "id ref", "probe", "symbol", "feature", "peptide", "sample",
            "cell", "barcode", "row name", "time", "x"]

GENES = {
    "symbols": ["TSPAN6", "TNMD", "DPM1", "SCYL3", "FGR", "CFH", "Xkr4", "5'-NT", "A1BG|1", "a b",
                "HLA-A*02:01", "g#1", "\u00b5-opioid", "g.1", "NA12878", "T/C", "7A5", "1/2-SBSRNA4"],
    "versions": [f"ENSG{i:011}.{i % 9}" for i in range(3, 21)],
    "numbers": [str(7892501 + 17 * i) for i in range(18)],
    "dates": ["Sep-01", "1-Mar", "2-Mar", "2020-03-01", "Dec-1", "2.31E+19", "MARCH1", "Oct-4",
              "1-Sep", "10-Mar", "2021-12-31", "7-Sep", "Apr-01", "3-Dec", "4-Mar", "5-Mar", "6-Mar",
              "8-Mar"],
}

SAMPLES = ["ctrl_1", "drug_1", "TCGA-XX-0001-01A", "heart left", "day_start", "week_end", "restart",
           "bend", "lengthy", "start_1", "T.cell", "chromatin", "s.1", "A431+IFN", "data/x.bam",
           "7d", "1st", "\u00e9t\u00e9", "TPM_1", "GSM0000001", "wt", "idx", "gene_KO", "strandless"]

# A corner that says nothing of ids: a gene, as a first line that is a row has it.
PLAIN_CORNERS = ["BRCA1", "ENSG00000000003", "AT1G01010", "2-Mar", "TP53", "YAL001C", "__ambiguous"]

# Names of columns that no sample has, whatever their numbers are.
WHOLE_NAMES = ["Length", "EffectiveLength", "eff_length", "effective_length", "Start", "End",
               "Strand", "Entrez_Gene_Id", "EntrezGeneID", "Chr", "LENGTH", "length", "start"]
# The same for one column of each sample: the sample's name stands before it.
OF_EACH_SAMPLE = [".Detection Pval", ".Detection.Pval", "_conf_lo", "_conf_hi", "_Detection_Pval"]

TEXTS = ["protein_coding", "OK", "chr1", "chrX;chrX", "ENST01.1,ENST02.1", "a kinase", "3D fold",
         "12;13", "+", "lncRNA", "5,6,7,8", "n/d", "E", "1e", "0x1A", "-5-"]
TEXT_NAMES = ["description", "gene_type", "biotype", "Gene.Name", "locus", "note", "symbol 2"]

# Tokens for a cell that has no number, which are not what gx takes for missing by itself.
ODD_TOKENS = ["ND", "-", ".", "--", "#N/A", "n.d.", "#VALUE!", "<0.1", "?", "no call"]
MISSING = ["NA", "na", "NaN", "N/A", "null", ""]


def spelled(draw, words):
    """An id word in one of its spellings: what stands between its parts and its case vary."""
    between = draw.choice(["", "_", ".", "-", " "])
    case = draw.choice([str.lower, str.upper, str.title, str])
    return case(between.join(words.split()))


def plain(name):
    """Letters and digits alone, in one case: how id words are compared."""
    return re.sub(r"[\W_]+", "", name).lower()


def value(draw):
    """A number as text, and as gx writes it."""
    way = draw.random()
    if way < 0.4:
        return str(draw.randrange(10 ** draw.randrange(1, 7)))
    if way < 0.5:
        return "0"
    return f"{draw.uniform(-50, 500):.{draw.randrange(1, 4)}f}"
