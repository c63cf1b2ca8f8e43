"""Integer programs on numpy: each step an operation on the rows of a block, each value let go once nothing reads it any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.inputs import Source
from townwright.kernel.formula.executors.layout import Storage, live_steps
from townwright.kernel.formula.executors.program import TRUE, Instruction, Program
from townwright.kernel.formula.executors.ranges import Span
from townwright.kernel.values.rounding import CEILING, FLOOR, HALF_AWAY, HALF_EVEN, HALF_UP

Key = tuple[Any, ...]
# Rows whose values stay in the processor's cache while all steps run over them.
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Steps:
    """The live steps of a program in order, and which values each is the last to read."""

    program: Program
    order: tuple[int, ...]
    ended: Mapping[int, tuple[int, ...]]
    pointers: tuple[Key, ...]

    @classmethod
    def of(cls, program: Program, stores: Sequence[int], columns: Sequence[Storage]) -> Steps:
        """Return what the stores need."""
        order = live_steps(program, stores)
        last: dict[int, int] = {}
        for place in order:
            last.update(dict.fromkeys(program.steps[place].args, place))
        ended: dict[int, list[int]] = {}
        for place, reader in last.items():
            ended.setdefault(reader, []).append(place)
        pointers: dict[Key, None] = {}
        for step in (program.steps[place] for place in order):
            if step.op == "gather":
                pointers["table", step.imm] = None
            elif step.op == "store":
                pointers["result", step.imm] = None
                if step.args[1] != TRUE:
                    pointers["present", step.imm] = None
        return cls(program, tuple(order), {reader: tuple(places) for reader, places in ended.items()}, tuple(pointers))

    def run(
        self, sources: Sequence[Source], tables: Mapping[Key, Array], results: Mapping[Key, Array], *, rows: int, threads: int, block: int
    ) -> bool:
        """Run over all rows; return whether every row kept to its ranges."""
        size = max(8, min(block, BLOCK) // 8 * 8)
        starts = range(0, rows, size)

        def one(start: int) -> bool:
            return Block(self, sources, tables, results, start, min(start + size, rows)).run()

        if threads <= 1:
            return all(one(start) for start in starts)
        with ThreadPoolExecutor(threads) as pool:
            return all(list(pool.map(one, starts)))


class Block:
    """One block of rows."""

    def __init__(
        self, steps: Steps, sources: Sequence[Source], tables: Mapping[Key, Array], results: Mapping[Key, Array], start: int, end: int
    ) -> None:
        self.steps, self.sources, self.tables, self.results, self.start, self.end = steps, sources, tables, results, start, end
        self.kept = True

    def run(self) -> bool:
        """Run all steps."""
        values: dict[int, Any] = {}
        program = self.steps.program
        for place in self.steps.order:
            step = program.steps[place]
            args = [values[arg] for arg in step.args]
            simple = _SIMPLE.get(step.op)
            values[place] = simple(*args) if simple is not None else getattr(self, f"_{step.op}")(step, *args)
            for done in self.steps.ended.get(place, ()):
                del values[done]
        return self.kept

    def _const(self, step: Instruction) -> Any:
        return np.int64(step.imm)

    def _true(self, step: Instruction) -> Any:
        return np.True_

    def _false(self, step: Instruction) -> Any:
        return np.False_

    def _column(self, step: Instruction) -> Any:
        source = self.sources[step.imm]
        if source.form != "d128":
            return source.data[self.start : self.end].astype(np.int64, copy=False)
        words = source.data[2 * self.start : 2 * self.end]
        low = np.ascontiguousarray(words[::2])
        self._check(words[1::2] == low >> 63, True if source.valid is None else self._bits(source.valid))
        return low

    def _bits(self, octets: Array) -> Array:
        return np.unpackbits(octets[self.start // 8 : -(-self.end // 8)], count=self.end - self.start, bitorder="little").view(bool)

    def _valid(self, step: Instruction) -> Array:
        valid = self.sources[step.imm].valid
        assert valid is not None
        return self._bits(valid)

    def _flag(self, step: Instruction) -> Array:
        return self._bits(self.sources[step.imm].data)

    def _gather(self, step: Instruction, codes: Any) -> Any:
        return self.tables[step.imm][codes].astype(np.int64)

    def _check(self, good: Array, ok: Any) -> None:
        if self.kept and bool(np.any(~good & ok)):
            self.kept = False

    def _guard(self, step: Instruction, value: Any, ok: Any) -> Any:
        inside = (value >= step.span.lo) & (value <= step.span.hi)
        if bool(np.all(inside)):
            return value
        self._check(inside, ok)
        return np.where(inside, value, min(max(step.span.lo, 0), step.span.hi))

    def _div(self, step: Instruction, num: Any, den: Any) -> Any:
        spans = [self.steps.program.span(arg) for arg in step.args]
        return divided(num, den, step.imm, spans[0], spans[1])

    def _store(self, step: Instruction, value: Any, ok: Any) -> None:
        size = self.end - self.start
        target = self.results["result", step.imm]
        if target.dtype == np.uint8:
            self._pack(target, value, size)
        else:
            target[self.start : self.end] = value
        if step.args[1] != TRUE:
            self._pack(self.results["present", step.imm], ok, size)

    def _pack(self, target: Array, bits: Any, size: int) -> None:
        target[self.start // 8 : -(-self.end // 8)] = np.packbits(np.broadcast_to(bits, (size,)), bitorder="little")


def divided(num: Any, den: Any, mode: str, above: Span, below: Span) -> Any:
    """Divide exactly and round as named; by a product where the proof of docs/algorithms/exact-integer-ranges.md allows it."""
    known = below.constant
    if known is not None and above.size + 2 * known < 2**50 and (known % 2 or mode not in (HALF_EVEN, HALF_AWAY)):
        moved = {FLOOR: 0, CEILING: known - 1}.get(mode, known // 2)
        return np.floor(num * (1.0 / known) + (moved + 0.5) / known).astype(np.int64)
    whole = num // den
    rest = 2 * (num - whole * den)
    if mode == FLOOR:
        return whole
    if mode == CEILING:
        return whole + (rest > 0)
    tie = {HALF_UP: np.True_, HALF_AWAY: num > 0, HALF_EVEN: whole % 2 == 1}[mode]
    return whole + ((rest > den) | ((rest == den) & tie))


_SIMPLE: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "min": np.minimum, "max": np.maximum, "abs": np.abs, "sel": np.where,
    "eq": np.equal, "lt": np.less, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not, "within": lambda value: value,
}  # fmt: skip
