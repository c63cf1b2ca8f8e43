"""A distributed run's stages: what they are, and that run one by one they give what the evaluator gives."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.exact import exact
from tests.kernel.stages_in_memory import staged_values
from tests.kernel.test_executors import BOOK, LEASE, ROW
from tests.kernel.test_executors import COMPILED as SMALL
from tests.kernel.test_steps_agree import COMPILED, towns
from tests.kernel.town import town
from townwright.kernel.formula import Machine, UnableToEvaluate, evaluate, tables_of_rows
from townwright.kernel.formula.carriers import Form, from_arrow, to_arrow
from townwright.kernel.formula.executors.arrays import Num
from townwright.kernel.formula.executors.engines import VectorEngine, engine_for
from townwright.kernel.formula.stages import results
from townwright.kernel.formula.staging import plan_stages

MACHINE = Machine()
# Column by column, as numpy passes, and compiled where llvmlite is there.
ENGINES = (None, VectorEngine({}), engine_for(MACHINE))


def assert_same(compiled, tables):
    direct = evaluate(compiled, tables)
    for engine in ENGINES:
        staged = staged_values(compiled, list(compiled.order), tables, engine)
        for name in compiled.order:
            size = direct.run.size(name[0])
            assert exact(staged[name], size) == exact(direct.run.variable(*name), size), name


@settings(max_examples=60, deadline=None)
@given(towns())
def test_staged_equals_direct_on_every_step(data):
    assert_same(COMPILED, tables_of_rows(COMPILED.book, data))


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=4), st.lists(LEASE, max_size=6))
def test_staged_equals_direct_on_awkward_numbers(rows, leases):
    data = {
        "firm": [{"key": str(n), **row} for n, row in enumerate(rows)],
        "lease": [{"id": str(n), **row} for n, row in enumerate(leases)],
    }
    assert_same(SMALL, tables_of_rows(BOOK, data))


def told(plan):
    """Return the stages of a plan, a line each; values by the text of their formulas."""

    def text(slots):
        return ", ".join(slot.expr.text for slot in slots if slot is not None)

    def way(stage):
        return " ".join(f"{hop.entity}.{hop.column or '*'}→{hop.to}" for hop in stage.hops)

    lines = [f"read {one.entity}{' by key' if one.keyed else ''}: {', '.join(one.columns)}" for one in plan.tables]
    for number, level in enumerate(plan.levels):
        for stage in level.across:
            kind = type(stage).__name__.lower()
            where = way(stage) if hasattr(stage, "hops") else f"by {text(stage.keys) or 'all'}" if hasattr(stage, "keys") else ""
            lines.append(f"{number} {kind} {stage.entity} {where}: {text(results(stage))}")
        for stage in level.rows:
            names = ", ".join(name for _, name in stage.names)
            lines.append(f"{number} rows {stage.entity} ({names}): {text(stage.inputs)} → {text(stage.outputs)}")
    return lines


def test_the_stages_of_a_plan_by_hand():
    compiled = town(
        ("lease.yearly_rent", "money CNY", "rent * 12"),
        ("firm.rents", "money CNY", "SUM(leases.yearly_rent) FILTER (WHERE leases.kind = 'office')"),
        ("firm.held", "int", "COUNT(leases)"),
        ("firm.floors", "int", "home.building_of.floors"),
        ("firm.big", "bool", "rents > UNIT(100, 'CNY') AND floors > 2"),
        ("firm.place", "int", "RANK(score, BY(section)) FILTER (WHERE big)"),
        ("zone.best", "int", "COUNT(firms) FILTER (WHERE firms.place <= 3)"),
    )
    rents = "SUM(leases.yearly_rent) FILTER (WHERE leases.kind = 'office')"
    assert told(plan_stages(compiled, [("zone", "best"), ("firm", "held")], carried=[("firm", "name")])) == [
        "read zone: ",
        "read building by key: floors, id",
        "read unit by key: building, id",
        "read firm by key: name, section, score, unit, key",
        "read lease: rent, kind, firm",
        "0 aggregate firm lease.firm→firm: COUNT(leases)",
        "0 join unit unit.building→building: home.building_of.floors",
        "0 rows lease (yearly_rent): rent, leases.kind → yearly_rent, leases.kind = 'office'",
        f"1 aggregate firm lease.firm→firm: {rents}",
        "1 join firm firm.unit→unit: home.building_of.floors",
        # The floors wait for the rents, so that one pass computes both.
        f"1 rows firm (rents, floors, big): {rents}, home.building_of.floors → big",
        "2 place firm by section: RANK(score, BY(section)) FILTER (WHERE big)",
        "2 rows firm (held, place): COUNT(leases), RANK(score, BY(section)) FILTER (WHERE big) → held, firms.place <= 3",
        "3 aggregate zone firm.*→zone: COUNT(firms) FILTER (WHERE firms.place <= 3)",
        "3 rows zone (best): COUNT(firms) FILTER (WHERE firms.place <= 3) → best",
    ]


def test_a_chain_hops_from_the_last_link_up():
    compiled = town(
        ("zone.paid", "money CNY", "SUM(firms.leases.payments.amount) FILTER (WHERE firms.leases.rent > firms.leases.payments.amount)")
    )
    lines = told(plan_stages(compiled, [("zone", "paid")]))
    assert next(line for line in lines if line[0].isdigit()) == "0 join payment payment.lease→lease: firms.leases.rent"
    assert lines[-2].startswith("1 aggregate zone payment.lease→lease lease.firm→firm firm.*→zone: SUM(")


def test_a_value_has_the_decimals_that_its_columns_hold():
    compiled = town(("firm.sum", "money CNY", "SUM(leases.rent)"), ("firm.mean", "money CNY", "MEAN(leases.rent)", "half_up 0.01"))
    forms = {slot.expr.text: slot.form for stage in plan_stages(compiled, [("firm", "mean")]).stages() for slot in results(stage)}
    assert (forms["SUM(leases.rent)"], forms["mean"]) == (Form("number", 2), Form("number", 2))
    finer = plan_stages(compiled, [("firm", "sum")], columns={("lease", "rent"): 5})
    assert finer.wanted[0].form == Form("number", 5)


def test_an_unknown_variable_is_refused():
    with pytest.raises(UnableToEvaluate, match=r"town has no variable firm\.nothing"):
        plan_stages(town(("firm.x", "int", "1")), [("firm", "nothing")])


def _num(num, den, ok=None):
    num = np.asarray(num, dtype=object)
    return Num(num, den, np.ones(num.size, dtype=bool) if ok is None else np.asarray(ok), max(map(abs, num)), 10**40)


def test_numbers_pass_exactly_or_not_at_all():
    most = 10**38 - 1
    (array,) = to_arrow(_num([most, -most, 0, -1], 100), Form("number", 2), 4, "x")
    assert [str(one) for one in array] == ["9" * 36 + ".99", "-" + "9" * 36 + ".99", "0.00", "-0.01"]
    assert exact(from_arrow([array], Form("number", 2)), 4) == [Fraction(most, 100), Fraction(-most, 100), 0, Fraction(-1, 100)]
    with pytest.raises(UnableToEvaluate, match="x needs more than 38 digits"):
        to_arrow(_num([most + 1], 1), Form("number"), 1, "x")
    with pytest.raises(UnableToEvaluate, match="x has more than 2 decimals"):
        to_arrow(_num([1], 1000), Form("number", 2), 1, "x")
    # What is missing may hold anything.
    (array,) = to_arrow(_num([7, most + 1], 1, [True, False]), Form("number"), 2, "x")
    assert array.to_pylist() == [7, None]


def test_quotients_pass_in_lowest_terms():
    num, den = to_arrow(_num([6, 10**39, -4], np.asarray([4, 10**39, 10], dtype=object)), Form("quotient"), 3, "x")
    assert (num.to_pylist(), den.to_pylist()) == ([3, 1, -2], [2, 1, 5])
    assert exact(from_arrow([num, den], Form("quotient")), 3) == [Fraction(3, 2), 1, Fraction(-2, 5)]
