"""A claim that was entered by mistake is withdrawn: it stays in the ledger as such, and is reconciled no more."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client

from tests.flows.conftest import AT, CLERK
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.models import Claim
from townwright.apps.indicators.services import (
    UnableToLoadClaims,
    UnableToWithdrawClaim,
    add_claim,
    load_claims,
    reconcile_claims,
    withdraw_claim,
)
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.models import AuditEntry
from townwright.frame.roles import grant_role
from townwright.rulebooks import read_text
from townwright.site.cli.verbs import townwright

ROW = {
    "uid": "rent-2016", "system": "S2", "label": {"zh": "租金", "en": "Rent"}, "value": "80.36", "bound": "exact", "unit": "亿元", "as_of": "2016", "quote": "80.36亿元",
    "source": "报", "step": None,
}  # fmt: skip


def run(*words, code=0):
    done = CliRunner().invoke(townwright, [*words, "--zone", "here", "--language", "en"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if "--json" in words else done.stdout if code == 0 else done.stderr


@pytest.fixture
def ledger(zone):
    """The published figures of Yunqi Town, reconciled at the close of 2016."""
    load_claims(zone=zone, text=read_text("claims/yunqi.yaml"), actor=CLERK, at=AT)
    run("close", "--period", "2016")
    return zone


def test_it_stays_in_the_ledger_and_is_left_out_of_the_verdicts(ledger):
    frozen = snapshots.latest(ledger, "2016")
    before = indicators.reconciliations(ledger, frozen).count()
    rows = withdraw_claim(zone=ledger, uid="fiscal-2016", reason="a misprint", actor=CLERK, at=AT)
    assert [row.uid for row in rows] == ["fiscal-2016", "fiscal-2016-base"], "the base year that was derived from it goes with it"
    told = {row.uid: row for row in indicators.claims(ledger)}
    assert (told["fiscal-2016"].withdrawn_why, told["fiscal-2016"].withdrawn_by, told["fiscal-2016"].withdrawn_at) == (
        "a misprint",
        CLERK.label,
        AT,
    )
    assert told["fiscal-growth-2016"].withdrawn_at is None
    assert indicators.reconciliations(ledger, frozen).count() == before - 2
    assert reconcile_claims(zone=ledger, snapshot=frozen, actor=CLERK, at=AT) == before - 2
    assert not [one for one in indicators.reconciliation_rows(ledger, frozen, "en") if one["uid"].startswith("fiscal-2016")]
    assert [row.uid for row in indicators.withdrawn(ledger)] == ["fiscal-2016", "fiscal-2016-base"]
    assert "fiscal-2016" not in [row.uid for row in indicators.unreconciled(ledger, None)]
    entry = AuditEntry.records.get(verb="indicators.claims.withdraw")
    assert (entry.reason, entry.new) == ("a misprint", {"claims": ["fiscal-2016", "fiscal-2016-base"]})


def test_a_conflict_with_a_withdrawn_statement_is_none(ledger):
    """逾4万人 and 近4万人 contradict each other until one of them is withdrawn."""
    frozen = snapshots.latest(ledger, "2016")
    for uid, value in (("claim-a", "100"), ("claim-b", "200")):
        add_claim(zone=ledger, row={**ROW, "uid": uid, "value": value, "unit": "firm", "subject": "the-same"}, actor=CLERK, at=AT)
    reconcile_claims(zone=ledger, snapshot=frozen, actor=CLERK, at=AT)
    verdicts = {one["uid"]: one["verdict"] for one in indicators.reconciliation_rows(ledger, frozen, "en")}
    assert verdicts["claim-a"] == verdicts["claim-b"] == "conflicts"
    withdraw_claim(zone=ledger, uid="claim-b", reason="of another town", actor=CLERK, at=AT)
    reconcile_claims(zone=ledger, snapshot=frozen, actor=CLERK, at=AT)
    verdicts = {one["uid"]: one["verdict"] for one in indicators.reconciliation_rows(ledger, frozen, "en")}
    assert ("claim-b" in verdicts, verdicts["claim-a"]) == (False, "cannot be measured here")


def test_refused_without_a_reason_and_done_once(ledger):
    for reason in ("", "  "):
        with pytest.raises(UnableToWithdrawClaim, match="Say why"):
            withdraw_claim(zone=ledger, uid="firms-2016", reason=reason, actor=CLERK, at=AT)
    with pytest.raises(indicators.UnknownClaim, match="Did you mean firms-2016"):
        withdraw_claim(zone=ledger, uid="firms-2015", reason="x", actor=CLERK, at=AT)
    for _time in range(2):
        withdraw_claim(zone=ledger, uid="firms-2016", reason="x", actor=CLERK, at=AT)
    assert AuditEntry.records.filter(verb="indicators.claims.withdraw").count() == 1
    assert load_claims(zone=ledger, text=read_text("claims/yunqi.yaml"), actor=CLERK, at=AT) == 0, (
        "loading a pack again brings nothing back"
    )
    assert Claim.records.get(uid="firms-2016").withdrawn_at is not None


def test_its_uid_is_not_used_again(zone):
    add_claim(zone=zone, row=ROW, actor=CLERK, at=AT)
    withdraw_claim(zone=zone, uid="rent-2016", reason="x", actor=CLERK, at=AT)
    with pytest.raises(UnableToLoadClaims, match=r"rent-2016 was withdrawn: x\. Give the new statement a uid"):
        add_claim(zone=zone, row=ROW, actor=CLERK, at=AT)
    assert indicators.free_uid(zone, "rent-2016") == "rent-2016-2"
    assert indicators.free_uid(zone, "other") == "other"


def test_a_figure_is_kept_in_base_units_with_what_was_printed(zone):
    row = add_claim(zone=zone, row=ROW, actor=CLERK, at=AT)
    assert (row.value, row.step, row.unit, row.printed) == (Decimal(8_036_000_000), Decimal(1_000_000), "CNY", "80.36 亿元")
    for part, words in (
        ({"unit": "furlong"}, "not a unit known here"),
        ({"value": "NaN"}, "no figure that can be kept"),
        ({"value": "1e30"}, "no figure that can be kept"),
        ({"value": "99999999999"}, "no figure"),
        ({"value": "about ten"}, "A claim tells"),
    ):
        with pytest.raises(UnableToLoadClaims, match=words):
            add_claim(zone=zone, row={**ROW, "uid": "rent-x", **part}, actor=CLERK, at=AT)
    assert Claim.records.count() == 1


def test_the_command_line_enters_withdraws_and_lists(zone):
    told = run(
        "claims",
        "add",
        "site-2016",
        "--label-zh",
        "用地",
        "--label-en",
        "Site",
        "--value",
        "3",
        "--unit",
        "万亩",
        "--as-of",
        "2016",
        "--quote",
        "3万亩",
        "--source",
        "报",
        "--json",
    )
    assert told == {"uid": "site-2016", "value": "20000000", "step": "6666666.666667", "unit": "m2", "printed": "3 万亩"}
    refused = run(
        "claims",
        "add",
        "x",
        "--label-zh",
        "x",
        "--label-en",
        "x",
        "--value",
        "3",
        "--unit",
        "furlong",
        "--as-of",
        "2016",
        "--quote",
        "x",
        "--source",
        "x",
        code=1,
    )
    assert "not a unit known here" in refused
    assert run("claims", "withdraw", "site-2016", "--reason", "twice the area", "--json")[0]["reason"] == "twice the area"
    assert [(one["uid"], one["withdrawn"]) for one in run("claims", "list", "--json")] == [("site-2016", "twice the area")]


@pytest.fixture
def pages(ledger):
    """A page of who may edit claims, and of who may only look."""
    found = {}
    for role in ("statistics", "auditor"):
        grant_role(zone=ledger, username=role, role=role, password="Long-enough-1", actor=CLERK, at=AT)
        found[role] = Client()
        found[role].force_login(get_user_model().objects.get(username=role))
    return found


def test_the_page_withdraws_and_shows_it(ledger, pages):
    pk = Claim.records.get(uid="firms-2016").pk
    address = f"/z/here/claims/{pk}/withdraw/"
    assert pages["auditor"].post(address, {"reason": "x"}).status_code == 403
    assert "claim-withdraw" not in pages["auditor"].get("/z/here/claims/").content.decode()
    assert Claim.records.get(pk=pk).withdrawn_at is None
    editor = pages["statistics"]
    assert address in editor.get("/z/here/claims/").content.decode()
    assert editor.post(address, {"reason": ""}).status_code == 200
    assert Claim.records.get(pk=pk).withdrawn_at is None
    done = editor.post(address, {"reason": "<b>wrong</b>"}, follow=True).content.decode()
    assert "&lt;b&gt;wrong&lt;/b&gt;" in done
    assert address not in done
    assert editor.get("/z/here/claims/999999/withdraw/").status_code == 404


def test_the_form_takes_the_unit_that_was_printed(ledger, pages):
    told = {
        "label_zh": "涉云产值", "label_en": "Cloud output told again", "quote": "80.36亿元", "value": "80.36", "unit": "亿CNY", "bound": "exact", "as_of": "2016",
        "source": "报", "step": "",
    }  # fmt: skip
    for _time in range(2):  # the second time after the first was withdrawn: it gets a code of its own
        assert pages["statistics"].post("/z/here/claims/new/", told).status_code == 302
        row = Claim.records.filter(withdrawn_at=None).latest("pk")
        assert (row.value, row.step, row.unit) == (8_036_000_000, 1_000_000, "CNY")
        withdraw_claim(zone=ledger, uid=row.uid, reason="x", actor=CLERK, at=AT)
    assert row.uid == "cloud-output-told-again-2016-2"
