"""A draft against the version in force, or any two versions, over what a zone's snapshot holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from townwright.apps.snapshots import selectors as snapshots
from townwright.kernel.formula import (
    Comparison,
    Rulebook,
    RulebookRefused,
    Split,
    budget_curve,
    check_rulebook,
    compare,
    compile_rulebook,
    evaluate,
    has_errors,
    load_rulebook,
    split_change,
)
from townwright.kernel.formula.compare import Point
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text

SIZE_CLASS, SECTION = "size_class", "industry_section"
SIZE_RULEBOOK = "classifications/size-class.yaml"
SWEPT = tuple(Fraction(one) for one in ("1/2", "3/4", "9/10", "1", "11/10", "5/4", "3/2", "2"))


class UnableToCompareHere(ValueError):
    """Two versions cannot be compared over a snapshot: says why and what to do."""


@dataclass(frozen=True, slots=True)
class Compared:
    """``comparison`` over the rows, ``split`` by clauses, and names of firms by key."""

    before: Rulebook
    after: Rulebook
    comparison: Comparison
    split: Split
    names: Mapping[str, str]
    curve: Sequence[Point]


def compared(snapshot: Any, before: Rulebook, after: Rulebook, *, sweep: str = "") -> Compared:
    """Judge a snapshot's rows by both versions, on its last day or the later version's first; sums by size class and industry section where rows have them.

    ``sweep`` names a parameter of the later version: its budget curve runs from half to twice its value.

    Raises:
        UnableToCompareHere: one of them does not check against the snapshot, or gives no amount.
        UnableToCompare: they judge other entities or pay in other currencies.
    """
    period = Period.parse(snapshot.period)
    day = max(period.last_day, after.start or period.last_day)
    old, new = (_held(book, snapshot, day) for book in (before, after))
    assert new.policy is not None
    entity = new.policy.entity
    tables = _with_classes(snapshot, entity, period, day)
    dimensions = [name for name in (SIZE_CLASS, SECTION) if name in tables[entity].column_names]
    try:
        compiled = [compile_rulebook(book, period=period, on=day) for book in (old, new)]
    except RulebookRefused as fault:
        raise UnableToCompareHere(str(fault)) from fault
    result = compare(compiled[0], compiled[1], tables, by=dimensions)
    split = split_change(old, new, tables, period=period, on=day)
    curve = _curve(new, tables, sweep, period, day) if sweep else ()
    table = tables[entity]
    names = (
        dict(zip(table.column("key").to_pylist(), table.column("name").to_pylist(), strict=True)) if "name" in table.column_names else {}
    )
    return Compared(before, after, result, split, names, curve)


def _held(book: Rulebook, snapshot: Any, day: date) -> Rulebook:
    """Return the version as if it were in force on the day, so that one that begins later can be tried on last year's rows."""
    if book.policy is None:
        raise UnableToCompareHere(_("%(code)s pays nothing: only policies are compared.") % {"code": book.code})
    findings = check_rulebook(book, offers=snapshots.offers(snapshot), on=day)
    if has_errors(findings):
        raise UnableToCompareHere("\n".join(str(one) for one in findings if one.severity == "error"))
    return replace(book, start=None, end=None)


@cache
def _size_book() -> Rulebook:
    """Return the packaged size classes, read as if they held on any day: a comparison asks whom a change touches, not what the law says."""
    return replace(load_rulebook(read_text(SIZE_RULEBOOK), source=SIZE_RULEBOOK), start=None, end=None)


def _with_classes(snapshot: Any, entity: str, period: Period, day: date) -> Mapping[str, pa.Table]:
    """Return the snapshot's tables; firms bear their size class where the snapshot tells what it needs."""
    tables, book = dict(snapshots.tables(snapshot)), _size_book()
    first = min(since for table in book.tables.values() for since, _rows in table.values)
    on = max(day, first)
    if entity != book.main_entity or has_errors(check_rulebook(book, offers=snapshots.offers(snapshot), on=on)):
        return tables
    assert book.classification is not None
    found = evaluate(compile_rulebook(book, period=period, on=on), tables, outputs=[f"{entity}.{book.classification.result}"])
    classes = [None if value is None else str(value) for value in found.values(entity, book.classification.result)]
    table = tables[entity]
    kept = table.drop_columns([SIZE_CLASS]) if SIZE_CLASS in table.column_names else table
    tables[entity] = kept.append_column(SIZE_CLASS, pa.array(classes, pa.string()))
    return tables


def class_words() -> Mapping[str, Mapping[str, str]]:
    """Return the size classes in words."""
    told = _size_book().classification
    return told.labels if told is not None else {}


def _curve(book: Rulebook, tables: Mapping[str, pa.Table], name: str, period: Period, on: date) -> Sequence[Point]:
    """Return totals for a parameter from half to twice its value on the day.

    Raises:
        UnableToCompareHere: the version has no such parameter in force.
    """
    parameter = book.parameters.get(name)
    held = [value for since, value in parameter.values if since <= on] if parameter else []
    if not held:
        told = {"name": name, "names": ", ".join(book.parameters)}
        raise UnableToCompareHere(_("There is no parameter %(name)s in force; there is %(names)s.") % told)
    return budget_curve(book, tables, parameter=name, values=[Fraction(held[-1]) * one for one in SWEPT], period=period, on=on)
