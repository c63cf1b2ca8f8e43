"""Awards: proposed from assessments, decided by another person, never above a budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from townwright.apps.incentives.domain import Claimant, Grant, exclude_doubles, give_by_priority, share_pro_rata
from townwright.apps.incentives.models import Assessment, Award, PolicyBudget
from townwright.apps.incentives.selectors import book_of, change_told, compiled_for, newest_assessed, outdated
from townwright.apps.zones import selectors as zones
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.text import both, in_language
from townwright.kernel.formula import RulebookNotInForce

P = Award.Status


class UnableToAward(ValueError):
    """An award cannot be made or decided: says whose, why, and what to do."""


def propose_awards(*, zone: Any, snapshot: Any, actor: Actor, at: datetime) -> int:
    """Propose awards for all that a snapshot found eligible; return how many were proposed anew.

    First double benefits are excluded within each group: an award of the year that stands (proposed or approved, above
    nothing) holds its group, else the highest is kept. Then each policy's budget for the year, less what is approved or
    proposed of it, is shared out. A firm whose award of the policy for the year stands is passed over; one whose award was
    rejected is proposed again if the snapshot still finds it eligible, and the rejected award is kept beside the new one.
    A proposal that the newest assessment of the year differs from is superseded first, and proposed anew where the firm is
    still eligible; so are the firm's other proposals of its exclusion group.
    """
    year = int(snapshot.period[:4])
    with write(verb="incentives.awards.propose", subject=str(snapshot), zone=zone, actor=actor, at=at) as told:
        zones.take_turns(zone)
        withdrawn = _supersede(zone, year)
        known = set(Award.records.filter(zone=zone, year=year).exclude(status__in=Award.FALLEN).values_list("policy", "party_key"))
        versions = [book.pk for frozen, book in newest_assessed(zone, year).values() if frozen.pk == snapshot.pk]
        rows = {
            (row.rulebook.code, row.party_key): row
            for row in Assessment.records.filter(zone=zone, snapshot=snapshot, verdict="eligible", rulebook__in=versions).select_related("rulebook").order_by("rulebook__code", "party_key")
            if (row.rulebook.code, row.party_key) not in known and row.amount
        }  # fmt: skip
        if withdrawn:
            told.old = {"superseded": withdrawn}
        if not rows:
            if not withdrawn:
                told.nothing_changed()
            return 0
        grants = _granted(zone, snapshot, rows, year)
        Award.records.bulk_create(
            (
                Award(
                    zone=zone, assessment=rows[one.claimant.policy, one.claimant.firm], policy=one.claimant.policy, year=year,
                    party_key=one.claimant.firm, party_name=rows[one.claimant.policy, one.claimant.firm].party_name,
                    eligible_amount=one.claimant.amount, granted_amount=one.granted, currency=rows[one.claimant.policy, one.claimant.firm].currency,
                    cut={"code": one.cut.code, **one.cut.message} if one.cut else {}, status=P.PROPOSED, proposed_by=actor.name, proposed_at=at,
                )
                for one in grants
            ),
            batch_size=2000,
        )  # fmt: skip
        told.new = {"awards": len(grants), "granted": str(sum((one.granted for one in grants), Decimal(0)))}
    return len(grants)


def _supersede(zone: Any, year: int) -> int:
    """Withdraw the proposals that the newest assessment differs from; return how many."""
    held = Award.records.filter(zone=zone, year=year, status=P.PROPOSED)
    found = []
    for row, finding in outdated(zone, held):
        row.superseded = change_told(row, finding)
        found.append(row)
    found += _of_the_same_group(held, found)
    # A decision may have come between: what is no longer proposed once it is locked stays as decided.
    open_still = set(held.select_for_update().filter(pk__in=[row.pk for row in found]).order_by("pk").values_list("pk", flat=True))
    rows = [row for row in found if row.pk in open_still]
    for row in rows:
        row.status = P.SUPERSEDED
    Award.records.bulk_update(rows, ["status", "superseded"], batch_size=500)
    return len(rows)


def _of_the_same_group(held: Any, rows: list[Award]) -> list[Award]:
    """Return the other proposals that excluded one of the rows, or were excluded by it: which is the highest is open again."""
    if not rows:
        return []
    gone, groups = {row.pk for row in rows}, {}
    others = list(held.filter(party_key__in={row.party_key for row in rows}).select_related("assessment__rulebook").order_by("pk"))
    for row in others:
        policy = book_of(row.assessment.rulebook).policy
        if policy is not None and policy.exclusion_group:
            groups[row.pk] = (row.party_key, policy.exclusion_group)
    touched = {groups[pk] for pk in gone if pk in groups}
    found = [row for row in others if row.pk not in gone and groups.get(row.pk) in touched]
    for row in found:
        row.superseded = dict(both(_("Another award of the firm that excludes this one, or is excluded by it, has changed.")).texts)
    return found


def _granted(zone: Any, snapshot: Any, rows: dict[tuple[str, str], Assessment], year: int) -> list[Grant]:
    books = {}
    for row in rows.values():
        if row.rulebook.code not in books:
            try:
                books[row.rulebook.code] = compiled_for(row.rulebook, snapshot.period)
            except RulebookNotInForce as fault:
                raise UnableToAward(in_language(fault.message)) from fault
    claimants = [
        Claimant(firm, code, row.amount or Decimal(0), _group(books[code]), row.score) for (code, firm), row in rows.items()
    ]  # fmt: skip
    kept: dict[str, list[Claimant]] = defaultdict(list)
    grants = []
    for one in exclude_doubles(claimants, _standing(zone, year)):
        if one.cut is None:
            kept[one.claimant.policy].append(one.claimant)
        else:
            grants.append(one)
    for code, firms in kept.items():
        budget = books[code].book.policy.budget  # type: ignore[union-attr]
        total = (
            Decimal(books[code].parameter(budget.parameter).numerator) / books[code].parameter(budget.parameter).denominator
            if budget
            else None
        )
        row, _made = PolicyBudget.records.select_for_update().get_or_create(
            zone=zone, policy=code, year=year, defaults={"amount": total, "currency": rows[code, firms[0].firm].currency}
        )
        if budget is None or row.amount is None:
            grants.extend(Grant(one, one.amount) for one in firms)
            continue
        pending = sum(
            Award.records.filter(zone=zone, policy=code, year=year, status=P.PROPOSED).values_list("granted_amount", flat=True), Decimal(0)
        )
        left = max(row.amount - row.approved - pending, Decimal(0))
        grants.extend(
            share_pro_rata(firms, left) if budget.rule == "pro_rata" else give_by_priority(firms, left, descending=budget.descending)
        )
    return sorted(grants, key=lambda one: (one.claimant.policy, one.claimant.firm))


def _standing(zone: Any, year: int) -> dict[tuple[str, str], Claimant]:
    """Return the awards of the year that hold an exclusion group, by firm and group."""
    found: dict[tuple[str, str], Claimant] = {}
    rows = Award.records.filter(zone=zone, year=year, granted_amount__gt=0).exclude(status__in=Award.FALLEN)
    for row in rows.select_related("assessment__rulebook").order_by("policy", "party_key"):
        policy = book_of(row.assessment.rulebook).policy
        if policy is not None and policy.exclusion_group:
            one = Claimant(row.party_key, row.policy, row.granted_amount, policy.exclusion_group)
            found[row.party_key, policy.exclusion_group] = one
    return found


def _group(compiled: Any) -> str:
    return str(compiled.book.policy.exclusion_group)


def decide_award(*, zone: Any, award_id: int, approve: bool, actor: Actor, at: datetime, reason: str = "") -> Award:
    """Approve or reject one award, by another person than who proposed it.

    Raises:
        UnableToAward: it was decided or superseded before, the same person proposed it, a rejection gives no reason, the
            newest assessment differs from what is to be approved, or the budget would be overspent.
    """
    decide_awards(zone=zone, award_ids=[award_id], approve=approve, actor=actor, at=at, reason=reason)
    return Award.objects.in_zone(zone).get(pk=award_id)


def decide_awards(*, zone: Any, award_ids: Iterable[int], approve: bool, actor: Actor, at: datetime, reason: str = "") -> int:
    """Decide several awards in one transaction: all, or none.

    Raises:
        UnableToAward: as for ``decide_award``, naming the award.
    """
    if not approve and not reason.strip():
        raise UnableToAward(both(_("Say why the award is rejected; the firm will read it.")))
    with write(
        verb=f"incentives.awards.{'approve' if approve else 'reject'}", subject="", zone=zone, actor=actor, at=at, reason=reason
    ) as told:
        rows = list(Award.records.select_for_update().filter(zone=zone, pk__in=list(award_ids)).order_by("pk"))
        if not rows:
            raise UnableToAward(both(_("There is no such award in this zone.")))
        if approve:
            _demand_current(zone, rows)
        spent: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for row in rows:
            _check(row, actor)
            row.status, row.decided_by, row.decided_at, row.reason = P.APPROVED if approve else P.REJECTED, actor.name, at, reason.strip()
            spent[row.policy, row.year] += row.granted_amount if approve else Decimal(0)
        for (policy, year), amount in sorted(spent.items()):
            _spend(zone, policy, year, amount)
        Award.records.bulk_update(rows, ["status", "decided_by", "decided_at", "reason"], batch_size=500)
        told.subject = f"{len(rows)} awards" if len(rows) > 1 else f"{rows[0].policy} {rows[0].party_key}"
        told.old, told.new = {"status": P.PROPOSED}, {"status": rows[0].status, "awards": [row.pk for row in rows[:100]]}
        told.event("incentives.awards.decided", approved=approve, awards=len(rows))
    return len(rows)


def _demand_current(zone: Any, rows: list[Award]) -> None:
    held = Award.records.filter(zone=zone, pk__in=[row.pk for row in rows], status=P.PROPOSED)
    for row, finding in outdated(zone, held):
        raise UnableToAward(
            both(
                _("%(name)s: the award under %(policy)s cannot be approved: %(changed)s. Close %(year)s again, which proposes anew."),
                name=row.party_name, policy=row.policy, changed=change_told(row, finding), year=row.year,
            )
        )  # fmt: skip


def _check(row: Award, actor: Actor) -> None:
    if row.status == P.SUPERSEDED:
        raise UnableToAward(
            both(
                _("%(name)s: the award under %(policy)s was superseded: %(why)s. Decide the one proposed since, if there is one."),
                name=row.party_name, policy=row.policy, why=row.superseded,
            )
        )  # fmt: skip
    if row.status != P.PROPOSED:
        raise UnableToAward(
            both(
                _("%(name)s: the award under %(policy)s was %(state)s by %(by)s at %(at)s. Reload the page."),
                name=row.party_name, policy=row.policy, state=_word(row.status), by=row.decided_by, at=f"{row.decided_at:%Y-%m-%d %H:%M}",
            )
        )  # fmt: skip
    if row.proposed_by == actor.name:
        raise UnableToAward(both(_("%(name)s: you proposed this award; another person has to decide it."), name=row.party_name))


def _word(status: str) -> dict[str, str]:
    """Return a state as it stands in a sentence."""
    with override("zh-hans"):
        return {"zh": str(P(status).label), "en": str(status)}


def _spend(zone: Any, policy: str, year: int, amount: Decimal) -> None:
    budget = PolicyBudget.records.select_for_update().filter(zone=zone, policy=policy, year=year).first()
    if budget is None or not amount:
        return
    if budget.amount is not None and budget.approved + amount > budget.amount:
        raise UnableToAward(
            both(
                _("%(policy)s %(year)s: %(approved)s of %(budget)s is approved; %(more)s more would overspend it. Approve fewer, or raise the budget."),
                policy=policy, year=year, approved=f"{budget.approved:,}", budget=f"{budget.amount:,}", more=f"{amount:,}",
            )
        )  # fmt: skip
    PolicyBudget.records.filter(pk=budget.pk).update(approved=F("approved") + amount)
