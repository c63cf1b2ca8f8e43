"""What is computed how: caches of code, ranges that are left, threads, and numpy where there is no compiler."""

import os
import sys
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from tests.kernel.books import book, variable
from townwright.kernel.formula import Execution, Machine, UnableToEvaluate, compile_rulebook, evaluate, tables_of_rows
from townwright.kernel.formula.executors.native import machine as machines
from townwright.kernel.values.period import Period

PERIOD = Period.parse("2020")
LLVM = Machine().ready
needs_llvm = pytest.mark.skipif(not LLVM, reason="llvmlite is not installed")
BOOK = book(
    variable("product", "money CNY", "money_a * :rate", "half_up 0.01")
    + variable("share", "ratio", "money_a / money_b", "half_even 0.000001")
    + variable("known", "bool", "product > money_b OR flag")
    + variable("big", "money CNY", "GREATEST(product, COALESCE(money_b, 0)) * 3")
)
NAMES = ["product", "share", "known", "big"]
OUTPUTS = [f"firm.{name}" for name in NAMES]
COMPILED = compile_rulebook(BOOK, period=PERIOD)


def _table(cents_a, cents_b, flags):
    def money(cents):
        return pa.array([None if one is None else Decimal(one).scaleb(-2) for one in cents], pa.decimal128(38, 2))

    size = len(cents_a)
    return {
        "firm": pa.table(
            {
                "key": [str(n) for n in range(size)], "money_a": money(cents_a), "money_b": money(cents_b), "area": pa.nulls(size, pa.int64()),
                "flag": pa.array(flags, pa.bool_()), "other": pa.nulls(size, pa.bool_()),
            }
        )
    }  # fmt: skip


def _rows(size, seed=3):
    chance = np.random.default_rng(seed)
    a, b = chance.integers(-(10**9), 10**9, size).tolist(), chance.integers(-50, 50, size).tolist()
    return _table(a, [None if one == 7 else one for one in b], [None if one % 3 == 0 else one > 0 for one in b])


def _values(evaluation):
    return [evaluation.values("firm", name) for name in NAMES]


def _run(tables, **told):
    return evaluate(COMPILED, tables, outputs=OUTPUTS, execution=Execution(**{"least": 0, **told}))


@pytest.mark.parametrize("native", [pytest.param(True, marks=needs_llvm), False])
def test_any_number_of_threads_and_any_block_give_the_same_bytes(native):
    tables = _rows(10_007)
    told = [
        _run(tables, threads=threads, block=block, machine=Machine() if native else None).table("firm", NAMES)
        for threads in (1, 2, 3)
        for block in (64, 4096)
    ]
    sinks = []
    for table in told:
        stream = pa.BufferOutputStream()
        with pa.ipc.new_stream(stream, table.schema) as writer:
            writer.write_table(table)
        sinks.append(stream.getvalue().to_pybytes())
    assert len(set(sinks)) == 1
    assert told[0].num_rows == 10_007


@needs_llvm
def test_code_is_kept_in_memory_and_in_the_folder_and_a_damaged_file_is_written_anew(tmp_path):
    tables, first = _rows(50), Machine(tmp_path)
    wanted = _values(_run(tables, machine=first))
    _run(tables, machine=first)
    assert (first.compiled, first.reloaded) == (1, 0)
    second = Machine(tmp_path)
    assert _values(_run(tables, machine=second)) == wanted
    assert (second.compiled, second.reloaded) == (0, 1)
    (file,) = tmp_path.glob("*.o")
    whole = file.read_bytes()
    for damaged in (b"", whole[:100], whole[:-1], whole[:200] + b"x" + whole[201:]):
        file.write_bytes(damaged)
        third = Machine(tmp_path)
        assert _values(_run(tables, machine=third)) == wanted
        assert (third.compiled, third.reloaded) == (1, 0)
        assert file.read_bytes() == whole
    assert [path.suffix for path in tmp_path.iterdir()] == [".o"]


@needs_llvm
@pytest.mark.skipif(sys.platform == "win32", reason="file modes")
def test_code_that_others_could_have_written_is_not_run(tmp_path):
    _run(_rows(50), machine=Machine(tmp_path))
    (file,) = tmp_path.glob("*.o")
    file.chmod(0o666)
    machine = Machine(tmp_path)
    _run(_rows(50), machine=machine)
    assert machine.reloaded == 0


@needs_llvm
def test_the_oldest_code_makes_room(tmp_path, monkeypatch):
    monkeypatch.setattr(machines, "_FILES", 2)
    for age, name in enumerate(("a", "b", "c")):
        (tmp_path / f"{name}.o").write_bytes(b"old")
        os.utime(tmp_path / f"{name}.o", (age, age))
    _run(_rows(50), machine=Machine(tmp_path))
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == 2
    assert "c.o" in left


@needs_llvm
def test_a_folder_that_cannot_be_written_costs_only_the_compilation(tmp_path):
    path = tmp_path / "file"
    path.write_text("not a folder")
    assert _values(_run(_rows(20), machine=Machine(path / "code"))) == _values(_run(_rows(20)))


