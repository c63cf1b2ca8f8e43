"""Fixtures for tests across apps."""

from datetime import UTC, datetime

import pytest

from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor

AT = datetime(2017, 1, 5, 9, 0, tzinfo=UTC)
CLERK, DIRECTOR = Actor("web:clerk", "Clerk"), Actor("web:director", "Director")


@pytest.fixture
def zone(db, settings, tmp_path):
    """An open town, with a data directory that no other test writes to."""
    settings.TOWNWRIGHT_HOME = tmp_path / "home"
    return open_zone(
        code="here", name_zh="此地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )
