"""Text tables and headers as towns send them: read as meant, or told where they cannot be."""

from datetime import date
from decimal import Decimal

import pytest

from tests.flows.sheets import RETURN, book, bring, codes, state, tells
from townwright.apps.filings.models import Filing
from townwright.apps.parties.models import Identifier, Party, Tag
from townwright.frame.workbooks.reading import read_workbook
from townwright.site.datasets import handler_for
from townwright.site.demo.records import sample_code

CODE = sample_code(1)


def _text(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


TABLES = {
    "a mark": (f"企业名称,统一社会信用代码\n甲,{CODE}\n", "utf-8-sig"),
    "UTF-16, as a spreadsheet saves Unicode text": (f"企业名称\t统一社会信用代码\r\n甲\t{CODE}\r\n", "utf-16"),
    "GB 18030": (f"企业名称,统一社会信用代码\n甲,{CODE}\n", "gb18030"),
    "semicolons, with commas in the text": (f"企业名称;统一社会信用代码;住所\n甲;{CODE};一,二,三,四\n乙;;五,六\n", "utf-8"),
    "tabs": (f"企业名称\t统一社会信用代码\n甲\t{CODE}\n", "utf-8"),
    "commas within quotation marks outnumber the tabs": (f'企业名称\t统一社会信用代码\t住所\n甲\t{CODE}\t"一,二,三,四,五,六"\n', "utf-8"),
    "old line ends": (f"企业名称,统一社会信用代码\r甲,{CODE}\r", "utf-8"),
    "no line end at the last row": (f"企业名称,统一社会信用代码\n甲,{CODE}", "utf-8"),
}


@pytest.mark.parametrize("case", TABLES)
def test_every_sort_of_text_table_is_read(zone, tmp_path, case):
    report = bring(zone, _text(tmp_path / "t.csv", *TABLES[case]), "registry")
    assert report.landed
    assert Identifier.records.get().party.name == "甲"
    assert Identifier.records.get().value == CODE


def test_quotation_marks_and_line_ends_within_a_cell(zone, tmp_path):
    text = f'企业名称,统一社会信用代码,住所\n"甲""乙""公司",{CODE},"一楼,\n二楼"\n丙,,三楼\n'
    report = bring(zone, _text(tmp_path / "t.csv", text), "registry")
    assert (report.counts["created"], report.counts["warned"], report.counts["refused"]) == (2, 0, 0)
    row = Party.records.get(identifiers__value=CODE)
    assert (row.name, row.address) == ('甲"乙"公司', "一楼,\n二楼")


def test_rows_swallowed_between_two_stray_quotation_marks_are_told(zone, tmp_path):
    text = '企业名称,统一社会信用代码,住所\n甲,,一\n"乙,,二\n丙,,三\n"丁,,四\n戊,,五\n'
    report = bring(zone, _text(tmp_path / "t.csv", text), "registry", dry_run=True)
    found = next(one for one in report.findings if one.code == "quote")
    assert (found.severity, found.row) == ("warned", 3)
    assert tells(found.message, ("乙,,二", "核对引号"), ("乙,,二", "check the quotation marks"))


def test_a_stray_comma_that_shifts_a_row_keeps_the_file_out(zone, tmp_path):
    path, before = _text(tmp_path / "t.csv", "企业名称,注册资本,住所\n甲,100万,一楼\n乙,丙,200万,二楼\n"), state()
    report = bring(zone, path, "registry")
    found = next(one for one in report.findings if one.code == "shifted")
    assert (found.severity, found.row, report.landed) == ("refused", 3, False)
    assert tells(found.message, ("乙", "4列", "3列", "更正"), ("乙", "4 cells", "header 3", "Correct it"))
    assert state() == before


@pytest.mark.parametrize("word", ["#REF!", "#DIV/0!", " #N/A "])
def test_a_formula_error_saved_as_text_is_no_blank(firms, tmp_path, word):
    path, before = _text(tmp_path / "t.csv", f"企业名称,年度,营业收入（元）\n甲科技有限公司,2016,{word}\n"), state()
    report = bring(firms, path, "yearly-return")
    assert codes(report) == {("refused", "error-cell")}
    assert tells(report.findings[0].message, ("甲科技", word, "更正"), ("甲科技", word, "mend it"))
    assert state() == before


def test_an_encoding_that_had_to_be_guessed_is_told(zone, tmp_path):
    (tmp_path / "t.csv").write_bytes("Name,Address\nCaf\xe9 Noir,Gen\xe8ve\nOther,Li\xe8ge\n".encode("latin-1"))
    report = bring(zone, tmp_path / "t.csv", "registry")
    found = next(one for one in report.findings if one.code == "encoding")
    assert (found.severity, found.row, report.landed) == ("warned", None, True)
    assert tells(found.message, ("核对",), ("Compare them",))
    assert Party.records.filter(name="Café Noir", address="Genève").exists()


def test_what_the_register_has_to_assume_is_noted(zone, tmp_path):
    rows = [
        ["企业名称", "注册资本", "成立日期"],
        ["甲", "50(万)", "2014-03-01"],
        ["E家", "100万人民币", "2014-03-01"],
        ["e 家", None, None],
    ]
    report = bring(zone, book(tmp_path / "w.xlsx", rows), "registry")
    told = {one.code: one.message for one in report.findings}
    assert tells(told["capital-assumed"], ("1家", "按CNY计"), ("1 rows", "read as CNY"))
    assert tells(told["arrival-assumed"], ("2家", "成立日期"), ("2 rows", "date of registration"))
    assert {one.severity for one in report.findings} == {"note"}


def test_tags_hold_from_the_day_on_record_and_not_from_nowhere(zone, tmp_path):
    bring(zone, book(tmp_path / "a.xlsx", [["企业名称", "入驻日期"], ["甲", "2014-03-01"]]), "registry")
    rows = [["企业名称", "标签", "行业代码", "行业分类版本"], ["甲", "涉云企业", "6513", "2017"], ["乙", "名企", "6513", "2017"]]
    report = bring(zone, book(tmp_path / "b.xlsx", rows), "registry")
    assert list(Tag.records.values_list("party__name", "tag", "from_on")) == [("甲", "cloud", date(2014, 3, 1))]
    assert [(one.severity, one.code, one.row) for one in report.findings] == [("warned", "no-date", 3)]
    assert tells(report.findings[0].message, ("乙", "未采用", "补填日期"), ("乙", "not taken", "Fill one in"))


def test_a_header_alone_lands_nothing_and_says_so(zone, tmp_path):
    before, report = state(), bring(zone, _text(tmp_path / "t.csv", "企业名称,统一社会信用代码\n"), "registry")
    assert codes(report) == {("warned", "no-rows")}
    assert tells(report.findings[0].message, ("没有数据行",), ("no row of data",))
    assert state() == before


def test_two_columns_under_one_header_are_told_and_the_first_is_read(firms, tmp_path):
    rows = [["企业名称", "年度", "营业收入（元）", "营业收入（万元）"], ["甲科技有限公司", 2016, 5, 7]]
    report = bring(firms, book(tmp_path / "w.xlsx", rows), "yearly-return")
    found = next(one for one in report.findings if one.code == "same-header")
    assert (found.severity, found.row, found.column) == ("warned", 1, "revenue")
    assert tells(found.message, ("第3列", "第4列", "核对"), ("column 3", "column 4", "Compare them"))
    assert Filing.records.get().values["revenue"] == "5.00"


def test_a_header_over_three_rows(firms, tmp_path):
    rows = [
        ["企业名称", "年度", "主要指标（万元）", None, None, None],
        [None, None, "经济", None, "人员", None],
        [None, None, "营业收入", "总产值（元）", "从业人员", "研发人员（人）"],
        ["甲科技有限公司", 2016, 12, 34, 5, 2],
    ]
    report = bring(firms, book(tmp_path / "w.xlsx", rows, "A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2"), "yearly-return")
    assert (report.landed, report.unmapped) == (True, ())
    values = Filing.records.get().values
    # The unit over a group holds for the columns of money below it, unless one tells its own.
    assert (values["revenue"], values["output"], values["staff"], values["rd_staff"]) == ("120000.00", "34.00", 5, 2)


def test_a_word_at_the_end_of_a_header_is_not_the_header(zone, tmp_path):
    rows = [["Investor Name", "Zip Code", "Street Address", "Company"], ["Nobody", "310024", "Road 1", "甲"]]
    report = bring(zone, book(tmp_path / "w.xlsx", rows), "registry")
    assert (report.landed, report.mapping, report.unmapped) == (
        True, {"name": "Company"}, ("Investor Name", "Zip Code", "Street Address"),
    )  # fmt: skip
    assert report.suggested["Street Address"] == "address"  # a person may say so


def test_areas_in_the_units_of_taiwan(firms, tmp_path):
    for year, unit, metres in ((2014, "公頃", "20000.00"), (2015, "坪", "6.61"), (2016, "平方公尺", "2.00")):
        bring(firms, book(tmp_path / "w.xlsx", [["企业名称", "年度", f"用地面积（{unit}）"], ["甲科技有限公司", year, 2]]), "yearly-return")
        assert Filing.records.get(period=str(year)).values["land_area"] == metres


def test_brackets_after_a_bare_number_are_a_unit_only_if_they_tell_one(zone, tmp_path):
    rows = [["园区名称", "纬度(度)", "面积(公顷)"], ["甲园", "30.5", "7"]]
    report = bring(zone, book(tmp_path / "w.xlsx", rows), "overseas-zones")
    assert codes(report) == {("refused", "unit")}
    assert tells(report.findings[0].message, ("面积", "公顷", "改为可识别的单位"), ("面积", "公顷", "does not fit", "Use one"))
    assert bring(zone, book(tmp_path / "w.xlsx", [rows[0][:2], rows[1][:2]]), "overseas-zones").landed


def test_a_very_long_cell_keeps_the_file_out(zone, tmp_path):
    path, before = book(tmp_path / "w.xlsx", [["企业名称", "住所"], ["甲", "路" * 501]]), state()
    report = bring(zone, path, "registry")
    assert [(one.severity, one.code, one.row, one.column) for one in report.findings] == [("refused", "too-long", 2, "address")]
    assert tells(report.findings[0].message, ("甲", "501个字", "上限500", "缩短"), ("甲", "501 characters", "500", "Shorten it"))
    assert len(report.findings[0].value) == 80
    assert state() == before


NUMBERS = [" 1 234.5 ", "1,234.50", "１，２３４．５", "1\u00a0234.5", "¥1234.5", "'1234.5", "1234.5元"]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_that_is_stored_as_text(firms, tmp_path, text):
    report = bring(firms, book(tmp_path / "w.xlsx", [RETURN, ["甲科技有限公司", 2016, text]]), "yearly-return", dry_run=True)
    if text.endswith("元") or text.startswith("'"):
        assert codes(report) == {("refused", "number")}
        assert tells(report.findings[0].message, ("甲科技", "只填数字"), ("甲科技", "figures only"))
    else:
        assert report.counts["created"] == 1
        row = read_workbook(tmp_path / "w.xlsx", handler_for("yearly-return", firms).form).rows[0]
        assert row.values["revenue"] == Decimal("1234.50")


DATES = [
    ("1898-05-01", date(1898, 5, 1)), ("1898年5月1日", date(1898, 5, 1)), (date(1912, 2, 12), date(1912, 2, 12)), (20140301, date(2014, 3, 1)),
    ("民国103年3月1日", date(2014, 3, 1)), (40603, date(2011, 3, 1)), ("2014/3/1 00:00:00", date(2014, 3, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "day"), DATES)
def test_dates_before_1900_and_in_other_spellings(zone, tmp_path, cell, day):
    assert bring(zone, book(tmp_path / "w.xlsx", [["企业名称", "成立日期"], ["甲", cell]]), "registry").landed
    assert Party.records.get().registered_on == day


@pytest.mark.parametrize("cell", ["2014-02-30", "2014", 2014, "三月", "2014-13-01"])
def test_what_is_no_date_keeps_the_file_out(zone, tmp_path, cell):
    path, before = book(tmp_path / "w.xlsx", [["企业名称", "成立日期"], ["甲", cell]]), state()
    report = bring(zone, path, "registry")
    assert [(one.code, one.row, one.column) for one in report.findings] == [("date", 2, "registered_on")]
    assert tells(report.findings[0].message, ("甲", str(cell), "请"), ("甲", str(cell), ":"))
    assert state() == before


def test_full_width_digits_and_letters_in_codes_and_names(zone, tmp_path):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in CODE.lower())
    report = bring(zone, book(tmp_path / "w.xlsx", [["企业名称", "统一社会信用代码"], ["ＡＢＣ（杭州）有限公司", wide]]), "registry")
    assert (report.landed, report.counts["warned"]) == (True, 0)
    assert (Identifier.records.get().value, Identifier.records.get().status) == (CODE, "ok")
    again = bring(zone, book(tmp_path / "w.xlsx", [["企业名称", "统一社会信用代码"], ["ABC(杭州)有限公司", CODE]]), "registry")
    assert (again.counts["unchanged"], Party.records.count()) == (1, 1)


def test_a_nul_within_a_cell_reaches_no_database(zone, tmp_path):
    path, before = _text(tmp_path / "t.csv", "企业名称,住所\n" + "甲,一\n" * 2000 + "乙,二\x00楼\n"), state()
    with pytest.raises(ValueError, match="export it as CSV"):
        bring(zone, path, "registry")
    assert state() == before


@pytest.mark.parametrize(("cell", "value"), [(1, True), (0, False), ("1", True), ("是", True), ("No", False), (True, True)])
def test_yes_and_no_in_figures_and_words(zone, tmp_path, cell, value):
    assert bring(zone, book(tmp_path / "w.xlsx", [["企业名称", "示例数据"], ["甲", cell]]), "registry").landed
    assert Party.records.get().sample is value
