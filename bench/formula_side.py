"""Townwright's side of the formula bench: evaluations in a process of its own, printed as one JSON object.

Usage: .venv/bin/python bench/formula_side.py RULEBOOK INPUTS OUTPUTS [--coded] [--numpy] [--threads N] [--code FOLDER] [--save FILE]
       … --streamed FILE reads the rows from a Parquet file, batch by batch, and writes the results to another, with INPUTS for other tables
The first evaluation is timed by itself ("first"): it reads ranges, writes the program and finds its code. "again" are evaluations after it.
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from townwright.kernel.formula import Execution, Machine, compile_rulebook, evaluate, evaluate_stream, load_rulebook, stream_to_parquet
from townwright.kernel.values.period import Period

PERIOD = "2025"
# Bytes copied to measure the memory: more than any cache holds.
COPIED = 2**28


def memory(name):
    """Return a figure of the process's memory in MB: VmRSS, what it holds; VmHWM, the most it held (ru_maxrss would count the parent's)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def money(cents, there=None):
    """Return cents as an Arrow decimal column."""
    words = np.empty((len(cents), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = cents, cents >> 63
    valid = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [valid, pa.py_buffer(words)])


def tables_of(folder, book, coded):
    """Return the Arrow tables of a folder of .npy columns: cents as decimals, words as text."""
    told = {}
    for entity, described in book.entities.items():
        columns = {}
        for name, type_ in described.columns.items():
            path = Path(folder) / entity / f"{name}.npy"
            if not path.exists():
                continue
            values = np.load(path, allow_pickle=True)
            if type_.word == "money":
                missing = path.with_suffix(".missing.npy")
                columns[name] = money(values, ~np.load(missing) if missing.exists() else None)
            elif values.dtype.kind == "O":
                text = pa.array(values, pa.string())
                columns[name] = text.dictionary_encode() if coded else text
            else:
                columns[name] = pa.array(values)
        if not columns:
            columns[described.key[0]] = pa.array([entity])
        told[entity] = pa.table(columns)
    return told


def timed(work):
    """Return what the work returns, with its seconds of wall and processor."""
    clock, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - clock, time.process_time() - processor


def copy_speed(threads):
    """Return the bytes that copying much memory reads and writes: in a second with so many threads, and in a second of processor."""
    part = COPIED // threads
    pairs = [(np.ones(part // 8), np.zeros(part // 8)) for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        times = [timed(lambda: list(pool.map(lambda pair: np.copyto(pair[1], pair[0]), pairs)))[1:] for _ in range(5)]
    return [2 * part * threads / min(one) for one in zip(*times, strict=True)]


def moved(result, tables, entities, outputs):
    """Return the bytes of the tables that are read and of the results that are written."""
    columns = [result.run.result(*output.split(".", 1)) for output in outputs]
    return sum(tables[name].nbytes for name in entities) + sum(column.num.nbytes + column.ok.nbytes for column in columns)


def parsed():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("rulebook", "inputs", "outputs"):
        parser.add_argument(name)
    for name in ("--coded", "--numpy"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--again", type=int, default=3)
    for name in ("--code", "--save", "--streamed"):
        parser.add_argument(name)
    return parser.parse_args()


def main():
    """Compile, evaluate, and tell seconds and memory: of the whole process, and beyond what libraries and tables take."""
    told = parsed()
    begun = time.perf_counter()
    book = load_rulebook(Path(told.rulebook).read_text(), source="bench")
    loaded = time.perf_counter()
    compiled = compile_rulebook(book, period=Period.parse(PERIOD))
    found = {"load_s": loaded - begun, "bind_s": time.perf_counter() - loaded}
    machine = None if told.numpy else Machine(Path(told.code) if told.code else None)
    # OpenFisca's libraries are loaded by now, too.
    found["llvm"] = machine.ready if machine else False
    found["base_mb"] = memory("VmRSS")
    execution, outputs = Execution(machine=machine, threads=told.threads), json.loads(told.outputs)
    if told.streamed:
        found.update(streamed(compiled, Path(told.streamed), outputs, execution))
    else:
        tables = tables_of(told.inputs, book, told.coded)
        found.update(held(compiled, tables, outputs, execution, told))
    found["compiled"] = machine.compiled if machine else 0
    print(json.dumps(found))


def streamed(compiled, path, outputs, execution):
    """Evaluate from file to file."""
    entity = outputs[0].partition(".")[0]
    stream = evaluate_stream(compiled, path, entity=entity, outputs=outputs, execution=execution)
    _, seconds, processor = timed(lambda: stream_to_parquet(stream, path.with_suffix(".out")))
    path.with_suffix(".out").unlink()
    return {"seconds": seconds, "cpu": processor, "whole_mb": memory("VmHWM")}


def held(compiled, tables, outputs, execution, told):
    """Evaluate tables in memory, with all results kept there."""
    before = memory("VmRSS")
    run = lambda: evaluate(compiled, tables, outputs=outputs, execution=execution)  # noqa: E731
    result, seconds, processor = timed(run)
    found = {"first_s": seconds, "first_cpu": processor, "whole_mb": memory("VmHWM"), "peak_mb": memory("VmHWM") - before}
    # Those results are let go first: memory that was never used before costs more than what is used again, on either side.
    del result
    again = [timed(run)[1:] for _ in range(told.again)]
    found["seconds"], found["cpu"] = (statistics.median(one) for one in zip(*again, strict=True))
    result = run()
    entity = outputs[0].partition(".")[0]
    names = [output.partition(".")[2] for output in outputs]
    found["refused"] = len(result.run.refused)
    found["bytes"] = moved(result, tables, [name for name in tables if tables[name].num_rows > 1], outputs)
    table, found["arrow_s"], _ = timed(partial(result.table, entity, names))
    if told.save:
        kept = {name: np.frombuffer(table.column(name).chunk(0).buffers()[1], dtype=np.int64)[::2] for name in names}
        np.savez(told.save, **kept)
    del table, result
    found["copy_speed"], found["copy_cpu_speed"] = copy_speed(told.threads)
    return found


if __name__ == "__main__":
    main()
