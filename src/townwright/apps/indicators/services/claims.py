"""The ledger of published claims, and reconciling them with what was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _

from townwright.apps.indicators.domain import (
    CONFLICTS,
    NOT_HERE,
    InBase,
    Outcome,
    Published,
    base_value,
    claims_conflict,
    in_base_units,
    reconcile,
)
from townwright.apps.indicators.models import Claim, IndicatorValue, Reconciliation
from townwright.apps.indicators.selectors import claim as claim_of
from townwright.apps.indicators.selectors import figures
from townwright.apps.zones import selectors as zones
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.terms import digits, figure
from townwright.kernel.formula.units import CURRENCIES, NAMED
from townwright.kernel.values.bound import Bound
from townwright.kernel.values.period import Period

_SPLIT = re.compile(r"[\s/()+,]+")
# A figure is kept with 18 digits before the point and 6 behind it.
MOST = Decimal(10) ** 18
BASE_UNITS = frozenset({"1", "ratio", *NAMED, *CURRENCIES})


class UnableToWithdrawClaim(ValueError):
    """The claim cannot be withdrawn: says why."""


class UnableToLoadClaims(ValueError):
    """A pack of claims does not hold: says which claim and why."""


def load_claims(*, zone: Any, text: str, actor: Actor, at: datetime) -> int:
    """Take a pack of claims into the ledger; return how many are new. A claim that is there is left as it is.

    A growth claim yields its base year as a claim of its own, marked as derived.

    Raises:
        UnableToLoadClaims: a claim lacks a part or has an unknown bound.
    """
    told = yaml.safe_load(text)
    source, published = told["source"]["title"], str(told["source"]["published"])
    fresh = [_claim(zone, row, source, published) for row in told["claims"]]
    fresh += _derived(fresh, {row["uid"]: row for row in told["claims"]})
    with write(verb="indicators.claims.load", subject=str(told["pack"]), zone=zone, actor=actor, at=at) as entry:
        held = set(Claim.objects.in_zone(zone).values_list("uid", flat=True))
        new = [claim for claim in fresh if claim.uid not in held]
        Claim.records.bulk_create(new)
        entry.new = {"claims": [claim.uid for claim in new]}
        if not new:
            entry.nothing_changed()
    return len(new)


def _claim(zone: Any, row: Mapping[str, Any], source: str, published: str) -> Claim:
    try:
        told, given = _in_base(row), row["unit"]
        return Claim(
            zone=zone, uid=row["uid"], system=row["system"], label=row["label"], value=told.value, bound=Bound(row["bound"]),
            step=told.step, unit=told.unit, as_of=row["as_of"], source=row.get("source", source), published=published,
            quote=row["quote"], speaker=row.get("speaker", ""), subject=row.get("subject", ""), rising=bool(row.get("rising")),
            promise_due=date.fromisoformat(row["promise"]) if row.get("promise") else None, indicator=row.get("indicator", ""),
            why_not=row.get("why_not") or {}, printed="" if given == told.unit else f"{row['value']} {given}",
        )  # fmt: skip
    except (KeyError, ValueError, ArithmeticError) as fault:
        raise UnableToLoadClaims(
            _("claim %(uid)s: %(fault)s. A claim tells uid, system, label, value, bound, unit, as_of and quote.")
            % {"uid": row.get("uid", "?"), "fault": repr(fault)}
        ) from fault


def _in_base(row: Mapping[str, Any]) -> InBase:
    """Return the row's figure in base units; a row without ``step`` is exact to one of its unit, an empty one as it is written.

    Raises:
        UnableToLoadClaims: the unit is not known, or the figure is too large or too fine to be kept.
    """
    step, words = row.get("step", "1"), {"uid": row.get("uid", "?"), "value": row["value"], "unit": row["unit"]}
    value = Decimal(row["value"])
    if not value.is_finite() or abs(value) >= MOST:
        raise UnableToLoadClaims(_("claim %(uid)s: %(value)s %(unit)s is no figure that can be kept.") % words)
    try:
        told = in_base_units(value, row["unit"], step=Decimal(step) if step else None, known=BASE_UNITS)
    except ValueError as fault:
        raise UnableToLoadClaims(
            _(
                "claim %(uid)s: “%(unit)s” is not a unit known here. Write 元, 万元, 亿元, m2, 亩, 万m2, person, firm, ratio, 1, or a currency such as USD."
            )
            % words
        ) from fault
    if abs(told.value) >= MOST or not 0 <= told.step < MOST:
        raise UnableToLoadClaims(_("claim %(uid)s: %(value)s %(unit)s is no figure that can be kept.") % words)
    return told


def _derived(claims: list[Claim], rows: Mapping[str, Mapping[str, Any]]) -> list[Claim]:
    """Return the base years that growth claims imply: those that name, as ``base_of``, what they are the growth of."""
    by_uid = {claim.uid: claim for claim in claims}
    pairs = [(by_uid[row["base_of"]], by_uid[uid], rows[row["base_of"]]) for uid, row in rows.items() if row.get("base_of")]
    found = []
    for whole, growth, row in pairs:
        middle, low, high = base_value(whole.value, growth.value, whole.step, growth.step)
        label = {"zh": f"{whole.label['zh']}（上年，推算）", "en": f"{whole.label['en']}, year before (derived)"}
        note = f"{whole.uid} / (1 + {growth.uid}), {low:f} … {high:f}"
        indicator = row.get("indicator_before", "")
        found.append(
            Claim(
                zone=whole.zone, uid=f"{whole.uid}-base", system=whole.system, label=label, value=middle, bound=Bound.EXACT, step=high - low, unit=whole.unit,
                as_of=str(int(whole.as_of[:4]) - 1), source=whole.source, published=whole.published, quote=growth.quote, indicator=indicator,
                why_not={} if indicator else dict(whole.why_not), derived_from=note,
            )
        )  # fmt: skip
    return found


def add_claim(*, zone: Any, row: Mapping[str, Any], actor: Actor, at: datetime) -> Claim:
    """Take one published figure into the ledger, told as in a pack of claims; the same uid and figure twice changes nothing.

    Raises:
        UnableToLoadClaims: a part is missing or unknown, or the uid holds another figure: a claim is never overwritten.
    """
    fresh = _claim(zone, row, str(row.get("source", "")), str(row.get("published", "")))
    if not fresh.indicator and not fresh.why_not:
        fresh.why_not = {"zh": "没有对应的指标。", "en": "No indicator measures this."}
    with write(verb="indicators.claims.add", subject=fresh.uid, zone=zone, actor=actor, at=at) as entry:
        held = Claim.objects.in_zone(zone).filter(uid=fresh.uid).first()
        if held is not None and held.withdrawn_at is not None:
            told = {"uid": fresh.uid, "reason": held.withdrawn_why}
            raise UnableToLoadClaims(_("%(uid)s was withdrawn: %(reason)s. Give the new statement a uid of its own.") % told)
        if held is not None:
            if (held.value, held.bound, held.as_of, held.source) != (fresh.value, fresh.bound, fresh.as_of, fresh.source):
                told = {"uid": fresh.uid, "value": digits(held.value), "source": held.source}
                raise UnableToLoadClaims(_("%(uid)s holds %(value)s from %(source)s. Give the other statement a uid of its own.") % told)
            entry.nothing_changed()
            return held
        fresh.save()
        entry.new = {"value": str(fresh.value), "bound": fresh.bound, "as_of": fresh.as_of, "source": fresh.source}
    return fresh


def withdraw_claim(*, zone: Any, uid: str, reason: str, actor: Actor, at: datetime) -> list[Claim]:
    """Withdraw a claim, and the base years that were derived from it; they stay in the ledger as withdrawn.

    They are left out where claims are reconciled from now on. Return what is withdrawn by that name, the claim first.
    Repeated, it changes nothing.

    Raises:
        UnknownClaim: there is none of that code.
        UnableToWithdrawClaim: no reason is given.
    """
    if not reason.strip():
        raise UnableToWithdrawClaim(_("Say why the claim is withdrawn; whoever reads the ledger later will ask."))
    with write(verb="indicators.claims.withdraw", subject=uid, zone=zone, actor=actor, at=at, reason=reason.strip()) as entry:
        zones.take_turns(zone)
        first = claim_of(zone, uid)
        if first.withdrawn_at is not None:
            entry.nothing_changed()
            return [first]
        rows = [
            first,
            *(one for one in Claim.objects.in_zone(zone).filter(withdrawn_at=None).order_by("id") if uid in _SPLIT.split(one.derived_from)),
        ]
        for one in rows:
            one.withdrawn_at, one.withdrawn_by, one.withdrawn_why = at, actor.label, reason.strip()[:300]
            one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        entry.new = {"claims": [one.uid for one in rows]}
    return rows


def reconcile_claims(*, zone: Any, snapshot: Any, actor: Actor, at: datetime) -> int:
    """Give the verdict on every claim of the zone over a snapshot; repeated, it renews them."""
    with write(verb="indicators.reconcile", subject=f"{zone.code} {snapshot.period}", zone=zone, actor=actor, at=at) as told:
        zones.take_turns(zone)
        rows = _verdicts(zone, snapshot, at)
        held = {row.claim_id: row for row in Reconciliation.objects.in_zone(zone).filter(snapshot=snapshot)}
        same = len(held) == len(rows) and all(
            (held[row.claim_id].verdict, held[row.claim_id].measured, held[row.claim_id].why) == (row.verdict, row.measured, row.why) for row in rows if row.claim_id in held
        )  # fmt: skip
        if same:
            told.nothing_changed()
            return len(rows)
        Reconciliation.records.filter(zone=zone, snapshot=snapshot).delete()
        Reconciliation.records.bulk_create(rows)
        told.new = {verdict: sum(row.verdict == verdict for row in rows) for verdict in {row.verdict for row in rows}}
    return len(rows)


def _verdicts(zone: Any, snapshot: Any, at: datetime) -> list[Reconciliation]:
    values = {row.code: row for row in figures(zone, snapshot)}
    claims = list(Claim.objects.in_zone(zone).filter(withdrawn_at=None).order_by("id"))
    against = _against_each_other(claims)
    rows = []
    for claim in claims:
        measured, outcome = _outcome(claim, values, Period.parse(snapshot.period))
        if claim.uid in against:
            outcome = Outcome(CONFLICTS, against[claim.uid])
        rows.append(
            Reconciliation(
                zone=zone, snapshot=snapshot, claim=claim, measured=measured, verdict=outcome.verdict, why=dict(outcome.why), at=at
            )
        )
    return rows


def _outcome(claim: Claim, values: Mapping[str, IndicatorValue], period: Period) -> tuple[Decimal | None, Outcome]:
    if not claim.indicator:
        return None, Outcome(NOT_HERE, claim.why_not or {"zh": "没有对应的指标。", "en": "No indicator measures this."})
    row = values.get(claim.indicator)
    if row is None or row.value is None:
        zh, en = (
            f"{period}期间没有完整的已接受申报，指标{claim.indicator}缺数。",
            f"No complete accepted returns for {period}: the indicator {claim.indicator} is missing.",
        )
        return None, Outcome(NOT_HERE, {"zh": zh, "en": en})
    if claim.promise_due and claim.promise_due.year > period.year:
        gap = claim.value - row.value
        zh = f"承诺{claim.promise_due}前达到{digits(claim.value)}，至{period}测得{digits(row.value)}，尚差{digits(gap)}；未到期，不作判定。"
        en = f"Promised: {digits(claim.value)} by {claim.promise_due}. Measured at {period}: {digits(row.value)}, {digits(gap)} to go; not due yet, so no verdict."
        return row.value, Outcome(NOT_HERE, {"zh": zh, "en": en})
    if not claim.derived_from and not _speaks_of(claim.as_of, period):
        return None, Outcome(
            NOT_HERE,
            {"zh": f"该数为{claim.as_of}，本快照为{period}。", "en": f"The figure is of {claim.as_of}, this snapshot of {period}."},
        )
    if claim.derived_from and int(claim.as_of[:4]) != period.year - 1:
        return None, Outcome(NOT_HERE, {"zh": f"该推算值为{claim.as_of}。", "en": f"The derived figure is of {claim.as_of}."})
    return row.value, reconcile(_published(claim), row.value, lambda value: figure(value, "ratio" if claim.unit == "ratio" else "", "en"))


def _speaks_of(as_of: str, period: Period) -> bool:
    """Say whether a published date lies with the period: within the year, or at a shorter period's very end."""
    if period.grain == "year":
        return as_of[:4] == str(period)
    return as_of in (str(period), period.last_day.isoformat())


def _against_each_other(claims: list[Claim]) -> dict[str, Mapping[str, str]]:
    """Find claims on one subject that no value could make true together; a cumulative figure may not fall."""
    found: dict[str, Mapping[str, str]] = {}
    for place, one in enumerate(claims):
        for other in claims[place + 1 :]:
            if not one.subject or one.subject != other.subject:
                continue
            first, second = sorted((one, other), key=lambda claim: claim.as_of)
            falls = one.rising and first.as_of < second.as_of and second.value < first.value
            apart = first.as_of == second.as_of and claims_conflict(_published(first), _published(second))
            if falls or (apart and Bound(one.bound) is not Bound.ALMOST and Bound(other.bound) is not Bound.ALMOST):
                zh = f"与另一说法不合：{first.as_of} {digits(first.value)}（{first.source}），{second.as_of} {digits(second.value)}（{second.source}）。"
                en = f"Two statements do not go together: {digits(first.value)} at {first.as_of} ({first.source}), {digits(second.value)} at {second.as_of} ({second.source})."
                found[one.uid] = found[other.uid] = {"zh": zh, "en": en}
    return found


def _published(claim: Claim) -> Published:
    return Published(claim.value, Bound(claim.bound), claim.step)
