"""Questions about returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from townwright.apps.filings.domain import (
    GRAIN_WORDS,
    STEPS_A_YEAR,
    Definition,
    DefinitionField,
    UnableToReadDefinition,
    read_definition,
    typed,
)
from townwright.apps.filings.domain.definitions import SCALES
from townwright.apps.filings.models import Filing
from townwright.apps.parties.selectors import firm_rows, party_by_ref, stayed, survivors
from townwright.frame.hints import hint
from townwright.frame.text import both
from townwright.frame.workbooks.cells import UnableToReadCell, read_cell
from townwright.frame.workbooks.forms import Field, SheetForm
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period, UnableToReadPeriod
from townwright.rulebooks import listed, read_text

YEARS_BEFORE = 3
EXAMPLES = {"year": "2016", "quarter": "2016Q1", "month": "2016-03"}


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


def words() -> dict[str, Mapping[str, str]]:
    """Return the titles of datasets and the labels of their fields, in both languages, by code."""
    known = definitions()
    fields = {field.name: field.label for one in known.values() for field in one.fields}
    return {**fields, **{name: one.title for name, one in known.items()}}


def definition(name: str) -> Definition:
    """Return a dataset's definition.

    Raises:
        UnknownDataset: there is none of that name.
    """
    found = definitions().get(name)
    if found is None:
        raise UnknownDataset(gettext("There is no dataset %(name)s.") % {"name": name} + hint(name, definitions()))
    return found


class UnknownFiling(LookupError):
    """The zone has no such return."""


class UnableToChoosePeriod(ValueError):
    """The text is no period, or one that the dataset is not filed for."""


def period_for(dataset: str, text: str) -> Period:
    """Return the period that a text names, if the dataset is filed for such.

    Raises:
        UnknownDataset: there is no such dataset.
        UnableToChoosePeriod: the text names none, or one of another length.
    """
    told = definition(dataset)
    try:
        period = Period.parse(text)
    except UnableToReadPeriod:
        period = None
    if period is None or period.grain != told.grain:
        raise UnableToChoosePeriod(
            both(
                _("“%(text)s” does not name a %(grain)s, for which “%(dataset)s” is filed. Write it as %(example)s."),
                text=text, grain=GRAIN_WORDS[told.grain], dataset=told.title, example=EXAMPLES[told.grain],
            )
        )  # fmt: skip
    return period


def period_before(told: Definition, period: Period) -> Period:
    """Return the same period of the year before, with which a return is compared."""
    return period.shift(-STEPS_A_YEAR[told.grain])


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


def read_texts(dataset: str, currency: str, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Mapping[str, str]]]:
    """Return typed values of what a person typed, in base units, and by field what cannot be read, in both languages.

    Full width, thousands separators and percent signs are read as in a workbook; an empty text is a missing value.
    """
    values: dict[str, Any] = {}
    faults: dict[str, Mapping[str, str]] = {}
    form = sheet_form(dataset, currency)
    for told in definition(dataset).fields:
        try:
            values[told.name] = read_cell(texts.get(told.name) or None, form.field(told.name), Decimal(1))
        except UnableToReadCell as fault:
            faults[told.name] = fault.message
    return values, faults


def as_text(stored: Any) -> str:
    """Return a stored value as it stands in a form's box: no trailing zeros, empty where missing."""
    if isinstance(stored, bool):
        return "yes" if stored else "no"
    text = "" if stored is None else str(stored)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "", 1).lstrip("-").isdigit() else text


def state_name(status: str) -> str:
    """Return a state's name, in the language in force when it is shown."""
    return Filing.Status(status).label


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
    """Return one return.

    Raises:
        UnknownFiling: the zone has none of that number.
    """
    found = Filing.objects.in_zone(zone).select_related("party").filter(pk=pk).first()
    if found is None:
        raise UnknownFiling(both(_("There is no return %(number)s in this zone."), number=pk))
    return found


def filings_of(zone: Any, party_key: str) -> list[Filing]:
    """Return the returns of a firm, those of parties merged into it included, newest first."""
    party = party_by_ref(zone, party_key)
    merged = [old for old, now in survivors(zone).items() if now == party.pk]
    return list(Filing.objects.in_zone(zone).filter(party_id__in=[party.pk, *merged]).order_by("-period", "dataset"))


