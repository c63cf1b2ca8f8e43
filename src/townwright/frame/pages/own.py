"""The firm portal: notices, the calendar's address, and who acts for the firm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from townwright.frame.accounts.invitations import UnableToInvite, invite, withdraw
from townwright.frame.calendars import calendar_of, feed, feed_of, make_feed, revoke_feed
from townwright.frame.clock import now, today
from townwright.frame.delegates import UnknownDelegate, change_rights, delegates, demand_own, invited, remove_delegate
from townwright.frame.doors import actor_of, firm_page
from townwright.frame.notices import notices
from townwright.frame.pages.letters import send_issued
from townwright.frame.permissions import DELEGATE, rights
from townwright.frame.roles import UnableToGrant
from townwright.frame.terms import term

LINK = "calendar_link"


@firm_page("own.view")
@never_cache
def own_notices(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """Show what is due and what was decided; the calendar's address stands there once, when it was just made."""
    rows = notices(zone, firm, today=today(zone.time_zone))
    return render(request, "frame/own_notices.html", {"rows": rows, "feed": feed(request.user), "link": request.session.pop(LINK, "")})


@login_required
@require_POST
def change_calendar(request: HttpRequest) -> HttpResponse:
    """Make one's calendar address, anew if there was one, or take it back."""
    told = {"user": request.user, "actor": actor_of(request), "at": now()}
    if request.POST.get("do") == "revoke":
        revoke_feed(**told)
        messages.success(request, _("The calendar's address opens nothing any more."))
    else:
        secret = make_feed(language=get_language() or "en", **told)
        request.session[LINK] = request.build_absolute_uri(reverse("calendar", args=[secret]))
    code, key = request.POST.get("zone", ""), request.POST.get("firm", "")
    return redirect("own-notices", code, key) if code.replace("-", "").replace("_", "").isalnum() and key else redirect("home")


@require_GET
@never_cache
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar to whoever knows its address: a calendar program signs in nowhere."""
    row = feed_of(secret)
    if row is None:
        raise Http404("There is no such calendar.")
    response = HttpResponse(calendar_of(row, at=now(), absolute=request.build_absolute_uri), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="townwright.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response


class ColleagueForm(forms.Form):
    """Whom to invite to act for the firm, and with which rights."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    given = forms.MultipleChoiceField(label=gettext_lazy("Rights"), required=False, widget=forms.CheckboxSelectMultiple)
    hand_over = forms.BooleanField(label=gettext_lazy("Do not mail the link: show it to me once, I hand it over myself"), required=False)

    def __init__(self, *args: Any, held: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["given"].choices = choices(held)


def choices(held: Any) -> list[tuple[str, str]]:
    """Return the rights that one who holds these may give, named; to look comes with being a delegate."""
    return [(one, term("right", one, get_language() or "en")) for one in rights()[1:] if one in held]


@firm_page("own.delegates")
def own_delegates(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """List who acts for the firm with their rights; invite a colleague."""
    form = ColleagueForm(request.POST if request.method == "POST" else None, held=request.firm_rights)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            demand_own(told["given"], request.firm_rights)
            issued = invite(
                zone=zone, email=told["email"], role=DELEGATE, party_key=firm.key, given=told["given"], mailed=not told["hand_over"],
                actor=actor_of(request), at=now(),
            )  # fmt: skip
            send_issued(request, zone, issued)
            return redirect("own-delegates", zone.code, firm.key)
        except (UnableToGrant, UnableToInvite) as fault:
            form.add_error(None, str(fault))
    context = {
        "form": form, "rows": delegates(zone, request.firm_keys), "asked": invited(zone, request.firm_keys), "choices": choices(request.firm_rights),
        "link": request.session.pop("invitation_link", None),
    }  # fmt: skip
    return render(request, "frame/own_delegates.html", context)


@firm_page("own.delegates")
@require_POST
def change_delegate(request: HttpRequest, zone: Any, firm: Any, pk: int) -> HttpResponse:
    """Change a delegate's rights, or let them act for the firm no more."""
    told = {"zone": zone, "keys": request.firm_keys, "pk": pk, "actor": actor_of(request), "at": now()}
    try:
        if request.POST.get("do") == "remove":
            messages.success(request, _("%(name)s no longer acts for the firm.") % {"name": remove_delegate(**told)})
        else:
            row = change_rights(given=request.POST.getlist("given"), held=request.firm_rights, **told)
            messages.success(request, _("The rights of %(name)s are changed.") % {"name": row.user.get_username()})
    except UnknownDelegate as fault:
        raise Http404(str(fault)) from fault
    except UnableToGrant as fault:
        messages.error(request, str(fault))
    return redirect("own-delegates", zone.code, firm.key)


@firm_page("own.delegates")
@require_POST
def withdraw_colleague(request: HttpRequest, zone: Any, firm: Any, pk: int) -> HttpResponse:
    """Withdraw an open invitation to act for the firm."""
    if not invited(zone, request.firm_keys).filter(pk=pk).exists():
        raise Http404("There is no such invitation.")
    try:
        row = withdraw(zone=zone, invitation_id=pk, actor=actor_of(request), at=now())
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    except UnableToInvite as fault:
        messages.error(request, str(fault))
    return redirect("own-delegates", zone.code, firm.key)
