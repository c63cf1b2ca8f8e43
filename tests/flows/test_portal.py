"""The firm portal: a delegate sees and does what concerns their own firm, and nothing of any other."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from tests.flows.conftest import AT, CLERK
from tests.flows.sheets import book, state
from townwright.apps.filings.models import Filing
from townwright.apps.filings.selectors import owed
from townwright.apps.filings.services import accept, return_filing
from townwright.apps.incentives.models import Assessment
from townwright.apps.parties.models import Party
from townwright.frame.accounts.invitations import invite
from townwright.frame.models import AuditEntry, CalendarFeed, Invitation, RoleAssignment
from townwright.frame.permissions import rights, roles
from townwright.site.urls import OWN

PAGES = {one.name: one for one in OWN}
POST_ONLY = {"own-upload", "own-change-delegate", "own-withdraw"}
# Leads on to the form of the dataset and period that were chosen, or back.
SENT_ON = {"own-enter": 302}


@pytest.fixture(scope="module")
def people(demo, django_db_blocker):
    """The demo's delegate; one of another firm with every right; one of the first with none but to look; a signed-in director."""
    zone = demo[0].zone
    with django_db_blocker.unblock():
        own = RoleAssignment.records.get(user__username="delegate")
        other = Assessment.records.filter(zone=zone).exclude(party_key=own.party_key).order_by("party_key").first().party_key
        for name, key, given in (("other", other, list(rights())), ("looks", own.party_key, ["own.view"])):
            user = get_user_model().objects.create_user(name)
            RoleAssignment.records.create(zone=zone, user=user, role="delegate", party_key=key, rights=given)
        for role in roles():
            RoleAssignment.records.create(zone=zone, user=get_user_model().objects.create_user(f"is-{role}"), role=role)
        get_user_model().objects.create_superuser("root")
    return {"zone": zone, "own": own.party_key, "other": other}


def client(name, language="en"):
    one = Client(headers={"accept-language": language})
    one.force_login(get_user_model().objects.get(username=name))
    return one


def filed(zone, key):
    return Filing.records.filter(zone=zone, party__key=key, dataset="yearly-return", period="2016").first()


def invitation(zone, key):
    return invite_once(zone=zone, email="asked@example.org", role="delegate", party_key=key, mailed=False, actor=CLERK, at=AT)


def invite_once(**told):
    held = Invitation.records.filter(zone=told["zone"], party_key=told["party_key"], status="open").first()
    return held or invite(**told).invitation


def arguments(people, name, key):
    """How to fill in an address of a page: the firm's key, and an object of that firm."""
    return {
        "own-change-delegate": lambda: {"pk": RoleAssignment.records.filter(zone=people["zone"], party_key=key).order_by("pk").first().pk},
        "own-withdraw": lambda: {"pk": invitation(people["zone"], key).pk},
        "own-return": lambda: {"pk": filed(people["zone"], key).pk},
        "own-correct": lambda: {"pk": filed(people["zone"], key).pk},
        "own-template": lambda: {"dataset": "yearly-return"},
        "own-type": lambda: {"dataset": "yearly-return", "text": "2025"},
        "own-working": lambda: {"pk": Assessment.records.filter(zone=people["zone"], party_key=key).order_by("pk").first().pk},
    }.get(name, dict)()


def address(people, name, key, of=""):
    return reverse(name, kwargs={"code": people["zone"].code, "key": key, **arguments(people, name, of or key)})


def test_every_page_asks_for_a_right():
    assert {name: page.callback.permission in rights() for name, page in PAGES.items()} == dict.fromkeys(PAGES, True)


@pytest.mark.parametrize("name", PAGES)
def test_nobody_but_a_delegate_of_that_firm_opens_a_page_of_it(demo, people, db, name):
    opened = 405 if name in POST_ONLY else SENT_ON.get(name, 200)
    own, other = address(people, name, people["own"]), address(people, name, people["other"])
    assert (client("delegate").get(own).status_code, client("other").get(other).status_code) == (opened, opened)
    assert (client("delegate").get(other).status_code, client("other").get(own).status_code) == (404, 404)
    assert client("looks").get(own).status_code == (opened if PAGES[name].callback.permission == "own.view" else 403)
    assert {role: client(f"is-{role}").get(own).status_code for role in roles()} == dict.fromkeys(roles(), 404)
    assert Client().get(own).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_nobody_but_a_delegate_of_that_firm_writes_by_a_page_of_it(demo, people, db, name):
    told = {"do": "submit", "email": "x@example.org", "given": ["own.view"]}
    address(people, name, people["own"])  # what it is about is there before anything is counted
    before = state()
    answers = {
        who: client(who).post(address(people, name, people["own"]), told).status_code for who in ("other", "is-director", "is-statistics")
    }
    assert answers == {"other": 404, "is-director": 404, "is-statistics": 404}
    # An administrator may look at a firm's pages, but does nothing in its name.
    assert client("root").post(address(people, name, people["own"]), told).status_code == 403
    assert state() == before


