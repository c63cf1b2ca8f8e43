"""Rows a second and peak memory of streaming Parquet through a rulebook, file to file.

Usage: .venv/bin/python bench/formula_stream.py --rows 10000000 --json
Firms of the invented policy are written in row groups, then streamed in a process of its own: 20 outputs to a new Parquet file, or with
--no-write to nowhere. Peak memory is that of the whole process, libraries and all; "fresh_mb" is what it held before the first row.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from formula_policy import INPUTS, NULLABLE, SECTORS, Policy
from formula_side import PERIOD, memory, money

from townwright.kernel.formula import Execution, Machine, compile_rulebook, evaluate_stream, load_rulebook, stream_to_parquet
from townwright.kernel.values.period import Period

GROUP = 1_000_000
TOTAL = "  zone.total: {type: money CNY, formula: SUM(firms.v199)}\n  zone.firms_told: {type: int, formula: COUNT(firms)}\n"


def write(path, rows):
    """Write the firms, one row group at a time."""
    chance = np.random.default_rng(7)
    writer = None
    for start in range(0, rows, GROUP):
        size = min(GROUP, rows - start)
        columns = {"key": pa.array(np.arange(start, start + size))}
        for number in range(INPUTS):
            cents = np.minimum(np.exp(chance.normal(15, 2.2, size)).astype(np.int64), 10**9)
            there = chance.random(size) > 0.2 if f"m{number:02d}" == NULLABLE else None
            columns[f"m{number:02d}"] = money(cents, there)
        columns["sector"] = pa.DictionaryArray.from_arrays(chance.integers(0, len(SECTORS), size).astype(np.int32), SECTORS)
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def run(folder, threads, outputs, *, keep):
    """Stream once and print what it took."""
    policy = Policy(200)
    text = policy.rulebook().replace("firm: {key: key, columns: {", "firm: {key: key, columns: {key: int, ") + TOTAL
    compiled = compile_rulebook(load_rulebook(text, source="bench"), period=Period.parse(PERIOD))
    names = [*policy.named_outputs()[:outputs], "zone.total", "zone.firms_told"]
    tables = {"zone": pa.table({"key": ["zone"]})}
    execution = Execution(machine=Machine(folder / "code"), threads=threads)
    stream = evaluate_stream(compiled, folder / "firm.parquet", entity="firm", outputs=names, tables=tables, execution=execution)
    fresh, begun, processor = memory("VmRSS"), time.perf_counter(), time.process_time()
    rows = stream_to_parquet(stream, folder / "result.parquet").rows if keep else sum(batch.num_rows for batch in stream)
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    (totals,) = stream.totals()["zone"].to_pylist()
    print(
        json.dumps(
            {
                "rows": rows, "seconds": round(seconds, 2), "cpu_s": round(processor, 2), "rows_a_second": round(rows / seconds),
                "peak_mb": round(memory("VmHWM")), "fresh_mb": round(fresh), "totals": {name: str(value) for name, value in totals.items()},
            }
        )
    )  # fmt: skip


def main():
    """Write the file, stream it, tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--outputs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.folder:
        run(Path(told.folder), told.threads, told.outputs, keep=not told.no_write)
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "firm.parquet", told.rows)
        words = [sys.executable, __file__, "--folder", folder, "--threads", str(told.threads), "--outputs", str(told.outputs)]
        done = subprocess.run([*words, *(["--no-write"] if told.no_write else [])], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        size = (Path(folder) / "firm.parquet").stat().st_size
    result = {**json.loads(done.stdout.strip().splitlines()[-1]), "parquet_mb": round(size / 2**20), "outputs": told.outputs}
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:16} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
