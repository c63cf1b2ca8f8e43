"""Questions about policies, assessments and awards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from townwright.apps.incentives.models import Assessment, Award, PolicyBudget, ZoneRulebook
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.hints import hint
from townwright.frame.text import LANGUAGES, both
from townwright.kernel.formula import (
    CompiledRulebook,
    Rulebook,
    VerdictTrace,
    compile_rulebook,
    explain,
    explain_verdict,
    load_rulebook,
    why_not,
)
from townwright.kernel.formula.explain import TraceNode
from townwright.kernel.values.period import Period


class UnknownPolicy(LookupError):
    """The zone has adopted no rulebook of that code; near codes are suggested."""


class UnableToAssess(ValueError):
    """A snapshot is not fit to be judged by policies: says why, and what to do."""


def demand_year(text: str) -> None:
    """Refuse to judge by a snapshot whose period is shorter than a year.

    Raises:
        UnableToAssess: the period is a month or a quarter.
    """
    period = Period.parse(text)
    if period.grain != "year":
        raise UnableToAssess(
            _(
                "Policies are judged at the close of a year: at %(period)s the returns and applications of %(year)s are not all in. Close %(year)s, or name a year that is closed."
            )
            % {"period": period, "year": period.year}
        )


@lru_cache(maxsize=64)
def _loaded(text: str, source: str) -> Rulebook:
    return load_rulebook(text, source=source)


def book_of(row: ZoneRulebook) -> Rulebook:
    """Return the rulebook that a row holds."""
    return _loaded(row.text, row.source)


def rulebooks(zone: Any, kind: str = "") -> QuerySet[ZoneRulebook]:
    """Return the zone's rulebooks, newest version of each code first."""
    rows = ZoneRulebook.objects.in_zone(zone)
    return (rows.filter(kind=kind) if kind else rows).order_by("code", F("in_force_from").desc(nulls_last=True), "-version")


def newest_rulebooks(zone: Any, day: date | None = None) -> list[ZoneRulebook]:
    """Return of every rulebook the version in force on the day (by default, and where none is, the newest), by code."""
    found: dict[str, ZoneRulebook] = {}
    for row in rulebooks(zone):
        held = found.setdefault(row.code, row)
        if day is not None and held is not row and row.holds(day) and not held.holds(day):
            found[row.code] = row
    return list(found.values())


def titles(zone: Any, kind: str = "") -> dict[str, dict[str, str]]:
    """Return the title of every adopted rulebook (of a kind), by code."""
    return {row.code: row.title for row in newest_rulebooks(zone) if not kind or row.kind == kind}


def rulebook(zone: Any, code: str) -> ZoneRulebook:
    """Return the newest adopted version of a rulebook.

    Raises:
        UnknownPolicy: the zone adopted none of that code.
    """
    found = rulebooks(zone).filter(code=code).first()
    if found is None:
        known = rulebooks(zone).values_list("code", flat=True)
        none = _("Adopt one with: townwright rulebook adopt FILE --zone %(zone)s") % {"zone": zone}
        raise UnknownPolicy(_("%(zone)s has adopted no rulebook %(code)s.") % {"zone": zone, "code": code} + hint(code, known, none=none))
    return found


def compiled_for(row: ZoneRulebook, period: str) -> CompiledRulebook:
    """Return the rulebook ready for a period."""
    return _compiled(row.text, row.source, period)


@lru_cache(maxsize=64)
def _compiled(text: str, source: str, period: str) -> CompiledRulebook:
    return compile_rulebook(_loaded(text, source), period=Period.parse(period))


def assessments(
    zone: Any, *, snapshot: Any = None, rulebook: ZoneRulebook | None = None, verdict: str = "", q: str = ""
) -> QuerySet[Assessment]:
    """Return assessments with their rulebooks, highest amounts first."""
    rows = Assessment.objects.in_zone(zone).select_related("rulebook", "snapshot")
    if snapshot is not None:
        rows = rows.filter(snapshot=snapshot)
    if rulebook is not None:
        rows = rows.filter(rulebook=rulebook)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if q:
        rows = rows.filter(party_name__contains=q)
    return rows.order_by("-amount", "party_name", "id")