@pytest.mark.parametrize("name", [name for name in PAGES if "pk" in str(PAGES[name].pattern)])
def test_what_belongs_to_another_firm_is_not_there(demo, people, db, name):
    send = client("delegate").post if name in POST_ONLY else client("delegate").get
    assert send(address(people, name, people["own"], of=people["other"]), {"do": "remove"}).status_code == 404


def test_signing_in_leads_a_delegate_to_their_firm(demo, people, db):
    home = address(people, "own-home", people["own"])
    assert client("delegate").get("/").headers["Location"] == home
    assert client("delegate").get(reverse("own-firms", args=[people["zone"].code])).headers["Location"] == home
    assert client("is-director").get(reverse("own-firms", args=[people["zone"].code])).status_code == 404
    user = get_user_model().objects.get(username="other")
    RoleAssignment.records.create(zone=people["zone"], user=user, role="delegate", party_key=people["own"], rights=["own.view"])
    chosen = client("other").get(reverse("own-firms", args=[people["zone"].code])).content.decode()
    assert home in chosen
    assert address(people, "own-home", people["other"]) in chosen


def test_every_policy_stands_there_with_what_came_out_and_what_needs_no_application(demo, people, db):
    page = client("delegate").get(address(people, "own-entitlements", people["own"]))
    told = {one.rulebook.code: one for one in page.context["year"].policies}
    rows = Assessment.records.filter(zone=people["zone"], party_key=people["own"], rulebook__kind="policy")
    assert {code: one.row.pk for code, one in told.items() if one.row} == {row.rulebook.code: row.pk for row in rows}
    # Scale and growth are read from yearly returns alone; the other samples ask for an application.
    assert {code for code, one in told.items() if one.automatic} == {"sample-scale-growth"}
    assert "10,000,000" in page.content.decode()
    undecided = told["sample-rent-relief"]
    assert undecided.row.verdict == "undecided"
    assert "rent paid in the year" in " ".join(undecided.why_not.sentences("en"))


def test_a_return_that_is_not_filed_is_named_where_a_policy_lacks_it(demo, people, db):
    row = next(
        one
        for one in Assessment.records.filter(zone=people["zone"], rulebook__code="sample-rent-relief", verdict="not_eligible").order_by(
            "pk"
        )
        if one.conditions.get("applied") is False
    )
    user = get_user_model().objects.create_user("third")
    RoleAssignment.records.create(zone=people["zone"], user=user, role="delegate", party_key=row.party_key, rights=["own.view"])
    text = client("third").get(address(people, "own-entitlements", row.party_key)).content.decode()
    assert "Application for support 2016 is not filed." in text


# What the demo's firm hands in by hand: more than a hundred times the revenue of the year before is asked about.
TYPED = {"f-revenue": "100", "f-staff": "10", "f-rd_staff": "2"}


def put(people, name, told, **more):
    return client("delegate").post(reverse(name, args=[people["zone"].code, people["own"], *more.pop("args", ())]), {**told, **more})


def test_a_return_is_typed_in_handed_in_sent_back_and_corrected(demo, people, db):
    zone, party = people["zone"], Party.records.get(zone=people["zone"], key=people["own"])
    where = {"args": ("yearly-return", "2025")}
    assert put(people, "own-type", {**TYPED, "f-rd_staff": "11"}, do="submit", **where).status_code == 200
    assert not Filing.records.filter(party=party, period="2025").exists()
    assert put(people, "own-type", TYPED, do="submit", **where).status_code == 302
    row = Filing.records.get(party=party, dataset="yearly-return", period="2025")
    assert (row.status, row.values["staff"]) == ("submitted", 10)
    # Handed in once, the form leads to what was handed in; a correction waits to be decided on, and keeps what it replaced.
    assert put(people, "own-type", TYPED, do="submit", **where).headers["Location"].endswith(f"/returns/{row.pk}/")
    accept(zone=zone, filing_id=row.pk, actor=CLERK, at=AT)
    corrected = {**TYPED, "f-staff": "12", "version": "1", "reason": "two more"}
    assert put(people, "own-correct", {**corrected, "reason": ""}, args=(row.pk,)).status_code == 200
    assert put(people, "own-correct", corrected, args=(row.pk,)).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.version, row.values["staff"], row.versions.get().values["staff"]) == ("submitted", 2, 12, 10)
    return_filing(zone=zone, filing_id=row.pk, reason="<b>staff?</b>", actor=CLERK, at=AT)
    page = client("delegate").get(address(people, "own-returns", people["own"])).content.decode()
    assert "&lt;b&gt;staff?&lt;/b&gt;" in page
    assert "<b>staff?</b>" not in page


