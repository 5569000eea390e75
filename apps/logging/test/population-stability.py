"""The population stability index of samples, by numpy and scipy: the reference for GET /drift."""

import collections
import json
import math
import sys

import numpy as np
from scipy.special import rel_entr

EMPTY_BIN_SHARE = 1e-4


def bins(baseline):
    present = [value for value in baseline if value is not None]
    is_numeric = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present)
    is_few_integers = is_numeric and all(float(value).is_integer() for value in present) and len(set(present)) <= 20
    if is_numeric and not is_few_integers:
        edges = np.unique(np.quantile(present, np.arange(1, 10) / 10))
        return len(edges) + 1, lambda value: int(np.searchsorted(edges, value, side="left"))
    counts = collections.Counter(text(value) for value in present)
    fewest = max(2, math.ceil(len(baseline) * 0.01))
    kept = [value for value, count in counts.most_common(50) if count >= fewest]
    return len(kept), lambda value: kept.index(text(value)) if text(value) in kept else len(kept)


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def shares(values, size, bin_of):
    counts = np.zeros(size + 2)
    for value in values:
        counts[size + 1 if value is None else bin_of(value)] += 1
    return np.maximum(counts / counts.sum(), EMPTY_BIN_SHARE)


with open(sys.argv[1], encoding="utf-8") as file:
    samples = json.load(file)
answer = {}
for name, sample in samples.items():
    size, bin_of = bins(sample["baseline"])
    p = shares(sample["current"], size, bin_of)
    q = shares(sample["baseline"], size, bin_of)
    answer[name] = float(np.sum(rel_entr(p, q) + rel_entr(q, p)))
print(json.dumps(answer))
