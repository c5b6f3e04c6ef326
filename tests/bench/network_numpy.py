# SPDX-License-Identifier: MIT
"""A network in memory as Python makes it, in count_kernel.c's manner: for each line on standard
input the seconds of one call. OPENBLAS_NUM_THREADS=1 goes before it.

    network_numpy.py corrcoef MATRIX.npy     numpy.corrcoef of the rows
    network_numpy.py nanrankdata NETWORK.npy bottleneck's ranks of all cells, as EGAD's port has it
    network_numpy.py vote NETWORK.npy PAIRS  neighbour voting in 3 folds: a product and ranks

The first line that it prints is of the result: the mean row, counted from 1, weighed by the
cells; of votes the mean AUROC."""
import os
import sys
import time

import numpy

what, path = sys.argv[1:3]
if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
    sys.exit("network_numpy.py: set OPENBLAS_NUM_THREADS=1: the race is of one thread")
FOLDS = 3


def labels_of(pairs, ngene):
    """Genes x terms: of genes that are called g1 g2 ..., behind a header line."""
    with open(pairs) as file:
        rows = [line.split() for line in file.read().splitlines()[1:]]
    number = {}
    for _, term in rows:
        number.setdefault(term, len(number))
    labels = numpy.zeros((ngene, len(number)))
    for gene, term in rows:
        labels[int(gene[1:]) - 1, number[term]] = 1
    return labels


def vote(network, labels):
    """The AUROC of each term, the mean over the folds. The k-th gene of a term is hidden in
    fold k mod 3. All folds of all terms are one product, as in EGAD."""
    from scipy.stats import rankdata

    degree = network.sum(axis=0)
    order = numpy.cumsum(labels, axis=0) - 1
    hidden = [labels * (order % FOLDS == fold) for fold in range(FOLDS)]
    known = numpy.concatenate([labels - h for h in hidden], axis=1)
    votes = numpy.abs(network.T @ known / degree[:, None])
    auroc = numpy.empty((FOLDS, labels.shape[1]))
    nother = len(labels) - labels.sum(axis=0)
    for fold in range(FOLDS):
        for term in range(labels.shape[1]):
            column = fold * labels.shape[1] + term
            candidates = known[:, column] == 0
            ranks = rankdata(votes[candidates, column])
            mine = ranks[hidden[fold][candidates, term] == 1]
            auroc[fold, term] = (mine.sum() / len(mine) - (len(mine) + 1) / 2) / nother[term]
    return auroc.mean(axis=0)


value = numpy.load(path)
if what == "corrcoef":
    call = numpy.corrcoef
elif what == "vote":
    labels = labels_of(sys.argv[3], len(value))

    def call(network):
        return vote(network, labels)
else:
    import bottleneck

    def call(network):
        return bottleneck.nanrankdata(network, axis=None)

if what == "vote":
    print("%.15g" % call(value).mean(), flush=True)
else:
    rows = call(value).reshape(len(value), -1).sum(axis=1)
    print("%.15g" % (numpy.arange(1, len(rows) + 1).dot(rows) / rows.sum()), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    result = call(value)
    seconds = time.perf_counter() - start
    del result
    print("%.9f" % seconds, flush=True)
