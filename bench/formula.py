"""Rulebooks beside OpenFisca: seconds, memory, and whether the cents agree.

Usage: make bench-setup && .venv/bin/python bench/formula.py --rows 1000000 --variables 200 --json
       … --chain for a household chain (pay, tax, contributions, basic income, housing) instead of the invented firm policy

Each engine runs in processes of its own, in interleaved rounds; medians count, in seconds of wall and of processor. A process evaluates
once ("first": programs are written, parameters read), then again: speeds are those of evaluating again, on both sides; first_ratio is that
of the first. Inputs are in memory before the clock starts: Arrow columns for Townwright, float32 arrays for OpenFisca, whose formulas round
nothing while they are timed. "as written" reads a text category; "coded" reads it as integers there and as a dictionary here. "few" asks for
20 of the outputs. peak_mb is the memory that the first evaluation takes beyond libraries and inputs, with its results; whole_mb is the most
that the whole process held, interpreter, libraries and inputs with it; "streamed" is Townwright from a Parquet file to another, timed with
reading and writing. Cents are compared in a run of their own, with OpenFisca told to round as the rulebook does.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from formula_cents import compare
from formula_policy import INPUTS, LAYERS, NULLABLE, SECTORS, Policy
from formula_side import tables_of
from household_chain import Chain

from townwright.kernel.formula import load_rulebook

HERE = Path(__file__).resolve().parent
PEER = HERE.parent / ".venv-bench" / "bin" / "python"
CHECKED, CHAIN_CHECKED = 1_000_000, 100_000
FEW, NUMPY_MOST = 20, 2_000_000


def call(*words):
    """Run one side and return its JSON."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def columns(folder, rows):
    """Write the firms: skewed amounts in cents, one column with gaps, a sector as words and as numbers."""
    chance = np.random.default_rng(7)
    for coded in (False, True):
        (folder / ("coded" if coded else "text") / "firm").mkdir(parents=True)
    for number in range(INPUTS):
        cents = np.minimum(np.exp(chance.normal(15, 2.2, rows)).astype(np.int64), 10**9)
        missing = chance.random(rows) < 0.2 if f"m{number:02d}" == NULLABLE else None
        if missing is not None:
            cents[missing] = 0
        for kind in ("text", "coded"):
            np.save(folder / kind / "firm" / f"m{number:02d}.npy", cents)
            if missing is not None:
                np.save(folder / kind / "firm" / f"m{number:02d}.missing.npy", missing)
    sector = chance.integers(0, len(SECTORS), rows)
    np.save(folder / "text" / "firm" / "sector.npy", np.array(SECTORS, dtype=object)[sector])
    np.save(folder / "coded" / "firm" / "sector.npy", sector)


def warmed():
    """Touch some memory first, in another process: pages that a virtual machine never used before cost either side extra."""
    subprocess.run([sys.executable, "-c", "import numpy; numpy.ones(2**28)"], check=True)


def sides_of(folder, policy, outputs, rows, threads, again):
    """Return the words of the commands that run each side."""
    names = [name.partition(".")[2] for name in outputs]
    told = ["--threads", threads, "--code", folder / "code", "--again", again]

    def ours(wanted, *more):
        return [sys.executable, HERE / "formula_side.py", folder / "book.yaml", folder / "text", json.dumps(wanted), *told, *more]

    def peer(wanted, kind="text"):
        words = [PEER, HERE / "openfisca_side.py", folder / f"{kind}.py", folder / "parameters.json", folder / kind, json.dumps(wanted)]
        return [*words, "--again", again]

    sides = {"ours": ours(outputs), "openfisca": peer(names)}
    if len(outputs) > FEW:
        sides |= {"ours_few": ours(outputs[:FEW]), "openfisca_few": peer(names[:FEW])}
    if policy.coded:
        sides |= {"ours_coded": ours(outputs, "--coded"), "openfisca_coded": peer(names, "coded")}
    if not policy.chain:
        sides["ours_streamed"] = ours(outputs, "--streamed", folder / "firm.parquet")
        sides["ours_streamed_few"] = ours(outputs[:FEW], "--streamed", folder / "firm.parquet")
    if rows <= NUMPY_MOST:
        sides["ours_numpy"] = ours(outputs, "--numpy")
    return sides


def measured(sides, rounds):
    """Run all sides in turn and return the medians of each; the very first run of ours, which compiles, by itself."""
    first = call(*sides["ours"])
    found = {}
    for number in range(rounds):
        for name, words in sides.items():
            if name != "ours_numpy" or not number:
                found.setdefault(name, []).append(call(*words))
    return {name: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for name, runs in found.items()}, first


def ratio_of(found, side, key, peer="openfisca"):
    """Return theirs ÷ ours for times, ours ÷ theirs for memory."""
    suffix = side.removeprefix("ours")
    theirs = found[peer + suffix if peer + suffix in found else peer][key]
    return found[side][key] / theirs if key.endswith("_mb") else theirs / found[side][key]


