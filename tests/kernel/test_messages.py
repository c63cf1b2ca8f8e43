"""What the checker says, as one table: a snippet with the place marked ⟦ → code and words, in both languages."""

import re

import pytest

from townwright.kernel.formula import RulebookRefused, check_rulebook, check_versions, compile_rulebook, load_rulebook
from townwright.kernel.formula.messages import CATALOGUE
from townwright.kernel.formula.messages.running import RUNNING
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period

SECTIONS = {
    "head": 'rulebook: t\nversion: "1"\nkind: indicators\nstatus: draft\ntitle: t',
    "in_force": "in_force: {from: 2020-01-01, to: 2023-01-01}",
    "entities": (
        "entities:\n  zone: {key: key, columns: {}}\n  firm:\n    key: key\n    columns: {a: money CNY, b: money CNY, area: {type: number m2, min: 0, max: 500},"
        " n: int, ok: bool, day: date, word: text, score: number, home: text}\n  lease: {key: id, columns: {firm: text, rent: money CNY, unit: text}}\n"
        "  unit: {key: id, columns: {size: number m2}}\n  yearly: {key: [firm, period], period: year, columns: {firm: text, year: int, tax: money CNY}}"
    ),
    "links": (
        "links:\n  zone.firms: {to: firm}\n  firm.leases: {to: lease, on: firm}\n  firm.lives: {to: unit, by: home}\n  lease.of_unit: {to: unit, by: unit}\n"
        "  unit.leases: {to: lease, on: unit}"
    ),
    "parameters": "parameters: {}",
    "tables": "tables: {}",
    "variables": "variables: {}",
    "policy": "",
    "cases": "",
}
GRADES = "tables:\n  grades: {kind: bands, ties: up, rounding: floor, values: {2020-01-01: [{band: A, to: 0.5}, {band: B, to: 1}]}}"
POLICY = (
    "policy:\n  entity: firm\n  eligible: [{name: c, formula: ok}]\n  amount: x"
)  # fmt: skip


def written(**sections):
    """Return the YAML with some sections replaced."""
    return "\n".join(filter(None, {**SECTIONS, **sections}.values())) + "\n"


def formula(text, type_="money CNY", more="", **sections):
    """Return the YAML with one variable x."""
    return written(variables=f"variables:\n  firm.x:\n    type: {type_}\n{more}    formula: |\n      {text}", **sections)


