"""Two editors of one record: the second is told who changed what, and takes over or starts anew; nothing is lost in silence."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import accept, hand_in
from townwright.apps.parties.models import Party
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.kernel.values.period import Period


@pytest.fixture
def town(firms):
    for name, role in (("li", "registrar"), ("wei", "registrar"), ("stat", "statistics"), ("dir", "director")):
        user = get_user_model().objects.create_user(name, first_name=name.capitalize())
        RoleAssignment.records.create(zone=firms, user=user, role=role)
    return firms


def browser(name):
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(username=name))
    return client


def fields(page):
    """What the form in a page would send: names and values of its inputs, text areas and chosen options."""
    html = page.content.decode()
    told = {name: value for name, value in re.findall(r'<input type="(?:text|hidden|date)" name="([^"]+)"(?: value="([^"]*)")?', html)}  # noqa: C416
    told |= {name: text.lstrip("\n") for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', html)}
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        told[name] = re.search(r'value="([^"]*)" selected', options)[1]
    told.pop("csrfmiddlewaretoken", None)
    return told


def party():
    return Party.records.order_by("pk").first()


def address():
    return reverse("edit-party", args=["here", party().key])


def test_control_without_what_was_seen_the_second_editor_overwrites_the_first(town):
    first, second = browser("li"), browser("wei")
    told = {name: value for name, value in fields(second.get(address())).items() if not name.startswith("initial-")}
    first.post(address(), {**fields(first.get(address())), "address": "甲路1号"})
    second.post(address(), {**told, "address": "乙路2号"})
    assert party().address == "乙路2号"


def test_the_second_editor_is_told_who_changed_what_and_takes_over(town):
    first, second = browser("li"), browser("wei")
    mine, theirs = fields(second.get(address())), fields(first.get(address()))
    assert first.post(address(), {**theirs, "address": "甲路1号", "legal_form": "有限责任公司"}).status_code == 302
    said = second.post(address(), {**mine, "address": "乙路2号"})
    assert (said.status_code, party().address) == (200, "甲路1号")
    told = {one.field: (one.seen, one.now, one.who, yours) for _label, one, yours in said.context["meanwhile"]}
    assert told == {"address": ("", "甲路1号", "Li", True), "legal_form": ("", "有限责任公司", "Li", False)}
    assert "Nothing of yours was saved yet" in said.content.decode()
    again = fields(said)
    assert (again["address"], again["legal_form"]) == ("乙路2号", "有限责任公司")
    assert second.post(address(), again).status_code == 302
    assert (party().address, party().legal_form) == ("乙路2号", "有限责任公司")
    entry = AuditEntry.records.filter(verb="parties.edit").order_by("-pk").first()
    assert (entry.actor, entry.old, entry.new) == ("web:wei", {"address": "甲路1号"}, {"address": "乙路2号"})


def test_a_third_change_before_the_take_over_is_told_again(town):
    first, second = browser("li"), browser("wei")
    mine = fields(second.get(address()))
    first.post(address(), {**fields(first.get(address())), "address": "甲路1号"})
    again = fields(second.post(address(), {**mine, "address": "乙路2号"}))
    first.post(address(), {**fields(first.get(address())), "address": "丙路3号"})
    said = second.post(address(), again)
    assert [(one.seen, one.now) for _label, one, _yours in said.context["meanwhile"]] == [("甲路1号", "丙路3号")]
    assert party().address == "丙路3号"


def test_what_only_others_changed_stays_and_is_told_after_saving(town):
    first, second = browser("li"), browser("wei")
    mine = fields(second.get(address()))
    first.post(address(), {**fields(first.get(address())), "address": "甲路1号"})
    said = second.post(address(), {**mine, "legal_form": "有限责任公司"}, follow=True)
    assert "other facts were changed (Li); they stay" in said.content.decode()
    assert (party().address, party().legal_form) == ("甲路1号", "有限责任公司")


def test_nobody_is_told_of_anything_where_nothing_was_changed(town):
    second = browser("wei")
    mine = fields(second.get(address()))
    assert second.post(address(), {**mine, "business_scope": "软件\r\n开发"}).status_code == 302
    assert second.post(address(), {**fields(second.get(address())), "address": "乙路2号"}).status_code == 302


@pytest.fixture
def filed(town):
    told = {"zone": town, "party": Party.records.order_by("pk").first(), "dataset": "yearly-return", "period": Period.parse("2016")}
    row = hand_in(**told, values={"revenue": 100, "staff": 10}, answers={}, actor=CLERK, at=AT)
    return accept(zone=town, filing_id=row.pk, actor=CLERK, at=AT)


def correction(client, told, **changes):
    where = reverse("correct-filing", args=["here", Filing.records.get().pk])
    return client.post(where, {**told, "reason": "typing", "do": "correct", **changes})


def test_the_second_corrector_of_a_return_is_told_and_takes_over(town, filed):
    where = reverse("correct-filing", args=["here", filed.pk])
    first, second = browser("stat"), browser("dir")
    told = {"version": "1", **{f"f-{name}": str(value) for name, value in (("revenue", 100), ("staff", 10))}}
    assert first.get(where).status_code == 200
    assert correction(first, told, **{"f-revenue": "120", "f-staff": "12"}).status_code == 302
    said = correction(second, told, **{"f-revenue": "130"})
    assert (said.status_code, Filing.records.get().values["revenue"]) == (200, "120.00")
    changes = {one.field: (one.seen, one.now, one.who, yours) for _label, one, yours in said.context["meanwhile"]}
    assert changes == {"revenue": ("100", "120", "web:stat", True), "staff": ("10", "12", "web:stat", False)}
    texts = {one["field"].name: one["text"] for one in said.context["rows"]}
    assert (said.context["version"], texts["revenue"], texts["staff"]) == (2, "130", "12")
    done = correction(second, {"version": "2", "f-revenue": texts["revenue"], "f-staff": texts["staff"]})
    assert done.status_code == 302
    row = Filing.records.get()
    assert (row.version, row.values["revenue"], row.values["staff"]) == (3, "130.00", 12)
