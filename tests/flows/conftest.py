"""Fixtures for tests across apps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor
from townwright.site.demo.build import build_demo

AT = datetime(2017, 1, 5, 9, 0, tzinfo=UTC)
CLERK, DIRECTOR = Actor("web:clerk", "Clerk"), Actor("web:director", "Director")


@pytest.fixture
def zone(db):
    """An open town."""
    return open_zone(
        code="here", name_zh="此地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Both towns, made once for a file of tests; what one test changes is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
        transaction.set_rollback(True)
