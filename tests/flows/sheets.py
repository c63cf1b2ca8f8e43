"""Workbooks made for a test, importing them, and what an import must leave alone."""

import io
import zipfile

import openpyxl
from django.apps import apps

from tests.flows.conftest import AT, CLERK
from townwright.frame.models import ImportRun
from townwright.frame.workbooks.pipeline import run_import
from townwright.site.datasets import handler_for

SHEET = "xl/worksheets/sheet1.xml"
RETURN = ["企业名称", "年度", "营业收入（元）"]


def book(path, rows, *merges, title="数据"):
    """Write rows of cells to a workbook."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    made.save(path)
    return path


def edited(path, rows, edit):
    """Write a workbook and change the text of its sheet, as no writer would."""
    made, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(buffer)
    with zipfile.ZipFile(buffer) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            archive.writestr(name, edit(whole.read(name)) if name == SHEET else whole.read(name))
    return path


def ods(path, *rows):
    """Write an OpenDocument sheet whose rows are cells of XML, text or numbers."""
    head = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    calc = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'

    def cell(value):
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
        return (
            value if value.startswith("<") else f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        )

    lines = "".join(row if isinstance(row, str) else f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{head}{calc}><office:body><office:spreadsheet>'
            f'<table:table table:name="数据">{lines}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    return path


def bring(zone, path, dataset, **told):
    """Import a file."""
    return run_import(path, dataset=dataset, handler=handler_for(dataset, zone), zone=zone, actor=CLERK, at=AT, **told)


def codes(report):
    """Return severity and code of what was found."""
    return {(finding.severity, finding.code) for finding in report.findings}


def state():
    """Count the rows of every table of the house, audit entries too; only the list of imports that were run may grow."""
    models = [model for model in apps.get_models() if model.__module__.startswith("townwright.") and model is not ImportRun]
    return {model._meta.label: model._base_manager.count() for model in models}


def tells(message, zh, en):
    """Say whether the message tells all these words in each language."""
    missing = [word for word in zh if word not in message["zh"]] + [word for word in en if word not in message["en"]]
    assert missing == [], message
    return True
