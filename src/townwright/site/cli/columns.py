"""Columns of a file at the command line: which header holds which field, and which were not read."""

from __future__ import annotations

from collections.abc import Sequence

import click
from django.utils.translation import gettext as _

from townwright.frame.workbooks.forms import SheetForm
from townwright.frame.workbooks.pipeline import ImportReport
from townwright.site.cli.frame import OUT, table


def told_columns(pairs: Sequence[str]) -> dict[str, str]:
    """Return field → header of ``--mapping FIELD=HEADER``.

    Raises:
        click.UsageError: a pair lacks the field, the equals sign or the header.
    """
    told: dict[str, str] = {}
    for pair in pairs:
        name, sign, header = (part.strip() for part in pair.partition("="))
        if not (name and sign and header):
            raise click.UsageError(_("--mapping %(pair)s is not FIELD=HEADER: write for example --mapping name=企业名称.") % {"pair": pair})
        told[name] = header
    return told


def show_unread(report: ImportReport, form: SheetForm, language: str) -> None:
    """Print the columns that were not read, what they may be, and how to name them."""
    if not report.unmapped:
        return
    rows = []
    for header in report.unmapped:
        name = report.suggested.get(header, "")
        rows.append([header, f"{form.field(name).label.get(language, name)}: --mapping '{name}={header}'" if name else ""])
    table(_("Columns that were not read (%(count)s)") % {"count": len(rows)}, [_("Header"), _("May be")], rows)
    free = ", ".join(field.name for field in form.fields if field.name not in report.mapping)
    OUT.print(
        _("To read a column, name its field: --mapping FIELD=HEADER. Fields without a column: %(fields)s") % {"fields": free}, markup=False
    )
