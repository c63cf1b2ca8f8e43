"""Formula text to syntax tree: sqlglot parses, a whitelist decides what may stand in a formula."""

from __future__ import annotations

import re
from bisect import bisect_right

import sqlglot
from sqlglot import exp

from townwright.kernel.formula.findings import FormulaError
from townwright.kernel.formula.functions import FUNCTIONS
from townwright.kernel.formula.messages import Said, Telling
from townwright.kernel.formula.messages.parsers import node_said, syntax_problem
from townwright.kernel.formula.naming import listing, name_fault, normalised, suggestion

# Our own functions travel through the parser under a prefix, so that no dialect rewrites them.
PREFIX = "tw_"
_WORDS = re.compile(
    r"(?P<skip>'(?:[^']|'')*'|--[^\n]*)|(?<![:\w])(?P<mark>:)(?=\w)|\b(?P<span>\d+\s+(?:year|quarter|month|period)s?)\b|\b(?P<call>[^\W\d]\w*)(?=\s*\()",
    re.IGNORECASE,
)
_MARKED = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(:\w+|\bTRUE\b|\bFALSE\b|\bNULL\b)", re.IGNORECASE)
_DEPTH = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(\()|(\))|(\bCASE\b)|(\bEND\b)", re.IGNORECASE)
_ALLOWED = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE,
    exp.GT, exp.GTE, exp.Is, exp.Null, exp.Between, exp.In, exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Column,
    exp.Identifier, exp.Placeholder, exp.Anonymous, exp.Filter, exp.Where, exp.Cast, exp.DataType, exp.Dot,
)  # fmt: skip
LONGEST = 200_000
# The parser spends some twenty-five frames a level; beyond this it could run into Python's limit, depending on the caller.
DEEPEST = 22
_DIALECT = sqlglot.Dialect.get_or_raise("duckdb")
_OURS = re.compile(rf"'(?:[^']|'')*'|\$(?P<mark>\w+)|\b{PREFIX}(?P<call>\w+)", re.IGNORECASE)
_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")


class _Places:
    """Text as the parser sees it, and how its offsets lead back to lines and columns of the author's text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.inserted: list[int] = []
        self.shifts: list[int] = [0]
        parts, end, shift = [], 0, 0
        for found in _WORDS.finditer(text):
            new = _rewritten(found)
            if new is None:
                continue
            parts += [text[end : found.start()], new]
            end = found.end()
            self.inserted.append(found.start() + shift + 1)
            shift += len(new) - (found.end() - found.start())
            self.shifts.append(shift)
        self.prefixed = "".join([*parts, text[end:]])

    def of(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset into the prefixed text."""
        return self.at(max(0, offset - self.shifts[bisect_right(self.inserted, offset)]))

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset into the author's text."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def _rewritten(found: re.Match[str]) -> str | None:
    if found["span"]:
        return f"'{found['span']}'"
    if found["mark"]:
        return "$"  # the parser takes ":x + 1" after a bracket for a column named before it is told
    name = found["call"]
    return f"{PREFIX}{name}" if name and name.upper() in FUNCTIONS else None


def source_of(node: exp.Expression) -> str:
    """Return the formula text of a node, in one spelling."""
    if isinstance(node, exp.Column) and not any(part.args.get("quoted") for part in node.parts):
        return ".".join(part.name for part in node.parts)
    text = _DIALECT.generate(node, copy=False).replace(" FILTER(", " FILTER (")
    text = _OURS.sub(lambda found: f":{found['mark']}" if found["mark"] else (found["call"] or "").upper() or found[0], text)
    return re.sub(r"PRIOR\((.*?), '(\d+ \w+)'\)", r"PRIOR(\1, \2)", text)


def place_of(node: exp.Expression) -> tuple[int, int]:
    """Return line and column of the first word of the node."""
    line, column = node.meta.get("tw_place", (1, 1))
    return line, column


def refuse(node: exp.Expression, code: str | Telling, /, **words: object) -> FormulaError:
    """Return the error that points at the node."""
    line, column = place_of(node)
    return FormulaError(code, line=line, column=column, **words)


