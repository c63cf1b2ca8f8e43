"""A firm's filled template: each row of it becomes a draft, which a person looks at before it is handed in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from townwright.apps.filings.models import Filing
from townwright.apps.filings.selectors import definition, period_over, sheet_form
from townwright.apps.filings.services.life import UnableToFile, save_draft
from townwright.apps.parties.selectors import party_finder
from townwright.frame.actors import Actor
from townwright.frame.text import both
from townwright.frame.workbooks.forms import REFUSED
from townwright.frame.workbooks.reading import read_workbook

MOST_ROWS = 60


def drafts_from_file(
    *, zone: Any, party: Any, dataset: str, path: Path, actor: Actor, at: datetime, today: date
) -> list[Filing]:  # fmt: skip
    """Save every row of a filled template as a draft of the firm, all of them or none.

    Raises:
        UnableToReadWorkbook: the file is no workbook, or does not fit the template.
        UnableToFile: a cell cannot be read, a row is of another firm, of a period that is not over or was handed in, or does not hold.
        UnableToChoosePeriod: a row names no period of the dataset, or one that still runs.
    """
    told = definition(dataset)
    reading = read_workbook(path, sheet_form(dataset, zone.currency))
    refused = next((one for one in reading.findings if one.severity == REFUSED), None)
    if refused is not None:
        raise UnableToFile(both(_("Row %(row)s: %(fault)s"), row=refused.row or "—", fault=dict(refused.message)))
    if not reading.rows or len(reading.rows) > MOST_ROWS:
        raise UnableToFile(
            both(_("The file has %(count)s rows; a firm's template has 1 to %(most)s."), count=len(reading.rows), most=MOST_ROWS)
        )
    find, saved = party_finder(zone), []
    with transaction.atomic():
        for row in reading.rows:
            code, name = row.values.get("uscc"), row.values.get("name")
            found = find(code, name) if code or name else party
            if found is None or found.pk != party.pk:
                raise UnableToFile(both(_("Row %(row)s is not of %(name)s: take it out."), row=row.number, name=party.name))
            values = {field.name: row.values.get(field.name) for field in told.fields}
            period = period_over(dataset, str(row.values.get("period") or ""), today=today)
            saved.append(save_draft(zone=zone, party=party, dataset=dataset, period=period, values=values, actor=actor, at=at))
    return saved
