"""How many SQL queries each page costs: pinned for the demo, and the same for twelve firms as for twenty-four."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.baselines import compare
from tests.flows.conftest import AT, CLERK, DIRECTOR
from tests.flows.sheets import bring
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import correct
from townwright.apps.incentives.models import Assessment, Award
from townwright.apps.incentives.services import adopt_rulebook, decide_awards
from townwright.apps.indicators.services import load_claims
from townwright.apps.parties.models import MergeSuggestion, Party
from townwright.apps.snapshots.models import Snapshot
from townwright.apps.zones.domain import PublicFace
from townwright.apps.zones.services import open_zone, set_publication
from townwright.frame.models import AuditEntry
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged, read_text
from townwright.site.close import close_period
from townwright.site.demo.records import yunqi
from townwright.site.demo.workbooks import write_town

YEAR = Period.parse("2016")
FEW, TWICE = 12, 24
PAGES = {
    "report": lambda zone: reverse("report", args=[zone.code]),
    "report as a file": lambda zone: reverse("report", args=[zone.code]) + "?file=1",
    "firm list": lambda zone: reverse("firm-list", args=[zone.code]) + "?at=2016-12-31",
    "firm file": lambda zone: reverse("firm-file", args=[zone.code, _firm(zone)]) + "?at=2016-12-31",
    "people": lambda zone: reverse("people", args=[zone.code]),
    "merges": lambda zone: reverse("merges", args=[zone.code]),
    "filings": lambda zone: reverse("filing-inbox", args=[zone.code]) + "?dataset=yearly-return&period=2016",
    "not filed": lambda zone: reverse("not-filed", args=[zone.code]),
    "filing": lambda zone: reverse("filing", args=[zone.code, Filing.records.filter(zone=zone).order_by("pk").first().pk]),
    "policies": lambda zone: reverse("policy-list", args=[zone.code]),
    "policy": lambda zone: reverse("policy", args=[zone.code, "sample-rent-relief"]),
    "working": lambda zone: reverse("working", args=[zone.code, Assessment.records.filter(zone=zone).order_by("pk").first().pk]),
    "awards": lambda zone: reverse("awards", args=[zone.code]),
    "figure": lambda zone: reverse("figure", args=[zone.code, "firms"]),
    "claims": lambda zone: reverse("claims", args=[zone.code]),
    "snapshots": lambda zone: reverse("snapshots", args=[zone.code]),
    "overseas": lambda zone: reverse("overseas", args=[zone.code]),
    "import": lambda zone: reverse("import", args=[zone.code]),
    "close": lambda zone: reverse("close", args=[zone.code]),
    "audit": lambda zone: reverse("audit", args=[zone.code]),
    "board": lambda zone: reverse("board", args=[zone.code]),
    "board, a tile opened": lambda zone: reverse("board-open", args=[zone.code, "trend"]),
    "public site, edited": lambda zone: reverse("publishing", args=[zone.code]),
    "walls": lambda zone: reverse("walls", args=[zone.code]),
    "public home": lambda zone: reverse("public-home", args=[zone.code]),
    "public figure": lambda zone: reverse("public-figure", args=[zone.code, "firms"]),
    "public figures as data": lambda zone: reverse("public-figures-data", args=[zone.code]),
    "public policy": lambda zone: reverse("public-policy", args=[zone.code, "sample-rent-relief"]),
    "public calculator": lambda zone: reverse("public-calculator", args=[zone.code]),
}


def _firm(zone):
    return Party.records.filter(zone=zone, kind="firm").order_by("pk").first().key


def _client():
    client = Client()
    client.force_login(get_user_model().objects.get(username="director"))
    return client


def _queries(client, address):
    client.get(address)  # what is kept in memory between requests is not counted
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(captured)


def test_each_page_of_the_demo_costs_what_the_baseline_says(demo, db, pytestconfig):
    client = _client()
    compare("query_counts", {name: _queries(client, address(demo[0].zone)) for name, address in PAGES.items()}, pytestconfig)


def _grown(code, size, folder):
    """Open a town with the first so many of the demo's firms and all that hangs on them, each list twice as long for twice the firms."""
    zone = open_zone(
        code=code, name_zh=code, kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )
    whole = yunqi()
    firms = [row for row in whole.registry if row["left_on"] is None][:size]
    kept = {row["uscc"] for row in firms}
    town = replace(
        whole, registry=firms, returns={year: [row for row in rows if row["uscc"] in kept] for year, rows in whole.returns.items()},
        monthly=[], applications=[{**row, "name": firm["name"], "uscc": firm["uscc"]} for row, firm in zip(whole.applications, firms, strict=False)],
        alliance=[{**row, "name": firm["name"], "uscc": firm["uscc"]} for row, firm in zip(whole.alliance, firms, strict=False)],
    )  # fmt: skip
    for dataset, path, options in write_town(town, folder):
        assert bring(zone, path, dataset, options=options).landed, path
    for name, text in packaged("policies", "classifications").items():
        if name.startswith("policies/sample"):
            adopt_rulebook(zone=zone, text=text, source=name, actor=CLERK, at=AT)
    load_claims(zone=zone, text=read_text("claims/yunqi.yaml"), actor=CLERK, at=AT)
    close_period(zone=zone, period=YEAR, actor=CLERK, at=AT)
    face = PublicFace(("firms", "cloud_output"), ("sample-rent-relief", "sample-it-logistics"), "", {"zh": code, "en": code}, True)
    set_publication(zone=zone, published=True, face=face, actor=DIRECTOR, at=AT)
    waiting = Award.records.filter(zone=zone).order_by("pk").values_list("pk", flat=True)
    decide_awards(zone=zone, award_ids=list(waiting)[: size // 4], approve=True, actor=DIRECTOR, at=AT)
    for number in range(size // 4):
        row = Filing.records.filter(zone=zone, dataset="yearly-return", period="2016").order_by("pk")[number]
        values = {**row.values, "taxes": Decimal(row.values["taxes"]) + 1}
        correct(zone=zone, filing_id=row.pk, version=1, values=values, reason="recounted", actor=CLERK, at=AT)
        MergeSuggestion.records.create(
            zone=zone, kept=Party.records.filter(zone=zone).order_by("pk")[number], other=Party.records.filter(zone=zone).order_by("-pk")[number], score=90
        )  # fmt: skip
    close_period(zone=zone, period=YEAR, actor=CLERK, at=AT)
    return zone


@pytest.fixture(scope="module")
def towns(demo, django_db_blocker):
    """A small town and one of twice its size, both short enough for one page of every list."""
    folder = Path(settings.TOWNWRIGHT_HOME) / "demo"
    with django_db_blocker.unblock(), transaction.atomic():
        yield _grown("few", FEW, folder / "few"), _grown("twice", TWICE, folder / "twice")
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", PAGES)
def test_twice_the_rows_cost_no_query_more(towns, db, name):
    few, twice = towns
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    assert _queries(client, PAGES[name](twice)) == _queries(client, PAGES[name](few))


def test_the_second_town_really_has_twice_the_rows(towns, db):
    few, twice = towns
    for model in (Party, Filing, Assessment, MergeSuggestion):
        assert model.records.filter(zone=twice).count() >= 2 * model.records.filter(zone=few).count() - 1, model
    assert Award.records.filter(zone=twice).count() > Award.records.filter(zone=few).count()
    assert AuditEntry.records.filter(zone=twice).count() > AuditEntry.records.filter(zone=few).count()
    assert {Snapshot.records.filter(zone=zone).count() for zone in towns} == {2}
