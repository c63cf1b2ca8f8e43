"""Assembly of single steps, on eight rows at a time or on one."""

from __future__ import annotations

from typing import Any

from townwright.kernel.formula.executors.layout import LANES, Layout, Part, Storage, wide
from townwright.kernel.formula.executors.native.division import Division
from townwright.kernel.formula.executors.program import FALSE, TRUE, Instruction, Program

_SMALL = 2**32


class Writer:
    """Writes one part. Names of integers are of 64 bits, or of 128 where their span needs it."""

    def __init__(
        self,
        program: Program,
        layout: Layout,
        part: Part,
        columns: list[Storage],
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
        self.division = Division(self)
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
        return 1 if self.program.steps[place].bit else 128 if wide(self.program, place) else 64

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
            self._mark(name, home)

    def _mark(self, name: str, home: str) -> None:
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

    # Steps.

    def step(self, place: int) -> None:
        """Write one step."""
        step = self.program.steps[place]
        if step.op == "store":
            self._store(step)
            return
        self.names[place] = getattr(self, f"_{step.op}")(place, step)

    def _both(self, place: int, step: Instruction) -> tuple[int, str, str]:
        bits = max(self.bits(arg) for arg in (*step.args, place) if not self.program.steps[arg].bit)
        return bits, self.operand(step.args[0], bits), self.operand(step.args[1], bits)

    def _plain(self, op: str, place: int, step: Instruction) -> str:
        bits, a, b = self._both(place, step)
        return self.narrowed(self.emit(f"{op} {self.type(bits)} {a}, {b}"), bits, place)

    def _add(self, place: int, step: Instruction) -> str:
        return self._plain("add", place, step)

    def _sub(self, place: int, step: Instruction) -> str:
        return self._plain("sub", place, step)

    def _mul(self, place: int, step: Instruction) -> str:
        bits, a, b = self._both(place, step)
        spans = [self.program.span(arg) for arg in step.args]
        return self.narrowed(self.product(a, b, bits, [(span.lo, span.hi) for span in spans]), bits, place)

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

    def _suffix(self, bits: int) -> str:
        return f"i{bits}" if self.scalar else f"v{LANES}i{bits}"

    def _min(self, place: int, step: Instruction, name: str = "smin") -> str:
        bits, a, b = self._both(place, step)
        type_ = self.type(bits)
        return self.narrowed(self.emit(f"call {type_} @llvm.{name}.{self._suffix(bits)}({type_} {a}, {type_} {b})"), bits, place)

    def _max(self, place: int, step: Instruction) -> str:
        return self._min(place, step, "smax")

    def _abs(self, place: int, step: Instruction) -> str:
        bits = max(self.bits(step.args[0]), self.bits(place))
        type_ = self.type(bits)
        found = self.emit(f"call {type_} @llvm.abs.{self._suffix(bits)}({type_} {self.operand(step.args[0], bits)}, i1 false)")
        return self.narrowed(found, bits, place)

    def _sel(self, place: int, step: Instruction) -> str:
        test, bits = self.operand(step.args[0], 1), max(self.bits(one) for one in (*step.args[1:], place))
        a, b = (self.operand(arg, bits) for arg in step.args[1:])
        return self.narrowed(self.choose(test, a, b, bits), bits, place)

    def choose(self, test: str, a: str, b: str, bits: int) -> str:
        """Take a where the test holds, else b."""
        return self.emit(f"select {self.type(1)} {test}, {self.type(bits)} {a}, {self.type(bits)} {b}")

    def _within(self, place: int, step: Instruction) -> str:
        bits = self.bits(step.args[0])
        return self.narrowed(self.operand(step.args[0], bits), bits, place)

    def _guard(self, place: int, step: Instruction) -> str:
        """Keep the value within its span: a row outside takes the span's own value, and fails the run unless it is missing."""
        bits, span = self.bits(step.args[0]), step.span
        value, type_ = self.operand(step.args[0], bits), self.type(bits)
        moved = self.emit(f"sub {type_} {value}, {self.literal(span.lo, bits)}")
        inside = self.emit(f"icmp ule {type_} {moved}, {self.literal(span.hi - span.lo, bits)}")
        self._fail(inside, self.operand(step.args[1], 1))
        kept = self.choose(inside, value, self.literal(min(max(span.lo, 0), span.hi), bits), bits)
        return self.narrowed(kept, bits, place)

    def _fail(self, good: str, ok: str) -> None:
        bad = self.emit(f"xor {self.type(1)} {good}, {self.literal(1, 1)}")
        self._failed.append(self.emit(f"and {self.type(1)} {bad}, {ok}"))

    def _div(self, place: int, step: Instruction) -> str:
        return self.division.write(place, step)

    def _test(self, place: int, step: Instruction, how: str) -> str:
        bits = max(self.bits(arg) for arg in step.args)
        a, b = (self.operand(arg, bits) for arg in step.args)
        return self.emit(f"icmp {how} {self.type(bits)} {a}, {b}")

    def _eq(self, place: int, step: Instruction) -> str:
        return self._test(place, step, "eq")

    def _lt(self, place: int, step: Instruction) -> str:
        return self._test(place, step, "slt")

    def _and(self, place: int, step: Instruction) -> str:
        return self.emit(f"and {self.type(1)} {self.operand(step.args[0], 1)}, {self.operand(step.args[1], 1)}")

    def _or(self, place: int, step: Instruction) -> str:
        return self.emit(f"or {self.type(1)} {self.operand(step.args[0], 1)}, {self.operand(step.args[1], 1)}")

    def _not(self, place: int, step: Instruction) -> str:
        return self.emit(f"xor {self.type(1)} {self.operand(step.args[0], 1)}, {self.literal(1, 1)}")

    # Memory: vector parts only.

    def _bitmap(self, *key: Any) -> str:
        base = self.pointer(*key)
        octet = self.emit("lshr i64 %row, 3")
        place = self.emit(f"getelementptr i8, ptr {base}, i64 {octet}")
        byte = self.emit(f"load i8, ptr {place}")
        return self.emit(f"bitcast i8 {byte} to {self.type(1)}")

    def _valid(self, place: int, step: Instruction) -> str:
        return self._bitmap("valid", step.imm)

    def _flag(self, place: int, step: Instruction) -> str:
        return self._bitmap("data", step.imm)

    def _column(self, place: int, step: Instruction) -> str:
        storage, base = self.columns[step.imm], self.pointer("data", step.imm)
        size = {"i64": 64, "i32": 32, "d128": 128}[storage.form]
        start = self.emit(f"getelementptr i{size}, ptr {base}, i64 %row")
        if storage.form == "i64":
            return self.emit(f"load {self.type(64)}, ptr {start}, align 8")
        if storage.form == "i32":
            short = self.emit(f"load {self.type(32)}, ptr {start}, align 4")
            return self.emit(f"sext {self.type(32)} {short} to {self.type(64)}")
        # A decimal128 is two words, the low one first; the high one must be no more than its sign.
        pairs = self.emit(f"load <{2 * LANES} x i64>, ptr {start}, align 8")
        low, high = (
            self.emit(
                f"shufflevector <{2 * LANES} x i64> {pairs}, <{2 * LANES} x i64> poison, <{LANES} x i32> <"
                + ", ".join(f"i32 {2 * lane + odd}" for lane in range(LANES))
                + ">"
            )
            for odd in (0, 1)
        )
        sign = self.emit(f"ashr {self.type(64)} {low}, {self.literal(63, 64)}")
        good = self.emit(f"icmp eq {self.type(64)} {sign}, {high}")
        self._fail(good, self._bitmap("valid", step.imm) if storage.nullable else self.literal(1, 1))
        return low

    def _gather(self, place: int, step: Instruction) -> str:
        table, codes = self.pointer("table", step.imm), self.operand(step.args[0], 64)
        found = "poison"
        for lane in range(LANES):
            code = self.emit(f"extractelement {self.type(64)} {codes}, i32 {lane}")
            start = self.emit(f"getelementptr i32, ptr {table}, i64 {code}")
            entry = self.emit(f"load i32, ptr {start}")
            found = self.emit(f"insertelement {self.type(32)} {found}, i32 {entry}, i32 {lane}")
        return self.emit(f"sext {self.type(32)} {found} to {self.type(64)}")

    def _store(self, step: Instruction) -> None:
        value, ok = step.args
        base = self.pointer("result", step.imm)
        if self.program.steps[value].bit or value in (TRUE, FALSE):
            octet = self.emit("lshr i64 %row, 3")
            self._mark(self.operand(value, 1), self.emit(f"getelementptr i8, ptr {base}, i64 {octet}"))
        else:
            start = self.emit(f"getelementptr i64, ptr {base}, i64 %row")
            self.say(f"store {self.type(64)} {self.operand(value, 64)}, ptr {start}, align 64, !nontemporal !0")
        if ok != TRUE:
            octet = self.emit("lshr i64 %row, 3")
            start = self.emit(f"getelementptr i8, ptr {self.pointer('present', step.imm)}, i64 {octet}")
            self._mark(self.operand(ok, 1), start)
