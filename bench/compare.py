"""Two versions of a policy over a million firms: seconds, against the two plain evaluations that no comparison can do without.

Usage: .venv/bin/python bench/compare.py --firms 1000000 --json
The shipped rulebook on office rent is compared with itself at another rate and another threshold, over firms with two years of returns.
Plain evaluations and comparisons take turns; medians count, in seconds of wall and of processor. "ratio" is a comparison by two dimensions
÷ two plain evaluations; below 1 for joins and filters are made once for both. A sample of the firms is compared row by row in Python, too.
"""

import argparse
import json
import statistics
import tempfile
from decimal import Decimal
from pathlib import Path

from formula_side import memory, timed
from office_rent import YEAR, book, tables

from townwright.kernel.formula import Execution, Machine, budget_curve, compare, compile_rulebook, evaluate, split_change, with_parameters
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.values.period import Period

CHANGED = {"rate": 18, "over": 700_000}
BY = ("section", "modern_service")
SAMPLE = 20_000
AMOUNT = "policy amount"


def by_row(before, after, rows):
    """Return the sums that comparing rows one by one in Python gives."""
    amounts = []
    for compiled in (before, after):
        found = evaluate(compiled, rows)
        amounts.append(
            [
                None if verdict == "undecided" else amount if verdict == "eligible" else Decimal(0)
                for verdict, amount in zip(found.verdicts(), found.amounts(), strict=True)
            ]
        )
    both = [(was, now) for was, now in zip(*amounts, strict=True) if was is not None and now is not None]
    return {
        "before": sum((was for was, _ in both), Decimal(0)),
        "after": sum((now for _, now in both), Decimal(0)),
        "unknown": len(amounts[0]) - len(both),
    }


def measured(before, after, rows, execution, rounds):
    """Return the median seconds of each kind of work, wall and processor."""
    names = [f"firm.{name}" for name in (*(condition_key(one) for one in before.book.policy.conditions), AMOUNT)]
    works = {
        "evaluate_before": lambda: evaluate(before, rows, outputs=names, execution=execution),
        "evaluate_after": lambda: evaluate(after, rows, outputs=names, execution=execution),
        "compare": lambda: compare(before, after, rows, execution=execution),
        "compare_by": lambda: compare(before, after, rows, by=BY, execution=execution),
    }
    found = {}
    for _ in range(rounds):
        for name, work in works.items():
            found.setdefault(name, []).append(timed(work)[1:])
    return {name: [statistics.median(one) for one in zip(*times, strict=True)] for name, times in found.items()}


def main():
    """Make the firms, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    old, period = book(), Period.parse(YEAR)
    new = with_parameters(old, CHANGED)
    before, after = compile_rulebook(old, period=period), compile_rulebook(new, period=period)
    with tempfile.TemporaryDirectory() as folder:
        execution = Execution(machine=Machine(Path(folder)), threads=told.threads)
        small = tables(min(told.firms, SAMPLE))
        quick, slow = compare(before, after, small, execution=execution).totals, by_row(before, after, small)
        rows = tables(told.firms)
        fresh = memory("VmRSS")
        times = measured(before, after, rows, execution, told.rounds)
        peak = memory("VmHWM")
        curve, curve_s, _ = timed(
            lambda: budget_curve(old, rows, parameter="rate", values=["16", "18", "20", "22", "24"], period=period, execution=execution)
        )
        split, split_s, _ = timed(lambda: split_change(old, new, rows, period=period, execution=execution))
    plain = [times["evaluate_before"][place] + times["evaluate_after"][place] for place in (0, 1)]
    result = {
        "firms": told.firms, "returns": rows["lucheng_yearly"].num_rows, **{f"{name}_s": time[0] for name, time in times.items()},
        **{f"{name}_cpu_s": time[1] for name, time in times.items()}, "two_evaluations_s": plain[0], "ratio": times["compare_by"][0] / plain[0],
        "cpu_ratio": times["compare_by"][1] / plain[1], "firms_a_second": round(told.firms / times["compare_by"][0]), "whole_mb": peak,
        "beyond_tables_mb": peak - fresh, "budget_curve_points": len(curve), "budget_curve_s": curve_s, "split_clauses": len(split.effects),
        "split_s": split_s, "checked_rows": small["firm"].num_rows, "equal_row_by_row": all(quick[name] == value for name, value in slow.items()),
    }  # fmt: skip
    result = {name: round(value, 4) if isinstance(value, float) else value for name, value in result.items()}
    print(json.dumps(result, indent=2) if told.json else "\n".join(f"{key:24} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
