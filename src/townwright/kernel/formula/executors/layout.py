"""How a program is laid out for the machine: which steps run on eight rows at a time, in which function, and what passes between.

Vector parts work on eight rows in one register; scalar parts take the eight rows one by one, for what needs 128 bits or a division
that no floating-point estimate can start. Values that a later part needs pass through a small scratch area.
"""

from __future__ import annotations

from dataclasses import dataclass

from townwright.kernel.formula.executors.program import Instruction, Program

LANES = 8
# Steps in one function: register allocation grows faster than the function.
LONGEST = 600
# A floating-point estimate of a quotient below this is off by less than one (see docs/algorithms/exact-integer-ranges.md).
ESTIMABLE = 50
# Integers of so many bits turn into doubles and back by adding a constant.
SHORT = 51
_LOADS = frozenset({"column", "valid", "flag", "gather", "store"})


@dataclass(frozen=True, slots=True)
class Storage:
    """How an input column lies in memory: ``i64``, ``i32``, ``d128`` (decimal128) or ``bits``; ``nullable`` if it has a validity bitmap."""

    form: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One function: its steps in order, what it reads from the scratch area and what it leaves there."""

    scalar: bool
    steps: tuple[int, ...]
    reads: tuple[int, ...]
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts in order, and the scratch area: bytes from its start for each value that passes."""

    parts: tuple[Part, ...]
    offsets: dict[int, int]
    scratch: int


def live_steps(program: Program, stores: list[int]) -> list[int]:
    """Return what the stores need, in order."""
    wanted, stack = set(), list(stores)
    while stack:
        place = stack.pop()
        if place not in wanted:
            wanted.add(place)
            stack.extend(program.steps[place].args)
    return sorted(wanted)


def inline(step: Instruction) -> bool:
    """Say whether a step is written where it is used: constants."""
    return step.op in ("const", "true", "false")


def wide(program: Program, place: int) -> bool:
    """Say whether an integer needs more than 64 bits."""
    step = program.steps[place]
    return not step.bit and step.span.bits > 63


def needs_scalar(program: Program, place: int, *, converts: bool) -> bool:
    """Say whether a step must take rows one by one; ``converts``: the machine turns 64-bit integers into doubles at once."""
    step = program.steps[place]
    if step.op in _LOADS:
        return False
    if wide(program, place) or any(wide(program, arg) for arg in step.args):
        return True
    if step.op != "div":
        return False
    num, den = program.span(step.args[0]), program.span(step.args[1])
    longest = max(num.bits, 0 if den.constant is not None else den.bits)
    return -(-num.size // den.lo) >= 2**ESTIMABLE or den.bits > 60 or (longest > SHORT and not converts)


def lay_out(program: Program, stores: list[int], *, converts: bool) -> Layout:
    """Lay out the steps that the stores need."""
    live = [place for place in live_steps(program, stores) if not inline(program.steps[place])]
    stages: dict[int, list[int]] = {}
    stage_of: dict[int, int] = {}
    for place in live:
        scalar = needs_scalar(program, place, converts=converts)
        stage = 1 if scalar else 0
        for arg in program.steps[place].args:
            if arg in stage_of:
                below = stage_of[arg]
                stage = max(stage, below if below % 2 == scalar else below + 1)
        stage_of[place] = stage
        stages.setdefault(stage, []).append(place)
    runs = [
        (stage % 2 == 1, steps[start : start + LONGEST])
        for stage, steps in sorted(stages.items())
        for start in range(0, len(steps), LONGEST)
    ]
    return _passed(program, runs)


def _passed(program: Program, runs: list[tuple[bool, list[int]]]) -> Layout:
    home = {place: index for index, (_, steps) in enumerate(runs) for place in steps}
    last: dict[int, int] = {}
    reads: list[list[int]] = []
    for index, (_, steps) in enumerate(runs):
        found = sorted({arg for place in steps for arg in program.steps[place].args if arg in home and home[arg] != index})
        reads.append(found)
        last.update(dict.fromkeys(found, index))
    offsets, scratch = _offsets(program, home, last, len(runs))
    parts = tuple(
        Part(scalar, tuple(steps), tuple(reads[index]), tuple(place for place in steps if place in last))
        for index, (scalar, steps) in enumerate(runs)
    )
    return Layout(parts, offsets, scratch)


def _offsets(program: Program, home: dict[int, int], last: dict[int, int], parts: int) -> tuple[dict[int, int], int]:
    """Give each passing value a place; a place is used again once its value is no longer needed."""
    offsets: dict[int, int] = {}
    free: dict[int, list[int]] = {}
    top = LANES
    ends: dict[int, list[int]] = {}
    for place in sorted(last, key=lambda one: (home[one], one)):
        for part in sorted(part for part in ends if part < home[place]):
            for done in ends.pop(part):
                free.setdefault(_bytes(program, done), []).append(offsets[done])
        size = _bytes(program, place)
        if free.get(size):
            offsets[place] = free[size].pop()
        else:
            top = -(-top // 64) * 64 if size >= 64 else top
            offsets[place], top = top, top + size
        ends.setdefault(last[place], []).append(place)
    return offsets, -(-top // 64) * 64


def _bytes(program: Program, place: int) -> int:
    if program.steps[place].bit:
        return 8
    return 16 * LANES if wide(program, place) else 8 * LANES
