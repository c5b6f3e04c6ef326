/* SPDX-License-Identifier: MIT */
/*
 * Each row of the table of foreign files, by bytes that such files begin with; tables whose
 * first bytes look like them; line ends.
 */
#include "format/foreign.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

struct example {
	const char *bytes;
	size_t n;
	const char *said; /* a part of what is said of it */
};

#define OF(bytes, said) { bytes, sizeof bytes - 1, said }

static bool *met;

static void check_said(const unsigned char *head, size_t n, const char *said)
{
	const struct gx_foreign *kind = gx_foreign_find(head, n, false);
	if (!kind)
		kind = gx_foreign_find(head, n, true);
	if (!unit_check(kind != NULL, "'%.30s' is not known: %s", (const char *)head, said))
		return;
	met[kind - gx_foreign_table] = true;
	const char *what = gx_foreign_describe(kind, head, n);
	unit_check(strstr(what, said) != NULL, "'%.30s' is %s, not %s", (const char *)head, what,
		   said);
}

static void check_none(const unsigned char *head, size_t n)
{
	for (int is_text = 0; is_text < 2; is_text++) {
		const struct gx_foreign *kind = gx_foreign_find(head, n, is_text);
		unit_check(kind == NULL, "'%.30s' of %zu bytes is %s", (const char *)head, n,
			   kind ? kind->what : "");
	}
}

/* The bytes as a block that ends where reading must. */
static void check_example(const struct example *e)
{
	unsigned char *copy = unit_allocate(e->n, 1);
	memcpy(copy, e->bytes, e->n);
	check_said(copy, e->n, e->said);
	free(copy);
	/* Less of it is read without harm. */
	for (size_t n = 0; n < e->n && n < 80; n++) {
		unsigned char *cut = unit_allocate(n, 1);
		memcpy(cut, e->bytes, n);
		gx_foreign_find(cut, n, false);
		gx_foreign_find(cut, n, true);
		free(cut);
	}
}

