"""What every executor refuses in the same words."""

from __future__ import annotations

from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.rulebook import Link


def several(expr: Expr, count: int, key: object) -> UnableToEvaluate:
    """Return the refusal of ONLY that finds so many rows; ``key`` names the parent."""
    link: Link = expr.extra[0]
    return UnableToEvaluate("several", text=expr.text, count=count, child=link.to, owner=link.owner, key=key)
