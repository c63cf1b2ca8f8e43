"""The director's page on the public site of the zone: whether there is one, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.domain import PublicFace
from townwright.apps.zones.selectors import publication
from townwright.apps.zones.services import UnableToPublish, set_publication
from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page
from townwright.frame.hints import hint
from townwright.site.public.showing import offered_figures, offered_policies


def publish(*, zone: Any, published: bool, face: PublicFace, actor: Actor, at: datetime, revision: int | None = None) -> Any:
    """Set the public site, once every figure, policy and period that it names is known.

    Raises:
        UnableToPublish: a code is not known (near ones are suggested), or the verb refuses.
    """
    _known(face.figures, [code for code, _label in offered_figures(zone)], _("There is no measured figure %(code)s."))
    _known(face.policies, [code for code, _title in offered_policies(zone)], _("The zone adopted no policy %(code)s."))
    if face.period:
        _known([face.period], snapshots.snapshots(zone).values_list("period", flat=True), _("No period %(code)s is closed."))
    return set_publication(zone=zone, published=published, face=face, actor=actor, at=at, revision=revision)


def _known(codes: Sequence[str], known: Any, message: str) -> None:
    known = list(known)
    for code in codes:
        if code not in known:
            raise UnableToPublish(message % {"code": code} + hint(code, known))


@zone_page("public.edit")
def publishing(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show what the public sees, and change it."""
    row = publication(zone)
    if request.method == "POST":
        face = _face(request)
        try:
            revision = whole(request.POST.get("revision", ""))
            publish(zone=zone, published="published" in request.POST, face=face, actor=actor_of(request), at=now(), revision=revision)
            messages.success(request, _("The public site is saved."))
            return redirect("publishing", zone.code)
        except UnableToPublish as fault:
            messages.error(request, str(fault))
    else:
        face = _of_row(row)
    return render(request, "public/publishing.html", _context(zone, row, face, request))


def _face(request: HttpRequest) -> PublicFace:
    told = request.POST
    return PublicFace(
        tuple(_in_order(told, "figure")), tuple(_in_order(told, "policy")), told.get("period", "").strip(),
        {"zh": told.get("intro_zh", "").strip(), "en": told.get("intro_en", "").strip()}, "other_claims" in told,
    )  # fmt: skip


def _in_order(told: Any, name: str) -> list[str]:
    """Return what was ticked, by the number typed beside it, then as listed."""
    ticked = told.getlist(name)
    places = {code: whole(told.get(f"{name}:{code}", "")) for code in ticked}
    return sorted(ticked, key=lambda code: (places[code] is None, places[code] or 0))


def _of_row(row: Any) -> PublicFace:
    if row is None:
        return PublicFace()
    return PublicFace(tuple(row.figures), tuple(row.policies), row.period, {"zh": row.intro_zh, "en": row.intro_en}, row.other_claims)


def _context(zone: Any, row: Any, face: PublicFace, request: HttpRequest) -> dict[str, Any]:
    def rows(offered: Sequence[tuple[str, Any]], chosen: Sequence[str]) -> list[dict[str, Any]]:
        told = [{"code": code, "label": label, "place": chosen.index(code) + 1 if code in chosen else None} for code, label in offered]
        return sorted(told, key=lambda one: (one["place"] is None, one["place"] or 0))

    return {
        "row": row, "face": face, "published": "published" in request.POST if request.method == "POST" else bool(row and row.published),
        "figures": rows(offered_figures(zone), face.figures), "policies": rows(offered_policies(zone), face.policies),
        "periods": sorted(set(snapshots.snapshots(zone).values_list("period", flat=True)), reverse=True),
    }  # fmt: skip
