"""Giving back what was typed when a session had ended, and what is said to a form that cannot be told from a forged one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from townwright.frame.accounts.held import drop, held_form, hold, same_origin


@login_required
def held(request: HttpRequest) -> HttpResponse:
    """Show what is held, to be sent now, looked over in its form, or dropped."""
    found = held_form(request)
    if request.method == "POST" or found is None:
        drop(request)
        return redirect("home")
    return render(request, "frame/held.html", {"held": found})


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token; one that a page of this site sent is held, to be sent again.

    The token of a page that was open while its reader signed in anew, in another window, is no longer valid: the browser
    says that the form comes from this site, which no other site can make it say.
    """
    if request.user.is_authenticated and same_origin(request) and hold(request, request.user.pk):
        request.just_held = True
        return redirect("held-form")
    return render(request, "frame/forged.html", status=403)