TABLE = [
    # The file.
    ("yaml", "a: [1\n⟦", "not YAML"),
    ("duplicate-key", written(in_force="in_force: {from: 2020-01-01}\n⟦status: draft"), "second time"),
    ("not-a-rulebook", "⟦- a\n", "mapping of keys"),
    ("unknown-key", written(policy="⟦varables: {}"), "Did you mean 'variables'"),
    ("not-a-mapping", written(parameters="parameters: ⟦[1]"), "parameters must be a mapping"),
    ("not-a-list", written(cases="cases: ⟦{a: 1}"), "cases must be a list"),
    ("missing-key", written(cases="cases:\n  - ⟦{name: c, period: '2020', data: {}}"), "the case says no 'expect'"),
    ("not-a-date", written(in_force="in_force: {from: ⟦soon}"), "'soon' is not a date"),
    ("not-a-date", written(in_force="in_force: {from: ⟦2021-02-30}"), "'2021-02-30' is not a date"),
    ("not-a-number", written(parameters="parameters:\n  p: {values: {2020-01-01: ⟦much}}"), "'much' is not a decimal number"),
    ("type", written(parameters="parameters:\n  p: {unit: ⟦CNX, values: {2020-01-01: 1}}"), "did you mean 'CNY'?"),
    ("not-one-of", written(in_force="in_force: {from: 2020-01-01}").replace("status: draft", "status: ⟦drfat"), "Did you mean 'draft'"),
    ("no-formula", written(variables="variables:\n  firm.x: {type: int, formula: ⟦null}"), "a formula is missing"),
    ("rounding-mode", formula("a", more="    round: ⟦upwards 0.01\n"), "half_up"),
    ("rounding-step", formula("a", more="    round: ⟦floor 0\n"), "not a positive number"),
    ("variable-name", written(variables="variables:\n  x: ⟦{type: int, formula: n}"), "Write firm.x."),
    ("condition-twice", formula("a", policy=POLICY.replace("[{name: c, formula: ok}]", "[{name: c, formula: ok}, ⟦{name: c, formula: ok}]")), "twice"),
    ("priority-missing", formula("a", policy=POLICY + "\n  budget: ⟦{parameter: p, rule: priority}"), "Add priority"),
    ("link-entity", written(links="links:\n  firm.x: ⟦{to: frim, on: a}"), "Did you mean 'firm'"),
    ("link-column", written(links="links:\n  firm.x: ⟦{to: lease, on: frm}"), "lease has no column 'frm'"),
    ("link-all", written(links="links:\n  firm.x: ⟦{to: lease}"), "only the one row of zone"),
    ("period-column", written(entities="entities:\n  firm: {key: key, period: ⟦a, columns: {a: bool}}", links=""), "period: a"),
    ("bounds", written(entities="entities:\n  firm: {key: key, columns: {a: ⟦{type: int, min: 2, max: 1}}}", links=""), "min 2 above max 1"),
    ("bounds-kind", written(entities="entities:\n  firm: {key: key, columns: {a: ⟦{type: text, min: 2}}}", links=""), "not a number"),
    ("no-value", written(parameters="parameters:\n  p: {values: ⟦{}}"), "Write values: {2020-04-03: 80}."),
    ("force-order", written(in_force="in_force: {from: 2020-01-01, to: ⟦2020-01-01}"), "holds on no day"),
    ("not-a-date", written(in_force="in_force: {from: ⟦2020-01-01 10:00:00}"), "is not a date"),
    ("not-a-date", written(parameters="parameters:\n  p: {values: {2020-01-01 10:00:00: ⟦1}}"), "is not a date"),
    ("named-twice", written(variables="variables:\n  zone.i: {type: int, formula: COUNT(firms)}\nindicators:\n  i: ⟦{formula: COUNT(firms)}"), "Keep one of the two"),
    ("limit-order", written(tables="tables:\n  t: {kind: tier, values: {2020-01-01: [{from: 2, value: 1}, ⟦{from: 1, value: 2}]}}"), "Order the rows"),
    ("no-rows", written(tables="tables:\n  t: {kind: tier, values: {2020-01-01: ⟦[]}}"), "[{from: 0, value: 0.5}]"),
    ("year-key", written(tables="tables:\n  t: {kind: by_year, values: {2020-01-01: {first: ⟦1}}}"), "{1: 1, 2: 0.5}"),
    ("bands-edge", written(tables=GRADES.replace("{band: B, to: 1}", "⟦{band: B, to: 0.4}")), "rise to 1"),
    ("bands-name", written(tables=GRADES.replace("{band: B, to: 1}", "⟦{band: A, to: 1}")), "stands twice"),
    ("bands-fewer", written(tables=GRADES.replace("ties: up", "ties: up, fewer: ⟦{than: 3, band: Q}")), "Choose one of A, B"),
    # Names and places.
    ("unknown-name", formula("a + ⟦bb"), "Did you mean 'b'"),
    ("unknown-name", formula("LEAST(a, GREATEST(⟦bb, a))"), "firm has no 'bb'"),
    ("unknown-name", formula("a\n        + ⟦bb"), "firm has no 'bb'"),
    ("unknown-name", written(variables="variables:\n  firm.x: {type: int, formula: 'n + ⟦nn'}"), "firm has no 'nn'"),
    ("unknown-entity", written(variables="variables:\n  frm.x: {type: int, formula: ⟦n}"), "Did you mean 'firm'"),
    ("unknown-link", formula("⟦flat.size", "number m2"), "firm has no link 'flat'"),
    ("unknown-parameter", formula("a * ⟦:rte", parameters="parameters:\n  rate: {values: {2020-01-01: 1}}"), "Did you mean 'rate'"),
    ("parameter-is-table", formula("⟦:grades", tables=GRADES), "Write BAND(x, :grades)."),
    ("link-not-value", formula("⟦lives", "number m2"), "a link from firm, not a value"),
    ("to-many", formula("⟦leases.rent"), "Aggregate: SUM(leases.rent)"),
    ("name-taken", written(variables="variables:\n  firm.a: {type: money CNY, formula: ⟦b}"), "already a column of firm"),
    ("not-a-variable", formula("a", policy=POLICY.replace("amount: x", "amount: ⟦xx")), "Did you mean 'x'"),
    ("not-a-parameter", formula("a", policy=POLICY + "\n  yearly_cap: ⟦cap"), "'cap' is not a parameter"),
    ("not-a-variable", formula("a", policy=POLICY + "\n  budget: {parameter: p, rule: priority, priority: ⟦score}"), "'score' is a column: write a variable"),
    ("cycle", written(variables="variables:\n  firm.x: {type: int, formula: ⟦y}\n  firm.y: {type: int, formula: x}"), "firm.x → firm.y → firm.x"),
    (
        "cycle",
        written(
            variables="variables:\n  zone.t: {type: money CNY, formula: SUM(firms.s)}\n  firm.s: {type: money CNY, formula: 'SUM(leases.r)'}\n"
            "  lease.r: {type: money CNY, round: floor, formula: '⟦rent * of_unit.q'}\n"
            "  unit.q: {type: ratio, round: floor, formula: 'SUM(leases.r) / SUM(leases.rent)'}"
        ),
        "lease.r → [of_unit] unit.q → [leases] lease.r",
    ),
    ("look-alike", formula("⟦а + b"), "CYRILLIC".title()),
    ("look-alike", written(parameters="parameters:\n  ⟦rаte: {values: {2020-01-01: 1}}"), "Type 'rate' afresh"),
    ("look-alike", written(entities="entities:\n  firm: {key: key, columns: {⟦сор: int}}", links=""), "looks like the Latin 'c'"),
    ("mixed-script", formula("⟦жшd租"), "Cyrillic + Han + Latin"),
    ("hidden-character", formula("a + ⟦\u202eb"), "Right-To-Left Override"),
    ("hidden-character", written(policy="notes: [x⟦\u200b]"), "Zero Width Space"),
    ("full-width", formula("⟦\uff41 + b"), "Write 'a'."),
    ("bad-name", formula('⟦"a b"'), "cannot be a name"),
    ("bad-name", written(parameters="parameters:\n  ⟦two words: {values: {2020-01-01: 1}}"), "letters, digits and _"),
    ("parameter-gap", formula("a * :p", more="    round: floor\n", parameters="parameters:\n  ⟦p: {values: {2020-06-01: 1}}"), "from 2020-01-01 up to but without 2020-06-01"),
    (
        "parameter-gap",
        formula("a * :p", more="    round: floor\n", parameters="parameters:\n  ⟦p: {values: {2019-01-01: 1, 2021-01-01: null, 2022-01-01: 2}}"),
        "from 2021-01-01 up to but without 2022-01-01, while the rulebook is in force: it ended on 2021-01-01",
    ),
    ("unused-parameter", written(parameters="parameters:\n  ⟦p: {values: {2020-01-01: 1}}"), "used by no formula"),
    ("no-policy", written().replace("indicators", "policy").replace("rulebook:", "⟦rulebook:"), "policy: block"),
    ("no-classification", written().replace("indicators", "classification").replace("rulebook:", "⟦rulebook:"), "classification: block"),
    ("by-column", written(policy="indicators:\n  i: {formula: ⟦COUNT(firms), by: [firms.wrd]}"), "Did you mean 'word'"),
    ("amount-unit", written(variables="variables:\n  firm.x: {type: int, formula: ⟦n}", policy=POLICY), "must be money in one currency"),
    ("cap-unit", formula("a", policy=POLICY + "\n  yearly_cap: cap", parameters="parameters:\n  ⟦cap: {unit: USD, values: {2020-01-01: 1}}"), "is in USD, the amount in CNY"),
    # Formulas.
    ("empty", written(variables="variables:\n  firm.x: {type: int, formula: '⟦ '}"), "the formula is empty"),
    ("too-deep", formula("(" * 22 + "⟦(" + "a" + ")" * 23), "more than 22 levels"),
    ("syntax", formula("a + ⟦+"), "not an expression"),
    ("unknown-function", formula("⟦LEST(a, b)"), "Did you mean 'LEAST'"),
    ("node", formula("⟦a || b"), "|| may not stand in a formula"),
    ("node", formula("(⟦p: a) + b"), "a second name (AS …, or name: …) may not stand"),
    ("node", formula("⟦a + (b) c"), "a second name"),
    ("syntax", formula("LEAST(a, ⟦b"), ") is missing"),
    ("syntax", formula("LEAST(a ⟦b, csum)"), ") is missing"),
    ("syntax", formula("a b ⟦c"), "an unexpected word or sign"),
    ("syntax", formula("⟦'a"), "quotation mark"),
    ("syntax", formula("CASE WHEN ok THEN ⟦a"), "a CASE has no END"),
    ("syntax", formula("desc ⟦+ a"), "write it in double quotes"),
    ("yaml", "a: b⟦: c\n", "mapping values are not allowed"),
    ("not-one-of", formula("a", policy=POLICY + "\n  budget: {parameter: p, rule: pro_rata, order: ⟦up}"), "order 'up'"),
    ("cast", formula("CAST(⟦a AS INT)"), "cast"),
    ("sub-query", formula("⟦n IN (SELECT n)", "bool"), "Aggregate over a link"),
    ("plain-decimal", formula("a * ⟦5e-2"), "Write 0.05, not 5e-2"),
    ("inner-call", formula("a + ⟦BY(b)"), "belongs inside"),
    ("kind", formula("ok AND ⟦a", "bool"), "here a bool is needed"),
    ("null", formula("a + ⟦NULL"), "Ask 'x IS NULL'."),
    ("date-literal", formula("YEAR(DATE ⟦'2021-02-30')", "int"), "'2021-02-30' is not a date"),
    ("compare-kinds", formula("⟦a = word", "bool"), "they cannot be compared"),
    ("bool-order", formula("⟦ok > TRUE", "bool"), "no order"),
    ("is", formula("⟦ok IS TRUE", "bool"), "Use = for equality"),
    ("in-empty", formula("⟦n IN ()", "bool"), "at least one value"),
    ("case-value", formula("CASE ⟦n WHEN 1 THEN a END"), "CASE takes conditions"),
    ("case-else", formula("CASE WHEN ⟦ok THEN a END"), "no ELSE"),
    ("filter", formula("⟦LEAST(a, b) FILTER (WHERE ok)"), "FILTER goes with"),
    ("unit-clash", formula("⟦a + area"), "cannot add a (CNY) and area (m2)"),
    ("unit-clash", formula("⟦a + 5"), "UNIT(5, 'CNY')"),
    ("branches", formula("⟦COALESCE(a, word)"), "Make all branches of one type"),
    ("arguments", formula("⟦ABS(a, b)"), "takes 1 arguments, not 2"),
    ("arguments", formula("⟦ROUND_TO(a)"), "takes 3 arguments, not 1"),
    ("choose-kind", formula("⟦LEAST(word, word)", "text"), "numbers or dates"),
    ("round-step", formula("⟦FLOOR(a, b)"), "positive literal"),
    ("whole-count", formula("⟦ADD_MONTHS(day, area)", "date"), "whole number of months"),
    ("table-kind", formula("⟦TIER(a, :grades)", tables=GRADES), "table of kind tier"),
    ("table-input", formula("⟦TIER(a, :t)", tables="tables:\n  t: {kind: tier, unit: CNY, input_unit: m2, values: {2020-01-01: [{from: 1, value: 1}]}}"), "is entered with m2"),
    ("whole-year", formula("⟦BY_YEAR(score, :t)", "ratio", tables="tables:\n  t: {kind: by_year, values: {2020-01-01: {1: 1}}}"), "goes by whole years"),
    ("literal", formula("⟦LEFT(word, n)", "text"), "whole number of characters"),
    ("unit-call", formula("⟦UNIT(n, 'CNY')"), "Write UNIT(12, 'month')."),
    ("aggregate-nested", formula("SUM(leases.rent * ⟦COUNT(leases))"), "inside another aggregate"),
    ("aggregate-arguments", formula("⟦SUM(leases.rent, leases.rent)"), "one argument over a link"),
    ("aggregate-link", formula("⟦SUM(a)"), "names no link"),
    ("aggregate-value", formula("⟦SUM(leases)"), "Write SUM(leases.<column>)."),
    ("aggregate-condition", formula("⟦ANY(leases.rent)", "bool"), "takes a condition"),
    ("aggregate-numbers", formula("⟦SUM(leases.unit)"), "takes numbers"),
    ("aggregate-quotient", formula("⟦SUM(leases.rent / 3)"), "unrounded quotient"),
    ("chain-turn", formula("COUNT(⟦leases.of_unit.leases)", "int"), "counted twice"),
    ("chain-bare", formula("COUNT(lives.leases) FILTER (WHERE ⟦ok)", "int"), "starts over at unit"),
    ("group-place", formula("SUM(leases.rent * ⟦SUM(leases.rent, BY()))"), "inside an aggregate"),
    ("group-by", formula("⟦RANK(score)", "int"), "Write RANK(score, BY(section))"),
    ("group-key", formula("SUM(score, BY(⟦score / a))", "number"), "cannot be a group's key"),
    ("option", formula("RANK(score, BY(), ⟦'up')", "int"), "desc, asc, competition, dense"),
    ("veto", formula("⟦BAND(score, :grades, BY(), VETO(ok, 'Z'))", "text", tables=GRADES), "Write VETO(flag, 'B')"),
    ("prior-span", formula("PRIOR(x, ⟦'soon')"), "is not a span"),
    ("prior-name", formula("⟦PRIOR(a + b, 1 year)"), "name of a column or variable"),
    ("prior-undated", formula("⟦PRIOR(a, 1 year)"), "carry no period"),
    (
        "prior-still",
        written(variables="variables:\n  firm.y: {type: money CNY, formula: a}\n  firm.x: {type: money CNY, formula: '⟦PRIOR(y, 1 year)'}"),
        "PRIOR(y) is y itself",
    ),
    (
        "prior-column",
        written(variables="variables:\n  firm.y: {type: int, formula: n + PERIOD_YEAR()}\n  firm.x: {type: int, formula: '⟦PRIOR(y, 1 year)'}"),
        "also reads n of firm",
    ),
    ("fiscal-month", formula("⟦FISCAL_YEAR(day, 13, 'end')", "int"), "1 to 12"),
    ("declared-kind", written(variables="variables:\n  firm.x: {type: text, formula: ⟦n}"), "declared a text"),
    ("declared-unit", written(variables="variables:\n  firm.x: {type: number m2, formula: ⟦a}"), "Divide or multiply by what is in CNY/m2"),
    ("round-where", written(variables="variables:\n  firm.x: {type: ratio, formula: ⟦a / b}"), "round: half_up 0.000001"),
    # Judgements.
    ("never", formula("CASE WHEN ⟦area > UNIT(600, 'm2') THEN a ELSE b END"), "area ∈ [0, 500]"),
    ("always", formula("CASE WHEN ⟦area >= 0 THEN a ELSE b END"), "what follows is never reached"),
    ("repeated", formula("CASE WHEN n > 1 THEN a WHEN ok THEN b WHEN ⟦n > 1 THEN b ELSE 0 END"), "repeats an earlier WHEN"),
    ("covered", formula("CASE WHEN n > 5 THEN a WHEN ⟦n >= 10 THEN b ELSE 0 END"), "covered by the earlier WHEN n > 5"),
    ("cap-never", formula("⟦LEAST(area, :p)", "number m2", parameters="parameters:\n  p: {unit: m2, values: {2020-01-01: 600}}"), "at most 500"),
    ("cap-always", formula("⟦LEAST(area + :q, :q)", "number m2", parameters="parameters:\n  q: {unit: m2, values: {2020-01-01: 5}}"), "always the cap"),
    ("floor-never", formula("⟦GREATEST(area, 0)", "number m2"), "the floor 0 never binds"),
    ("never", formula("a", policy=POLICY.replace("formula: ok", "formula: '⟦area < 0'")), "can never hold"),
]  # fmt: skip


