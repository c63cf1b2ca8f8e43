"""The board: for people of the zone, and for a screen on a wall by a link that needs no account."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from townwright.apps.zones.selectors import UnknownWall, wall_by_token, wall_links, wall_token
from townwright.apps.zones.services import UnableToLinkWall, make_wall_link, revoke_wall_link
from townwright.frame import recent
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import LANGUAGES
from townwright.site.board.opening import opened
from townwright.site.board.stream import answer
from townwright.site.board.tiles import board as board_of
from townwright.site.board.tiles import order

THEMES = ("dark", "light")
View = Callable[..., HttpResponse]


def wall_page(view: View) -> View:
    """Find the zone by the link's signature, 404 where it is altered or revoked. Reads only; the answer is kept nowhere."""

    @require_safe
    @functools.wraps(view)
    def run(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        request.public = True
        try:
            zone = wall_by_token(token).zone
        except UnknownWall as fault:
            raise Http404("There is no such link.") from fault
        with translation.override(LANGUAGES.get(request.GET.get("lang", ""), zone.language)), timezone.override(zone.time_zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = view(request, zone, token=token, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    run.by_link = True
    return run


def _links(request: HttpRequest, zone: Any, token: str) -> dict[str, Any]:
    """Return the addresses that the board's own links go to, and how it looks: what the address says is kept."""
    theme = request.GET.get("theme", "")
    theme = theme if theme in THEMES else "dark"
    language = request.GET.get("lang", "")
    kept = {
        name: value
        for name, value in (("lang", language if language in LANGUAGES else ""), ("theme", theme if theme != "dark" else ""))
        if value
    }
    home = reverse("wall-board", args=[token]) if token else reverse("board", args=[zone.code])
    other = "zh" if (translation.get_language() or "en").startswith("en") else "en"
    return {
        "home": home, "stream": reverse("wall-stream", args=[token]) if token else reverse("board-stream", args=[zone.code]),
        "kept": f"?{urlencode(kept)}" if kept else "", "theme": theme, "by_link": bool(token),
        "other_theme": "?" + urlencode({**kept, "theme": "light" if theme == "dark" else "dark"}), "other_language": "?" + urlencode({**kept, "lang": other}), "other": other,
    }  # fmt: skip


def _board(request: HttpRequest, zone: Any, token: str = "") -> HttpResponse:
    told = board_of(zone, at=now())
    tiles = order(list(told.tiles.values()))
    charts = {one.name: one.chart for one in tiles if one.chart}
    context = {"zone": zone, "board": told, "tiles": tiles, "charts": charts, **_links(request, zone, token)}
    return render(request, "board/board.html", context)


def _open(request: HttpRequest, zone: Any, name: str, token: str = "") -> HttpResponse:
    told = opened(zone, board_of(zone, at=now()), name)
    if told is None:
        raise Http404("The board has no such tile.")
    page, permission = told.more
    more = reverse(page, args=[zone.code, *told.more_args]) if page and not token and may(request.user, permission, zone) else ""
    return render(request, "board/opened.html", {"zone": zone, "told": told, "more": more, **_links(request, zone, token)})


def _spoken(view: View) -> View:
    """Let the address choose the language for whoever is signed in, too."""

    @functools.wraps(view)
    def run(request: HttpRequest, zone: Any, **kwargs: Any) -> HttpResponse:
        chosen = LANGUAGES.get(request.GET.get("lang", ""), translation.get_language() or "en")
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            return view(request, zone, **kwargs)

    return run


board = zone_page("figures.view")(require_safe(_spoken(_board)))
board_open = zone_page("figures.view")(require_safe(_spoken(_open)))
wall_board, wall_open = wall_page(_board), wall_page(_open)


@zone_page("figures.view")
@require_safe
def board_stream(request: HttpRequest, zone: Any) -> HttpResponse:
    """Tell when something changed in the zone."""
    return answer(lambda: recent.version(zone))


@wall_page
def wall_stream(request: HttpRequest, zone: Any, token: str) -> HttpResponse:
    """Tell when something changed in the zone, until the link is revoked."""
    return answer(lambda: recent.version(zone))


@zone_page("walls.edit")
def walls(request: HttpRequest, zone: Any) -> HttpResponse:
    """List the links for walls; make and revoke them."""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "revoke":
                revoke_wall_link(zone=zone, pk=whole(request.POST.get("link", "")) or 0, actor=actor_of(request), at=now())
                messages.success(request, _("The link is revoked: the screen goes dark."))
            else:
                make_wall_link(zone=zone, name=request.POST.get("name", ""), actor=actor_of(request), at=now())
                messages.success(request, _("The link is made: open it on the screen."))
        except UnableToLinkWall as fault:
            messages.error(request, str(fault))
        return redirect("walls", zone.code)
    rows = [
        {"row": row, "address": "" if row.revoked_at else request.build_absolute_uri(reverse("wall-board", args=[wall_token(row)]))}
        for row in wall_links(zone)[:100]
    ]  # fmt: skip
    return render(request, "board/walls.html", {"rows": rows})
