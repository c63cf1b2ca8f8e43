"""Templates and exports; a text that looks like a formula is written as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO

import xlsxwriter

from townwright.frame.workbooks.forms import Field, SheetForm

UNITS = {"zh": {"CNY": "元", "m2": "平方米", "person": "人", "tce": "吨标准煤", "USD": "美元", "MYR": "林吉特", "point": "分"}, "en": {}}


def unit_name(field: Field, language: str) -> str:
    """Return the name of the base unit in which a field's values are kept; empty where it has none."""
    word = "zh" if language.startswith("zh") else "en"
    return UNITS[word].get(field.unit, field.unit) if field.kind in ("money", "area", "energy", "integer", "decimal") else ""


def header_of(field: Field, language: str) -> str:
    """Return a template's header: the label, with the base unit where there is one."""
    word = "zh" if language.startswith("zh") else "en"
    label, unit = field.label.get(word, field.name), unit_name(field, language)
    return f"{label}（{unit}）" if unit and word == "zh" else f"{label} ({unit})" if unit else label


def write_template(form: SheetForm, stream: BinaryIO, language: str) -> None:
    """Write an empty workbook that imports without mapping once filled."""
    word = "zh" if language.startswith("zh") else "en"
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#E7EEF7", "border": 1})
    sheet = book.add_worksheet(form.title.get(word, form.name)[:31])
    notes = book.add_worksheet("说明" if word == "zh" else "notes")
    sheet.freeze_panes(1, 0)
    for place, field in enumerate(form.fields):
        header = header_of(field, word)
        sheet.write_string(0, place, header, bold)
        sheet.set_column(place, place, max(12, len(header) * (2 if word == "zh" else 1)))
        notes.write_row(
            place, 0, [header, field.kind, ("必填" if word == "zh" else "required") if field.required else "", "、".join(field.aliases)]
        )
        if field.choices:
            offered = [label.get(word, value) for value, label in field.choices.items()]
            sheet.data_validation(1, place, 10_000, place, {"validate": "list", "source": offered})
    book.close()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: BinaryIO, *, file_format: str = "xlsx") -> int:
    """Write a table as ``xlsx`` or ``csv`` (UTF-8 with a mark, as spreadsheets expect); return the number of rows."""
    count = 0
    if file_format == "csv":
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if value is None else _safe(value) for value in row])
            count += 1
        text.detach()
        return count
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    for count, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(count, place, value, day)  # type: ignore[arg-type]
            elif isinstance(value, str):
                sheet.write_string(count, place, value)
            elif value is not None:
                sheet.write(count, place, value)
    book.close()
    return count
