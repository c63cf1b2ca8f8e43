"""The records of two invented towns. Pure and seeded: the same records on every machine.

Counting and summing them gives what two articles published of Yunqi Town and Forest City; every firm is made up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from townwright.apps.parties.domain.codes import organisation_check_character, uscc_check_character

# No two of a row sound alike, so that the register proposes no merges but those that the demo wants to show.
_FIRST = "澄岚沐霁珩昱翊烁筱泓霖曜岑禾砚楚芷朗昭颂"
_SECOND = "舟川野石谷原溪峰汀桥陌径桐榆柏渡岭湾泉林"
_TRADE = (
    ("云计算", "6540"),
    ("大数据", "6450"),
    ("软件", "6513"),
    ("智能", "3963"),
    ("网络", "6421"),
    ("游戏", "6572"),
    ("物联", "6532"),
    ("设计", "7491"),
    ("电子", "3911"),
    ("传媒", "6579"),
)
PUBLISHED = {
    "firms": 481,
    "cloud": 362,
    "star": 210,
    "cloud_output": 8_036_000_000,
    "fiscal_2016": 336_020_000,
    "fiscal_2015": 212_660_000,
    "founders": 33,
    "members": 63,
}


@dataclass(slots=True)
class Town:
    """The rows of each workbook of a town, in the units in which the workbook prints them."""

    registry: list[dict[str, Any]] = field(default_factory=list)
    alliance: list[dict[str, Any]] = field(default_factory=list)
    returns: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    monthly: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    overseas: list[dict[str, Any]] = field(default_factory=list)


def sample_code(number: int) -> str:
    """Return a code with right check digits in a region (000000) that no office registers."""
    organisation = f"{number:08d}"
    first17 = f"91000000{organisation}{organisation_check_character(organisation)}"
    return first17 + uscc_check_character(first17)


def _name(number: int) -> tuple[str, str]:
    trade, code = _TRADE[number % len(_TRADE)]
    first, second = _FIRST[number // 10 % 20], _SECOND[number // 200 % 20]
    mark = "" if number < 4000 else str(number // 4000)
    return f"示例·{first}{second}{mark}{trade}有限公司", code


def _shares(total: int, weights: list[int]) -> list[int]:
    """Split a whole into whole parts by weight; the parts add up to it."""
    base = [total * weight // sum(weights) for weight in weights]
    for place in range(total - sum(base)):
        base[place % len(base)] += 1
    return base


def yunqi(scale: int = 1, seed: int = 2016) -> Town:
    """Return Yunqi Town's records; ``scale`` multiplies the firms and leaves the firms of each town's copy alike."""
    chance = random.Random(seed)  # noqa: S311 - a demo, not a secret
    town = Town()
    present = PUBLISHED["firms"] * scale
    since = date(2012, 1, 1)
    for number in range(present + 29 * scale):
        name, code = _name(number)
        arrived = since + timedelta(days=chance.randrange(366 * 3 if number % 3 else 366 * 5 - 40))
        row = {"name": name, "uscc": sample_code(number + 1), "registered_on": arrived - timedelta(days=chance.randrange(0, 900)), "arrived_on": arrived,
               "left_on": None, "capital": f"{chance.choice((50, 100, 200, 500, 1000))}万人民币", "industry_code": code, "tags": []}  # fmt: skip
        if number in (present, present + 1):  # written otherwise, it sounds like a firm that is still here
            row["name"] = _name(number - present)[0].replace("澄舟", "承舟").replace("有限公司", "有限责任公司")
        if number >= present:  # gone before the end of 2016, or not yet there
            gone = number < present + 17 * scale
            row["arrived_on"] = date(2013, 5, 6) if gone else date(2017, 2, 1) + timedelta(days=number % 90)
            row["left_on"] = date(2016, 3, 1) + timedelta(days=number % 200) if gone else None
            row["registered_on"] = date(2012, 8, 8)
        if number < PUBLISHED["cloud"] * scale or (number >= present and number % 2):
            row["tags"].append("涉云企业")
        if number < PUBLISHED["star"] * scale:
            row["tags"].append("名企")
        town.registry.append(row)
    _returns(town, chance, present, PUBLISHED["cloud"] * scale, scale)
    _applications(town, chance, present)
    for number in range(PUBLISHED["members"] + 2):
        joined = date(2014, 10, 1) if number < PUBLISHED["founders"] else date(2015, 1, 1) + timedelta(days=11 * number)
        left = date(2016, 5, 1) if number == PUBLISHED["founders"] else None
        if number == PUBLISHED["members"] + 1:
            joined = date(2017, 3, 1)
        town.alliance.append(
            {
                "name": town.registry[number * 3]["name"],
                "uscc": town.registry[number * 3]["uscc"],
                "joined_on": joined,
                "left_on": left,
                "founder": number < PUBLISHED["founders"],
            }
        )
    return town


def _returns(town: Town, chance: random.Random, present: int, cloud: int, scale: int) -> None:
    weights = [chance.randrange(5, 100) * (8 if number % 37 == 0 else 1) for number in range(present)]
    output = _shares(PUBLISHED["cloud_output"] // 100 * scale, weights[:cloud])
    for year in (2014, 2015, 2016):
        rows = []
        here = [number for number in range(present) if town.registry[number]["arrived_on"] < date(year + 1, 1, 1)]
        total = PUBLISHED.get(f"fiscal_{year}", PUBLISHED["fiscal_2015"] * 7 // 10) // 100 * scale
        fiscal = dict(zip(here, _shares(total, [weights[number] for number in here]), strict=True))
        for number in here:
            firm = town.registry[number]
            size = {2014: 60, 2015: 75 + number % 20, 2016: 100}[year]
            made = (output[number] if number < cloud else weights[number] * 900) * 100 * size // 100
            contribution = fiscal[number] * 100
            staff = max(3, weights[number] * 2 * size // 100)
            rows.append({
                "name": firm["name"], "uscc": firm["uscc"], "output": made + weights[number] * 1000, "cloud_output": made if number < cloud else 0,
                "revenue": made + weights[number] * 1500, "total_income": made + weights[number] * 1600, "hightech_income": made * 7 // 10,
                "fiscal_contribution": contribution, "taxes": contribution * 9 // 10, "rd_spend": made * (4 + number % 5) // 100,
                "rd_spend_domestic": made * (4 + number % 5) // 110, "staff": staff, "rd_staff": staff * (8 + number % 30) // 100,
                "total_assets": made * 2, "energy": Decimal(weights[number]) / 4, "land_area": None,
            })  # fmt: skip
        town.returns[year] = rows
    for number in range(0, present, 40):
        for month in (11, 12):
            row = town.returns[2016][number]
            town.monthly.append(
                {
                    "name": row["name"],
                    "uscc": row["uscc"],
                    "period": f"2016年{month}月",
                    "output": row["output"] // 12,
                    "cloud_output": row["cloud_output"] // 12,
                    "revenue": row["revenue"] // 12,
                    "taxes": row["taxes"] // 12,
                    "staff": row["staff"],
                }
            )


def _applications(town: Town, chance: random.Random, present: int) -> None:
    for number in range(0, present, 4):
        firm = town.registry[number]
        area, price = chance.choice((80, 120, 260, 600, 1200)), Decimal(chance.choice((60, 75, 90)))
        talent = number % 24 == 0
        town.applications.append({
            "name": firm["name"], "uscc": firm["uscc"], "rented_area": area, "unit_rent": price, "rent_paid": area * price * 12 if number % 28 else None,
            "support_year": 1 + number % 4, "it_spend": chance.randrange(0, 60) * 10_000, "logistics_spend": chance.randrange(0, 20) * 10_000,
            "talent_grade": chance.choice("BCDE") if talent else None, "talent_project_budget": chance.randrange(200, 2600) * 10_000 if talent else None,
            "talent_project_score": chance.randrange(60, 99) if talent else None,
        })  # fmt: skip


def forest_city(seed: int = 35) -> Town:
    """Return Forest City's records: a hundred Chinese firms, over 1,000 local jobs, in US dollars."""
    chance = random.Random(seed)  # noqa: S311 - a demo, not a secret
    town = Town()
    for number in range(106):
        name, _code = _name(number * 7 + 3)
        late = number >= 104
        town.registry.append({
            "name": name.replace("示例·", "示例·南"), "name_en": f"Sample Firm {number + 1:03d} Sdn Bhd", "uscc": f"SAMPLE-MY-{number + 1:06d}", "scheme": "my-sample",
            "registered_on": date(2014, 1, 1) + timedelta(days=number), "arrived_on": date(2017, 1, 9) if late else date(2016, 3, 1) + timedelta(days=number * 2),
            "left_on": None, "capital": f"{100 + number}万林吉特", "industry_code": ("4100", "6810", "5510", "6201")[number % 4], "industry_edition": "ISIC Rev.4",
            "tags": ["中资企业"] if number < 100 or late else [],
        })  # fmt: skip
        if not late:
            town.overseas.append({
                "name": town.registry[-1]["name"], "uscc": town.registry[-1]["uscc"], "investment": chance.randrange(200, 4000) * 1000,
                "output": chance.randrange(10, 900) * 1000, "host_tax": chance.randrange(1, 60) * 1000, "local_jobs": 8 + number % 6,
                "expatriate_jobs": number % 4, "local_purchase": chance.randrange(0, 300) * 1000,
            })  # fmt: skip
    return town
