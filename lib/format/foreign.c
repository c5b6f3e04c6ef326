/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "format/foreign.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/message.h"
#include "format/foreign_text.h"
#include "sound/other.h"
#include "sound/sound.h"

static bool is_text_byte(unsigned char c)
{
	return c == '\t' || c == '\r' || c == '\n' || (c >= 0x20 && c < 0x80);
}

/* ---- what bytes alone do not tell ---- */

/* Names of genes are magics too (PAR1): a text goes on with text, these files do not. */
static bool fifth_is_no_text(const struct gx_head_bytes *h)
{
	return h->n > 4 && !is_text_byte(h->byte[4]);
}

static bool is_bzip2(const struct gx_head_bytes *h)
{
	return h->n >= 10 && memcmp(h->byte + 4, "1AY&SY", 6) == 0;
}

static bool is_pickle(const struct gx_head_bytes *h)
{
	return h->n > 1 && h->byte[1] >= 2 && h->byte[1] <= 5;
}

static bool all_zero(const struct gx_head_bytes *h)
{
	size_t i = 0;
	while (i < h->n && h->byte[i] == 0)
		i++;
	return i == h->n;
}

/* Whether each byte at an even place (zero = 0) or odd one (1) is NUL, and no other is. */
static bool alternates(const struct gx_head_bytes *h, size_t zero)
{
	size_t n = h->n < 64 ? h->n : 64, i = 0;
	while (i < n && (h->byte[i] == 0) == (i % 2 == zero))
		i++;
	return n >= 6 && i == n;
}

static bool is_utf16_little(const struct gx_head_bytes *h)
{
	return alternates(h, 1);
}

static bool is_utf16_big(const struct gx_head_bytes *h)
{
	return alternates(h, 0);
}

static bool is_wav(const struct gx_head_bytes *h)
{
	return gx_sound_recognise(h->byte, h->n);
}

static bool is_other_sound(const struct gx_head_bytes *h)
{
	return gx_sound_other(h->byte, h->n) != NULL;
}

/* ---- tar ---- */

enum { TAR_HEADER = 512, TAR_NAME = 100, TAR_SUM = 148, TAR_KIND = 156, TAR_SUM_N = 8 };

/* The number of octal digits, behind blanks; -1 where there is none. */
static long octal(const unsigned char *p, size_t n)
{
	long value = 0;
	size_t i = 0;
	while (i < n && p[i] == ' ')
		i++;
	if (i == n || p[i] < '0' || p[i] > '7')
		return -1;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		value = value * 8 + (p[i] - '0');
	return value;
}

/* The header's sum of bytes tells, of archives older than "ustar" too. */
static bool is_tar(const struct gx_head_bytes *h)
{
	if (h->n < TAR_HEADER || h->byte[0] == 0)
		return false;
	long sum = 0;
	for (size_t i = 0; i < TAR_HEADER; i++)
		sum += i >= TAR_SUM && i < TAR_SUM + TAR_SUM_N ? ' ' : h->byte[i];
	return octal(h->byte + TAR_SUM, TAR_SUM_N) == sum;
}

static size_t tar_member(const struct gx_head_bytes *h, const char **name)
{
	/* Headers that say more about the file behind them have no name of their own. */
	if (h->n < TAR_HEADER || strchr("xgLK", h->byte[TAR_KIND] ? h->byte[TAR_KIND] : '0'))
		return 0;
	*name = (const char *)h->byte;
	return strnlen(*name, TAR_NAME);
}

/* ---- zip ---- */

static size_t zip_member(const struct gx_head_bytes *h, const char **name)
{
	enum { LENGTH = 26, NAME = 30 };
	if (h->n < NAME)
		return 0;
	size_t n = h->byte[LENGTH] | (size_t)h->byte[LENGTH + 1] << 8;
	*name = (const char *)h->byte + NAME;
	return n <= h->n - NAME ? n : 0;
}

static bool zip_has(const struct gx_head_bytes *h, const char *begin, const char *end)
{
	const char *name = NULL;
	size_t n = zip_member(h, &name), nbegin = strlen(begin), nend = strlen(end);
	return n >= nbegin + nend && memcmp(name, begin, nbegin) == 0 &&
	       memcmp(name + n - nend, end, nend) == 0;
}

/* What scipy.sparse.save_npz writes first, of each of its formats. */
static bool is_sparse_npz(const struct gx_head_bytes *h)
{
	return zip_has(h, "indices.npy", "") || zip_has(h, "row.npy", "") ||
	       zip_has(h, "offsets.npy", "") || zip_has(h, "coords.npy", "");
}