def report(found, first, rows, variables, outputs):
    """Return the figures that count, with their ratios."""
    ours, peer = found["ours"], found["openfisca"]
    bound = ours["bytes"] / ours["copy_speed"]
    told = {
        "rows": rows, "variables": variables, "outputs": len(outputs), "ours_s": ours["seconds"], "openfisca_s": peer["seconds"],
        "speed_ratio": ratio_of(found, "ours", "seconds"), "ours_cpu_s": ours["cpu"], "openfisca_cpu_s": peer["cpu"],
        "cpu_ratio": ratio_of(found, "ours", "cpu"), "ours_first_s": ours["first_s"], "openfisca_first_s": peer["first_s"],
        "first_ratio": ratio_of(found, "ours", "first_s"), "first_cpu_ratio": ratio_of(found, "ours", "first_cpu"),
        "rows_a_second": round(rows / ours["seconds"]), "openfisca_rows_a_second": round(rows / peer["seconds"]),
        "ours_peak_mb": ours["peak_mb"], "openfisca_peak_mb": peer["peak_mb"], "memory_ratio": ratio_of(found, "ours", "peak_mb"),
        "ours_base_mb": ours["base_mb"], "openfisca_base_mb": peer["base_mb"], "ours_whole_mb": ours["whole_mb"],
        "openfisca_whole_mb": peer["whole_mb"], "whole_memory_ratio": ratio_of(found, "ours", "whole_mb"),
    }  # fmt: skip
    for kind in ("few", "coded"):
        side = f"ours_{kind}"
        if side in found:
            told[f"{side}_s"], told[f"openfisca_{kind}_s"] = found[side]["seconds"], found[f"openfisca_{kind}"]["seconds"]
            for name, key in (("ratio", "seconds"), ("cpu_ratio", "cpu"), ("first_ratio", "first_s"), ("memory_ratio", "peak_mb")):
                told[f"{kind}_{name}"] = ratio_of(found, side, key)
            told[f"{kind}_whole_memory_ratio"] = ratio_of(found, side, "whole_mb")
    if "ours_streamed" in found:
        told["streamed_s"], told["streamed_whole_mb"] = found["ours_streamed"]["seconds"], found["ours_streamed"]["whole_mb"]
        told["streamed_whole_memory_ratio"] = told["streamed_whole_mb"] / peer["whole_mb"]
        if "openfisca_few" in found:
            told["streamed_few_whole_memory_ratio"] = found["ours_streamed_few"]["whole_mb"] / found["openfisca_few"]["whole_mb"]
    told |= {
        "compile_s": first["load_s"] + first["bind_s"] + first["first_s"] - ours["seconds"], "bind_s": min(first["bind_s"], ours["bind_s"]),
        "ours_arrow_s": ours["arrow_s"], "ours_numpy_s": found.get("ours_numpy", {}).get("seconds"), "moved_mb": ours["bytes"] / 2**20,
        "copy_gb_a_second": ours["copy_speed"] / 1e9, "copy_bound_s": bound, "copy_bound_ratio": ours["seconds"] / bound,
        "copy_bound_cpu_ratio": ours["cpu"] * ours["copy_cpu_speed"] / ours["bytes"],
        "variables_left_to_numpy": ours["refused"],
    }  # fmt: skip
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def main():
    """Generate, measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--variables", type=int, default=200)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--again", type=int, default=3, help="evaluations after the first, in each process")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checked", type=int, default=CHECKED, help="rows whose cents are compared")
    parser.add_argument("--sides", default="", help="only these, with commas: ours,openfisca and more of what is told")
    parser.add_argument("--chain", action="store_true")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    if not PEER.exists():
        raise SystemExit("OpenFisca is not here: run make bench-setup first.")
    policy = Chain() if told.chain else Policy(told.variables, told.layers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.yaml").write_text(policy.rulebook())
        (folder / "parameters.json").write_text(json.dumps(policy.openfisca_parameters()))
        (folder / "text.py").write_text(policy.openfisca(coded=False, rounded=False))
        (folder / "coded.py").write_text(policy.openfisca(coded=True, rounded=False))
        write = policy.columns if told.chain else columns
        write(folder, told.rows)
        if not told.chain:
            book = load_rulebook(policy.rulebook(), source="bench")
            keys = pa.array(np.arange(told.rows)).cast(pa.string())
            pq.write_table(tables_of(folder / "text", book, False)["firm"].append_column("key", keys), folder / "firm.parquet")
        warmed()
        sides = sides_of(folder, policy, policy.named_outputs(), told.rows, told.threads, told.again)
        found, first = measured(
            {name: side for name, side in sides.items() if not told.sides or name in told.sides.split(",")}, told.rounds
        )
        result = report(found, first, told.rows, len(policy.variables), policy.named_outputs())
        small = folder / "checked"
        small.mkdir()
        write(small, min(told.rows, told.checked, CHAIN_CHECKED if told.chain else told.checked))
        result.update(compare(small, policy, PEER, call))
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:26} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
