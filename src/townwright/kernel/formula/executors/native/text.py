"""An integer program as LLVM assembly: one function a part, and a loop over the rows that calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula.executors.layout import LANES, Layout, Part, Storage
from townwright.kernel.formula.executors.native.helpers import DECLARATIONS, HELPERS
from townwright.kernel.formula.executors.native.steps import Writer
from townwright.kernel.formula.executors.program import Program

ENTRY = "run"


@dataclass(frozen=True, slots=True)
class Assembly:
    """The text, the pointers that the entry function takes, in order, and the bytes of scratch a thread needs."""

    text: str
    pointers: tuple[tuple[Any, ...], ...]
    scratch: int


def write_assembly(program: Program, layout: Layout, columns: list[Storage], *, converts: bool) -> Assembly:
    """Return the program as assembly."""
    pointers: dict[tuple[Any, ...], int] = {}
    functions = [_part(program, layout, part, number, columns, pointers, converts=converts) for number, part in enumerate(layout.parts)]
    calls = "\n".join(f"  call void @part{number}(ptr %args, ptr %scratch, i64 %row)" for number in range(len(layout.parts)))
    entry = f"""define i64 @{ENTRY}(ptr noalias %args, ptr noalias %scratch, i64 %begin, i64 %end) {{
entry:
  store i8 0, ptr %scratch
  %some = icmp ult i64 %begin, %end
  br i1 %some, label %rows, label %done
rows:
  %row = phi i64 [ %begin, %entry ], [ %next, %rows ]
{calls}
  %next = add i64 %row, {LANES}
  %more = icmp ult i64 %next, %end
  br i1 %more, label %rows, label %done
done:
  fence seq_cst
  %flags = load i8, ptr %scratch
  %wide = zext i8 %flags to i64
  ret i64 %wide
}}
"""
    text = "\n".join([DECLARATIONS, *functions, entry, "!0 = !{i32 1}\n!1 = !{}"])
    used = [helper for name, helper in HELPERS.items() if f"@{name}(" in text]
    return Assembly("\n".join([text, *used]), tuple(pointers), layout.scratch)


def _part(
    program: Program,
    layout: Layout,
    part: Part,
    number: int,
    columns: list[Storage],
    pointers: dict[tuple[Any, ...], int],
    *,
    converts: bool,
) -> str:
    writer = Writer(program, layout, part, columns, pointers, converts=converts)
    for place in part.steps:
        writer.step(place)
    body = "\n".join(writer.finish())
    head = f"define internal void @part{number}(ptr noalias %args, ptr noalias %scratch, i64 %row) noinline {{"
    if not part.scalar:
        return f"{head}\nentry:\n{body}\n  ret void\n}}\n"
    clear = "\n".join(writer.cleared())
    return f"""{head}
entry:
{clear}
  br label %lanes
lanes:
  %lane = phi i64 [ 0, %entry ], [ %following, %lanes ]
  %lane8 = trunc i64 %lane to i8
{body}
  %following = add i64 %lane, 1
  %more = icmp ult i64 %following, {LANES}
  br i1 %more, label %lanes, label %done
done:
  ret void
}}
"""