static bool zip_has_member(const struct gx_head_bytes *h)
{
	const char *name;
	return zip_member(h, &name) > 0;
}

static bool is_npz(const struct gx_head_bytes *h)
{
	return zip_has(h, "", ".npy");
}

static bool is_spreadsheet(const struct gx_head_bytes *h)
{
	size_t n = h->n < 200 ? h->n : 200;
	return zip_has(h, "[Content_Types].xml", "") || zip_has(h, "_rels/", "") ||
	       zip_has(h, "xl/", "") || zip_has(h, "docProps/", "") ||
	       (zip_has(h, "mimetype", "") && memmem(h->byte, n, "opendocument", 12));
}

/* ---- sounds ---- */

static size_t sound_kind(const struct gx_head_bytes *h, const char **name)
{
	*name = gx_sound_other(h->byte, h->n);
	return *name ? strlen(*name) : 0;
}

/* ---- the table ---- */

#define SHEET "save the sheet as tab-separated text"
#define IMAGE "an image or a document, not the data"
#define RDATA_ "R data: in R, write.table(x, \"x.tsv\", sep=\"\\t\") "
#define RDATA RDATA_ "(x by load(\"FILE\"))"
#define RDS RDATA_ "(x <- readRDS(\"FILE\"))"
#define PAGE                                                                               \
	"an HTML or XML page, not the data: look with a browser at what the server said"
#define SAM "alignments, not counts of them: featureCounts or htseq-count make a table of them"
#define TRACK "intervals or a signal along a genome, not genes x samples"
#define CEL                                                                                \
	"a CEL file of Affymetrix, the intensities of one array: in R, with affy: "          \
	"write.exprs(rma(ReadAffy()), \"x.tsv\")"
#define INDEX "the index of another file (.tbi, .csi, .bai): name that one"
#define JSON "JSON, not a table: look at what the server said, or write it as a table"

#define BYTES(magic) false, magic, sizeof magic - 1
#define TEXT(magic) true, magic, sizeof magic - 1

