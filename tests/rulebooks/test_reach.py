"""Which tables a policy's verdict hangs on, and by when a dataset's return is due."""

from datetime import date

import pytest

from townwright.apps.filings.domain import UnableToReadDefinition, read_definition
from townwright.kernel.formula import compile_rulebook, load_rulebook, tables_reached
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text

DATASET = "dataset: d\ngrain: {grain}\ntitle: {{zh: 表, en: D}}\nfields:\n  a: {{type: integer, label: {{zh: 甲, en: a}}}}\n{more}"


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("sample-rent-relief", {"firm", "support_application"}),
        # Its link to applications is declared, and nothing uses it.
        ("sample-scale-growth", {"firm", "yearly_return"}),
        ("anhui-zone-contribution", {"firm", "anhui_zone_yearly"}),
    ],
)
def test_only_what_conditions_and_amount_use_counts(name, tables):
    book = load_rulebook(read_text(f"policies/{name}.yaml"), source=name)
    assert tables_reached(compile_rulebook(book, period=Period.of_year(2016))) == tables


@pytest.mark.parametrize(
    ("grain", "due", "period", "day"),
    [
        ("month", "{month: 1, day: 10}", "2016-02", date(2016, 3, 10)),
        ("month", "{month: 1, day: 10}", "2016-12", date(2017, 1, 10)),
        ("quarter", "{month: 1, day: 15}", "2016Q4", date(2017, 1, 15)),
        ("year", "{month: 3, day: 15}", "2016", date(2017, 3, 15)),
        ("year", "{month: 12, day: 28}", "2016", date(2017, 12, 28)),
    ],
)
def test_a_return_is_due_on_the_day_of_the_month_after_its_period(grain, due, period, day):
    told = read_definition(DATASET.format(grain=grain, more=f"due: {due}\n"), "d.yaml")
    assert told.due.on(Period.parse(period)) == day


@pytest.mark.parametrize(
    "due", ["{month: 0, day: 1}", "{month: 1, day: 31}", "{month: 13, day: 1}", "{day: 1}", "{month: yes, day: 1}", "soon", "[1, 2]"]
)
def test_a_due_day_that_does_not_hold_is_refused(due):
    with pytest.raises(UnableToReadDefinition, match="due is the month after the period"):
        read_definition(DATASET.format(grain="year", more=f"due: {due}\n"), "d.yaml")
