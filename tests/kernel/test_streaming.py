"""Rows in batches: the same results and totals as over whole tables, and files that are refused by name."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.books import book, variable
from townwright.kernel.formula import (
    Execution,
    Machine,
    UnableToEvaluate,
    compile_rulebook,
    evaluate,
    evaluate_stream,
    stream_to_parquet,
    tables_of_rows,
)  # fmt: skip
from townwright.kernel.values.period import Period

ZONE = """  zone.total: {type: money CNY, formula: SUM(firms.x) FILTER (WHERE firms.flag)}
  zone.count: {type: int, formula: COUNT(firms)}
  zone.told: {type: int, formula: COUNT(firms.money_a)}
  zone.least: {type: money CNY, formula: MIN(firms.x)}
  zone.most: {type: money CNY, formula: "MAX(firms.x) FILTER (WHERE firms.money_a > 0)"}
  zone.some: {type: bool, formula: ANY(firms.flag)}
  zone.all: {type: bool, formula: ALL(firms.flag)}
  zone.share: {type: ratio, round: half_up 0.000001, formula: total / most}
"""
BOOK = book(
    variable("x", "money CNY", "money_a * :rate", "half_up 0.01")
    + variable("rents", "money CNY", "SUM(leases.rent)")
    + variable("y", "money CNY", "LEAST(rents, x)")
    + ZONE
)
COMPILED = compile_rulebook(BOOK, period=Period.parse("2020"))
TOTALS = [f"zone.{name}" for name in ("total", "count", "told", "least", "most", "some", "all", "share")]
ROWS = ["firm.x", "firm.y"]


def _firms(count, gaps=True):
    chance = np.random.default_rng(count)
    return [
        {
            "key": f"f{n}", "money_a": None if gaps and n % 11 == 3 else Decimal(int(chance.integers(-(10**9), 10**9))).scaleb(-2),
            "flag": None if gaps and n % 13 == 5 else bool(n % 3),
        }
        for n in range(count)
    ]  # fmt: skip


def _tables(firms):
    leases = [{"id": str(n), "firm": f"f{n * 7 % 50}", "rent": n} for n in range(60)]
    return tables_of_rows(BOOK, {"firm": firms, "lease": leases})


def _stream(source, tables, **told):
    return evaluate_stream(COMPILED, source, entity="firm", outputs=[*ROWS, *TOTALS], tables=tables, **told)


@pytest.mark.parametrize("gaps", [True, False])
def test_batches_give_what_the_whole_table_gives(gaps, tmp_path):
    tables = _tables(_firms(500, gaps))
    whole = evaluate(COMPILED, tables)
    pq.write_table(tables["firm"], tmp_path / "firm.parquet", row_group_size=150)
    for source in (tables["firm"], tables["firm"].to_batches(max_chunksize=33), tmp_path / "firm.parquet", str(tmp_path)):
        for machine in (None, Machine()):
            stream = _stream(source, tables, batch_rows=64, execution=Execution(machine=machine, least=0, threads=2, block=16))
            told = pa.Table.from_batches(list(stream))
            assert told.column("key").to_pylist() == [f"f{n}" for n in range(500)]
            for name in ("x", "y"):
                assert told.column(name).to_pylist() == whole.values("firm", name)
            (totals,) = stream.totals()["zone"].to_pylist()
            assert totals == {name.partition(".")[2]: whole.values("zone", name.partition(".")[2])[0] for name in TOTALS}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(-(2**62), 2**62)), st.sampled_from([None, True, False])), max_size=30),
    st.integers(1, 9),
)
def test_totals_do_not_depend_on_the_batches(cells, size):
    firms = [
        {"key": str(n), "money_a": None if cents is None else Decimal(cents).scaleb(-2), "flag": flag}
        for n, (cents, flag) in enumerate(cells)
    ]
    tables = _tables(firms)
    whole = evaluate(COMPILED, tables)
    stream = _stream(tables["firm"], tables, batch_rows=size)
    list(stream)
    (totals,) = stream.totals()["zone"].to_pylist()
    assert totals == {name.partition(".")[2]: whole.values("zone", name.partition(".")[2])[0] for name in TOTALS}


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    tables = _tables(_firms(300))
    target = tmp_path / "result.parquet"
    written = stream_to_parquet(_stream(tables["firm"], tables, batch_rows=50), target)
    assert (written.rows, written.totals["zone"].num_rows) == (300, 1)
    before = target.read_bytes()

    def failing():
        yield from tables["firm"].to_batches(max_chunksize=50)
        yield pa.record_batch({"key": ["z"], "money_a": ["many"], "flag": [True]})

    with pytest.raises(UnableToEvaluate, match=r"firm\.money_a holds string"):
        stream_to_parquet(_stream(failing(), tables), target)
    with pytest.raises(UnableToEvaluate, match="no row of firm"):
        stream_to_parquet(_stream([], tables), target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["result.parquet"]


def test_files_that_cannot_be_read_are_named_with_the_column(tmp_path):
    tables = _tables(_firms(3000))
    good, part, other, broken = (tmp_path / name / "firm.parquet" for name in ("good", "part", "other", "broken"))
    for path in (good, part, other, broken):
        path.parent.mkdir()
    pq.write_table(tables["firm"], good, row_group_size=1000, compression="none", use_dictionary=False)
    whole = good.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    pq.write_table(tables["firm"].drop_columns(["money_a"]).append_column("money_a", pa.array(["x"] * 3000)), other)
    group = pq.ParquetFile(good).metadata.row_group(1)
    start = next(one for one in map(group.column, range(group.num_columns)) if one.path_in_schema == "money_a").data_page_offset
    broken.write_bytes(whole[:start] + b"\xff" * 40 + whole[start + 40 :])
    for path, words in (
        (part, "firm.parquet is not a whole Parquet file"),
        (other, r"other.firm\.parquet: firm\.money_a holds string, not a number in CNY"),
        (broken, r"broken.firm\.parquet: firm\.money_a in row group 2 of 3 cannot be read"),
        (tmp_path / "nothing.parquet", "does not exist"),
    ):
        with pytest.raises(UnableToEvaluate, match=words):
            list(_stream(path, tables, batch_rows=500))
    pq.write_table(tables["firm"].drop_columns(["flag"]), good)
    with pytest.raises(UnableToEvaluate, match=r"good.firm\.parquet: firm has no column 'flag'"):
        list(_stream(good, tables))


def test_what_needs_other_rows_is_refused_before_a_row_is_read():
    told = book("  zone.one: {type: money CNY, formula: ONLY(firms.money_a)}\n" + variable("z", "int", "COUNT(leases)"))
    compiled = compile_rulebook(told, period=Period.parse("2020"))
    with pytest.raises(UnableToEvaluate, match=r"zone\.one: .* cannot be added up batch by batch"):
        evaluate_stream(compiled, [], entity="firm", outputs=["zone.one"])
    ranked = book(variable("r", "int", "RANK(money_a, BY()) FILTER (WHERE money_a IS NOT NULL)"))
    with pytest.raises(UnableToEvaluate, match=r"firm\.r: .* looks at other rows of firm"):
        evaluate_stream(compile_rulebook(ranked, period=Period.parse("2020")), [], entity="firm", outputs=["firm.r"])
    with pytest.raises(UnableToEvaluate, match=r"firm\.z: .* cannot be added up batch by batch"):
        evaluate_stream(compiled, [], entity="lease", outputs=["firm.z"])
    with pytest.raises(UnableToEvaluate, match="known once all batches"):
        _stream([], {}).totals()
    with pytest.raises(UnableToEvaluate, match=r"has no variable firm\.nope"):
        evaluate_stream(compiled, [], entity="firm", outputs=["firm.nope"])
