"""The names of the language's functions."""

from __future__ import annotations

AGGREGATES = frozenset({"SUM", "COUNT", "MIN", "MAX", "ANY", "ALL", "ONLY", "MEAN", "MEDIAN"})
GROUP_STEPS = frozenset({"RANK", "SHARE", "BAND"})
# Parts of a call that have no value of their own.
PARTS = frozenset({"BY", "VETO"})
SCALARS = frozenset(
    {
        "LEAST", "GREATEST", "ABS", "COALESCE", "INCREASE", "ROUND_TO", "FLOOR", "CEIL", "UNIT", "LEFT", "STARTS_WITH", "TIER",
        "BRACKET", "BY_YEAR", "PRIOR", "MONTHS_BETWEEN", "YEARS_BETWEEN", "DAYS_BETWEEN", "ADD_MONTHS", "ADD_DAYS", "YEAR", "QUARTER",
        "MONTH", "DAY", "YEAR_START", "MONTH_START", "FISCAL_YEAR", "AWARD_YEAR", "WORKING_DAYS_BETWEEN", "ADD_WORKING_DAYS",
        "PERIOD_START", "PERIOD_END", "PERIOD_YEAR", "IN_PERIOD", "OVERLAP_DAYS",
    }
)  # fmt: skip
FUNCTIONS = AGGREGATES | GROUP_STEPS | PARTS | SCALARS