const struct gx_foreign gx_foreign_table[] = {
	/* Text in other units than bytes. */
	{ BYTES("\xff\xfe\0\0"), NULL,
	  "UTF-32 text: convert it: iconv -f UTF-32 -t UTF-8", NULL },
	{ BYTES("\0\0\xfe\xff"), NULL,
	  "UTF-32 text: convert it: iconv -f UTF-32 -t UTF-8", NULL },
	{ BYTES("\xff\xfe"), NULL, "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8", NULL },
	{ BYTES("\xfe\xff"), NULL, "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8", NULL },
	{ BYTES(""), is_utf16_little,
	  "UTF-16 text without a mark: convert it: iconv -f UTF-16LE -t UTF-8", NULL },
	{ BYTES(""), is_utf16_big,
	  "UTF-16 text without a mark: convert it: iconv -f UTF-16BE -t UTF-8", NULL },
	{ BYTES(""), all_zero,
	  "NUL bytes where data should begin, as an empty tar archive or a copy that failed has "
	  "them: fetch it again",
	  NULL },
	/* Archives. */
	{ BYTES(""), is_tar, "a tar archive: unpack it: tar xf FILE", tar_member },
	{ BYTES("PK\x03\x04"), is_sparse_npz,
	  "a sparse matrix of SciPy (npz): in Python: scipy.io.mmwrite('x.mtx', "
	  "scipy.sparse.load_npz('FILE'), symmetry='general')",
	  NULL },
	{ BYTES("PK\x03\x04"), is_npz,
	  "an npz of NumPy, an archive of arrays: in Python: np.save('x.npy', "
	  "np.load('FILE')['NAME'])",
	  zip_member },
	{ BYTES("PK\x03\x04"), is_spreadsheet, "a spreadsheet (.xlsx, .ods): " SHEET, NULL },
	{ BYTES("PK\x03\x04"), zip_has_member,
	  "a zip archive: unzip -p FILE | gx-..., or unzip -p FILE NAME | gx-... where several are "
	  "in it",
	  zip_member },
	{ BYTES("PK\x03\x04"), NULL, "a zip archive, such as a spreadsheet (.xlsx): " SHEET, NULL },
	{ BYTES("PK\x05\x06"), NULL, "an empty zip archive: fetch or make it again", NULL },
	{ BYTES("7z\xbc\xaf\x27\x1c"), NULL, "a 7z archive: unpack it: 7z x FILE", NULL },
	{ BYTES("Rar!\x1a\x07"), NULL, "a rar archive: unpack it: unrar x FILE", NULL },
	/* Compression that is not decoded on the way. */
	{ BYTES("\xfd" "7zXZ"), NULL, "xz data: pipe it through xzcat", NULL },
	{ BYTES("BZh"), is_bzip2, "bzip2 data: pipe it through bzcat", NULL },
	{ BYTES("\x04\x22\x4d\x18"), NULL, "lz4 data: pipe it through lz4cat", NULL },
	{ BYTES("\x1f\x9d"), NULL, "data of compress (.Z): pipe it through gzip -dc", NULL },
	{ BYTES("LZIP\1"), NULL, "lzip data: pipe it through lzip -dc", NULL },
	{ BYTES("]\0\0"), NULL, "lzma data: pipe it through xzcat", NULL },
	/* Tables and arrays of other programs. */
	{ BYTES("MATLAB 5.0 MAT-file"), NULL,
	  "a MATLAB file: in Python: np.save('x.npy', scipy.io.loadmat('FILE')['NAME'])", NULL },
	{ BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), NULL,
	  "an Excel workbook of old (.xls), or another OLE2 file: " SHEET, NULL },
	{ BYTES("SQLite format 3\0"), NULL,
	  "an SQLite database: sqlite3 -header -tabs FILE 'SELECT * FROM NAME' | gx-... (.tables "
	  "lists the names)",
	  NULL },
	{ BYTES("ARROW1\0\0"), NULL,
	  "Arrow data (Feather): in Python: pd.read_feather('FILE').to_csv('x.tsv', sep='\\t', "
	  "index=False)",
	  NULL },
	{ BYTES("FEA1"), fifth_is_no_text,
	  "Feather data: in Python: pd.read_feather('FILE').to_csv('x.tsv', sep='\\t', "
	  "index=False)",
	  NULL },
	{ BYTES("\xff\xff\xff\xff"), NULL,
	  "an Arrow stream: in Python: pyarrow.ipc.open_stream('FILE').read_pandas()"
	  ".to_csv('x.tsv', sep='\\t', index=False)",
	  NULL },
	{ BYTES("PAR1"), fifth_is_no_text,
	  "a Parquet file: convert it with pandas: "
	  "pd.read_parquet('x').to_csv('x.tsv', sep='\\t')",
	  NULL },
	{ BYTES("RDX2\n"), NULL, RDATA, NULL },
	{ BYTES("RDX3\n"), NULL, RDATA, NULL },
	{ BYTES("RDA2\nA\n"), NULL, RDATA, NULL },
	{ BYTES("RDA3\nA\n"), NULL, RDATA, NULL },
	{ BYTES("X\n\0\0"), NULL, RDS, NULL },
	{ BYTES("B\n\2\0"), NULL, RDS, NULL },
	{ BYTES("B\n\3\0"), NULL, RDS, NULL },
	{ BYTES("A\n"), gx_text_is_rds, RDS, NULL },
	{ BYTES("\x80"), is_pickle,
	  "a pickle of Python: pd.read_pickle('FILE').to_csv('x.tsv', sep='\\t')", NULL },
	/* Sequencers, aligners and arrays. */
	{ BYTES("BAM\1"), NULL, SAM, NULL },
	{ BYTES("CRAM\2"), NULL, SAM, NULL },
	{ BYTES("CRAM\3"), NULL, SAM, NULL },
	{ BYTES("BCF\2"), NULL, "variants (BCF), not genes x samples", NULL },
	{ BYTES("TBI\1"), NULL, INDEX, NULL },
	{ BYTES("CSI\1"), NULL, INDEX, NULL },
	{ BYTES("BAI\1"), NULL, INDEX, NULL },
	{ BYTES("\x26\xfc\x8f\x88"), NULL, TRACK " (bigWig)", NULL },
	{ BYTES("\x88\x8f\xfc\x26"), NULL, TRACK " (bigWig)", NULL },
	{ BYTES("\xeb\xf2\x89\x87"), NULL, TRACK " (bigBed)", NULL },
	{ BYTES("\x87\x89\xf2\xeb"), NULL, TRACK " (bigBed)", NULL },
	{ BYTES("\x40\0\0\0\4\0\0\0"), NULL, CEL, NULL },
	{ BYTES("\x3b\1"), NULL, CEL, NULL },
	{ BYTES("IDAT\3\0\0\0"), NULL,
	  "an IDAT file of Illumina, the intensities of one array: in R, limma::read.idat or "
	  "minfi read it",
	  NULL },
	/* Sounds. */
	{ BYTES(""), is_wav,
	  "a sound (WAV): gx-spectrum FILE makes a row of its spectrum, and gx-info FILE tells what "
	  "it is",
	  NULL },
	{ BYTES("RIFX"), is_other_sound, "a sound (RIFX): gx-info FILE says what decodes it", NULL },
	{ BYTES(""), is_other_sound,
	  "a sound, which ffmpeg decodes and gx-spectrum makes a row of: ffmpeg -v error -nostdin -i "
	  "FILE -f wav - | gx-spectrum --name FILE",
	  sound_kind },
	/* What came along. */
	{ BYTES("%PDF-"), NULL, IMAGE " (PDF)", NULL },
	{ BYTES("\x89PNG\r\n\x1a\n"), NULL, IMAGE " (PNG)", NULL },
	{ BYTES("\xff\xd8\xff"), NULL, IMAGE " (JPEG)", NULL },
	{ BYTES("GIF87a"), NULL, IMAGE " (GIF)", NULL },
	{ BYTES("GIF89a"), NULL, IMAGE " (GIF)", NULL },
	{ BYTES("II*\0"), NULL, IMAGE " (TIFF)", NULL },
	{ BYTES("MM\0*"), NULL, IMAGE " (TIFF)", NULL },
	{ BYTES("\0\5\x16\7"), NULL,
	  "what macOS keeps beside a file (its name begins with ._): name the file without ._",
	  NULL },
	{ BYTES("\x7f" "ELF"), NULL, "a program, not what it writes: run it", NULL },

	/* Tables that are no matrix: what this suite writes and reads elsewhere. */
	{ TEXT("column\tcount\trows\tna\tthreshold\twork"), NULL,
	  "a record of gx-threshold: gx-reduce adds it", NULL },
	{ TEXT("Seq\tHost\tStarttime\t"), NULL,
	  "a joblog of GNU parallel: gx-joblog reads it", NULL },

	/* Text that is no table. */
	{ TEXT("version https://git-lfs"), NULL,
	  "a git-lfs pointer, not the data: fetch it with git lfs pull", NULL },
	{ TEXT("/annex/objects/"), NULL,
	  "a git-annex pointer, not the data: fetch it with git annex get", NULL },
	{ TEXT("<?xml"), gx_text_is_xml_sheet, "a spreadsheet in XML: " SHEET, NULL },
	{ TEXT("<!doctype"), NULL, PAGE, NULL },
	{ TEXT("<html"), NULL, PAGE, NULL },
	{ TEXT("<!--"), NULL, PAGE, NULL },
	{ TEXT("<?xml"), NULL, PAGE, NULL },
	{ TEXT("<error>"), NULL, PAGE, NULL },
	{ TEXT("<header>"), gx_text_is_rcc,
	  "an RCC file of nanoString, one sample: sed '1,/<Code_Summary>/d;/<.Code_Summary>/,$d' "
	  "FILE | gx-... --id-column Name --columns Count",
	  NULL },
	{ TEXT("{"), gx_text_is_biom,
	  "a BIOM table: biom convert -i FILE -o x.tsv --to-tsv", NULL },
	{ TEXT("{"), gx_text_is_json, JSON, NULL },
	{ TEXT("["), gx_text_is_json, JSON, NULL },
	{ TEXT("description\taccession\t"), gx_text_is_res,
	  "a RES file of GSEA, with a call beside each value: awk -F'\\t' 'NR!=2 && NR!=3 "
	  "{printf \"%s\", $2; for (i=3; i<=NF; i+=2) printf \"\\t%s\", $i; print \"\"}' FILE | "
	  "gx-...",
	  NULL },
	{ TEXT(""), gx_text_is_cls,
	  "a CLS file of GSEA, the classes of samples and no values: name the table itself", NULL },
	{ TEXT("#numeric"), gx_text_is_profiles,
	  "a CLS file of GSEA, profiles of samples and no genes: name the table itself", NULL },
	{ TEXT("##fileformat=VCF"), NULL, "variants (VCF), not genes x samples", NULL },
	{ TEXT("##gff-version"), NULL,
	  "an annotation (GFF), not counts: featureCounts counts reads by it", NULL },
	{ TEXT(""), gx_text_is_gtf,
	  "an annotation (GTF, GFF), not counts: featureCounts counts reads by it", NULL },
	{ TEXT("@"), gx_text_is_sam, SAM, NULL },
	{ TEXT("@"), gx_text_is_fastq,
	  "reads (FASTQ), not counts of them: Salmon, kallisto or an aligner first", NULL },
	{ TEXT(">"), gx_text_is_fasta, "sequences (FASTA), not a table", NULL },
	{ TEXT("track type="), NULL, TRACK " (bedGraph, wiggle)", NULL },
	{ TEXT("track name="), NULL, TRACK " (BED, wiggle)", NULL },
	{ TEXT("browser position"), NULL, TRACK " (BED, wiggle)", NULL },
	{ TEXT("fixedStep chrom="), NULL, TRACK " (wiggle)", NULL },
	{ TEXT("variableStep chrom="), NULL, TRACK " (wiggle)", NULL },
	{ TEXT("[CEL]"), NULL, CEL, NULL },
	{ TEXT("%!PS"), NULL, IMAGE " (PostScript)", NULL },
	{ TEXT("{\\rtf"), NULL, IMAGE " (RTF): " SHEET, NULL },
	{ TEXT(""), gx_text_is_script, "a script, not what it writes: run it", NULL },
};

