"""A policy over generated firms: embedded and on Spark with one and two cores or executors, over the same Parquet; are the results the same?

Usage: .venv/bin/python bench/spark.py --rows 1000000 --json
Each run is a process of its own. Start-up is Java, its executors and the first task that they run; seconds are a second pass in the warm
session, from Parquet to results in this process. ``chained`` are 200 variables that build on each other; ``policy`` is packaged.
``numpy`` behind an engine turns compiled passes off. ``local[n]`` are n cores in one process, ``local-cluster[n,1,…]`` n executors, each
with a process and a core of its own.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from townwright.frame.cluster.passes import Passes
from townwright.frame.engines import EmbeddedEngine
from townwright.frame.running import execution_in
from townwright.frame.tables import ParquetFolder
from townwright.kernel.formula import compile_rulebook, load_rulebook
from townwright.kernel.formula.carriers import to_arrow
from townwright.kernel.formula.compiled import AMOUNT
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.staging import plan_stages
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text

ENTITIES, NUMPY = ("firm", "lucheng_yearly"), " numpy"
CLUSTERS = ("local-cluster[1,1,1024]", "local-cluster[2,1,1024]")
ENGINES = ("embedded", "embedded numpy", "local[1]", "local[2]", "local[2] numpy", *CLUSTERS)


def cents(values):
    """Whole cents as money."""
    words = np.zeros((len(values), 2), dtype=np.int64)
    words[:, 0] = values
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(values), [None, pa.py_buffer(words)])


def lay_down(folder, rows):
    """Write firms with returns of two years each, in no order of firms."""
    chance = np.random.default_rng(2020)
    keys = pa.array([f"uscc:{number:018}" for number in range(rows)])
    firm = pa.table(
        {"key": keys, "name": keys, "present": pa.array(chance.random(rows) < 0.97), "a": cents(chance.integers(0, 10**9, rows)), "b": cents(chance.integers(1, 10**9, rows))}
    )  # fmt: skip
    owner = pa.array(chance.permutation(np.repeat(np.arange(rows), 2)))
    count = 2 * rows
    yearly = pa.table(
        {
            "firm": keys.take(owner), "year": pa.array(chance.integers(2019, 2021, count)), "real_estate": pa.array(chance.random(count) < 0.05),
            "modern_service": pa.array(chance.random(count) < 0.5), "local_contribution": cents(chance.integers(10**7, 2 * 10**8, count)),
        }
    )  # fmt: skip
    # One return a firm and year, or the policy refuses the firm.
    order = np.lexsort((yearly.column("year").to_numpy(), owner.to_numpy()))
    sorted_owner, sorted_year = owner.to_numpy()[order], yearly.column("year").to_numpy()[order]
    double = np.r_[False, (sorted_owner[1:] == sorted_owner[:-1]) & (sorted_year[1:] == sorted_year[:-1])]
    kept = np.ones(count, dtype=bool)
    kept[order[double]] = False
    pq.write_table(firm, folder / "firm.parquet", compression="zstd")
    pq.write_table(yearly.filter(pa.array(kept)), folder / "lucheng_yearly.parquet", compression="zstd")


def chained():
    """Return the text of 200 variables that build on each other."""
    chance, lines = random.Random(7), []
    for number in range(200):
        last = [f"v{place}" for place in range(max(0, number - 5), number)] or ["a", "b"]
        one, two = chance.choice(last), chance.choice([*last, "a", "b"])
        formula = chance.choice(
            [f"CASE WHEN {one} > {two} THEN ({one} - {two}) * 0.35 ELSE {two} * 0.15 END", f"LEAST({one}, {two}) * 1.0725 + a * 0.01", f"GREATEST({one} * 0.5, {two} - b * 0.1)", f"({one} + {two}) / 2"]
        )  # fmt: skip
        lines.append(f"  firm.v{number}: {{type: money CNY, round: half_up 0.01, formula: {json.dumps(formula)}}}")
    head = "rulebook: chained\nversion: '1'\nkind: indicators\nstatus: draft\ntitle: t\nin_force: {from: 2015-01-01}\nentities:\n  firm: {key: key, columns: {a: money CNY, b: money CNY}}\nvariables:\n"
    return head + "\n".join(lines)


def workload(name):
    """Return the rulebook compiled and what is wanted of it."""
    text = chained() if name == "chained" else read_text("policies/lucheng-1a-contribution.yaml")
    compiled = compile_rulebook(load_rulebook(text, source=name), period=Period.parse("2020"))
    if name == "chained":
        return compiled, [("firm", f"v{number}") for number in range(190, 200)]
    policy = compiled.book.policy
    return compiled, [("firm", AMOUNT), *(("firm", condition_key(one)) for one in policy.conditions)]


def digest(compiled, outputs, result, rows):
    """Return a hash over the values, whatever form an engine holds them in."""
    told = hashlib.sha256()
    for name, slot in zip(outputs, plan_stages(compiled, outputs).wanted, strict=True):
        for array in to_arrow(result.run.variable(*name), slot.form, rows, name[1]):
            told.update(np.packbits(np.asarray(array.is_valid())).tobytes())
            plain = pa.array(np.asarray(array.fill_null(False)).astype(np.uint8)) if pa.types.is_boolean(array.type) else array
            told.update(plain.buffers()[1])
    return told.hexdigest()[:16]


def processor_seconds():
    """Return the processor time of this process and all that it started: it hangs less on what else the machine does."""
    ticks, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)], ticks[int(stat.parent.name)] = int(told[1]), sum(map(int, told[11:15]))
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(ticks.get(pid, 0) for pid in found) / os.sysconf("SC_CLK_TCK")


def timed(engine, told):
    """Evaluate; return the result, the seconds it took and the processor seconds."""
    compiled, source, outputs = told
    begun, worked = time.perf_counter(), processor_seconds()
    result = engine.evaluate(compiled, source, outputs=outputs)
    return result, time.perf_counter() - begun, processor_seconds() - worked


def on_spark(master, passes, told):
    """Start Spark and evaluate twice; return the second result, its seconds, and what came before."""
    # Not at the head: this process may be one that runs embedded, and measures its memory.
    from townwright.frame.cluster.engine import SparkEngine

    begun = time.perf_counter()
    with SparkEngine.started(master=master, passes=passes) as engine:
        engine.session.range(1).count()
        startup = time.perf_counter() - begun
        _, first, _ = timed(engine, told)
        return *timed(engine, told), startup, first


def run(name, engine_name, folder):
    """Run one workload in this process and return its figures."""
    compiled, outputs = workload(name)
    told = compiled, ParquetFolder(Path(folder), ENTITIES), outputs
    rows = pq.read_metadata(Path(folder) / "firm.parquet").num_rows
    native, where, code = not engine_name.endswith(NUMPY), engine_name.removesuffix(NUMPY), Path(folder) / "code"
    if where == "embedded":
        way = execution_in(code)
        engine = EmbeddedEngine(told=way if native else replace(way, machine=None))
        startup, (_, first, _) = 0.0, timed(engine, told)
        result, seconds, worked = timed(engine, told)
    else:
        result, seconds, worked, startup, first = on_spark(where, Passes(str(code), native=native), told)
    return {
        "workload": name,
        "engine": engine_name,
        "firms": rows,
        "startup_s": round(startup, 1),
        "first_s": round(first, 1),
        "seconds": round(seconds, 2),
        "processor_s": round(worked, 2),
        "firms_per_s": round(rows / seconds),
        "python_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "hash": digest(compiled, outputs, result, rows),
    }


def main():
    """Lay the tables down, run each engine in a process of its own, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engines", nargs="+", default=ENGINES, metavar="ENGINE")
    parser.add_argument("--run", nargs=3, metavar=("WORKLOAD", "ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.run:
        print(json.dumps(run(*told.run)))
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        lay_down(Path(folder), told.rows)
        for name in ("policy", "chained"):
            for engine in told.engines:
                done = subprocess.run(
                    [sys.executable, __file__, "--run", name, engine, folder],
                    capture_output=True,
                    text=True,
                    check=False,
                    env={**os.environ, "TOWNWRIGHT_SPARK_WAIT": "1200"},
                )
                if done.returncode:
                    raise SystemExit(done.stderr[-3000:])
                found.append(json.loads(done.stdout))
                print(found[-1], file=sys.stderr)
    same = {name: len({one["hash"] for one in found if one["workload"] == name}) == 1 for name in ("policy", "chained")}
    print(json.dumps({"runs": found, "same_results": same}, indent=2) if told.json else f"same results: {same}")
    raise SystemExit(0 if all(same.values()) else 1)


if __name__ == "__main__":
    main()
