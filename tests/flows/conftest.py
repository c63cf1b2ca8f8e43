"""Fixtures for tests across apps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from townwright.apps.zones.services import open_zone
from townwright.frame.actors import Actor
from townwright.site.demo.build import build_demo
from townwright.site.demo.records import sample_code

AT = datetime(2017, 1, 5, 9, 0, tzinfo=UTC)
CLERK, DIRECTOR = Actor("web:clerk", "Clerk"), Actor("web:director", "Director")


@pytest.fixture
def zone(db, settings, tmp_path):
    """An open town, with a data directory that no other test writes to."""
    settings.TOWNWRIGHT_HOME = tmp_path / "home"
    return open_zone(
        code="here", name_zh="此地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Both towns, made once for a file of tests; what one test changes is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
        transaction.set_rollback(True)


@pytest.fixture
def firms(zone, tmp_path):
    """Two firms; the second left in 2015."""
    from tests.flows.sheets import book, bring

    rows = [
        ["企业名称", "统一社会信用代码", "入驻日期", "迁出日期"],
        ["甲科技有限公司", sample_code(1), "2014年3月1日", None],
        ["乙科技有限公司", sample_code(2), "2014-03-01", "2015.6.30"],
    ]
    report = bring(zone, book(tmp_path / "r.xlsx", rows), "registry")
    assert (report.landed, report.counts["created"]) == (True, 2)
    return zone