const size_t gx_foreign_count = sizeof gx_foreign_table / sizeof *gx_foreign_table;

/* ---- looking ---- */

static struct gx_head_bytes head_of(const unsigned char *byte, size_t n)
{
	struct gx_head_bytes h = { .byte = byte, .n = n, .text = (const char *)byte, .ntext = n };
	if (n >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0)
		h.text += 3, h.ntext -= 3;
	while (h.ntext && strchr(" \t\r\n", *h.text) && *h.text)
		h.text++, h.ntext--;
	return h;
}

static bool fits(const struct gx_foreign *kind, const struct gx_head_bytes *h)
{
	if (kind->is_text) {
		if (h->ntext < kind->nmagic ||
		    strncasecmp(h->text, kind->magic, kind->nmagic) != 0)
			return false;
	} else if (h->n < kind->nmagic || memcmp(h->byte, kind->magic, kind->nmagic) != 0) {
		return false;
	}
	return !kind->also || kind->also(h);
}

const struct gx_foreign *gx_foreign_find(const unsigned char *head, size_t n, bool is_text)
{
	struct gx_head_bytes h = head_of(head, n);
	for (size_t i = 0; n && i < gx_foreign_count; i++)
		if (gx_foreign_table[i].is_text == is_text && fits(&gx_foreign_table[i], &h))
			return &gx_foreign_table[i];
	return NULL;
}

