"""Files of a snapshot: altered ones are noticed, a crash leaves no half."""

import pyarrow.parquet as pq
import pytest

from tests.flows.conftest import AT, CLERK
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.snapshots import services
from townwright.apps.snapshots.models import Snapshot
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.site.datasets import handler_for

PERIOD = Period.parse("2016")


@pytest.fixture
def one_firm(zone, tmp_path, settings):
    """A zone of one firm, with a data directory that no other test has written to."""
    settings.TOWNWRIGHT_HOME = tmp_path / "home"
    path = tmp_path / "r.csv"
    path.write_text("企业名称,入驻日期\n甲,2014-01-01\n", encoding="utf-8")
    run_import(path, dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    return zone


def _freeze(zone):
    return services.freeze(zone=zone, period=PERIOD, actor=CLERK, at=AT)


def test_an_altered_file_is_noticed_although_it_was_read_before(one_firm):
    frozen = _freeze(one_firm)
    snapshots.verify(frozen)
    path = snapshots.folder_of(frozen) / "firm.parquet"
    table = pq.read_table(path)
    path.chmod(0o644)
    pq.write_table(table.set_column(table.column_names.index("name"), "name", [["乙"]]), path)
    with pytest.raises(snapshots.UnableToReadSnapshot, match=r"firm\.parquet .* has been altered"):
        snapshots.verify(frozen)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(snapshots.UnableToReadSnapshot, match="cannot be read"):
        snapshots.verify(frozen)


def test_a_crash_leaves_no_row_and_the_next_freeze_goes_through(one_firm, monkeypatch):
    def crash(*_args, **_kwargs):
        raise OSError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Snapshot.records, "create", crash)
        with pytest.raises(OSError, match="power cut"):
            _freeze(one_firm)
    assert not Snapshot.records.exists()
    frozen = _freeze(one_firm)
    snapshots.verify(frozen)
    base = snapshots.folder_of(frozen).parent
    assert [path.name for path in base.iterdir()] == ["r1"]
