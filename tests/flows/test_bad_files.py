"""Files that are wrong as a whole: each is refused with what, which, why and a repair in both languages, and changes nothing."""

import resource
import struct
import time
import zipfile
from pathlib import Path

import pytest

from tests.flows.sheets import RETURN, SHEET, book, bring, codes, edited, ods, state, tells
from townwright.apps.filings.models import Filing
from townwright.frame.workbooks.forms import UnableToReadWorkbook
from townwright.frame.workbooks.reading import read_workbook
from townwright.site.datasets import handler_for

ROW = ["甲科技有限公司", 2016, 5]


def _written(path, content):
    path.write_bytes(content)
    return path


def _cut(path):
    whole = book(path, [RETURN, ROW]).read_bytes()
    return _written(path, whole[: len(whole) // 2])


def _bomb(path):
    return edited(path, [RETURN, ROW], lambda sheet: sheet.replace(b"</sheetData>", b" " * (80 << 20) + b"</sheetData>"))


def _lying_bomb(path):
    """A bomb whose directory tells a thousand bytes."""
    _bomb(path)
    with zipfile.ZipFile(path) as archive:
        real = struct.pack("<I", archive.getinfo(SHEET).file_size)
    return _written(path, path.read_bytes().replace(real, struct.pack("<I", 1000)))


def _many_entries(path):
    book(path, [RETURN, ROW])
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"xl/media/{number}", b"")
    return path


def _nested(path):
    """A workbook packed into an archive of that name: a bomb inside would never be reached."""
    inner = _bomb(path.with_name("inner.xlsx"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "inner.xlsx")
    return path


def _far(path):
    """One stray value in the last cell of the sheet: laying its rows out would take 400 GB."""
    return edited(
        path,
        [RETURN, ROW],
        lambda sheet: sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )


def _entities(path):
    """Entities that would unfold to 20⁸ letters."""
    told = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    told += "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 20}">' for step in range(7)) + "]>"
    return edited(path, [RETURN, ROW], lambda sheet: told.encode() + sheet.replace("甲".encode(), b"&h;"))


def _repeated(path):
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    return ods(path, RETURN, ROW, f'<table:table-row table:number-rows-repeated="1048570">{cell}</table:table-row>')


def _binary(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
    return path


WHOLE = [
    ("words.xlsx", lambda path: _written(path, b"hello"), "malformed", ("words.xlsx", "重新导出"), ("words.xlsx", "export it again")),
    ("cut.xlsx", _cut, "malformed", ("cut.xlsx", "重新导出"), ("cut.xlsx", "export it again")),
    ("empty.xlsx", lambda path: _written(path, b""), "malformed", ("empty.xlsx", "重新导出"), ("empty.xlsx", "export it again")),
    ("locked.xlsx", lambda path: _written(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600), "protected", ("密码", "另存"), ("password", "save as .xlsx")),
    ("binary.xlsb", _binary, "binary", ("binary.xlsb", "另存为.xlsx"), ("binary.xlsb", "save it as .xlsx")),
    ("bomb.xlsx", _bomb, "bomb", ("解压后有80MB", "另存"), ("unpack to 80 MB", "save again")),
    ("lying.xlsx", _lying_bomb, "malformed", ("lying.xlsx", "重新导出"), ("lying.xlsx", "export it again")),
    ("entries.xlsx", _many_entries, "bomb", ("已拒绝", "另存"), ("is refused", "save again")),
    ("nested.xlsx", _nested, "malformed", ("nested.xlsx", "重新导出"), ("nested.xlsx", "Export it again")),
    ("far.xlsx", _far, "far-cell", ("第1048576行第16384列", "删去"), ("row 1048576 and column 16384", "Delete the stray cells")),
    ("entities.xlsx", _entities, "malformed", ("entities.xlsx", "重新导出"), ("entities.xlsx", "Export it again")),
    ("repeated.ods", _repeated, "malformed", ("repeated.ods", "重新导出"), ("repeated.ods", "Export it again")),
    ("nothing.xlsx", lambda path: book(path, []), "empty", ("没有数据",), ("holds no data",)),
    ("other.xlsx", lambda path: book(path, [["甲", "乙"], [1, 2]], title="别的"), "no-header", ("别的", "前30行", "企业名称", "模板"), ("别的", "first 30 rows", "Name", "template")),
    ("late.xlsx", lambda path: book(path, [["说明"]] * 30 + [RETURN, ROW]), "no-header", ("前30行",), ("first 30 rows",)),
    ("zero.csv", lambda path: _written(path, b""), "empty", ("没有数据",), ("holds no data",)),
    ("picture.csv", lambda path: _written(path, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "malformed", ("picture.csv", "导出为CSV"), ("picture.csv", "export it as CSV")),
    ("open.csv", lambda path: _written(path, '企业名称,年度,营业收入\n"甲科技有限公司,2016,5\n乙,2016,6\n'.encode()), "quote", ("第2行", "引号"), ("row 2", "Close it, or remove it")),
    ("cell.csv", lambda path: _written(path, "企业名称,年度\n".encode() + b"x" * 10_000_001 + b",2016\n"), "malformed", ("cell.csv", "导出为.xlsx"), ("cell.csv", "export it as .xlsx")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "code", "zh", "en"), WHOLE, ids=[one[0] for one in WHOLE])
def test_a_file_that_is_wrong_as_a_whole(firms, tmp_path, name, make, code, zh, en):
    path, before, begun = make(tmp_path / name), state(), time.process_time()
    with pytest.raises(UnableToReadWorkbook) as fault:
        bring(firms, path, "yearly-return")
    assert fault.value.code == code
    assert tells(fault.value.message, zh, en)
    assert state() == before
    assert time.process_time() - begun < 10


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(firms, tmp_path):
    path, before = book(tmp_path / "w.xlsx", [RETURN, ROW], title="年报"), state()
    with pytest.raises(UnableToReadWorkbook) as fault:
        bring(firms, path, "yearly-return", sheet="月报")
    assert fault.value.code == "no-sheet"
    assert tells(fault.value.message, ("月报", "现有：年报"), ("月报", "there is 年报"))
    assert state() == before


def test_the_header_may_stand_in_row_thirty_and_no_lower(firms, tmp_path):
    report = bring(firms, book(tmp_path / "w.xlsx", [["说明"]] * 29 + [RETURN, ROW]), "yearly-return")
    assert (report.landed, report.counts["created"]) == (True, 1)


EMPTY = {
    "rows": lambda number: f'<row r="{number}" s="1" customFormat="1"/>',
    "cells": lambda number: f'<row r="{number}"><c r="A{number}" s="1"/><c r="B{number}" s="1"/><c r="XFD{number}" s="1"/></row>',
}


@pytest.mark.parametrize("kind", EMPTY)
def test_a_million_empty_rows_that_carry_a_format_cost_seconds_and_little_memory(firms, tmp_path, kind):
    rows = "".join(EMPTY[kind](number) for number in range(3, 1_000_001)).encode()
    path = edited(tmp_path / "w.xlsx", [RETURN, ROW], lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>"))
    peak, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    reading = read_workbook(path, handler_for("yearly-return", firms).form)
    assert len(reading.rows) == 1
    assert time.process_time() - begun < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 150 * 1024


def test_a_wide_sheet_is_read(firms, tmp_path):
    path = book(tmp_path / "w.xlsx", [[*RETURN, *(f"备注{n}" for n in range(400))], [*ROW, *range(400)]])
    assert len(read_workbook(path, handler_for("yearly-return", firms).form).rows) == 1


def test_an_old_xls_is_read_with_a_word_of_caution(zone):
    path = Path(__file__).parent / "data" / "register.xls"
    report = bring(zone, path, "registry")
    assert (report.landed, report.counts["created"]) == (True, 2)
    found = next(one for one in report.findings if one.code == "old-format")
    assert tells(found.message, (".xls", "另存为.xlsx"), (".xls", "save as .xlsx"))


def test_an_ods_is_read_and_its_odd_cells_are_found_where_they_stand(firms, tmp_path):
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    error = '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    assert bring(firms, ods(tmp_path / "a.ods", RETURN, ROW), "yearly-return").counts["created"] == 1
    before = state()
    report = bring(firms, ods(tmp_path / "b.ods", RETURN, blank, [*ROW[:2], error], ["乙科技有限公司", 2015, formula]), "yearly-return")
    assert {(one.code, one.row) for one in report.findings} == {("error-cell", 5), ("formula", 6)}
    assert state() == before


def test_formulas_are_told_apart_cell_by_cell(firms, tmp_path):
    """Computed ones are read, an empty text is a blank, and only the one without a result is refused, where it stands."""
    cells = (
        b'<row r="3"><c r="A3" t="str"><f>"x"</f><v>\xe4\xb9\x99\xe7\xa7\x91\xe6\x8a\x80\xe6\x9c\x89\xe9\x99\x90\xe5\x85\xac\xe5\x8f\xb8</v></c><c r="B3"><f>2000+15</f><v>2015</v></c><c r="C3" t="str"><f>""</f><v></v></c></row>'
        b'<row r="4"><c r="A4" t="str"><f>A2</f><v>\xe7\x94\xb2\xe7\xa7\x91\xe6\x8a\x80\xe6\x9c\x89\xe9\x99\x90\xe5\x85\xac\xe5\x8f\xb8</v></c><c r="B4"><f>2015</f><v>2015</v></c><c r="C4"><f>1+1</f></c></row></sheetData>'
    )
    path = edited(tmp_path / "w.xlsx", [RETURN, ROW], lambda sheet: sheet.replace(b"</sheetData>", cells))
    before, report = state(), bring(firms, path, "yearly-return")
    assert [(one.code, one.row, one.column) for one in report.findings] == [("formula", 4, "revenue")]
    assert tells(report.findings[0].message, ("甲科技", "打开并保存"), ("甲科技", "open and save"))
    assert (state(), report.landed) == (before, False)


def test_many_computed_formulas_are_passed_over_in_one_pass(firms, tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d"><f>1+1</f><v>2</v></c></row>' % (number, number) for number in range(3, 50_000))
    path = edited(tmp_path / "w.xlsx", [RETURN, ROW], lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>"))
    begun = time.process_time()
    read_workbook(path, handler_for("yearly-return", firms).form)
    assert time.process_time() - begun < 10


def test_a_refused_file_can_be_brought_again_once_it_is_mended(firms, tmp_path):
    path = tmp_path / "w.xlsx"
    report = bring(firms, book(path, [RETURN, ROW, ["甲科技有限公司", 2015, -5]]), "yearly-return")
    assert (codes(report), report.landed, Filing.records.count()) == ({("refused", "minimum")}, False, 0)
    report = bring(firms, book(path, [RETURN, ROW, ["甲科技有限公司", 2015, 5]]), "yearly-return")
    assert (report.landed, Filing.records.count()) == (True, 2)
