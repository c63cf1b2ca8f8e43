"""Every step of the language on Spark gives what the embedded run gives, and refuses what it refuses, in the same words."""

import os
import signal
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cluster.towns import awkward_town, both, laid_down
from tests.kernel.exact import exact
from tests.kernel.test_steps_agree import COMPILED
from tests.kernel.town import town
from townwright.frame.cluster.passes import Passes
from townwright.frame.tables import ParquetFolder, UnableToReadTable
from townwright.kernel.formula import UnableToEvaluate, evaluate, tables_of_rows
from townwright.kernel.formula.executors.native.machine import find_llvm

pytestmark = pytest.mark.spark


def test_every_step_over_awkward_records(spark, tmp_path):
    here, there = both(spark, COMPILED, awkward_town(7), tmp_path)
    assert {name: values for name, values in there.items() if values != here[name]} == {}
    # The records are awkward enough: each step has both missing and present values, or one of a kind.
    assert sum(None in values and any(value is not None for value in values) for values in here.values()) > 25


def test_every_step_over_awkward_records_in_compiled_passes(spark, tmp_path, monkeypatch):
    """However few rows: passes are made ready in the cluster's processes, and their code is left for the next."""
    monkeypatch.setattr(spark, "passes", Passes(str(tmp_path / "code"), least=0))
    here, there = both(spark, COMPILED, awkward_town(11), tmp_path, COMPILED.order[1::3])
    assert there == here
    assert bool(list((tmp_path / "code").glob("*.o"))) == (find_llvm() is not None)


QUOTIENTS = town(
    ("unit.mean", "money CNY", "MEAN(leases.rent)", "half_up 0.000001"),
    ("firm.by_unit", "ratio", "MEAN(home.leases.rent) / UNIT(7, 'CNY')", "half_up 0.000001"),
    ("firm.only_kind", "text", "ONLY(leases.kind) FILTER (WHERE leases.rent IS NOT NULL)"),
    ("firm.only_rent", "money CNY", "ONLY(leases.rent)"),
    ("firm.rounded", "text", "BAND(score, :grades, BY(section))"),
    ("zone.middle", "number point", "MEDIAN(firms.score) FILTER (WHERE firms.score IS NOT NULL)", "half_up 0.001"),
)


def test_quotients_and_more_decimals_than_declared(spark, tmp_path):
    data = {
        "unit": [{"id": "U0", "size": Decimal("1.123456")}, {"id": "U1"}],
        "firm": [{"key": "a", "unit": "U0", "score": Decimal("2.1234567")}, {"key": "b", "unit": "U1"}, {"key": "c", "score": Decimal("2.1234566")}],
        "lease": [
            {"id": "1", "firm": "a", "unit": "U0", "rent": Decimal("10.001"), "kind": "office"},
            {"id": "2", "unit": "U0", "rent": Decimal("0.10")},
            {"id": "3", "firm": "b", "unit": "U0", "rent": Decimal("0.20")},
        ],
    }  # fmt: skip
    here, there = both(spark, QUOTIENTS, data, tmp_path)
    assert there == here
    assert str(float(here["firm", "by_unit"][0])) == "0.490524"
    assert here["zone", "middle"] == [Decimal("2.123")]


def test_a_folder_of_parts_is_one_table_in_the_order_of_its_names(spark, tmp_path):
    compiled = town(("firm.x", "money CNY", "SUM(leases.rent)"), ("firm.last", "int", "home.building_of.floors"))
    tables = tables_of_rows(compiled.book, awkward_town(3))
    here = evaluate(compiled, tables)
    # A path is taken as it is written, whatever Hadoop reads into such signs elsewhere.
    tmp_path = tmp_path / "数据 [1] {a,b} 100%"
    tmp_path.mkdir()
    laid_down(tables, tmp_path)
    for entity in ("firm", "lease", "building"):
        (tmp_path / f"{entity}.parquet").unlink()
        folder = tmp_path / f"{entity}.parquet"
        folder.mkdir()
        size = tables[entity].num_rows
        for number, start in enumerate(range(0, size + 1, 2)):
            pq.write_table(tables[entity].slice(start, 2), folder / f"part-{number:05}.parquet")
        (folder / "_SUCCESS").touch()
    source = ParquetFolder(tmp_path, list(tables))
    there = spark.evaluate(compiled, source, outputs=[("firm", "x"), ("firm", "last")], columns=[("firm", "key")])
    assert there.keys("firm") == here.keys("firm")
    for name in ("x", "last"):
        assert there.values("firm", name) == here.values("firm", name)
    assert source.tables()["firm"].equals(tables["firm"])