def test_an_odd_value_is_asked_about_and_the_answer_is_kept(demo, people, db):
    last = filed(people["zone"], people["own"])
    where = {"args": ("yearly-return", "2017")}
    odd = {"f-staff": str(int(last.values["staff"]) * 20)}
    asked = put(people, "own-type", odd, do="submit", **where)
    assert asked.status_code == 200
    assert "checked-staff" in asked.content.decode()
    told = {**odd, "checked-staff": "on", "asked-staff": odd["f-staff"], "note-staff": "a plant moved here"}
    assert put(people, "own-type", told, do="submit", **where).status_code == 302
    assert Filing.records.get(party=last.party, dataset="yearly-return", period="2017").answers["staff"]["note"] == "a plant moved here"


def test_last_periods_values_are_copied_into_the_form_and_nowhere_else(demo, people, db):
    last = filed(people["zone"], people["own"])
    before = state()
    page = (
        client("delegate")
        .get(reverse("own-type", args=[people["zone"].code, people["own"], "yearly-return", "2017"]) + "?copy=1")
        .content.decode()
    )
    assert f'name="f-staff" value="{last.values["staff"]}"' in page
    assert state() == before


def test_a_period_that_still_runs_or_is_none_is_refused(demo, people, db):
    for text in ("2999", "2025-01", "nonsense"):
        assert (
            client("delegate").get(reverse("own-type", args=[people["zone"].code, people["own"], "yearly-return", text])).status_code == 404
        )
        chosen = client("delegate").get(
            reverse("own-enter", args=[people["zone"].code, people["own"]]), {"dataset": "yearly-return", "period": text}
        )
        assert chosen.headers["Location"] == address(people, "own-returns", people["own"])


def uploaded(people, tmp_path, rows, name="t.xlsx"):
    path = book(tmp_path / "t.xlsx", rows)
    file = SimpleUploadedFile(name, path.read_bytes())
    return client("delegate").post(address(people, "own-upload", people["own"]), {"dataset": "yearly-return", "file": file}, follow=True)


def test_a_filled_template_becomes_drafts_of_the_own_firm_alone(demo, people, db, tmp_path):
    party, other = (Party.records.get(zone=people["zone"], key=people[who]) for who in ("own", "other"))
    head = ["企业名称", "期间", "从业人员（人）"]
    before = state()
    refused = uploaded(people, tmp_path, [head, [party.name, "2024", 5], [other.name, "2024", 5]]).content.decode()
    assert "Row 3 is not of" in refused
    assert "Row 2" in uploaded(people, tmp_path, [head, [party.name, "2024", "many"]]).content.decode()
    assert uploaded(people, tmp_path, [head, [party.name, "2999", 5]]).status_code == 200
    junk = SimpleUploadedFile("t.xlsx", b"PK\x03\x04 no workbook")
    assert (
        client("delegate")
        .post(address(people, "own-upload", people["own"]), {"dataset": "yearly-return", "file": junk}, follow=True)
        .status_code
        == 200
    )
    assert state() == before
    uploaded(people, tmp_path, [head, [party.name, "2024", 5]])
    row = Filing.records.get(party=party, dataset="yearly-return", period="2024")
    assert (row.status, row.values["staff"]) == ("draft", 5)
    # What was handed in is not written over by a file.
    assert "correct it instead" in uploaded(people, tmp_path, [head, [party.name, "2016", 5]]).content.decode()


def test_what_is_owed_and_by_when(demo, people, db):
    party = Party.records.get(zone=people["zone"], key=people["own"])
    told = {(one.definition.name, str(one.period)): one for one in owed(people["zone"], party, today=date(2018, 3, 16))}
    late, ahead = told["yearly-return", "2017"], told["yearly-return", "2018"]
    assert (late.due_on, late.state, ahead.due_on, ahead.state) == (date(2018, 3, 15), "late", date(2019, 3, 15), "ahead")
    month = told["monthly-return", "2018-02"]
    assert (month.due_on, month.state) == (date(2018, 3, 10), "late")
    assert {one.state for one in owed(people["zone"], party, today=date(2018, 3, 15)) if str(one.period) == "2017"} == {"open"}
    # 2016 was handed in; of an application nobody is reminded; a year after its day a return is no longer asked for.
    assert ("yearly-return", "2016") not in told
    assert not [name for name, _period in told if name == "support-application"]
    assert not [one for one in owed(people["zone"], party, today=date(2019, 3, 17)) if str(one.period) == "2017"]


