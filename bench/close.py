"""Seconds and peak memory of the close, from workbooks to report, at several sizes; each in a fresh directory and process.

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
    """Run the demo at a size and return its steps with the whole process's time."""
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        done = subprocess.run(
            [TOWNWRIGHT, "demo", "--no-serve", "--json", "--scale", str(scale)],
            env={**os.environ, "TOWNWRIGHT_HOME": home}, capture_output=True, check=True, text=True,
        )  # fmt: skip
        town = json.loads(done.stdout)[0]
        return {"scale": scale, "firms": 481 * scale, "whole_s": round(time.perf_counter() - begun, 1), "steps": town["steps"]}


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
    print(
        json.dumps(result, indent=2)
        if told.json
        else "\n".join(f"{row['firms']:>7} firms: {row['whole_s']} s, peak {max(s['peak_mb'] for s in row['steps'])} MB" for row in rows)
    )


if __name__ == "__main__":
    main()
