"""The stages of a distributed run: what each reads, and what it adds to the rows of one entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula.carriers import Form
from townwright.kernel.formula.ir import Expr

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A value on the rows of one entity that passes between stages, under a name of its own.

    ``column`` is the column it was read from, "" for what was computed.
    """

    name: str
    expr: Expr
    form: Form
    column: str = ""

    @property
    def entity(self) -> str:
        """Whose rows it stands on."""
        return self.expr.entity


@dataclass(frozen=True, slots=True)
class Hop:
    """From a row to the row of ``to`` whose key its column holds; without a column, to the first row of ``to``."""

    entity: str
    column: str
    to: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A value brought from another row: ``source`` there is ``result`` here."""

    result: Slot
    source: Slot


@dataclass(frozen=True, slots=True)
class Reduction:
    """One aggregate of rows: its function, what it counts or sums, and its filter."""

    result: Slot
    function: str
    value: Slot | None
    test: Slot | None


@dataclass(frozen=True, slots=True)
class Placing:
    """One RANK or BAND: which value decides, its filter and veto; ``expr`` says how."""

    result: Slot
    expr: Expr
    value: Slot
    test: Slot | None
    veto: Slot | None


@dataclass(frozen=True, slots=True)
class Read:
    """The entity's table: the columns by name. ``keyed``: other stages find its rows by the first column of its key."""

    entity: str
    columns: tuple[str, ...]
    slots: tuple[Slot, ...]
    keyed: bool


@dataclass(frozen=True, slots=True)
class Join:
    """Each row takes values from the row that the hops lead to; missing where they lead nowhere."""

    entity: str
    hops: tuple[Hop, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """Each row takes values from the row with the same columns ``same`` whose ``period`` lies so many grains earlier."""

    entity: str
    same: tuple[str, ...]
    period: str
    count: int
    grain: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Each row takes aggregates of the rows from which the hops lead to it."""

    entity: str
    hops: tuple[Hop, ...]
    items: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Each row takes aggregates of the rows that have the same keys; none where a key is missing."""

    entity: str
    keys: tuple[Slot, ...]
    items: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Each row takes its rank or band among the rows that have the same keys."""

    entity: str
    keys: tuple[Slot, ...]
    items: tuple[Placing, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Row by row: the variables ``names`` in this order, from the inputs; the outputs are kept."""

    entity: str
    names: tuple[Name, ...]
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]


Across = Join | Earlier | Aggregate | Group | Place
Stage = Read | Across | Rows


@dataclass(frozen=True, slots=True)
class Level:
    """Stages that look at other rows, none of which reads what another of them adds; then the passes row by row."""

    across: tuple[Across, ...]
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables to read, the levels in order, and the slots in which the wanted values stand at the end."""

    tables: tuple[Read, ...]
    levels: tuple[Level, ...]
    wanted: tuple[Slot, ...]

    def stages(self) -> list[Stage]:
        """Return all stages in order."""
        return [*self.tables, *(stage for level in self.levels for stage in (*level.across, *level.rows))]


def reads(stage: Stage) -> list[tuple[str, list[Slot], list[str]]]:
    """Return what a stage reads: entity, slots, and columns by name."""
    if isinstance(stage, Rows):
        return [(stage.entity, list(stage.inputs), [])]
    if isinstance(stage, Group):
        return [(stage.entity, [*stage.keys, *_reduced(stage.items)], [])]
    if isinstance(stage, Place):
        return [(stage.entity, [*stage.keys, *_present(part for item in stage.items for part in (item.value, item.test, item.veto))], [])]
    if isinstance(stage, Earlier):
        return [(stage.entity, [pair.source for pair in stage.pairs], [*stage.same, stage.period])]
    if isinstance(stage, Join | Aggregate):
        found: list[tuple[str, list[Slot], list[str]]] = [(hop.entity, [], [hop.column] if hop.column else []) for hop in stage.hops]
        if isinstance(stage, Join):
            return [*found, (stage.hops[-1].to, [pair.source for pair in stage.pairs], [])]
        return [*found, (stage.hops[0].entity, _reduced(stage.items), []), (stage.hops[-1].to, [], [])]
    return []


def results(stage: Stage) -> list[Slot]:
    """Return the slots that a stage adds."""
    if isinstance(stage, Read):
        return list(stage.slots)
    if isinstance(stage, Rows):
        return list(stage.outputs)
    if isinstance(stage, Join | Earlier):
        return [pair.result for pair in stage.pairs]
    return [item.result for item in stage.items]


def _present(slots: Any) -> list[Slot]:
    return [slot for slot in slots if slot is not None]


def _reduced(items: tuple[Reduction, ...]) -> list[Slot]:
    return _present(part for item in items for part in (item.value, item.test))
