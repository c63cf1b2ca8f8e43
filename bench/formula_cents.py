"""Do the cents agree? Where they do not, is it OpenFisca's float32?"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from formula_side import tables_of

from townwright.kernel.formula import compile_rulebook, load_rulebook
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.values.period import Period

HERE = Path(__file__).resolve().parent
SAMPLE, MOST = 200, 20_000


def compare(folder, policy, peer, call):
    """Return how many results differ by more than half a cent, and whether float rounding explains every one.

    OpenFisca rounds each variable to the cent here, in float32 as it holds all figures, and once more in float64. A difference is float32's
    where float64 gives ours; every row in which float64 differs too, and a sample of the others, is put to the interpreter on fractions.
    """
    outputs = policy.named_outputs()
    names = [name.partition(".")[2] for name in outputs]
    (folder / "book.yaml").write_text(policy.rulebook())
    (folder / "parameters.json").write_text(json.dumps(policy.openfisca_parameters()))
    (folder / "rounded.py").write_text(policy.openfisca(coded=False, rounded=True))
    side = [sys.executable, HERE / "formula_side.py", folder / "book.yaml", folder / "text", json.dumps(outputs), "--again", "1"]
    call(*side, "--save", folder / "ours.npz")
    told = [peer, HERE / "openfisca_side.py", folder / "rounded.py", folder / "parameters.json", folder / "text", json.dumps(names)]
    told += ["--again", "0"]
    call(*told, "--save", folder / "float32.npz")
    call(*told, "--save", folder / "float64.npz", "--double")
    ours, single, double = (np.load(folder / f"{name}.npz") for name in ("ours", "float32", "float64"))
    cents = {name: ours[name] for name in names}
    off32 = {name: np.abs(single[name].astype(np.float64) * 100 - cents[name]) > 0.5 for name in names}
    off64 = {name: np.abs(double[name] * 100 - cents[name]) > 0.5 for name in names}
    rows = len(next(iter(cents.values())))
    different = np.flatnonzero(np.logical_or.reduce(list(off32.values())))
    worse = np.flatnonzero(np.logical_or.reduce(list(off64.values())))
    chosen = np.unique(np.r_[worse[:MOST], different[:SAMPLE], np.random.default_rng(1).integers(0, rows, SAMPLE)])
    wrong = oracle_differs(folder, policy, outputs, cents, chosen)
    largest = max(float(np.abs(single[name].astype(np.float64) * 100 - cents[name]).max()) for name in names)
    return {
        "cents_equal": wrong == 0 and len(worse) <= MOST,
        "compared_rows": rows,
        "float_differences": int(sum(int(one.sum()) for one in off32.values())),
        "float_difference_rows": len(different),
        "float64_differences": int(sum(int(one.sum()) for one in off64.values())),
        "float_largest_cents": round(largest, 1),
        "oracle_rows": len(chosen),
        "oracle_differences": wrong,
        "float_note": "float32 holds 24 bits: cents are lost above 167,772.16. In float64 the same formulas differ only where a half cent is "
        "not a binary fraction; the interpreter on fractions was asked in each of those rows.",
    }


def oracle_differs(folder, policy, outputs, cents, chosen):
    """Return in how many results the interpreter on fractions gives other cents than ours."""
    book = load_rulebook(policy.rulebook(), source="bench")
    compiled = compile_rulebook(book, period=Period.parse("2025"))
    tables = tables_of(folder / "text", book, False)
    entity = outputs[0].partition(".")[0]
    if policy.chain:
        interpreter, places = Interpreter(compiled, Rows(compiled, tables)), {int(row): int(row) for row in chosen}
    else:
        part = {**tables, entity: tables[entity].take(pa.array(chosen))}
        interpreter, places = Interpreter(compiled, Rows(compiled, part)), {int(row): place for place, row in enumerate(chosen)}
    return sum(
        interpreter.variable(entity, name.partition(".")[2], place) * 100 != int(cents[name.partition(".")[2]][row])
        for row, place in places.items()
        for name in outputs
    )