def firm_assessments(zone: Any, party_key: str) -> list[Assessment]:
    """Return what was found of a firm, newest period first, one for each rulebook and period.

    ``award`` is the firm's award of the policy and year that stands, whichever revision it was proposed from, else the one
    rejected last; ``award.changed`` says where the newest assessment differs from it.
    """
    rows = Assessment.objects.in_zone(zone).filter(party_key=party_key).select_related("rulebook", "snapshot")
    found: dict[tuple[str, str], Assessment] = {}
    for row in rows.order_by("-snapshot__period", "-snapshot__revision", "rulebook__code"):
        found.setdefault((row.snapshot.period, row.rulebook.code), row)
    given = Award.objects.in_zone(zone).filter(party_key=party_key).exclude(status=Award.Status.SUPERSEDED)
    told = sorted(tell_changes(zone, given), key=lambda one: (one.status != Award.Status.REJECTED, one.pk))
    newest = {(str(one.year), one.policy): one for one in told}
    for key, row in found.items():
        row.award = newest.get(key)
    return list(found.values())


def assessment(zone: Any, pk: int) -> Assessment:
    """Return one assessment."""
    return Assessment.objects.in_zone(zone).select_related("rulebook", "snapshot").get(pk=pk)


@dataclass(frozen=True, slots=True)
class Working:
    """How an assessment came about: a verdict with conditions and amount, or a class with its working."""

    verdict: VerdictTrace | None
    trace: TraceNode | None


def working(row: Assessment) -> Working:
    """Recompute one firm's working from the snapshot and the rulebook version that the assessment names."""
    compiled = compiled_for(row.rulebook, row.snapshot.period)
    tables = snapshots.tables(row.snapshot)
    book = compiled.book
    if book.policy is not None:
        return Working(explain_verdict(compiled, tables, key=row.party_key), None)
    assert book.classification is not None
    told = book.classification
    return Working(None, explain(compiled, tables, entity=told.entity, key=row.party_key, name=told.result))


def explain_firm(zone: Any, *, party_key: str, code: str, period: str = "") -> dict[str, Any]:
    """Return one firm's verdict under a policy with all its working, JSON-ready.

    Raises:
        UnableToAssess: the period is shorter than a year.
        UnknownPolicy, UnknownSnapshot: there is no such rulebook or no snapshot.
        UnableToEvaluate: the firm is not in the snapshot.
    """
    row, frozen = rulebook(zone, code), snapshots.latest(zone, period, grain="year")
    demand_year(frozen.period)
    compiled, tables = compiled_for(row, frozen.period), snapshots.tables(frozen)
    told: dict[str, Any] = {
        "firm": party_key, "policy": row.code, "version": row.version, "status": row.status, "rulebook_hash": row.hash, "title": row.title,
        "period": frozen.period, "snapshot_hash": frozen.content_hash,
    }  # fmt: skip
    return {**told, **_working_told(compiled, tables, party_key)}


def working_told(row: Assessment) -> dict[str, Any]:
    """Return an assessment's working, recomputed as ``working`` does, JSON-ready."""
    return _working_told(compiled_for(row.rulebook, row.snapshot.period), snapshots.tables(row.snapshot), row.party_key)


def _working_told(compiled: CompiledRulebook, tables: Mapping[str, Any], party_key: str) -> dict[str, Any]:
    if compiled.book.policy is None:
        node = explain(compiled, tables, entity=compiled.book.main_entity, key=party_key, name=compiled.book.classification.result)  # type: ignore[union-attr]
        label = dict(compiled.book.classification.labels.get(node.value, {}))  # type: ignore[union-attr]
        return {
            "result": node.value,
            "result_label": label,
            "working": node.to_dict(),
            "sentences": {word: node.sentences(word) for word in ("zh", "en")},
        }
    verdict = explain_verdict(compiled, tables, key=party_key)
    sentences = {word: verdict.amount.sentences(word) if verdict.amount else [] for word in ("zh", "en")}
    return {
        "verdict": verdict.verdict, "amount": None if verdict.amount is None or verdict.amount.value is None else verdict.amount.to_dict()["value"],
        "conditions": [
            {"name": one.name, "holds": one.holds, "label": dict(one.label), "why_not": dict(one.why_not), "working": one.trace.to_dict()}
            for one in verdict.conditions
        ],
        "reasons": {word: verdict.reasons(word) for word in ("zh", "en")}, "missing": [dict(one) for one in verdict.missing],
        "working": verdict.amount.to_dict() if verdict.amount else None, "sentences": sentences,
        "why_not": why_not(compiled, tables, key=party_key).to_dict(),
    }  # fmt: skip


