"""What is said while rows are read and judged, as one table: what is done → code and words, in both languages."""

import pickle
import re
from datetime import date
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from townwright.kernel.formula import (
    Explanations,
    breakdown,
    budget_curve,
    compare,
    compile_rulebook,
    evaluate,
    evaluate_stream,
    explain,
    explain_many,
    explain_verdict,
    load_rulebook,
    run_cases,
    split_change,
    stream_to_parquet,
    tables_of_rows,
    with_parameters,
)
from townwright.kernel.formula.carriers import Form, to_arrow
from townwright.kernel.formula.datafile import read_data
from townwright.kernel.formula.executors.arrays import Num
from townwright.kernel.formula.executors.load import exact_number
from townwright.kernel.formula.findings import CodedError, UnableToEvaluate
from townwright.kernel.formula.messages import NOTHING, Said, Telling
from townwright.kernel.formula.messages.running import RUNNING
from townwright.kernel.formula.openfisca import import_openfisca
from townwright.kernel.formula.skeleton import skeleton
from townwright.kernel.formula.staging import plan_stages
from townwright.kernel.values.period import Period, UnableToReadPeriod
from townwright.kernel.values.workdays import UnknownWorkingDays, require_known

TEXT = """
rulebook: town
version: "1"
kind: policy
status: draft
title: t
in_force: {from: 2000-01-01}
entities:
  zone: {key: key, columns: {}}
  firm: {key: key, columns: {a: money CNY, b: money CNY, n: int, d: date, ok: bool}}
  lease: {key: id, columns: {firm: text, rent: money CNY}}
  yearly: {key: [firm, period], period: period, columns: {firm: text, period: text, tax: money CNY}}
links: {zone.firms: {to: firm}, lease.holder: {to: firm, by: firm}, firm.leases: {to: lease, on: firm}}
parameters: {rate: {unit: ratio, values: {2000-01-01: 0.5}}}
tables: {steps: {kind: tier, unit: CNY, values: {2000-01-01: [{from: 1, value: 1}]}}}
variables:
  firm.pay: {type: money CNY, formula: a}
  lease.whose: {type: money CNY, formula: holder.a}
  firm.rent: {type: money CNY, formula: ONLY(leases.rent)}
  firm.share: {type: ratio, round: floor 0.01, formula: a / b * :rate}
  firm.step: {type: money CNY, formula: 'TIER(n, :steps)'}
  firm.third: {type: ratio, round: floor 0.000001, formula: a / b}
  firm.month: {type: date, formula: 'ADD_WORKING_DAYS(d, n)'}
  firm.between: {type: int day, formula: 'WORKING_DAYS_BETWEEN(d, PERIOD_END())'}
  firm.wide: {type: money CNY, round: floor 0.01, formula: a * 1000000000000000000 * 1000000000000000000}
  firm.ranked: {type: int, formula: 'RANK(a, BY())'}
  yearly.before: {type: money CNY, formula: 'PRIOR(tax, 1 month)'}
  yearly.last: {type: money CNY, formula: 'PRIOR(tax, 1 year)'}
  zone.rents: {type: money CNY, formula: SUM(firms.rent)}
  zone.middle: {type: money CNY, round: floor, formula: MEDIAN(firms.a)}
policy: {entity: firm, eligible: [{name: c, formula: ok}], amount: pay}
"""
BOOK = load_rulebook(TEXT, source="town.yaml")
PLAIN = load_rulebook(TEXT.replace("kind: policy", "kind: indicators").split("policy: {")[0], source="plain.yaml")
YEAR = Period.parse("2016")
COMPILED, INDICATORS = compile_rulebook(BOOK, period=YEAR), compile_rulebook(PLAIN, period=YEAR)
A, B = {"key": "a", "a": 3, "b": 1, "n": 1, "d": date(2016, 5, 1), "ok": True}, {"key": "b", "a": 2, "b": 0}


def rows(**data):
    return tables_of_rows(BOOK, {"firm": [A, B], **data})


