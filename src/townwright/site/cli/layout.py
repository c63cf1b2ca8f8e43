"""Laying help out on a terminal, where a Chinese character is two columns wide and words have no blanks between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from gettext import gettext

import click
from rich.cells import cell_len

# A piece may not be parted: a Latin word, or one Chinese character with the marks that must not begin or end a line.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_PIECE = re.compile(
    rf"\s+|[（“《「]*(?:[^\s{_WIDE}“”《》「」、。]+|[{_WIDE}])?[，。、；：！？）”》」…]*|.", re.DOTALL
)  # fmt: skip


def fill(text: str, width: int) -> list[str]:
    """Return the lines of a text, each at most ``width`` columns wide unless one word is longer."""
    lines, line, gap = [], "", ""
    for piece in _PIECE.findall(" ".join(text.split())):
        if not piece:
            continue
        if piece.isspace():
            gap = piece
            continue
        if line and cell_len(line + gap + piece) > width:
            lines.append(line)
            line, gap = "", ""
        line, gap = line + gap + piece, ""
    return [*lines, line]


class Formatter(click.HelpFormatter):
    """Help by columns of the terminal instead of by characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        usage = gettext("Usage:") if prefix is None else prefix.strip()
        head = f"{usage}{'' if usage.endswith('：') else ' '}{prog} "
        first, *more = fill(args, max(self.width - cell_len(head), 20))
        self.write(f"{head}{first}".rstrip() + "\n")
        for line in more:
            self.write(" " * cell_len(head) + line + "\n")

    def write_heading(self, heading: str) -> None:
        """Write the name of a list."""
        self.write(" " * self.current_indent + gettext("%(heading)s:") % {"heading": heading} + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, parted by empty lines."""
        indent = " " * self.current_indent
        told = ["\n".join(indent + line for line in fill(one, self.width - len(indent))) for one in text.split("\n\n")]
        self.write("\n\n".join(told) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names beside what they mean."""
        told, indent = list(rows), " " * self.current_indent
        first = min(max(map(cell_len, (name for name, _text in told)), default=0), col_max) + col_spacing
        for name, text in told:
            lines = fill(text, max(self.width - len(indent) - first, 10)) if text else []
            fits = cell_len(name) <= first - col_spacing
            head = [name + " " * (first - cell_len(name)) + lines.pop(0)] if fits and lines else [name]
            self.write("".join(f"{indent}{line}\n".rstrip(" ") for line in (*head, *(" " * first + line for line in lines))))
