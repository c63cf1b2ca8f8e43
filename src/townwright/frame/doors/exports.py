"""Tables as files; each export leaves an audit entry."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from townwright.frame.audit import write
from townwright.frame.clock import now
from townwright.frame.doors.zone_pages import actor_of
from townwright.frame.workbooks.writing import write_table

TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def export(request: HttpRequest, zone: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return the rows as the file format asked for, and note who took them."""
    file_format = "csv" if request.GET.get("export") == "csv" else "xlsx"
    stream = io.BytesIO()
    with write(verb="export", subject=name, zone=zone, actor=actor_of(request), at=now()) as told:
        told.new = {"rows": write_table(columns, rows, stream, file_format=file_format), "format": file_format}
    response = HttpResponse(stream.getvalue(), content_type=TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{zone.code}-{name}.{file_format}"'
    return response
