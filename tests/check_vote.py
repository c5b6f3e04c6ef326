#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Votes of gx against those of other programs.

    check_vote.py unfold NAME.lower.tsv.gz >NAME.tsv   the full matrix of a lower triangle
    check_vote.py table GOT WANT TOLERANCE GENES       a line a term, as EGAD has it; the
                       network has so many genes
    check_vote.py matrix GOT WANT TOLERANCE [NAME=NAME ...]
                       the columns of WANT, or those that are named (WANT's=GOT's)
    check_vote.py multifunctionality GENES TERMS ANNOTATION NETWORK
                       what gx wrote of genes and of terms, by the definition
    check_vote.py exact GOT NETWORK ANNOTATION FOLDS   stride, in whole numbers of any size

Terms of fewer than two genes, and of all genes, are left out: EGAD gives 0.5 or 1 where there
is nothing to learn from."""

import gzip
import math
import sys

# Names in the tables of EGAD in R and in Python, and of EGAD with output = "PR".
COLUMNS = {
    "n_genes": "genes", "auc": "auroc", "AUC": "auroc", "avgprc": "precision",
    "avg_node_degree": "degree", "AVG_NODE_DEGREE": "degree",
    "degree_null_auc": "degree_auroc", "DEGREE_NULL_AUC": "degree_auroc",
    "p_value": "p", "P_Value": "p",
}


def read(path):
    opening = gzip.open if path.endswith(".gz") else open
    with opening(path, "rt") as file:
        rows = [line.split("\t") for line in file.read().splitlines()]
    return rows[0], {row[0]: row[1:] for row in rows[1:]}


def unfold(path):
    head, rows = read(path)
    genes = head[1:]
    value = [rows[gene] for gene in genes]
    print("\t".join(head))
    for i, gene in enumerate(genes):
        full = value[i] + [value[j][i] for j in range(i + 1, len(genes))]
        print("\t".join([gene] + full))


def number(text):
    return math.nan if text in ("NA", "NaN") else float(text)


def near(got, want, tolerance):
    x, y = number(got), number(want)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return abs(x - y) <= tolerance * max(1.0, abs(y))


def compare(got_path, want_path, tolerance, names, wanted):
    got_head, got = read(got_path)
    want_head, want = read(want_path)
    checked = 0
    for row in want:
        if not wanted(dict(zip(want_head[1:], want[row]))):
            continue
        if row not in got:
            sys.exit("no row %s in %s" % (row, got_path))
        for j, column in enumerate(want_head[1:]):
            if column not in names or names[column] not in got_head:
                continue
            k = got_head.index(names[column]) - 1
            if not near(got[row][k], want[row][j], tolerance):
                sys.exit("%s, %s: %s, expected %s (%s)" %
                         (row, column, got[row][k], want[row][j], want_path))
            checked += 1
    if not checked:
        sys.exit("nothing to compare in %s and %s" % (got_path, want_path))
    print("%d values" % checked)


def annotation_of(path):
    """The genes of each term, in order of first appearance."""
    terms = {}
    with open(path) as file:
        for line in file.read().splitlines()[1:]:
            gene, term = line.split("\t")
            if gene not in terms.setdefault(term, []):
                terms[term].append(gene)
    return terms


def auroc_of(value, positive):
    """Of pairs of a positive and another one, the share in which it is larger."""
    others = [g for g in value if g not in positive]
    won = sum((value[p] > value[o]) + (value[p] == value[o]) / 2
              for p in positive for o in others)
    return won / (len(positive) * len(others))


def multifunctionality(genes_path, terms_path, annotation, network):
    genes = read(network)[0][1:]
    _, got = read(genes_path)
    terms = {t: [g for g in m if g in genes] for t, m in annotation_of(annotation).items()}
    terms = {t: m for t, m in terms.items() if m}
    score = {}
    for gene in genes:
        mine = [m for m in terms.values() if gene in m]
        score[gene] = sum(1 / (len(m) * (len(genes) - len(m))) for m in mine
                          if len(m) < len(genes))
        if float(got[gene][0]) != len(mine):
            sys.exit("%s: %s terms, expected %d" % (gene, got[gene][0], len(mine)))
        if abs(float(got[gene][1]) - score[gene]) > 1e-12 * score[gene]:
            sys.exit("%s: %s, expected %.17g" % (gene, got[gene][1], score[gene]))
    # By what gx wrote: sums in another order may break ties.
    score = {gene: float(got[gene][1]) for gene in genes}
    for gene in genes:
        below = sum(x < score[gene] for x in score.values())
        rank = below + (sum(x == score[gene] for x in score.values()) + 1) / 2
        if float(got[gene][2]) != rank:
            sys.exit("%s: rank %s, expected %g" % (gene, got[gene][2], rank))
    head, rows = read(terms_path)
    at = head.index("multifunctionality_auroc") - 1
    for term, row in rows.items():
        want = "NA"
        if len(terms[term]) < len(genes):
            want = repr(auroc_of(score, terms[term]))
        if not near(row[at], want, 1e-12):
            sys.exit("%s: %s, expected %s" % (term, row[at], want))
    print("%d genes, %d terms" % (len(genes), len(rows)))


def exact(got_path, network, annotation, nfold):
    """With whole numbers, and quotients as doubles."""
    head, rows = read(network)
    genes, nfold = head[1:], int(nfold)
    link = {g: dict(zip(genes, map(int, rows[g]))) for g in genes}
    degree = {g: sum(link[g].values()) for g in genes}
    got_head, got = read(got_path)
    checked = 0
    for term, members in annotation_of(annotation).items():
        members = [g for g in genes if g in members]
        if term not in got:
            continue
        scores = []
        for f in range(nfold):
            hidden = members[f::nfold]
            known = [g for g in members if g not in hidden]
            vote = {g: float(sum(link[g][k] for k in known)) / float(degree[g])
                    for g in genes if g not in known}
            if hidden:
                scores.append(auroc_of(vote, hidden))
        for name, want in (("auroc", sum(scores) / len(scores)),
                           ("degree", sum(degree[g] for g in members) / len(members)),
                           ("degree_auroc", auroc_of(degree, members))):
            value = got[term][got_head.index(name) - 1]
            if not near(value, repr(want), 1e-12):
                sys.exit("%s, %s: %s, expected %r" % (term, name, value, want))
            checked += 1
    print("%d values" % checked)


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "unfold":
        unfold(arguments[0])
    elif what == "table":
        got, want, tolerance, ngene = arguments
        compare(got, want, float(tolerance), COLUMNS,
                lambda row: 2 <= int(row["n_genes"]) < int(ngene))
    elif what == "multifunctionality":
        multifunctionality(*arguments)
    elif what == "exact":
        exact(*arguments)
    else:
        got, want, tolerance, *pairs = arguments
        names = dict(pair.split("=") for pair in pairs)
        if not pairs:
            names = {name: name for name in read(want)[0]}
        compare(got, want, float(tolerance), names, lambda row: True)


main()
