"""How well firm names are told alike: precision, recall and F1 of ``likeness`` beside two plain peers, in one run.

Usage: .venv/bin/python bench/names.py FOLDER_OF_NAME_PAIRS --json
The folder (or TOWNWRIGHT_DATA/names) holds opensanctions_name_bench_cases.csv (name1, name2, is_match, schema) and, on
wish, registry_duplicate_uscc_pairs.csv (uscc, name): rows of one code are read as alike, rows of two codes as not.
"""

import argparse
import csv
import itertools
import json
import os
import time
from collections import defaultdict
from pathlib import Path

from rapidfuzz import fuzz

from townwright.apps.parties.domain.names import likeness

SUGGEST_FROM = 85
SCORERS = {
    "likeness": lambda a, b: likeness(a, b).score,
    "token_sort_ratio": lambda a, b: fuzz.token_sort_ratio(a.casefold(), b.casefold()),
    "wratio": lambda a, b: fuzz.WRatio(a.casefold(), b.casefold()),
}
MOST_APART = 20_000


def counted(pairs, scores, threshold):
    """Return precision, recall and F1 of calling alike what scores at least the threshold."""
    hit = sum(alike and score >= threshold for (_, _, alike), score in zip(pairs, scores, strict=True))
    called = sum(score >= threshold for score in scores)
    truly = sum(alike for _, _, alike in pairs)
    precision, recall = (hit / called if called else 0.0), (hit / truly if truly else 0.0)
    f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def measured(pairs, score):
    """Return the figures of one scorer over the pairs: at the threshold of suggestions, and at its best."""
    begun = time.perf_counter()
    scores = [score(a, b) for a, b, _ in pairs]
    seconds = time.perf_counter() - begun
    best = max(range(50, 101), key=lambda threshold: counted(pairs, scores, threshold)["f1"])
    return {
        f"at_{SUGGEST_FROM}": counted(pairs, scores, SUGGEST_FROM), "best": {"threshold": best, **counted(pairs, scores, best)},
        "pairs_a_second": round(len(pairs) / seconds),
    }  # fmt: skip


def labelled(path):
    """Return the labelled pairs: of all, and of organisations only."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    pairs = [(row["name1"], row["name2"], row["is_match"] == "true") for row in rows]
    firms = [pair for pair, row in zip(pairs, rows, strict=True) if row["schema"] not in ("Person", "Vessel")]
    return {"all": pairs, "organisations": firms}


def registered(path):
    """Return pairs of a register: differing names of one code are alike, names of two codes are not."""
    names = defaultdict(set)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            names[row["uscc"]].add(row["name"])
    alike = [(*pair, True) for held in names.values() for pair in itertools.combinations(sorted(held), 2)]
    firsts = sorted(min(held) for held in names.values())
    apart = [(*pair, False) for pair in itertools.islice(itertools.combinations(firsts, 2), MOST_APART) if pair[0] != pair[1]]
    return {"register": alike + apart}


def main():
    """Run every scorer over every set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(os.environ.get("TOWNWRIGHT_DATA", ".")) / "names")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", choices=["all", "organisations", "register"], help="List the pairs that likeness gets wrong.")
    told = parser.parse_args()
    sets = labelled(told.folder / "opensanctions_name_bench_cases.csv")
    if (told.folder / "registry_duplicate_uscc_pairs.csv").exists():
        sets |= registered(told.folder / "registry_duplicate_uscc_pairs.csv")
    if told.show:
        for a, b, alike in sets[told.show]:
            score = likeness(a, b).score
            if (score >= SUGGEST_FROM) != alike:
                print(f"{'missed' if alike else 'wrong '} {score:3} {a} | {b}")
        return
    result = {
        name: {"pairs": len(pairs), "alike": sum(one[2] for one in pairs), **{scorer: measured(pairs, score) for scorer, score in SCORERS.items()}}
        for name, pairs in sets.items()
    }  # fmt: skip
    if told.json:
        print(json.dumps(result, indent=2))
        return
    for name, figures in result.items():
        print(f"{name}: {figures['pairs']} pairs, {figures['alike']} alike")
        for scorer in SCORERS:
            at, best = figures[scorer][f"at_{SUGGEST_FROM}"], figures[scorer]["best"]
            print(
                f"  {scorer:17} at {SUGGEST_FROM}: P {at['precision']} R {at['recall']} F1 {at['f1']}   best {best['threshold']}: F1 {best['f1']}"
            )


if __name__ == "__main__":
    main()
