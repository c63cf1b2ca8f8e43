"""Making the demo: zones, workbooks, imports, rulebooks, claims, the close, sample sign-ins."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, decide_awards
from townwright.apps.indicators.services import load_claims
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.selectors import zones
from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor
from townwright.frame.models import ImportRun, RoleAssignment
from townwright.frame.permissions import DELEGATE, rights
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged, read_text
from townwright.site.close import CloseReport, close_period, peak_mb
from townwright.site.datasets import handler_for
from townwright.site.demo.publishing import publish_sample
from townwright.site.demo.records import forest_city, yunqi
from townwright.site.demo.workbooks import write_town
from townwright.site.steps import step_name

# The demo happened at one instant, so that its records are the same whenever it is made.
AT = datetime(2017, 1, 20, 1, 0, tzinfo=UTC)
PERIOD = Period.of_year(2016)
PASSWORD = "townwright-demo"  # noqa: S105 - printed for whoever runs the demo, on a data directory of samples
ROLES = ("director", "registrar", "policy", "statistics", "auditor")
# The rules of other places ship with the package, but the demo town adopts only samples and what holds everywhere.
ADOPTED = ("sample-", "wuchang-makerspace-rent", "size-class", "high-tech-test")
TOWN = {
    "code": "yunqi", "name_zh": "云栖小镇（示例）", "name_en": "Yunqi Town (sample)", "kind": "innovation_town", "country": "CN", "place": "浙江杭州",
    "currency": "CNY", "time_zone": "Asia/Shanghai", "latitude": Decimal("30.137"), "longitude": Decimal("120.083"),
}  # fmt: skip
ABROAD = {
    "code": "forest-city", "name_zh": "森林城市（示例）", "name_en": "Forest City (sample)", "kind": "new_city", "country": "MY", "place": "Johor Bahru",
    "currency": "MYR", "time_zone": "Asia/Kuala_Lumpur", "language": "en", "area_m2": Decimal("19800000"),
    "latitude": Decimal("1.335"), "longitude": Decimal("103.592"),
}  # fmt: skip
CLERK, DIRECTOR = Actor("job:demo-clerk", "Demo clerk"), Actor("job:demo-director", "Demo director")
Tell = Callable[[str], None]


class UnableToBuildDemo(RuntimeError):
    """A demo workbook did not land: says which, and what was found."""


@dataclass(frozen=True, slots=True)
class Built:
    """A demo town as it stands after its close; ``kept``: it was there, and was left as it was."""

    zone: Any
    close: CloseReport
    imports: list[dict[str, Any]]
    kept: bool = False


def build_demo(*, home: Path, tell: Tell, scale: int = 1, fresh: bool = False) -> list[Built]:
    """Make both towns. One that is there is left as it is, with what people changed in it since.

    A town whose making was cut short is finished: files that had landed are not brought in again. ``fresh`` brings all
    records in again, over what was changed, and closes the year anew.
    """
    return [
        _town(TOWN, lambda: write_town(yunqi(scale), home / "demo" / "yunqi"), "claims/yunqi.yaml", tell, policies=True, fresh=fresh),
        _town(ABROAD, lambda: write_town(forest_city(), home / "demo" / "forest-city"), "claims/forest-city.yaml", tell, policies=False, fresh=fresh),
    ]  # fmt: skip


def _town(
    told: Mapping[str, Any], files: Callable[[], list[tuple[str, Path, dict[str, Any]]]], claims: str, tell: Tell, *, policies: bool, fresh: bool
) -> Built:  # fmt: skip
    there = next((one for one in zones() if one.code == told["code"]), None)
    closed = None if there is None else snapshots.snapshots(there).filter(period=str(PERIOD)).first()
    if closed is not None and not fresh:
        tell(_("%(zone)s is there and is left as it is") % {"zone": told["code"]})
        return Built(there, CloseReport(there.code, str(PERIOD), snapshot=closed), [], kept=True)
    zone = there if there is not None and not fresh else open_zone(**told, sample=True, actor=CLERK, at=AT)
    imports = _records(zone, files(), tell, fresh=fresh)
    if policies:
        for name, text in packaged("policies", "classifications").items():
            if Path(name).stem.startswith(ADOPTED):
                adopt_rulebook(zone=zone, text=text, source=name, actor=CLERK, at=AT)
    load_claims(zone=zone, text=read_text(claims), actor=CLERK, at=AT)
    people(zone)
    report = close_period(
        zone=zone, period=PERIOD, actor=CLERK, at=AT, progress=lambda _done, _total, step: tell(f"{zone.code}: {step_name(step)}")
    )
    waiting = list(incentives.awards(zone, status="proposed", policy="sample-it-logistics").values_list("pk", flat=True))
    if waiting:
        decide_awards(zone=zone, award_ids=waiting, approve=True, actor=DIRECTOR, at=AT)
        firm_delegate(zone, min(incentives.awards(zone, policy="sample-it-logistics").values_list("party_key", flat=True)))
    publish_sample(zone=zone, actor=DIRECTOR, at=AT)
    return Built(zone, report, imports)


def _records(zone: Any, files: list[tuple[str, Path, dict[str, Any]]], tell: Tell, *, fresh: bool) -> list[dict[str, Any]]:
    """Bring in the workbooks that have not landed yet (``fresh``: all of them); return what each counted.

    Raises:
        UnableToBuildDemo: a workbook did not land.
    """
    landed = set(ImportRun.objects.in_zone(zone).filter(landed=True).values_list("dataset", "file_name"))
    imports = []
    for dataset, path, options in files:
        if (dataset, path.name) in landed and not fresh:
            continue
        tell(_("%(zone)s: import %(file)s") % {"zone": zone.code, "file": path.name})
        begun = time.perf_counter()
        report = run_import(path, dataset=dataset, handler=handler_for(dataset, zone), zone=zone, actor=CLERK, at=AT, options=options)
        if not report.landed:
            raise UnableToBuildDemo(f"{path.name}: {[finding.as_dict() for finding in report.findings[:5]]}")
        seconds = round(time.perf_counter() - begun, 3)
        imports.append({"dataset": dataset, "file": path.name, **report.counts, "seconds": seconds, "peak_mb": peak_mb()})
    return imports


def people(zone: Any) -> None:
    """Give a demo town a sign-in for each of the roles that close a period."""
    users = get_user_model()
    for role in ROLES:
        user, made = users.objects.get_or_create(username=role, defaults={"first_name": role.capitalize()})
        if made:
            user.set_password(PASSWORD)
            user.save()
        RoleAssignment.records.get_or_create(zone=zone, user=user, role=role)


def firm_delegate(zone: Any, party_key: str) -> None:
    """Give an invented firm of the demo town a delegate with every right."""
    user, made = get_user_model().objects.get_or_create(username=DELEGATE, defaults={"first_name": "Delegate"})
    if made:
        user.set_password(PASSWORD)
        user.save()
    RoleAssignment.records.get_or_create(zone=zone, user=user, role=DELEGATE, party_key=party_key, defaults={"rights": list(rights())})
