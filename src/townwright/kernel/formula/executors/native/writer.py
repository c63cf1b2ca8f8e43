"""What the steps of a part are written with: names, constants, the scratch area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from townwright.kernel.formula.executors.layout import LANES, Layout, Part, Storage
from townwright.kernel.formula.executors.program import FALSE, TRUE, Program

_SMALL = 2**32


class Writer:
    """Writes one part. Names of integers are of 64 bits, or of 128 where their span needs it."""

    def __init__(
        self,
        program: Program,
        layout: Layout,
        part: Part,
        columns: Sequence[Storage],
        pointers: dict[tuple[Any, ...], int],
        *,
        converts: bool,
    ) -> None:
        self.program, self.layout, self.part, self.columns, self.pointers = program, layout, part, columns, pointers
        self.scalar, self.converts = part.scalar, converts
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self._loaded: dict[int, str] = {}
        self._failed: list[str] = []
        for place in part.reads:
            self.names[place] = self._read(place)

    # Words of the language.

    def type(self, bits: int) -> str:
        """Return the type of an integer of so many bits in this part."""
        return f"i{bits}" if self.scalar else f"<{LANES} x i{bits}>"

    def literal(self, value: int, bits: int) -> str:
        """Return a constant as this part writes it."""
        text = ("true" if value else "false") if bits == 1 else str(value)
        return text if self.scalar else f"splat (i{bits} {text})"

    def emit(self, text: str) -> str:
        """Write a line that defines a name."""
        name = f"%v{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def say(self, text: str) -> None:
        """Write a line that defines none."""
        self.lines.append(f"  {text}")

    def bits(self, place: int) -> int:
        """Return how many bits the value of a step has."""
        return self.program.steps[place].bits

    def operand(self, place: int, bits: int) -> str:
        """Return the name or constant of a value, widened to so many bits."""
        step = self.program.steps[place]
        if step.op == "const":
            return self.literal(step.imm, bits)
        if place in (TRUE, FALSE):
            return self.literal(place == TRUE, 1)
        name, have = self.names[place], self.bits(place)
        return name if have == bits else self.emit(f"sext {self.type(have)} {name} to {self.type(bits)}")

    def narrowed(self, name: str, bits: int, place: int) -> str:
        """Return the result as wide as its span asks."""
        wanted = self.bits(place)
        return name if bits == wanted else self.emit(f"trunc {self.type(bits)} {name} to {self.type(wanted)}")

    def pointer(self, *key: Any) -> str:
        """Return one of the pointers that the run hands in."""
        index = self.pointers.setdefault(key, len(self.pointers))
        if index not in self._loaded:
            place = self.emit(f"getelementptr ptr, ptr %args, i64 {index}")
            self._loaded[index] = self.emit(f"load ptr, ptr {place}, !invariant.load !1")
        return self._loaded[index]

    # The scratch area.

    def _scratch(self, place: int) -> str:
        base = self.emit(f"getelementptr i8, ptr %scratch, i64 {self.layout.offsets[place]}")
        bits = self.bits(place)
        return self.emit(f"getelementptr i{bits}, ptr {base}, i64 %lane") if self.scalar and bits > 1 else base

    def _read(self, place: int) -> str:
        bits, home = self.bits(place), self._scratch(place)
        if bits > 1:
            return self.emit(f"load {self.type(bits)}, ptr {home}" + ("" if self.scalar else ", align 64"))
        byte = self.emit(f"load i8, ptr {home}")
        if not self.scalar:
            return self.emit(f"bitcast i8 {byte} to {self.type(1)}")
        shifted = self.emit(f"lshr i8 {byte}, %lane8")
        return self.emit(f"trunc i8 {shifted} to i1")

    def _leave(self, place: int) -> None:
        bits, name = self.bits(place), self.operand(place, self.bits(place))
        home = self._scratch(place)
        if bits > 1:
            self.say(f"store {self.type(bits)} {name}, ptr {home}" + ("" if self.scalar else ", align 64"))
        else:
            self.mark(name, home)

    def mark(self, name: str, home: str) -> None:
        """Write truth values as one byte of eight rows; a scalar part adds its row's bit."""
        if not self.scalar:
            byte = self.emit(f"bitcast {self.type(1)} {name} to i8")
        else:
            single = self.emit(f"zext i1 {name} to i8")
            shifted = self.emit(f"shl i8 {single}, %lane8")
            before = self.emit(f"load i8, ptr {home}")
            byte = self.emit(f"or i8 {before}, {shifted}")
        self.say(f"store i8 {byte}, ptr {home}")

    def cleared(self) -> list[str]:
        """Return the lines by which a scalar part empties the bytes that its rows will add to."""
        offsets = [self.layout.offsets[place] for place in self.part.leaves if self.bits(place) == 1]
        lines = []
        for number, offset in enumerate(offsets):
            lines += [f"  %c{number} = getelementptr i8, ptr %scratch, i64 {offset}", f"  store i8 0, ptr %c{number}"]
        return lines

    def finish(self) -> list[str]:
        """Leave what later parts need, add to the flag of rows outside their spans, and return the lines."""
        for place in self.part.leaves:
            self._leave(place)
        if self._failed:
            found = self._failed[0]
            for other in self._failed[1:]:
                found = self.emit(f"or {self.type(1)} {found}, {other}")
            byte = self.emit(f"zext i1 {found} to i8" if self.scalar else f"bitcast {self.type(1)} {found} to i8")
            before = self.emit("load i8, ptr %scratch")
            self.say(f"store i8 {self.emit(f'or i8 {before}, {byte}')}, ptr %scratch")
        return self.lines

    # Arithmetic that several steps share.

    def product(self, a: str, b: str, bits: int, ends: list[tuple[int, int]]) -> str:
        """Multiply; operands that fit in 32 bits are marked so, as their product is one machine step for eight rows."""
        if not self.scalar and all(lo >= 0 and hi < _SMALL for lo, hi in ends):
            a, b = (self._low(name) for name in (a, b))
        elif not self.scalar and all(lo >= -_SMALL // 2 and hi < _SMALL // 2 for lo, hi in ends):
            a, b = (self._low_signed(name) for name in (a, b))
        return self.emit(f"mul {self.type(bits)} {a}, {b}")

    def _low(self, name: str) -> str:
        return name if name.startswith("splat") else self.emit(f"and {self.type(64)} {name}, {self.literal(_SMALL - 1, 64)}")

    def _low_signed(self, name: str) -> str:
        if name.startswith("splat"):
            return name
        raised = self.emit(f"shl {self.type(64)} {name}, {self.literal(32, 64)}")
        return self.emit(f"ashr {self.type(64)} {raised}, {self.literal(32, 64)}")

    def choose(self, test: str, a: str, b: str, bits: int) -> str:
        """Take a where the test holds, else b."""
        return self.emit(f"select {self.type(1)} {test}, {self.type(bits)} {a}, {self.type(bits)} {b}")

    def fail(self, good: str, ok: str) -> None:
        """Note the rows that left their ranges and are not missing."""
        bad = self.emit(f"xor {self.type(1)} {good}, {self.literal(1, 1)}")
        self._failed.append(self.emit(f"and {self.type(1)} {bad}, {ok}"))
