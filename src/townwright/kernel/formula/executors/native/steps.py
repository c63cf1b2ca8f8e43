"""Assembly of single steps, on eight rows at a time or on one."""

from __future__ import annotations

from typing import Any

from townwright.kernel.formula.executors.layout import LANES
from townwright.kernel.formula.executors.native.division import Division
from townwright.kernel.formula.executors.native.writer import Writer
from townwright.kernel.formula.executors.program import TRUE, Instruction


class StepWriter(Writer):
    """Writes the steps of one part."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.division = Division(self)

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

    def _within(self, place: int, step: Instruction) -> str:
        bits = self.bits(step.args[0])
        return self.narrowed(self.operand(step.args[0], bits), bits, place)

    def _guard(self, place: int, step: Instruction) -> str:
        """Keep the value within its span: a row outside takes the span's own value, and fails the run unless it is missing."""
        bits, span = self.bits(step.args[0]), step.span
        value, type_ = self.operand(step.args[0], bits), self.type(bits)
        moved = self.emit(f"sub {type_} {value}, {self.literal(span.lo, bits)}")
        inside = self.emit(f"icmp ule {type_} {moved}, {self.literal(span.hi - span.lo, bits)}")
        self.fail(inside, self.operand(step.args[1], 1))
        kept = self.choose(inside, value, self.literal(min(max(span.lo, 0), span.hi), bits), bits)
        return self.narrowed(kept, bits, place)

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
        self.fail(good, self._bitmap("valid", step.imm) if storage.nullable else self.literal(1, 1))
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
        form = self.program.form(value)
        if form == "bits":
            octet = self.emit("lshr i64 %row, 3")
            self.mark(self.operand(value, 1), self.emit(f"getelementptr i8, ptr {base}, i64 {octet}"))
        else:
            bits = 64 if form == "i64" else 32
            written = self.operand(value, 64)
            if bits == 32:
                written = self.emit(f"trunc {self.type(64)} {written} to {self.type(32)}")
            start = self.emit(f"getelementptr i{bits}, ptr {base}, i64 %row")
            self.say(f"store {self.type(bits)} {written}, ptr {start}, align {bits}, !nontemporal !0")
        if ok != TRUE:
            octet = self.emit("lshr i64 %row, 3")
            start = self.emit(f"getelementptr i8, ptr {self.pointer('present', step.imm)}, i64 {octet}")
            self.mark(self.operand(ok, 1), start)
