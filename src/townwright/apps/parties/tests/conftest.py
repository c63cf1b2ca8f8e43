"""Fixtures of the register's tests."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from townwright.apps.parties.models import (
    AllianceMembership,
    Identifier,
    IndustryCode,
    MergeSuggestion,
    Party,
    PartyAlias,
    Relation,
    Tag,
    ZoneMembership,
)
from townwright.apps.parties.services import PartyDetails, UnableToChangeParty, register_party
from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor
from townwright.frame.models import AuditEntry, OutboxEvent

AT = datetime(2017, 1, 5, 9, 0, tzinfo=UTC)
CLERK = Actor("web:clerk", "Clerk")
BY = {"actor": CLERK, "at": AT}
ROWS = (AllianceMembership, Identifier, IndustryCode, MergeSuggestion, Party, PartyAlias, Relation, Tag, ZoneMembership)


def town(code):
    """An open town in Shanghai's time."""
    return open_zone(
        code=code, name_zh=code, kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )


@pytest.fixture
def zone(db):
    """A town."""
    return town("here")


@pytest.fixture
def elsewhere(db):
    """Another town."""
    return town("there")


@pytest.fixture
def add(zone):
    """Register a party in the town, and return it."""

    def run(name, kind="firm", **told):
        return register_party(zone=told.pop("zone", zone), details=PartyDetails(kind=kind, name=name, **told), **BY).party

    return run


def state():
    """Every row of the register, of the audit trail and of the outbox."""
    return [list(model.records.order_by("pk").values()) for model in (*ROWS, AuditEntry)] + [OutboxEvent.objects.count()]


@contextmanager
def refused(match=None, field=None):
    """Expect a refusal at a field, after which nothing has changed and nothing is noted."""
    before = state()
    with pytest.raises(UnableToChangeParty, match=match) as fault:
        yield
    if field is not None:
        assert fault.value.field == field
    assert state() == before


@contextmanager
def noted(verb, subject):
    """Expect exactly one audit entry."""
    before = AuditEntry.records.count()
    yield
    assert AuditEntry.records.count() == before + 1
    entry = AuditEntry.records.order_by("pk").last()
    assert (entry.verb, entry.subject, entry.actor) == (verb, subject, "web:clerk")


@contextmanager
def unchanged():
    """Expect that a repeated verb changes nothing and leaves no entry."""
    before = state()
    yield
    assert state() == before
