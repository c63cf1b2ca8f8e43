"""A close on Spark: the same verdicts, amounts, awards and figures as the embedded close, or nothing at all."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from tests.cluster.test_steps import killing
from tests.flows.conftest import AT, CLERK
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Assessment, Award
from townwright.apps.incentives.services import assess
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.models import IndicatorValue, Reconciliation
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.cluster import presence, rows
from townwright.frame.engines import EmbeddedEngine
from townwright.kernel.formula import RulebookNotInForce, compile_rulebook, load_rulebook
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged
from townwright.site.close import close_period
from townwright.site.demo import build

if presence.missing() is None:
    from townwright.frame.cluster.faults import UnableToRunOnSpark

pytestmark = pytest.mark.spark
ASSESSED = ("rulebook__code", "party_key", "party_name", "verdict", "result", "amount", "currency", "score", "conditions")


def _told(built):
    """Return all that the closes decided, of both towns."""
    found = []
    for one in built:
        rows = Assessment.records.filter(snapshot=one.close.snapshot).order_by("rulebook__code", "party_key")
        figures = {row.code: row.value for row in indicators.figures(one.zone, one.close.snapshot)}
        digest = incentives.awards_digest(one.zone, one.close.snapshot)
        found.append((one.close.snapshot.content_hash, digest, list(rows.values(*ASSESSED)), figures))
    return found


@pytest.fixture(scope="module")
def embedded(django_db_setup, django_db_blocker):
    """Both demo towns closed in memory; nothing of them stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build.build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
        transaction.set_rollback(True)


def _undone(one):
    """Take back all that a close decided; its snapshot stays."""
    snapshot = one.close.snapshot
    Award.records.filter(assessment__snapshot=snapshot).delete()
    for model in (Assessment, IndicatorValue, Reconciliation):
        model.records.filter(snapshot=snapshot).delete()


def _published(one):
    """Return how many awards and figures there are."""
    snapshot = one.close.snapshot
    return Award.records.filter(assessment__snapshot=snapshot).count(), IndicatorValue.records.filter(snapshot=snapshot).count()


@dataclass(frozen=True, slots=True)
class OnSpark:
    """What the closes decided in memory and on Spark, and what the first town's close left when a worker had been killed half way."""

    here: list
    there: list
    before: tuple
    left: tuple
    assessed: int


@pytest.fixture(scope="module")
def on_spark(spark, embedded, django_db_blocker):
    """Both towns closed again on Spark: the first in two goes, as its workers are killed half way through."""
    told = {"period": build.PERIOD, "actor": CLERK, "at": AT, "engine": spark}
    town, abroad = embedded
    with django_db_blocker.unblock(), transaction.atomic():
        here, before = _told(embedded), _published(town)
        for one in embedded:
            _undone(one)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "row_function", _from_the(4, rows.row_function, killing(rows.row_function, None)))
            with pytest.raises(UnableToRunOnSpark):
                close_period(zone=town.zone, **told)
        left, assessed = _published(town), len(set(Assessment.records.filter(snapshot=town.close.snapshot).values_list("rulebook")))
        for one in (town, abroad):
            assert close_period(zone=one.zone, **told).snapshot == one.close.snapshot
        found = OnSpark(here, _told(embedded), before, left, assessed)
        transaction.set_rollback(True)
    return found


def _from_the(count, before, after):
    """Return a function that is another one from its so-many-th call on."""
    calls = iter(range(1, 10**6))
    return lambda *told: (before if next(calls) < count else after)(*told)


def _compiled(name, text):
    for period in ("2016", "2020", "2022", "2024"):
        try:
            return compile_rulebook(load_rulebook(text, source=name), period=Period.parse(period))
        except RulebookNotInForce:
            continue
    raise AssertionError(f"{name} is in force in none of the years")


@pytest.mark.parametrize("name", sorted(packaged("policies", "classifications", "indicators")))
def test_a_packaged_rulebook_over_the_demo_snapshot(spark, embedded, db, name):
    compiled = _compiled(name, packaged("policies", "classifications", "indicators")[name])
    town, abroad = embedded
    source = snapshots.source((abroad if "cooperation" in name else town).close.snapshot)
    outputs = [one for one in compiled.order if one[0] == compiled.book.main_entity]
    columns = [(compiled.book.main_entity, "key")]
    there = spark.evaluate(compiled, source, outputs=outputs, columns=columns)
    here = EmbeddedEngine().evaluate(compiled, source, outputs=outputs, columns=columns)
    assert there.keys(compiled.book.main_entity) == here.keys(compiled.book.main_entity)
    for entity, variable in outputs:
        assert there.values(entity, variable) == here.values(entity, variable), variable
    if compiled.book.policy is not None:
        assert (there.verdicts(), there.amounts()) == (here.verdicts(), here.amounts())


def test_the_whole_close_decides_the_same(on_spark):
    assert on_spark.there == on_spark.here
    assert len(on_spark.there[0][2]) > 481 * 5


def test_a_close_whose_worker_is_killed_half_way_publishes_nothing_and_can_be_taken_up(on_spark):
    """Rulebooks that were assessed whole stay; no award and no figure is out before the rest is there."""
    assert min(on_spark.before) > 0
    assert on_spark.left == (0, 0)
    assert 0 < on_spark.assessed < len({row["rulebook__code"] for row in on_spark.here[0][2]})


def test_an_assessment_that_fails_leaves_nothing(spark, embedded, db, monkeypatch):
    town = embedded[0]
    told = {"zone": town.zone, "snapshot": town.close.snapshot, "actor": CLERK, "at": AT, "engine": spark}
    rulebook = incentives.rulebook(town.zone, "high-tech-test")
    held = Assessment.records.filter(snapshot=town.close.snapshot, rulebook=rulebook).order_by("party_key")
    before = list(held.values(*ASSESSED))
    held.delete()
    with monkeypatch.context() as patch:
        patch.setattr(rows, "row_function", killing(rows.row_function, None))
        with pytest.raises(UnableToRunOnSpark):
            assess(rulebook=rulebook, **told)
    assert not held.exists()
    assert assess(rulebook=rulebook, **told) == len(before) == 498
    assert list(held.values(*ASSESSED)) == before


def test_a_snapshot_cut_short_is_refused_with_its_hash(spark, embedded, db, tmp_path):
    source = snapshots.source(embedded[0].close.snapshot)
    shutil.copytree(source.folder, tmp_path / "cut")
    path = tmp_path / "cut" / "yearly_return.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-20])
    cut = replace(source, folder=tmp_path / "cut")
    compiled = _compiled("policies/sample-scale-growth.yaml", packaged("policies")["policies/sample-scale-growth.yaml"])
    with pytest.raises(
        snapshots.UnableToReadSnapshot, match=rf"yearly_return.parquet of snapshot {source.content_hash[:12]} cannot be read"
    ):
        spark.evaluate(compiled, cut, outputs=[("firm", "policy amount")])
