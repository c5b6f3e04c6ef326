/* SPDX-License-Identifier: MIT */
#include "format/foreign.h"

#include <string.h>
#include <strings.h>

const char *gx_foreign_name(const unsigned char *head, size_t nhead)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *what;
	} known[] = {
#define MAGIC(text) text, sizeof text - 1
		{ MAGIC("\xff\xfe"),
		  "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8" },
		{ MAGIC("\xfe\xff"),
		  "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8" },
		{ MAGIC("\x89HDF"),
		  "an HDF5 file (h5ad, loom, 10x .h5): write it as a table, "
		  "with anndata: adata.to_df().T.to_csv('x.csv')" },
		{ MAGIC("PK\x03\x04"),
		  "a zip archive, such as a spreadsheet (.xlsx): save the "
		  "sheet as tab-separated text" },
		{ MAGIC("RDX2\n"),
		  "R data: in R, write.table(x, \"x.tsv\", sep=\"\\t\")" },
		{ MAGIC("RDX3\n"),
		  "R data: in R, write.table(x, \"x.tsv\", sep=\"\\t\")" },
		{ MAGIC("X\n\0\0"),
		  "R data: in R, write.table(x, \"x.tsv\", sep=\"\\t\")" },
		{ MAGIC("\xfd"
			"7zXZ"),
		  "xz data: pipe it through xzcat" },
		{ MAGIC("version https://git-lfs"),
		  "a git-lfs pointer, not the data: fetch it with git lfs pull" },
	};
	static const char *const pages[] = { "<!doctype", "<html", "<?xml" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (nhead >= known[i].n && memcmp(head, known[i].magic, known[i].n) == 0)
			return known[i].what;
	/* PAR1 is a gene as well; no text goes on with such a byte. */
	if (nhead >= 5 && memcmp(head, "PAR1", 4) == 0 &&
	    (head[4] >= 0x80 || (head[4] < 0x20 && !strchr("\t\r\n", head[4])) ||
	     head[4] == 0))
		return "a Parquet file: convert it with pandas: "
		       "pd.read_parquet('x').to_csv('x.tsv', sep='\\t')";
	if (nhead >= 10 && memcmp(head, "BZh", 3) == 0 &&
	    memcmp(head + 4, "1AY&SY", 6) == 0)
		return "bzip2 data: pipe it through bzcat";
	while (nhead && (*head == ' ' || *head == '\n' || *head == '\r' || *head == '\t'))
		head++, nhead--;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (nhead >= strlen(pages[i]) &&
		    strncasecmp((const char *)head, pages[i], strlen(pages[i])) == 0)
			return "an HTML or XML page, not the data: look with a browser at what the "
			       "server said";
	return NULL;
}
