"""A town of awkward records: keys that are missing or shared, empty groups, ties, filters in doubt."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pyarrow.parquet as pq

from tests.kernel.exact import exact
from townwright.frame.tables import ParquetFolder
from townwright.kernel.formula import evaluate, tables_of_rows


class _Draw:
    def __init__(self, seed):
        self.chance = random.Random(seed)

    def of(self, *values):
        return self.chance.choice(values)

    def day(self):
        return self.of(None, date(2018, 1, 1) + timedelta(days=self.chance.randrange(1800)))

    def money(self):
        return self.of(None, Decimal(self.chance.randrange(-(10**17), 10**17)).scaleb(-2), Decimal(self.chance.randrange(5)))

    def score(self):
        return self.of(None, *[Decimal(self.chance.randrange(9)) / 2] * 5)


def awkward_town(seed, firms=9):
    """Return rows of the town of tests/kernel/town.py; firm 1 is there twice, and so is building B0."""
    draw = _Draw(seed)
    keys = [str(number) for number in range(firms)]
    building = [{"id": one, "floors": draw.of(None, 1, 2)} for one in ("B0", "B1", "B0")]
    unit = [
        {"id": f"U{n}", "building": draw.of(None, "B0", "B1", "B9"), "size": draw.of(None, draw.chance.randrange(500))} for n in range(5)
    ]
    firm = [
        {
            "key": key, "section": draw.of(None, "C", "I", "I"), "county": draw.of(None, 1, 2), "score": draw.score(),
            "exempt": draw.of(None, True, False, False, False), "vetoed": draw.of(True, False, False), "unit": draw.of(None, "U0", "U1", "U7"),
            "first": draw.day(), "day": draw.day(), "count": draw.of(None, draw.chance.randrange(-9, 9)),
        } for key in (*keys, "1")
    ]  # fmt: skip
    lease = [
        {"id": f"L{n}", "firm": draw.of(None, "77", *keys), "unit": draw.of(None, "U0", "U1", "U2"), "rent": draw.money(), "kind": draw.of(None, "office", "flat")}
        for n in range(2 * firms)
    ]  # fmt: skip
    payment = [
        {"lease": draw.of(None, "L99", *[one["id"] for one in lease]), "amount": draw.money(), "paid_on": draw.day(), "settled": draw.of(None, True, False)}
        for _ in range(5 * firms)
    ]  # fmt: skip
    told = {(draw.of(None, "77", *keys), draw.chance.randrange(2017, 2021)): draw.money() for _ in range(4 * firms)}
    yearly = [{"firm": one, "period": str(year), "year": year, "revenue": revenue} for (one, year), revenue in told.items()]
    return {"building": building, "unit": unit, "firm": firm, "lease": lease, "payment": [{"id": str(n), **row} for n, row in enumerate(payment)], "yearly": yearly}  # fmt: skip


def laid_down(tables, folder):
    """Write the tables as Parquet and return their folder."""
    for entity, table in tables.items():
        pq.write_table(table, folder / f"{entity}.parquet")
    return ParquetFolder(folder, list(tables))


def both(spark, compiled, data, folder, names=None):
    """Return the values of the variables as the embedded run and Spark give them, by name."""
    tables = data if not isinstance(next(iter(data.values())), list) else tables_of_rows(compiled.book, data)
    source = laid_down(tables, folder)
    names = names or list(compiled.order)
    there, here = spark.evaluate(compiled, source, outputs=names), evaluate(compiled, source.tables())
    sizes = {entity: table.num_rows for entity, table in tables.items()}
    return tuple({name: exact(run.run.variable(*name), sizes[name[0]]) for name in names} for run in (here, there))
