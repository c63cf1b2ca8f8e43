"""Integer programs: every value lies in the span that was proven for it, and machine code gives what Python's integers give."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.reference import to_step
from townwright.kernel.formula import Machine
from townwright.kernel.formula.executors import ranges
from townwright.kernel.formula.executors.engines import NativeEngine, VectorEngine
from townwright.kernel.formula.executors.inputs import Source
from townwright.kernel.formula.executors.native import call
from townwright.kernel.formula.executors.program import TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable
from townwright.kernel.values.rounding import MODES

MACHINE = Machine()
needs_llvm = pytest.mark.skipif(not MACHINE.ready, reason="llvmlite is not installed")
SPANS = [
    Span(0, 1),
    Span(-5, 1000),
    Span(0, 2**32 - 1),
    Span(-(2**31), 2**31 - 1),
    Span(-(2**49), 2**49),
    Span(0, 2**51),
    Span(-(2**62), 2**62),
]


OPERATIONS = {
    "true": lambda a, imm, row: 1, "false": lambda a, imm, row: 0, "const": lambda a, imm, row: imm, "column": lambda a, imm, row: row[imm],
    "add": lambda a, imm, row: a[0] + a[1], "sub": lambda a, imm, row: a[0] - a[1], "mul": lambda a, imm, row: a[0] * a[1],
    "min": lambda a, imm, row: min(a), "max": lambda a, imm, row: max(a), "abs": lambda a, imm, row: abs(a[0]),
    "sel": lambda a, imm, row: a[1] if a[0] else a[2], "div": lambda a, imm, row: int(to_step(Fraction(a[0], a[1]), imm, 1)),
    "eq": lambda a, imm, row: int(a[0] == a[1]), "lt": lambda a, imm, row: int(a[0] < a[1]), "and": lambda a, imm, row: a[0] & a[1],
    "or": lambda a, imm, row: a[0] | a[1], "not": lambda a, imm, row: 1 - a[0], "within": lambda a, imm, row: a[0],
    "store": lambda a, imm, row: 0,
}  # fmt: skip


def walk(program, row):
    """Run a program on one row of Python integers and check every span."""
    values = []
    for step in program.steps:
        value = OPERATIONS[step.op]([values[arg] for arg in step.args], step.imm, row)
        assert step.span.lo <= value <= step.span.hi, (step, value)
        values.append(value)
    return values


class Narrow(NativeEngine):
    """Machine code as on a processor that does not turn 64-bit integers into doubles at once."""

    def prepare(self, program, stores, columns):
        converts, self.machine.converts = self.machine.converts, False
        try:
            return super().prepare(program, stores, columns)
        finally:
            self.machine.converts = converts


ENGINES = [
    pytest.param(NativeEngine(MACHINE), id="native", marks=needs_llvm), pytest.param(Narrow(MACHINE), id="narrow", marks=needs_llvm),
    pytest.param(VectorEngine({}), id="numpy"),
]  # fmt: skip


def run(engine, program, stores, columns, *, threads=1):
    """Run over columns of 64-bit integers and return the stored integers, and whether all rows kept their ranges."""
    sources = [Source("number", "i64", 1, ranges.bucket(0, 0), False, column, None) for column in columns]
    runner = engine.prepare(program, stores, [one.storage for one in sources])
    rows = len(columns[0])
    forms = [program.form(program.steps[store].args[0]) for store in stores]
    results = call.outputs_for(runner.pointers, forms, rows)
    kept = runner.run(sources, {}, results, rows=rows, threads=threads, block=8)
    return [results["result", index][:rows].tolist() for index in range(len(stores))], kept


def admitted(engine, program, place):
    """Say whether an engine can compute a step and all below it."""
    return engine.admits(program, place) and all(admitted(engine, program, arg) for arg in program.steps[place].args)


@st.composite
def programs(draw):
    """Return a random program with the spans of its columns and the places to store."""
    program = Program()
    spans = [draw(st.sampled_from(SPANS)) for _ in range(3)]
    numbers = [program.column(index, span) for index, span in enumerate(spans)]
    numbers += [program.const(draw(st.one_of(st.integers(-10, 10), st.integers(-(2**40), 2**40)))) for _ in range(2)]
    bits = []
    for _ in range(draw(st.integers(1, 12))):
        pick = lambda: draw(st.sampled_from(numbers))  # noqa: E731
        op = draw(st.sampled_from(["add", "sub", "mul", "min", "max", "abs", "div", "div", "eq", "lt", "logic", "sel"]))
        try:
            if op in ("eq", "lt"):
                bits.append(getattr(program, op)(pick(), pick()))
            elif op == "logic" and bits:
                a, b = draw(st.sampled_from(bits)), draw(st.sampled_from(bits))
                bits.append(draw(st.sampled_from([program.and_(a, b), program.or_(a, b), program.not_(a), program.bit_sel(a, b, a)])))
            elif op == "sel" and bits:
                numbers.append(program.sel(draw(st.sampled_from(bits)), pick(), pick()))
            elif op == "div":
                divisor = program.max(program.abs(pick()), program.const(1))
                known = program.const(draw(st.sampled_from([2, 3, 10, 999, 10**4, 10**9, 2**61 + 1])))
                numbers.append(program.div(pick(), draw(st.sampled_from([divisor, known])), draw(st.sampled_from(MODES))))
            elif op == "abs":
                numbers.append(program.abs(pick()))
            elif op not in ("logic", "sel"):
                numbers.append(getattr(program, op)(pick(), pick()))
        except Unprovable:
            continue
    return program, spans, [place for place in numbers if program.span(place).bits <= 63]


def _ends(span):
    return st.one_of(st.integers(span.lo, span.hi), st.sampled_from([span.lo, span.hi, min(max(0, span.lo), span.hi)]))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=100, deadline=None)
@given(told=programs(), data=st.data())
def test_engines_give_what_integers_give_and_no_value_leaves_its_span(engine, told, data):
    program, spans, places = told
    stored = [place for place in places if admitted(engine, program, place)][-4:]
    stores = [program.store(place, TRUE, index) for index, place in enumerate(stored)]
    rows = data.draw(st.lists(st.tuples(*map(_ends, spans)), min_size=1, max_size=20))
    columns = [np.asarray([row[index] for row in rows], dtype=np.int64) for index in range(3)]
    found, kept = run(engine, program, stores, columns)
    assert kept
    wanted = [walk(program, row) for row in rows]
    assert found == [[values[place] for values in wanted] for place in stored]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("mode", MODES)
def test_ties_and_their_neighbours_round_as_named_on_every_path(mode, engine):
    # Numerators around k·d + d/2 for a product path (small), an estimate path (large) and a 128-bit path.
    for scale in (1, 2**12 + 1, 2**62 - 57):
        for d in (2, 7, 100, 10**6):
            numerators = sorted({sign * (k * d + d // 2) + by for k in (0, 1, 2, 12345) for sign in (1, -1) for by in (-1, 0, 1)})
            program = Program()
            scaled = program.mul(program.column(0, Span(-(2**40), 2**40)), program.const(scale))
            place = program.div(scaled, program.const(d * scale), mode)
            if admitted(engine, program, place):
                found, _ = run(engine, program, [program.store(place, TRUE, 0)], [np.asarray(numerators, dtype=np.int64)])
                assert found[0] == [int(to_step(Fraction(n, d), mode, 1)) for n in numerators], (mode, d, scale)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_outside_the_range_that_was_assumed_fails_the_run(engine):
    program = Program()
    raw = program.column(0, Span(-(2**63), 2**63 - 1))
    store = program.store(program.guard(raw, TRUE, Span(0, 255)), TRUE, 0)
    inside, kept = run(engine, program, [store], [np.arange(20, dtype=np.int64)])
    assert (inside[0], kept) == (list(range(20)), True)
    for bad in (256, -1, 2**62):
        rows = np.arange(20, dtype=np.int64)
        rows[17] = bad
        assert run(engine, program, [store], [rows])[1] is False


def test_a_span_wider_than_128_bits_is_refused():
    program = Program()
    big = program.column(0, Span(-(2**62), 2**62))
    squared = program.mul(big, big)
    with pytest.raises(Unprovable, match="bits"):
        program.mul(squared, program.mul(big, program.const(8)))


def test_what_the_ranges_settle_is_folded():
    program = Program()
    small, large = program.column(0, Span(0, 9)), program.column(1, Span(10, 99))
    assert program.lt(small, large) == TRUE
    assert program.min(small, large) == small
    assert program.abs(small) == small
    assert program.sel(program.lt(large, small), large, small) == small
    assert program.span(program.div(large, program.const(10), "floor")) == Span(1, 9)
