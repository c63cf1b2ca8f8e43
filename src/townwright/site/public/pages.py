"""Public pages: what the town is, its figures, its policies; the site map."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from townwright.apps.incentives import selectors as incentives
from townwright.apps.snapshots.selectors import offered
from townwright.apps.zones.selectors import publication, published_zones
from townwright.frame.clock import today
from townwright.site.public.doors import public_page
from townwright.site.public.reading import read
from townwright.site.public.showing import formula_of, shown, shown_policies, steps

HEADLINES = 4


@public_page
def home(request: HttpRequest, zone: Any, face: Any) -> HttpResponse:
    """Say what the town is, with its figures and where they come from."""
    told = shown(zone, face)
    context = {
        "zone": zone, "face": face, "shown": told, "headlines": told.figures[:HEADLINES], "rest": told.figures[HEADLINES:],
        "policies": shown_policies(zone, face.policies),
    }  # fmt: skip
    return render(request, "public/home.html", context)


@public_page
def figure(request: HttpRequest, zone: Any, face: Any, name: str) -> HttpResponse:
    """Open a figure: what it counts, its formula, what was published of it. No rows."""
    told = shown(zone, face)
    one = told.figure(name)
    if one is None:
        raise Http404("There is no such figure.")
    parts, parameters = steps(one)
    formula = formula_of(one.compiled.book.variables["zone", name]) if one.compiled else ""
    return render(
        request, "public/figure.html",
        {"zone": zone, "shown": told, "one": one, "formula": formula, "parts": parts, "parameters": parameters, "policies": face.policies},
    )  # fmt: skip


@public_page
def policies(request: HttpRequest, zone: Any, face: Any) -> HttpResponse:
    """List the policies."""
    rows = [{"row": row, "book": incentives.book_of(row)} for row in shown_policies(zone, face.policies)]
    return render(request, "public/policies.html", {"zone": zone, "rows": rows, "policies": rows})


@public_page
def policy(request: HttpRequest, zone: Any, face: Any, name: str) -> HttpResponse:
    """Show a policy as a document."""
    rows = shown_policies(zone, face.policies)
    row = next((one for one in rows if one.code == name), None)
    if row is None:
        raise Http404("There is no such policy.")
    day = today(zone.time_zone)
    told = read(incentives.book_of(row), offers=offered(zone), day=day)
    context = {"zone": zone, "row": row, "told": told, "in_force": row.holds(day), "policies": rows, "same_group": _same_group(row, rows)}
    return render(request, "public/policy.html", context)


def _same_group(row: Any, rows: list[Any]) -> list[Any]:
    """Return the titles of the other policies that a firm may not have together with this one."""
    group = incentives.book_of(row).policy.exclusion_group
    return [other.title for other in rows if group and other.pk != row.pk and incentives.book_of(other).policy.exclusion_group == group]


def index(request: HttpRequest) -> HttpResponse:
    """List the towns that have a public site."""
    request.public = True
    return render(request, "public/index.html", {"rows": published_zones()})


def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is theirs to read: the public sites, and nothing behind a sign-in."""
    site_map = request.build_absolute_uri(reverse("site-map"))
    lines = ["User-agent: *", "Allow: /p/", "Disallow: /", f"Sitemap: {site_map}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"})


def site_map(request: HttpRequest) -> HttpResponse:
    """List every public page in both languages, each with its counterpart."""
    pages: list[tuple[str, dict[str, Any]]] = []
    for zone in published_zones():
        face = publication(zone)
        told = shown(zone, face)
        rows = shown_policies(zone, face.policies)
        found: list[tuple[str, dict[str, Any]]] = [
            ("public-home", {}),
            *(("public-figure", {"name": one.row.code}) for one in told.figures),
        ]
        if rows:
            found += [("public-policies", {}), ("public-calculator", {}), *(("public-policy", {"name": row.code}) for row in rows)]
        pages += [(name, {"code": zone.code, **given}) for name, given in found]
    urls = [
        {word: request.build_absolute_uri(reverse(name, kwargs={**given, "language": word})) for word in ("zh", "en")}
        for name, given in pages
    ]
    response = render(request, "public/sitemap.xml", {"urls": urls}, content_type="application/xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