def _found(text):
    try:
        return check_rulebook(load_rulebook(text, source="t.yaml"), notes=True)
    except RulebookRefused as refused:
        return refused.findings


@pytest.mark.parametrize(("code", "text", "words"), TABLE, ids=[f"{number}-{row[0]}" for number, row in enumerate(TABLE)])
def test_the_message_says_what_where_and_how_to_mend_it(code, text, words):
    before, marked, after = text.partition("⟦")
    found = [one for one in _found(before + after) if one.code == code]
    assert found, [str(one) for one in _found(before + after)]
    assert any(words in str(one) for one in found), [str(one) for one in found]
    if marked:
        places = [(one.place.line, one.place.column) for one in found]
        assert (before.count("\n") + 1, len(before) - before.rfind("\n")) in places, places
    for one in found:
        assert str(one).startswith("t.yaml:")
        assert re.search(r"[\u4e00-\u9fff]", one.text("zh")), one.text("zh")
        assert one.text("zh").startswith(f"{one.place}: ")


ELSEWHERE = {
    "too-large": "the bounds test", "too-long": "the bounds test", "not-here": "no syntax reaches it that the whitelist lets through",
    "no-type": "a type is demanded when the file is read", "parameter": "on one day, below", "offer-table": "offers, below", "offer-column": "offers, below",
    "offer-type": "offers, below", "not-in-force": "below", "overlap": "versions, below", "same-version": "versions, below", "size": "notes, below",
    "size-unknown": "notes, below",
}  # fmt: skip