static const struct example examples[] = {
	OF("\xff\xfe\0\0g\0\0\0", "UTF-32 text: convert it: iconv -f UTF-32"),
	OF("\0\0\xfe\xff\0\0\0g", "UTF-32"),
	OF("\xff\xfeg\0e\0", "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8"),
	OF("\xfe\xff\0g\0e", "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8"),
	OF("g\0e\0n\0e\0", "iconv -f UTF-16LE"),
	OF("\0g\0e\0n\0e", "iconv -f UTF-16BE"),
	OF("\0\0\0\0\0\0\0\0\0", "NUL bytes where data should begin"),
	OF("PK\x05\x06\0\0", "an empty zip archive"),
	OF("PK\x03\x04\x14", "a zip archive, such as a spreadsheet (.xlsx)"),
	OF("7z\xbc\xaf\x27\x1c\0", "7z x FILE"),
	OF("Rar!\x1a\x07\1\0", "unrar x FILE"),
	OF("\xfd" "7zXZ\0\0", "xzcat"),
	OF("BZh91AY&SY\1", "bzcat"),
	OF("\x04\x22\x4d\x18\x64", "lz4cat"),
	OF("\x1f\x9d\x90g", "gzip -dc"),
	OF("LZIP\1\f", "lzip -dc"),
	OF("]\0\0\x80\0\xff", "xzcat"),
	OF("MATLAB 5.0 MAT-file, Platform: posix", "scipy.io.loadmat"),
	OF("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "(.xls), or another OLE2 file: save the sheet"),
	OF("SQLite format 3\0\x10", "sqlite3 -header -tabs FILE"),
	OF("ARROW1\0\0\xff\xff", "pd.read_feather"),
	OF("FEA1\0\0\0\0", "pd.read_feather"),
	OF("\xff\xff\xff\xff\x10\1\0\0", "pyarrow.ipc.open_stream"),
	OF("PAR1\x15\x04", "pd.read_parquet"),
	OF("RDX2\nX\n", "load(\"FILE\")"),
	OF("RDX3\nX\n", "load(\"FILE\")"),
	OF("RDA2\nA\n2\n", "load(\"FILE\")"),
	OF("RDA3\nA\n3\n", "load(\"FILE\")"),
	OF("X\n\0\0\0\3", "readRDS(\"FILE\")"),
	OF("B\n\2\0\0\0", "readRDS(\"FILE\")"),
	OF("B\n\3\0\0\0", "readRDS(\"FILE\")"),
	OF("A\n3\n262657\n197888\n5\nUTF-8\n", "readRDS(\"FILE\")"),
	OF("\x80\4\x95\x10", "pd.read_pickle"),
	OF("BAM\1\x10\0", "alignments, not counts"),
	OF("CRAM\2\1", "alignments, not counts"),
	OF("CRAM\3\0", "alignments, not counts"),
	OF("BCF\2\2", "(BCF)"),
	OF("TBI\1\2", "the index of another file"),
	OF("CSI\1\2", "the index of another file"),
	OF("BAI\1\2", "the index of another file"),
	OF("\x26\xfc\x8f\x88\4\0", "(bigWig)"),
	OF("\x88\x8f\xfc\x26\0\4", "(bigWig)"),
	OF("\xeb\xf2\x89\x87\4\0", "(bigBed)"),
	OF("\x87\x89\xf2\xeb\0\4", "(bigBed)"),
	OF("\x40\0\0\0\4\0\0\0\xda\2", "write.exprs(rma(ReadAffy())"),
	OF("\x3b\1\0\0\0\1", "write.exprs(rma(ReadAffy())"),
	OF("IDAT\3\0\0\0\0\0", "limma::read.idat"),
	OF("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "a sound (WAV): gx-spectrum FILE"),
	OF("RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0", "a sound (WAV): gx-spectrum FILE"),
	OF("RIFF\x24\0\0\0WA", "a sound (WAV): gx-spectrum FILE"),
	OF("ID3\4\0\0\0\0\1\x7f", "MP3, a sound, which ffmpeg decodes"),
	OF("\xff\xfb\x90\x64\0", "MP3, a sound, which ffmpeg decodes"),
	OF("\xff\xf3\x40\xc0\0", "MP3, a sound, which ffmpeg decodes"),
	OF("\xff\xe3\x18\xc4\0", "MP3, a sound, which ffmpeg decodes"),
	OF("\xff\xfd\x90\4\0", "MP3, a sound, which ffmpeg decodes"),
	OF("\xff\xf1\x50\x80\2\x1f\xfc", "AAC, a sound, which ffmpeg decodes"),
	OF("fLaC\0\0\0\42\x10\0", "FLAC, a sound, which ffmpeg decodes"),
	OF("fLaC\x80\0\0\42\x10\0", "FLAC, a sound, which ffmpeg decodes"),
	OF("OggS\0\2\0\0", "Ogg, a sound, which ffmpeg decodes"),
	OF("FORM\0\0\1\2AIFFCOMM\0\0\0\x12", "AIFF, a sound, which ffmpeg decodes"),
	OF("FORM\0\0\1\2AIFCFVER\0\0\0\4", "AIFF, a sound, which ffmpeg decodes"),
	OF("RIFX\0\0\0\x24WAVEfmt \0\0\0\x10", "a sound (RIFX): gx-info FILE says what decodes it"),
	OF("BW64\xff\xff\xff\xffWAVEds64\x1c\0\0\0", "BW64, a sound, which ffmpeg decodes"),
	OF("riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", "W64, a sound, which ffmpeg decodes"),
	OF("\0\0\0\x1c" "ftypM4A \0\0\2\0", "MP4, a sound, which ffmpeg decodes"),
	OF("caff\0\1\0\0desc", "CAF, a sound, which ffmpeg decodes"),
	OF(".snd\0\0\0\x18", "AU, a sound, which ffmpeg decodes"),
	OF("wvpk\x10\0\0\0\x10\4", "WavPack, a sound, which ffmpeg decodes"),
	OF("\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA, a sound, which ffmpeg decodes"),
	OF("\x1a\x45\xdf\xa3\x9f", "WebM, a sound, which ffmpeg decodes"),
	OF("%PDF-1.7\n", "(PDF)"),
	OF("\x89PNG\r\n\x1a\n\0", "(PNG)"),
	OF("\xff\xd8\xff\xe0", "(JPEG)"),
	OF("GIF87a\1", "(GIF)"),
	OF("GIF89a\1", "(GIF)"),
	OF("II*\0\x08", "(TIFF)"),
	OF("MM\0*\0\0", "(TIFF)"),
	OF("\0\5\x16\7\0\2\0\0Mac OS X", "name the file without ._"),
	OF("\x7f" "ELF\2\1", "a program"),
	OF("column\tcount\trows\tna\tthreshold\twork\tunit\n", "a record of gx-threshold"),
	OF("Seq\tHost\tStarttime\tJobRuntime\n", "a joblog of GNU parallel"),
	OF("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
	OF("/annex/objects/MD5E-s1--0.tsv\n", "git annex get"),
	OF("<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n",
	   "a spreadsheet in XML"),
	OF("\n <!DocType html>\n", "an HTML or XML page"),
	OF("\xef\xbb\xbf<HTML>\n", "an HTML or XML page"),
	OF("<!-- saved from url -->\n", "an HTML or XML page"),
	OF("<?xml version=\"1.0\"?>\n<MINiML>\n", "an HTML or XML page"),
	OF("<Error><Code>NoSuchKey</Code>", "an HTML or XML page"),
	OF("<Header>\r\nFileVersion,1.7\r\n", "an RCC file of nanoString"),
	OF("{\"id\": null,\n\"format\": \"Biological Observation Matrix 1.0.0\",", "biom convert"),
	OF("{\"error\":\"not found\"}", "JSON"),
	OF("{}", "JSON"),
	OF("[\n {\"gene\": 1}]", "JSON"),
	OF("Description\tAccession\ts1\t\ts2\t\n\ta\t\tb\n2\nd\tg1\t1\tP\t2\tA\n", "a RES file"),
	OF("Description\tAccession\ts1\t\ts2\r\n\ta\t\tb\r\n2\r\n", "a RES file"),
	OF("6 2 1\n# ALL AML\n0 0 0 1 1 1\n", "the classes of samples"),
	OF("#numeric\n#PeakProfile\n1 2 3\n", "profiles of samples"),
	OF("##fileformat=VCFv4.2\n", "(VCF)"),
	OF("##gff-version 3\n", "(GFF)"),
	OF("#!genome-build GRCh38\n1\thavana\tgene\t1\t9\t.\t+\t.\tgene_id \"g\";\n", "(GTF, GFF)"),
	OF("chr1\tx\texon\t1\t9\t0.5\t-\t0\tID=e1\n", "(GTF, GFF)"),
	OF("@HD\tVN:1.6\n", "alignments, not counts"),
	OF("@SQ\tSN:chr1\tLN:9\n", "alignments, not counts"),
	OF("@r1 x\nACGTN\n+\n!!!!!\n", "(FASTQ)"),
	OF(">ENSG1 a gene\nACGT\n", "(FASTA)"),
	OF("track type=bedGraph\n", "(bedGraph, wiggle)"),
	OF("track name=\"x\"\n", "(BED, wiggle)"),
	OF("browser position chr1:1-2\n", "(BED, wiggle)"),
	OF("fixedStep chrom=chr1 start=1\n", "(wiggle)"),
	OF("variableStep chrom=chr1\n", "(wiggle)"),
	OF("[CEL]\nVersion=3\n", "write.exprs(rma(ReadAffy())"),
	OF("%!PS-Adobe-3.0\n", "(PostScript)"),
	OF("{\\rtf1\\ansi", "(RTF)"),
	OF("#!/usr/bin/env Rscript\nx <- 1\n", "a script"),
	OF("# normalise\nlibrary(DESeq2)\n", "a script"),
};

/* ---- archives, whose first file has a name ---- */

static void check_zip(const char *member, const char *behind, const char *said)
{
	unsigned char head[300] = "PK\x03\x04";
	size_t n = strlen(member);
	head[26] = (unsigned char)n;
	memcpy(head + 30, member, n);
	memcpy(head + 30 + n, behind, strlen(behind));
	check_said(head, 30 + n + strlen(behind), said);
}

static void tar_header(const char *member, char kind, bool is_old, unsigned char head[512])
{
	memset(head, 0, 512);
	memcpy(head, member, strlen(member));
	strcpy((char *)head + 100, "0000644");
	strcpy((char *)head + 124, "00000000031");
	head[156] = (unsigned char)kind;
	if (!is_old)
		memcpy(head + 257, "ustar", 6);
	unsigned sum = 8 * ' ';
	for (size_t i = 0; i < 512; i++)
		sum += head[i];
	snprintf((char *)head + 148, 8, is_old ? "%6o" : "%06o", sum);
	head[155] = ' ';
}

static void test_archives(void)
{
	unsigned char head[512];
	check_zip("counts.tsv", "gene\t", "unzip -p FILE | gx-...");
	check_zip("counts.tsv", "", "the first in it is 'counts.tsv'");
	check_zip("x.npy", "", "np.load('FILE')['NAME']): the first in it is 'x.npy'");
	check_zip("indices.npy", "", "scipy.sparse.load_npz");
	check_zip("row.npy", "", "scipy.sparse.load_npz");
	check_zip("[Content_Types].xml", "", "a spreadsheet (.xlsx, .ods)");
	check_zip("xl/workbook.xml", "", "a spreadsheet (.xlsx, .ods)");
	check_zip("mimetype", "application/vnd.oasis.opendocument.spreadsheet",
		  "a spreadsheet (.xlsx, .ods)");
	for (int is_old = 0; is_old < 2; is_old++) {
		tar_header("GSM1_counts.txt.gz", '0', is_old, head);
		check_said(head, 512, "tar xf FILE: the first in it is 'GSM1_counts.txt.gz'");
		tar_header("GSM1_counts.txt.gz", 0, is_old, head);
		check_said(head, 512, "tar xf FILE: the first in it is 'GSM1_counts.txt.gz'");
		tar_header("././@PaxHeader", 'x', is_old, head);
		const struct gx_foreign *kind = gx_foreign_find(head, 512, false);
		unit_text(kind ? gx_foreign_describe(kind, head, 512) : "",
			  "a tar archive: unpack it: tar xf FILE", "a header about a header");
		head[0] ^= 1;
		check_none(head, 512);
	}
	unit_report("archives, by what is in them");
}

/* ---- what is a table ---- */

static void test_tables(void)
{
	static const char *const tables[] = {
		"gene\ts1\nA\t1\n",
		"column\tcount\trows\tna\tthreshold\nA\t1\t2\t3\t4\n",
		"Seq\tHost\tStart\nA\t1\t2\n",
		"PAR1\tTP53\ns1\t1\t2\n",
		"FEA1\t1\nBAM\t2\nCRAMP1\t3\n",
		"CRAM\t1\n",
		"IDAT\t1\n",
		"BZh\t1\t2\nPK\t1\t2\n",
		"X\t1\nA\t2\n",
		"X\n1\n2\n",
		"A\n2\n3\n4\n",
		"A\n3\n262657\n2\n",
		"RDX2\t1\n",
		"]\t1\n",
		"GIF\t1\n",
		"Description\tAccession\ts1\ts2\nd\tg1\t1\t2\n3\tg2\t1\t2\n",
		"Description\tAccession\ts1\t\ts2\t\nd\tg1\t1\tP\t2\tA\nd\tg2\t1\tP\t2\tA\n",
		"6 2 1\ng1 1 2\n",
		"6 2 1 4\n# c\ng1 1 2 3 4\n",
		"@gene\ts1\ng1\t1\n+\t1\n",
		">gene\ts1\nACGT\t1\n",
		"{gene}\ts1\nA\t1\n",
		"[1] 2 3\n",
		"#numeric\tx\ng1\t1\n",
		"#gene\ts1\ng1\t1\n",
		"chr1\tx\texon\t1\t9\t0.5\t1\t0\t7\n",
		"track\ttype\ng1\t1\n",
		"version\ts1\ng1\t1\n",
		"library\ts1\ng1\t1\n",
		"import export\ng1 1\n",
		"<5\t>5\ng1\t1\n",
		"#1.2\n2\t2\nNAME\tDescription\ts1\ts2\n",
		"!Series_title\t\"x\"\n",
		"%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 5\n",
		"RIFF\tg1\tWAVE\tg2\n\n",
		"RF64\tg1\tWAVE\tfmt \t16\tdata\n",
		"RIFF\t\xc3\xa9\tWAVE\t\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n",
		"RIFX,g1,WAVE,g2\n",
		"FORM\tg1\tAIFF\tg2\n",
		"fLaC\tOggS\tID3\nA\t1\t2\n",
		"OggS\tfLaC\n",
		"ID3\tID4\ts1\nA\t1\t2\n",
		"riff\t.snd\n",
		"wvpk\tcaff\n",
		".snd\tcaff\n",
		"\xff\t\xfe\n",
		"\x93NUMPY\1",
	};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (size_t n = strlen(tables[i]); n > 3; n--)
			check_none((const unsigned char *)tables[i], n);
	unit_report("tables that begin as other files do are none of them");
}

static void check_ends(const char *text, bool whole, bool passed_over, const char *said)
{
	size_t n = strlen(text);
	unsigned char *copy = unit_allocate(n, 1);
	memcpy(copy, text, n);
	const char *got = gx_foreign_line_ends(copy, n, whole, passed_over);
	unit_check(said ? got && strstr(got, said) : !got, "'%.20s' (%s): %s", text,
		   whole ? "whole" : "more follows", got ? got : "nothing");
	free(copy);
}

static void test_line_ends(void)
{
	const char *cr = "CR alone", *twice = "CR CR LF";
	check_ends("gene\ts1\rA\t1\r", true, false, cr);
	check_ends("gene\ts1\rA\t1", false, false, cr);
	check_ends("gene\ts1\r", false, false, NULL);
	check_ends("gene\ts1\r", true, false, cr);
	check_ends("gene\ts1\r\nA\t1\r\n", true, false, NULL);
	check_ends("gene\ts1\nA\t1\r", true, false, NULL);
	check_ends("gene\ts1\r\r\nA\t1\r\r\n", true, false, twice);
	check_ends("gene\ts1\rA\t1\nB\t2\n", true, false, cr);
	check_ends("gene\ts1\rA\t1\nB\t2\n", true, true, NULL);
	check_ends("#1.2\r2\t2\r", true, false, cr);
	check_ends("#1.2\t\t\r2\t2\r\nx\n", true, false, cr);
	check_ends("# a\r# b\rgene\ts1\rA\t1\r", true, false, cr);
	check_ends("# a\r# b\rgene\ts1\rA\t1\r\n", true, false, cr);
	check_ends("# 10%\r20%\ngene\ts1\nA\t1\n", true, false, NULL);
	check_ends("!Series_title\t\"a\rb\"\n!x\n", false, false, NULL);
	check_ends("!Series_title\t\"a\"\r!x\r", false, false, cr);
	check_ends("%%MatrixMarket matrix coordinate real general\r1 1 1\r", true, false, cr);
	check_ends("", true, false, NULL);
	unit_report("line ends: CR alone, CR CR LF, and CRs within comments");
}

int main(void)
{
	met = unit_allocate(gx_foreign_count, sizeof *met);
	memset(met, 0, gx_foreign_count * sizeof *met);
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
		check_example(&examples[i]);
	unit_report("files of other programs, by their first bytes");
	test_archives();
	for (size_t i = 0; i < gx_foreign_count; i++)
		unit_check(met[i], "no example is: %s", gx_foreign_table[i].what);
	unit_report("each row of the table has an example");
	test_tables();
	test_line_ends();
	free(met);
	return unit_end();
}