const char *gx_foreign_describe(const struct gx_foreign *kind, const unsigned char *head,
				size_t n)
{
	static char text[512];
	struct gx_head_bytes h = head_of(head, n);
	const char *name = NULL;
	size_t nname = kind->member ? kind->member(&h, &name) : 0;
	if (nname && kind->member == sound_kind)
		snprintf(text, sizeof text, "%s, %s", name, kind->what);
	else if (nname)
		snprintf(text, sizeof text, "%s: the first in it is %s", kind->what,
			 gx_show(name, nname));
	else
		snprintf(text, sizeof text, "%s", kind->what);
	return text;
}

/* ---- line ends ---- */

const char *gx_foreign_line_ends(const unsigned char *head, size_t n, bool whole,
				 bool passed_over)
{
	const unsigned char *stop = memchr(head, '\n', n);
	size_t line = stop ? (size_t)(stop - head) : n;
	const unsigned char *cr = memchr(head, '\r', line);
	if (!cr || cr + 1 == stop || (cr + 1 == head + n && !whole))
		return NULL;
	const unsigned char *behind = cr;
	while (behind < head + line && *behind == '\r')
		behind++;
	if (stop && behind == stop)
		return "lines end in CR CR LF, as a conversion that was made twice leaves them: "
		       "take the CRs away: tr -d '\\r'";
	/*
	 * Comments, metadata and what is passed over may have a CR of their own: there LF ends
	 * the lines, where more of them follow. The first line of GCT has no such thing in it.
	 */
	bool gct = n > 4 && (memcmp(head, "#1.2", 4) == 0 || memcmp(head, "#1.3", 4) == 0);
	bool more = stop && !(whole && stop + 1 == head + n);
	if (more && (passed_over || (!gct && strchr("#!^%", head[0]))))
		return NULL;
	return "lines end in CR alone, as on old Macs: convert them: tr '\\r' '\\n'";
}