def awards(zone: Any, *, policy: str = "", status: str = "", q: str = "", year: int | None = None, snapshot: Any = None) -> QuerySet[Award]:
    """Return awards, largest first; superseded ones only where that status is asked for.

    ``q`` is part of a firm's name. ``rejected_before`` tells why an earlier one of the same policy, year and firm was rejected.
    """
    same = {"zone": OuterRef("zone"), "policy": OuterRef("policy"), "year": OuterRef("year"), "party_key": OuterRef("party_key")}
    before = Award.records.filter(**same, status=Award.Status.REJECTED, pk__lt=OuterRef("pk")).order_by("-pk")
    rows = (
        Award.objects.in_zone(zone).select_related("assessment__rulebook").annotate(rejected_before=Subquery(before.values("reason")[:1]))
    )
    if status != Award.Status.SUPERSEDED:
        rows = rows.exclude(status=Award.Status.SUPERSEDED)
    for name, value in (("policy", policy), ("status", status), ("party_name__contains", q), ("year", year)):
        if value:
            rows = rows.filter(**{name: value})
    if snapshot is not None:
        rows = rows.filter(assessment__snapshot=snapshot)
    return rows.order_by("policy", "-granted_amount", "party_key", "-pk")


def unknown_awards(zone: Any, numbers: Collection[int]) -> list[int]:
    """Return those of the numbers under which the zone has no award."""
    return sorted(set(numbers) - set(Award.objects.in_zone(zone).filter(pk__in=numbers).values_list("pk", flat=True)))


def award_sums(rows: QuerySet[Award]) -> list[dict[str, Any]]:
    """Return how many of the awards are proposed and approved, and what they grant, by status and currency."""
    held = rows.filter(status__in=[Award.Status.PROPOSED, Award.Status.APPROVED]).order_by()
    return list(
        held.values("status", "currency").annotate(firms=Count("id"), granted=Sum("granted_amount")).order_by("-status", "currency")
    )


def newest_assessed(zone: Any, year: int, policies: Collection[str] | None = None) -> dict[str, tuple[Any, ZoneRulebook]]:
    """Return, by policy, the newest revision of the year's snapshot that it was assessed over, and the version it was assessed by."""
    found: dict[str, tuple[Any, ZoneRulebook]] = {}
    books = rulebooks(zone, "policy")
    wanted = set(books.values_list("code", flat=True) if policies is None else policies)
    for frozen in snapshots.snapshots(zone).filter(period=str(year)):
        judged = Assessment.records.filter(zone=zone, rulebook=OuterRef("pk"), snapshot=frozen)
        for row in books.filter(Exists(judged), code__in=wanted - set(found)):
            found.setdefault(row.code, (frozen, row))
        if wanted <= set(found):
            break
    return found


def outdated(zone: Any, rows: QuerySet[Award]) -> list[tuple[Award, Assessment | None]]:
    """Return, of the awards, those whose newest assessment is another amount or not eligible, with that assessment.

    The assessment is None where the firm is no longer among those assessed. Costs a few queries for each year.
    """
    found: list[tuple[Award, Assessment | None]] = []
    held, policies = rows.order_by(), defaultdict(set)
    for policy, year in held.values_list("policy", "year").distinct():
        policies[year].add(policy)
    for year in sorted(policies):
        newest = newest_assessed(zone, year, policies[year])
        over = Q(pk__in=[])
        for frozen, book in newest.values():
            over |= Q(snapshot=frozen, rulebook=book)
        findings = Assessment.records.filter(over, zone=zone)
        same = findings.filter(
            rulebook__code=OuterRef("policy"),
            party_key=OuterRef("party_key"),
            verdict=Assessment.Verdict.ELIGIBLE,
            amount=OuterRef("eligible_amount"),
        )
        changed = held.filter(~Exists(same), policy__in=list(newest), year=year)
        of_firms = findings.filter(party_key__in=changed.values("party_key")).select_related("rulebook")
        now = {(one.rulebook.code, one.party_key): one for one in of_firms}
        found.extend((row, now.get((row.policy, row.party_key))) for row in changed.order_by("pk"))
    return found


def change_told(row: Award, finding: Assessment | None) -> dict[str, str]:
    """Return, in both languages, what the award says and what the newest assessment found instead."""
    state = {word: _in(language, Award.Status(row.status).label) for word, language in LANGUAGES.items()}
    told = {"state": state, "amount": f"{row.eligible_amount:,}"}
    if finding is None:
        return dict(
            both(
                gettext_noop("%(state)s on an eligible amount of %(amount)s; the newest assessment no longer finds the firm"), **told
            ).texts
        )
    verdict: Any = {word: _in(language, Assessment.Verdict(finding.verdict).label) for word, language in LANGUAGES.items()}
    if finding.verdict == Assessment.Verdict.ELIGIBLE:
        verdict = f"{finding.amount or 0:,}"
    return dict(
        both(
            gettext_noop("%(state)s on an eligible amount of %(amount)s; the newest assessment finds: %(found)s"), **told, found=verdict
        ).texts
    )


