"""Rows below the data that are none: totals, and the lines on which a form is signed, dated or annotated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from townwright.frame.workbooks.cells import folded, to_decimal
from townwright.frame.workbooks.forms import NOTE, WARNED, Finding, Matched, SheetRow
from townwright.frame.workbooks.headers import row_values

TOTALS = ("合计", "总计", "小计", "累计", "合 计", "总 计", "total", "sum", "subtotal", "grand total")
SIGNED = (
    "单位负责人", "企业负责人", "统计负责人", "财务负责人", "法定代表人签字", "负责人签字", "制表", "制表人", "填表", "填表人", "填报人", "审核", "审核人",
    "复核", "复核人", "经办人", "填表日期", "填报日期", "报出日期", "制表日期", "prepared by", "filled in by", "checked by", "approved by", "signed by",
)  # fmt: skip
REMARKED = (
    "负责人", "联系人", "联系电话", "电话", "手机", "日期", "填报单位", "备注", "附注", "注", "说明", "填表说明", "数据来源", "资料来源", "来源",
    "contact", "phone", "date", "note", "notes", "remark", "remarks", "source",
)  # fmt: skip
# A signature's label may stand alone in its cell; a remark's must have its colon, or a firm named Source would be lost.
_FOOTER = re.compile(rf"(?:{'|'.join(map(re.escape, SIGNED + REMARKED))})\s*\d*\s*[:：].*|(?:{'|'.join(map(re.escape, SIGNED))})", re.S)


def is_footer(cells: list[Any], number: int, findings: list[Finding]) -> bool:
    """Recognise by its first word a line on which a form is signed, dated or annotated; leave it out and say so."""
    first = next((folded(cell) for cell in cells if cell not in (None, "")), "")
    if not _FOOTER.fullmatch(re.sub(r"\s+", " ", first).strip().casefold()):
        return False
    zh, en = f"表尾行（{first[:30]}），不作为数据导入。", f"A line below the table ({first[:30]}); not taken as data."
    findings.append(Finding(NOTE, "footer", {"zh": zh, "en": en}, number))
    return True


def is_totals(cells: list[Any], rows: list[SheetRow], columns: Mapping[str, Matched], number: int, findings: list[Finding]) -> bool:
    """Recognise a totals row, leave it out, and compare it with the sum of the rows above."""
    first = next((folded(cell) for cell in cells if cell not in (None, "")), "")
    if first.casefold().rstrip(":：") not in TOTALS:
        return False
    findings.append(Finding(NOTE, "totals", {"zh": "合计行，不作为数据导入。", "en": "A totals row; not taken as data."}, number))
    for name, column in columns.items():
        cell = row_values(cells, column.index)
        values = [row.values.get(name) for row in rows]
        if cell in (None, "") or not any(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values):
            continue
        try:
            told = to_decimal(cell, folded(cell)) * column.factor
        except InvalidOperation:
            continue
        total = sum((Decimal(value) for value in values if isinstance(value, int | Decimal)), Decimal(0))
        if abs(told - total) > column.factor * Decimal("0.01") * max(1, len(values)):
            findings.append(
                Finding(
                    WARNED,
                    "totals-differ",
                    {
                        "zh": f"“{column.header}”合计行为{told}，各行相加为{total}，请核对。",
                        "en": f"{column.header}: the totals row says {told}, the rows add up to {total}. Compare them.",
                    },
                    number,
                    name,
                )
            )
    return True
