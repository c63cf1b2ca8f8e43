"""Markup stored in any text of any table is shown as text by every page, in both languages, and in the report file.

The table of fields makes itself from the models. Every text of the demo town is replaced by a tag and an attribute breaker
that bear the number of its field; then every page of the town is opened and must not hold them but as escaped text.
"""

import re

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from tests.flows.test_pages_and_roles import ARGUMENTS, PAGES, POST_ONLY
from townwright.apps.parties.models import Party, PartyAlias
from townwright.apps.snapshots.selectors import latest
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.site.report import render_html

# A tag that browsers take although no blank is in it, with what breaks out of an attribute; {} is the number of the field.
EVIL = "<b/onx={}>\"'&"
ROOM = 30
# Fields that steer what is done rather than say something: with markup in them the page would fail, or find nothing.
STEERING = {
    "key", "code", "scheme", "currency", "country", "time_zone", "language", "dataset", "period", "status", "kind", "policy", "role", "party_key",
    "content_hash", "hash", "sha256", "folder", "text", "name_normal", "name_sound", "worker", "secret_hash", "verdict", "unit", "bound", "edition",
    "version", "rulebook_hash", "grain", "snapshot_hash", "severity", "uid", "capital_currency", "as_of", "indicator", "result", "value", "login",
}  # fmt: skip


def fields():
    """Every text field of the house that a person's words can reach, with its model."""
    for model in apps.get_models():
        if not model.__module__.startswith("townwright."):
            continue
        for field in model._meta.concrete_fields:
            long_enough = isinstance(field, models.TextField) or (isinstance(field, models.CharField) and field.max_length >= ROOM)
            if long_enough and not field.choices and field.name not in STEERING:
                yield f"{model._meta.label}.{field.name}"


FIELDS = sorted(fields())
# Fields that some page shows: where the escaped text has to be found.
SHOWN = {
    "parties.Party.name", "parties.Party.name_en", "parties.Party.address", "parties.PartyAlias.name", "frame.AuditEntry.actor_label",
    "frame.AuditEntry.subject", "frame.AuditEntry.reason", "frame.Invitation.email", "indicators.Claim.quote",
    "indicators.Claim.source", "zones.Zone.name_zh", "zones.Zone.name_en", "zones.Zone.place",
}  # fmt: skip


@pytest.fixture(scope="module")
def director(demo, django_db_blocker):
    with django_db_blocker.unblock():
        user = get_user_model().objects.create_user("reader")
        RoleAssignment.records.create(zone=demo[0].zone, user=user, role="director")
        RoleAssignment.records.create(zone=demo[0].zone, user=get_user_model().objects.create_user("g"), role="guest")
        firm = Party.records.get(zone=demo[0].zone, **ARGUMENTS["firm-file"][0](demo[0].zone))
        PartyAlias.records.create(zone=demo[0].zone, party=firm, name="x", name_normal="x")
        ARGUMENTS["change-invitation"][0](demo[0].zone)
        clients = {}
        for language in ("en", "zh-hans"):
            clients[language] = Client(headers={"accept-language": language})
            clients[language].force_login(user)
    return clients


def addresses(zone):
    yield "home", reverse("home")
    for name, page in PAGES.items():
        if name in POST_ONLY or name == "template":
            continue
        told = ARGUMENTS[name][0](zone) if page.pattern.converters else {}
        yield name, reverse(name, kwargs={"code": zone.code, **told})


def spoil():
    """Replace every text by the mark of its field; the number of the row behind it keeps unique columns apart."""
    for number, label in enumerate(FIELDS):
        app, name, field = label.rsplit(".", 2)
        rows = apps.get_model(app, name)._base_manager.all()
        rows.update(**{field: Concat(Value(EVIL.format(number)), Cast("pk", models.CharField()))})


def raw(told):
    return sorted({FIELDS[int(number)] for number in re.findall(r"<b/onx=(\d+)", told)})


@pytest.mark.slow
def test_markup_in_a_text_is_text_on_every_page(demo, director, db):
    zone, shown = demo[0].zone, set()
    pages = list(addresses(zone))
    spoil()
    zone.refresh_from_db()
    for name, address in pages:
        for client in director.values():
            answer = client.get(address)
            assert answer.status_code == (302 if name.endswith("-progress") else 200), (name, answer.status_code)
            if answer.streaming:  # never ends, and holds nothing until it is begun; closing it would close the test's connection
                continue
            told = answer.content.decode()
            assert (name, raw(told)) == (name, [])
            shown |= {FIELDS[int(number)] for number in re.findall(r"&lt;b/onx=(\d+)", told)}
    assert raw(render_html(zone, latest(zone, "2016"), "zh")) == []
    assert SHOWN - shown == set()


@pytest.mark.parametrize("column", ["old", "new"])
def test_markup_in_the_values_of_an_entry_is_text(demo, director, db, column):
    AuditEntry.records.filter(zone=demo[0].zone).update(
        **{column: {EVIL.format(1): EVIL.format(2), "list": [EVIL.format(3)], "deep": {"x": EVIL.format(4)}}}
    )
    told = director["en"].get(reverse("audit", args=[demo[0].zone.code])).content.decode()
    assert raw(told) == []
    assert {1, 2, 3, 4} == {int(number) for number in re.findall(r"&lt;b/onx=(\d+)", told)}


def test_markup_in_an_address_is_text(demo, director, db):
    for name, address in addresses(demo[0].zone):
        told = director["en"].get(
            address, dict.fromkeys(("q", "at", "period", "from", "who", "subject", "verb", "firm", "dataset", "status"), EVIL.format(0))
        )
        assert told.streaming or "<b/onx" not in told.content.decode(), name


def test_the_table_is_not_empty_and_names_what_there_is():
    assert len(FIELDS) >= 40
    assert set(FIELDS) >= SHOWN
