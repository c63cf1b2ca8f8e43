"""A distributed run's stages: what they are, and that run one by one they give what the evaluator gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.exact import exact
from tests.kernel.stages_in_memory import staged_values
from tests.kernel.test_executors import BOOK, LEASE, ROW
from tests.kernel.test_executors import COMPILED as SMALL
from tests.kernel.test_steps_agree import COMPILED, towns
from townwright.kernel.formula import evaluate, tables_of_rows


def assert_same(compiled, tables):
    direct = evaluate(compiled, tables)
    staged = staged_values(compiled, list(compiled.order), tables)
    for name in compiled.order:
        size = direct.run.size(name[0])
        assert exact(staged[name], size) == exact(direct.run.variable(*name), size), name


@settings(max_examples=150, deadline=None)
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
