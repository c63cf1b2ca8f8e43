"""Lists in pages: a stable order, how many there are, and links to the pages around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import F, QuerySet
from django.http import HttpRequest, QueryDict
from pydantic import Field

from townwright.frame.api.respond import Answer
from townwright.frame.api.schemas import LARGEST, In, Out

MOST = 200
Row = TypeVar("Row")


class Paging(In):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000, description="Number of the page, from 1.")
    per_page: int = Field(50, ge=1, le=MOST, description="Entries on a page.")


class Which(Paging):
    """Over which snapshot: of that number, else the newest of the period, else of the period that ended last."""

    snapshot: Annotated[int, Field(ge=1, le=LARGEST)] | None = Field(None, description="Number of a snapshot.")
    period: str = Field("", max_length=10, description="As in 2016, 2016Q1 or 2016-03: its newest revision.")


class SnapshotRef(Out):
    """The snapshot that an answer stands on. ``hash`` names its content."""

    id: int
    period: str
    revision: int
    hash: str


def snapshot_ref(row: Any) -> dict[str, Any]:
    """Return a snapshot as answers name it."""
    return {"id": row.pk, "period": row.period, "revision": row.revision, "hash": row.content_hash}


class Page(Out, Generic[Row]):
    """One page of a list: ``total`` counts all entries that the filter leaves."""

    items: list[Row]
    total: int
    page: int
    per_page: int


def page_of(row: type[Row]) -> type[Page[Row]]:
    """Return the shape of a page of such rows, named after them."""
    return type(f"{row.__name__}Page", (Page[row],), {"__doc__": f"A page of {row.__name__}.", "__module__": row.__module__})  # type: ignore[valid-type]


def in_order(rows: QuerySet[Any], sort: str, *last: str) -> QuerySet[Any]:
    """Return the rows by a column (``-`` before it: descending), missing last, and then by columns that part equals."""
    if not sort:
        return rows
    name = sort.removeprefix("-")
    column = F(name).desc(nulls_last=True) if sort.startswith("-") else F(name).asc(nulls_last=True)
    return rows.order_by(column, *last)


def paged(
    request: HttpRequest, paging: Paging, rows: QuerySet[Any] | Sequence[Any], show: Callable[[Any], Any], *,
    read: Callable[[Any], Sequence[Any]] = list, state: str = "",
) -> Answer:  # fmt: skip
    """Return one page of the rows as an answer with a Link header (RFC 8288); past the last page it is empty.

    ``read`` is given the page's slice and returns its rows, where they need looking up together.
    """
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    start = (paging.page - 1) * paging.per_page
    found = read(rows[start : start + paging.per_page]) if start < total else []
    last = max(1, -(-total // paging.per_page))
    wanted = {"first": 1, "prev": min(paging.page - 1, last), "next": paging.page + 1, "last": last}
    links = ", ".join(f'<{_address(request, page)}>; rel="{name}"' for name, page in wanted.items() if 1 <= page <= last)
    body = {"items": [show(one) for one in found], "total": total, "page": paging.page, "per_page": paging.per_page}
    return Answer(body, headers={"Link": links}, state=state)


def _address(request: HttpRequest, page: int) -> str:
    query = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"