def test_keys_are_compared_by_value_and_never_across_kinds(spark, tmp_path):
    compiled = town(("firm.x", "int", "COUNT(leases)"), ("firm.y", "number m2", "home.size"), ("payment.z", "money CNY", "amount"))
    tables = tables_of_rows(compiled.book, {"lease": [{"id": "1"}] * 4, "unit": [{"id": "1", "size": 5}], "firm": [{"key": "a"}] * 3})

    def replaced(entity, name, values):
        table = tables[entity]
        tables[entity] = table.set_column(table.column_names.index(name), name, values)

    replaced("firm", "key", pa.array([1, 2, None], pa.int32()))
    replaced("firm", "unit", pa.array([True, False, None]))
    replaced("lease", "firm", pa.array([Decimal("1.00"), Decimal("1"), Decimal("1.50"), None], pa.decimal128(9, 2)))
    here, there = both(spark, compiled, tables, tmp_path, [("firm", "x"), ("firm", "y")])
    # The text "1" is no number, and the number 1 is no text.
    assert there == here == {("firm", "x"): [2, 0, 0], ("firm", "y"): [None, None, None]}


LEASES = [{"id": str(n), "firm": firm, "rent": 1} for n, firm in enumerate(["b", "a", "a", "b", "b"])]
YEARS = [{"firm": firm, "period": period, "revenue": 1} for firm, period in (("a", "2019"), ("b", "2018"), ("b", "2018"), ("b", "2019"))]
REFUSED = {
    "only": (("firm.x", "money CNY", "ONLY(leases.rent)"), {"firm": [{"key": "c"}, {"key": "a"}, {"key": "b"}], "lease": LEASES}, "2 rows of lease for firm a"),
    "prior": (("yearly.x", "money CNY", "PRIOR(revenue, 1 year)"), {"yearly": YEARS}, "two rows for b/2018"),
    "period": (("yearly.x", "money CNY", "PRIOR(revenue, 1 year)"), {"yearly": [*YEARS[:1], {"firm": "b", "period": "soon"}]}, "has the period 'soon'"),
    "worker": (("firm.x", "int day", "WORKING_DAYS_BETWEEN(first, day)"), {"firm": [{"key": "a", "first": date(1950, 1, 1), "day": date(2020, 1, 1)}]}, "1950"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_in_the_same_words(spark, tmp_path, case):
    told, data, words = REFUSED[case]
    compiled = town(told)
    tables = tables_of_rows(compiled.book, data)
    entity = told[0].split(".")[0]
    with pytest.raises(UnableToEvaluate, match=words) as here:
        evaluate(compiled, tables).values(entity, "x")
    with pytest.raises(UnableToEvaluate) as there:
        spark.evaluate(compiled, laid_down(tables, tmp_path), outputs=[(entity, "x")])
    assert str(there.value) == str(here.value)


def test_a_sum_of_more_than_38_digits_is_refused_not_cut(spark, tmp_path):
    compiled = town(("firm.x", "money CNY", "SUM(leases.rent)"))
    tables = tables_of_rows(compiled.book, {"firm": [{"key": "a"}], "lease": LEASES[1:3]})
    most = pa.array([Decimal("9" * 36 + ".99")] * 2, pa.decimal128(38, 2))
    tables["lease"] = tables["lease"].set_column(tables["lease"].column_names.index("rent"), "rent", most)
    assert evaluate(compiled, tables).values("firm", "x") == [Decimal("1" + "9" * 36 + ".98")]
    with pytest.raises(UnableToEvaluate, match="more than 38 digits"):
        spark.evaluate(compiled, laid_down(tables, tmp_path), outputs=[("firm", "x")])


def test_a_local_master_tries_again_and_any_other_is_taken_as_it_is(monkeypatch):
    from townwright.frame.cluster.session import chosen_master

    monkeypatch.delenv("TOWNWRIGHT_SPARK_MASTER", raising=False)
    assert (chosen_master(), chosen_master("local"), chosen_master("local[3]")) == ("local[*,4]", "local[1,4]", "local[3,4]")
    monkeypatch.setenv("TOWNWRIGHT_SPARK_MASTER", "spark://head:7077")
    assert (chosen_master(), chosen_master("local[2,2]")) == ("spark://head:7077", "local[2,2]")


def _small(tmp_path):
    compiled = town(("firm.x", "money CNY", "SUM(leases.rent)"))
    tables = tables_of_rows(compiled.book, {"firm": [{"key": "a"}], "lease": [{"id": str(n), "firm": "a", "rent": n} for n in range(5000)]})
    return compiled, laid_down(tables, tmp_path), tmp_path / "lease.parquet"


def test_a_parquet_file_cut_short_is_refused(spark, tmp_path):
    compiled, source, path = _small(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnableToReadTable, match=r"lease\.parquet cannot be read"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])


def test_a_parquet_file_damaged_within_is_refused(spark, tmp_path):
    from townwright.frame.cluster.faults import UnableToRunOnSpark

    compiled, source, path = _small(tmp_path)
    held = path.read_bytes()
    path.write_bytes(held[:4] + bytes(len(held) // 2) + held[4 + len(held) // 2 :])
    with pytest.raises(UnableToRunOnSpark, match=r"cannot read a file of the tables.*backup"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])


def test_a_parquet_file_of_another_schema_is_refused(spark, tmp_path):
    compiled, source, path = _small(tmp_path)
    table = pq.read_table(path)
    pq.write_table(table.set_column(2, "rent", pa.array(["1"] * 5000)), path)
    with pytest.raises(UnableToEvaluate, match=r"lease\.rent holds string, not a number"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])
    pq.write_table(table.drop_columns(["firm"]), path)
    with pytest.raises(UnableToEvaluate, match="lease has no column 'firm'"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])
    path.unlink()
    path.mkdir()
    pq.write_table(table, path / "a.parquet")
    pq.write_table(table.drop_columns(["kind"]), path / "b.parquet")
    with pytest.raises(UnableToReadTable, match=r"b\.parquet has other columns than a\.parquet"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])