def value(name, tables, entity="firm"):
    """Return a variable, after the interpreter has refused it in the same words."""
    with pytest.raises(CodedError) as one:
        explain(COMPILED, tables, entity=entity, key=tables[entity].column(COMPILED.book.entities[entity].key[0])[0].as_py(), name=name)
    with pytest.raises(CodedError) as two:
        evaluate(COMPILED, tables, outputs=[f"{entity}.{name}"])
    assert one.value.message == two.value.message
    raise two.value


def stream(outputs, entity="firm", source=None):
    made = evaluate_stream(COMPILED, source or rows()[entity], entity=entity, outputs=outputs, tables=rows())
    return list(made), made


def written(folder, table):
    pq.write_table(table, folder / "firm.parquet")
    return folder / "firm.parquet"


def case(expect, data="{firm: [{key: a}]}"):
    book = load_rulebook(f"{TEXT}cases: [{{name: c, period: '2016', data: {data}, expect: {expect}}}]\n", source="town.yaml")
    (result,) = run_cases(book)
    assert not result.passed
    (told,) = result.differences
    assert told.en.startswith("town.yaml:") and told.zh.startswith("town.yaml:")
    return told


TABLE = [
    ("no-variable", lambda _: evaluate(COMPILED, rows(), outputs=["firm.nope"]), "town has no variable firm.nope"),
    ("no-variable", lambda _: evaluate(COMPILED, rows()).table("firm", ["nope"]), "firm.nope"),
    ("no-variable", lambda _: explain(COMPILED, rows(), entity="firm", key="a", name="nope"), "firm.nope"),
    ("no-variable", lambda _: stream(["firm.nope"]), "firm.nope"),
    ("no-variable", lambda _: plan_stages(COMPILED, [("firm", "nope")]), "firm.nope"),
    ("no-such-name", lambda _: evaluate(COMPILED, rows()).values("firm", "nope"), "firm has no 'nope' in town"),
    ("no-condition", lambda _: evaluate(COMPILED, rows()).condition("x"), "no condition 'x'"),
    ("not-a-policy", lambda _: evaluate(INDICATORS, rows()).verdicts(), "town is not a policy"),
    ("not-a-policy", lambda _: evaluate(INDICATORS, rows()).amounts(), "town is not a policy"),
    ("not-a-policy", lambda _: explain_verdict(INDICATORS, rows(), key="a"), "town is not a policy"),
    ("not-a-policy", lambda _: explain_many(INDICATORS, rows()), "town is not a policy"),
    ("no-row", lambda _: explain_verdict(COMPILED, rows(), key="z"), "firm has no row 'z'"),
    ("breakdown", lambda _: breakdown(COMPILED, rows(), indicator="rents", by="firm.word"), "'firm.word' does not name"),
    ("breakdown", lambda _: breakdown(COMPILED, rows(), indicator="rents", by="firms.word"), "'firms.word' does not name"),
    ("no-table", lambda _: evaluate(COMPILED, {"lease": rows()["lease"]}, outputs=["firm.rent"]), "there is lease"),
    ("no-table", lambda _: explain(COMPILED, {"firm": rows()["firm"]}, entity="firm", key="a", name="rent"), "for the entity 'lease'"),
    ("no-column", lambda _: value("third", {**rows(), "firm": rows()["firm"].drop_columns(["a"])}), "its columns are b, n, d, ok, key"),
    (
        "column-kind",
        lambda _: evaluate(COMPILED, {**rows(), "firm": pa.table({"key": ["a"], "a": ["3"], "b": ["1"]})}, outputs=["firm.third"]),
        "firm.a holds string, not a number in CNY",
    ),
    ("several", lambda _: value("rent", rows(lease=[{"id": "1", "firm": "a", "rent": 1}, {"id": "2", "firm": "a"}])), "2 rows of lease for firm a"),
    (
        "two-rows",
        lambda _: value("last", rows(yearly=[{"firm": "a", "period": year, "tax": 1} for year in ("2016", "2015", "2015")]), "yearly"),
        "yearly has two rows for a/2015",
    ),
    ("row-period", lambda _: value("last", rows(yearly=[{"firm": "a", "period": "soon"}]), "yearly"), "the period 'soon': 'soon' is not a period"),
    ("period-step", lambda _: value("before", rows(yearly=[{"firm": "a", "period": "2016"}]), "yearly"), "1 month before 2016 is no year of yearly"),
    ("no-decimal-form", lambda _: exact_number(Fraction(1, 3)), "1/3"),
    ("working-day", lambda _: value("between", rows(firm=[{**A, "d": date(1990, 1, 1)}])), "1990-01-01 lies outside"),
    ("working-days", lambda _: evaluate(COMPILED, rows(firm=[{**A, "n": 10**6}]), outputs=["firm.month"]), "1000000 working days from 2016-05-01"),
    ("not-held", lambda _: evaluate(COMPILED, rows(firm=[{**A, "a": 7 * 10**9}])).table("firm", ["wide"]), "firm.wide has the value 7"),
    ("totals-early", lambda _: evaluate_stream(COMPILED, rows()["firm"], entity="firm", outputs=["zone.rents"], tables=rows()).totals(), "all batches"),
    (
        "nothing-to-write",
        lambda folder: stream_to_parquet(evaluate_stream(COMPILED, rows(firm=[])["firm"], entity="firm", outputs=["firm.third"]), folder / "out.parquet"),
        "no row of firm",
    ),
    ("not-addable", lambda _: stream(["zone.middle"]), "MEDIAN(firms.a) cannot be added up"),
    ("single-rows", lambda _: stream(["lease.whose"]), "lease.whose reads single rows of firm"),
    ("other-rows", lambda _: stream(["firm.ranked"]), "looks at other rows of firm"),
    ("no-file", lambda folder: stream(["firm.third"], source=folder / "nothing.parquet"), "nothing.parquet does not exist"),
    ("no-parquet", lambda folder: stream(["firm.third"], source=folder), "holds no .parquet file"),
    ("not-whole", lambda folder: ((folder / "x.parquet").write_bytes(b"PAR1"), stream(["firm.third"], source=folder / "x.parquet")), "not a whole"),
    ("file-column", lambda folder: stream(["firm.third"], source=written(folder, rows()["lease"])), "firm.parquet: firm has no column"),
    ("no-explanations", lambda _: Explanations.unpack(b"no"), "hold no explanations"),
    ("explained-row", lambda _: explain_many(COMPILED, rows()).reasons("z", "en"), "no row 'z'"),
    ("more-decimals", lambda _: carried(1, 3, 2), "x has more than 2 decimals"),
    ("more-digits", lambda _: carried(10**38, 1, 0), "x needs more than 38 digits"),
    ("data-entities", lambda _: tables_of_rows(BOOK, {"frim": []}), "the data name frim"),
    ("data-columns", lambda _: tables_of_rows(BOOK, {"firm": [{"aa": 1, 2: 3}]}), "a row of firm names 2, aa"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"a": 1}, {"a": "much"}]}), "firm.a holds 'much', not a number in CNY"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"a": "NaN"}]}), "firm.a holds 'NaN'"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"a": "-Infinity"}]}), "firm.a holds '-Infinity'"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"a": "1e40"}]}), "firm.a holds '1e40'"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"a": "1e-40"}]}), "firm.a holds '1e-40'"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"d": "2016-02-30"}]}), "firm.d holds '2016-02-30', not a date"),
    ("data-value", lambda _: tables_of_rows(BOOK, {"firm": [{"ok": 1}]}), "firm.ok holds 1, not a bool"),
    ("data-shape", lambda _: read_data("period: '2016'\nfirm: []\n", source="d.yaml"), "d.yaml holds no rows by entity"),
    ("data-rows", lambda _: read_data("firm: {a: 1}\n", source="d.yaml"), "firm must be a list of rows"),
    ("data-day", lambda _: read_data("on: 2016-13-01\ndata: {}\n", source="d.yaml"), "on: 2016-13-01 is not a date"),
    ("case-in-force", lambda _: case("{not_in_force: true}"), "expected not to be in force on 2016-12-31"),
    ("case-row", lambda _: case("{firm: {z: {a: 1}}}"), "firm has no row 'z'"),
    ("case-entity", lambda _: case("{frm: {z: {a: 1}}}"), "'frm' is not an entity of town"),
    ("case-shape", lambda _: case("{firm: {a: 1}}"), "expect: takes"),
    ("case-shape", lambda _: case("{firm: [a]}"), "expect: takes"),
    ("case-differs", lambda _: case("{firm: {a: {a: 4}}}", "{firm: [{key: a, a: 3}]}"), "firm a: a is 3.00, expected 4"),
    ("case-differs", lambda _: case("{firm: {a: {eligible: true}}}"), "eligible is undecided, expected yes"),
    ("bad-code", lambda _: skeleton("two words"), "'two words' cannot be the code"),
    ("no-figure", lambda _: with_parameters(BOOK, {"rat": 1}), "Did you mean 'rate'"),
    ("not-exact-figure", lambda _: with_parameters(BOOK, {"rate": 0.1}), "0.1 of rate is no exact figure"),
    ("not-exact-figure", lambda _: budget_curve(BOOK, rows(), parameter="rate", values=["much"], period=YEAR), "'much' of rate"),
    ("table-rows", lambda _: with_parameters(BOOK, {"steps": 1}), "takes rows {from, value}"),
    ("no-dimension", lambda _: compare(COMPILED, COMPILED, rows(), by=["okk"]), "Did you mean 'ok'"),
    ("other-entities", lambda _: compare(COMPILED, INDICATORS, rows()), "do not judge the same entity"),
    (
        "other-currencies",
        lambda _: compare(COMPILED, compile_rulebook(load_rulebook(TEXT.replace("CNY", "USD"), source="t"), period=YEAR), rows()),
        "other currencies",
    ),
    ("no-clause", lambda _: split_change(BOOK, with_parameters(BOOK, {"rate": "0.6"}), rows(), period=YEAR, order=["x:y"]), "there is parameter:rate"),
    ("not-openfisca", lambda _: import_openfisca("a: 1\n", source="p.yaml", name="p"), "p.yaml holds no dated values"),
]  # fmt: skip
ELSEWHERE = {
    "damaged": "streams", "passed-decimals": "staging", "values-not-held": "a guard behind the range proofs",
    "clauses-astray": "a guard behind the split", "working-days-end": "a guard behind the calendar", "sum-digits": "the cluster", "not-exact": "the cluster", "other-version": "the cluster",
}  # fmt: skip


