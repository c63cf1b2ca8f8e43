"""Formula text to syntax tree: sqlglot parses, a whitelist decides what may stand in a formula."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp

from townwright.kernel.formula.findings import FormulaError

# Our own functions travel through the parser under a prefix, so that no dialect rewrites them.
PREFIX = "tw_"
FUNCTIONS = frozenset(
    [
        "LEAST",
        "GREATEST",
        "ABS",
        "COALESCE",
        "ROUND_TO",
        "MONTHS_BETWEEN",
        "YEARS_BETWEEN",
        "DAYS_BETWEEN",
        "ADD_MONTHS",
        "YEAR",
        "MONTH",
        "PERIOD_START",
        "PERIOD_END",
        "PERIOD_YEAR",
        "TIER",
        "BRACKET",
        "LEFT",
        "STARTS_WITH",
        "UNIT",
        "SUM",
        "COUNT",
        "MIN",
        "MAX",
        "ANY",
        "ALL",
        "ONLY",
    ]
)
AGGREGATES = frozenset({"SUM", "COUNT", "MIN", "MAX", "ANY", "ALL", "ONLY"})
_CALL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\b([A-Za-z_]+)(\s*\()")
_ALLOWED = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE,
    exp.GT, exp.GTE, exp.Is, exp.Null, exp.Between, exp.In, exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Column,
    exp.Identifier, exp.Placeholder, exp.Anonymous, exp.Filter, exp.Where, exp.Cast, exp.DataType,
)  # fmt: skip
LONGEST = 200_000


def _prefixed(text: str) -> str:
    def rename(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"{PREFIX}{name}{found.group(2)}" if name and name.upper() in FUNCTIONS else found.group(0)

    return _CALL.sub(rename, text)


def source_of(node: exp.Expression) -> str:
    """Return the formula text of a node, in one spelling."""
    text = node.sql(dialect="duckdb").replace(" FILTER(", " FILTER (")
    return re.sub(rf"\b{PREFIX}(\w+)", lambda found: found.group(1).upper(), text, flags=re.IGNORECASE).replace("$", ":")


def place_of(node: exp.Expression) -> tuple[int, int]:
    """Return line and column of the first word below the node."""
    for child in node.walk():
        if child.meta.get("line"):
            return child.meta["line"], max(1, child.meta.get("col", 1) - (child.meta.get("end", 0) - child.meta.get("start", 0)))
    return 1, 1


def refuse(node: exp.Expression, message: str, repair: str = "") -> FormulaError:
    """Return the error that points at the node."""
    line, column = place_of(node)
    return FormulaError(message, repair, line=line, column=column)


def parse_formula(text: str) -> exp.Expression:
    """Parse one scalar expression.

    Raises:
        FormulaError: it is empty, too long, not one expression, or uses what a formula may not:
            statements, sub-queries, file readers, windows, aliases, unknown functions.
    """
    if not text.strip():
        raise FormulaError("the formula is empty.", "Write an expression.")
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text):,} characters; the most is {LONGEST:,}.", "Split it into named variables.")
    try:
        node = sqlglot.parse_one(_prefixed(text), dialect="duckdb")
    except sqlglot.errors.SqlglotError as fault:
        first = (getattr(fault, "errors", None) or [{}])[0]
        problem = (first.get("description") or str(fault).splitlines()[0]).rstrip(".")
        raise FormulaError(f"this is not an expression: {problem}.", line=first.get("line") or 1, column=first.get("col") or 1) from fault
    except RecursionError as fault:
        raise FormulaError("the formula is nested too deeply.", "Split it into named variables.") from fault
    for child in node.walk():
        _check_node(child)  # type: ignore[arg-type]
    return node  # type: ignore[return-value]


def _check_node(node: exp.Expression) -> None:
    if isinstance(node, exp.Anonymous):
        if not node.name.lower().startswith(PREFIX):
            raise refuse(node, f"{node.name}(…) is not a function of the language.", f"The functions are {', '.join(sorted(FUNCTIONS))}.")
        return
    if not isinstance(node, _ALLOWED):
        what = type(node).__name__
        raise refuse(
            node, f"{what} may not stand in a formula.", "A formula is one scalar expression over named columns, variables and parameters."
        )
    if isinstance(node, exp.Cast) and not (node.to.this == exp.DataType.Type.DATE and isinstance(node.this, exp.Literal)):
        raise refuse(
            node, "a cast may not stand in a formula.", "Declare the type of the variable instead; dates are written DATE '2016-12-31'."
        )
    if isinstance(node, exp.In) and node.args.get("query"):
        raise refuse(node, "a sub-query may not stand in a formula.", "Aggregate over a link instead.")
    if isinstance(node, exp.Literal) and not node.is_string and not re.fullmatch(r"\d+(\.\d+)?", node.name):
        raise refuse(node, f"{node.name} is not written as a plain decimal.", "Write 0.05, not 5e-2.")
