"""What it costs to explain: one firm in ms, why not in ms, ten thousand firms in s.

Usage: .venv/bin/python bench/explain.py --firms 10000 --large 1000000 --json
The shipped rulebook on office rent, over firms with two years of returns. Single firms are explained anew each time, as a page does: nothing is
kept between calls. "whole town" is the compact table of verdicts, failing conditions and gaps; its ratio is to a plain evaluation of the same
firms. The peer, if make bench-setup was run, is OpenFisca tracing one firm through the invented policy of 200 variables, beside our tree of
the same variable.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

import pyarrow as pa
from formula import HERE, PEER, call, columns
from formula_policy import Policy
from formula_side import PERIOD, tables_of, timed
from office_rent import YEAR, book, tables

from townwright.kernel.formula import Execution, compile_rulebook, evaluate, explain, explain_many, explain_verdict, load_rulebook, why_not
from townwright.kernel.values.period import Period

MANY = 50
VERDICTS = ("eligible", "not_eligible", "undecided")


def milliseconds(work, keys):
    """Return the median ms of the work for each of the keys, of wall and of processor."""
    times = [timed(lambda key=key: work(key))[1:] for key in keys]
    return [statistics.median(one) * 1000 for one in zip(*times, strict=True)]


def steps(node):
    """Return how many steps a tree of working has."""
    return 1 + sum(steps(child) for child in node.children)


def singles(compiled, rows, verdicts, number):
    """Explain single firms of each verdict."""
    keys = rows["firm"].column("key")
    some = {verdict: [keys[place].as_py() for place, one in enumerate(verdicts) if one == verdict][:number] for verdict in VERDICTS}
    works = {
        "explain": (lambda key: explain(compiled, rows, entity="firm", key=key, name="support"), some["eligible"]),
        "verdict": (lambda key: explain_verdict(compiled, rows, key=key).reasons("en"), [key for told in some.values() for key in told]),
        "why_not": (lambda key: explain_verdict(compiled, rows, key=key).gaps("zh"), some["not_eligible"]),
        "what_would_change": (lambda key: why_not(compiled, rows, key=key), some["not_eligible"][: max(1, number // 5)]),
    }
    found = {}
    for name, (work, chosen) in works.items():
        found[f"{name}_ms"], found[f"{name}_cpu_ms"] = milliseconds(work, chosen)
    return found


def peer():
    """Trace one firm in OpenFisca and here: every variable below one result of the invented policy."""
    policy = Policy(200)
    name = policy.outputs[-1]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        columns(folder, 1)
        (folder / "parameters.json").write_text(json.dumps(policy.openfisca_parameters()))
        (folder / "text.py").write_text(policy.openfisca(coded=False, rounded=False))
        words = [PEER, HERE / "openfisca_side.py", folder / "text.py", folder / "parameters.json", folder / "text", json.dumps([name])]
        theirs = call(*words, "--trace", "--again", MANY)
        compiled = compile_rulebook(load_rulebook(policy.rulebook(), source="bench"), period=Period.parse(PERIOD))
        told = tables_of(folder / "text", compiled.book, False)
    told["firm"] = told["firm"].append_column("key", pa.array(["a"]))
    wall, processor = milliseconds(lambda key: explain(compiled, told, entity="firm", key=key, name=name).sentences("en"), ["a"] * MANY)
    return {
        "policy_explain_ms": wall, "policy_explain_cpu_ms": processor, "openfisca_trace_ms": theirs["seconds"] * 1000,
        "openfisca_trace_cpu_ms": theirs["cpu"] * 1000, "policy_steps": steps(explain(compiled, told, entity="firm", key="a", name=name)),
        "openfisca_steps": theirs["traced"],
    }  # fmt: skip


def main():
    """Explain, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000, help="firms of the large town in which one is explained; 0: none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    compiled = compile_rulebook(book(), period=Period.parse(YEAR))
    rows = tables(told.firms)
    verdicts = evaluate(compiled, rows).verdicts()
    result = {"firms": told.firms, **{verdict: verdicts.count(verdict) for verdict in VERDICTS}, **singles(compiled, rows, verdicts, MANY)}
    many, plain = [], []
    for _ in range(told.rounds):
        town, *times = timed(lambda: explain_many(compiled, rows))
        many.append(times)
        plain.append(timed(lambda: evaluate(compiled, rows).verdicts())[1:])
    result["whole_town_s"], result["whole_town_cpu_s"] = (statistics.median(one) for one in zip(*many, strict=True))
    result["evaluate_s"], result["evaluate_cpu_s"] = (statistics.median(one) for one in zip(*plain, strict=True))
    result["whole_town_ratio"] = result["whole_town_s"] / result["evaluate_s"]
    result["packed_bytes_a_firm"] = len(town.pack()) / told.firms
    keys = rows["firm"].column("key").to_pylist()
    result["trees"] = min(told.firms, 1_000)
    result["trees_s"] = timed(lambda: [explain_verdict(compiled, rows, key=key) for key in keys[: result["trees"]]])[1]
    if told.large:
        rows = tables(told.large)
        verdicts = evaluate(compiled, rows, execution=Execution(threads=2)).verdicts()
        result |= {f"large_{name}": value for name, value in {"firms": told.large, **singles(compiled, rows, verdicts, 10)}.items()}
    if PEER.exists():
        result |= peer()
    result = {name: round(value, 3) if isinstance(value, float) else value for name, value in result.items()}
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:30} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
