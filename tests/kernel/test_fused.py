"""The fused native pass, numpy in blocks and a slow reference agree to the last digit."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.random_rulebooks import HEAD, rows, rulebooks
from tests.kernel.reference import Reference
from tests.kernel.test_steps_agree import COMPILED as TOWN
from tests.kernel.test_steps_agree import towns
from townwright.kernel.formula import Execution, Machine, compile_rulebook, evaluate, load_rulebook, tables_of_rows
from townwright.kernel.values.period import Period

MACHINE, NARROW = Machine(), Machine()
# As on a processor that does not turn 64-bit integers into doubles at once.
NARROW.converts = False
PERIOD = Period.parse("2020")


def _plain(values):
    return [Fraction(one) if isinstance(one, int | Decimal) and not isinstance(one, bool) else one for one in values]


@settings(max_examples=120, deadline=None)
@given(rulebooks(), rows(), st.sampled_from([MACHINE, NARROW]))
def test_native_numpy_columns_and_a_reference_agree(told, data, machine):
    book, names = told
    compiled, tables = compile_rulebook(book, period=PERIOD), tables_of_rows(book, data)
    outputs = [f"firm.{name}" for name in names]
    reference = Reference(compiled, data)
    runs = {
        "native": evaluate(compiled, tables, outputs=outputs, execution=Execution(machine=machine, least=0, threads=2, block=8)),
        "numpy": evaluate(compiled, tables, outputs=outputs, execution=Execution(least=0, threads=2, block=8)),
        "columns": evaluate(compiled, tables),
    }
    for name in names:
        wanted = reference.column("firm", name)
        for executor, run in runs.items():
            assert _plain(run.values("firm", name)) == wanted, (executor, name, book.text.split("variables:")[1])


@settings(max_examples=25, deadline=None)
@given(towns())
def test_passes_agree_with_whole_columns_on_every_step_of_the_language(data):
    tables = tables_of_rows(TOWN.book, data)
    whole = evaluate(TOWN, tables)
    outputs = [f"{entity}.{name}" for entity, name in TOWN.order]
    for machine in (MACHINE, None):
        run = evaluate(TOWN, tables, outputs=outputs, execution=Execution(machine=machine, least=0, threads=2, block=8))
        for entity, name in TOWN.order:
            assert run.values(entity, name) == whole.values(entity, name), (machine, entity, name)


def test_a_missing_figure_over_long_denominators_is_missing():
    left, right = (
        "(share + share) * ((staff / share) / (share + share))",
        "(share + (share + share)) + LEAST(share, share, (share / share))",
    )
    book = load_rulebook(f'{HEAD}  firm.v: {{type: bool, formula: "({left}) = ({right})"}}\n', source="t")
    tables = tables_of_rows(book, {"firm": [{"key": "0", "share": Decimal("0.000010"), "staff": None}]})
    assert evaluate(compile_rulebook(book, period=PERIOD), tables).values("firm", "v") == [None]
