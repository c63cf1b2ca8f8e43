"""Input that no author means, and a process that dies: told with a reason, or nothing at all; never a wrong figure."""

import subprocess
import sys
import time
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.kernel.books import HEAD, book, variable
from townwright.kernel.formula import (
    Execution,
    Machine,
    check_rulebook,
    compile_rulebook,
    evaluate,
    explain,
    explain_many,
    load_rulebook,
    tables_of_rows,
)
from townwright.kernel.values.period import Period

YEAR = Period.parse("2020")


@pytest.mark.parametrize(
    "formula",
    [
        "(:rate + 1) * money_a",
        "((:rate + 1)) * money_a",
        "money_a * (:rate + 1)",
        "(-:rate + 2 * :rate + 1) * money_a",
        "(:rate) * money_a + money_a",
    ],
)
def test_a_parameter_may_stand_first_in_brackets(formula):
    told = book(variable("x", "money CNY", formula, "half_up 0.01"))
    assert [str(one) for one in check_rulebook(told) if one.severity == "error"] == []
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 200}]})
    rate = told.parameters["rate"].values[0][1]
    assert evaluate(compile_rulebook(told, period=YEAR), tables).values("firm", "x") == [round(200 * (1 + rate), 2)]


CHINESE = """
rulebook: 湖滨
version: "1"
kind: policy
status: draft
title: 湖滨
in_force: {from: 2020-01-01}
entities:
  企业: {key: 代码, columns: {营业收入: money CNY, 面积: number m2, 入驻: date, 月数: int}}
parameters: {比例: {unit: ratio, values: {2020-01-01: 0.1}}, 门槛: {unit: CNY, values: {2020-01-01: 100}}}
tables: {档: {kind: tier, unit: CNY, input_unit: CNY, values: {2020-01-01: [{from: 0, value: 1}]}}}
variables:
  企业.单位收入: {type: number CNY/m2, round: half_up 0.01, formula: 营业收入 / 面积}
  企业.奖励: {type: money CNY, round: half_up 0.01, formula: "(:比例 + 1) * 营业收入 + TIER(营业收入, :档)"}
  企业.到期: {type: date, formula: "ADD_MONTHS(入驻, 月数)"}
policy:
  entity: 企业
  eligible: [{name: 够, formula: 营业收入 >= :门槛}, {name: 密, formula: "单位收入 > UNIT(1, 'CNY/m2')"}, {name: 期, formula: "到期 > DATE '2021-01-01'"}]
  amount: 奖励
"""


def test_a_rulebook_in_chinese_is_judged_and_explained():
    told = load_rulebook(CHINESE, source="湖滨.yaml")
    assert [str(one) for one in check_rulebook(told)] == []
    compiled = compile_rulebook(told, period=YEAR)
    row = {"代码": "甲", "营业收入": 200, "面积": 10, "入驻": date(2020, 1, 1), "月数": 24}
    result = evaluate(compiled, tables_of_rows(told, {"企业": [row]}))
    assert (result.verdicts(), result.amounts()) == (["eligible"], [221])
    wrong = load_rulebook(CHINESE.replace("营业收入 / 面积", "营业收人 / 面积"), source="湖滨.yaml")
    assert "是否指“营业收入”？" in check_rulebook(wrong)[0].text("zh")


def test_a_divisor_of_zero_and_a_day_that_no_calendar_has_are_missing_with_a_reason():
    told = load_rulebook(CHINESE, source="t")
    compiled = compile_rulebook(told, period=YEAR)
    rows = [
        {"代码": "零", "营业收入": 200, "面积": 0, "入驻": date(2020, 1, 1), "月数": 24},
        {"代码": "远", "营业收入": 200, "面积": 10, "入驻": date(2020, 1, 1), "月数": 10**17},
        {"代码": "早", "营业收入": 200, "面积": 10, "入驻": date(2020, 1, 1), "月数": -30_000},
    ]
    tables = tables_of_rows(told, {"企业": rows})
    result = evaluate(compiled, tables)
    assert result.values("企业", "单位收入") == [None, 20, 20]
    assert result.values("企业", "到期") == [date(2022, 1, 1), None, None]
    assert result.verdicts() == ["undecided"] * 3
    whole = explain_many(compiled, tables)
    for key, name, note in (("零", "单位收入", "除数为零"), ("远", "到期", "日期超出公元"), ("早", "到期", "日期超出公元")):
        tree = explain(compiled, tables, entity="企业", key=key, name=name)
        assert tree.value is None
        assert any(note in line for line in tree.sentences("zh")), tree.sentences("zh")
        assert whole.reasons(key, "zh") == [f"缺少：{name}"]


@pytest.mark.parametrize("formula", ["ADD_DAYS(began, n)", "ADD_MONTHS(began, n)"])
@pytest.mark.parametrize("count", [-(10**12), -800_000, -1, 0, 1, 90_000, 3_000_000, 10**16])
def test_the_executors_agree_on_which_days_there_are(formula, count):
    text = HEAD.replace("columns: {money_a", "columns: {began: date, n: int, money_a") + "variables:\n" + variable("x", "date", formula)
    told = load_rulebook(text, source="t")
    compiled = compile_rulebook(told, period=YEAR)
    tables = tables_of_rows(told, {"firm": [{"key": "a", "began": date(2020, 2, 29), "n": count}]})
    slow = explain(compiled, tables, entity="firm", key="a", name="x").value
    assert evaluate(compiled, tables, outputs=["firm.x"]).values("firm", "x") == [slow]
    fused = evaluate(compiled, tables, outputs=["firm.x"], execution=Execution(Machine(), least=0))
    assert fused.values("firm", "x") == [slow]


WORKER = """
import sys, time
import pyarrow as pa
sys.path.insert(0, sys.argv[3])
from tests.kernel.books import book, variable
from townwright.kernel.formula import compile_rulebook, evaluate_stream, stream_to_parquet
from townwright.kernel.values.period import Period
told = book(variable("x", "money CNY", "money_a"))
compiled = compile_rulebook(told, period=Period.parse("2020"))
def batches():
    for number in range(10_000):
        if number == 3:
            open(sys.argv[2], "w").close()
        if number > 3:
            time.sleep(0.05)
        yield pa.record_batch({"key": [str(number)], "money_a": [number]})
stream_to_parquet(evaluate_stream(compiled, batches(), entity="firm", outputs=["firm.x"]), sys.argv[1])
"""


@pytest.mark.parametrize("there", [False, True])
def test_a_worker_killed_half_way_publishes_nothing(tmp_path, pytestconfig, there):
    target, begun = tmp_path / "result.parquet", tmp_path / "begun"
    if there:
        pq.write_table(pa.table({"key": ["before"]}), target)
    before = target.read_bytes() if there else None
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(target), str(begun), str(pytestconfig.rootpath)])
    try:
        until = time.monotonic() + 60
        while not begun.exists() and worker.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert begun.exists()
    finally:
        worker.kill()
        worker.wait()
    assert (target.read_bytes() if there else None) == before
    assert target.exists() == there