def parse_formula(text: str) -> exp.Expression:
    """Parse one scalar expression.

    Raises:
        FormulaError: it is empty, too long, nested too deeply, not one expression, or uses what a formula may not:
            statements, sub-queries, file readers, windows, aliases, unknown functions, names in look-alike letters.
    """
    text = normalised(text)
    if not text.strip():
        raise FormulaError("empty")
    if len(text) > LONGEST:
        raise FormulaError("too-long", count=len(text), most=LONGEST)
    places = _Places(text)
    _check_depth(places)
    try:
        node = sqlglot.parse_one(places.prefixed, dialect="duckdb")
    except sqlglot.errors.SqlglotError as fault:
        raise _not_an_expression(places, fault) from fault
    except RecursionError as fault:
        raise FormulaError("too-deep", most=DEEPEST) from fault
    _attach(node, places)  # type: ignore[arg-type]
    for child in node.walk():
        _check_node(child)  # type: ignore[arg-type]
    return node  # type: ignore[return-value]


def _not_an_expression(places: _Places, fault: Exception) -> FormulaError:
    """Return what the parser refused, at the first letter of the word it stopped at."""
    first = (getattr(fault, "errors", None) or [{}])[0]
    line, column, length = first.get("line") or 1, first.get("col") or 1, len(first.get("highlight") or "x")
    problem = first.get("description") or str(fault.__cause__ or fault)
    unclosed = re.match(r"(Missing .) from (\d+):(\d+)", problem)
    if unclosed:
        problem, line, column, length = unclosed[1], int(unclosed[2]), int(unclosed[3]) + 1, 1
    start = sum(len(one) + 1 for one in places.prefixed.split("\n")[: line - 1])
    line, column = places.of(start + column - length)
    return FormulaError("syntax", problem=syntax_problem(_TERMINAL.sub("", problem).rstrip(".")), line=line, column=column)


def _check_depth(places: _Places) -> None:
    depth = 0
    for found in _DEPTH.finditer(places.text):
        opened, closed, case, end = found.groups()
        depth += bool(opened or case) - bool(closed or end)
        if depth > DEEPEST:
            line, column = places.at(found.start())
            raise FormulaError("too-deep", most=DEEPEST, line=line, column=column)


def _attach(node: exp.Expression, places: _Places) -> None:
    """Write line and column on every node: its own, or those of the first word below it."""
    nodes = list(node.walk())
    marked = iter([found.start(1) for found in _MARKED.finditer(places.text) if found.group(1)])
    first: dict[int, tuple[int, int]] = {}
    for one in node.dfs():
        if isinstance(one, exp.Placeholder | exp.Boolean | exp.Null):
            first[id(one)] = places.at(next(marked, 0))
        elif "start" in one.meta:
            first[id(one)] = places.of(one.meta["start"])
    for one in reversed(nodes):
        own = first.get(id(one))
        if own is None:
            continue
        one.meta["tw_place"] = own
        above = id(one.parent)
        first[above] = min(first.get(above, own), own)


def _check_node(node: exp.Expression) -> None:
    if isinstance(node, exp.Identifier):
        fault = name_fault(node.name)
        if fault is not None and not node.name.startswith(PREFIX):
            raise refuse(node, fault)
    if isinstance(node, exp.Anonymous):
        if not node.name.lower().startswith(PREFIX):
            raise refuse(node, "unknown-function", name=node.name, hint=_function_hint(node.name))
        return
    if not isinstance(node, _ALLOWED):
        raise refuse(node, "node", what=node_said(type(node).__name__))
    if isinstance(node, exp.Cast) and not (node.to.this == exp.DataType.Type.DATE and isinstance(node.this, exp.Literal)):
        raise refuse(node, "cast")
    if isinstance(node, exp.In) and node.args.get("query"):
        raise refuse(node, "sub-query")
    if isinstance(node, exp.Literal) and not node.is_string and not re.fullmatch(r"\d+(\.\d+)?", node.name):
        raise refuse(node, "plain-decimal", text=node.name)


def _function_hint(name: str) -> Said:
    near = suggestion(name.upper(), FUNCTIONS)
    return near if "Did you mean" in near.en else listing(sorted(FUNCTIONS))
