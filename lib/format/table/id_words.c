/* SPDX-License-Identifier: MIT */
#include "format/table/id_words.h"

#include <string.h>

/* Each group is one text, blanks between; in small letters and digits alone. */
static const char *const words[] = {
	/* genes */
	" gene genes geneid geneids genename genenames genesymbol genesymbols geneaccession "
	"symbol symbols hugo hugosymbol hgnc hgncid hgncsymbol mgisymbol locus locusid locustag "
	"orf orfname yorf systematicname cdna clone cloneid ",
	/* of the archives that count them */
	" entrez entrezid entrezgene entrezgeneid ensembl ensemblid ensemblgene ensemblgeneid "
	"ensembltranscriptid ensg ensgid enst refseq refseqid uniprot uniprotid kegg keggid "
	"accession mirbase geo geoaccession gsm ",
	/* anything that is counted */
	" id ids idref identifier identifiers name names index entry feature "
	"features featureid featurename target targetid targetname uid gid clid trackingid ",
	/* transcripts and what lies on a genome */
	" transcript transcripts tid transcriptid transcriptname tx txid txname isoform isoformid "
	"exon exonid mir mirna mirnaid mirnaname contig chr chrom chromosome region regionid "
	"peak peakid site siteid snp snpid variant variantid cpg cpgid guide guideid ",
	/* spots on arrays */
	" probe probes probeid probename probeset probesets probesetid probesetname reporter "
	"reporterid reportername spot spotid illuminaid ilmnid ",
	/* proteins, small molecules, and whose genes they are */
	" protein proteins proteinid proteinids proteinname proteingroup proteingroups "
	"majorityproteinids peptide peptides peptideid peptidesequence sequence metabolite "
	"metaboliteid compound compoundid cluster clusterid otu otus otuid asv asvid taxon taxa "
	"taxid taxonid taxonomy ",
	/* samples, of a table that is turned */
	" sample samples sampleid samplename cell cells cellid cellname cellbarcode barcode "
	"barcodes well patient patientid subject subjectid individual assayid time times "
	"timepoint ",
	/* what R and pandas call rows and a column without a name; TCGA's Firehose */
	" row rows rowid rowname rownames rownumber x unnamed0 hybridizationref "
	"compositeelementref ",
};

/* The letters and digits, small, with a blank on either side; false: too long for a word. */
static bool reduce(const char *name, size_t nname, char *out, size_t room)
{
	size_t n = 0;
	out[n++] = ' ';
	for (size_t i = 0; i < nname; i++) {
		unsigned char c = (unsigned char)name[i];
		c = c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80))
			continue;
		if (n + 2 >= room)
			return false;
		out[n++] = (char)c;
	}
	out[n++] = ' ';
	out[n] = 0;
	return n > 2;
}

bool gx_is_id_word(const char *name, size_t nname)
{
	char word[40];
	if (!reduce(name, nname, word, sizeof word))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(words[i], word))
			return true;
	return false;
}
