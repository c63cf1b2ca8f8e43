"""The public figures and policies as data, for other programs. The addresses and names are a promise: see the reference."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators.selectors import plain
from townwright.kernel.formula import Rulebook
from townwright.kernel.formula.rulebook import Table, condition_key
from townwright.kernel.formula.wording import show_value
from townwright.site.public.doors import public_data
from townwright.site.public.showing import ShownFigure, formula_of, shown, shown_policies, steps

FORMAT = 1


def _zone(zone: Any) -> dict[str, Any]:
    return {"code": zone.code, "name": {"zh": zone.name_zh, "en": zone.name_en}, "sample": zone.sample, "currency": zone.currency}


@public_data
def figures(request: HttpRequest, zone: Any, face: Any) -> dict[str, Any]:
    """Return the figures that the zone shows, measured beside published, with formula and sources."""
    told = shown(zone, face)
    frozen = told.frozen
    snapshot = None
    if frozen is not None:
        snapshot = {
            "period": frozen.period,
            "revision": frozen.revision,
            "hash": frozen.content_hash,
            "frozen_at": frozen.frozen_at.isoformat(),
        }
    return {
        "format": FORMAT, "zone": _zone(zone), "snapshot": snapshot,
        "figures": [
            {"code": one.row.code, "label": one.row.label, "value": plain(one.row.value), "unit": one.row.unit,
             "page": request.build_absolute_uri(reverse("public-figure", args=[zone.code, one.row.code])),
             **_definition(one), "published": [_claim(claim) for claim in one.claims]}
            for one in told.figures
        ],
        "other_published": [_claim(claim) for claim in told.others],
    }  # fmt: skip


def _definition(one: ShownFigure) -> dict[str, Any]:
    if one.compiled is None:
        return {"formula": None, "rulebook": {"code": one.row.rulebook, "hash": one.row.rulebook_hash}, "parts": []}
    parts, _parameters = steps(one)
    book = one.compiled.book
    return {
        "formula": formula_of(book.variables["zone", one.row.code]),
        "rulebook": {"code": book.code, "version": book.version, "hash": one.row.rulebook_hash},
        "parts": [{"label": dict(part.label), "formula": part.formula} for part in parts],
    }  # fmt: skip


def _claim(one: Any) -> dict[str, Any]:
    claim = one.claim
    return {
        "label": claim.label, "value": plain(claim.value), "unit": claim.unit, "bound": claim.bound, "as_of": claim.as_of, "source": claim.source,
        "published": claim.published, "speaker": claim.speaker, "quote": claim.quote, "derived": bool(claim.derived_from),
        "promise_due": claim.promise_due.isoformat() if claim.promise_due else None, "verdict": one.verdict, "why": one.why,
    }  # fmt: skip


@public_data
def policies(request: HttpRequest, zone: Any, face: Any) -> dict[str, Any]:
    """Return the policies that the zone shows, each with the address of its data."""
    return {
        "format": FORMAT, "zone": _zone(zone),
        "policies": [
            {"code": row.code, "version": row.version, "status": row.status, "title": row.title, "hash": row.hash,
             "data": request.build_absolute_uri(reverse("public-policy-data", args=[zone.code, row.code])),
             "page": request.build_absolute_uri(reverse("public-policy", args=[zone.code, row.code]))}
            for row in shown_policies(zone, face.policies)
        ],
    }  # fmt: skip


@public_data
def policy(request: HttpRequest, zone: Any, face: Any, name: str) -> dict[str, Any]:
    """Return one policy as data."""
    row = next((one for one in shown_policies(zone, face.policies) if one.code == name), None)
    if row is None:
        raise Http404("There is no such policy.")
    return {"format": FORMAT, "zone": _zone(zone), **policy_data(incentives.book_of(row), row.hash)}


def policy_data(book: Rulebook, digest: str) -> dict[str, Any]:
    """Return a policy's rulebook as JSON-ready values: conditions, amount, parameters by date, tables, texts, cases."""
    policy = book.policy
    assert policy is not None
    entity, variables = policy.entity, book.variables
    return {
        "code": book.code, "version": book.version, "hash": digest, "status": book.status, "title": dict(book.title), "summary": dict(book.summary),
        "notes": [dict(one) for one in book.notes],
        "in_force": {"from": book.start.isoformat() if book.start else None, "to": book.end.isoformat() if book.end else None},
        "legal_basis": [{"title": dict(one["title"]), "article": one.get("article")} for one in book.legal_basis],
        "fiscal_linked": policy.fiscal_linked, "exclusion_group": policy.exclusion_group or None,
        "conditions": [
            {"name": name, "label": dict(variables[entity, condition_key(name)].label), "why_not": dict(variables[entity, condition_key(name)].why_not),
             "formula": formula_of(variables[entity, condition_key(name)])}
            for name in policy.conditions
        ],
        "amount": {"name": policy.amount, "label": dict(variables[entity, policy.amount].label), "formula": formula_of(variables[entity, policy.amount]),
                   "yearly_cap": policy.yearly_cap or None},
        "budget": {"parameter": policy.budget.parameter, "rule": policy.budget.rule} if policy.budget else None,
        "variables": [
            {"entity": owner, "name": name, "label": dict(told.label), "unit": str(told.type.unit) if told.type and told.type.kind == "number" else None,
             "formula": formula_of(told), "rounding": f"{told.rounding.mode} {show_value(told.rounding.step, '', 'en')}" if told.rounding else None}
            for (owner, name), told in variables.items() if name not in {condition_key(one) for one in policy.conditions}
        ],
        "parameters": [
            {"name": one.name, "label": dict(one.label), "unit": str(one.unit), "reference": one.reference,
             "values": [{"from": since.isoformat(), "value": _number(value)} for since, value in one.values]}
            for one in book.parameters.values()
        ],
        "tables": [_table(one) for one in book.tables.values()],
        "inputs": [{"entity": one.name, "columns": {name: type_.describe() for name, type_ in one.columns.items()}} for one in book.entities.values()],
        "cases": [{"name": one.name, "period": one.period, "expect": one.expect} for one in book.cases],
    }  # fmt: skip


def _number(value: Any) -> str | None:
    return None if value is None else show_value(value, "", "en").replace(",", "")


def _table(one: Table) -> dict[str, Any]:
    return {
        "name": one.name, "kind": one.kind, "label": dict(one.label), "unit": str(one.unit), "input_unit": str(one.input_unit), "reference": one.reference,
        "values": [
            {"from": since.isoformat(),
             "steps": [{"start": _number(step.start), "value": _number(step.value), "strictly_over": step.over, "band": step.band or None} for step in rows]}
            for since, rows in one.values
        ],
    }  # fmt: skip
