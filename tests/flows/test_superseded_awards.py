"""A second close of a year withdraws proposals that its assessments differ from, and says where approved awards differ."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.flows.conftest import AT, CLERK, DIRECTOR
from tests.flows.test_rejected_awards import PERIOD, SECOND, award, close, closed, decide  # noqa: F401
from townwright.apps.filings.services import correct
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Award, PolicyBudget
from townwright.apps.incentives.services import UnableToAward, assess, decide_award
from townwright.apps.parties.models import Party
from townwright.apps.snapshots.services import freeze
from townwright.frame.models import RoleAssignment
from townwright.site.report import render_html, report_data


def recount(zone, name, paid, version=1):
    row = Party.records.get(name=name).filings.get()
    correct(zone=zone, filing_id=row.pk, version=version, values={"rent_paid": Decimal(paid)}, reason="recounted", actor=CLERK, at=AT)


def rows(name):
    found = Award.records.filter(party_name=name).order_by("pk")
    return list(found.values_list("status", "eligible_amount", "granted_amount"))


def test_a_proposal_of_another_amount_is_superseded_and_proposed_anew(closed):  # noqa: F811
    recount(closed, "甲", 40)
    again = close(closed, SECOND)
    assert (again.snapshot.revision, again.proposed) == (2, 1)
    # Of 100 the other firm's proposal holds 50: all of the 40 is left.
    assert rows("甲") == [("superseded", 80, 50), ("proposed", 40, 40)]
    assert rows("乙") == [("proposed", 80, 50)]
    old = Award.records.get(status="superseded")
    assert old.superseded["en"] == "Proposed on an eligible amount of 80.00; the newest assessment finds: 40.00"
    assert set(old.superseded) == {"zh", "en"}
    assert (old.decided_by, old.decided_at) == ("", None)
    assert close(closed, SECOND).proposed == 0
    assert Award.records.count() == 3
    with pytest.raises(UnableToAward, match="was superseded"):
        decide_award(zone=closed, award_id=old.pk, approve=True, actor=DIRECTOR, at=AT)
    with pytest.raises(UnableToAward, match="another person"):
        decide(closed, "甲", approve=True, actor=SECOND)
    decide(closed, "甲", approve=True)
    decide(closed, "乙", approve=True)
    assert PolicyBudget.records.get().approved == 90


def test_a_proposal_of_who_is_no_longer_eligible_is_superseded_only(closed):  # noqa: F811
    recount(closed, "甲", 0)
    assert close(closed).proposed == 0
    assert rows("甲") == [("superseded", 80, 50)]
    assert [one.party_name for one in incentives.awards(closed)] == ["乙"]
    assert [one.party_name for one in incentives.awards(closed, status="superseded")] == ["甲"]
    assert incentives.firm_assessments(closed, Party.records.get(name="甲").key)[0].award is None
    # What it held of the purse is free for who is eligible later.
    recount(closed, "甲", 30, version=2)
    assert close(closed).proposed == 1
    assert rows("甲") == [("superseded", 80, 50), ("proposed", 30, 30)]


def test_an_award_is_not_approved_against_a_newer_assessment(closed):  # noqa: F811
    recount(closed, "甲", 0)
    frozen = freeze(zone=closed, period=PERIOD, actor=CLERK, at=AT)
    decide(closed, "乙", approve=True)  # Frozen but not assessed yet: nothing newer is known.
    assess(zone=closed, snapshot=frozen, rulebook=incentives.rulebook(closed, "rent"), actor=CLERK, at=AT)
    with pytest.raises(UnableToAward, match=r"甲: .*eligible amount of 80\.00; the newest assessment finds: Not eligible"):
        decide(closed, "甲", approve=True)
    assert (award("甲").status, PolicyBudget.records.get().approved) == ("proposed", 50)
    decide(closed, "甲", approve=False)


def test_an_approved_award_stays_and_is_flagged(closed):  # noqa: F811
    decide(closed, "甲", approve=True)
    decide(closed, "乙", approve=True)
    recount(closed, "甲", 0)
    second = close(closed)
    assert second.proposed == 0
    told = {one.party_name: one.changed for one in incentives.tell_changes(closed, incentives.awards(closed))}
    assert told["乙"] is None
    assert told["甲"]["en"] == "Approved on an eligible amount of 80.00; the newest assessment finds: Not eligible"
    assert [one.party_name for one in incentives.changed_awards(closed, second.snapshot)] == ["甲"]
    assert incentives.firm_assessments(closed, award("甲").party_key)[0].award.changed == told["甲"]


def test_the_report_of_any_revision_counts_the_awards_of_the_year(closed):  # noqa: F811
    decide(closed, "乙", approve=True)
    recount(closed, "甲", 40)
    second = close(closed)
    found = {one["status"]: (one["firms"], one["eligible"], one["granted"]) for one in incentives.award_totals(closed, second.snapshot)}
    assert found == {"approved": (1, 80, 50), "proposed": (1, 40, 40)}
    recount(closed, "乙", 0)
    third = close(closed)
    data = report_data(closed, third.snapshot, "en")
    assert [(one["status"], Decimal(one["granted"])) for one in data["awards"]] == [("approved", 50), ("proposed", 40)]
    assert [(one["firm"], one["granted"]) for one in data["awards_changed"]] == [("乙", "50.00")]
    assert "the newest assessment finds: Not eligible" in render_html(closed, third.snapshot, "en")


def test_the_page_searches_sums_flags_and_exports(closed, client, django_user_model):  # noqa: F811
    decide(closed, "甲", approve=True)
    recount(closed, "甲", 0)
    recount(closed, "乙", 40)
    close(closed)
    client.force_login(django_user_model.objects.create_superuser("root"))
    address = reverse("awards", args=[closed.code])

    def text(language="en", **asked):
        return client.get(address, asked, headers={"accept-language": language}).content.decode()

    page = client.get(address)
    # 甲 is approved at 50; 乙, superseded at 50, is proposed anew at 40.
    assert [(one["status"], one["firms"], one["granted"]) for one in page.context["sums"]] == [("proposed", 1, 40), ("approved", 1, 50)]
    assert "the newest assessment finds: Not eligible" in text()
    assert "data-select-all" in text()
    assert [one.party_name for one in client.get(address, {"q": "乙"}).context["table"].data] == ["乙"]
    assert [one["granted"] for one in client.get(address, {"q": "乙"}).context["sums"]] == [40]
    assert "Proposed on an eligible amount of 80.00; the newest assessment finds: 40.00" in text(status="superseded")
    lines = list(csv.DictReader(io.StringIO(text(export="csv").lstrip("\ufeff"))))
    # A file is headed in the reader's language.
    assert [(one["Firm"], one["Granted amount"], one["The newest assessment differs"]) for one in lines] == [
        ("甲", "50.00", "Approved on an eligible amount of 80.00; the newest assessment finds: Not eligible"),
        ("乙", "40.00", ""),
    ]
    assert "Approved, but the newest assessment differs" in client.get(reverse("report", args=[closed.code])).content.decode()
    firm = client.get(reverse("firm-file", args=[closed.code, award("甲").party_key])).content.decode()
    assert "the newest assessment finds: Not eligible" in firm
    policy = django_user_model.objects.create_user("policy")
    RoleAssignment.records.create(zone=closed, user=policy, role="policy")
    client.force_login(policy)
    assert [client.get(address, asked).status_code for asked in ({}, {"export": "csv"})] == [200, 403]
