"""The demo's records as workbooks, in the shapes that towns really send."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from townwright.site.demo.records import Town

WAN = Decimal(10_000)
REGISTRY = (
    ("企业名称", "name"), ("英文名称", "name_en"), ("统一社会信用代码", "uscc"), ("代码类型", "scheme"), ("成立日期", "registered_on"), ("注册资本", "capital"),
    ("入驻日期", "arrived_on"), ("迁出日期", "left_on"), ("行业代码", "industry_code"), ("行业分类版本", "industry_edition"), ("标签", "tags"), ("示例数据", "sample"),
)  # fmt: skip
RETURN = (
    ("企业名称", "name", 0), ("统一社会信用代码", "uscc", 0), ("年度", "period", 0), ("总产值（万元）", "output", 1), ("涉云产值（万元）", "cloud_output", 1),
    ("营业收入（万元）", "revenue", 1), ("总收入（万元）", "total_income", 1), ("高新技术产品（服务）收入（万元）", "hightech_income", 1), ("财政贡献（万元）", "fiscal_contribution", 1),
    ("税收实际贡献（万元）", "taxes", 1), ("研发经费支出（万元）", "rd_spend", 1), ("境内研发经费支出（万元）", "rd_spend_domestic", 1), ("从业人员（人）", "staff", 0),
    ("研发人员（人）", "rd_staff", 0), ("资产总计（万元）", "total_assets", 1), ("综合能耗（吨标煤）", "energy", 0),
)  # fmt: skip
APPLICATION = (
    ("单位名称", "name", 0), ("信用代码", "uscc", 0), ("年度", "period", 0), ("租用面积（平方米）", "rented_area", 0), ("租金单价（元/㎡/月）", "unit_rent", 0),
    ("当年实付租金（元）", "rent_paid", 0), ("享受补贴第几年", "support_year", 0), ("信息基础设施支出（元）", "it_spend", 0), ("后勤保障支出（元）", "logistics_spend", 0),
    ("人才等级", "talent_grade", 0), ("人才项目预算（万元）", "talent_project_budget", 1), ("人才项目评分", "talent_project_score", 0),
)  # fmt: skip
MONTHLY = (
    ("企业名称", "name", 0), ("统一社会信用代码", "uscc", 0), ("月份", "period", 0), ("总产值（元）", "output", 0), ("涉云产值（元）", "cloud_output", 0), ("营业收入（元）", "revenue", 0),
    ("税收实际贡献（元）", "taxes", 0), ("从业人员", "staff", 0),
)  # fmt: skip
OVERSEAS = (
    ("Name", "name", 0), ("Code", "uscc", 0), ("Year", "period", 0), ("Cumulative investment (USD)", "investment", 0), ("Output (USD)", "output", 0),
    ("Taxes to the host state (USD)", "host_tax", 0), ("Local jobs", "local_jobs", 0), ("Expatriate jobs", "expatriate_jobs", 0), ("Local purchase (USD)", "local_purchase", 0),
)  # fmt: skip


def _cell(value: Any, wan: bool) -> Any:
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and wan:
        value = Decimal(value) / WAN
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _sheet(
    path: Path, title: str, columns: Sequence[tuple[str, str, int]], rows: list[dict[str, Any]], *, merged: bool = False, total: str = ""
) -> None:
    """Write a workbook with a title block, and on wish a merged header and a totals row."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("数据")
    sheet.merge_range(0, 0, 0, len(columns) - 1, title, book.add_format({"bold": True, "align": "center"}))
    sheet.write(1, 0, "填报单位：示例管委会")
    if merged:
        sheet.merge_range(2, 3, 2, len(columns) - 1, "主要指标")
    header = 3 if merged else 2
    for place, (name, _key, _wan) in enumerate(columns):
        sheet.write(header, place, name)
    number = header
    for number, row in enumerate(rows, header + 1):
        for place, (_name, key, wan) in enumerate(columns):
            value = _cell(row.get(key), bool(wan))
            if isinstance(value, str) and wan:
                value = Decimal(value)
                sheet.write_number(number, place, value)
            elif value is not None:
                sheet.write(number, place, value)
    if total:
        sheet.write(number + 1, 0, "合计")
        place = next(index for index, column in enumerate(columns) if column[1] == total)
        whole = sum((Decimal(row[total]) for row in rows if row.get(total) is not None), Decimal(0))
        sheet.write_number(number + 1, place, whole / WAN if columns[place][2] else whole)
    book.close()


def _registry(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the register as a CSV; one row twice, and one code in full width, as real files have them."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([header for header, _key in REGISTRY])
        for number, row in enumerate(rows):
            told = {**row, "tags": "；".join(row["tags"]), "sample": "是"}
            if number == 5:
                told["uscc"] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in told["uscc"])
            line = ["" if told.get(key) is None else told.get(key) for _header, key in REGISTRY]
            writer.writerow(line)
            if number == 9:
                writer.writerow(line)


def _alliance(path: Path, town: Town) -> None:
    """Write the members of the alliance, with dates as people type them."""
    columns = (
        ("联盟名称", "alliance", 0),
        ("企业名称", "name", 0),
        ("统一社会信用代码", "uscc", 0),
        ("加入日期", "joined", 0),
        ("退出日期", "left", 0),
        ("发起单位", "founder", 0),
    )
    rows = [
        {
            **row,
            "alliance": "示例·云栖小镇联盟",
            "joined": f"{row['joined_on']:%Y年%m月%d日}",
            "left": row["left_on"] and f"{row['left_on']:%Y.%m.%d}",
            "founder": "是" if row["founder"] else "否",
        }
        for row in town.alliance
    ]
    _sheet(path, "云栖小镇联盟成员名单（示例）", columns, rows)


def write_town(town: Town, folder: Path) -> list[tuple[str, Path, dict[str, Any]]]:
    """Write a town's workbooks and return (dataset, file, import options) in the order in which to import them."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[str, Path, dict[str, Any]]] = []

    def add(dataset: str, path: Path, **options: Any) -> Path:
        written.append((dataset, path, options))
        return path

    _registry(add("registry", folder / "名录.csv"), town.registry)
    if town.alliance:
        _alliance(add("alliance-members", folder / "联盟成员.xlsx"), town)
    for year, told in sorted(town.returns.items()):
        rows = [{**row, "period": year} for row in told]
        _sheet(
            add("yearly-return", folder / f"年报{year}.xlsx"),
            f"{year}年度企业年报（示例）",
            RETURN,
            rows,
            merged=year == 2016,
            total="fiscal_contribution",
        )
    if town.monthly:
        _sheet(add("monthly-return", folder / "月报2016.xlsx"), "2016年企业月报（示例）", MONTHLY, town.monthly)
    if town.applications:
        _sheet(
            add("support-application", folder / "政策申报2016.xlsx"),
            "2016年度政策申报汇总（示例）",
            APPLICATION,
            [{**row, "period": 2016} for row in town.applications],
        )
    if town.overseas:
        _sheet(
            add("overseas-yearly-return", folder / "overseas-2016.xlsx"),
            "Returns of 2016 (sample)",
            OVERSEAS,
            [{**row, "period": 2016} for row in town.overseas],
        )
    return written
