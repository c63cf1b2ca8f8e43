"""Who gets how much when policies exclude each other and there is not enough: exact, to the cent, in any order of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Claimant:
    """An eligible amount of one firm under one policy, in the policy's currency."""

    firm: str
    policy: str
    amount: Decimal
    group: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a claimant gets less than the eligible amount: ``excluded``, ``pro_rata``, ``budget_spent``."""

    code: str
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a claimant gets, and why less, if less."""

    claimant: Claimant
    granted: Decimal
    cut: Cut | None = None


def exclude_doubles(claimants: Sequence[Claimant], standing: Mapping[tuple[str, str], Claimant] | None = None) -> list[Grant]:
    """Keep, for each firm and exclusion group, the highest amount (就高不重复); a tie goes to the policy first by code.

    ``standing`` holds, by firm and group, awards made before: they keep their group whatever else is claimed. A claimant
    without a group keeps its amount. The order of the input does not matter; the result follows it.
    """
    held_before = dict(standing or {})
    best = dict(held_before)
    for one in claimants:
        key = (one.firm, one.group)
        if not one.group or key in held_before:
            continue
        held = best.get(key)
        if held is None or (-one.amount, one.policy) < (-held.amount, held.policy):
            best[key] = one
    grants = []
    for one in claimants:
        winner = best.get((one.firm, one.group)) if one.group else None
        if winner is None or winner is one:
            grants.append(Grant(one, one.amount))
            continue
        zh = f"与“{winner.policy}”（{winner.amount:,}）不得重复享受，就高不重复。"
        en = f"Not together with {winner.policy} ({winner.amount:,}): the higher of the two is kept."
        grants.append(Grant(one, Decimal(0), Cut("excluded", {"zh": zh, "en": en})))
    return grants


def share_pro_rata(claimants: Sequence[Claimant], budget: Decimal) -> list[Grant]:
    """Share a budget in proportion to the amounts when it does not do; the sum never exceeds it.

    Each share is rounded down to the cent; the cents left over go one each to the largest remainders, ties by firm.
    ``budget`` is what is left, 0 or more.
    """
    total = sum((one.amount for one in claimants), Decimal(0))
    if total <= budget:
        return [Grant(one, one.amount) for one in claimants]
    exact = [one.amount * budget / total if total else Decimal(0) for one in claimants]
    floors = [(one.amount * budget / CENT // total) * CENT for one in claimants]
    cents = int(((budget - sum(floors, Decimal(0))) / CENT).to_integral_value(ROUND_FLOOR))
    order = sorted(range(len(claimants)), key=lambda place: (floors[place] - exact[place], claimants[place].firm))
    extra = set(order[:cents])
    grants = []
    for place, one in enumerate(claimants):
        granted = floors[place] + (CENT if place in extra else Decimal(0))
        zh = f"预算{budget:,}不足以兑付全部{total:,}，按比例核减，得{granted:,}。"
        en = f"The budget of {budget:,} does not cover all {total:,}; shared in proportion: {granted:,}."
        grants.append(Grant(one, granted, Cut("pro_rata", {"zh": zh, "en": en})))
    return grants


def give_by_priority(claimants: Sequence[Claimant], budget: Decimal, *, descending: bool = True) -> list[Grant]:
    """Give in the order of scores until the budget is spent; who does not fit whole gets nothing, and later ones may fit.

    A missing score goes last; ties go to the firm first by key. The sum never exceeds the budget.
    """
    sign = -1 if descending else 1
    order = sorted(
        range(len(claimants)),
        key=lambda place: (claimants[place].score is None, sign * (claimants[place].score or Decimal(0)), claimants[place].firm),
    )  # fmt: skip
    left, granted = budget, [Decimal(0)] * len(claimants)
    for place in order:
        if claimants[place].amount <= left:
            granted[place] = claimants[place].amount
            left -= claimants[place].amount
    grants = []
    for place, one in enumerate(claimants):
        if granted[place] or not one.amount:
            grants.append(Grant(one, granted[place]))
            continue
        rank = order.index(place) + 1
        zh = f"按优先次序排第{rank}位，轮到时预算{budget:,}已不足{one.amount:,}。"
        en = f"Rank {rank} by priority; what was left of the budget of {budget:,} did not cover {one.amount:,}."
        grants.append(Grant(one, Decimal(0), Cut("budget_spent", {"zh": zh, "en": en})))
    return grants
