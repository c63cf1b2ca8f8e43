"""Exact division with named rounding.

Eight rows at a time, a floating-point estimate starts it: the quotient is below 2^50 in size, so the estimate, rounded to an
integer, is off by less than one, and the remainder, taken in integers, tells the exact result. One row at a time, the machine's
integer division does.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from townwright.kernel.formula.executors.layout import LANES, SHORT
from townwright.kernel.formula.executors.program import Instruction
from townwright.kernel.formula.executors.ranges import Span
from townwright.kernel.values.rounding import CEILING, FLOOR, HALF_AWAY, HALF_EVEN, HALF_UP

if TYPE_CHECKING:
    from townwright.kernel.formula.executors.native.steps import Writer

# 2^52 + 2^51: added to a double below 2^51 in size it leaves the rounded integer in the low bits.
_ANCHOR, _ANCHOR_BITS = "0x4338000000000000", 0x4338000000000000


def double(value: float) -> str:
    """Return a double as assembly writes it, to the last bit."""
    return "0x" + struct.pack(">d", value).hex().upper()


class Division:
    """Writes divisions into a part."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.doubles: dict[int, str] = {}

    def write(self, place: int, step: Instruction) -> str:
        """Return the name of a ÷ b, rounded in the mode that the step names."""
        w = self.w
        bits = max(w.bits(arg) for arg in (*step.args, place))
        span = w.program.span(step.args[1])
        if w.scalar and span.bits >= bits - 2:
            bits = 128
        num, den = (w.operand(arg, bits) for arg in step.args)
        whole = self._estimate(step) if not w.scalar else self._whole(num, den, bits)
        if w.scalar:
            taken = w.emit(f"mul {w.type(bits)} {whole}, {den}")
        else:
            near = step.span.size + 1
            taken = w.product(whole, den, bits, [(-near, near), (span.lo, span.hi)])
        rest = w.emit(f"sub {w.type(bits)} {num}, {taken}")
        return w.narrowed(self._rounded(step, whole, rest, num, den, bits, span), bits, place)

    def _whole(self, num: str, den: str, bits: int) -> str:
        if bits == 64:
            return self.w.emit(f"sdiv i64 {num}, {den}")
        return self.w.emit(f"call i128 @divide128(i128 {num}, i128 {den})")

    def _estimate(self, step: Instruction) -> str:
        w = self.w
        type_ = f"<{LANES} x double>"
        known = w.program.span(step.args[1]).constant
        above = self._as_double(step.args[0])
        if known is not None:
            found = w.emit(f"fmul {type_} {above}, splat (double {double(1 / known)})")
        else:
            found = w.emit(f"fdiv {type_} {above}, {self._as_double(step.args[1])}")
        anchored = w.emit(f"fadd {type_} {found}, splat (double {_ANCHOR})")
        raw = w.emit(f"bitcast {type_} {anchored} to {w.type(64)}")
        return w.emit(f"sub {w.type(64)} {raw}, {w.literal(_ANCHOR_BITS, 64)}")

    def _as_double(self, place: int) -> str:
        if place in self.doubles:
            return self.doubles[place]
        w = self.w
        type_ = f"<{LANES} x double>"
        value, span = w.operand(place, 64), w.program.span(place)
        if w.converts or span.bits > SHORT:
            self.doubles[place] = w.emit(f"sitofp {w.type(64)} {value} to {type_}")
        else:
            raised = w.emit(f"add {w.type(64)} {value}, {w.literal(_ANCHOR_BITS, 64)}")
            cast = w.emit(f"bitcast {w.type(64)} {raised} to {type_}")
            self.doubles[place] = w.emit(f"fsub {type_} {cast}, splat (double {_ANCHOR})")
        return self.doubles[place]

    def _rounded(self, step: Instruction, whole: str, rest: str, num: str, den: str, bits: int, span: Span) -> str:
        """Correct ``whole`` by the remainder, which lies between −den and den."""
        w = self.w
        type_, mode = w.type(bits), step.imm
        zero = w.literal(0, bits)
        if mode in (FLOOR, CEILING):
            off = w.emit(f"icmp {'slt' if mode == FLOOR else 'sgt'} {type_} {rest}, {zero}")
            return self._stepped(whole, off, bits, up=mode == CEILING)
        if span.constant is not None:
            # 2r > d as r > ⌊d/2⌋, 2r < −d as r < −⌊d/2⌋: a constant divisor needs no doubling.
            half, turned = w.literal(span.constant // 2, bits), w.literal(-(span.constant // 2), bits)
            ties = span.constant % 2 == 0
        else:
            rest = w.emit(f"add {type_} {rest}, {rest}")
            half, turned, ties = den, w.emit(f"sub {type_} {zero}, {den}"), True
        up = w.emit(f"icmp {'sge' if mode == HALF_UP and ties else 'sgt'} {type_} {rest}, {half}")
        down = w.emit(f"icmp slt {type_} {rest}, {turned}")
        if ties and mode != HALF_UP:
            up, down = self._tied(mode, whole, rest, num, half, turned, bits, up, down)
        return self._stepped(self._stepped(whole, up, bits, up=True), down, bits, up=False)

    def _tied(self, mode: str, whole: str, rest: str, num: str, half: str, turned: str, bits: int, up: str, down: str) -> tuple[str, str]:
        w = self.w
        type_, bit = w.type(bits), w.type(1)
        high = w.emit(f"icmp eq {type_} {rest}, {half}")
        low = w.emit(f"icmp eq {type_} {rest}, {turned}")
        zero = w.literal(0, bits)
        if mode == HALF_AWAY:
            raises, lowers = w.emit(f"icmp sgt {type_} {num}, {zero}"), w.emit(f"icmp slt {type_} {num}, {zero}")
        elif mode == HALF_EVEN:
            odd = w.emit(f"and {type_} {whole}, {w.literal(1, bits)}")
            raises = lowers = w.emit(f"icmp ne {type_} {odd}, {zero}")
        else:
            raise ValueError(f"rounding {mode!r} is not known")
        up = w.emit(f"or {bit} {up}, {w.emit(f'and {bit} {high}, {raises}')}")
        return up, w.emit(f"or {bit} {down}, {w.emit(f'and {bit} {low}, {lowers}')}")

    def _stepped(self, whole: str, test: str, bits: int, *, up: bool) -> str:
        """Add or take one where the test holds."""
        w = self.w
        one = w.emit(f"zext {w.type(1)} {test} to {w.type(bits)}")
        return w.emit(f"{'add' if up else 'sub'} {w.type(bits)} {whole}, {one}")
