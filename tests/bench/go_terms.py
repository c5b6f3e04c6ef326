# SPDX-License-Identifier: MIT
"""An annotation of GO's shape: terms of many sizes, of genes that are called g1 g2 ...; pairs in
no order. go_terms.py GENES TERMS PAIRS"""
import math
import random
import sys

ngene, nterm, npair = map(int, sys.argv[1:])
draw = random.Random(1)
size = [math.exp(draw.uniform(math.log(21), math.log(1000))) for _ in range(nterm)]
scale = npair / sum(size)
pairs = []
for term in range(nterm):
    n = min(max(int(size[term] * scale), 10), ngene // 2)
    pairs += ["g%d\tGO:%07d" % (gene, term) for gene in draw.sample(range(1, ngene + 1), n)]
draw.shuffle(pairs)
print("gene\tterm", *pairs, sep="\n")
