"""An invented town of any size, made with the verbs of the product, and the addresses that are measured in it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, decide_awards
from townwright.apps.parties import selectors as parties
from townwright.apps.zones.domain import PublicFace
from townwright.apps.zones.selectors import zones
from townwright.apps.zones.services import open_zone, set_publication
from townwright.frame.actors import Actor
from townwright.frame.models import RoleAssignment
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged
from townwright.site.close import close_period
from townwright.site.datasets import handler_for
from townwright.site.demo.records import Town, yunqi
from townwright.site.demo.workbooks import REGISTRY, write_town

AT = datetime(2017, 1, 20, 1, 0, tzinfo=UTC)
CLERK, DIRECTOR = Actor("job:bench-clerk", "Bench clerk"), Actor("job:bench-director", "Bench director")
TIME_ZONE = "Asia/Shanghai"
# The records of the demo come in lots of so many firms.
LOT = 510
RETURNS_OF = 20  # one firm in so many files a return
RULEBOOK = "sample-it-logistics"
VARIANTS = 40
# What a visitor tells the calculator; the spending differs from one to the next.
SPENT = "support_application.it_spend"
ANSWERS = {"year": "2016", "firm.present": "yes", "support_application.logistics_spend": "50000"}
_STREETS = ("云栖路", "转塘街道", "科海路", "象山路", "鸡山路", "石龙山街", "飞天路", "梦泉路")
_SCOPE = "技术开发、技术服务、技术咨询、成果转让：{trade}、计算机软硬件、网络信息技术；服务：承办会展、企业管理咨询、设计制作国内广告；批发、零售：计算机软硬件、电子产品、通信设备；货物及技术进出口。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
_PLAIN = (("住所", "address"), ("经营范围", "business_scope"))


def records(firms: int, seed: int) -> Town:
    """Return the records of a town: so many firms, one in twenty with its return and application for the year."""
    whole = yunqi(-(-firms // LOT), seed)
    registry = whole.registry[-firms:]
    for number, row in enumerate(registry):
        row["address"] = (
            f"浙江省杭州市西湖区{_STREETS[number % len(_STREETS)]}{number % 700 + 1}号{number % 9 + 1}幢{number % 23 + 1}{number % 30:02d}室"
        )
        row["business_scope"] = _SCOPE.format(trade=row["name"][-8:-4])
    kept = {row["uscc"] for row in registry[::RETURNS_OF]}
    few = {year: [row for row in rows if row["uscc"] in kept] for year, rows in whole.returns.items() if year == 2016}
    applications = [row for row in whole.applications if row["uscc"] in kept]
    return replace(whole, registry=registry, returns=few, applications=applications, monthly=[], alliance=[])


def build(firms: int, seed: int) -> Any:
    """Make the town, or go on with one that was made; its last step is the sign-in, which says that it is whole."""
    code = f"bench-{firms}-{seed}"
    zone = next((one for one in zones() if one.code == code), None)
    if zone is not None and get_user_model().objects.filter(username=code).exists():
        return zone
    zone = zone or open_zone(code=code, name_zh="测量小镇", name_en="Bench Town", kind="innovation_town", country="CN", place="浙江杭州",
                             currency="CNY", time_zone=TIME_ZONE, sample=True, actor=CLERK, at=AT)  # fmt: skip
    folder = Path(settings.TOWNWRIGHT_HOME) / "bench" / code
    town = records(firms, seed)
    for dataset, path, options in write_town(town, folder):
        if dataset == "registry":
            _register(path, town.registry)
        report = run_import(path, dataset=dataset, handler=handler_for(dataset, zone), zone=zone, actor=CLERK, at=AT, options=options)
        if not report.landed:
            raise RuntimeError(f"{path.name} did not land: {[one.as_dict() for one in report.findings[:5]]}")
    for name, text in packaged("policies", "classifications").items():
        if Path(name).stem in (RULEBOOK, "size-class"):
            adopt_rulebook(zone=zone, text=text, source=name, actor=CLERK, at=AT)
    close_period(zone=zone, period=Period.of_year(2016), actor=CLERK, at=AT)
    waiting = list(incentives.awards(zone, status="proposed").order_by("pk").values_list("pk", flat=True))
    if waiting:
        decide_awards(zone=zone, award_ids=waiting[::2], approve=True, actor=DIRECTOR, at=AT)
    face = PublicFace(figures=("firms",), policies=(RULEBOOK,), intro={"zh": zone.name_zh, "en": zone.name_en})
    set_publication(zone=zone, published=True, face=face, actor=DIRECTOR, at=AT)
    user = get_user_model().objects.create_user(code)
    RoleAssignment.records.create(zone=zone, user=user, role="director")
    return zone


def _register(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the register with addresses and business scopes: real rows are wide, and a narrow one is read faster."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([header for header, _key in (*REGISTRY, *_PLAIN)])
        for row in rows:
            told = {**row, "tags": "；".join(row["tags"]), "sample": "是"}
            writer.writerow(["" if told.get(key) is None else told[key] for _header, key in (*REGISTRY, *_PLAIN)])


def sign_in(zone: Any) -> str:
    """Return the key of a session of the town's director."""
    user = get_user_model().objects.get(username=zone.code)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def addresses(zone: Any, seed: int) -> dict[str, list[str]]:
    """Return the addresses that are measured, by what they are called; several of a kind are asked in turn."""
    count = parties.firm_rows(zone, at=AT.date()).count()
    step = max(1, count // VARIANTS)
    some = list(parties.firm_rows(zone, at=AT.date())[::step][:VARIANTS])
    firms, search = reverse("firm-list", args=[zone.code]), reverse("search", args=[zone.code])
    last = max(1, -(-count // 50))
    bare = [one.name.removeprefix("示例·") for one in some]
    found = {
        "firms": [firms], "firms, by part of a name": [f"{firms}?q={one[:2]}" for one in bare],
        "firms, by code": [f"{firms}?q={one.uscc}" for one in some], "firms, by tag": [f"{firms}?tag=cloud"],
        "firms, by section": [f"{firms}?section={one}" for one in "IMC"], "firms, present": [f"{firms}?status=present"],
        "firms, left": [f"{firms}?status=left"],
        "firms, page 500": [f"{firms}?page={min(500, last)}"],
    }  # fmt: skip
    for column in SORTED:
        found[f"firms, sorted by {column}"] = [
            f"{firms}?col=name&col={column}&sort={column}",
            f"{firms}?col=name&col={column}&sort=-{column}",
        ]
    found["firm file"] = [reverse("firm-file", args=[zone.code, one.key]) for one in some]
    found["search, whole name"] = [f"{search}?q={one.name}" for one in some]
    found["search, part of a name"] = [f"{search}?q={one[:2]}" for one in bare]
    found["search, code"] = [f"{search}?q={one.uscc}" for one in some]
    found["search, initials"] = [f"{search}?q={one.name_initials[2:7]}" for one in some]
    found["board"], found["public site"] = [reverse("board", args=[zone.code])], [reverse("public-home", args=[zone.code])]
    found["policy calculator"] = [
        f"{reverse('public-calculator', args=[zone.code])} {urlencode(ANSWERS | {SPENT: 10_000 * one})}" for one in range(1, VARIANTS)
    ]
    return found


SORTED = ("key", "name", "name_en", "uscc", "industry", "arrived_on", "left_on", "present", "registered_on", "address")


def main(firms: int, seed: int) -> None:
    """Make the town and print what the load needs, as one JSON object."""
    zone = build(firms, seed)
    told = {
        "zone": zone.code,
        "pk": zone.pk,
        "session": sign_in(zone),
        "cookie": settings.SESSION_COOKIE_NAME,
        "pages": addresses(zone, seed),
    }
    print(json.dumps(told))
