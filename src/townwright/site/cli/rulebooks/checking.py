"""``townwright rulebook check`` and ``test``."""

from __future__ import annotations

from typing import Any

import click

from townwright.kernel.formula import Rulebook, check_versions, has_errors, rulebook_hash, run_cases
from townwright.site.cli.frame import OUT, emit, verb
from townwright.site.cli.rulebooks.shared import FILES, JSON, checked, rulebook_group


@rulebook_group.command()
@FILES
@click.option("--notes", is_flag=True, help="Also say which figures are not proven to fit 64 bits.")
@JSON
@verb(needs_database=False)
def check(files: tuple[str, ...], notes: bool, as_json: bool, language: str) -> None:
    """Check rulebooks: shape, names, types, units, cycles, parameters, ranges; versions against each other."""
    told: list[dict[str, Any]] = []
    books: list[Rulebook] = []
    for name in files:
        book, findings = checked(name, notes=notes)
        books += [book] if book else []
        told.append({
            "file": name, "ok": not has_errors(findings), "hash": rulebook_hash(book) if book else None,
            "rulebook": book.code if book else None, "version": book.version if book else None,
            "findings": [finding.to_dict() for finding in findings], "text": [finding.text(language) for finding in findings],
        })  # fmt: skip
    together = check_versions(books)
    if together:
        told.append({
            "file": "", "ok": False, "hash": None, "rulebook": None, "version": None,
            "findings": [finding.to_dict() for finding in together], "text": [finding.text(language) for finding in together],
        })  # fmt: skip
    fine = "没有问题" if language == "zh" else "fine"

    def show() -> None:
        for one in told:
            lines = one["text"] or [f"{one['file']}: {fine}  {one['rulebook']} {one['version']}  sha256 {one['hash']}"]
            OUT.print("\n".join(lines), markup=False, soft_wrap=True)

    emit(told, as_json=as_json, show=show)
    if not all(one["ok"] for one in told):
        raise SystemExit(1)


@rulebook_group.command(name="test")
@FILES
@JSON
@verb(needs_database=False)
def run(files: tuple[str, ...], as_json: bool, language: str) -> None:
    """Run the cases of rulebooks."""
    told = []
    for name in files:
        book, findings = checked(name)
        if book is None or has_errors(findings):
            told.append({"file": name, "ok": False, "cases": [], "findings": [finding.text(language) for finding in findings]})
            continue
        cases = [
            {"name": case.name, "passed": case.passed, "differences": [one.text(language) for one in case.differences]}
            for case in run_cases(book)
        ]
        told.append({"file": name, "ok": all(case["passed"] for case in cases), "cases": cases, "findings": []})
    pass_ = "{} 个算例中 {} 个通过" if language == "zh" else "{1} of {0} cases pass"

    def show() -> None:
        for one in told:
            counts = len(one["cases"]), sum(case["passed"] for case in one["cases"])
            OUT.print(f"{one['file']}: {pass_.format(*counts)}", markup=False)
            for line in [*one["findings"], *(difference for case in one["cases"] for difference in case["differences"])]:
                OUT.print(f"  {line}", markup=False, soft_wrap=True)

    emit(told, as_json=as_json, show=show)
    if not all(one["ok"] for one in told):
        raise SystemExit(1)
