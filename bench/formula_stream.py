"""Rows a second and peak memory of streaming Parquet through a rulebook, file to file, and whether memory grows with the rows.

Usage: .venv/bin/python bench/formula_stream.py --rows 100000000 --part 10000000 --json
Firms of the invented policy are written in files of --part rows each, a row group a million. They are streamed, each time in a process of its
own: the first file alone, then all of them; 20 outputs go to a new Parquet file, or with --no-write to nowhere. "read_s" is what reading the
first file takes by itself: no stream of it can be faster. Peak memory is that of the whole process; "fresh_mb" is what it held before the
first row. Disk: about 75 bytes a row for the firms and 125 for the results.
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


def write(folder, rows, part):
    """Write the firms into files of so many rows, one row group at a time."""
    chance = np.random.default_rng(7)
    folder.mkdir()
    for first in range(0, rows, part):
        writer = None
        for start in range(first, min(first + part, rows), GROUP):
            table = firms(chance, start, min(GROUP, first + part - start, rows - start))
            writer = writer or pq.ParquetWriter(folder / f"part-{first // part:03d}.parquet", table.schema)
            writer.write_table(table)
        writer.close()


def firms(chance, start, size):
    """Return one row group of firms."""
    columns = {"key": pa.array(np.arange(start, start + size))}
    for number in range(INPUTS):
        cents = np.minimum(np.exp(chance.normal(15, 2.2, size)).astype(np.int64), 10**9)
        there = chance.random(size) > 0.2 if f"m{number:02d}" == NULLABLE else None
        columns[f"m{number:02d}"] = money(cents, there)
    columns["sector"] = pa.DictionaryArray.from_arrays(chance.integers(0, len(SECTORS), size).astype(np.int32), SECTORS)
    return pa.table(columns)


def read(path):
    """Read a file as the stream does, and nothing more; print the seconds."""
    begun, processor = time.perf_counter(), time.process_time()
    for _ in pq.ParquetFile(path, read_dictionary=["sector"], pre_buffer=False, buffer_size=2**20).iter_batches(batch_size=131_072):
        pass
    print(json.dumps({"read_s": round(time.perf_counter() - begun, 2), "read_cpu_s": round(time.process_time() - processor, 2)}))


def run(folder, source, threads, outputs, *, keep):
    """Stream a file or folder once and print what it took."""
    policy = Policy(200)
    text = policy.rulebook().replace("firm: {key: key, columns: {", "firm: {key: key, columns: {key: int, ") + TOTAL
    compiled = compile_rulebook(load_rulebook(text, source="bench"), period=Period.parse(PERIOD))
    names = [*policy.named_outputs()[:outputs], "zone.total", "zone.firms_told"]
    tables = {"zone": pa.table({"key": ["zone"]})}
    execution = Execution(machine=Machine(folder / "code"), threads=threads)
    stream = evaluate_stream(compiled, source, entity="firm", outputs=names, tables=tables, execution=execution)
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


def call(*words):
    """Run this file in a process of its own and return its JSON."""
    done = subprocess.run([sys.executable, __file__, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    """Write the files, stream them, tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--part", type=int, default=0, help="rows of a file; default: a tenth of all")
    parser.add_argument("--outputs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--json", action="store_true")
    for name in ("--folder", "--source", "--read"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.read:
        read(told.read)
    elif told.folder:
        run(Path(told.folder), Path(told.source), told.threads, told.outputs, keep=not told.no_write)
    else:
        tell(told)


def tell(told):
    """Measure the first file and all of them, and print what was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "firm", told.rows, told.part or max(told.rows // 10, 1))
        files = sorted((folder / "firm").iterdir())
        words = ["--folder", folder, "--threads", told.threads, "--outputs", told.outputs, *(["--no-write"] if told.no_write else [])]
        bound = call("--read", files[0])
        part = call(*words, "--source", files[0])
        (folder / "result.parquet").unlink(missing_ok=True)
        whole = call(*words, "--source", folder / "firm")
        size = sum(file.stat().st_size for file in files)
    result = {
        **whole, "parquet_mb": round(size / 2**20), "outputs": told.outputs, "part_rows": part["rows"], "part_seconds": part["seconds"],
        "part_cpu_s": part["cpu_s"], "part_peak_mb": part["peak_mb"], "memory_growth": round(whole["peak_mb"] / part["peak_mb"], 3), **bound,
        "read_bound_ratio": round(part["seconds"] / bound["read_s"], 2),
    }  # fmt: skip
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:16} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
