"""Making the demo: zones, workbooks, imports, rulebooks, claims, the close, sample sign-ins."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, decide_awards
from townwright.apps.indicators.services import load_claims
from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor
from townwright.frame.models import RoleAssignment
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged, read_text
from townwright.site.close import CloseReport, close_period, peak_mb
from townwright.site.datasets import handler_for
from townwright.site.demo.publishing import publish_sample
from townwright.site.demo.records import forest_city, yunqi
from townwright.site.demo.workbooks import write_town

# The demo happened at one instant, so that its records are the same whenever it is made.
AT = datetime(2017, 1, 20, 1, 0, tzinfo=UTC)
PERIOD = Period.of_year(2016)
PASSWORD = "townwright-demo"  # noqa: S105 - printed for whoever runs the demo, on a data directory of samples
ROLES = ("director", "registrar", "policy", "statistics", "auditor")
# The rules of other places ship with the package, but the demo town adopts only samples and what holds everywhere.
ADOPTED = ("sample-", "wuchang-makerspace-rent", "size-class", "high-tech-test")
CLERK, DIRECTOR = Actor("job:demo-clerk", "Demo clerk"), Actor("job:demo-director", "Demo director")
Tell = Callable[[str], None]


class UnableToBuildDemo(RuntimeError):
    """A demo workbook did not land: says which, and what was found."""


@dataclass(frozen=True, slots=True)
class Built:
    """A demo town as it stands after its close."""

    zone: Any
    close: CloseReport
    imports: list[dict[str, Any]]


def build_demo(*, home: Path, tell: Tell, scale: int = 1) -> list[Built]:
    """Make both towns; made again, nothing changes."""
    town = open_zone(
        code="yunqi", name_zh="云栖小镇（示例）", name_en="Yunqi Town (sample)", kind="innovation_town", country="CN", place="浙江杭州", currency="CNY",
        time_zone="Asia/Shanghai", latitude=Decimal("30.137"), longitude=Decimal("120.083"), sample=True, actor=CLERK, at=AT,
    )  # fmt: skip
    abroad = open_zone(
        code="forest-city", name_zh="森林城市（示例）", name_en="Forest City (sample)", kind="new_city", country="MY", place="Johor Bahru", currency="MYR",
        time_zone="Asia/Kuala_Lumpur", language="en", area_m2=Decimal("19800000"), latitude=Decimal("1.335"),
        longitude=Decimal("103.592"), sample=True, actor=CLERK, at=AT,
    )  # fmt: skip
    built = [
        _town(town, write_town(yunqi(scale), home / "demo" / "yunqi"), "claims/yunqi.yaml", tell, policies=True),
        _town(abroad, write_town(forest_city(), home / "demo" / "forest-city"), "claims/forest-city.yaml", tell, policies=False),
    ]
    for zone in (town, abroad):
        publish_sample(zone=zone, actor=DIRECTOR, at=AT)
    people([town, abroad])
    return built


def _town(zone: Any, files: list[tuple[str, Path, dict[str, Any]]], claims: str, tell: Tell, *, policies: bool) -> Built:
    imports = []
    for dataset, path, options in files:
        tell(f"{zone.code}: import {path.name}")
        begun = time.perf_counter()
        report = run_import(path, dataset=dataset, handler=handler_for(dataset, zone), zone=zone, actor=CLERK, at=AT, options=options)
        if not report.landed:
            raise UnableToBuildDemo(f"{path.name}: {[finding.as_dict() for finding in report.findings[:5]]}")
        seconds = round(time.perf_counter() - begun, 3)
        imports.append({"dataset": dataset, "file": path.name, **report.counts, "seconds": seconds, "peak_mb": peak_mb()})
    if policies:
        for name, text in packaged("policies", "classifications").items():
            if Path(name).stem.startswith(ADOPTED):
                adopt_rulebook(zone=zone, text=text, source=name, actor=CLERK, at=AT)
    load_claims(zone=zone, text=read_text(claims), actor=CLERK, at=AT)
    report = close_period(zone=zone, period=PERIOD, actor=CLERK, at=AT, progress=lambda _done, _total, step: tell(f"{zone.code}: {step}"))
    waiting = list(incentives.awards(zone, status="proposed", policy="sample-it-logistics").values_list("pk", flat=True))
    if waiting:
        decide_awards(zone=zone, award_ids=waiting, approve=True, actor=DIRECTOR, at=AT)
    return Built(zone, report, imports)


def people(zones: list[Any]) -> None:
    """Give the demo a sign-in for each of the roles that close a period."""
    users = get_user_model()
    for role in ROLES:
        user, made = users.objects.get_or_create(username=role, defaults={"first_name": role.capitalize()})
        if made:
            user.set_password(PASSWORD)
            user.save()
        for zone in zones:
            RoleAssignment.records.get_or_create(zone=zone, user=user, role=role)
