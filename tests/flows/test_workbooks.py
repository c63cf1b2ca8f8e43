"""Workbooks as people send them, and the bad ones: each lands, or is refused saying what and where."""

import openpyxl
import pytest

from tests.flows.conftest import AT, CLERK
from tests.flows.sheets import book, bring, codes
from townwright.apps.filings.models import Filing
from townwright.apps.parties.models import Party
from townwright.frame.workbooks.pipeline import run_import
from townwright.frame.workbooks.reading import read_workbook
from townwright.frame.workbooks.writing import write_template
from townwright.site.datasets import forms, handler_for
from townwright.site.demo.records import sample_code


def test_title_block_merged_header_units_and_full_width(firms, tmp_path):
    rows = [
        ["2016年度年报", None, None, None, None],
        ["单位：万元", None, None, None, None],
        [None, None, None, "指标", None],
        ["企业名称", "统一社会信用代码", "年度", "营业收入", "用地面积（亩）"],
        ["甲科技有限公司", sample_code(1), 2016, "１，２３４．５", 3],
        ["合计", None, None, 1234.5, 3],
    ]
    report = bring(firms, book(tmp_path / "y.xlsx", rows, "D3:E3"), "yearly-return")
    assert (report.landed, report.counts["created"]) == (True, 1)
    values = Filing.records.get().values
    assert (values["revenue"], values["land_area"], values["output"]) == ("12345000.00", "2000.00", None)
    assert ("note", "totals") in codes(report)
    assert ("warned", "totals-differ") not in codes(report)


def test_twice_changes_nothing_and_a_totals_row_that_differs_is_told(firms, tmp_path):
    rows = [["企业名称", "年度", "营业收入（元）"], ["甲科技有限公司", 2016, 100], ["甲科技有限公司", 2016, 100], ["合计", None, 999]]
    first = bring(firms, book(tmp_path / "y.xlsx", rows), "yearly-return")
    assert first.counts == {"read": 2, "created": 1, "updated": 0, "unchanged": 1, "warned": 1, "refused": 0}
    assert {("warned", "totals-differ"), ("note", "duplicate")} <= codes(first)
    again = bring(firms, tmp_path / "y.xlsx", "yearly-return")
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 2)


@pytest.mark.parametrize(
    "line",
    [
        ["单位负责人：张三", "填表人：李四", "报出日期：2017-01-10"], ["填表人", "李四", None], [None, "制表人: 王五", None], ["备注：数据未经审计", None, None],
        ["Prepared by: Li Si", None, None], ["说明：1. 营业收入不含税；", None, None],
    ],
)  # fmt: skip
def test_the_lines_on_which_a_form_is_signed_are_no_firm(firms, tmp_path, line):
    rows = [["企业名称", "年度", "营业收入（元）"], ["甲科技有限公司", 2016, 100], line]
    report = bring(firms, book(tmp_path / "y.xlsx", rows), "yearly-return")
    assert report.landed
    assert report.counts == {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "warned": 0, "refused": 0}
    assert codes(report) == {("note", "footer")}


def test_a_firm_whose_name_begins_like_a_footer_is_read(zone, tmp_path):
    rows = [["企业名称", "入驻日期"], ["来源科技有限公司", "2014-01-01"], ["Source", "2014-01-01"]]
    assert bring(zone, book(tmp_path / "r.xlsx", rows), "registry").counts["created"] == 2


def test_a_file_brought_as_the_wrong_dataset_is_said_to_look_like_another(firms, tmp_path):
    header = ["企业名称", "统一社会信用代码", "成立日期", "入驻日期", "注册资本（万元）", "经营范围"]
    path = book(tmp_path / "r.xlsx", [header, ["甲科技有限公司", sample_code(1), "2014-01-01", "2015-01-01", 100, "软件"]])
    wrong = run_import(
        path,
        dataset="yearly-return",
        handler=handler_for("yearly-return", firms),
        zone=firms,
        actor=CLERK,
        at=AT,
        dry_run=True,
        peers=forms(firms),
    )
    said = next(one for one in wrong.findings if one.code == "other-dataset")
    assert (said.severity, said.row) == ("warned", 1)
    assert "registry: 6 of them fit" in said.message["en"]
    right = run_import(
        path, dataset="registry", handler=handler_for("registry", firms), zone=firms, actor=CLERK, at=AT, dry_run=True, peers=forms(firms)
    )
    assert "other-dataset" not in {one.code for one in right.findings}


def test_a_stray_cell_a_million_rows_down(firms, tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["企业名称", "年度", "营业收入（元）"])
    made.active.append(["甲科技有限公司", 2016, 5])
    made.active.cell(1_000_000, 1).value = " "
    made.save(tmp_path / "long.xlsx")
    reading = read_workbook(tmp_path / "long.xlsx", handler_for("yearly-return", firms).form)
    assert len(reading.rows) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("dataset", ["registry", "yearly-return", "support-application", "overseas-yearly-return"])
def test_a_filled_template_needs_no_mapping(zone, tmp_path, dataset, language):
    form = handler_for(dataset, zone).form
    with (tmp_path / "t.xlsx").open("wb") as stream:
        write_template(form, stream, language)
    made = openpyxl.load_workbook(tmp_path / "t.xlsx")
    made.worksheets[0].append(["x"] * len(form.fields))
    made.save(tmp_path / "t.xlsx")
    reading = read_workbook(tmp_path / "t.xlsx", form)
    assert (set(reading.mapping), reading.unmapped) == ({field.name for field in form.fields}, ())


def test_a_csv_in_gb18030_and_a_mapping_that_is_remembered(zone, tmp_path):
    (tmp_path / "g.csv").write_bytes(f"单位,信用代码\n甲科技有限公司,{sample_code(1)}\n".encode("gb18030"))
    assert ("refused", "missing-column") in codes(bring(zone, tmp_path / "g.csv", "registry"))
    assert bring(zone, tmp_path / "g.csv", "registry", mapping={"name": "单位"}).landed
    assert bring(zone, tmp_path / "g.csv", "registry").counts["unchanged"] == 1
    assert Party.records.count() == 1
