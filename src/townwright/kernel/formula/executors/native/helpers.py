"""Assembly that the parts call: intrinsics, and the division of 128-bit integers, which no library is linked for."""

from __future__ import annotations

from townwright.kernel.formula.executors.layout import LANES

_SHAPES = (("i64", "i64"), ("i128", "i128"), (f"v{LANES}i64", f"<{LANES} x i64>"))
DECLARATIONS = "\n".join(
    f"declare {type_} @llvm.{name}.{suffix}({type_}, {type_ if name != 'abs' else 'i1'})"
    for name in ("smin", "smax", "abs")
    for suffix, type_ in _SHAPES
)

# The quotient is estimated in floating point, and the estimate's remainder taken exactly, until the remainder lies in [0, d): each
# turn takes some fifty bits off. The divisor is 1 or more; the result is rounded down, or towards zero where 64 bits do.
_DIVIDE = """define internal i128 @divide128(i128 %n, i128 %d) noinline {
entry:
  %n64 = trunc i128 %n to i64
  %d64 = trunc i128 %d to i64
  %n128 = sext i64 %n64 to i128
  %d128 = sext i64 %d64 to i128
  %nshort = icmp eq i128 %n, %n128
  %dshort = icmp eq i128 %d, %d128
  %both = and i1 %nshort, %dshort
  br i1 %both, label %short, label %long
short:
  %q64 = sdiv i64 %n64, %d64
  %q128 = sext i64 %q64 to i128
  ret i128 %q128
long:
  %dabove = lshr i128 %d, 64
  %dhigh = trunc i128 %dabove to i64
  %dhighf = uitofp i64 %dhigh to double
  %dhighs = fmul double %dhighf, 0x43F0000000000000
  %dlowf = uitofp i64 %d64 to double
  %df = fadd double %dhighs, %dlowf
  br label %loop
loop:
  %q = phi i128 [ 0, %long ], [ %qnext, %more ]
  %r = phi i128 [ %n, %long ], [ %rnext, %more ]
  %below = icmp slt i128 %r, 0
  %under = icmp slt i128 %r, %d
  %above = xor i1 %below, true
  %within = and i1 %above, %under
  br i1 %within, label %done, label %more
more:
  %m = call i128 @llvm.abs.i128(i128 %r, i1 false)
  %mabove = lshr i128 %m, 64
  %mhigh = trunc i128 %mabove to i64
  %mlow = trunc i128 %m to i64
  %mhighf = uitofp i64 %mhigh to double
  %mhighs = fmul double %mhighf, 0x43F0000000000000
  %mlowf = uitofp i64 %mlow to double
  %mf = fadd double %mhighs, %mlowf
  %f = fdiv double %mf, %df
  %enough = fcmp oge double %f, 1.0
  %scaled = fmul double %f, 0x3BF0000000000000
  %high = fptoui double %scaled to i64
  %highf = uitofp i64 %high to double
  %highs = fmul double %highf, 0x43F0000000000000
  %restf = fsub double %f, %highs
  %low = fptoui double %restf to i64
  %high128 = zext i64 %high to i128
  %low128 = zext i64 %low to i128
  %shifted = shl i128 %high128, 64
  %joined = or i128 %shifted, %low128
  %size = select i1 %enough, i128 %joined, i128 1
  %turned = sub i128 0, %size
  %part = select i1 %below, i128 %turned, i128 %size
  %qnext = add i128 %q, %part
  %taken = mul i128 %part, %d
  %rnext = sub i128 %r, %taken
  br label %loop
done:
  ret i128 %q
}
"""
HELPERS = {"divide128": _DIVIDE}
