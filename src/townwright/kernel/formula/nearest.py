"""What would change a refusal: for each single input that the failing conditions read, the nearest value that would do.

A comparison that moves in proportion to the input is solved; otherwise the input is moved further and further until the
verdict turns, and the turning point is closed in on. Every answer is checked by judging the row anew with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from townwright.kernel.formula.compiled import AMOUNT, CompiledRulebook
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.formula.executors.needs import reads_columns
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, walk
from townwright.kernel.formula.needs_tree import Atom
from townwright.kernel.formula.ordering import closure
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT, Type
from townwright.kernel.formula.whynot import fewest
from townwright.kernel.formula.wording import show_value

MOST_INPUTS, MOST_RANKED = 24, 500
_DOUBLINGS = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One input, and the nearest value of it that would make the row eligible.

    Those of the period judged come first, those of ``past`` ones after; within each ``relative`` orders them.
    """

    entity: str
    column: str
    key: str
    label: Mapping[str, str]
    now: Any
    then: Any
    unit: str
    relative: Fraction
    solved: bool
    past: bool = False

    def sentence(self, language: str) -> str:
        """Return it in words."""
        word = "zh" if language.startswith("zh") else "en"
        now, then = show_value(self.now, self.unit, word), show_value(self.then, self.unit, word)
        where, name = f"{self.entity} {self.key}".strip(), self.label.get(word) or self.column
        more = ""
        if isinstance(self.now, Fraction) and isinstance(self.then, Fraction):
            step = show_value(abs(self.then - self.now), self.unit, word)
            rise = self.then > self.now
            more = f"（{'增加' if rise else '减少'} {step}）" if word == "zh" else f" ({step} {'more' if rise else 'less'})"
        if word == "zh":
            return f"若 {where} 的{name}由 {now} 变为 {then}{more}，即可符合条件。"
        return f"If {name} of {where} were {then} instead of {now}{more}, it would be eligible."

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "entity": self.entity, "column": self.column, "key": self.key, "label": dict(self.label), "now": _plain(self.now), "then": _plain(self.then), "unit": self.unit,
            "solved": self.solved, "past": self.past, "sentence": {word: self.sentence(word) for word in ("zh", "en")},
        }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return show_value(value, "", "en").replace(",", "")
    return value.isoformat() if isinstance(value, date) else value


class _Patched(Sequence[Any]):
    """A column with one cell changed."""

    def __init__(self, base: Sequence[Any], row: int) -> None:
        self._base, self._row, self.value = base, row, base[row]

    def __len__(self) -> int:
        return len(self._base)

    def __getitem__(self, place: Any) -> Any:
        return self.value if place == self._row else self._base[place]


class _Changed(Rows):
    """The rows with one cell changed; everything that the change does not touch is shared."""

    def __init__(self, base: Rows, entity: str, column: str, row: int) -> None:
        super().__init__(base.compiled, base.tables)
        self._columns = dict(base._columns)
        self._keys, self._children, self._prior, self._frames = base._keys, base._children, base._prior, base.frames
        self._patched = _Patched(base.column(entity, column), row)
        self._columns[entity, column] = self._patched

    def set(self, value: Any) -> None:
        """Change the cell."""
        self._patched.value = value


