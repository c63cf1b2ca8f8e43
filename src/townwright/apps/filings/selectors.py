"""Questions about returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from townwright.apps.filings.domain import Definition, DefinitionField, UnableToReadDefinition, read_definition, typed
from townwright.apps.filings.domain.definitions import SCALES
from townwright.apps.filings.models import Filing
from townwright.apps.parties.selectors import firm_rows, party_by_ref, survivors
from townwright.frame.hints import hint
from townwright.frame.workbooks.forms import Field, SheetForm
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period
from townwright.rulebooks import listed, read_text

YEARS_BEFORE = 3


class UnknownDataset(LookupError):
    """No dataset of that name; near names are suggested."""


@cache
def definitions() -> Mapping[str, Definition]:
    """Return all dataset definitions: the packaged ones, and the installation's own in ``datasets`` of its home.

    Raises:
        UnableToReadDefinition: a file does not hold, or tells a name that is taken.
    """
    texts = [(name, read_text(name)) for name in listed("datasets")]
    own = settings.TOWNWRIGHT_HOME / "datasets"
    if own.is_dir():
        texts += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(own.glob("*.yaml"))]
    found: dict[str, Definition] = {}
    for source, text in texts:
        definition = read_definition(text, source)
        if definition.name in found:
            raise UnableToReadDefinition(f"{source}: the dataset {definition.name!r} is defined already. Give it another name.")
        found[definition.name] = definition
    return found


def definition(name: str) -> Definition:
    """Return a dataset's definition.

    Raises:
        UnknownDataset: there is none of that name.
    """
    found = definitions().get(name)
    if found is None:
        raise UnknownDataset(_("There is no dataset %(name)s.") % {"name": name} + hint(name, definitions()))
    return found


_KEYS = (
    Field("uscc", "code", {"zh": "统一社会信用代码", "en": "Unified social credit code"}, ("信用代码", "社会信用代码", "代码", "code", "uscc"), max_length=80),
    Field("name", "text", {"zh": "企业名称", "en": "Name"}, ("单位名称", "单位详细名称", "公司名称", "firm", "company"), max_length=300),
    Field("period", "text", {"zh": "期间", "en": "Period"}, ("年度", "年份", "月份", "报告期", "year", "month"), max_length=20),
)  # fmt: skip


def sheet_form(name: str, currency: str) -> SheetForm:
    """Return the sheet of a dataset for a zone of the currency: who, which period, then its fields."""
    told = definition(name)
    return SheetForm(name, told.title, (*_KEYS, *(_sheet_field(one, currency) for one in told.fields)), ("uscc", "name", "period"))


def _sheet_field(told: DefinitionField, currency: str) -> Field:
    unit = told.unit or (currency if told.type == "money" else "")
    return Field(told.name, told.type, told.label, told.aliases, told.required, unit, told.choices, told.minimum, told.maximum)


def inbox(zone: Any, *, dataset: str = "", period: str = "", status: str = "", q: str = "") -> QuerySet[Filing]:
    """Return returns with their firms, newest period first."""
    rows = Filing.objects.in_zone(zone).select_related("party")
    for name, value in (("dataset", dataset), ("period", period), ("status", status)):
        if value:
            rows = rows.filter(**{name: value})
    if q:
        rows = rows.filter(Q(party__name__contains=q) | Q(party__identifiers__value__startswith=q.upper())).distinct()
    return rows.order_by("-period", "dataset", "party__name", "id")


def filing(zone: Any, pk: int) -> Filing:
    """Return one return."""
    return Filing.objects.in_zone(zone).select_related("party").get(pk=pk)


def filings_of(zone: Any, party_key: str) -> list[Filing]:
    """Return the returns of a firm, those of parties merged into it included, newest first."""
    party = party_by_ref(zone, party_key)
    merged = [old for old, now in survivors(zone).items() if now == party.pk]
    return list(Filing.objects.in_zone(zone).filter(party_id__in=[party.pk, *merged]).order_by("-period", "dataset"))


def not_filed(zone: Any, dataset: str, period: Period) -> QuerySet[Any]:
    """Return firms that were in the zone on the period's last day and have filed nothing for it."""
    filed = Filing.objects.in_zone(zone).filter(dataset=dataset, period=str(period)).exclude(status=Filing.Status.DRAFT)
    return firm_rows(zone, at=period.last_day, status="present").exclude(pk__in=filed.values("party_id"))


def last_values(zone: Any, dataset: str, periods: set[str]) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return typed values of accepted or submitted returns of some periods by (party, period)."""
    fields = {one.name: one for one in definition(dataset).fields}
    rows = Filing.objects.in_zone(zone).filter(dataset=dataset, period__in=periods).values_list("party_id", "period", "values")
    return {
        (pk, period): {name: typed(fields[name], value) for name, value in values.items() if name in fields} for pk, period, values in rows
    }


def _column(told: DefinitionField, currency: str) -> ColumnOffer:
    kind = {"money": "money", "integer": "int", "text": "text", "choice": "text", "date": "date", "boolean": "bool"}.get(
        told.type, "number"
    )
    unit = told.unit or (currency if told.type == "money" else "")
    return ColumnOffer(told.name, kind, told.label, unit or ("1" if kind in ("int", "number") else None), SCALES.get(told.type, 0))


def snapshot_tables(zone: Any, period: Period) -> Iterable[tuple[TableOffer, list[tuple[Any, ...]]]]:
    """Offer one table a dataset: accepted returns of the period and the three years before it."""
    earliest = period.start.replace(year=period.start.year - YEARS_BEFORE)
    lost = survivors(zone)
    for told in definitions().values():
        rows = (
            Filing.objects.in_zone(zone)
            .filter(dataset=told.name, status=Filing.Status.ACCEPTED, period_end__lte=period.end, period_start__gte=earliest)
            .select_related("party").values_list("party_id", "party__key", "party__merged_into__key", "period", "values")
        )  # fmt: skip
        found: dict[tuple[str, str], tuple[Any, ...]] = {}
        for pk, key, into, text, values in rows.iterator(chunk_size=5000):
            owner = into if pk in lost else key
            if pk in lost and (owner, text) in found:
                continue  # the survivor's own return for the period counts
            when = Period.parse(text)
            month = when.start.month if when.grain == "month" else None
            found[owner, text] = (owner, text, when.year, month, *(typed(one, values.get(one.name)) for one in told.fields))
        yield table_offer(told, zone.currency), list(found.values())


def table_offer(told: Definition, currency: str) -> TableOffer:
    """Return the snapshot table of a dataset."""
    return TableOffer(
        told.table, ("firm", "period"), told.title,
        (
            ColumnOffer("firm", "text", {"zh": "企业", "en": "firm"}), ColumnOffer("period", "text", {"zh": "期间", "en": "period"}),
            ColumnOffer("year", "int", {"zh": "年度", "en": "year"}, "1"), ColumnOffer("month", "int", {"zh": "月份", "en": "month"}, "1"),
            *(_column(one, currency) for one in told.fields),
        ),
    )  # fmt: skip


def left_out(zone: Any, period: Period) -> dict[str, int]:
    """Return how many returns of the period are not accepted, by status: what a snapshot leaves out."""
    rows = (
        Filing.objects.in_zone(zone)
        .filter(period_start__gte=period.start, period_end__lte=period.end)
        .exclude(status=Filing.Status.ACCEPTED)
    )
    counts: dict[str, int] = {}
    for status in rows.values_list("status", flat=True):
        counts[status] = counts.get(status, 0) + 1
    return counts
