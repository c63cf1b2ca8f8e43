"""Worked examples of the documentation."""

from pathlib import Path

from tests.kernel.reference import to_step
from townwright.kernel.formula.executors import ranges
from townwright.kernel.formula.executors.program import Program, rounded
from townwright.kernel.values.rounding import HALF_UP

PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "exact-integer-ranges.md"


def test_the_worked_example_of_the_page_on_ranges():
    program = Program()
    rent = program.column(0, ranges.bucket(0, 100_000_000))
    product = program.times(rent, 1234)
    support = program.div(product, program.const(10_000), HALF_UP)
    page = PAGE.read_text(encoding="utf-8")
    for place, high, bits in ((rent, 268_435_455, 28), (product, 331_249_351_470, 39), (support, 33_124_936, 25)):
        span = program.span(place)
        assert (span.lo, span.hi, span.bits) == (0, high, bits)
        assert f"0 … {high:,} | {bits} |" in page
    assert (rounded(2500 * 1234, 10_000, HALF_UP), rounded(2500 * 1234 - 1, 10_000, HALF_UP)) == (309, 308)
    assert (to_step(2500 * 1234, HALF_UP, 10_000), round(3_085_000 * (1 / 10_000) + 5_000.5 / 10_000 - 0.5)) == (3_090_000, 309)
