"""A town of any size for the shipped rulebook on office rent: firms, and two years of their returns."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from formula_side import money

from townwright.kernel.formula import load_rulebook

PATH = Path(__file__).resolve().parent.parent / "src/townwright/rulebooks/policies/lucheng-3-office-rent.yaml"
YEAR, YEARS = "2020", (2019, 2020)


def book():
    """Return the rulebook."""
    return load_rulebook(PATH.read_text(), source=PATH.name)


def tables(firms, seed=3):
    """Return so many firms; one in fifty left a figure out."""
    chance = np.random.default_rng(seed)
    keys = pa.array(np.char.add("F", np.char.zfill(np.arange(firms).astype(str), 8)))
    sectors = pa.DictionaryArray.from_arrays(chance.integers(0, 6, firms).astype(np.int32), list("CFGIJM"))
    firm = pa.table(
        {
            "key": keys, "present": pa.array(chance.random(firms) < 0.95), "is_branch": pa.array(chance.random(firms) < 0.1), "section": sectors,
        }
    )  # fmt: skip
    parts = []
    for year in YEARS:
        there = chance.random(firms) > 0.02
        parts.append(
            {
                "firm": keys, "period": pa.array(np.full(firms, str(year))), "year": pa.array(np.full(firms, year)),
                "real_estate": pa.array(chance.random(firms) < 0.03), "modern_service": pa.array(chance.random(firms) < 0.8),
                "newly_settled": pa.array(chance.random(firms) < 0.6),
                "local_contribution": money(np.exp(chance.normal(18, 1, firms)).astype(np.int64), there),
                "office_area": money(chance.integers(2_000, 500_000, firms)),
                "office_rent_paid": money(chance.integers(1_000_000, 200_000_000, firms)),
                "rent_support_year": pa.array(chance.integers(1, 5, firms)),
            }
        )  # fmt: skip
    returns = pa.concat_tables([pa.table(part) for part in parts])
    return {"firm": firm, "lucheng_yearly": returns.combine_chunks()}
