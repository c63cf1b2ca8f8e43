"""Workbooks as people send them, and the bad ones: each lands, or is refused saying what and where."""

import zipfile

import openpyxl
import pytest

from tests.flows.sheets import book, bring, codes
from townwright.apps.filings.models import Filing
from townwright.apps.parties.models import Party
from townwright.frame.workbooks.forms import UnableToReadWorkbook
from townwright.frame.workbooks.reading import read_workbook
from townwright.frame.workbooks.writing import write_template
from townwright.site.datasets import handler_for
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


BAD = [
    (["甲科技有限公司", 2016, "#DIV/0!"], "error-cell"),
    (["甲科技有限公司", 2016, "很多"], "number"),
    (["甲科技有限公司", 2016, -5], "minimum"),
    (["甲科技有限公司", "去年", 5], "period"),
    (["丙科技有限公司", 2016, 5], "unknown-firm"),
    (["乙科技有限公司", 2016, 5], "not-here"),
    ([None, 2016, 5], "nobody"),
]


@pytest.mark.parametrize(("row", "code"), BAD)
def test_one_bad_row_keeps_the_whole_file_out(firms, tmp_path, row, code):
    rows = [["企业名称", "年度", "营业收入（元）"], ["甲科技有限公司", 2015, 7], row]
    report = bring(firms, book(tmp_path / "y.xlsx", rows), "yearly-return")
    assert ("refused", code) in codes(report)
    finding = next(one for one in report.findings if one.code == code)
    assert (finding.row, report.landed, Filing.records.count()) == (3, False, 0)
    assert finding.message["zh"]
    assert finding.message["en"]


def test_a_wan_column_read_as_yuan_is_asked_about(firms, tmp_path):
    bring(firms, book(tmp_path / "a.xlsx", [["企业名称", "年度", "营业收入（万元）"], ["甲科技有限公司", 2015, 5000]]), "yearly-return")
    report = bring(firms, book(tmp_path / "b.xlsx", [["企业名称", "年度", "营业收入"], ["甲科技有限公司", 2016, 5100]]), "yearly-return")
    assert report.counts["warned"] == 1
    assert "万元" in report.findings[0].message["zh"]
    assert "甲科技" in report.findings[0].message["zh"]


def test_a_formula_without_a_stored_result_is_refused(firms, tmp_path):
    report = bring(
        firms, book(tmp_path / "f.xlsx", [["企业名称", "年度", "营业收入（元）"], ["甲科技有限公司", 2016, "=1+1"]]), "yearly-return"
    )
    assert ("refused", "formula") in codes(report)


def test_files_that_are_no_workbooks(firms, tmp_path):
    form = handler_for("yearly-return", firms).form
    cases = {
        "fake.xlsx": (b"hello", "malformed"),
        "cut.xlsx": (b"PK\x03\x04broken", "malformed"),
        "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "protected"),
    }
    for name, (content, code) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnableToReadWorkbook) as fault:
            read_workbook(tmp_path / name, form)
        assert fault.value.code == code
        assert fault.value.message["zh"]
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 * 1024 * 1024))
    with pytest.raises(UnableToReadWorkbook, match="out of proportion"):
        read_workbook(tmp_path / "bomb.xlsx", form)
    wrong = book(tmp_path / "wrong.xlsx", [["甲", "乙"], [1, 2]], title="别的")
    with pytest.raises(UnableToReadWorkbook, match="No header row"):
        read_workbook(wrong, form)
    with pytest.raises(UnableToReadWorkbook, match="there is 别的"):
        read_workbook(wrong, form, sheet="年报")


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
