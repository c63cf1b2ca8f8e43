"""What stands on the board: figures, and tiles that are each a table, drawn as a chart where that helps. Aggregates only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones import selectors as zones
from townwright.frame import recent
from townwright.frame.terms import brief_figure, brief_parts, country_name, figure, short_figure, term
from townwright.frame.text import in_language
from townwright.kernel.values.period import Period

# The figures that a wall shows, by rank; those of the other kind of zone are not measured and fall out.
HEADLINES = ("firms", "cloud_firms", "cloud_output", "fiscal_revenue", "staff", "rd_share",
             "investment", "host_tax", "local_jobs", "chinese_firms", "local_job_share", "planned_area")  # fmt: skip
TRENDS = ("output", "cloud_output", "fiscal_revenue", "investment", "host_tax")
MOST_HEADLINES, MOST_DEEDS, MOST_PLACES = 6, 8, 300
LIVE = ("filings", "incentives.awards", "parties", "import")
COUNTERS = ("filings.submit", "filings.accept", "incentives.awards")


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure in large: what it is called, how it reads, its change on the year before (None: not known)."""

    code: str
    label: str
    number: str
    unit: str
    exact: str
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A table with a heading; ``chart`` is what draws it, ``figures`` the codes of figures that it is made of.

    ``more`` names the console's page with the rows behind it, and who may open that.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Any = None
    figures: tuple[str, ...] = ()
    note: str = ""
    more: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Board:
    """The board of a zone at an instant. ``version`` changes with every write in the zone."""

    zone: Any
    frozen: Any
    version: str
    headlines: tuple[Headline, ...] = ()
    tiles: dict[str, Tile] = field(default_factory=dict)


def board(zone: Any, *, at: datetime) -> Board:
    """Return the board, in the language in force."""
    version, frozen = recent.version(zone), snapshots.asked(zone, None)
    made: list[Tile] = []
    headlines: tuple[Headline, ...] = ()
    if frozen is not None:
        measured = {row.code: row for row in indicators.figures(zone, frozen)}
        points = indicators.trend(zone, frozen, [code for code in TRENDS if code in measured])
        headlines = tuple(_headlines(measured, points))
        made += [_trend(measured, points), _industries(zone, frozen), _awards(zone, frozen)]
    made += [_filings(zone, frozen, at), _places(zone), _live(zone, at)]
    return Board(zone, frozen, version, headlines, {one.name: one for one in made})


def _here() -> str:
    return get_language() or "en"


def _headlines(measured: dict[str, Any], points: dict[str, list[indicators.Point]]) -> Iterator[Headline]:
    rows = [measured[code] for code in HEADLINES if code in measured and measured[code].value is not None]
    for row in rows[:MOST_HEADLINES]:
        told = points.get(row.code, [])
        before = told[-2].value if len(told) > 1 else None
        change = (row.value / before - 1).quantize(Decimal("0.001")) if before else None
        yield Headline(
            row.code, in_language(row.label), *brief_parts(row.value, row.unit, _here()), figure(row.value, row.unit, _here()), change
        )


def _trend(measured: dict[str, Any], points: dict[str, list[indicators.Point]]) -> Tile:
    codes = [code for code, told in points.items() if sum(one.value is not None for one in told) > 0]
    years = sorted({one.year for code in codes for one in points[code] if one.value is not None})
    values = {code: {one.year: one.value for one in points[code]} for code in codes}
    rows = tuple(
        (str(year), *(figure(values[code].get(year), measured[code].unit, _here()) for code in codes)) for year in years
    )  # fmt: skip
    chart = {
        "kind": "trend", "years": [str(year) for year in years],
        "series": [
            {"name": in_language(measured[code].label), "values": [_plain(values[code].get(year)) for year in years],
             "shown": [brief_figure(values[code].get(year), measured[code].unit, _here()) for year in years], "fiscal": code in ("fiscal_revenue", "host_tax")}
            for code in codes
        ],
    }  # fmt: skip
    note = ""
    if any(not one.measured for code in codes for one in points[code] if one.value is not None):
        note = _("Years that were not closed are told by the returns in the newest snapshot.")
    columns = (_("Year"), *(in_language(measured[code].label) for code in codes))
    return Tile("trend", _("Output and fiscal revenue"), columns, rows, chart, tuple(codes), note)


def _plain(value: Any) -> float | None:
    # A chart's height: the exact figure stands beside it.
    return None if value is None else float(value)


def _industries(zone: Any, frozen: Any) -> Tile:
    counts = snapshots.counts_of(frozen, "firm", ("industry_section", "industry_division"), where="present")
    group = "section" if zone.country == "CN" else "section_isic"
    tree: dict[str, list[tuple[str, int]]] = {}
    for section, division, number in counts:
        tree.setdefault(section or "", []).append((division or "", number))
    order = sorted(tree, key=lambda one: -sum(number for _d, number in tree[one]))
    names = {one: term(group, one, _here()) if one else _("Not told") for one in order}
    rows = tuple((names[one], _division(division), str(number)) for one in order for division, number in tree[one])
    chart = {
        "kind": "tree",
        "nodes": [
            {"name": names[one], "value": sum(number for _d, number in tree[one]), "children": [{"name": _division(d), "value": number} for d, number in tree[one]]}
            for one in order
        ],
    }  # fmt: skip
    return Tile("industries", _("Industries"), (_("Section"), _("Division"), _("Firms")), rows, chart, ("firms",))


def _division(code: str) -> str:
    return _("Division %(code)s") % {"code": code} if code else "—"


