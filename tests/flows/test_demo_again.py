"""The demo made a second time leaves what is there, with what people changed; --fresh brings its own records in again."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db import transaction

from tests.flows.conftest import AT, CLERK
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import correct
from townwright.apps.incentives.models import Award
from townwright.frame.models import AuditEntry, ImportRun, RoleAssignment
from townwright.frame.roles import revoke_role
from townwright.site.cli.verbs import townwright


@pytest.fixture
def changed(demo, db):
    """A return of the demo town that a person corrected, and a role that was taken away."""
    with transaction.atomic():
        row = Filing.records.filter(zone=demo[0].zone, dataset="yearly-return", period="2016").order_by("pk").first()
        values = {name: None if value is None else Decimal(value) for name, value in row.values.items()}
        values["fiscal_contribution"] += 5_000_000
        correct(zone=demo[0].zone, filing_id=row.pk, version=row.version, values=values, reason="typing error", actor=CLERK, at=AT)
        revoke_role(zone=demo[0].zone, username="auditor", role="auditor", actor=CLERK, at=AT)
    return row, str(values["fiscal_contribution"])


def run(*words):
    done = CliRunner().invoke(townwright, ["demo", "--no-serve", *words, "--language", "en"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_a_second_run_leaves_what_a_person_changed(changed):
    row, fiscal = changed
    before = AuditEntry.records.count(), ImportRun.records.count(), Award.records.count(), RoleAssignment.records.count()
    told = run("--json")
    assert [one["kept"] for one in told] == [True, True]
    assert [one["imports"] for one in told] == [[], []]
    assert [one["revision"] for one in told] == [1, 1]
    row.refresh_from_db()
    assert row.values["fiscal_contribution"] == fiscal
    assert (AuditEntry.records.count(), ImportRun.records.count(), Award.records.count(), RoleAssignment.records.count()) == before
    said = run()
    assert "Left as it was, with what was changed in it since: yunqi, forest-city." in said
    assert "--fresh" in said


def test_fresh_brings_the_records_in_again(changed):
    row, fiscal = changed
    told = run("--fresh", "--json")
    assert [one["kept"] for one in told] == [False, False]
    row.refresh_from_db()
    assert row.values["fiscal_contribution"] != fiscal
    assert {one["verdict"] for one in told[0]["reconciliation"] if one["uid"] == "fiscal-2016"} == {"agrees after rounding"}


def test_a_making_that_was_cut_short_is_finished(demo, db, monkeypatch, tmp_path):
    from townwright.site.demo import build

    with transaction.atomic():
        ImportRun.records.filter(zone=demo[0].zone, dataset="alliance-members").update(landed=False)
        monkeypatch.setattr(build, "PERIOD", build.Period.of_year(2015))  # of which there is no close yet
        told = build.build_demo(home=tmp_path, tell=lambda _text: None)
        assert [one["dataset"] for one in told[0].imports] == ["alliance-members"]
        assert [one.kept for one in told] == [False, False]
        transaction.set_rollback(True)
