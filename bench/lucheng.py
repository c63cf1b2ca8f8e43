"""Assess the firms of a district register by the Lucheng rulebooks, over generated returns.

Usage: .venv/bin/python bench/lucheng.py FOLDER_OF_REGISTRIES --json
The folder holds lucheng_registry.csv. Returns of 2019 and 2020 are invented (seeded) and say nothing of any real firm.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

TOWNWRIGHT = Path(sys.executable).with_name("townwright")
HEADER = [
    "统一社会信用代码", "年度", "地方综合贡献（元）", "营业收入（元）", "现代服务业", "其他营利性服务业", "房地产", "新设非总部型", "自用办公面积（平方米）",
    "办公租金单价", "办公用房实际租赁成本（元）", "租金补助第几年",
]  # fmt: skip


def call(home, *words):
    """Run a verb and return its JSON."""
    done = subprocess.run(
        [TOWNWRIGHT, *words, "--json"], env={**os.environ, "TOWNWRIGHT_HOME": home}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return json.loads(done.stdout)


def returns(registry, path):
    """Write invented returns of two years for every code in the register."""
    chance = random.Random(2020)
    with registry.open(encoding="utf-8-sig") as stream:
        codes = sorted({row["uscc"] for row in csv.DictReader(stream)})
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for code in codes:
            base, revenue, modern, area = (
                chance.randrange(100_000, 1_500_000),
                chance.randrange(10**7, 4 * 10**8),
                chance.random() < 0.5,
                chance.randrange(0, 5000),
            )
            for year, grown in ((2019, 100), (2020, chance.randrange(80, 160))):
                yes = {True: "是", False: "否"}
                row = [
                    base * grown // 100,
                    revenue * grown // 100,
                    yes[modern],
                    yes[not modern],
                    yes[chance.random() < 0.05],
                    yes[modern and area > 2000],
                ]
                writer.writerow([code, year, *row, area, 30, area * 360, 1 + chance.randrange(4)])


def main():
    """Import, adopt, close, and print the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    registry = told.folder / "lucheng_registry.csv"
    names = "lucheng-1a-contribution,lucheng-1b-revenue,lucheng-2-key-firm,lucheng-3-office-rent,lucheng-4-tax-building,lucheng-5-featured-building"
    with tempfile.TemporaryDirectory() as home:
        words = ["init", "--zone", "lucheng", "--name-zh", "鹿城", "--kind", "industrial_park", "--rulebooks", names]
        subprocess.run([TOWNWRIGHT, *words], env={**os.environ, "TOWNWRIGHT_HOME": home}, check=True, capture_output=True)
        first = call(home, "import", str(registry), "--dataset", "registry", "--zone", "lucheng")
        sheet = Path(home) / "returns.csv"
        returns(registry, sheet)
        second = call(home, "import", str(sheet), "--dataset", "lucheng-yearly", "--zone", "lucheng")
        closed = call(home, "close", "--zone", "lucheng", "--period", "2020")
        verdicts = call(home, "assess", "--zone", "lucheng", "--period", "2020")
    counts = ("read", "created", "updated", "unchanged", "warned", "refused")
    result = {
        "registry": {c: first[c] for c in counts},
        "returns": {c: second[c] for c in counts},
        "awards": closed["awards_proposed"],
        "verdicts": verdicts,
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