@needs_llvm
def test_other_rows_of_the_same_kind_need_no_new_code_and_larger_ones_widen_it():
    machine = Machine()
    _run(_rows(900, seed=1), machine=machine)
    again = _run(_rows(70, seed=2), machine=machine)
    assert machine.compiled == 1
    assert _values(again) == _values(_run(_rows(70, seed=2)))
    # The program was written for small figures; one of these is not.
    cents = [5] * 40 + [10**16] + [5] * 10
    tables = _table(cents, [3] * 51, [True] * 51)
    told = _run(tables, machine=machine)
    assert _values(told) == _values(_run(tables))
    assert told.values("firm", "product")[40] == Decimal("12345678000000.00")


@needs_llvm
def test_figures_beyond_what_is_assumed_are_computed_all_the_same():
    # Three times 2^52 cents leaves the range that results are assumed to keep to; 2^62 leaves 64 bits.
    for cents in (2**52, 2**62, 10**17):
        tables = _table([cents, -cents, 1], [1, 1, 1], [None, False, True])
        told = _run(tables, machine=Machine())
        assert _values(told) == _values(evaluate(COMPILED, tables))
    tables = _table([10**20], [1], [True])
    assert _run(tables, machine=Machine()).values("firm", "big") == [Decimal("370370340000000000.00")]


def test_without_llvmlite_numpy_does_all(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    machine = Machine(tmp_path)
    assert (machine.ready, machines.find_llvm()) == (False, None)
    tables = _rows(1000)
    assert _values(_run(tables, machine=machine, threads=2, block=100)) == _values(evaluate(COMPILED, tables))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("native", [pytest.param(True, marks=needs_llvm), False])
def test_no_rows_and_one_row(native):
    machine = Machine() if native else None
    for size in (0, 1, 7, 8, 9):
        tables = _rows(size)
        assert _values(_run(tables, machine=machine)) == _values(evaluate(COMPILED, tables))


@needs_llvm
def test_slices_chunks_dictionaries_and_other_widths_are_read_where_they_lie():
    whole = _rows(100)["firm"]
    wanted = _values(evaluate(COMPILED, {"firm": whole}))
    machine = Machine()
    for start in (3, 8, 50):
        part = _run({"firm": whole.slice(start, 37)}, machine=machine)
        assert _values(part) == [column[start : start + 37] for column in wanted]
    chunked = pa.concat_tables([whole.slice(0, 11), whole.slice(11, 60), whole.slice(71)])
    assert _values(_run({"firm": chunked}, machine=machine)) == wanted


@needs_llvm
def test_aggregates_and_totals_read_what_the_pass_computed():
    told = book(
        variable("x", "money CNY", "money_a * :rate", "half_up 0.01")
        + variable("rents", "money CNY", "SUM(leases.rent) FILTER (WHERE leases.rent > x)")
        + variable("y", "money CNY", "LEAST(rents, x)")
        + "  zone.total:\n    type: money CNY\n    formula: SUM(firms.y)\n"
    )
    compiled = compile_rulebook(told, period=PERIOD)
    leases = [{"id": str(n), "firm": str(n % 40), "rent": n} for n in range(90)]
    tables = tables_of_rows(told, {"firm": [{"key": str(n), "money_a": n * 100} for n in range(60)], "lease": leases})
    wanted = evaluate(compiled, tables)
    for machine in (Machine(), None):
        run = evaluate(compiled, tables, outputs=["firm.y", "zone.total"], execution=Execution(machine=machine, least=0, block=8))
        assert run.values("firm", "y") == wanted.values("firm", "y")
        assert run.values("zone", "total") == wanted.values("zone", "total") == [Decimal(sum(run.values("firm", "y")))]
        assert run.values("firm", "x") == wanted.values("firm", "x")


def test_an_output_that_is_not_a_variable_is_refused():
    with pytest.raises(UnableToEvaluate, match=r"has no variable firm\.nope"):
        evaluate(COMPILED, _rows(2), outputs=["firm.nope"])


def test_results_as_arrow_columns_have_the_declared_places():
    told = book(
        variable("fine", "money CNY", "money_a * :rate", "half_up 0.0001")
        + variable("quarter", "number ratio", "money_a / money_b", "half_up 0.25")
        + variable("count", "int", "COUNT(leases)")
        + variable("when", "date", "CASE WHEN flag THEN PERIOD_START() END")
        + variable("kind", "text", "CASE WHEN flag THEN 'yes' ELSE 'no' END")
    )
    data = {"firm": [{"key": "a", "money_a": 10, "money_b": 3, "flag": True}, {"key": "b", "money_a": None, "money_b": 0, "flag": False}]}
    table = evaluate(compile_rulebook(told, period=PERIOD), tables_of_rows(told, data)).table(
        "firm", ["fine", "quarter", "count", "when", "kind"]
    )
    assert [str(one) for one in table.schema.types] == ["decimal128(38, 4)", "decimal128(38, 4)", "int64", "date32[day]", "string"]
    assert table.to_pylist() == [
        {"fine": Decimal("1.2346"), "quarter": Decimal("3.2500"), "count": 0, "when": date(2020, 1, 1), "kind": "yes"},
        {"fine": None, "quarter": None, "count": 0, "when": None, "kind": "no"},
    ]