def _in(language: str, label: Any) -> str:
    with override(language):
        return str(label)


def tell_changes(zone: Any, rows: QuerySet[Award]) -> list[Award]:
    """Return the awards; ``changed`` of one proposed or approved says, {zh, en}, how the newest assessment differs, else None."""
    told = list(rows)
    held = [one.pk for one in told if one.status in (Award.Status.PROPOSED, Award.Status.APPROVED)]
    changed = {}
    if held:
        for row, finding in outdated(zone, Award.objects.in_zone(zone).filter(pk__in=held)):
            changed[row.pk] = change_told(row, finding)
    for one in told:
        one.changed = changed.get(one.pk)
    return told


def changed_awards(zone: Any, snapshot: Any) -> list[Award]:
    """Return the approved awards of the snapshot's year that the newest assessment differs from, each with ``changed``."""
    rows = Award.objects.in_zone(zone).filter(year=_year(snapshot), status=Award.Status.APPROVED)
    found = outdated(zone, rows)
    for row, finding in found:
        row.changed = change_told(row, finding)
    return [row for row, _finding in found]


def _year(snapshot: Any) -> int:
    """Return the year whose awards a snapshot's report shows: 0 for a month or a quarter, at which none are proposed."""
    period = Period.parse(snapshot.period)
    return int(period.year) if period.grain == "year" else 0


def budgets(zone: Any, policy: str = "") -> list[dict[str, Any]]:
    """Return budgets by policy and year, each with the policy's title and what is approved of it."""
    rows = PolicyBudget.objects.in_zone(zone)
    named = titles(zone, "policy")
    told = (rows.filter(policy=policy) if policy else rows).order_by("policy", "-year")
    return [{**one, "title": named.get(one["policy"], {})} for one in told.values("policy", "year", "amount", "approved", "currency")]


def class_label(row: Assessment) -> Mapping[str, str]:
    """Return the name of the class that an assessment found in both languages, empty for a policy."""
    return _class_labels(row.rulebook).get(row.result, {"zh": row.result, "en": row.result})


def _class_labels(row: ZoneRulebook) -> Mapping[str, Mapping[str, str]]:
    told = book_of(row).classification
    return told.labels if told is not None else {}


def verdict_counts(zone: Any, snapshot: Any) -> list[dict[str, Any]]:
    """Return, for each rulebook assessed over the snapshot, how many firms had which verdict or class, and the sum."""
    rows = Assessment.objects.in_zone(zone).filter(snapshot=snapshot)
    told = rows.values("rulebook_id", "rulebook__code", "rulebook__kind", "rulebook__status", "rulebook__title", "verdict", "result")
    found = told.annotate(firms=Count("id"), total=Sum("amount"), currency=Max("currency"))
    labels = {row.pk: _class_labels(row) for row in ZoneRulebook.objects.in_zone(zone).filter(kind="classification")}
    return [
        {**one, "result_label": labels.get(one["rulebook_id"], {}).get(one["result"], {"zh": one["result"], "en": one["result"]})}
        for one in found.order_by("rulebook__kind", "rulebook__code", "verdict", "result")
    ]


def award_totals(zone: Any, snapshot: Any) -> list[dict[str, Any]]:
    """Return the awards of the snapshot's year by policy and status: how many, eligible and granted sums.

    An award counts whichever revision of the year it was proposed from; superseded ones do not count.
    """
    rows = (
        Award.objects.in_zone(zone)
        .filter(year=_year(snapshot))
        .exclude(status=Award.Status.SUPERSEDED)
        .values("policy", "status", "currency")
    )
    named = titles(zone, "policy")
    found = rows.annotate(firms=Count("id"), eligible=Sum("eligible_amount"), granted=Sum("granted_amount"))
    return [{**one, "title": named.get(one["policy"], {})} for one in found.order_by("policy", "status")]


def awards_digest(zone: Any, snapshot: Any) -> str:
    """Return the SHA-256 over the awards of a snapshot: policy, firm, eligible and granted amounts, in that order."""
    digest = hashlib.sha256()
    rows = Award.objects.in_zone(zone).filter(assessment__snapshot=snapshot).order_by("policy", "party_key", "pk")
    for row in rows.values_list("policy", "party_key", "eligible_amount", "granted_amount"):
        digest.update("\x1f".join([row[0], row[1], f"{row[2]:.2f}", f"{row[3]:.2f}"]).encode() + b"\x1e")
    return digest.hexdigest()
