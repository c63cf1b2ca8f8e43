"""The policy workbench: written, checked while typed, compared over a closed year, published by a second person."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK, DIRECTOR
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import RulebookDraft
from townwright.apps.incentives.services import (
    DraftChanged,
    UnableToAdoptRulebook,
    UnableToDraft,
    begin_draft,
    decide_draft,
    drop_draft,
    save_draft,
    submit_draft,
)
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.kernel.formula.skeleton import skeleton
from townwright.rulebooks import read_text

pytestmark = pytest.mark.django_db
RELIEF = read_text("policies/sample-rent-relief.yaml")
# The next version: 60 % of the rent from 2017 on, and three cases fewer that speak of other years.
NEXT = RELIEF.replace('version: "2015-1"', 'version: "2017-1"').replace("in_force: {from: 2015-01-01", "in_force: {from: 2017-01-01")
CASES = NEXT.index("cases:")
NEXT = (
    NEXT[:CASES].replace("2016-01-01: 0.5}", "2016-01-01: 0.5, 2017-01-01: 0.6}")
    + """cases:
  - name: "60 % of 100,000"
    period: "2017"
    data:
      firm: [{key: a, present: true}]
      support_application: [{firm: a, period: "2017", year: 2017, rent_paid: 100000}]
    expect: {firm: {a: {eligible: true, amount: 60000}}}
