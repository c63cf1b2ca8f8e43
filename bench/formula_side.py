"""Townwright's side of the formula bench: one evaluation in a process of its own, printed as one JSON object.

Usage: .venv/bin/python bench/formula_side.py RULEBOOK INPUTS OUTPUTS [--coded] [--numpy] [--threads N] [--code FOLDER] [--save FILE]
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from townwright.kernel.formula import Execution, Machine, compile_rulebook, evaluate, load_rulebook
from townwright.kernel.values.period import Period

PERIOD = "2025"


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


def main():
    """Compile, evaluate once, and tell seconds and memory beyond what the tables take."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("rulebook", "inputs", "outputs"):
        parser.add_argument(name)
    for name in ("--coded", "--numpy"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    for name in ("--code", "--save"):
        parser.add_argument(name)
    told = parser.parse_args()
    begun = time.perf_counter()
    book = load_rulebook(Path(told.rulebook).read_text(), source="bench")
    loaded = time.perf_counter()
    compiled = compile_rulebook(book, period=Period.parse(PERIOD))
    bound = time.perf_counter()
    tables, outputs = tables_of(told.inputs, book, told.coded), json.loads(told.outputs)
    before = memory("VmRSS")
    machine = None if told.numpy else Machine(Path(told.code) if told.code else None)
    clock, processor = time.perf_counter(), time.process_time()
    result = evaluate(compiled, tables, outputs=outputs, execution=Execution(machine=machine, threads=told.threads))
    seconds, processor = time.perf_counter() - clock, time.process_time() - processor
    held = memory("VmHWM") - before
    clock = time.perf_counter()
    entity = outputs[0].partition(".")[0]
    names = [output.partition(".")[2] for output in outputs]
    table = result.table(entity, names)
    unloaded = time.perf_counter() - clock
    print(
        json.dumps(
            {
                "seconds": seconds, "cpu": processor, "peak_mb": held, "load_s": loaded - begun, "bind_s": bound - loaded, "arrow_s": unloaded,
                "compiled": machine.compiled if machine else 0, "refused": len(result.run.refused),
            }
        )
    )  # fmt: skip
    if told.save:
        found = {name: np.frombuffer(table.column(name).chunk(0).buffers()[1], dtype=np.int64)[::2] for name in names}
        np.savez(told.save, **found)


if __name__ == "__main__":
    main()
