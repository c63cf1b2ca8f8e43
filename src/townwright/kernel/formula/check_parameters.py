"""Parameters and tables against the dates in force: what has no value on which day, and what nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from townwright.kernel.formula.findings import ERROR, WARNING, RulebookFinding
from townwright.kernel.formula.ir import Expr, walk
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.rulebook import Parameter, Rulebook, Table


def used_parameters(book: Rulebook, formulas: Iterable[Expr]) -> set[str]:
    """Return the parameters and tables that a formula, a cap or a budget names."""
    used = {node.name for expr in formulas for node in walk(expr) if node.op in ("parameter", "tier", "bracket", "band")}
    if book.policy:
        used |= set(filter(None, (book.policy.yearly_cap, book.policy.budget.parameter if book.policy.budget else "")))
    return used


def _holder(book: Rulebook, name: str) -> Parameter | Table | None:
    return book.parameters.get(name) or book.tables.get(name)


def missing_parameters(book: Rulebook, formulas: Iterable[Expr], day: date) -> list[RulebookFinding]:
    """Return an error for each parameter or table that a formula uses and that has no value on the day."""
    findings = []
    for name in sorted(used_parameters(book, formulas)):
        holder = _holder(book, name)
        if holder is not None and _value_on(holder, day) is None:
            findings.append(RulebookFinding.of(ERROR, holder.place, "parameter", name=name, day=day, since=_since(holder, day)))
    return findings


def _value_on(holder: Parameter | Table, day: date) -> object:
    dated = [value for since, value in holder.values if since <= day]
    return dated[-1] if dated else None


def _since(holder: Parameter | Table, day: date) -> Said:
    dated = [since for since, _ in holder.values if since <= day]
    if dated:
        return Said(f"它止于 {dated[-1]}", f"it ended on {dated[-1]}")
    first = holder.values[0][0]
    return Said(f"它的首个值自 {first} 起生效", f"its first value is in force from {first}")


def parameter_gaps(book: Rulebook, formulas: Iterable[Expr]) -> list[RulebookFinding]:
    """Return an error for each span within the rulebook's force in which a parameter that is used has no value."""
    findings = []
    for name in sorted(used_parameters(book, formulas)):
        holder = _holder(book, name)
        if holder is None:
            continue
        for start, end in _gaps(holder.values, book.start, book.end):
            until = (
                Said(f"自 {start} 起至 {end}（不含）", f"from {start} up to but without {end}")
                if end
                else Said(f"自 {start} 起", f"from {start}")
            )
            words = {"name": name, "span": until, "day": start, "since": _since(holder, start)}
            findings.append(RulebookFinding.of(ERROR, holder.place, "parameter-gap", **words))
    return findings


def _gaps(values: Sequence[tuple[date, object]], start: date | None, end: date | None) -> list[tuple[date, date | None]]:
    """Return the spans of [start, end) that no value covers; before the first value only where the start is told."""
    found: list[tuple[date, date | None]] = []
    edges = [since for since, _ in values]
    if start is not None and edges and start < edges[0]:
        found.append((start, min(edges[0], end) if end else edges[0]))
    for index, (since, value) in enumerate(values):
        until = edges[index + 1] if index + 1 < len(edges) else None
        if value is None:
            begins = max(since, start) if start else since
            ends = min(filter(None, (until, end)), default=None)
            if ends is None or begins < ends:
                found.append((begins, ends))
    return found


def unused_parameters(book: Rulebook, formulas: Mapping[tuple[str, str], Expr]) -> list[RulebookFinding]:
    """Return a warning for each parameter and table that nothing names."""
    used = used_parameters(book, formulas.values())
    holders: list[Parameter | Table] = [*book.parameters.values(), *book.tables.values()]
    return [RulebookFinding.of(WARNING, one.place, "unused-parameter", name=one.name) for one in holders if one.name not in used]