class Search:
    """Looks for single changes that turn a refusal of one row."""

    def __init__(self, compiled: CompiledRulebook, rows: Rows, row: int) -> None:
        policy = compiled.book.policy
        assert policy is not None
        self.compiled, self.rows, self.row, self.entity = compiled, rows, row, policy.entity
        self.conditions = [(policy.entity, condition_key(name)) for name in policy.conditions]
        interpreter = Interpreter(compiled, rows)
        self.failed = [key for key in self.conditions if interpreter.variable(*key, row) is False]
        self.atoms = [atom for key in self.failed for atom in fewest(compiled, interpreter, key, row)]
        self.inputs = self._inputs(interpreter)

    @property
    def ranked(self) -> bool:
        """Say whether the verdict hangs on a ranking of too many rows to judge again and again."""
        names = closure(self.compiled.formulas, [*self.conditions, (self.entity, AMOUNT)])
        grouped = {node.entity for name in names for node in walk(self.compiled.formulas[name]) if node.op in GROUP_OPS}
        return any(self.rows.size(entity) > MOST_RANKED for entity in grouped)

    def changes(self) -> list[Change]:
        """Return one change for each input that alone would do, nearest first."""
        found = []
        for entity, column, row in self.inputs[:MOST_INPUTS]:
            change = self._change(entity, column, row)
            if change is not None:
                found.append(change)
        return sorted(found, key=lambda one: (one.past, one.relative, one.entity, one.column, one.key))

    def _inputs(self, interpreter: Interpreter) -> list[tuple[str, str, int]]:
        book = self.compiled.book
        linked = {(link.to if link.kind == "many" else link.owner, link.column) for link in book.links.values()}
        found: dict[tuple[str, str, int], None] = {}
        for key in self.failed:
            for entity, column, row in reads_columns(interpreter, self.compiled.formulas[key], self.row):
                holder = book.entities[entity]
                if (
                    column not in holder.key
                    and column != holder.period
                    and (entity, column) not in linked
                    and column not in ("year", "month")
                ):
                    found[entity, column, row] = None
        return list(found)

    def _change(self, entity: str, column: str, row: int) -> Change | None:
        now = self.rows.column(entity, column)[row]
        if now is None:
            return None
        rows = _Changed(self.rows, entity, column, row)

        def holds(value: Any, keys: list[tuple[str, str]], amount: bool) -> bool:
            rows.set(value)
            interpreter = Interpreter(self.compiled, rows)
            try:
                held = all(interpreter.variable(*key, self.row) is True for key in keys)
                return held and (not amount or interpreter.variable(self.entity, AMOUNT, self.row) is not None)
            except (UnableToEvaluate, OverflowError, ValueError):
                return False  # a value so far off that no date can hold what comes of it

        def turns(value: Any) -> bool:
            return holds(value, self.conditions, amount=True)

        def mends(value: Any) -> bool:
            return holds(value, self.failed, amount=False)

        def slack(value: Any) -> list[tuple[Atom, Any, Any]]:
            rows.set(value)
            interpreter = Interpreter(self.compiled, rows)
            return [
                (atom, interpreter.value(atom.left, self.row), interpreter.value(atom.right, self.row))
                for atom in self.atoms if atom.measured and atom.left is not None and atom.right is not None
            ]  # fmt: skip

        type_ = self.compiled.book.entities[entity].columns[column]
        bounds = self.compiled.book.entities[entity].bounds.get(column, (None, None))
        then, solved = _nearest(now, type_, bounds, (turns, mends), slack, self._words(entity, column))
        if then is None:
            return None
        return Change(
            entity,
            column,
            self._key(entity, row),
            self._label(entity, column),
            now,
            then,
            _unit(type_),
            _relative(now, then, type_),
            solved,
            self._past(entity, row),
        )

    def _key(self, entity: str, row: int) -> str:
        return "/".join(
            str(value) for name in self.compiled.book.entities[entity].key if (value := self.rows.column(entity, name)[row]) is not None
        )

    def _past(self, entity: str, row: int) -> bool:
        """Say whether the row tells of a year before the one judged: it happened, and cannot be otherwise."""
        if "year" not in self.compiled.book.entities[entity].columns:
            return False
        year = self.rows.column(entity, "year")[row]
        return year is not None and int(year) < self.compiled.period.year

    def _label(self, entity: str, column: str) -> Mapping[str, str]:
        """Return the label of the variable that only fetches the column, else the column's name."""
        for name in sorted(closure(self.compiled.formulas, self.failed)):
            expr = self.compiled.formulas[name]
            while expr.op in ("lookup", "prior", *AGGREGATE_OPS) and expr.args and expr.name not in ("COUNT", "SUM"):
                expr = expr.args[0]
            told = self.compiled.book.variables.get(name)
            if told is not None and (expr.op, expr.entity, expr.name) == ("column", entity, column):
                return told.label
        return {"zh": f" {column} ", "en": column}

    def _words(self, entity: str, column: str) -> list[str]:
        """Return the texts that the failing conditions compare with."""
        names = closure(self.compiled.formulas, self.failed)
        nodes = [node for name in sorted(names) for node in walk(self.compiled.formulas[name])]
        return list(dict.fromkeys(node.value for node in nodes if node.op == "literal" and isinstance(node.value, str)))


Turns = Callable[[Any], bool]
Slack = Callable[[Any], list[tuple[Atom, Any, Any]]]
Bounds = tuple[Fraction | None, Fraction | None]


