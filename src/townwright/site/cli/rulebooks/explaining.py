"""``townwright rulebook explain``: one row of a case or of a data file, with all working."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import click
import pyarrow as pa

from townwright.kernel.formula import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    UNDECIDED,
    CompiledRulebook,
    Rulebook,
    compile_rulebook,
    evaluate,
    explain,
    explain_verdict,
    tables_of_rows,
    why_not,
)
from townwright.kernel.values.period import Period
from townwright.site.cli.frame import OUT, emit, verb
from townwright.site.cli.rulebooks.shared import JSON, ON, PERIOD, UnableToRead, book_of, data_of, day_of, rulebook_group


@rulebook_group.command(name="explain")
@click.argument("file", metavar="FILE|CODE")
@click.argument("what", metavar="CASE|DATA")
@click.option("--key", default="", help="Key of the row (default: the only one, or the first).")
@click.option("--variable", default="", metavar="ENTITY.NAME", help="Explain one variable instead of the verdict.")
@PERIOD
@ON
@JSON
@verb(needs_database=False)
def explain_rulebook(file: str, what: str, key: str, variable: str, period: str, on_day: str, as_json: bool, language: str) -> None:
    """Explain what a rulebook says of a row of CASE (name or number) or of the rows in DATA (YAML or JSON)."""
    book = book_of(file)
    data, when, on = _situation(book, what, period, day_of(on_day))
    compiled = compile_rulebook(book, period=Period.parse(when), on=on)
    tables = tables_of_rows(book, data)
    entity = variable.partition(".")[0] if variable else book.main_entity
    if entity not in book.entities:
        known = ", ".join(f"{owner}.{name}" for owner, name in list(book.variables)[:12] if "." not in name)
        raise UnableToRead(
            f"请用 --variable 实体.名称 指明一项；有 {known}。", f"Name a variable by --variable ENTITY.NAME; there is {known}."
        )
    keys = evaluate(compiled, tables).keys(entity)
    if not keys or (key and key not in map(str, keys)):
        known = "、".join(map(str, keys[:12]))
        raise UnableToRead(f"{entity} 没有行“{key}”；有 {known or '无'}。", f"{entity} has no row {key!r}; there is {known or 'none'}.")
    told = {"rulebook": book.code, "version": book.version, "period": when, "on": compiled.on.isoformat(), "key": key or str(keys[0])}
    told |= _told(compiled, tables, entity, told["key"], variable)
    emit(told, as_json=as_json, show=lambda: _show(told, language))


def _situation(book: Rulebook, what: str, period: str, on: date | None) -> tuple[Mapping[str, list[dict[str, Any]]], str, date | None]:
    """Find the rows: a case by name, part of its name or number, else a data file."""
    cases = [case for case in book.cases if case.name == what] or [case for case in book.cases if what.lower() in case.name.lower()]
    if what.isdigit() and 1 <= int(what) <= len(book.cases):
        cases = [book.cases[int(what) - 1]]
    if cases:
        return cases[0].data, period or cases[0].period, on or cases[0].on
    try:
        told = data_of(what)
    except UnableToRead as fault:
        names = "; ".join(f"{number} {case.name}" for number, case in enumerate(book.cases, 1))
        raise UnableToRead(
            f"“{what}”既不是算例，也不是数据文件。算例有：{names}", f"{what!r} is neither a case nor a data file. The cases are: {names}"
        ) from fault
    if not (period or told.period):
        raise UnableToRead("数据文件没有写 period，请用 --period 给出。", "The data file says no period: give --period.")
    return told.data, period or told.period, on or told.on


def _told(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], entity: str, key: str, variable: str) -> dict[str, Any]:
    book = compiled.book
    if book.policy is not None and not variable:
        verdict, why = explain_verdict(compiled, tables, key=key), why_not(compiled, tables, key=key)
        working = verdict.amount
        summary = {word: _VERDICTS[verdict.verdict][word] for word in ("zh", "en")}
        if verdict.verdict == ELIGIBLE and working is not None:
            summary = {"zh": f"{summary['zh']}，{working.shown('zh')}", "en": f"{summary['en']}, {working.shown('en')}"}
        return {
            "summary": summary, "verdict": verdict.verdict, "amount": working.to_dict()["value"] if working else None,
            "conditions": [{"name": one.name, "holds": one.holds, "label": dict(one.label), "working": one.trace.to_dict()} for one in verdict.conditions],
            "why_not": why.to_dict(), "working": working.to_dict() if working else None,
            "sentences": {word: [*why.sentences(word), *(working.sentences(word) if working else [])] for word in ("zh", "en")},
        }  # fmt: skip
    judged = [book.classification.result] if book.classification else list(book.indicators)
    names = [variable.partition(".")[2]] if variable else judged
    nodes = {name: explain(compiled, tables, entity=entity, key=key, name=name) for name in names}
    summary = {
        word: ", ".join(f"{node.label.get(word) or name} = {node.shown(word)}" for name, node in nodes.items()) for word in ("zh", "en")
    }
    return {
        "summary": summary, "values": {name: node.to_dict()["value"] for name, node in nodes.items()}, "working": {name: node.to_dict() for name, node in nodes.items()},
        "sentences": {word: [line for node in nodes.values() for line in node.sentences(word)] for word in ("zh", "en")},
    }  # fmt: skip


_VERDICTS = {
    ELIGIBLE: {"zh": "符合条件", "en": "eligible"}, NOT_ELIGIBLE: {"zh": "不符合条件", "en": "not eligible"},
    UNDECIDED: {"zh": "无法判断", "en": "cannot be decided"},
}  # fmt: skip


def _show(told: Mapping[str, Any], language: str) -> None:
    sign = "：" if language == "zh" else ": "
    head = f"{told['rulebook']} {told['version']} · {told['period']} · {told['key']}{sign}{told['summary'][language]}"
    OUT.print(head, markup=False, soft_wrap=True)
    marks = {True: "✓", False: "✗", None: "?"}
    for one in told.get("conditions", []):
        OUT.print(f"  {marks[one['holds']]} {one['label'].get(language) or one['name']}", markup=False, soft_wrap=True)
    for line in dict.fromkeys(told["sentences"][language]):
        OUT.print(f"  {line}", markup=False, soft_wrap=True)
