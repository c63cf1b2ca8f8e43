"""Import of a register of zones abroad: every row lands, and what contradicts is told."""

from __future__ import annotations

from collections.abc import Sequence

from townwright.apps.zones.domain import Entry, review
from townwright.apps.zones.models import OverseasEntry
from townwright.frame.workbooks.forms import WARNED, Field, Finding, SheetForm, SheetRow
from townwright.frame.workbooks.pipeline import ImportContext, Plan

_TEXT = (
    "country",
    "province",
    "level",
    "kind",
    "developer",
    "host_developer",
    "place",
    "area_text",
    "investment_text",
    "industries",
    "url",
)
_NUMBERS = ("latitude", "longitude", "area_km2", "investment_yi")
FORM = SheetForm(
    "overseas-zones", {"zh": "境外合作区名录", "en": "Register of zones abroad"},
    (
        Field("name", "text", {"zh": "园区名称", "en": "Zone"}, ("name", "合作区名称"), required=True, max_length=300),
        Field("country", "text", {"zh": "所在国家", "en": "Country"}, ("nation", "国家"), max_length=100),
        Field("province", "text", {"zh": "实施省份", "en": "Province"}, ("province", "省份"), max_length=100),
        Field("level", "text", {"zh": "级别", "en": "Level"}, ("zone_level",), max_length=100),
        Field("kind", "text", {"zh": "类型", "en": "Kind"}, ("zone_type",), max_length=100),
        Field("developer", "text", {"zh": "实施企业", "en": "Developer"}, ("exe_enterprise",), max_length=500),
        Field("host_developer", "text", {"zh": "建区企业", "en": "Developer in the host state"}, ("build_enterprise",), max_length=500),
        Field("place", "text", {"zh": "位置", "en": "Place"}, ("location",), max_length=1000),
        Field("latitude", "decimal", {"zh": "纬度", "en": "Latitude"}),
        Field("longitude", "decimal", {"zh": "经度", "en": "Longitude"}, ("longtitude",)),
        Field("area_km2", "decimal", {"zh": "面积（平方公里）", "en": "Area (km2)"}, ("square", "面积")),
        Field("area_text", "text", {"zh": "面积说明", "en": "Area in words"}, ("square_detail",), max_length=2000),
        Field("investment_yi", "decimal", {"zh": "投资额（亿）", "en": "Investment (100 million)"}, ("invest", "投资额")),
        Field("investment_text", "text", {"zh": "投资说明", "en": "Investment in words"}, ("invest_detail",), max_length=2000),
        Field("industries", "text", {"zh": "主导产业", "en": "Main industries"}, ("main_industry",), max_length=2000),
        Field("url", "text", {"zh": "网址", "en": "Address"}, ("cooperation_url",), max_length=300),
    ),
    ("number",),
)  # fmt: skip


class OverseasHandler:
    """A register row is known by its name and its place in the file: a zone that is entered twice stays visible."""

    form = FORM

    def prepare(self, rows: Sequence[SheetRow], context: ImportContext) -> Plan:
        """Compare with what is on record, and review the file as a whole."""
        plan = Plan(work=[])
        held = {(row.number, row.name): row for row in OverseasEntry.objects.in_zone(context.zone)}
        for row in rows:
            told = {name: row.values.get(name) or "" for name in _TEXT} | {name: row.values.get(name) for name in _NUMBERS}
            known = held.get((row.number, row.values["name"]))
            if known is None:
                plan.created += 1
                plan.work.append(OverseasEntry(zone=context.zone, number=row.number, name=row.values["name"], **told))
            elif any(getattr(known, name) != value for name, value in told.items()):
                plan.updated += 1
                for name, value in told.items():
                    setattr(known, name, value)
                plan.work.append(known)
            else:
                plan.unchanged += 1
        for doubt in review([entry_of(row.number, row.values) for row in rows]).doubts:
            plan.findings.append(Finding(WARNED, doubt.code, doubt.message, doubt.number))
        return plan

    def land(self, plan: Plan, context: ImportContext) -> None:
        """Write the rows."""
        for row in plan.work:
            row.save()


def entry_of(number: int, values: dict) -> Entry:  # type: ignore[type-arg]
    """Return a row of the sheet as the review reads it."""
    return Entry(
        number, values["name"], values.get("area_km2"), values.get("area_text") or "", values.get("investment_yi"),
        values.get("investment_text") or "", values.get("latitude"), values.get("longitude"),
    )  # fmt: skip