def test_every_message_is_in_the_table_and_in_both_languages():
    assert set(CATALOGUE) - set(RUNNING) - {row[0] for row in TABLE} == set(ELSEWHERE)
    for code, parts in CATALOGUE.items():
        assert len(parts) in (2, 4), code
        names = [sorted(re.findall(r"(?<!{){(\w+)", part)) for part in parts]
        passed_on = ("{problem_zh}。", "{problem}", "{file}：{problem}")
        assert all(re.search(r"[\u4e00-\u9fff]", part) for part in parts[1::2] if part not in passed_on), code
        assert set(names[0]) - {"problem"} == set(names[1]) - {"problem", "problem_zh"} or code == "type", (code, names)


def test_a_message_of_one_day_and_of_force():
    book = load_rulebook(formula("a * :p", more="    round: floor\n", parameters="parameters:\n  p: {values: {2020-06-01: 1}}"), source="t")
    with pytest.raises(RulebookRefused) as refused:
        compile_rulebook(book, period=Period.parse("2020Q1"))
    assert refused.value.findings[0].code == "parameter"
    assert "在 2020-03-31 没有值" in refused.value.message["zh"]
    with pytest.raises(RulebookRefused) as refused:
        compile_rulebook(book, period=Period.parse("2024"))
    assert refused.value.findings[0].code == "not-in-force"
    assert "至 2023-01-01（不含）" in refused.value.message["zh"]


