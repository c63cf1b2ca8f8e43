"""A tile of the board opened: its whole table, and how the figures in it are made. Formulas and sums, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from townwright.frame.text import in_language
from townwright.site.board.tiles import Board, Tile
from townwright.site.public.showing import Step, formula_of, shown_figures, steps


@dataclass(frozen=True, slots=True)
class Made:
    """How one figure is made: its value in full, its formula and the parts of it, what was published of it."""

    code: str
    label: str
    value: Any
    unit: str
    formula: str
    parts: tuple[Step, ...]
    claims: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A tile or a single figure, opened; ``more`` is the console's page with the rows, and who may open it."""

    title: str
    tile: Tile | None
    made: tuple[Made, ...]
    frozen: Any
    more: tuple[str, str]
    more_args: tuple[str, ...] = ()


def opened(zone: Any, board: Board, name: str) -> Opened | None:
    """Return a tile, or the figure of that code, opened; None where the board has neither."""
    if name in board.tiles:
        tile = board.tiles[name]
        return Opened(tile.title, tile, _made(zone, board, tile.figures), board.frozen, tile.more)
    if name in {one.code for one in board.headlines}:
        made = _made(zone, board, (name,))
        return Opened(made[0].label, None, made, board.frozen, ("figure", "figures.view"), (name,)) if made else None
    return None


def _made(zone: Any, board: Board, codes: tuple[str, ...]) -> tuple[Made, ...]:
    if board.frozen is None:
        return ()
    found = []
    for one in shown_figures(zone, board.frozen, codes):
        formula = formula_of(one.compiled.book.variables["zone", one.row.code]) if one.compiled else ""
        parts, _parameters = steps(one)
        found.append(Made(one.row.code, in_language(one.row.label), one.row.value, one.row.unit, formula, tuple(parts), one.claims))
    return tuple(found)