def events(secret_address):
    answer = Client().get(secret_address)
    if answer.status_code != 200:
        return answer.status_code
    return {str(one["UID"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def calendar_address(name, people):
    where = {"zone": people["zone"].code, "firm": people["own"]}
    page = client(name).post(reverse("change-calendar"), {"do": "make", **where}, follow=True)
    return re.search(r"<code>http://testserver(/calendar/[^<]+)</code>", page.content.decode()).group(1)


def test_a_calendar_holds_the_days_of_the_own_firm_and_can_be_taken_back(demo, people, db):
    party, other = (Party.records.get(zone=people["zone"], key=people[who]) for who in ("own", "other"))
    first = calendar_address("delegate", people)
    told = events(first)
    due = next(one for one in told.values() if str(one["SUMMARY"]).startswith("Hand in: Yearly return"))
    assert (due["DTSTART"].dt.month, due["DTSTART"].dt.day) == (3, 15)
    assert (due["DTEND"].dt - due["DTSTART"].dt).days == 1
    assert {str(one["SUMMARY"]).rpartition(" · ")[2] for one in told.values()} == {party.name}
    assert other.name not in Client().get(first).content.decode()
    assert [one for one in told.values() if str(one["SUMMARY"]).startswith("Award approved")]
    # A new address replaces the one before; the secret itself is kept nowhere; taken back, it opens nothing.
    second = calendar_address("delegate", people)
    secret = second.removeprefix("/calendar/").removesuffix(".ics")
    assert (events(first), CalendarFeed.objects.filter(digest__contains=secret).exists()) == (404, False)
    assert not [one for one in AuditEntry.records.filter(verb="calendar.make") if secret in f"{one.subject}{one.old}{one.new}"]
    assert client("delegate").get(address(people, "own-notices", people["own"])).content.decode().count(secret) == 0
    client("delegate").post(reverse("change-calendar"), {"do": "revoke"})
    assert (events(second), events("/calendar/x.ics"), Client().post(second).status_code) == (404, 404, 405)


def test_who_no_longer_acts_for_a_firm_no_longer_reads_its_days(demo, people, db):
    where = calendar_address("looks", people)
    assert events(where)
    RoleAssignment.records.filter(user__username="looks").delete()
    assert events(where) == {}
    get_user_model().objects.filter(username="looks").update(is_active=False)
    assert events(where) == 404


def test_the_last_who_manages_stays_and_nobody_gives_what_they_do_not_hold(demo, people, db):
    rows = {one.user.get_username(): one for one in RoleAssignment.records.filter(zone=people["zone"], party_key=people["own"])}

    def change(who, of, **told):
        return client(who).post(reverse("own-change-delegate", args=[people["zone"].code, people["own"], rows[of].pk]), told, follow=True)

    before = state()
    for told in ({"do": "remove"}, {"do": "change", "given": ["own.file"]}):
        assert "last person who manages" in change("delegate", "delegate", **told).content.decode()
    assert state() == before
    change("delegate", "looks", do="change", given=["own.delegates"])
    rows["looks"].refresh_from_db()
    assert rows["looks"].rights == ["own.view", "own.delegates"]
    # Who manages but may not file gives no right to file, and takes away none that another holds.
    assert "do not hold themselves" in change("looks", "looks", do="change", given=["own.file", "own.delegates"]).content.decode()
    change("looks", "delegate", do="change", given=["own.delegates"])
    rows["delegate"].refresh_from_db()
    assert "own.file" in rows["delegate"].rights
    change("looks", "delegate", do="remove")
    assert not RoleAssignment.records.filter(pk=rows["delegate"].pk).exists()
    assert AuditEntry.records.filter(verb="delegates.remove", subject="delegate").count() == 1
    assert "last person who manages" in change("looks", "looks", do="remove").content.decode()


def test_a_colleague_is_invited_to_the_own_firm_with_rights_that_the_inviter_holds(demo, people, db):
    where = address(people, "own-delegates", people["own"])
    page = (
        client("delegate").post(where, {"email": "new@example.org", "given": ["own.file"], "hand_over": "on"}, follow=True).content.decode()
    )
    row = Invitation.records.get(email="new@example.org")
    assert (row.role, row.party_key, row.rights) == ("delegate", people["own"], ["own.view", "own.file"])
    assert "/invitation/" in page
    RoleAssignment.records.filter(user__username="looks").update(rights=["own.view", "own.delegates"])
    assert client("looks").post(where, {"email": "third@example.org", "given": ["own.file"], "hand_over": "on"}).status_code == 200
    assert not Invitation.records.filter(email="third@example.org").exists()
    client("delegate").post(reverse("own-withdraw", args=[people["zone"].code, people["own"], row.pk]))
    row.refresh_from_db()
    assert row.status == "withdrawn"