"""
)


def _begin(zone, text=NEXT):
    return begin_draft(zone=zone, text=text, actor=CLERK, at=AT)


def _client(zone, role, name=""):
    user = get_user_model().objects.create_user(f"wb-{role}{name}", password="x")
    RoleAssignment.records.create(zone=zone, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def test_a_draft_is_written_submitted_and_published_by_another_person(zone):
    row = _begin(zone)
    row = save_draft(zone=zone, pk=row.pk, text=NEXT + "\n", revision=1, actor=CLERK, at=AT)
    assert (row.revision, row.code, [one.revision for one in incentives.history(row)]) == (2, "sample-rent-relief", [1])
    row = submit_draft(zone=zone, pk=row.pk, revision=2, actor=CLERK, at=AT)
    with pytest.raises(UnableToDraft, match="another person must decide"):
        decide_draft(zone=zone, pk=row.pk, revision=2, publish=True, actor=CLERK, at=AT)
    row = decide_draft(zone=zone, pk=row.pk, revision=2, publish=True, actor=DIRECTOR, at=AT)
    adopted = incentives.rulebook(zone, "sample-rent-relief")
    assert (row.status, row.published, adopted.version, adopted.text) == ("published", adopted, "2017-1", NEXT + "\n")
    verbs = list(AuditEntry.objects.in_zone(zone).filter(verb__startswith="incentives.").order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "incentives.draft.begin", "incentives.draft.save", "incentives.draft.submit", "incentives.rulebook.adopt", "incentives.draft.decide",
    ]  # fmt: skip
    with pytest.raises(UnableToDraft, match="closed"):
        save_draft(zone=zone, pk=row.pk, text="x", revision=2, actor=CLERK, at=AT)


def test_the_database_holds_two_persons_too(zone):
    row = _begin(zone)
    with pytest.raises(IntegrityError), transaction.atomic():
        RulebookDraft.records.filter(pk=row.pk).update(status="published", submitted_by="x", decided_by="x")


def test_who_began_from_an_older_text_is_told_who_saved_meanwhile_and_loses_nothing(zone):
    row = _begin(zone)
    save_draft(zone=zone, pk=row.pk, text=NEXT + "# theirs\n", revision=1, actor=DIRECTOR, at=AT)
    with pytest.raises(DraftChanged, match="Director saved this draft"):
        save_draft(zone=zone, pk=row.pk, text=NEXT + "# mine\n", revision=1, actor=CLERK, at=AT)
    client = _client(zone, "policy")
    told = client.post(reverse("draft", args=[zone.code, row.pk]), {"do": "save", "revision": "1", "text": NEXT + "# mine & <b>\n"})
    page = told.content.decode()
    assert told.status_code == 409
    assert "# mine &amp; &lt;b&gt;" in page and "-# theirs" in page and 'name="revision" value="2"' in page


def test_what_does_not_check_or_has_no_case_is_not_submitted(zone):
    broken = _begin(zone, NEXT.replace("rent_paid * :share", "rent_payed * :share"))
    with pytest.raises(UnableToAdoptRulebook, match="rent_paid"):
        submit_draft(zone=zone, pk=broken.pk, revision=1, actor=CLERK, at=AT)
    wrong = _begin(zone, NEXT.replace("amount: 60000", "amount: 60001"))
    with pytest.raises(UnableToAdoptRulebook, match="60"):
        submit_draft(zone=zone, pk=wrong.pk, revision=1, actor=CLERK, at=AT)
    bare = _begin(zone, NEXT[: NEXT.index("cases:")])
    with pytest.raises(UnableToDraft, match="no case"):
        submit_draft(zone=zone, pk=bare.pk, revision=1, actor=CLERK, at=AT)


def test_a_draft_goes_back_with_a_reason_and_a_dropped_one_is_kept(zone):
    row = _begin(zone)
    submit_draft(zone=zone, pk=row.pk, revision=1, actor=CLERK, at=AT)
    with pytest.raises(UnableToDraft, match="Say what"):
        decide_draft(zone=zone, pk=row.pk, revision=1, publish=False, actor=DIRECTOR, at=AT)
    row = decide_draft(zone=zone, pk=row.pk, revision=1, publish=False, reason="Name the cap.", actor=DIRECTOR, at=AT)
    assert (row.status, row.reason) == ("draft", "Name the cap.")
    drop_draft(zone=zone, pk=row.pk, revision=1, actor=CLERK, at=AT)
    assert list(incentives.drafts(zone)) == []
    assert [one.pk for one in incentives.drafts(zone, status="dropped")] == [row.pk]


def test_a_text_is_checked_as_it_is_typed_and_nothing_is_saved(zone):
    client, address = _client(zone, "policy"), reverse("draft-check", args=[zone.code])
    for text, said in (
        (NEXT.replace("rent_paid * :share", "rent_payed * :share"), "rent_payed"),
        (NEXT.replace("rent_paid * :share", "rent_paid + :share"), "ratio"),
        (NEXT.replace("rent_paid * :share", "relief * :share"), "relief"),
        (NEXT.replace("rent_paid * :share", "rent_paid * :shares"), ":share"),
        ("rulebook: [", "YAML"),
        ("", "line 1"),
    ):
        page = client.post(address, {"text": text}).content.decode()
        assert said in page and "badge bg-red-lt" in page, text[:40]
    good = client.post(address, {"text": NEXT}).content.decode()
    assert "Cases: 1 of 1 pass" in good
    assert "at most" in client.post(address, {"text": "x" * 400_001}).content.decode()
    assert RulebookDraft.records.count() == 0


def test_the_page_says_with_which_version_a_draft_collides(zone):
    row = _begin(zone)
    submit_draft(zone=zone, pk=row.pk, revision=1, actor=CLERK, at=AT)
    decide_draft(zone=zone, pk=row.pk, revision=1, publish=True, actor=DIRECTOR, at=AT)
    page = _client(zone, "policy").post(reverse("draft-check", args=[zone.code]), {"text": NEXT + "# more\n"}).content.decode()
    assert "adopted with another text" in page


def test_what_a_version_would_change_over_a_closed_year(demo):
    """60 % instead of 50 %: who paid rent gets a fifth more, up to the cap of 300,000."""
    zone = demo[0].zone
    frozen, old = demo[0].close.snapshot, incentives.book_of(incentives.rulebook(zone, "sample-rent-relief"))
    told = incentives.compared(frozen, old, incentives.checked(zone, NEXT, "next").book, sweep="share")
    for one in told.comparison.table.to_pylist():
        if one["verdict_before"] == "eligible":
            assert one["amount_after"] == min(Decimal(300_000), (one["amount_before"] * Decimal("1.2")).quantize(Decimal("0.01"))) or one[
                "amount_before"
            ] == Decimal(300_000)
    totals = told.comparison.totals
    assert totals["after"] - totals["before"] == totals["difference"] == sum(one.difference for one in told.split.effects) > 0
    assert set(told.comparison.by) == {"size_class", "industry_section"}
    for rows in told.comparison.by.values():
        assert sum(one["difference"] for one in rows) == totals["difference"]
    curve = {point.value: point.total for point in told.curve}
    assert [float(value) for value in curve] == [0.3, 0.45, 0.54, 0.6, 0.66, 0.75, 0.9, 1.2]
    assert list(curve.values()) == sorted(curve.values())
    assert list(curve.values())[3] == totals["after"]


def test_the_comparison_has_a_page_and_a_file_and_says_what_is_missing(demo):
    zone = demo[0].zone
    row = _begin(zone)
    client = _client(zone, "director")
    address = reverse("draft-compare", args=[zone.code, row.pk])
    page = client.get(address, {"sweep": "share"}).content.decode()
    assert "parameter:share" in page and "By size class" in page and "Budget curve" in page
    assert client.get(address, {"export": "csv"})["Content-Type"].startswith("text/csv")
    assert _client(zone, "policy").get(address, {"export": "csv"}).status_code == 403
    broken = _begin(zone, "rulebook: [")
    assert "has errors" in client.get(reverse("draft-compare", args=[zone.code, broken.pk])).content.decode()
    own = _begin(zone, skeleton("new-policy", "policy"))
    assert "no adopted policy" in client.get(reverse("draft-compare", args=[zone.code, own.pk])).content.decode()


def test_the_whole_way_on_pages(zone):
    writer, other = _client(zone, "policy"), _client(zone, "director")
    assert "No drafts here" in writer.get(reverse("draft-list", args=[zone.code])).content.decode()
    begun = writer.post(reverse("draft-list", args=[zone.code]), {"base": ""})
    page = writer.get(begun["Location"]).content.decode()
    assert "Cases: " in page
    sent = writer.post(begun["Location"], {"do": "submit", "revision": "1", "text": NEXT.replace("\n", "\r\n")})
    assert sent.status_code == 302
    row = RulebookDraft.records.get()
    assert (row.status, row.text) == ("submitted", NEXT)
    refused = writer.post(begun["Location"], {"do": "publish", "revision": "2"})
    assert refused.status_code == 409
    assert other.post(begun["Location"], {"do": "publish", "revision": "2"}).status_code == 302
    assert incentives.rulebook(zone, "sample-rent-relief").version == "2017-1"
