"""``townwright rulebook compare``: two rulebooks, or one with other figures, over one town."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from townwright.kernel.formula import Rulebook, budget_curve, compare, compile_rulebook, split_change, with_parameters
from townwright.kernel.formula.changes import prepared
from townwright.kernel.values.period import Period
from townwright.site.cli.frame import OUT, emit, table, verb
from townwright.site.cli.rulebooks.shared import JSON, ON, PERIOD, UnableToRead, book_of, day_of, plain, rulebook_group, tables_for


@rulebook_group.command(name="compare")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="[AFTER]", default="")
@click.option("--data", default="", metavar="FILE", help="Rows in YAML or JSON.")
@click.option("--zone", "zone_code", default="", help="Take the newest snapshot of this zone instead.")
@PERIOD
@ON
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a parameter of the later rulebook; may be repeated.")
@click.option("--by", "dimensions", multiple=True, metavar="COLUMN", help="Sum by a column or variable; may be repeated.")
@click.option("--split", is_flag=True, help="Tell what each changed clause makes of the difference.")
@click.option("--order", default="", metavar="CLAUSE,…", help="Apply these clauses first when splitting.")
@click.option("--sweep", default="", metavar="NAME=V1,V2,…", help="The budget curve of a parameter of the later rulebook.")
@JSON
@verb(needs_database=False)
def compare_rulebooks(before: str, after: str, data: str, zone_code: str, as_json: bool, language: str, **told: Any) -> None:
    """Compare rulebook BEFORE with AFTER (or with itself after --set): winners, losers, cost, by any dimension."""
    old = book_of(before)
    new = book_of(after) if after else old
    changes = dict(_pair(change) for change in told["changes"])
    new = with_parameters(new, changes) if changes else new
    if new is old and not told["sweep"]:
        raise UnableToRead("请给出后一份规则，或用 --set 改动参数。", "Give a second rulebook, or change a parameter by --set.")
    tables, period, day = tables_for(prepared(old, new), data, zone_code, told["period"])
    on, when = day_of(told["on_day"]) or day, Period.parse(period)
    result = compare(
        compile_rulebook(old, period=when, on=on), compile_rulebook(new, period=when, on=on), tables, by=told["dimensions"]
    ).to_dict()  # fmt: skip
    found: dict[str, Any] = {
        "before": _named(old),
        "after": _named(new),
        "changed": {name: plain(value) for name, value in changes.items()},
        "period": period,
        **result,
    }
    if told["split"]:
        order = [name for name in told["order"].split(",") if name]
        found["split"] = split_change(old, new, tables, period=when, on=on, order=order).to_dict() | {"labels": _labels(new)}
    if told["sweep"]:
        name, values = _pair(told["sweep"])
        points = budget_curve(new, tables, parameter=name, values=values.split(","), period=when, on=on)
        found["sweep"] = [
            {"value": plain(p.value), "eligible": p.eligible, "undecided": p.undecided, "total": str(p.total)} for p in points
        ]
    emit(found, as_json=as_json, show=lambda: _show(found, language))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise UnableToRead(f"“{text}”应写作 名称=值。", f"{text!r} should be NAME=VALUE.")
    return name.strip().lstrip(":"), value.strip()


def _labels(book: Rulebook) -> dict[str, dict[str, str]]:
    """Return what the clauses of a split are called, by language."""
    held = {f"parameter:{one.name}": one.label for one in book.parameters.values()}
    held |= {f"table:{one.name}": one.label for one in book.tables.values()}
    conditions = book.policy.conditions if book.policy else ()
    for (entity, name), one in book.variables.items():
        condition = name.removeprefix("eligible.")
        held[f"condition:{condition}" if condition in conditions and condition != name else f"variable:{entity}.{name}"] = one.label
    return {word: {clause: f"{label.get(word) or clause} ({clause})" for clause, label in held.items()} for word in ("zh", "en")}


def _named(book: Rulebook) -> dict[str, str]:
    return {"rulebook": book.code, "version": book.version}


_HEADS = {
    "rows": ("户数", "rows"), "before": ("前", "before"), "after": ("后", "after"), "difference": ("差额", "difference"), "newly_eligible": ("新增", "new"),
    "winner": ("多得", "more"), "unchanged": ("不变", "same"), "loser": ("少得", "less"), "newly_ineligible": ("退出", "out"), "unknown": ("未知", "unknown"),
    "clause": ("条款", "clause"), "total": ("合计", "total"), "value": ("取值", "value"), "eligible": ("符合", "eligible"), "undecided": ("未定", "undecided"),
    "split": ("逐条影响", "what each clause makes"), "sweep": ("预算曲线", "budget curve"),
}  # fmt: skip
_SUMS = ("rows", "before", "after", "difference", "newly_eligible", "winner", "unchanged", "loser", "newly_ineligible", "unknown")

_ALWAYS = ("rows", "before", "after", "difference")


def _show(found: dict[str, Any], language: str) -> None:
    def head(name: str) -> str:
        return _HEADS[name][0 if language == "zh" else 1]

    def shown(row: dict[str, Any], names: tuple[str, ...]) -> list[str]:
        money = ("before", "after", "difference", "total")
        return [f"{Decimal(row[name]):,}" if name in money else str(row[name]) for name in names]

    sides = [f"{found[side]['rulebook']} {found[side]['version']}" for side in ("before", "after")]
    changed = ", ".join(f"{name} = {value}" for name, value in found["changed"].items())
    OUT.print(f"{sides[0]} → {sides[1]}{f' ({changed})' if changed else ''} · {found['period']}", markup=False, soft_wrap=True)
    for label, value in zip((head(name) for name in _SUMS), shown(found["totals"], _SUMS), strict=True):
        OUT.print(f"  {label}{'：' if language == 'zh' else ': '}{value}", markup=False, highlight=False)
    for name, rows in found["by"].items():
        # Columns of nothing but zeros would only push the figures of the others over two lines.
        names = tuple(one for one in _SUMS if one in _ALWAYS or any(row[one] for row in rows))
        table("", [name, *(head(one) for one in names)], [[row["value"], *shown(row, names)] for row in rows])
    if "split" in found:
        names = ("difference", "newly_eligible", "newly_ineligible", "total")
        labels = found["split"]["labels"][language]
        rows = [
            [" + ".join(labels.get(clause, clause) for clause in one["clauses"]), *shown(one, names)] for one in found["split"]["effects"]
        ]
        table(head("split"), [head("clause"), *(head(name) for name in names)], rows)
    if "sweep" in found:
        names = ("value", "eligible", "undecided", "total")
        table(head("sweep"), [head(name) for name in names], [shown(one, names) for one in found["sweep"]])
