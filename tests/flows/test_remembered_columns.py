"""Headers that a person named once: remembered, without reading the workbook again."""

import pytest

from tests.flows.conftest import AT, CLERK
from tests.flows.test_workbooks import bring
from townwright.apps.parties.models import Party
from townwright.frame.models import ImportRun
from townwright.frame.workbooks import reading
from townwright.frame.workbooks.pipeline import remembered_headers, run_import
from townwright.site.datasets import handler_for


@pytest.fixture
def opened(monkeypatch):
    """How often a workbook was opened."""
    names, read = [], reading.read_sheets
    monkeypatch.setattr(reading, "read_sheets", lambda path: names.append(path.name) or read(path))
    return names


def csv(folder, text, name="r.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_workbook_with_remembered_columns_is_read_once(zone, tmp_path, opened):
    assert bring(zone, csv(tmp_path, "单位简称,地址\n甲,某路1号\n"), "registry", mapping={"name": "单位简称"}).landed
    assert opened == ["r.csv"]
    again = bring(zone, csv(tmp_path, "单位简称,地址\n乙,某路2号\n"), "registry")
    assert (again.landed, again.counts["created"], again.mapping["name"]) == (True, 1, "单位简称")
    assert opened == ["r.csv", "r.csv"]


def test_a_file_whose_every_header_was_named_before_is_found(zone, tmp_path):
    bring(zone, csv(tmp_path, "单位简称\n甲\n"), "registry", mapping={"name": "单位简称"})
    report = bring(zone, csv(tmp_path, "某标题\n单位简称\n乙\n"), "registry")
    assert (report.landed, set(Party.records.values_list("name", flat=True))) == (True, {"甲", "乙"})


def test_two_headers_of_one_field_are_both_remembered_and_told_now_goes_first(zone, tmp_path):
    bring(zone, csv(tmp_path, "单位简称\n甲\n"), "registry", mapping={"name": "单位简称"})
    bring(zone, csv(tmp_path, "户名\n乙\n"), "registry", mapping={"name": "户名"})
    assert remembered_headers(zone, "registry") == {"单位简称": "name", "户名": "name"}
    assert bring(zone, csv(tmp_path, "单位简称\n丙\n"), "registry").landed
    assert bring(zone, csv(tmp_path, "户名\n丁\n"), "registry").landed
    told = bring(zone, csv(tmp_path, "企业名称,单位简称\n戊全称,戊\n"), "registry", mapping={"name": "企业名称"}, dry_run=True)
    assert told.mapping["name"] == "企业名称"


def test_a_form_still_knows_its_own_headers_where_a_remembered_one_is_not_in_the_file(zone, tmp_path):
    bring(zone, csv(tmp_path, "单位简称\n甲\n"), "registry", mapping={"name": "单位简称"})
    report = bring(zone, csv(tmp_path, "企业名称\n乙\n"), "registry")
    assert (report.landed, report.mapping["name"]) == (True, "企业名称")


def test_progress_names_the_steps_in_their_order(zone, tmp_path):
    text = "企业名称,入驻日期\n" + "".join(f"第{number}企业,2014-01-01\n" for number in range(1200))
    heard = []
    run_import(
        csv(tmp_path, text), dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT,
        progress=lambda done, total, label: heard.append((label, done, total)),
    )  # fmt: skip
    steps = [label for place, (label, _done, _total) in enumerate(heard) if place == 0 or heard[place - 1][0] != label]
    assert steps == ["open", "read", "land"]
    assert ("read", 1000, 1201) in heard
    assert all(0 <= done <= (total or done) for _label, done, total in heard)


def test_a_landing_and_its_record_stand_or_fall_together(zone, tmp_path):
    def cut(_report):
        raise RuntimeError("power cut")

    told = {"dataset": "registry", "handler": handler_for("registry", zone), "zone": zone, "actor": CLERK, "at": AT}
    with pytest.raises(RuntimeError, match="power cut"):
        run_import(csv(tmp_path, "企业名称\n甲\n"), settle=cut, **told)
    assert (Party.records.count(), ImportRun.records.count()) == (0, 0)
    seen = []
    run_import(csv(tmp_path, "企业名称\n甲\n"), settle=seen.append, **told)
    assert (Party.records.count(), ImportRun.records.count(), [one.landed for one in seen]) == (1, 1, [True])
