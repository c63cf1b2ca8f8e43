"""Rulebooks beside OpenFisca: seconds, memory, and whether the cents agree.

Usage: make bench-setup && .venv/bin/python bench/formula.py --rows 1000000 --variables 200 --json
       … --chain for a household chain (pay, tax, contributions, basic income, housing) instead of the invented firm policy

Each engine runs in a process of its own, in interleaved rounds; the best of each counts. Inputs are in memory before the clock starts:
Arrow columns for Townwright, float32 arrays for OpenFisca, whose formulas round nothing while they are timed. "as written" reads a text
category; "coded" reads it as integers there and as a dictionary here. Cents are compared in a run of their own, with OpenFisca told to
round as the rulebook does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from formula_cents import compare
from formula_policy import INPUTS, LAYERS, NULLABLE, SECTORS, Policy
from household_chain import Chain

HERE = Path(__file__).resolve().parent
PEER = HERE.parent / ".venv-bench" / "bin" / "python"
CHECKED, CHAIN_CHECKED = 1_000_000, 100_000


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


def bandwidth(rows, outputs):
    """Return the seconds that copying the inputs and writing the outputs would take by themselves."""
    source, target = np.ones(rows), np.empty(rows)
    best = min(_timed(lambda: np.copyto(target, source)) for _ in range(5))
    return best * (2 * INPUTS + outputs) / 2


def _timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def warmed():
    """Touch some memory first, in another process: pages that a virtual machine never used before cost either side extra."""
    subprocess.run([sys.executable, "-c", "import numpy; numpy.ones(2**28)"], check=True)


def measured(folder, policy, outputs, rounds, threads):
    """Run all sides in turn and return the best round of each."""
    few = outputs[:20]
    names = [name.partition(".")[2] for name in outputs]
    ours = [
        sys.executable,
        HERE / "formula_side.py",
        folder / "book.yaml",
        folder / "text",
        "",
        "--threads",
        threads,
        "--code",
        folder / "code",
    ]
    peer = [PEER, HERE / "openfisca_side.py", "", folder / "parameters.json", "", ""]
    sides = {
        "ours": [*ours[:4], json.dumps(outputs), *ours[5:]],
        "ours_coded": [*ours[:4], json.dumps(outputs), *ours[5:], "--coded"],
        "ours_few": [*ours[:4], json.dumps(few), *ours[5:]],
        "openfisca": [*peer[:2], folder / "text.py", peer[3], folder / "text", json.dumps(names)],
        "openfisca_few": [*peer[:2], folder / "text.py", peer[3], folder / "text", json.dumps(names[:20])],
    }
    if policy.coded:
        sides["openfisca_coded"] = [*peer[:2], folder / "coded.py", peer[3], folder / "coded", json.dumps(names)]
    first = call(*sides["ours"])
    call(*sides["ours_few"])
    best = {}
    for _ in range(rounds):
        for name, words in sides.items():
            found = call(*words)
            kept = best.setdefault(name, found)
            best[name] = {key: min(value, kept[key]) for key, value in found.items()}
    best["ours_numpy"] = call(*sides["ours"], "--numpy")
    return best, first


def report(best, first, rows, variables, outputs):
    """Return the figures that count, with their ratios."""
    ours, peer = best["ours"], best["openfisca"]
    told = {
        "rows": rows, "variables": variables, "outputs": len(outputs), "ours_s": ours["seconds"], "openfisca_s": peer["seconds"],
        "speed_ratio": peer["seconds"] / ours["seconds"], "cpu_ratio": peer["cpu"] / ours["cpu"], "ours_peak_mb": ours["peak_mb"],
        "openfisca_peak_mb": peer["peak_mb"], "memory_ratio": ours["peak_mb"] / peer["peak_mb"],
        "few_outputs_ratio": best["openfisca_few"]["seconds"] / best["ours_few"]["seconds"], "few_outputs": min(20, len(outputs)),
        "few_outputs_memory_ratio": best["ours_few"]["peak_mb"] / best["openfisca_few"]["peak_mb"],
        "compile_s": first["load_s"] + first["bind_s"] + first["seconds"] - ours["seconds"],
        "bind_s": min(first["bind_s"], ours["bind_s"]), "ours_arrow_s": ours["arrow_s"], "ours_numpy_s": best["ours_numpy"]["seconds"],
        "copy_bound_ratio": ours["seconds"] / bandwidth(rows, len(outputs)), "variables_left_to_numpy": ours["refused"],
    }  # fmt: skip
    if "openfisca_coded" in best:
        told["coded_ratio"] = best["openfisca_coded"]["seconds"] / best["ours_coded"]["seconds"]
        told["ours_coded_s"], told["openfisca_coded_s"] = best["ours_coded"]["seconds"], best["openfisca_coded"]["seconds"]
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def main():
    """Generate, measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--variables", type=int, default=200)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
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
        warmed()
        best, first = measured(folder, policy, policy.named_outputs(), told.rounds, told.threads)
        result = report(best, first, told.rows, len(policy.variables), policy.named_outputs())
        small = folder / "checked"
        small.mkdir()
        write(small, min(told.rows, CHAIN_CHECKED if told.chain else CHECKED))
        result.update(compare(small, policy, PEER, call))
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:26} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