def _nearest(now: Any, type_: Type, bounds: Bounds, tests: tuple[Turns, Turns], slack: Slack, words: list[str]) -> tuple[Any, bool]:
    """Return the nearest value that turns the verdict, and whether it was solved for; ``tests`` are turns, and mends what fails."""
    turns, mends = tests
    if type_.kind == BOOL:
        return (not now, True) if turns(not now) else (None, False)
    if type_.kind == TEXT:
        return next(((word, True) for word in words if word != now and turns(word)), (None, False))
    if type_.kind == DATE:
        steps = _walk(lambda count: turns(now + timedelta(days=int(count))), Fraction(1), (Fraction(-36500), Fraction(36500)))
        return (now + timedelta(days=int(steps)), False) if steps is not None else (None, False)
    step = Fraction(1, 10 ** (type_.places or 0))
    low, high = bounds
    if low is None and now >= 0:
        low = Fraction(0)  # a figure that changes its sign is no advice
    solved = _solved(now, step, slack)
    if solved is not None and ((low is not None and solved < low) or (high is not None and solved > high) or not turns(solved)):
        solved = None
    if solved is not None:
        # Another way to be eligible may lie nearer than the one that fails at the fewest places.
        reach = abs(solved - now)
        low, high = now - reach if low is None else max(low, now - reach), now + reach if high is None else min(high, now + reach)
    room = (None if low is None else low - now, None if high is None else high - now)
    # Where only what fails is looked at, the way to it is more often one way than where all conditions are.
    tests_used = (turns,) if solved is not None else (mends, turns)
    ways = [_one_way(_from(test, now), step, sign, room) for test in tests_used for sign in (1, -1)]
    able = [now + way for way in ways if way is not None and turns(now + way)]
    best = min(able, key=lambda value: abs(value - now), default=None)
    if solved is not None and (best is None or abs(solved - now) <= abs(best - now)):
        return solved, True
    return best, False


def _from(test: Turns, now: Any) -> Turns:
    return lambda by: test(now + by)


def _solved(now: Fraction, step: Fraction, slack: Slack) -> Fraction | None:
    """Return the value at which every failing comparison is met, if each moves in proportion to the input."""
    stride = max(abs(now), Fraction(1))
    told = [slack(now), slack(now + stride), slack(now + 2 * stride)]
    best: Fraction | None = None
    for (atom, *here), (_, *there), (_, *beyond) in zip(*told, strict=True):
        values = [*here, *there, *beyond]
        if not all(isinstance(value, Fraction) for value in values):
            return None
        f0, f1, f2 = here[0] - here[1], there[0] - there[1], beyond[0] - beyond[1]
        if f1 - f0 != f2 - f1 or f1 == f0:
            return None
        exact = now - f0 * stride / (f1 - f0)
        rising = (f1 > f0) == (atom.op in ("ge", "gt"))
        if atom.op == "eq":
            wanted = exact if (exact / step).denominator == 1 else None
        else:
            wanted = (-(-exact // step) if rising else exact // step) * step
            if atom.op in ("gt", "lt") and wanted == exact:
                wanted += step if rising else -step
        if wanted is None or (best is not None and (wanted > now) != (best > now)):
            return None
        best = wanted if best is None or abs(wanted - now) > abs(best - now) else best
    return best


def _walk(turns: Turns, step: Fraction, room: Bounds) -> Fraction | None:
    """Return the smallest move by which the verdict turns, out from here in both directions by doubling, then closing in."""
    found = [move for move in (_one_way(turns, step, sign, room) for sign in (1, -1)) if move is not None]
    return min(found, key=abs) if found else None


def _one_way(turns: Turns, step: Fraction, sign: int, room: Bounds) -> Fraction | None:
    limit = room[1] if sign > 0 else room[0]
    most = None if limit is None else abs(limit) // step
    before = 0
    for count in _doubled(most):
        if turns(sign * count * step):
            low, high = before, count
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if turns(sign * middle * step) else (middle, high)
            return sign * high * step
        before = count
    return None


def _doubled(most: int | None) -> Iterator[int]:
    count = 1
    for _ in range(_DOUBLINGS):
        if most is not None and count >= most:
            if most > 0:
                yield most
            return
        yield count
        count *= 2


def _relative(now: Any, then: Any, type_: Type) -> Fraction:
    if type_.kind == NUMBER:
        return abs(then - now) / abs(now) if now else Fraction(10**6)
    return Fraction(abs((then - now).days), 365) if type_.kind == DATE else Fraction(10**9)


def _unit(type_: Type) -> str:
    return str(type_.unit) if type_.kind == NUMBER else ""