def filing_of(zone: Any, party: Any, dataset: str, period: Period) -> Filing | None:
    """Return a firm's return for a period, whatever its state; None if there is none."""
    return Filing.objects.in_zone(zone).filter(party=party, dataset=dataset, period=str(period)).first()


def last_year(zone: Any, party: Any, dataset: str, period: str) -> Mapping[str, Any]:
    """Return the typed values that a firm told for the same period of the year before; empty if none."""
    before = period_before(definition(dataset), Period.parse(period))
    return last_values(zone, dataset, {str(before)}).get((party.pk, str(before)), {})


@dataclass(frozen=True, slots=True)
class Correction:
    """What one correction changed: which version came of it, by whom, when and why, and (field, old, new) typed."""

    version: int
    at: datetime
    by: str
    reason: str
    changes: list[tuple[DefinitionField, Any, Any]]


def corrections(row: Filing) -> list[Correction]:
    """Return what every correction of a return changed, newest first."""
    fields = definition(row.dataset).fields
    found, after = [], row.values
    for old in row.versions.order_by("-version"):
        pairs = ((one, typed(one, old.values.get(one.name)), typed(one, after.get(one.name))) for one in fields)
        changes = [(one, before, now) for one, before, now in pairs if before != now]
        found.append(Correction(old.version + 1, old.replaced_at, old.replaced_by, old.reason, changes))
        after = old.values
    return found


def values_of_version(row: Filing, version: int) -> Mapping[str, Any]:
    """Return the values that a return had in an earlier version; none where there was no such version."""
    kept = row.versions.filter(version=version).first()
    return kept.values if kept is not None else {}


def due(zone: Any, period: Period, *, q: str = "") -> QuerySet[Any]:
    """Return firms and branches that were in the zone on any day of the period; who has no stay on record is none of them."""
    return firm_rows(zone, at=period.last_day, q=q).filter(stayed(period.start, period.end))


def without_stay(zone: Any, period: Period) -> int:
    """Return how many firms have no stay on record, of which nobody can say whether they should file."""
    return firm_rows(zone, at=period.last_day).filter(stays=None).count()


def not_filed(zone: Any, dataset: str, period: Period, *, q: str = "") -> QuerySet[Any]:
    """Return the firms due for the period whose return is neither submitted nor accepted.

    Each carries ``state`` (draft, returned, or None where nothing was begun) and ``last_period`` (the newest period
    before this one for which it did hand one in). ``q`` is part of a name, a code or pinyin initials.
    """
    rows = Filing.objects.in_zone(zone).filter(dataset=dataset)
    handed_in = rows.filter(status__in=(Filing.Status.SUBMITTED, Filing.Status.ACCEPTED))
    filed = handed_in.filter(period=str(period)).values("party_id")
    # Of merged firms the return of either counts for the one that stands.
    lost = survivors(zone)
    stands = {lost[pk] for pk in filed.filter(party_id__in=list(lost)).values_list("party_id", flat=True)}
    begun, before = rows.filter(party=OuterRef("pk"), period=str(period)), handed_in.filter(party=OuterRef("pk"))
    return (
        due(zone, period, q=q)
        .exclude(pk__in=filed)
        .exclude(pk__in=stands)
        .annotate(
            state=Subquery(begun.values("status")[:1]),
            last_period=Subquery(before.filter(period_end__lte=period.start).order_by("-period_start").values("period")[:1]),
        )
    )


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


def counts(zone: Any, period: Period) -> list[tuple[Definition, dict[str, int]]]:
    """Return, for each dataset with returns that lie within the period, how many there are by status."""
    rows = Filing.objects.in_zone(zone).filter(period_start__gte=period.start, period_end__lte=period.end)
    found: dict[str, dict[str, int]] = {}
    for name, status, number in rows.values_list("dataset", "status").annotate(number=Count("pk")).order_by("dataset", "status"):
        found.setdefault(name, {})[status] = number
    return [(told, found[name]) for name, told in definitions().items() if name in found]


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