def test_messages_about_what_a_snapshot_offers():
    book = load_rulebook(
        written(entities="entities:\n  firm: {key: key, columns: {a: money CNY, b: int}}\n  shop: {key: key, columns: {}}", links=""),
        source="t",
    )
    label = {"zh": "企业", "en": "firm"}
    offer = TableOffer("firm", ("key",), label, (ColumnOffer("key", "text", label), ColumnOffer("a", "money", label, "USD")))
    found = {one.code: str(one) for one in check_rulebook(book, offers={"firm": offer})}
    assert set(found) == {"offer-table", "offer-column", "offer-type"}
    assert "a is a money in USD there, not a number in CNY" in found["offer-type"]


def test_two_versions_in_force_on_the_same_days():
    def version(number, start, end="null"):
        text = written(in_force=f"in_force: {{from: {start}, to: {end}}}").replace('"1"', f'"{number}"')
        return load_rulebook(text, source=f"{number}.yaml")

    assert check_versions([version(1, "2020-01-01", "2021-01-01"), version(2, "2021-01-01")]) == []
    (one,) = check_versions([version(1, "2020-01-01"), version(2, "2021-01-01", "2022-01-01")])
    assert (one.code, "from 2021-01-01 up to but without 2022-01-01" in str(one), "in_force: {to: 2021-01-01}" in str(one)) == (
        "overlap",
        True,
        True,
    )
    (one,) = check_versions([version(1, "2020-01-01"), version(1, "2021-01-01")])
    assert one.code == "same-version"
    assert check_versions([version(1, "2020-01-01"), version(1, "2020-01-01")]) == []


def test_notes_say_what_is_not_proven_to_fit():
    found = {one.code: one for one in _found(formula("a * :p", "number", more="    round: floor 0.0001\n"))}
    assert "nothing is known of the size of a" in str(next(one for one in _found(formula("a + b")) if one.code == "size-unknown"))
    assert found
    wide = SECTIONS["entities"].replace(
        "a: money CNY, b: money CNY", "a: {type: money CNY, min: 0, max: 1000000000000}, b: {type: money CNY, min: 0, max: 9}"
    )
    notes = [
        one for one in _found(formula("a * a / b", "number CNY", more="    round: floor 1\n", entities=wide)) if one.severity == "note"
    ]
    assert [one.code for one in notes] == ["size"]
    assert [one for one in _found(formula("a + b", entities=wide)) if one.severity == "note"] == []


def test_a_letter_typed_in_two_strokes_is_the_same_letter():
    text = written(variables="variables:\n  firm.caf\u00e9: {type: int, formula: n}\n  firm.x: {type: int, formula: cafe\u0301}")
    assert [one for one in _found(text) if one.severity != "note"] == []
