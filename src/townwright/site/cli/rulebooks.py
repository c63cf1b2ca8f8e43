"""``townwright rulebook check|test``: for authors, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from townwright.kernel.formula import RulebookRefused, check_rulebook, has_errors, load_rulebook, run_cases
from townwright.rulebooks import packaged
from townwright.site.cli.frame import OUT, emit, verb

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
FILES = click.argument("files", nargs=-1, required=True, metavar="FILE|CODE…")


@click.group(name="rulebook")
def rulebook_group() -> None:
    """Check and test rulebooks."""


def rulebook_text(name: str) -> tuple[str, str]:
    """Return the text of a file or of a packaged rulebook named by its code, and its source.

    Raises:
        ValueError: it is neither.
    """
    path = Path(name)
    if path.is_file():
        return path.read_text(encoding="utf-8"), name
    for source, text in packaged().items():
        if Path(source).stem == name:
            return text, source
    raise ValueError(f"{name!r} is neither a file nor the code of a packaged rulebook.")


def _checked(name: str) -> tuple[Any, list[Any]]:
    text, source = rulebook_text(name)
    try:
        book = load_rulebook(text, source=source)
    except RulebookRefused as fault:
        return None, list(fault.findings)
    return book, check_rulebook(book)


@rulebook_group.command()
@FILES
@JSON
@verb(needs_database=False)
def check(files: tuple[str, ...], as_json: bool, language: str) -> None:
    """Check rulebooks: shape, names, types, units, cycles, parameters."""
    told, failed = [], False
    for name in files:
        _book, findings = _checked(name)
        failed = failed or has_errors(findings)
        told.append({
            "file": name, "ok": not has_errors(findings),
            "findings": [{"severity": f.severity, "line": f.place.line, "column": f.place.column, "message": f.message, "repair": f.repair} for f in findings],
            "text": [str(f) for f in findings],
        })  # fmt: skip
    emit(
        told,
        as_json=as_json,
        show=lambda: [OUT.print("\n".join(one["text"]) or f"{one['file']}: fine", markup=False, soft_wrap=True) for one in told],
    )
    if failed:
        raise SystemExit(1)


@rulebook_group.command(name="test")
@FILES
@JSON
@verb(needs_database=False)
def run(files: tuple[str, ...], as_json: bool, language: str) -> None:
    """Run the cases of rulebooks."""
    told = []
    for name in files:
        book, findings = _checked(name)
        if book is None or has_errors(findings):
            told.append({"file": name, "ok": False, "cases": [], "findings": [str(finding) for finding in findings]})
            continue
        cases = [{"name": case.name, "passed": case.passed, "differences": list(case.differences)} for case in run_cases(book)]
        told.append({"file": name, "ok": all(case["passed"] for case in cases), "cases": cases, "findings": []})

    def show() -> None:
        for one in told:
            OUT.print(f"{one['file']}: {sum(case['passed'] for case in one['cases'])} of {len(one['cases'])} cases pass", markup=False)
            for line in [*one["findings"], *(difference for case in one["cases"] for difference in case["differences"])]:
                OUT.print(f"  {line}", markup=False, soft_wrap=True)

    emit(told, as_json=as_json, show=show)
    if not all(one["ok"] for one in told):
        raise SystemExit(1)
