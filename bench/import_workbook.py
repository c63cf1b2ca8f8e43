"""Rows a second and peak memory of reading a workbook by a form, beside openpyxl only iterating over the same file.

Usage: .venv/bin/python bench/import_workbook.py --rows 100000 --json
Each reader runs in a process of its own; the ratio is theirs over ours, in one run.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
import xlsxwriter

HEADERS = ["企业名称", "统一社会信用代码", "成立日期", "注册资本", "住所", "入驻日期", "行业代码", "标签"]


def write(path, rows):
    """Write a register of so many rows."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for n in range(1, rows + 1):
        sheet.write_row(
            n, 0, [f"示例第{n}号有限公司", f"SAMPLE{n:012d}", "2014年3月1日", "100万人民币", f"某路{n}号", "2015-01-01", "6513", "涉云企业"]
        )
    book.close()


def ours(path):
    """Read by the register's form: typed values, checks, findings."""
    from townwright.apps.parties.services.imports.forms import REGISTRY
    from townwright.frame.workbooks.reading import read_workbook

    return len(read_workbook(path, REGISTRY).rows)


def peer(path):
    """Iterate over the cells, and nothing else."""
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return sum(1 for _row in sheet.iter_rows(values_only=True)) - 1


def measured(name, path):
    """Run one reader in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--only", name, "--file", path], capture_output=True, check=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def run_one(name, path):
    """Print rows, seconds and peak memory of one reader."""
    if name == "ours":
        import os

        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "townwright.site.settings")
        django.setup()
    begun = time.perf_counter()
    rows = {"ours": ours, "peer": peer}[name](path)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": round(seconds, 2), "rows_a_second": round(rows / seconds), "peak_mb": round(peak)}))


def main():
    """Write the workbook, run both readers, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=["ours", "peer"])
    parser.add_argument("--file")
    told = parser.parse_args()
    if told.only:
        run_one(told.only, told.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "register.xlsx")
        write(path, told.rows)
        result = {"ours": measured("ours", path), "openpyxl_iterating": measured("peer", path)}
    result["speed_ratio"] = round(result["openpyxl_iterating"]["seconds"] / result["ours"]["seconds"], 2)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
