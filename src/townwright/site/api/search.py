"""One search over all rooms of a zone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from townwright.frame.api import In, Out, reads
from townwright.frame.api.doors import allowed
from townwright.site.searching import KINDS, search

router = Router(tags=["search"])
MOST = 20


class HitOut(Out):
    """One thing that was found, what is worth knowing beside its name, and its page."""

    title: str
    detail: str
    page: str


class FoundOut(Out):
    """What was found of one kind, the likeliest first; ``more`` where there is more."""

    kind: str
    hits: list[HitOut]
    more: bool


class Words(In):
    """What to look for."""

    q: str = Field(min_length=1, max_length=100, description="Part of a name, a code, or pinyin initials.", examples=["云栖"])


@reads(
    router, "/search", name="search", summary=_("Search a zone"), permission="search.use", response=list[FoundOut],
    also=("parties.view", "people.view", "policies.view", "filings.view", "assessments.view", "figures.view"),
)  # fmt: skip
def search_zone(request: HttpRequest, zone: Any, told: Query[Words]) -> Any:
    """Return what answers to the words, by kind: each kind only where your roles and the token hold its permission."""
    seen = {kind for kind, permission, _ask in KINDS if allowed(request, permission)}
    return [
        {"kind": one.kind, "hits": [{"title": hit.title, "detail": hit.detail, "page": hit.url} for hit in one.hits], "more": one.more}
        for one in search(request.user, zone, told.q, request.LANGUAGE_CODE, most=MOST)
        if one.kind in seen
    ]  # fmt: skip