def _awards(zone: Any, frozen: Any) -> Tile:
    told: dict[str, dict[str, Any]] = {}
    for one in incentives.award_totals(zone, frozen):
        row = told.setdefault(one["policy"], {"title": in_language(one["title"]) or one["policy"], "currency": one["currency"], "firms": 0})
        row[one["status"]] = one["granted"] or Decimal(0)
        row["firms"] += one["firms"] if one["status"] != "rejected" else 0
    ordered = sorted(told.values(), key=lambda row: -(row.get("approved", 0) + row.get("proposed", 0)))
    rows = tuple(
        (row["title"], str(row["firms"]), *(short_figure(row.get(status, Decimal(0)), row["currency"], _here()) for status in ("approved", "proposed")))
        for row in ordered
    )  # fmt: skip
    chart = {
        "kind": "bars", "names": [row["title"] for row in ordered],
        "series": [
            {"name": term("award", status, _here()), "values": [float(row.get(status, 0)) for row in ordered],
             "shown": [brief_figure(row.get(status, Decimal(0)), row["currency"], _here()) for row in ordered]}
            for status in ("approved", "proposed")
        ],
    }  # fmt: skip
    columns = (_("Policy"), _("Firms"), term("award", "approved", _here()), term("award", "proposed", _here()))
    return Tile("awards", _("Awards by policy"), columns, rows, chart, (), "", ("awards", "assessments.view"))


def _filings(zone: Any, frozen: Any, at: datetime) -> Tile:
    """Show how many of those who are due have filed, for the year after the newest close, or its own where nothing came in since."""
    here = at.astimezone(ZoneInfo(zone.time_zone)).date()
    found: list[tuple[Any, dict[str, int]]] = []
    period = Period.of_year(here.year)
    for year in (here.year, here.year - 1, Period.parse(frozen.period).year if frozen else here.year - 1):
        period = Period.of_year(year)
        found = [one for one in filings.counts(zone, period) if one[0].grain == "year"]
        if found:
            break
    due = filings.due(zone, period).order_by().values("pk").count()
    rows, bars = [], []
    for told, states in found:
        filed, title = states.get("submitted", 0) + states.get("accepted", 0), in_language(told.title)
        rows.append((title, str(filed), str(states.get("accepted", 0)), str(states.get("returned", 0)), str(due)))
        said = _("%(filed)s filed, %(accepted)s accepted, of %(due)s firms") % {
            "filed": filed,
            "accepted": states.get("accepted", 0),
            "due": due,
        }
        bars.append({"name": title, "filed": filed, "accepted": states.get("accepted", 0), "due": due, "told": said})
    columns = (_("Return"), _("Filed"), _("Accepted"), _("Given back"), _("Firms in the zone"))
    return Tile("filings", _("Filing progress, %(year)s") % {"year": period.year}, columns, tuple(rows), {"kind": "progress", "bars": bars},
                ("returns_filed", "coverage"), "", ("filing-inbox", "filings.view"))  # fmt: skip


def _places(zone: Any) -> Tile:
    """Show the zone, the published ones of this installation, and the register of zones abroad that it keeps."""
    held = {one.pk: one for one in [zone, *zones.published_zones()] if one.latitude is not None}
    rows, points = [], []
    for one in held.values():
        name = in_language({"zh": one.name_zh, "en": one.name_en})
        rows.append((name, country_name(one.country, _here()), _degrees(one.latitude, one.longitude)))
        points.append({"name": name, "at": [float(one.longitude), float(one.latitude)], "own": one.pk == zone.pk})
    for entry in zones.overseas_entries(zone)[:MOST_PLACES]:
        if entry.latitude is not None and entry.longitude is not None and abs(entry.latitude) <= 90 and abs(entry.longitude) <= 180:
            rows.append((entry.name, entry.country, _degrees(entry.latitude, entry.longitude)))
            points.append({"name": entry.name, "at": [float(entry.longitude), float(entry.latitude)], "abroad": True})
    return Tile("places", _("Where it lies"), (_("Zone"), _("Country"), _("Place")), tuple(rows), {"kind": "map", "points": points})


def _degrees(latitude: Any, longitude: Any) -> str:
    return f"{abs(latitude):.2f}° {'N' if latitude >= 0 else 'S'}, {abs(longitude):.2f}° {'E' if longitude >= 0 else 'W'}"


def _live(zone: Any, at: datetime) -> Tile:
    there = ZoneInfo(zone.time_zone)
    midnight = at.astimezone(there).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = recent.counted(zone, COUNTERS, since=midnight)
    names = {
        "filings_submit": _("Returns handed in today"),
        "filings_accept": _("Returns accepted today"),
        "incentives_awards": _("Decisions on awards today"),
    }
    deeds = recent.newest(zone, LIVE, most=MOST_DEEDS)
    rows = tuple((f"{one.at.astimezone(there):%Y-%m-%d %H:%M}", _deed(one.verb)) for one in deeds)
    chart = {"kind": "live", "counters": [{"name": names[name], "value": value} for name, value in counts.items()]}
    return Tile("live", _("Lately"), (_("When"), _("What")), rows, chart, (), "", ("audit", "audit.view"))


def _deed(verb: str) -> str:
    told = term("verb", verb, _here())
    if told != verb:
        return told
    kind, _dot, name = verb.partition(".")
    dataset = filings.definitions().get(name)
    if kind == "import" and dataset is not None:
        return f"{term('verb', 'import', _here())} {in_language(dataset.title)}"
    return {"parties": _("Register changed"), "filings": _("Return changed")}.get(kind, _("Record changed"))


def order(tiles: Sequence[Tile]) -> list[Tile]:
    """Return tiles in the order in which they are read."""
    ranks = {name: rank for rank, name in enumerate(("trend", "places", "industries", "awards", "filings", "live"))}
    return sorted(tiles, key=lambda one: ranks.get(one.name, len(ranks)))
