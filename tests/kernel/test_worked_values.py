"""Published worked values of per-mu scores, computed by the language."""

from decimal import Decimal

from tests.kernel.books import book, variable
from townwright.kernel.formula import breakdown, compile_rulebook, evaluate, explain_verdict, load_rulebook, rows_behind, tables_of_rows
from townwright.kernel.values.period import Period
from townwright.kernel.values.rounding import MODES, round_fraction

P = Period.parse("2020")


def _value(formula, rounding):
    told = book(variable("x", "ratio", formula, rounding))
    return evaluate(compile_rulebook(told, period=P), tables_of_rows(told, {"firm": [{"key": "a"}]})).values("firm", "x")[0]


def test_jingde_form():
    assert _value("45 * (20 + 80 * (18.9 - 2) / (60 - 2)) / 100", "half_up 0.0001") == Decimal("19.4897")


def test_huaian_form():
    assert _value("45 * 18.9 / 37.8 + 35 * 120 / 150 + 20 * 3 / 4", "half_up 0.0001") == Decimal("65.5")


def test_named_roundings():
    from fractions import Fraction

    got = {mode: [round_fraction(Fraction(value, 2), mode) for value in (-3, -1, 1, 3)] for mode in MODES}
    assert got == {
        "half_up": [-1, 0, 1, 2],
        "half_away": [-2, -1, 1, 2],
        "half_even": [-2, 0, 0, 2],
        "floor": [-2, -1, 0, 1],
        "ceiling": [-1, 0, 1, 2],
    }


POLICY = """rulebook: p
version: "1"
kind: policy
status: draft
title: t
in_force: {from: 2020-01-01, to: null}
entities:
  zone: {key: key, columns: {}}
  firm: {key: key, columns: {rent: money CNY, section: text}}
links:
  zone.firms: {to: firm}
parameters:
  share: {unit: ratio, reference: "article 3", values: {2020-01-01: 0.5, 2020-06-01: 0.4}}
variables:
  firm.support: {type: money CNY, round: half_up 0.01, label: {zh: 补贴, en: support}, formula: "rent * :share"}
  zone.total: {type: money CNY, label: {zh: 合计, en: total}, formula: SUM(firms.support)}
policy:
  entity: firm
  eligible:
    - {name: pays, formula: rent > 0, label: {zh: 付租金, en: pays rent}, why_not: {zh: 没有付租金, en: pays no rent}}
  amount: support
"""


def _policy(rows):
    told = load_rulebook(POLICY, source="p")
    return compile_rulebook(told, period=P), tables_of_rows(told, {"firm": rows})


def test_a_verdict_explains_itself_in_both_languages():
    compiled, tables = _policy([{"key": "a", "rent": 100}, {"key": "b", "rent": 0}, {"key": "c"}])
    verdicts = {key: explain_verdict(compiled, tables, key=key) for key in "abc"}
    assert [one.verdict for one in verdicts.values()] == ["eligible", "not_eligible", "undecided"]
    assert verdicts["b"].reasons("zh") == ["没有付租金"]
    assert verdicts["c"].reasons("en") == ["Cannot be decided: pays rent", "Missing: pays rent, support"]
    text = "\n".join(verdicts["a"].amount.sentences("zh"))
    assert "补贴 = rent 100.00 元 × share 0.4 = 40.00 元" in text
    assert '"since": "2020-06-01"' in __import__("json").dumps(verdicts["a"].amount.to_dict())
    assert evaluate(compiled, tables).verdicts() == [one.verdict for one in verdicts.values()]


def test_a_total_opens_to_its_rows_and_a_breakdown_adds_up():
    compiled, tables = _policy(
        [{"key": "a", "rent": 100, "section": "I"}, {"key": "b", "rent": 50, "section": "C"}, {"key": "c", "rent": 30, "section": "I"}]
    )
    (opened,) = rows_behind(compiled, tables, entity="zone", key="zone", name="total")
    assert (opened.rows.num_rows, sum(opened.contributions)) == (3, Decimal("72.00"))
    parts = breakdown(compiled, tables, indicator="total", by="firms.section")
    assert parts == [("C", Decimal("20.00")), ("I", Decimal("52.00"))]
