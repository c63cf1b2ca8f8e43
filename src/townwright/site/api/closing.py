"""Closing a period."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from townwright.frame.api import Answer, In, refuse, writes
from townwright.kernel.values.period import Period, UnableToReadPeriod
from townwright.site.api.jobs import JobOut, start
from townwright.site.work import CLOSE

router = Router(tags=["close"])


class Close(In):
    """The period to close."""

    period: str = Field(min_length=4, max_length=10, description="As in 2016, 2016Q1 or 2016-03.", examples=["2016"])


@writes(
    router,
    "POST",
    "/close",
    name="close.start",
    summary=_("Close a period"),
    permission="close.run",
    response=JobOut,
    status=202,
    example={"period": "2016"},
)
def close(request: HttpRequest, zone: Any, told: Close) -> Answer:
    """Start the close of a period: snapshot, assess, propose awards, measure, reconcile. Answers with a job to follow."""
    try:
        period = Period.parse(told.period)
    except UnableToReadPeriod as fault:
        message = str(_("“%(text)s” is not a period: write 2016, 2016Q1 or 2016-03.")) % {"text": told.period}
        raise refuse(message, "period", kind="invalid") from fault
    return start(request, zone, CLOSE, {"period": str(period)})