def carried(num, den, places):
    held = np.array([num], dtype=np.int64 if num < 2**62 else object)
    number = Num(held, den, np.array([True]), num + 1, den)
    return to_arrow(number, Form("number", places), 1, "x")


@pytest.mark.parametrize(("code", "do", "words"), TABLE, ids=[f"{number}-{row[0]}" for number, row in enumerate(TABLE)])
def test_the_refusal_says_what_and_whose_in_both_languages(code, do, words, tmp_path):
    told, found = _refusal(do, tmp_path)
    if found is not None:
        again = pickle.loads(pickle.dumps(found))
        assert (type(again), again.code, again.message, str(again)) == (type(found), code, found.message, str(found))
    assert words in told.en, told.en
    assert re.search(r"[\u4e00-\u9fff]", told.zh), told.zh


def _refusal(do, folder):
    """Return what is said, and the error if it is one (a case that fails is none)."""
    try:
        return do(folder), None
    except CodedError as fault:
        return fault.said, fault


def test_every_message_is_in_the_table():
    assert set(RUNNING) - {row[0] for row in TABLE} == set(ELSEWHERE)


def test_periods_and_working_days_are_told_in_both_languages():
    for text in ("soon", "0000", "9999", "2016-13", "2016Q5"):
        with pytest.raises(UnableToReadPeriod) as fault:
            Period.parse(text)
        assert f"“{text}”不是期间" in fault.value.message["zh"]
    with pytest.raises(UnknownWorkingDays) as unknown:
        require_known(date(1990, 1, 1))
    assert "不在工作日日历之内" in unknown.value.message["zh"]


def test_a_message_from_another_process_keeps_its_code():
    fault = UnableToEvaluate(Telling("several", Said("甲", "one"), NOTHING))
    assert (fault.code, fault.message, str(pickle.loads(pickle.dumps(fault)))) == ("several", {"zh": "甲", "en": "one"}, "one")