def killing(original, marker):
    """Return a row function whose Python process is killed after its first batch: once where a marker file is given, else always."""

    def make(*told):
        work = original(*told)

        def killed(batches):
            for batch in work(batches):
                yield batch
                if marker is None or not os.path.exists(marker):
                    if marker is not None:
                        open(marker, "x").close()
                    os.kill(os.getpid(), signal.SIGKILL)

        return killed

    return make


def test_a_worker_killed_half_way_changes_nothing(spark, tmp_path, monkeypatch):
    from townwright.frame.cluster import rows
    from townwright.frame.cluster.faults import UnableToRunOnSpark

    compiled = town(("firm.x", "money CNY", "SUM(leases.rent) + UNIT(1, 'CNY')"))
    tables = tables_of_rows(compiled.book, {"firm": [{"key": str(n)} for n in range(40)], "lease": LEASES})
    source, marker = laid_down(tables, tmp_path), tmp_path / "killed"
    original = rows.row_function
    monkeypatch.setattr(rows, "row_function", killing(original, str(marker)))
    there = spark.evaluate(compiled, source, outputs=[("firm", "x")])
    assert marker.exists()
    assert exact(there.run.variable("firm", "x"), 40) == exact(evaluate(compiled, tables).run.variable("firm", "x"), 40)
    monkeypatch.setattr(rows, "row_function", killing(original, None))
    with pytest.raises(UnableToRunOnSpark, match="gave no result, and nothing was kept"):
        spark.evaluate(compiled, source, outputs=[("firm", "x")])
