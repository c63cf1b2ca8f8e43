"""Every example on the page of the language is run, by both executors; every function has one."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tests.repo.source import ROOT
from townwright.kernel.formula import check_rulebook, compile_rulebook, load_rulebook, run_cases, tables_of_rows
from townwright.kernel.formula.bind import Binder
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.formula.executors.load import to_python
from townwright.kernel.formula.functions import FUNCTIONS, PARTS
from townwright.kernel.formula.parse import parse_formula
from townwright.kernel.formula.scope import Scope
from townwright.kernel.values.period import Period
from townwright.kernel.values.rounding import MODES, round_fraction

PAGE = (ROOT / "docs" / "reference" / "formula-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"`([^`]+)` → `([^`]+)`", PAGE)
BOOK = load_rulebook(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL).group(1), source="formula-language.md")
COMPILED = compile_rulebook(BOOK, period=Period.parse("2020"))
TABLES = tables_of_rows(BOOK, BOOK.cases[0].data)


def _wanted(text):
    if text == "missing":
        return None
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text.startswith("'"):
        return text.strip("'")
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else Fraction(text)


@pytest.mark.parametrize(("formula", "told"), EXAMPLES)
def test_the_example_gives_what_the_page_says(formula, told):
    binder = Binder(Scope(BOOK, "firm"))
    expr = binder.bind(parse_formula(formula))
    compiled = COMPILED
    if binder.shifts:
        text = BOOK.text.replace("variables:\n", f"variables:\n  firm.example: {{type: money CNY, formula: '{formula}'}}\n")
        compiled = compile_rulebook(load_rulebook(text, source="t"), period=COMPILED.period)
        expr = compiled.formulas["firm", "example"]
    slow = Interpreter(compiled, Rows(compiled, TABLES)).value(expr, 0)
    assert slow == _wanted(told)
    column = ColumnRun(compiled, TABLES).value(expr)
    if hasattr(column, "num"):
        size = TABLES["firm"].num_rows
        num, den, ok = (np.broadcast_to(part, (size,)) for part in (column.num, column.den, column.ok))
        fast = Fraction(int(num[0]), int(den[0])) if ok[0] else None
    else:
        fast = to_python(column, expr.type, TABLES["firm"].num_rows)[0]
    assert fast == _wanted(told)


def test_every_function_has_an_example():
    used = {name for formula, _ in EXAMPLES for name in re.findall(r"[A-Z_]+(?=\()", formula)}
    assert FUNCTIONS - PARTS - used == set()
    assert len(EXAMPLES) > 70


def test_the_rulebook_of_the_page_checks():
    assert [finding for finding in check_rulebook(BOOK) if finding.code != "unused-parameter"] == []
    assert all(result.passed for result in run_cases(BOOK))


def test_the_table_of_roundings():
    rows = dict(re.findall(r"^\| `(\w+)` \| (-?\d+ \| -?\d+ \| -?\d+) \|", PAGE, re.MULTILINE))
    assert set(rows) == set(MODES)
    for mode, told in rows.items():
        assert [round_fraction(Fraction(Decimal(value)), mode) for value in ("2.5", "-2.5", "2.4")] == [
            int(one) for one in told.split(" | ")
        ]
