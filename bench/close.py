"""Seconds and peak memory of the close, from workbooks to report, at several sizes; each in a fresh directory and process.

Each import and each step tells its seconds, the process's peak memory at its end, and by how much it raised it.

Usage: .venv/bin/python bench/close.py --scales 1 10 --json
The ratio says how many times longer the larger run took than the smaller, per firm: 1 is linear.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOWNWRIGHT = Path(sys.executable).with_name("townwright")


def run(scale):
    """Run the demo at a size and return its imports and steps with the whole process's time."""
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        done = subprocess.run(
            [TOWNWRIGHT, "demo", "--no-serve", "--json", "--scale", str(scale)],
            env={**os.environ, "TOWNWRIGHT_HOME": home}, capture_output=True, check=True, text=True,
        )  # fmt: skip
        whole = round(time.perf_counter() - begun, 1)
        town = json.loads(done.stdout)[0]
        return {"scale": scale, "firms": 481 * scale, "whole_s": whole, "imports": town["imports"], "steps": town["steps"]}


def lines(row):
    """Yield what a person reads of one run: each file and each step with its seconds, and by how much it raised the peak."""
    yield f"{row['firms']:>7} firms: {row['whole_s']} s, peak {row['steps'][-1]['peak_mb']} MB"
    peak = row["imports"][0]["peak_mb"]
    for one in row["imports"]:
        yield f"  import {one['file']:<20} {one['read']:>8} rows {one['seconds']:>8} s {one['peak_mb']:>8} MB (+{one['peak_mb'] - peak:.1f})"
        peak = one["peak_mb"]
    for one in row["steps"]:
        yield f"  {one['step']:<41} {one['seconds']:>8} s {one['peak_mb']:>8} MB (+{one['peak_mb'] - peak:.1f})"
        peak = one["peak_mb"]


def main():
    """Run each size and print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    rows = [run(scale) for scale in told.scales]
    first, last = rows[0], rows[-1]
    ratio = (last["whole_s"] / first["whole_s"]) / (last["scale"] / first["scale"])
    result = {"runs": rows, "time_per_firm_ratio": round(ratio, 3)}
    print(json.dumps(result, indent=2) if told.json else "\n".join(line for row in rows for line in lines(row)))


if __name__ == "__main__":
    main()
